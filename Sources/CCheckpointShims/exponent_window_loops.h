// The loops over whole planes, compiled once per instruction set: exponent_window.c includes this file with
// CKPT_NAME (gives the functions their names; encode_block and decode_block exist already) and CKPT_TARGET (the
// function attribute) defined.

/// Returns how many symbols were appended from `outside` on; SIZE_MAX if they pass `end`.
CKPT_TARGET static inline __attribute__((always_inline)) size_t CKPT_NAME(encode_loop)(
    ckpt_window_form form, const uint8_t *symbols, size_t count, uint8_t *codes, uint8_t *outside,
    const uint8_t *end) {
  const size_t block_bytes = CKPT_WINDOW_BLOCK / 8 * form.width;
  uint8_t *const first = outside;
  while (count >= CKPT_WINDOW_BLOCK && (size_t)(end - outside) >= CKPT_WINDOW_BLOCK) {
    outside += CKPT_NAME(encode_block)(form, symbols, codes, outside);
    symbols += CKPT_WINDOW_BLOCK;
    codes += block_bytes;
    count -= CKPT_WINDOW_BLOCK;
  }
  while (count > 0) {
    // The last symbols, or such that may be too many outside of the window: with room of their own.
    const size_t some = count < CKPT_WINDOW_BLOCK ? count : CKPT_WINDOW_BLOCK;
    uint8_t block[CKPT_WINDOW_BLOCK], packed[CKPT_WINDOW_BLOCK / 2], extra[CKPT_WINDOW_BLOCK];
    memset(block, form.base, sizeof block);
    memcpy(block, symbols, some);
    const size_t escapes = CKPT_NAME(encode_block)(form, block, packed, extra);
    if (escapes > (size_t)(end - outside)) return SIZE_MAX;
    memcpy(codes, packed, ckpt_code_bytes(some, form.width));
    memcpy(outside, extra, escapes);
    outside += escapes;
    symbols += some;
    codes += block_bytes;
    count -= some;
  }
  return (size_t)(outside - first);
}

CKPT_TARGET static inline __attribute__((always_inline)) bool CKPT_NAME(decode_loop)(
    ckpt_window_form form, const uint8_t *codes, const uint8_t *outside, const uint8_t *end, uint8_t *symbols,
    size_t count) {
  for (; count >= CKPT_WINDOW_BLOCK; count -= CKPT_WINDOW_BLOCK) {
    const size_t room = (size_t)(end - outside);
    const size_t escapes = CKPT_NAME(decode_block)(form, codes, symbols, outside, room);
    if (escapes > room) return false;
    outside += escapes;
    symbols += CKPT_WINDOW_BLOCK;
    codes += CKPT_WINDOW_BLOCK / 8 * form.width;
  }
  if (count > 0) {
    uint8_t block[CKPT_WINDOW_BLOCK], packed[CKPT_WINDOW_BLOCK / 2] = {0};
    const size_t bytes = ckpt_code_bytes(count, form.width);
    memcpy(packed, codes, bytes);
    const unsigned used = count * form.width % 8;
    if (used && packed[bytes - 1] >> used) return false;
    const size_t room = (size_t)(end - outside);
    const size_t escapes = CKPT_NAME(decode_block)(form, packed, block, outside, room);
    if (escapes > room) return false;
    outside += escapes;
    memcpy(symbols, block, count);
  }
  return outside == end;
}

// The width is a constant in each loop.

CKPT_TARGET static size_t CKPT_NAME(encode_plane)(ckpt_window_form form, const uint8_t *symbols, size_t count,
                                                  uint8_t *codes, uint8_t *outside, const uint8_t *end) {
  if (form.width == 3) {
    const ckpt_window_form three = {3, form.base};
    return CKPT_NAME(encode_loop)(three, symbols, count, codes, outside, end);
  }
  const ckpt_window_form four = {4, form.base};
  return CKPT_NAME(encode_loop)(four, symbols, count, codes, outside, end);
}

CKPT_TARGET static bool CKPT_NAME(decode_plane)(ckpt_window_form form, const uint8_t *codes, const uint8_t *outside,
                                                const uint8_t *end, uint8_t *symbols, size_t count) {
  if (form.width == 3) {
    const ckpt_window_form three = {3, form.base};
    return CKPT_NAME(decode_loop)(three, codes, outside, end, symbols, count);
  }
  const ckpt_window_form four = {4, form.base};
  return CKPT_NAME(decode_loop)(four, codes, outside, end, symbols, count);
}

#undef CKPT_NAME
#undef CKPT_TARGET
