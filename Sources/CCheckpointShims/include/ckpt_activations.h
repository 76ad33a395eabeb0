#ifndef CKPT_ACTIVATIONS_H
#define CKPT_ACTIVATIONS_H

#include <stddef.h>

// More of the trainer's activations, in place. NaN stays NaN. Those of ckpt_elementwise.h are the
// usual ones.

/// x, or slope * x below 0.
void ckpt_leaky_relu(float *values, size_t count, float slope);
/// min(max(x, 0), 6).
void ckpt_relu6(float *values, size_t count);
/// min(max(x + 3, 0), 6) / 6.
void ckpt_hard_sigmoid(float *values, size_t count);
/// scale * x, or scale * alpha * (exp(x) - 1) below 0: elu with scale 1, selu with its constants.
void ckpt_elu(float *values, size_t count, float scale, float alpha);
/// log(1 + exp(x)).
void ckpt_softplus(float *values, size_t count);
/// x / (1 + |x|).
void ckpt_softsign(float *values, size_t count);
/// x / 2 * (1 + erf(x / √2)).
void ckpt_gelu(float *values, size_t count);
/// x * sigmoid(x).
void ckpt_silu(float *values, size_t count);
/// exp(x).
void ckpt_exponential(float *values, size_t count);

/// Turn the gradient with respect to an activation's outputs, in place, into the one with respect to
/// its inputs: these from outputs,
void ckpt_leaky_relu_gradient(const float *outputs, float *gradient, size_t count, float slope);
void ckpt_relu6_gradient(const float *outputs, float *gradient, size_t count);
void ckpt_hard_sigmoid_gradient(const float *outputs, float *gradient, size_t count);
void ckpt_elu_gradient(const float *outputs, float *gradient, size_t count, float scale, float alpha);
void ckpt_softplus_gradient(const float *outputs, float *gradient, size_t count);
/// these from inputs.
void ckpt_softsign_gradient(const float *inputs, float *gradient, size_t count);
void ckpt_gelu_gradient(const float *inputs, float *gradient, size_t count);
void ckpt_silu_gradient(const float *inputs, float *gradient, size_t count);

#endif
