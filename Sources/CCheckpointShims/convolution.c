#include "ckpt_convolution.h"

#include <string.h>

/// One row of the window over one row of an image: which of its elements are inside.
typedef struct {
  ptrdiff_t x;        // pixel under the first element
  size_t from, until;  // elements inside, if dilation_x is 1
} ckpt_span;

static ckpt_span ckpt_span_at(const ckpt_window *w, size_t column) {
  ckpt_span span;
  span.x = (ptrdiff_t)(column * w->stride_x) - (ptrdiff_t)w->before_x;
  const ptrdiff_t room = (ptrdiff_t)w->width - span.x;
  span.from = span.x < 0 ? (size_t)-span.x : 0;
  span.until = room < 0 ? 0 : (size_t)room;
  if (span.from > w->window_width) span.from = w->window_width;
  if (span.until > w->window_width) span.until = w->window_width;
  if (span.until < span.from) span.until = span.from;
  return span;
}

/// `memcpy` for runs that are often only a few floats long.
static inline void ckpt_copy(float *to, const float *from, size_t count) {
  if (count >= 32) {
    memcpy(to, from, count * sizeof(float));
    return;
  }
  size_t i = 0;
  for (; i + 4 <= count; i += 4) memcpy(to + i, from + i, 4 * sizeof(float));
  for (; i < count; i++) to[i] = from[i];
}

static inline void ckpt_clear(float *to, size_t count) {
  if (count) memset(to, 0, count * sizeof(float));
}

static inline void ckpt_add(float *to, const float *from, size_t count) {
  for (size_t i = 0; i < count; i++) to[i] += from[i];
}

static void ckpt_gather_row(const float *pixels, const ckpt_window *w, ckpt_span span, float *to) {
  const size_t channels = w->channels;
  if (w->dilation_x == 1) {
    ckpt_clear(to, span.from * channels);
    if (span.until > span.from)
      ckpt_copy(to + span.from * channels, pixels + (span.x + (ptrdiff_t)span.from) * (ptrdiff_t)channels,
                (span.until - span.from) * channels);
    ckpt_clear(to + span.until * channels, (w->window_width - span.until) * channels);
    return;
  }
  ptrdiff_t x = span.x;
  for (size_t k = 0; k < w->window_width; k++, x += (ptrdiff_t)w->dilation_x, to += channels) {
    if (x >= 0 && x < (ptrdiff_t)w->width)
      ckpt_copy(to, pixels + x * (ptrdiff_t)channels, channels);
    else
      ckpt_clear(to, channels);
  }
}

static void ckpt_scatter_row(const float *from, const ckpt_window *w, ckpt_span span, float *pixels) {
  const size_t channels = w->channels;
  if (w->dilation_x == 1) {
    if (span.until > span.from)
      ckpt_add(pixels + (span.x + (ptrdiff_t)span.from) * (ptrdiff_t)channels, from + span.from * channels,
               (span.until - span.from) * channels);
    return;
  }
  ptrdiff_t x = span.x;
  for (size_t k = 0; k < w->window_width; k++, x += (ptrdiff_t)w->dilation_x, from += channels)
    if (x >= 0 && x < (ptrdiff_t)w->width) ckpt_add(pixels + x * (ptrdiff_t)channels, from, channels);
}

/// Output positions one after the other, without a division for each.
typedef struct {
  size_t sample, row, column;
} ckpt_position;

static ckpt_position ckpt_position_at(const ckpt_window *w, size_t index) {
  ckpt_position p = {index / (w->out_height * w->out_width), index / w->out_width % w->out_height,
                     index % w->out_width};
  return p;
}

static void ckpt_position_advance(const ckpt_window *w, ckpt_position *p) {
  if (++p->column < w->out_width) return;
  p->column = 0;
  if (++p->row < w->out_height) return;
  p->row = 0;
  p->sample++;
}

void ckpt_columns_gather(const float *images, ckpt_window w, size_t first, size_t count, float *columns) {
  if (count == 0) return;
  const size_t row_length = w.width * w.channels, run = w.window_width * w.channels;
  ckpt_position p = ckpt_position_at(&w, first);
  for (size_t i = 0; i < count; i++, ckpt_position_advance(&w, &p)) {
    const float *image = images + p.sample * w.height * row_length;
    const ckpt_span span = ckpt_span_at(&w, p.column);
    ptrdiff_t y = (ptrdiff_t)(p.row * w.stride_y) - (ptrdiff_t)w.before_y;
    for (size_t k = 0; k < w.window_height; k++, y += (ptrdiff_t)w.dilation_y, columns += run) {
      if (y >= 0 && y < (ptrdiff_t)w.height)
        ckpt_gather_row(image + (size_t)y * row_length, &w, span, columns);
      else
        ckpt_clear(columns, run);
    }
  }
}

void ckpt_columns_scatter(const float *columns, ckpt_window w, size_t first, size_t count, float *images) {
  if (count == 0) return;
  const size_t row_length = w.width * w.channels, run = w.window_width * w.channels;
  ckpt_position p = ckpt_position_at(&w, first);
  for (size_t i = 0; i < count; i++, ckpt_position_advance(&w, &p)) {
    float *image = images + p.sample * w.height * row_length;
    const ckpt_span span = ckpt_span_at(&w, p.column);
    ptrdiff_t y = (ptrdiff_t)(p.row * w.stride_y) - (ptrdiff_t)w.before_y;
    for (size_t k = 0; k < w.window_height; k++, y += (ptrdiff_t)w.dilation_y, columns += run)
      if (y >= 0 && y < (ptrdiff_t)w.height)
        ckpt_scatter_row(columns, &w, span, image + (size_t)y * row_length);
  }
}
