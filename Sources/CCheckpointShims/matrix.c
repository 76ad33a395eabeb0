#include "ckpt_matrix.h"

#include <stdint.h>
#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include "ckpt_parallel.h"
#include "matrix_product.h"
#include "scratch.h"

// A panel of op(B) stays in the first cache, a block of op(A) in the second, a block of op(B) in the third.
#define CKPT_BLOCK_STEPS 320
#define CKPT_BLOCK_ROWS 192
#define CKPT_BLOCK_COLUMNS 1024
// What is read by no more tiles than this is not worth a copy.
#define CKPT_UNPACKED_TILES 2
#define CKPT_SHORT_ROW 128
// Multiply-adds, about 5 µs: fewer are not worth another thread.
#define CKPT_LEAST_PART 200000

// Sums are registers only where every index is a constant.
#define CKPT_UNROLLED _Pragma("clang loop unroll(full)")

static inline size_t ckpt_least(size_t a, size_t b) { return a < b ? a : b; }
/// How many blocks of `size` there are in `whole`.
static inline size_t ckpt_blocks(size_t whole, size_t size) { return (whole + size - 1) / size; }

/// What the innermost loop does: C (+)= A · B. B's columns lie side by side.
typedef struct {
  const float *a;
  size_t a_row, a_step;
  const float *b;
  size_t b_step, steps;
  float *c;
  size_t c_row, columns;
  bool adds;
} ckpt_tile;

typedef float ckpt_four __attribute__((vector_size(16), aligned(4), may_alias));

/// `to`'s rows are `from`'s columns, of four by four.
static inline void ckpt_transpose_four(const float *from, size_t from_row, float *to, size_t to_row) {
  const ckpt_four a = *(const ckpt_four *)from, b = *(const ckpt_four *)(from + from_row);
  const ckpt_four c = *(const ckpt_four *)(from + 2 * from_row), d = *(const ckpt_four *)(from + 3 * from_row);
  const ckpt_four ab = __builtin_shufflevector(a, b, 0, 4, 1, 5), cd = __builtin_shufflevector(c, d, 0, 4, 1, 5);
  const ckpt_four high_ab = __builtin_shufflevector(a, b, 2, 6, 3, 7), high_cd = __builtin_shufflevector(c, d, 2, 6, 3, 7);
  *(ckpt_four *)to = __builtin_shufflevector(ab, cd, 0, 1, 4, 5);
  *(ckpt_four *)(to + to_row) = __builtin_shufflevector(ab, cd, 2, 3, 6, 7);
  *(ckpt_four *)(to + 2 * to_row) = __builtin_shufflevector(high_ab, high_cd, 0, 1, 4, 5);
  *(ckpt_four *)(to + 3 * to_row) = __builtin_shufflevector(high_ab, high_cd, 2, 3, 6, 7);
}

#if defined(__x86_64__)
#define CKPT_NAME(name) ckpt_avx512_##name
#define CKPT_TARGET __attribute__((target("avx512f")))
#define CKPT_LANES 16
#define CKPT_TILE_ROWS 12
#define CKPT_TILE_VECTORS 2
#define CKPT_MASKS
#include "matrix_kernel.h"

#define CKPT_NAME(name) ckpt_avx2_##name
#define CKPT_TARGET __attribute__((target("avx2,fma")))
#define CKPT_LANES 8
#define CKPT_TILE_ROWS 6
#define CKPT_TILE_VECTORS 2
#include "matrix_kernel.h"
#endif

#define CKPT_NAME(name) ckpt_portable_##name
#define CKPT_TARGET
#if defined(__aarch64__)
// NEON is part of the architecture: 32 vectors of 4.
#define CKPT_LANES 8
#define CKPT_TILE_ROWS 6
#define CKPT_TILE_VECTORS 2
#else
#define CKPT_LANES 4
#define CKPT_TILE_ROWS 6
#define CKPT_TILE_VECTORS 2
#endif
#include "matrix_kernel.h"

static ckpt_matrix_path ckpt_matrix_best_path(void) {
  if (ckpt_matrix_path_exists(CKPT_MATRIX_AVX512)) return CKPT_MATRIX_AVX512;
  return ckpt_matrix_path_exists(CKPT_MATRIX_AVX2) ? CKPT_MATRIX_AVX2 : CKPT_MATRIX_PORTABLE;
}

bool ckpt_matrix_path_exists(ckpt_matrix_path path) {
#if defined(__x86_64__)
  if (path == CKPT_MATRIX_AVX512) return __builtin_cpu_supports("avx512f");
  if (path == CKPT_MATRIX_AVX2) return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
#endif
  return path == CKPT_MATRIX_PORTABLE;
}

static void ckpt_product_run(const ckpt_product *product, ckpt_matrix_path path) {
#if defined(__x86_64__)
  if (path == CKPT_MATRIX_AVX512) return ckpt_avx512_multiply(product);
  if (path == CKPT_MATRIX_AVX2) return ckpt_avx2_multiply(product);
#endif
  (void)path;
  ckpt_portable_multiply(product);
}

void ckpt_product_multiply(const ckpt_product *product) { ckpt_product_run(product, ckpt_matrix_best_path()); }

/// A product cut into parts of equal size, along its rows or along its columns.
typedef struct {
  const ckpt_product *whole;
  ckpt_matrix_path path;
  bool cuts_columns;
  size_t size;
} ckpt_cut_product;

static void ckpt_product_part(size_t index, void *context) {
  const ckpt_cut_product *cut = context;
  ckpt_product part = *cut->whole;
  const size_t first = index * cut->size;
  if (cut->cuts_columns) {
    part.b += first * part.b_column;
    part.c += first;
    part.columns = ckpt_least(part.columns - first, cut->size);
  } else {
    part.a += first * part.a_row;
    part.c += first * part.c_row;
    part.rows = ckpt_least(part.rows - first, cut->size);
  }
  ckpt_product_run(&part, cut->path);
}

static void ckpt_product_run_parts(const ckpt_product *product, ckpt_matrix_path path, size_t parts) {
  if (parts < 2) return ckpt_product_run(product, path);
  // Never along the inner side: that would change the sums. The side with more tiles, in whole tiles.
  const bool cuts_columns = product->columns / 32 > product->rows / 6;
  const size_t side = cuts_columns ? product->columns : product->rows, unit = cuts_columns ? 32 : 6;
  const size_t size = ckpt_blocks(ckpt_blocks(side, parts), unit) * unit;
  ckpt_cut_product cut = {product, path, cuts_columns, size};
  ckpt_parallel_run(ckpt_blocks(side, size), ckpt_product_part, &cut);
}

/// How many parts keep all threads busy to the end and are large enough each.
static size_t ckpt_product_parts(size_t rows, size_t columns, size_t inner) {
  const double work = (double)rows * (double)columns * (double)inner;
  if (work < 2 * CKPT_LEAST_PART) return 1;
  const size_t threads = ckpt_parallel_thread_count();
  if (work < 16.0 * CKPT_LEAST_PART * (double)threads) {
    return ckpt_least(threads, (size_t)(work / CKPT_LEAST_PART));
  }
  return 4 * threads;
}

static void ckpt_product_start(const float *a, bool transposes_a, const float *b, bool transposes_b, float *c,
                               size_t rows, size_t columns, size_t inner, bool adds, ckpt_matrix_path path,
                               size_t parts) {
  if (rows == 0 || columns == 0) return;
  if (inner == 0) {
    if (!adds) memset(c, 0, rows * columns * sizeof(float));
    return;
  }
  const ckpt_product product = {
      .a = a, .a_row = transposes_a ? 1 : inner, .a_step = transposes_a ? rows : 1,
      .b = b, .b_step = transposes_b ? 1 : columns, .b_column = transposes_b && columns > 1 ? inner : 1,
      .c = c, .c_row = columns, .rows = rows, .columns = columns, .inner = inner, .adds = adds};
  ckpt_product_run_parts(&product, path, parts);
}

void ckpt_matrix_multiply(const float *a, bool transposes_a, const float *b, bool transposes_b, float *c,
                          size_t rows, size_t columns, size_t inner) {
  ckpt_product_start(a, transposes_a, b, transposes_b, c, rows, columns, inner, false, ckpt_matrix_best_path(),
                     ckpt_product_parts(rows, columns, inner));
}

void ckpt_matrix_multiply_add(const float *a, bool transposes_a, const float *b, bool transposes_b, float *c,
                              size_t rows, size_t columns, size_t inner) {
  ckpt_product_start(a, transposes_a, b, transposes_b, c, rows, columns, inner, true, ckpt_matrix_best_path(),
                     ckpt_product_parts(rows, columns, inner));
}

void ckpt_matrix_multiply_parts(const float *a, bool transposes_a, const float *b, bool transposes_b, float *c,
                                size_t rows, size_t columns, size_t inner, bool adds, ckpt_matrix_path path,
                                size_t parts) {
  ckpt_product_start(a, transposes_a, b, transposes_b, c, rows, columns, inner, adds, path, parts);
}

const char *ckpt_matrix_path_name(void) {
  switch (ckpt_matrix_best_path()) {
    case CKPT_MATRIX_AVX512: return "avx512f";
    case CKPT_MATRIX_AVX2: return "avx2+fma";
    case CKPT_MATRIX_PORTABLE: break;
  }
#if defined(__aarch64__)
  return "neon";
#else
  return "portable";
#endif
}
