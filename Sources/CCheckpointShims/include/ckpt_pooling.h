#ifndef CKPT_POOLING_H
#define CKPT_POOLING_H

#include "ckpt_convolution.h"

/// The largest number under the window at each output position of `count` images, channel by channel.
/// What lies outside of an image counts for less than anything, -∞ included; a NaN is larger than all
/// numbers. Each window must lie over at least one pixel. Dilation is taken as 1.
void ckpt_max_pool(const float *images, ckpt_window window, size_t count, float *outputs);

/// Adds each number of `gradient`, which is shaped like the outputs, to `image_gradient` at the pixel that
/// was the largest: at the first one, by rows then columns of the window, where several were.
void ckpt_max_pool_gradient(const float *images, const float *gradient, ckpt_window window, size_t count,
                            float *image_gradient);

#endif
