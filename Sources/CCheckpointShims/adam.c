#include "ckpt_adam.h"

#include <string.h>

// Four at a time, as in elementwise.c: √ and ÷ are rounded exactly, so the lanes don't change the bits.
typedef float ckpt_four __attribute__((vector_size(16), aligned(4), may_alias));
typedef int ckpt_mask __attribute__((vector_size(16)));

static inline ckpt_four ckpt_load(const float *p) { return *(const ckpt_four *)p; }
static inline void ckpt_store(float *p, ckpt_four v) { *(ckpt_four *)p = v; }

/// Four elements of a step; see the header.
static inline __attribute__((always_inline)) void ckpt_adam_four(
    float *weights, const float *gradient, float *moments, float *velocities, float *maxima, ckpt_four rate,
    ckpt_four one_minus_beta_1, ckpt_four one_minus_beta_2, ckpt_four epsilon) {
  const ckpt_four g = ckpt_load(gradient);
  ckpt_four m = ckpt_load(moments), v = ckpt_load(velocities);
  m += (g - m) * one_minus_beta_1;
  v += (g * g - v) * one_minus_beta_2;
  ckpt_store(moments, m);
  ckpt_store(velocities, v);
  if (maxima) {
    // NaN in v stays: it is no smaller than anything.
    const ckpt_four h = ckpt_load(maxima);
    const ckpt_mask larger = h > v;
    v = (ckpt_four)((larger & (ckpt_mask)h) | (~larger & (ckpt_mask)v));
    ckpt_store(maxima, v);
  }
  ckpt_store(weights, ckpt_load(weights) - m * rate / (__builtin_elementwise_sqrt(v) + epsilon));
}

void ckpt_adam(float *weights, const float *gradient, float *moments, float *velocities, float *maxima,
               size_t count, ckpt_adam_settings settings) {
  const ckpt_four zero = {0};
  const ckpt_four rate = zero + settings.rate, epsilon = zero + settings.epsilon;
  const ckpt_four b1 = zero + settings.one_minus_beta_1, b2 = zero + settings.one_minus_beta_2;
  size_t i = 0;
  for (; i + 4 <= count; i += 4)
    ckpt_adam_four(weights + i, gradient + i, moments + i, velocities + i, maxima ? maxima + i : NULL, rate,
                   b1, b2, epsilon);
  if (i == count) return;
  // The rest goes through the same code in a copy padded with zeros.
  float w[4] = {0}, g[4] = {0}, m[4] = {0}, v[4] = {0}, h[4] = {0};
  const size_t bytes = (count - i) * sizeof(float);
  memcpy(w, weights + i, bytes);
  memcpy(g, gradient + i, bytes);
  memcpy(m, moments + i, bytes);
  memcpy(v, velocities + i, bytes);
  if (maxima) memcpy(h, maxima + i, bytes);
  ckpt_adam_four(w, g, m, v, maxima ? h : NULL, rate, b1, b2, epsilon);
  memcpy(weights + i, w, bytes);
  memcpy(moments + i, m, bytes);
  memcpy(velocities + i, v, bytes);
  if (maxima) memcpy(maxima + i, h, bytes);
}
