#include "ckpt_elementwise.h"
#include "ckpt_parallel.h"
#include "wide.h"

// Elements that are worth another thread: about 10 µs.
#define CKPT_RMSPROP_PART 16384

/// The step of `ckpt_rmsprop`. What is known where this is expanded is not asked for every element.
/// The builtin is a vector instruction, and exact like sqrtf, which the compiler leaves alone for errno.
static inline __attribute__((always_inline)) void ckpt_rmsprop_loop(
    float *restrict weights, const float *restrict gradient, float *restrict velocities,
    float *restrict moments, float *restrict averages, size_t count, ckpt_rmsprop_settings s,
    const bool has_moments, const bool is_centered) {
  for (size_t i = 0; i < count; i++) {
    const float g = gradient[i];
    const float v = s.rho * velocities[i] + s.one_minus_rho * (g * g);
    velocities[i] = v;
    float under_root = v + s.epsilon;
    if (is_centered) {
      const float a = s.rho * averages[i] + s.one_minus_rho * g;
      averages[i] = a;
      under_root = v - a * a + s.epsilon;
    }
    float step = s.rate * g / __builtin_elementwise_sqrt(under_root);
    if (has_moments) {
      step = s.momentum * moments[i] + step;
      moments[i] = step;
    }
    weights[i] -= step;
  }
}

CKPT_BODY ckpt_rmsprop_part_body(float *weights, const float *gradient, float *velocities, float *moments,
                                 float *averages, size_t count, ckpt_rmsprop_settings settings) {
  if (moments && averages)
    ckpt_rmsprop_loop(weights, gradient, velocities, moments, averages, count, settings, true, true);
  else if (moments)
    ckpt_rmsprop_loop(weights, gradient, velocities, moments, averages, count, settings, true, false);
  else if (averages)
    ckpt_rmsprop_loop(weights, gradient, velocities, moments, averages, count, settings, false, true);
  else
    ckpt_rmsprop_loop(weights, gradient, velocities, moments, averages, count, settings, false, false);
}

typedef struct {
  float *weights;
  const float *gradient;
  float *velocities, *moments, *averages;
  size_t count;
  ckpt_rmsprop_settings settings;
} ckpt_rmsprop_step;

CKPT_WIDE(static, ckpt_rmsprop_part,
          (float *weights, const float *gradient, float *velocities, float *moments, float *averages,
           size_t count, ckpt_rmsprop_settings settings),
          (weights, gradient, velocities, moments, averages, count, settings))

static void ckpt_rmsprop_run_part(size_t index, void *context) {
  const ckpt_rmsprop_step *s = context;
  const size_t first = index * CKPT_RMSPROP_PART, rest = s->count - first;
  ckpt_rmsprop_part(s->weights + first, s->gradient + first, s->velocities + first,
                    s->moments ? s->moments + first : NULL, s->averages ? s->averages + first : NULL,
                    rest < CKPT_RMSPROP_PART ? rest : CKPT_RMSPROP_PART, s->settings);
}

void ckpt_rmsprop(float *weights, const float *gradient, float *velocities, float *moments, float *averages,
                  size_t count, ckpt_rmsprop_settings settings) {
  ckpt_rmsprop_step step = {weights, gradient, velocities, moments, averages, count, settings};
  ckpt_parallel_run((count + CKPT_RMSPROP_PART - 1) / CKPT_RMSPROP_PART, ckpt_rmsprop_run_part, &step);
}
