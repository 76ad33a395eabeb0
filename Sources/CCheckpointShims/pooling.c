#include "ckpt_pooling.h"

#include <stdint.h>

// Channels at a time: the largest numbers so far and their places stay in the first cache.
#define CKPT_POOL_CHANNELS 64

/// The part of the window that lies over the image.
typedef struct {
  size_t top, bottom, left, right;
} ckpt_clip;

static void ckpt_clip_axis(size_t position, size_t stride, size_t before, size_t window, size_t length,
                           size_t *from, size_t *until) {
  const size_t start = position * stride;
  *from = start < before ? 0 : start - before;
  // start + window may be beyond what the image has, never before its first pixel.
  const size_t end = start + window - before;
  *until = end < length ? end : length;
}

static ckpt_clip ckpt_clip_at(const ckpt_window *w, size_t row, size_t column) {
  ckpt_clip clip;
  ckpt_clip_axis(row, w->stride_y, w->before_y, w->window_height, w->height, &clip.top, &clip.bottom);
  ckpt_clip_axis(column, w->stride_x, w->before_x, w->window_width, w->width, &clip.left, &clip.right);
  return clip;
}

/// Whether `value` takes the place of `best`; not if they are equal.
static inline int ckpt_is_larger(float value, float best) {
  return (value > best) | ((value != value) & (best == best));
}

void ckpt_max_pool(const float *images, ckpt_window w, size_t count, float *outputs) {
  const size_t channels = w.channels, row_length = w.width * channels;
  for (size_t sample = 0; sample < count; sample++, images += w.height * row_length) {
    for (size_t i = 0; i < w.out_height; i++) {
      for (size_t j = 0; j < w.out_width; j++, outputs += channels) {
        const ckpt_clip clip = ckpt_clip_at(&w, i, j);
        const float *first = images + clip.top * row_length + clip.left * channels;
        for (size_t c = 0; c < channels; c++) outputs[c] = first[c];
        for (size_t y = clip.top; y < clip.bottom; y++) {
          for (size_t x = clip.left; x < clip.right; x++) {
            const float *pixel = images + y * row_length + x * channels;
            for (size_t c = 0; c < channels; c++) {
              const float value = pixel[c], best = outputs[c];
              outputs[c] = ckpt_is_larger(value, best) ? value : best;
            }
          }
        }
      }
    }
  }
}

/// One window, `channels` of at most CKPT_POOL_CHANNELS channels. `pixels` and `to` are at the image's
/// first pixel, both at the first of these channels.
static void ckpt_pool_gradient_window(const float *pixels, const float *gradient, const ckpt_window *w,
                                      ckpt_clip clip, size_t channels, float *to) {
  float best[CKPT_POOL_CHANNELS];
  uint32_t place[CKPT_POOL_CHANNELS];
  const size_t row_length = w->width * w->channels;
  const float *first = pixels + clip.top * row_length + clip.left * w->channels;
  for (size_t c = 0; c < channels; c++) {
    best[c] = first[c];
    place[c] = 0;
  }
  uint32_t index = 0;
  for (size_t y = clip.top; y < clip.bottom; y++) {
    for (size_t x = clip.left; x < clip.right; x++, index++) {
      const float *pixel = pixels + y * row_length + x * w->channels;
      for (size_t c = 0; c < channels; c++) {
        const float value = pixel[c], former = best[c];
        const uint32_t at = place[c];
        const int larger = ckpt_is_larger(value, former);
        best[c] = larger ? value : former;
        place[c] = larger ? index : at;
      }
    }
  }
  index = 0;
  for (size_t y = clip.top; y < clip.bottom; y++) {
    for (size_t x = clip.left; x < clip.right; x++, index++) {
      float *pixel = to + y * row_length + x * w->channels;
      for (size_t c = 0; c < channels; c++) {
        const float value = gradient[c];
        pixel[c] += place[c] == index ? value : 0;
      }
    }
  }
}

void ckpt_max_pool_gradient(const float *images, const float *gradient, ckpt_window w, size_t count,
                            float *image_gradient) {
  const size_t channels = w.channels, length = w.height * w.width * channels;
  for (size_t sample = 0; sample < count; sample++, images += length, image_gradient += length) {
    for (size_t i = 0; i < w.out_height; i++) {
      for (size_t j = 0; j < w.out_width; j++, gradient += channels) {
        const ckpt_clip clip = ckpt_clip_at(&w, i, j);
        for (size_t c = 0; c < channels; c += CKPT_POOL_CHANNELS) {
          const size_t some = channels - c < CKPT_POOL_CHANNELS ? channels - c : CKPT_POOL_CHANNELS;
          ckpt_pool_gradient_window(images + c, gradient + c, &w, clip, some, image_gradient + c);
        }
      }
    }
  }
}
