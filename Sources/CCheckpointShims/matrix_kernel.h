// The matrix product, written once and compiled once per instruction set: matrix.c includes this file
// with CKPT_NAME (gives the functions their names), CKPT_TARGET (the function attribute),
// CKPT_LANES (floats per vector), CKPT_TILE_ROWS and CKPT_TILE_VECTORS (the tile of C that stays in
// registers) defined.
//
// The scheme is Goto's: op(A) and op(B) are copied block by block into panels, in the order in which
// the innermost loop reads them, with zeros where the last panel is not full. The innermost loop
// then knows neither transposes nor edges.

#define CKPT_TILE_COLUMNS (CKPT_LANES * CKPT_TILE_VECTORS)

typedef float CKPT_NAME(vector) __attribute__((vector_size(CKPT_LANES * 4), aligned(4), may_alias));

/// Panels of CKPT_TILE_ROWS rows of op(A): for each step k the panel's rows side by side.
CKPT_TARGET static void CKPT_NAME(pack_a)(const float *a, size_t row_stride, size_t step_stride, size_t rows,
                                          size_t steps, float *panels) {
  for (size_t first = 0; first < rows; first += CKPT_TILE_ROWS) {
    const size_t count = rows - first < CKPT_TILE_ROWS ? rows - first : CKPT_TILE_ROWS;
    const float *source = a + first * row_stride;
    for (size_t k = 0; k < steps; k++) {
      const float *step = source + k * step_stride;
      for (size_t i = 0; i < count; i++) panels[i] = step[i * row_stride];
      for (size_t i = count; i < CKPT_TILE_ROWS; i++) panels[i] = 0;
      panels += CKPT_TILE_ROWS;
    }
  }
}

/// Panels of CKPT_TILE_COLUMNS columns of op(B): for each step k the panel's columns side by side.
CKPT_TARGET static void CKPT_NAME(pack_b)(const float *b, size_t step_stride, size_t column_stride,
                                          size_t columns, size_t steps, float *panels) {
  for (size_t first = 0; first < columns; first += CKPT_TILE_COLUMNS) {
    const size_t count = columns - first < CKPT_TILE_COLUMNS ? columns - first : CKPT_TILE_COLUMNS;
    const float *source = b + first * column_stride;
    for (size_t k = 0; k < steps; k++) {
      const float *step = source + k * step_stride;
      if (column_stride == 1) {
        memcpy(panels, step, count * sizeof(float));
      } else {
        for (size_t j = 0; j < count; j++) panels[j] = step[j * column_stride];
      }
      for (size_t j = count; j < CKPT_TILE_COLUMNS; j++) panels[j] = 0;
      panels += CKPT_TILE_COLUMNS;
    }
  }
}

/// One tile: tile (+)= panel of A · panel of B over `steps` steps. `stride` in floats.
CKPT_TARGET static void CKPT_NAME(tile)(const float *a, const float *b, size_t steps, float *tile, size_t stride,
                                        bool adds) {
  CKPT_NAME(vector) sums[CKPT_TILE_ROWS][CKPT_TILE_VECTORS];
  for (int i = 0; i < CKPT_TILE_ROWS; i++)
    for (int v = 0; v < CKPT_TILE_VECTORS; v++) {
      const float *place = tile + (size_t)i * stride + (size_t)(v * CKPT_LANES);
      sums[i][v] = adds ? *(const CKPT_NAME(vector) *)place : (CKPT_NAME(vector)){0};
    }
  for (size_t k = 0; k < steps; k++) {
    for (int i = 0; i < CKPT_TILE_ROWS; i++)
      for (int v = 0; v < CKPT_TILE_VECTORS; v++)
        sums[i][v] += a[i] * *(const CKPT_NAME(vector) *)(b + v * CKPT_LANES);
    a += CKPT_TILE_ROWS;
    b += CKPT_TILE_COLUMNS;
  }
  for (int i = 0; i < CKPT_TILE_ROWS; i++)
    for (int v = 0; v < CKPT_TILE_VECTORS; v++)
      *(CKPT_NAME(vector) *)(tile + (size_t)i * stride + (size_t)(v * CKPT_LANES)) = sums[i][v];
}

/// A tile that sticks out of C: computed aside, then the part inside is copied.
CKPT_TARGET static void CKPT_NAME(edge_tile)(const float *a, const float *b, size_t steps, float *tile,
                                             size_t stride, bool adds, size_t rows, size_t columns) {
  float aside[CKPT_TILE_ROWS * CKPT_TILE_COLUMNS] = {0};
  if (adds)
    for (size_t i = 0; i < rows; i++)
      memcpy(aside + i * CKPT_TILE_COLUMNS, tile + i * stride, columns * sizeof(float));
  CKPT_NAME(tile)(a, b, steps, aside, CKPT_TILE_COLUMNS, adds);
  for (size_t i = 0; i < rows; i++)
    memcpy(tile + i * stride, aside + i * CKPT_TILE_COLUMNS, columns * sizeof(float));
}

CKPT_TARGET static void CKPT_NAME(multiply)(const float *a, bool transposes_a, const float *b, bool transposes_b,
                                            float *c, size_t rows, size_t columns, size_t inner) {
  if (rows == 0 || columns == 0) return;
  if (inner == 0) {
    memset(c, 0, rows * columns * sizeof(float));
    return;
  }
  const size_t a_row = transposes_a ? 1 : inner, a_step = transposes_a ? rows : 1;
  const size_t b_step = transposes_b ? 1 : columns, b_column = transposes_b ? inner : 1;
  const size_t block_steps = ckpt_least(inner, CKPT_BLOCK_STEPS);
  const size_t block_rows = ckpt_least(ckpt_round_up(rows, CKPT_TILE_ROWS), CKPT_TILE_ROWS * 16);
  const size_t block_columns = ckpt_least(ckpt_round_up(columns, CKPT_TILE_COLUMNS), CKPT_BLOCK_COLUMNS);
  float *a_panels = ckpt_floats(block_rows * block_steps);
  float *b_panels = ckpt_floats(block_columns * block_steps);

  for (size_t j = 0; j < columns; j += block_columns) {
    const size_t some_columns = ckpt_least(columns - j, block_columns);
    for (size_t k = 0; k < inner; k += block_steps) {
      const size_t steps = ckpt_least(inner - k, block_steps);
      CKPT_NAME(pack_b)(b + k * b_step + j * b_column, b_step, b_column, some_columns, steps, b_panels);
      for (size_t i = 0; i < rows; i += block_rows) {
        const size_t some_rows = ckpt_least(rows - i, block_rows);
        CKPT_NAME(pack_a)(a + i * a_row + k * a_step, a_row, a_step, some_rows, steps, a_panels);
        for (size_t jj = 0; jj < some_columns; jj += CKPT_TILE_COLUMNS)
          for (size_t ii = 0; ii < some_rows; ii += CKPT_TILE_ROWS) {
            const float *a_panel = a_panels + ii * steps, *b_panel = b_panels + jj * steps;
            float *tile = c + (i + ii) * columns + j + jj;
            const size_t r = ckpt_least(some_rows - ii, CKPT_TILE_ROWS);
            const size_t n = ckpt_least(some_columns - jj, CKPT_TILE_COLUMNS);
            if (r == CKPT_TILE_ROWS && n == CKPT_TILE_COLUMNS)
              CKPT_NAME(tile)(a_panel, b_panel, steps, tile, columns, k > 0);
            else
              CKPT_NAME(edge_tile)(a_panel, b_panel, steps, tile, columns, k > 0, r, n);
          }
      }
    }
  }
  free(a_panels);
  free(b_panels);
}

#undef CKPT_TILE_COLUMNS
#undef CKPT_NAME
#undef CKPT_TARGET
#undef CKPT_LANES
#undef CKPT_TILE_ROWS
#undef CKPT_TILE_VECTORS
