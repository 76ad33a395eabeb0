#include "ckpt_losses.h"

#include <math.h>

void ckpt_mean_squared_error(const float *outputs, const float *targets, size_t rows, size_t columns,
                             float *losses, float *gradient) {
  const float scale = 2 / ((float)rows * (float)columns);
  for (size_t i = 0; i < rows; i++) {
    float sum = 0;
    for (size_t j = i * columns; j < (i + 1) * columns; j++) {
      const float difference = outputs[j] - targets[j];
      sum += difference * difference;
      if (gradient) gradient[j] = difference * scale;
    }
    losses[i] = sum / (float)columns;
  }
}

void ckpt_mean_absolute_error(const float *outputs, const float *targets, size_t rows, size_t columns,
                              float *losses, float *gradient) {
  const float scale = 1 / ((float)rows * (float)columns);
  for (size_t i = 0; i < rows; i++) {
    float sum = 0;
    for (size_t j = i * columns; j < (i + 1) * columns; j++) {
      const float difference = outputs[j] - targets[j];
      sum += fabsf(difference);
      // The last case is 0 or NaN, each of which is its own sign.
      if (gradient) gradient[j] = difference > 0 ? scale : difference < 0 ? -scale : difference;
    }
    losses[i] = sum / (float)columns;
  }
}

void ckpt_sigmoid_crossentropy(const float *logits, const float *targets, size_t rows, size_t columns,
                               float smoothing, float *losses, float *gradient) {
  const float scale = 1 / ((float)rows * (float)columns);
  for (size_t i = 0; i < rows; i++) {
    float sum = 0;
    for (size_t j = i * columns; j < (i + 1) * columns; j++) {
      const float z = logits[j], t = targets[j] * (1 - smoothing) + 0.5F * smoothing;
      sum += (z < 0 ? 0 : z) - z * t + log1pf(expf(-fabsf(z)));
      if (gradient) gradient[j] = (1 / (1 + expf(-z)) - t) * scale;
    }
    losses[i] = sum / (float)columns;
  }
}

void ckpt_binary_crossentropy(const float *outputs, const float *targets, size_t rows, size_t columns,
                              float smoothing, float clip, float *losses, float *gradient) {
  const float scale = 1 / ((float)rows * (float)columns), most = 1 - clip;
  for (size_t i = 0; i < rows; i++) {
    float sum = 0;
    for (size_t j = i * columns; j < (i + 1) * columns; j++) {
      const float t = targets[j] * (1 - smoothing) + 0.5F * smoothing;
      const float p = outputs[j] < clip ? clip : outputs[j] > most ? most : outputs[j];
      sum -= t * logf(p) + (1 - t) * logf(1 - p);
      // Written so that NaN is not taken for something clipped.
      const int clipped = outputs[j] < clip || outputs[j] > most;
      if (gradient) gradient[j] = clipped ? 0 : ((1 - t) / (1 - p) - t / p) * scale;
    }
    losses[i] = sum / (float)columns;
  }
}

void ckpt_categorical_crossentropy(const float *outputs, const float *targets, size_t rows, size_t columns,
                                   float clip, float *losses, float *gradient) {
  const float most = 1 - clip;
  for (size_t i = 0; i < rows; i++) {
    const float *p = outputs + i * columns, *t = targets + i * columns;
    // `through`: Σ t over the classes that clipping leaves free, the sum's part of the gradient.
    float sum = 0, loss = 0, through = 0;
    for (size_t j = 0; j < columns; j++) sum += p[j];
    for (size_t j = 0; j < columns; j++) {
      const float q = p[j] / sum;
      const int clipped = q < clip || q > most;
      loss -= t[j] * logf(q < clip ? clip : q > most ? most : q);
      if (!clipped) through += t[j];
    }
    losses[i] = loss;
    if (!gradient) continue;
    for (size_t j = 0; j < columns; j++) {
      const float q = p[j] / sum;
      const float own = q < clip || q > most ? 0 : t[j] / p[j];
      gradient[i * columns + j] = (through / sum - own) / (float)rows;
    }
  }
}
