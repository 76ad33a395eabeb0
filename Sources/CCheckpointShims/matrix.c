#include "ckpt_matrix.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

// A block of op(A) and one panel of op(B) fit the first two caches together.
#define CKPT_BLOCK_STEPS 256
#define CKPT_BLOCK_COLUMNS 1024

static inline size_t ckpt_least(size_t a, size_t b) { return a < b ? a : b; }
static inline size_t ckpt_round_up(size_t value, size_t unit) { return (value + unit - 1) / unit * unit; }

/// Room for `count` floats. At most about 1 MiB is ever asked for; without it no training goes on.
static float *ckpt_floats(size_t count) {
  float *floats = malloc(count * sizeof(float));
  if (!floats) abort();
  return floats;
}

#if defined(__x86_64__)
#define CKPT_NAME(name) ckpt_avx2_##name
#define CKPT_TARGET __attribute__((target("avx2,fma")))
#define CKPT_LANES 8
#define CKPT_TILE_ROWS 6
#define CKPT_TILE_VECTORS 2
#include "matrix_kernel.h"
#endif

#define CKPT_NAME(name) ckpt_portable_##name
#define CKPT_TARGET
#define CKPT_LANES 4
#if defined(__aarch64__)
// 32 vector registers.
#define CKPT_TILE_ROWS 6
#define CKPT_TILE_VECTORS 4
#else
#define CKPT_TILE_ROWS 4
#define CKPT_TILE_VECTORS 2
#endif
#include "matrix_kernel.h"

static bool ckpt_matrix_has_avx2(void) {
#if defined(__x86_64__)
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
#else
  return false;
#endif
}

void ckpt_matrix_multiply(const float *a, bool transposes_a, const float *b, bool transposes_b, float *c,
                          size_t rows, size_t columns, size_t inner) {
#if defined(__x86_64__)
  if (ckpt_matrix_has_avx2()) {
    ckpt_avx2_multiply(a, transposes_a, b, transposes_b, c, rows, columns, inner);
    return;
  }
#endif
  ckpt_portable_multiply(a, transposes_a, b, transposes_b, c, rows, columns, inner);
}

void ckpt_matrix_multiply_portable(const float *a, bool transposes_a, const float *b, bool transposes_b,
                                   float *c, size_t rows, size_t columns, size_t inner) {
  ckpt_portable_multiply(a, transposes_a, b, transposes_b, c, rows, columns, inner);
}

const char *ckpt_matrix_path(void) { return ckpt_matrix_has_avx2() ? "avx2+fma" : "portable"; }
