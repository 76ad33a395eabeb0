#include "ckpt_elementwise.h"

#include <math.h>
#include <string.h>

void ckpt_rows_add(float *values, const float *row, size_t rows, size_t columns) {
  for (size_t i = 0; i < rows; i++)
    for (size_t j = 0; j < columns; j++) values[i * columns + j] += row[j];
}

void ckpt_columns_sum(const float *values, size_t rows, size_t columns, float *sums) {
  memset(sums, 0, columns * sizeof(float));
  for (size_t i = 0; i < rows; i++)
    for (size_t j = 0; j < columns; j++) sums[j] += values[i * columns + j];
}

void ckpt_relu(float *values, size_t count) {
  for (size_t i = 0; i < count; i++) values[i] = values[i] < 0 ? 0 : values[i];
}

void ckpt_sigmoid(float *values, size_t count) {
  for (size_t i = 0; i < count; i++) values[i] = 1 / (1 + expf(-values[i]));
}

void ckpt_tanh(float *values, size_t count) {
  for (size_t i = 0; i < count; i++) values[i] = tanhf(values[i]);
}

/// The largest of a row, which makes exp of the differences safe. NaN where the row has one.
static float ckpt_row_maximum(const float *row, size_t columns) {
  float maximum = row[0];
  for (size_t j = 1; j < columns; j++)
    if (row[j] > maximum || row[j] != row[j]) maximum = row[j];
  return maximum;
}

void ckpt_softmax(float *values, size_t rows, size_t columns) {
  if (columns == 0) return;
  for (size_t i = 0; i < rows; i++) {
    float *row = values + i * columns;
    const float maximum = ckpt_row_maximum(row, columns);
    float sum = 0;
    for (size_t j = 0; j < columns; j++) sum += row[j] = expf(row[j] - maximum);
    for (size_t j = 0; j < columns; j++) row[j] /= sum;
  }
}

void ckpt_relu_gradient(const float *outputs, float *gradient, size_t count) {
  for (size_t i = 0; i < count; i++) {
    // Read whether it is needed or not: a branch here is guessed wrongly half of the time.
    const float value = gradient[i];
    gradient[i] = outputs[i] > 0 ? value : 0;
  }
}

void ckpt_sigmoid_gradient(const float *outputs, float *gradient, size_t count) {
  for (size_t i = 0; i < count; i++) gradient[i] *= outputs[i] * (1 - outputs[i]);
}

void ckpt_tanh_gradient(const float *outputs, float *gradient, size_t count) {
  for (size_t i = 0; i < count; i++) gradient[i] *= 1 - outputs[i] * outputs[i];
}

void ckpt_softmax_gradient(const float *outputs, float *gradient, size_t rows, size_t columns) {
  for (size_t i = 0; i < rows; i++) {
    const float *p = outputs + i * columns;
    float *g = gradient + i * columns;
    float sum = 0;
    for (size_t j = 0; j < columns; j++) sum += p[j] * g[j];
    for (size_t j = 0; j < columns; j++) g[j] = p[j] * (g[j] - sum);
  }
}

void ckpt_softmax_crossentropy(const float *logits, const float *targets, size_t rows, size_t columns,
                               float *losses, float *gradient) {
  if (columns == 0) return;
  for (size_t i = 0; i < rows; i++) {
    const float *z = logits + i * columns, *t = targets + i * columns;
    const float maximum = ckpt_row_maximum(z, columns);
    float sum = 0, loss = 0;
    for (size_t j = 0; j < columns; j++) sum += expf(z[j] - maximum);
    const float log_sum = logf(sum);
    for (size_t j = 0; j < columns; j++) {
      // 0 · ∞ is NaN, and a class that isn't the target costs nothing however improbable it is.
      if (t[j] != 0) loss += t[j] * (log_sum - (z[j] - maximum));
    }
    losses[i] = loss;
    if (gradient) {
      float *g = gradient + i * columns;
      for (size_t j = 0; j < columns; j++) g[j] = (expf(z[j] - maximum) / sum - t[j]) / (float)rows;
    }
  }
}

void ckpt_multiply(const float *a, const float *b, float *out, size_t count) {
  for (size_t i = 0; i < count; i++) out[i] = a[i] * b[i];
}

void ckpt_sgd(float *weights, const float *gradient, size_t count, float rate) {
  for (size_t i = 0; i < count; i++) weights[i] -= rate * gradient[i];
}

void ckpt_sgd_momentum(float *weights, const float *gradient, float *moments, size_t count, float rate,
                       float momentum, bool nesterov) {
  for (size_t i = 0; i < count; i++) {
    const float step = rate * gradient[i];
    const float moment = momentum * moments[i] - step;
    moments[i] = moment;
    weights[i] += nesterov ? momentum * moment - step : moment;
  }
}

// Four at a time: the compiler leaves a loop around sqrtf scalar because of errno. √ and ÷ are rounded
// exactly, so the lanes don't change the bits.
typedef float ckpt_four __attribute__((vector_size(16), aligned(4), may_alias));

static inline ckpt_four ckpt_load(const float *p) { return *(const ckpt_four *)p; }
static inline void ckpt_store(float *p, ckpt_four v) { *(ckpt_four *)p = v; }

/// Four elements of an RMSprop step; see the header. Everything is a parameter of its own: in a struct
/// the settings would be read from memory again after every store.
static inline __attribute__((always_inline)) void ckpt_rmsprop_four(
    float *weights, const float *gradient, float *velocities, float *moments, float *averages,
    ckpt_four rate, ckpt_four rho, ckpt_four one_minus_rho, ckpt_four momentum, ckpt_four epsilon) {
  const ckpt_four g = ckpt_load(gradient);
  const ckpt_four v = rho * ckpt_load(velocities) + one_minus_rho * (g * g);
  ckpt_store(velocities, v);
  ckpt_four under_root = v + epsilon;
  if (averages) {
    const ckpt_four a = rho * ckpt_load(averages) + one_minus_rho * g;
    ckpt_store(averages, a);
    under_root = v - a * a + epsilon;
  }
  ckpt_four step = rate * g / __builtin_elementwise_sqrt(under_root);
  if (moments) {
    step = momentum * ckpt_load(moments) + step;
    ckpt_store(moments, step);
  }
  ckpt_store(weights, ckpt_load(weights) - step);
}

void ckpt_rmsprop(float *weights, const float *gradient, float *velocities, float *moments, float *averages,
                  size_t count, ckpt_rmsprop_settings settings) {
  const ckpt_four zero = {0};
  const ckpt_four rate = zero + settings.rate, rho = zero + settings.rho, momentum = zero + settings.momentum;
  const ckpt_four one_minus_rho = zero + settings.one_minus_rho, epsilon = zero + settings.epsilon;
  size_t i = 0;
  for (; i + 4 <= count; i += 4)
    ckpt_rmsprop_four(weights + i, gradient + i, velocities + i, moments ? moments + i : NULL,
                      averages ? averages + i : NULL, rate, rho, one_minus_rho, momentum, epsilon);
  if (i == count) return;
  // The rest goes through the same code in a copy padded with zeros.
  float w[4] = {0}, g[4] = {0}, v[4] = {0}, m[4] = {0}, a[4] = {0};
  const size_t bytes = (count - i) * sizeof(float);
  memcpy(w, weights + i, bytes);
  memcpy(g, gradient + i, bytes);
  memcpy(v, velocities + i, bytes);
  if (moments) memcpy(m, moments + i, bytes);
  if (averages) memcpy(a, averages + i, bytes);
  ckpt_rmsprop_four(w, g, v, moments ? m : NULL, averages ? a : NULL, rate, rho, one_minus_rho, momentum,
                    epsilon);
  memcpy(weights + i, w, bytes);
  memcpy(velocities + i, v, bytes);
  if (moments) memcpy(moments + i, m, bytes);
  if (averages) memcpy(averages + i, a, bytes);
}
