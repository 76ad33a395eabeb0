#include "ckpt_strokes.h"

#include <math.h>

static float ckpt_clamp(float value, float low, float high) {
  return value < low ? low : value > high ? high : value;
}

/// The range of pixels that [low, high] touches, as a half-open interval within [0, count).
static void ckpt_pixels(float low, float high, size_t count, size_t *first, size_t *end) {
  *first = (size_t)ckpt_clamp(floorf(low), 0, (float)count);
  *end = (size_t)ckpt_clamp(ceilf(high), 0, (float)count);
}

void ckpt_draw_line(float *image, size_t width, size_t height, float x0, float y0, float x1, float y1,
                    float radius) {
  const float reach = radius + 1;
  size_t first_x, end_x, first_y, end_y;
  ckpt_pixels(fminf(x0, x1) - reach, fmaxf(x0, x1) + reach, width, &first_x, &end_x);
  ckpt_pixels(fminf(y0, y1) - reach, fmaxf(y0, y1) + reach, height, &first_y, &end_y);
  const float dx = x1 - x0, dy = y1 - y0, squared_length = dx * dx + dy * dy;
  for (size_t y = first_y; y < end_y; y++)
    for (size_t x = first_x; x < end_x; x++) {
      const float px = (float)x + 0.5f - x0, py = (float)y + 0.5f - y0;
      const float along = squared_length > 0 ? ckpt_clamp((px * dx + py * dy) / squared_length, 0, 1) : 0;
      const float ex = px - along * dx, ey = py - along * dy;
      const float covered = ckpt_clamp(radius + 0.5f - sqrtf(ex * ex + ey * ey), 0, 1);
      float *pixel = image + y * width + x;
      if (covered > *pixel) *pixel = covered;
    }
}
