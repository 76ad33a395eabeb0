#include "ckpt_elementwise.h"

#include <math.h>
#include <string.h>

#include "wide.h"

CKPT_BODY ckpt_rows_add_body(float *values, const float *row, size_t rows, size_t columns) {
  for (size_t i = 0; i < rows; i++)
    for (size_t j = 0; j < columns; j++) values[i * columns + j] += row[j];
}
CKPT_WIDE(extern, ckpt_rows_add,
          (float *values, const float *row, size_t rows, size_t columns),
          (values, row, rows, columns))

CKPT_BODY ckpt_columns_sum_body(const float *values, size_t rows, size_t columns, float *sums) {
  memset(sums, 0, columns * sizeof(float));
  for (size_t i = 0; i < rows; i++)
    for (size_t j = 0; j < columns; j++) sums[j] += values[i * columns + j];
}
CKPT_WIDE(extern, ckpt_columns_sum,
          (const float *values, size_t rows, size_t columns, float *sums),
          (values, rows, columns, sums))

CKPT_BODY ckpt_relu_body(float *values, size_t count) {
  for (size_t i = 0; i < count; i++) values[i] = values[i] < 0 ? 0 : values[i];
}
CKPT_WIDE(extern, ckpt_relu, (float *values, size_t count), (values, count))

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

CKPT_BODY ckpt_relu_gradient_body(const float *outputs, float *gradient, size_t count) {
  for (size_t i = 0; i < count; i++) {
    // Read whether it is needed or not: a branch here is guessed wrongly half of the time.
    const float value = gradient[i];
    gradient[i] = outputs[i] > 0 ? value : 0;
  }
}
CKPT_WIDE(extern, ckpt_relu_gradient,
          (const float *outputs, float *gradient, size_t count),
          (outputs, gradient, count))

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

CKPT_BODY ckpt_multiply_body(const float *a, const float *b, float *out, size_t count) {
  for (size_t i = 0; i < count; i++) out[i] = a[i] * b[i];
}
CKPT_WIDE(extern, ckpt_multiply,
          (const float *a, const float *b, float *out, size_t count),
          (a, b, out, count))

CKPT_BODY ckpt_sgd_body(float *weights, const float *gradient, size_t count, float rate) {
  for (size_t i = 0; i < count; i++) weights[i] -= rate * gradient[i];
}
CKPT_WIDE(extern, ckpt_sgd,
          (float *weights, const float *gradient, size_t count, float rate),
          (weights, gradient, count, rate))

CKPT_BODY ckpt_sgd_momentum_body(float *weights, const float *gradient, float *moments, size_t count, float rate,
                       float momentum, bool nesterov) {
  for (size_t i = 0; i < count; i++) {
    const float step = rate * gradient[i];
    const float moment = momentum * moments[i] - step;
    moments[i] = moment;
    weights[i] += nesterov ? momentum * moment - step : moment;
  }
}
CKPT_WIDE(extern, ckpt_sgd_momentum,
          (float *weights, const float *gradient, float *moments, size_t count, float rate, float momentum, bool nesterov),
          (weights, gradient, moments, count, rate, momentum, nesterov))
