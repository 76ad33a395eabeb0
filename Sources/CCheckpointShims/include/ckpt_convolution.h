#ifndef CKPT_CONVOLUTION_H
#define CKPT_CONVOLUTION_H

#include <stdbool.h>
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

// Without such rows, for one sample at a time: where the window moves by one pixel and has no gaps, its rows
// at neighbouring positions overlap in the image, and a matrix product takes them from there.

/// Whether that is possible for this window, and quicker.
bool ckpt_convolution_is_direct(ckpt_window window, size_t filters);

/// Floats of scratch memory that the functions below need.
size_t ckpt_convolution_scratch(ckpt_window window);

/// outputs (out_height, out_width, filters) = image ∗ kernel.
void ckpt_convolution_outputs(const float *image, ckpt_window window, const float *kernel, size_t filters,
                              float *scratch, float *outputs);

/// The gradient with respect to the outputs as the functions below take it: each row of out_width positions is
/// preceded and the last one followed by window_width - 1 positions of zeros. Floats in all, and where the
/// row of number `row` begins.
size_t ckpt_convolution_gradient_count(ckpt_window window, size_t filters);
size_t ckpt_convolution_gradient_row(ckpt_window window, size_t filters, size_t row);

/// kernel_sum += the gradient with respect to the kernel.
void ckpt_convolution_kernel_gradient(const float *image, ckpt_window window, const float *gradient,
                                      size_t filters, float *scratch, float *kernel_sum);

/// The kernel as the next function takes it: (window_height, window_width backwards, filters, channels).
void ckpt_convolution_turn_kernel(const float *kernel, ckpt_window window, size_t filters, float *turned);

/// image_gradient = the gradient with respect to the image.
void ckpt_convolution_image_gradient(const float *gradient, ckpt_window window, const float *turned_kernel,
                                     size_t filters, float *scratch, float *image_gradient);

#endif
