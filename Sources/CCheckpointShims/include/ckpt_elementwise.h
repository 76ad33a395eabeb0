#ifndef CKPT_ELEMENTWISE_H
#define CKPT_ELEMENTWISE_H

#include <stdbool.h>
#include <stddef.h>

// The trainer's loops over single-precision arrays. Matrices are row-major without gaps. Results
// depend on the operands alone: sums run in a fixed order.

/// Adds `row` to each row of `values`.
void ckpt_rows_add(float *values, const float *row, size_t rows, size_t columns);

/// sums[j] = Σᵢ values[i][j].
void ckpt_columns_sum(const float *values, size_t rows, size_t columns, float *sums);

/// Activations, in place. NaN stays NaN.
void ckpt_relu(float *values, size_t count);
void ckpt_sigmoid(float *values, size_t count);
void ckpt_tanh(float *values, size_t count);
void ckpt_softmax(float *values, size_t rows, size_t columns);

/// Turns the gradient with respect to an activation's outputs, in place, into the one with respect to
/// its inputs.
void ckpt_relu_gradient(const float *outputs, float *gradient, size_t count);
void ckpt_sigmoid_gradient(const float *outputs, float *gradient, size_t count);
void ckpt_tanh_gradient(const float *outputs, float *gradient, size_t count);
void ckpt_softmax_gradient(const float *outputs, float *gradient, size_t rows, size_t columns);

/// Cross-entropy of softmax(logits) with the rows of `targets`, which are distributions (one-hot rows
/// for classes). losses[i] = Σⱼ targetᵢⱼ (log Σₖ exp zᵢₖ - zᵢⱼ). `gradient`, unless null, gets the
/// gradient of the mean of the losses with respect to the logits.
void ckpt_softmax_crossentropy(const float *logits, const float *targets, size_t rows, size_t columns,
                               float *losses, float *gradient);

/// out[i] = a[i] * b[i]; `out` may be `a` or `b`.
void ckpt_multiply(const float *a, const float *b, float *out, size_t count);

/// w -= rate * g.
void ckpt_sgd(float *weights, const float *gradient, size_t count, float rate);

/// m = momentum * m - rate * g; w += m, or with Nesterov's look-ahead w += momentum * m - rate * g.
void ckpt_sgd_momentum(float *weights, const float *gradient, float *moments, size_t count, float rate,
                       float momentum, bool nesterov);

/// Numbers of an RMSprop step.
typedef struct {
  float rate, rho, one_minus_rho, momentum, epsilon;
} ckpt_rmsprop_settings;

/// v = rho v + (1 - rho) g²; d = √(v + epsilon); w -= rate g / d.
/// With `averages` (not null, "centered"): a = rho a + (1 - rho) g, d = √(v - a² + epsilon).
/// With `moments` (not null): m = momentum m + rate g / d; w -= m.
void ckpt_rmsprop(float *weights, const float *gradient, float *velocities, float *moments, float *averages,
                  size_t count, ckpt_rmsprop_settings settings);

#endif
