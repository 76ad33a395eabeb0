#include "ckpt_activations.h"

#include <math.h>

void ckpt_leaky_relu(float *values, size_t count, float slope) {
  for (size_t i = 0; i < count; i++) values[i] = values[i] > 0 ? values[i] : slope * values[i];
}

void ckpt_relu6(float *values, size_t count) {
  for (size_t i = 0; i < count; i++) {
    const float x = values[i] < 0 ? 0 : values[i];
    values[i] = x > 6 ? 6 : x;
  }
}

void ckpt_hard_sigmoid(float *values, size_t count) {
  for (size_t i = 0; i < count; i++) {
    const float x = values[i] + 3 < 0 ? 0 : values[i] + 3;
    values[i] = (x > 6 ? 6 : x) / 6;
  }
}

void ckpt_elu(float *values, size_t count, float scale, float alpha) {
  for (size_t i = 0; i < count; i++)
    values[i] = scale * (values[i] > 0 ? values[i] : alpha * expm1f(values[i]));
}

void ckpt_softplus(float *values, size_t count) {
  // The larger of 0 and x taken out, so that exp doesn't overflow.
  for (size_t i = 0; i < count; i++) {
    const float x = values[i];
    values[i] = (x < 0 ? 0 : x) + log1pf(expf(-fabsf(x)));
  }
}

void ckpt_softsign(float *values, size_t count) {
  for (size_t i = 0; i < count; i++) values[i] = values[i] / (1 + fabsf(values[i]));
}

static inline float ckpt_normal_share(float x) { return 0.5F * (1 + erff(x * 0.70710678F)); }

void ckpt_gelu(float *values, size_t count) {
  for (size_t i = 0; i < count; i++) values[i] = values[i] * ckpt_normal_share(values[i]);
}

void ckpt_silu(float *values, size_t count) {
  for (size_t i = 0; i < count; i++) values[i] = values[i] * (1 / (1 + expf(-values[i])));
}

void ckpt_exponential(float *values, size_t count) {
  for (size_t i = 0; i < count; i++) values[i] = expf(values[i]);
}

void ckpt_leaky_relu_gradient(const float *outputs, float *gradient, size_t count, float slope) {
  for (size_t i = 0; i < count; i++) gradient[i] = outputs[i] > 0 ? gradient[i] : slope * gradient[i];
}

void ckpt_relu6_gradient(const float *outputs, float *gradient, size_t count) {
  for (size_t i = 0; i < count; i++) gradient[i] = outputs[i] > 0 && outputs[i] < 6 ? gradient[i] : 0;
}

void ckpt_hard_sigmoid_gradient(const float *outputs, float *gradient, size_t count) {
  for (size_t i = 0; i < count; i++) gradient[i] = outputs[i] > 0 && outputs[i] < 1 ? gradient[i] / 6 : 0;
}

void ckpt_elu_gradient(const float *outputs, float *gradient, size_t count, float scale, float alpha) {
  for (size_t i = 0; i < count; i++)
    gradient[i] *= outputs[i] < 0 ? outputs[i] + scale * alpha : scale;
}

void ckpt_softplus_gradient(const float *outputs, float *gradient, size_t count) {
  // sigmoid(x) = 1 - exp(-log(1 + exp(x)))
  for (size_t i = 0; i < count; i++) gradient[i] *= -expm1f(-outputs[i]);
}

void ckpt_softsign_gradient(const float *inputs, float *gradient, size_t count) {
  for (size_t i = 0; i < count; i++) {
    const float d = 1 + fabsf(inputs[i]);
    gradient[i] /= d * d;
  }
}

void ckpt_gelu_gradient(const float *inputs, float *gradient, size_t count) {
  for (size_t i = 0; i < count; i++) {
    const float x = inputs[i];
    gradient[i] *= ckpt_normal_share(x) + x * 0.39894228F * expf(-0.5F * x * x);
  }
}

void ckpt_silu_gradient(const float *inputs, float *gradient, size_t count) {
  for (size_t i = 0; i < count; i++) {
    const float s = 1 / (1 + expf(-inputs[i]));
    gradient[i] *= s + inputs[i] * s * (1 - s);
  }
}
