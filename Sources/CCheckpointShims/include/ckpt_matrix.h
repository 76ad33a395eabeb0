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
/// Every element of C is one chain of multiply-adds in the order of `inner`, whatever the blocks, the
/// paths and the number of threads: the same operands give the same bits at every call. With fused
/// multiply-add (all paths but the portable one on x86) they are those of fmaf in a plain loop.
void ckpt_matrix_multiply(const float *a, bool transposes_a, const float *b, bool transposes_b, float *c,
                          size_t rows, size_t columns, size_t inner);

/// C += op(A) · op(B): the chains go on from what C holds.
void ckpt_matrix_multiply_add(const float *a, bool transposes_a, const float *b, bool transposes_b, float *c,
                              size_t rows, size_t columns, size_t inner);

/// The code that computes products.
typedef enum { CKPT_MATRIX_PORTABLE, CKPT_MATRIX_AVX2, CKPT_MATRIX_AVX512 } ckpt_matrix_path;

/// Whether the processor can do it.
bool ckpt_matrix_path_exists(ckpt_matrix_path path);

/// C (+)= op(A) · op(B) by a path that exists, cut into `parts` (at least 1), for tests and
/// measurements: parts run on as many threads as there are.
void ckpt_matrix_multiply_parts(const float *a, bool transposes_a, const float *b, bool transposes_b, float *c,
                                size_t rows, size_t columns, size_t inner, bool adds, ckpt_matrix_path path,
                                size_t parts);

/// What the path of `ckpt_matrix_multiply` on this machine is called: "avx512f", "avx2+fma", "neon" or
/// "portable".
const char *ckpt_matrix_path_name(void);

#endif
