#include <string.h>

#include "ckpt_convolution.h"
#include "matrix_product.h"

// Fewer numbers in a row of the window make products too short.
#define CKPT_LEAST_RUN 24
#define CKPT_LEAST_FILTERS 8

// With a window that moves by one pixel, the image with its padding is this large.
static size_t ckpt_padded_width(const ckpt_window *w) { return w->out_width + w->window_width - 1; }
static size_t ckpt_padded_height(const ckpt_window *w) { return w->out_height + w->window_height - 1; }
static size_t ckpt_padded_count(const ckpt_window *w) {
  return ckpt_padded_height(w) * ckpt_padded_width(w) * w->channels;
}
static bool ckpt_has_padding(const ckpt_window *w) {
  return ckpt_padded_width(w) != w->width || ckpt_padded_height(w) != w->height;
}

bool ckpt_convolution_is_direct(ckpt_window w, size_t filters) {
  return w.stride_y == 1 && w.stride_x == 1 && w.dilation_y == 1 && w.dilation_x == 1 &&
         w.window_width * w.channels >= CKPT_LEAST_RUN && filters >= CKPT_LEAST_FILTERS;
}

size_t ckpt_convolution_scratch(ckpt_window w) {
  return ckpt_has_padding(&w) ? ckpt_padded_count(&w) : 0;
}

/// The image with zeros around it.
static const float *ckpt_pad(const float *image, const ckpt_window *w, float *scratch) {
  if (!ckpt_has_padding(w)) return image;
  const size_t row = w->width * w->channels, padded_row = ckpt_padded_width(w) * w->channels;
  memset(scratch, 0, ckpt_padded_count(w) * sizeof(float));
  float *to = scratch + w->before_y * padded_row + w->before_x * w->channels;
  for (size_t y = 0; y < w->height; y++) memcpy(to + y * padded_row, image + y * row, row * sizeof(float));
  return scratch;
}

void ckpt_convolution_outputs(const float *image, ckpt_window w, const float *kernel, size_t filters,
                              float *scratch, float *outputs) {
  const float *padded = ckpt_pad(image, &w, scratch);
  const size_t run = w.window_width * w.channels, row = ckpt_padded_width(&w) * w.channels;
  for (size_t y = 0; y < w.out_height; y++) {
    for (size_t k = 0; k < w.window_height; k++) {
      const ckpt_product product = {
          .a = padded + (y + k) * row, .a_row = w.channels, .a_step = 1,
          .b = kernel + k * run * filters, .b_step = filters, .b_column = 1,
          .c = outputs + y * w.out_width * filters, .c_row = filters,
          .rows = w.out_width, .columns = filters, .inner = run, .adds = k > 0};
      ckpt_product_multiply(&product);
    }
  }
}

size_t ckpt_convolution_gradient_count(ckpt_window w, size_t filters) {
  return ckpt_convolution_gradient_row(w, filters, w.out_height);
}

size_t ckpt_convolution_gradient_row(ckpt_window w, size_t filters, size_t row) {
  return (row * ckpt_padded_width(&w) + w.window_width - 1) * filters;
}

void ckpt_convolution_kernel_gradient(const float *image, ckpt_window w, const float *gradient, size_t filters,
                                      float *scratch, float *kernel_sum) {
  const float *padded = ckpt_pad(image, &w, scratch);
  const size_t run = w.window_width * w.channels, width = ckpt_padded_width(&w);
  for (size_t k = 0; k < w.window_height; k++) {
    // Positions beyond a row's end are those between two rows, whose gradient is 0.
    const ckpt_product product = {
        .a = padded + k * width * w.channels, .a_row = 1, .a_step = w.channels,
        .b = gradient + ckpt_convolution_gradient_row(w, filters, 0), .b_step = filters, .b_column = 1,
        .c = kernel_sum + k * run * filters, .c_row = filters,
        .rows = run, .columns = filters, .inner = (w.out_height - 1) * width + w.out_width, .adds = true};
    ckpt_product_multiply(&product);
  }
}

void ckpt_convolution_turn_kernel(const float *kernel, ckpt_window w, size_t filters, float *turned) {
  const size_t channels = w.channels;
  for (size_t y = 0; y < w.window_height; y++)
    for (size_t x = w.window_width; x-- > 0;) {
      const float *from = kernel + (y * w.window_width + x) * channels * filters;
      for (size_t f = 0; f < filters; f++)
        for (size_t c = 0; c < channels; c++) *turned++ = from[c * filters + f];
    }
}

void ckpt_convolution_image_gradient(const float *gradient, ckpt_window w, const float *turned_kernel,
                                     size_t filters, float *scratch, float *image_gradient) {
  const size_t width = ckpt_padded_width(&w), run = w.window_width * filters;
  float *padded = ckpt_has_padding(&w) ? scratch : image_gradient;
  memset(padded, 0, ckpt_padded_count(&w) * sizeof(float));
  for (size_t k = 0; k < w.window_height; k++) {
    // A pixel gets from the window_width positions that end at it, in the rows that the window's row k sees.
    const ckpt_product product = {
        .a = gradient, .a_row = filters, .a_step = 1,
        .b = turned_kernel + k * run * w.channels, .b_step = w.channels, .b_column = 1,
        .c = padded + k * width * w.channels, .c_row = w.channels,
        .rows = w.out_height * width, .columns = w.channels, .inner = run, .adds = true};
    ckpt_product_multiply(&product);
  }
  if (padded == image_gradient) return;
  const size_t row = w.width * w.channels, padded_row = width * w.channels;
  const float *from = padded + w.before_y * padded_row + w.before_x * w.channels;
  for (size_t y = 0; y < w.height; y++) memcpy(image_gradient + y * row, from + y * padded_row, row * sizeof(float));
}
