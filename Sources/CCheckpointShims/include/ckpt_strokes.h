#ifndef CKPT_STROKES_H
#define CKPT_STROKES_H

#include <stddef.h>

/// Draws a line with round ends into a gray image (row-major, 0 to 1). Coordinates and radius in
/// pixels, the first pixel's centre at (0.5, 0.5). A pixel becomes the share of it that the line
/// covers (by its distance from the line), unless it was brighter before. What lies outside the
/// image is left out.
void ckpt_draw_line(float *image, size_t width, size_t height, float x0, float y0, float x1, float y1,
                    float radius);

#endif
