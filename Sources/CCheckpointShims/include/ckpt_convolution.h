#ifndef CKPT_CONVOLUTION_H
#define CKPT_CONVOLUTION_H

#include <stddef.h>

/// A window that slides over images whose channels are the last axis: (samples, height, width, channels).
///
/// The window's element (y, x) at the output position (i, j) lies over the pixel
/// (i * stride_y + y * dilation_y - before_y, j * stride_x + x * dilation_x - before_x), which may be
/// outside of the image. No such number may overflow `ptrdiff_t`.
typedef struct {
  size_t height, width, channels;
  size_t out_height, out_width;
  size_t window_height, window_width;
  size_t stride_y, stride_x;
  size_t dilation_y, dilation_x;
  size_t before_y, before_x;
} ckpt_window;

/// What the window sees at `count` output positions from `first` on, one row per position: window_height *
/// window_width * channels floats, in the order of a kernel; 0 outside of the image. Positions count over
/// samples, then rows, then columns of the output.
void ckpt_columns_gather(const float *images, ckpt_window window, size_t first, size_t count,
                         float *columns);

/// The transpose: adds each element of such rows to the pixel it came from, position after position.
void ckpt_columns_scatter(const float *columns, ckpt_window window, size_t first, size_t count,
                          float *images);

#endif
