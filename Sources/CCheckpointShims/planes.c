#include "ckpt_planes.h"

#include <string.h>

#include "wide.h"

// memcpy keeps unaligned and differently typed memory legal. Scalars are read in the machine's order: all
// supported machines are little endian, and a static assertion holds that down.
_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "planes are written for little endian");

typedef uint8_t ckpt_bytes __attribute__((vector_size(64)));

// Every other byte of two vectors: what all processors do in an instruction or three.
#define CKPT_EVENS(a, b)           \
  __builtin_shufflevector(a, b,    \
        0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30, 32, 34, 36, 38, 40, 42, 44, 46, 48, 50, \
        52, 54, 56, 58, 60, 62, 64, 66, 68, 70, 72, 74, 76, 78, 80, 82, 84, 86, 88, 90, 92, 94, 96, 98, 100, \
        102, 104, 106, 108, 110, 112, 114, 116, 118, 120, 122, 124, 126)
#define CKPT_ODDS(a, b)            \
  __builtin_shufflevector(a, b,    \
        1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31, 33, 35, 37, 39, 41, 43, 45, 47, 49, 51, \
        53, 55, 57, 59, 61, 63, 65, 67, 69, 71, 73, 75, 77, 79, 81, 83, 85, 87, 89, 91, 93, 95, 97, 99, 101, \
        103, 105, 107, 109, 111, 113, 115, 117, 119, 121, 123, 125, 127)

/// Sorts the bytes of `count` vectors into those at even places and, behind them, those at odd ones.
CKPT_BODY ckpt_sort(const ckpt_bytes *from, int count, ckpt_bytes *to) {
  for (int i = 0; i < count / 2; i++) {
    to[i] = CKPT_EVENS(from[2 * i], from[2 * i + 1]);
    to[count / 2 + i] = CKPT_ODDS(from[2 * i], from[2 * i + 1]);
  }
}

// What 64 scalars are in vectors, each byte in the vector of its plane: the bits of a plane's number, the
// lowest first, say to which half each sorting moved it.
CKPT_BODY ckpt_sort16(const ckpt_bytes *v, ckpt_bytes *sorted) { ckpt_sort(v, 2, sorted); }

CKPT_BODY ckpt_sort32(const ckpt_bytes *v, ckpt_bytes *sorted) {
  ckpt_bytes a[4], b[4];
  ckpt_sort(v, 4, a);
  for (int i = 0; i < 4; i += 2) ckpt_sort(a + i, 2, b + i);
  for (int plane = 0; plane < 4; plane++) sorted[plane] = b[(plane & 1) << 1 | plane >> 1];
}

CKPT_BODY ckpt_sort64(const ckpt_bytes *v, ckpt_bytes *sorted) {
  ckpt_bytes a[8], b[8];
  ckpt_sort(v, 8, a);
  for (int i = 0; i < 8; i += 4) ckpt_sort(a + i, 4, b + i);
  for (int i = 0; i < 8; i += 2) ckpt_sort(b + i, 2, a + i);
  for (int plane = 0; plane < 8; plane++) sorted[plane] = a[(plane & 1) << 2 | (plane & 2) | plane >> 2];
}

#define CKPT_DEFINE_PLANES(type, bits)                                                                          \
  CKPT_BODY ckpt_split##bits##_body(const uint8_t *in, size_t count, bool rotated, uint8_t *const planes[],     \
                                    size_t at) {                                                                \
    typedef type ckpt_scalars __attribute__((vector_size(64)));                                                 \
    const int width = bits / 8, turn = rotated ? 1 : 0;                                                         \
    uint8_t *p[bits / 8];                                                                                       \
    for (int k = 0; k < width; k++) p[k] = planes[k] + at;                                                      \
    size_t i = 0;                                                                                               \
    for (; i + 64 <= count; i += 64) {                                                                          \
      ckpt_bytes v[bits / 8], sorted[bits / 8];                                                                 \
      for (int k = 0; k < width; k++) {                                                                         \
        ckpt_scalars x;                                                                                         \
        memcpy(&x, in + i * sizeof(type) + 64 * k, 64);                                                         \
        if (rotated) x = x << 1 | x >> (bits - 1);                                                              \
        memcpy(&v[k], &x, 64);                                                                                  \
      }                                                                                                         \
      ckpt_sort##bits(v, sorted);                                                                               \
      for (int k = 0; k < width; k++) memcpy(p[k] + i, &sorted[k], 64);                                         \
    }                                                                                                           \
    for (; i < count; i++) {                                                                                    \
      type value;                                                                                               \
      memcpy(&value, in + i * sizeof value, sizeof value);                                                      \
      value = (type)((value << turn) | (value >> ((bits - turn) & (bits - 1))));                                \
      for (int k = 0; k < width; k++) p[k][i] = (uint8_t)(value >> (8 * k));                                    \
    }                                                                                                           \
  }                                                                                                             \
  CKPT_BODY ckpt_merge##bits##_body(const uint8_t *const planes[], size_t at, size_t count, bool rotated,       \
                                    uint8_t *restrict out) {                                                    \
    const unsigned turn = rotated ? 1 : 0;                                                                      \
    const uint8_t *p[bits / 8];                                                                                 \
    for (size_t k = 0; k < bits / 8; k++) p[k] = planes[k] + at;                                                \
    for (size_t i = 0; i < count; i++) {                                                                        \
      type value = 0;                                                                                           \
      for (size_t k = 0; k < sizeof value; k++) value |= (type)((type)p[k][i] << (8 * k));                      \
      value = (type)((value >> turn) | (value << ((bits - turn) & (bits - 1))));                                \
      memcpy(out + i * sizeof value, &value, sizeof value);                                                     \
    }                                                                                                           \
  }                                                                                                             \
  CKPT_WIDEST(static, ckpt_split##bits,                                                                         \
              (const uint8_t *in, size_t count, bool rotated, uint8_t *const planes[], size_t at),              \
              (in, count, rotated, planes, at))                                                                 \
  CKPT_WIDEST(static, ckpt_merge##bits,                                                                         \
              (const uint8_t *const planes[], size_t at, size_t count, bool rotated, uint8_t *out),             \
              (planes, at, count, rotated, out))

CKPT_DEFINE_PLANES(uint16_t, 16)
CKPT_DEFINE_PLANES(uint32_t, 32)
CKPT_DEFINE_PLANES(uint64_t, 64)

void ckpt_planes_split(const void *scalars, size_t count, size_t width, bool rotated, uint8_t *const planes[],
                       size_t at) {
  switch (width) {
    case 2: ckpt_split16(scalars, count, rotated, planes, at); break;
    case 4: ckpt_split32(scalars, count, rotated, planes, at); break;
    case 8: ckpt_split64(scalars, count, rotated, planes, at); break;
  }
}

void ckpt_planes_merge(const uint8_t *const planes[], size_t at, size_t count, size_t width, bool rotated,
                       void *scalars) {
  switch (width) {
    case 2: ckpt_merge16(planes, at, count, rotated, scalars); break;
    case 4: ckpt_merge32(planes, at, count, rotated, scalars); break;
    case 8: ckpt_merge64(planes, at, count, rotated, scalars); break;
  }
}
