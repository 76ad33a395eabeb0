#include "ckpt_planes.h"

#include <string.h>

// One loop per width: the compiler turns each into vector code. memcpy keeps unaligned and
// differently typed memory legal. Scalars are read in the machine's order: all supported machines
// are little endian, and a static assertion holds that down.
_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "planes are written for little endian");

#define DEFINE_PLANES(type, bits)                                                              \
  static void split##bits(const uint8_t *in, size_t count, bool rotated, uint8_t *planes) {    \
    const unsigned turn = rotated ? 1 : 0;                                                     \
    for (size_t i = 0; i < count; i++) {                                                       \
      type value;                                                                              \
      memcpy(&value, in + i * sizeof value, sizeof value);                                     \
      value = (type)((value << turn) | (value >> ((bits - turn) & (bits - 1))));               \
      for (size_t k = 0; k < sizeof value; k++) planes[k * count + i] = (uint8_t)(value >> (8 * k)); \
    }                                                                                          \
  }                                                                                            \
  static void merge##bits(const uint8_t *planes, size_t count, bool rotated, uint8_t *out) {   \
    const unsigned turn = rotated ? 1 : 0;                                                     \
    for (size_t i = 0; i < count; i++) {                                                       \
      type value = 0;                                                                          \
      for (size_t k = 0; k < sizeof value; k++) value |= (type)((type)planes[k * count + i] << (8 * k)); \
      value = (type)((value >> turn) | (value << ((bits - turn) & (bits - 1))));               \
      memcpy(out + i * sizeof value, &value, sizeof value);                                    \
    }                                                                                          \
  }

DEFINE_PLANES(uint16_t, 16)
DEFINE_PLANES(uint32_t, 32)
DEFINE_PLANES(uint64_t, 64)

void ckpt_planes_split(
    const void *scalars, size_t count, size_t width, bool rotated, uint8_t *planes) {
  switch (width) {
    case 2: split16(scalars, count, rotated, planes); break;
    case 4: split32(scalars, count, rotated, planes); break;
    case 8: split64(scalars, count, rotated, planes); break;
  }
}

void ckpt_planes_merge(
    const uint8_t *planes, size_t count, size_t width, bool rotated, void *scalars) {
  switch (width) {
    case 2: merge16(planes, count, rotated, scalars); break;
    case 4: merge32(planes, count, rotated, scalars); break;
    case 8: merge64(planes, count, rotated, scalars); break;
  }
}
