#ifndef CKPT_MATRIX_H
#define CKPT_MATRIX_H

#include <stdbool.h>
#include <stddef.h>

/// C = op(A) · op(B), single precision, row-major, without gaps between rows; C is overwritten and
/// overlaps neither A nor B.
///
/// op(A) is `rows` × `inner`: A itself, or with `transposes_a` the transpose of an `inner` × `rows`
/// matrix. op(B) is `inner` × `columns`, likewise. C is `rows` × `columns`. With `inner` 0, C is 0.
///
/// The order of every sum is fixed by the three sizes alone: the same operands give the same bits at
/// every call on the same machine. (Machines with and without fused multiply-add differ in rounding.)
void ckpt_matrix_multiply(const float *a, bool transposes_a, const float *b, bool transposes_b, float *c,
                          size_t rows, size_t columns, size_t inner);

/// The same by the portable path, whatever the processor has; for tests and measurements.
void ckpt_matrix_multiply_portable(const float *a, bool transposes_a, const float *b, bool transposes_b,
                                   float *c, size_t rows, size_t columns, size_t inner);

/// The path `ckpt_matrix_multiply` takes on this machine: "avx2+fma" or "portable".
const char *ckpt_matrix_path(void);

#endif
