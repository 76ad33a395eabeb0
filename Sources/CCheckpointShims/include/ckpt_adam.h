#ifndef CKPT_ADAM_H
#define CKPT_ADAM_H

#include <stddef.h>

/// Numbers of an Adam step. `rate` has the bias correction in it.
typedef struct {
  float rate, one_minus_beta_1, one_minus_beta_2, epsilon;
} ckpt_adam_settings;

/// m += (g - m)(1 - beta_1); v += (g² - v)(1 - beta_2); w -= m rate / (√v + epsilon).
/// With `maxima` (not null, "amsgrad"): h = max(h, v), and h in place of v in the last.
void ckpt_adam(float *weights, const float *gradient, float *moments, float *velocities, float *maxima,
               size_t count, ckpt_adam_settings settings);

#endif
