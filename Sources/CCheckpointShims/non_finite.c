#include "ckpt_non_finite.h"

#include <string.h>

// Blocks keep the running count in lanes as wide as the scalars, which vectorizes.
#define DEFINE_COUNT(type, bits)                                                    \
  static size_t count##bits(const uint8_t *in, size_t count, type mask) {           \
    size_t total = 0;                                                               \
    while (count > 0) {                                                             \
      const size_t block = count < 128 ? count : 128;                               \
      type found = 0;                                                               \
      for (size_t i = 0; i < block; i++) {                                          \
        type value;                                                                 \
        memcpy(&value, in + i * sizeof value, sizeof value);                        \
        found += (type)((value & mask) == mask);                                    \
      }                                                                             \
      total += (size_t)found;                                                       \
      in += block * sizeof(type);                                                   \
      count -= block;                                                               \
    }                                                                               \
    return total;                                                                   \
  }

DEFINE_COUNT(uint8_t, 8)
DEFINE_COUNT(uint16_t, 16)
DEFINE_COUNT(uint32_t, 32)
DEFINE_COUNT(uint64_t, 64)

size_t ckpt_count_masked(const void *scalars, size_t count, size_t width, uint64_t mask) {
  switch (width) {
    case 1: return count8(scalars, count, (uint8_t)mask);
    case 2: return count16(scalars, count, (uint16_t)mask);
    case 4: return count32(scalars, count, (uint32_t)mask);
    case 8: return count64(scalars, count, mask);
    default: return 0;
  }
}

size_t ckpt_count_bytes(const void *bytes, size_t count, uint8_t mask, uint8_t value) {
  const uint8_t *p = bytes;
  size_t total = 0;
  for (size_t i = 0; i < count; i++) total += (p[i] & mask) == value;
  return total;
}

bool ckpt_is_zero(const void *bytes, size_t count) {
  const uint8_t *p = bytes;
  // Equal to itself one byte on, and the first byte is zero.
  return count == 0 || (p[0] == 0 && memcmp(p, p + 1, count - 1) == 0);
}
