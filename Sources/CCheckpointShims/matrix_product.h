#ifndef CKPT_MATRIX_PRODUCT_H
#define CKPT_MATRIX_PRODUCT_H

#include <stdbool.h>
#include <stddef.h>

/// A product of matrices that lie in memory with strides, in floats; rows of A may overlap. No side is empty.
typedef struct {
  const float *a;
  size_t a_row, a_step;
  const float *b;
  size_t b_step, b_column;
  float *c;
  size_t c_row, rows, columns, inner;
  bool adds;
} ckpt_product;

/// C (+)= A · B on the calling thread, by the best path.
void ckpt_product_multiply(const ckpt_product *product);

#endif
