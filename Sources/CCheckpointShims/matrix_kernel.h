// The matrix product, written once and compiled once per instruction set: matrix.c includes this file
// with CKPT_NAME (gives the functions their names), CKPT_TARGET (the function attribute),
// CKPT_LANES (floats per vector), CKPT_TILE_ROWS (6 or 12) and CKPT_TILE_VECTORS (the tile of C that
// stays in registers) defined, and CKPT_MASKS if loads and stores of a part of a vector cost nothing.
//
// The scheme is Goto's: op(A) and op(B) are cut into blocks that fit the caches, and copied into panels
// in the order in which the innermost loop reads them. A block that is read once or lies well already is
// not copied: the innermost loop takes strides.

#define CKPT_TILE_COLUMNS (CKPT_LANES * CKPT_TILE_VECTORS)

typedef float CKPT_NAME(vector) __attribute__((vector_size(CKPT_LANES * 4), aligned(4), may_alias));

#define CKPT_INLINE CKPT_TARGET static inline __attribute__((always_inline))

/// The first `count` (at most CKPT_LANES, at least 1) lanes; the others are 0.
CKPT_INLINE CKPT_NAME(vector) CKPT_NAME(load)(const float *place, size_t count) {
#if defined(CKPT_MASKS)
  return (CKPT_NAME(vector))_mm512_maskz_loadu_ps((__mmask16)(0xffffu >> (16 - count)), place);
#else
  if (count == CKPT_LANES) return *(const CKPT_NAME(vector) *)place;
  CKPT_NAME(vector) some = {0};
  memcpy(&some, place, count * sizeof(float));
  return some;
#endif
}

CKPT_INLINE void CKPT_NAME(store)(float *place, CKPT_NAME(vector) values, size_t count) {
#if defined(CKPT_MASKS)
  _mm512_mask_storeu_ps(place, (__mmask16)(0xffffu >> (16 - count)), (__m512)values);
#else
  if (count == CKPT_LANES)
    *(CKPT_NAME(vector) *)place = values;
  else
    memcpy(place, &values, count * sizeof(float));
#endif
}

/// One tile of `rows` × `vectors`, which are constants wherever this is expanded.
CKPT_INLINE void CKPT_NAME(tile)(const ckpt_tile *t, const int rows, const int vectors) {
  CKPT_NAME(vector) sums[CKPT_TILE_ROWS][CKPT_TILE_VECTORS];
  const size_t a_row = t->a_row, a_step = t->a_step, b_step = t->b_step;
  const size_t last = t->columns - (size_t)(vectors - 1) * CKPT_LANES;
  CKPT_UNROLLED for (int i = 0; i < rows; i++)
    CKPT_UNROLLED for (int v = 0; v < vectors; v++) {
      const float *place = t->c + (size_t)i * t->c_row + v * CKPT_LANES;
      sums[i][v] = t->adds ? CKPT_NAME(load)(place, v + 1 < vectors ? CKPT_LANES : last) : (CKPT_NAME(vector)){0};
    }
  const float *b = t->b;
  // Three rows from one pointer by the processor's addressing: all rows' pointers don't fit the registers.
  const float *a[(CKPT_TILE_ROWS + 2) / 3];
  CKPT_UNROLLED for (int i = 0; i < rows; i += 3) a[i / 3] = t->a + (size_t)i * a_row;
  for (size_t k = t->steps; k > 0; k--) {
    CKPT_NAME(vector) row[CKPT_TILE_VECTORS];
    CKPT_UNROLLED for (int v = 0; v < vectors; v++) {
#if defined(CKPT_MASKS)
      row[v] = CKPT_NAME(load)(b + v * CKPT_LANES, v + 1 < vectors ? CKPT_LANES : last);
#else
      row[v] = *(const CKPT_NAME(vector) *)(b + v * CKPT_LANES);
#endif
    }
    CKPT_UNROLLED for (int i = 0; i < rows; i++)
      CKPT_UNROLLED for (int v = 0; v < vectors; v++) sums[i][v] += a[i / 3][(size_t)(i % 3) * a_row] * row[v];
    CKPT_UNROLLED for (int i = 0; i < rows; i += 3) {
      a[i / 3] += a_step;
      // Opaque: the compiler would make a pointer of each row again.
      __asm__("" : "+r"(a[i / 3]));
    }
    b += b_step;
  }
  CKPT_UNROLLED for (int i = 0; i < rows; i++)
    CKPT_UNROLLED for (int v = 0; v < vectors; v++)
      CKPT_NAME(store)(t->c + (size_t)i * t->c_row + v * CKPT_LANES, sums[i][v],
                       v + 1 < vectors ? CKPT_LANES : last);
}

#define CKPT_TILE(rows)                                                                           \
  CKPT_TARGET static void CKPT_NAME(tile_##rows)(const ckpt_tile *t) {                             \
    if (t->columns > (CKPT_TILE_VECTORS - 1) * CKPT_LANES)                                         \
      CKPT_NAME(tile)(t, rows, CKPT_TILE_VECTORS);                                                 \
    else                                                                                          \
      CKPT_NAME(tile)(t, rows, CKPT_TILE_VECTORS - 1);                                             \
  }
CKPT_TILE(1)
CKPT_TILE(2)
CKPT_TILE(3)
CKPT_TILE(4)
CKPT_TILE(5)
CKPT_TILE(6)
#if CKPT_TILE_ROWS > 6
CKPT_TILE(7)
CKPT_TILE(8)
CKPT_TILE(9)
CKPT_TILE(10)
CKPT_TILE(11)
CKPT_TILE(12)
#endif

static void (*const CKPT_NAME(tiles)[CKPT_TILE_ROWS])(const ckpt_tile *) = {
    CKPT_NAME(tile_1),  CKPT_NAME(tile_2),  CKPT_NAME(tile_3),
    CKPT_NAME(tile_4),  CKPT_NAME(tile_5),  CKPT_NAME(tile_6),
#if CKPT_TILE_ROWS > 6
    CKPT_NAME(tile_7),  CKPT_NAME(tile_8),  CKPT_NAME(tile_9),
    CKPT_NAME(tile_10), CKPT_NAME(tile_11), CKPT_NAME(tile_12),
#endif
};

/// Panels of `unit` rows, for each step the panel's rows side by side, with zeros for rows that are
/// missing in the last panel. Packs op(A), and op(B) with columns for rows.
CKPT_TARGET static void CKPT_NAME(pack)(const float *source, size_t row_stride, size_t step_stride, size_t rows,
                                        size_t steps, size_t unit, float *panels) {
  for (size_t first = 0; first < rows; first += unit, panels += unit * steps) {
    const size_t count = ckpt_least(rows - first, unit);
    const float *from = source + first * row_stride;
    if (count < unit) memset(panels, 0, unit * steps * sizeof(float));
    if (row_stride == 1) {
      for (size_t k = 0; k < steps; k++) memcpy(panels + k * unit, from + k * step_stride, count * sizeof(float));
      continue;
    }
    // A strip of steps at a time: its lines stay in the first cache until every row has been there.
    for (size_t strip = 0; strip < steps; strip += 16) {
      const size_t end = ckpt_least(steps, strip + 16);
      size_t i = 0;
      if (step_stride == 1 && end == strip + 16)
        for (; i + 4 <= count; i += 4)
          for (size_t k = strip; k < end; k += 4)
            ckpt_transpose_four(from + i * row_stride + k, row_stride, panels + k * unit + i, unit);
      for (; i < count; i++)
        for (size_t k = strip; k < end; k++) panels[k * unit + i] = from[i * row_stride + k * step_stride];
    }
  }
}

/// All of `m`'s columns times all of its rows.
CKPT_TARGET static void CKPT_NAME(multiply)(const ckpt_product *m) {
  const size_t row_blocks = ckpt_blocks(m->rows, CKPT_TILE_ROWS);
  const size_t column_blocks = ckpt_blocks(m->columns, CKPT_TILE_COLUMNS);
  // A tile of rows that is as high as the others: 32 are 11 + 11 + 10, not 12 + 12 + 8.
  const size_t tile_rows = ckpt_blocks(m->rows, row_blocks);
  const size_t steps_per_block = ckpt_blocks(m->inner, ckpt_blocks(m->inner, CKPT_BLOCK_STEPS));
  const size_t rows_per_block = tile_rows * ckpt_least(row_blocks, CKPT_BLOCK_ROWS / CKPT_TILE_ROWS);
  const size_t columns_per_block = CKPT_TILE_COLUMNS * ckpt_least(column_blocks, CKPT_BLOCK_COLUMNS / CKPT_TILE_COLUMNS);
  // Rows of A that lie well and are short stay in the first cache by themselves.
  const bool packs_a = column_blocks > CKPT_UNPACKED_TILES && (m->a_step != 1 || m->inner > CKPT_SHORT_ROW);
#if defined(CKPT_MASKS)
  const bool packs_b = m->b_column != 1 || (row_blocks > CKPT_UNPACKED_TILES && column_blocks > CKPT_UNPACKED_TILES);
#else
  const bool packs_b = m->b_column != 1 || row_blocks > CKPT_UNPACKED_TILES || m->columns % CKPT_LANES != 0;
#endif
  const size_t a_count = packs_a ? rows_per_block * steps_per_block : 0;
  const size_t b_count = packs_b ? columns_per_block * steps_per_block : 0;
  float *a_panels = NULL, *b_panels = NULL;
  if (a_count + b_count > 0) {
    b_panels = ckpt_scratch_floats(a_count + b_count);
    a_panels = b_panels + b_count;
  }

  for (size_t j = 0; j < m->columns; j += columns_per_block) {
    const size_t columns = ckpt_least(m->columns - j, columns_per_block);
    for (size_t k = 0; k < m->inner; k += steps_per_block) {
      const size_t steps = ckpt_least(m->inner - k, steps_per_block);
      const float *b = m->b + k * m->b_step + j * m->b_column;
      if (packs_b) CKPT_NAME(pack)(b, m->b_column, m->b_step, columns, steps, CKPT_TILE_COLUMNS, b_panels);
      for (size_t i = 0; i < m->rows; i += rows_per_block) {
        const size_t rows = ckpt_least(m->rows - i, rows_per_block);
        const float *a = m->a + i * m->a_row + k * m->a_step;
        if (packs_a) CKPT_NAME(pack)(a, m->a_row, m->a_step, rows, steps, tile_rows, a_panels);
        for (size_t jj = 0; jj < columns; jj += CKPT_TILE_COLUMNS) {
          ckpt_tile tile = {
              .a_row = packs_a ? 1 : m->a_row, .a_step = packs_a ? tile_rows : m->a_step,
              .b = packs_b ? b_panels + jj * steps : b + jj,
              .b_step = packs_b ? CKPT_TILE_COLUMNS : m->b_step,
              .steps = steps, .c_row = m->c_row,
              .columns = ckpt_least(columns - jj, CKPT_TILE_COLUMNS), .adds = m->adds || k > 0};
          for (size_t ii = 0; ii < rows; ii += tile_rows) {
            tile.a = packs_a ? a_panels + ii * steps : a + ii * m->a_row;
            tile.c = m->c + (i + ii) * m->c_row + j + jj;
            CKPT_NAME(tiles)[ckpt_least(rows - ii, tile_rows) - 1](&tile);
          }
        }
      }
    }
  }
}

#undef CKPT_TILE
#undef CKPT_INLINE
#undef CKPT_TILE_COLUMNS
#undef CKPT_NAME
#undef CKPT_TARGET
#undef CKPT_LANES
#undef CKPT_TILE_ROWS
#undef CKPT_TILE_VECTORS
#undef CKPT_MASKS
