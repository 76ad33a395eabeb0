#ifndef CKPT_LOSSES_H
#define CKPT_LOSSES_H

#include <stddef.h>

// Losses over matrices of (rows, columns), row by row. losses[i] is row i's, a mean over its columns
// where not said otherwise. `gradient`, unless null, gets the gradient of the mean of all losses with
// respect to the outputs. Binary losses take targets as t * (1 - smoothing) + smoothing / 2. NaN goes
// through.

/// (p - t)².
void ckpt_mean_squared_error(const float *outputs, const float *targets, size_t rows, size_t columns,
                             float *losses, float *gradient);

/// |p - t|; the gradient at 0 is 0.
void ckpt_mean_absolute_error(const float *outputs, const float *targets, size_t rows, size_t columns,
                              float *losses, float *gradient);

/// Binary cross-entropy of sigmoid(z): max(z, 0) - z t + log(1 + exp(-|z|)).
void ckpt_sigmoid_crossentropy(const float *logits, const float *targets, size_t rows, size_t columns,
                               float smoothing, float *losses, float *gradient);

/// -(t log p + (1 - t) log(1 - p)) with p clipped to [clip, 1 - clip]. What is clipped has no gradient.
void ckpt_binary_crossentropy(const float *outputs, const float *targets, size_t rows, size_t columns,
                              float smoothing, float clip, float *losses, float *gradient);

/// -Σ t log q over the columns with q = p / Σ p, clipped as above.
void ckpt_categorical_crossentropy(const float *outputs, const float *targets, size_t rows, size_t columns,
                                   float clip, float *losses, float *gradient);

#endif
