#include "ckpt_planes.h"

#include <string.h>

// One loop per width: the compiler turns each into vector code. memcpy keeps unaligned and
// differently typed memory legal. Scalars are read in the machine's order: all supported machines
// are little endian, and a static assertion holds that down.
_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "planes are written for little endian");

#define CKPT_DEFINE_PLANES(type, bits, name, attributes)                                                    \
  attributes static void ckpt_split##bits##name(const uint8_t *in, size_t count, bool rotated, uint8_t *planes) { \
    const unsigned turn = rotated ? 1 : 0;                                                                  \
    for (size_t i = 0; i < count; i++) {                                                                    \
      type value;                                                                                           \
      memcpy(&value, in + i * sizeof value, sizeof value);                                                  \
      value = (type)((value << turn) | (value >> ((bits - turn) & (bits - 1))));                            \
      for (size_t k = 0; k < sizeof value; k++) planes[k * count + i] = (uint8_t)(value >> (8 * k));        \
    }                                                                                                       \
  }                                                                                                         \
  attributes static void ckpt_merge##bits##name(const uint8_t *planes, size_t count, bool rotated, uint8_t *out) { \
    const unsigned turn = rotated ? 1 : 0;                                                                  \
    for (size_t i = 0; i < count; i++) {                                                                    \
      type value = 0;                                                                                       \
      for (size_t k = 0; k < sizeof value; k++) value |= (type)((type)planes[k * count + i] << (8 * k));    \
      value = (type)((value >> turn) | (value << ((bits - turn) & (bits - 1))));                            \
      memcpy(out + i * sizeof value, &value, sizeof value);                                                 \
    }                                                                                                       \
  }

#if defined(__x86_64__)
#define CKPT_AVX2 __attribute__((target("avx2")))
#define CKPT_AVX512 __attribute__((target("avx512bw,avx512vl,avx512vbmi"), min_vector_width(512)))

/// Whether the processor has what CKPT_AVX512 asks for.
static bool ckpt_has_avx512(void) {
  return __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
         __builtin_cpu_supports("avx512vbmi");
}

// For vectors that every processor of the architecture has, and for those of newer ones.
#define CKPT_PLANES(type, bits)                                                                             \
  CKPT_DEFINE_PLANES(type, bits, , )                                                                        \
  CKPT_DEFINE_PLANES(type, bits, _avx2, CKPT_AVX2)                                                          \
  CKPT_DEFINE_PLANES(type, bits, _avx512, CKPT_AVX512)                                                      \
  static void ckpt_split##bits##_any(const uint8_t *in, size_t count, bool rotated, uint8_t *planes) {        \
    if (ckpt_has_avx512()) ckpt_split##bits##_avx512(in, count, rotated, planes);                           \
    else if (__builtin_cpu_supports("avx2")) ckpt_split##bits##_avx2(in, count, rotated, planes);           \
    else ckpt_split##bits(in, count, rotated, planes);                                                      \
  }                                                                                                         \
  static void ckpt_merge##bits##_any(const uint8_t *planes, size_t count, bool rotated, uint8_t *out) {       \
    if (ckpt_has_avx512()) ckpt_merge##bits##_avx512(planes, count, rotated, out);                          \
    else if (__builtin_cpu_supports("avx2")) ckpt_merge##bits##_avx2(planes, count, rotated, out);          \
    else ckpt_merge##bits(planes, count, rotated, out);                                                     \
  }
#else
#define CKPT_PLANES(type, bits) CKPT_DEFINE_PLANES(type, bits, _any, )
#endif

CKPT_PLANES(uint16_t, 16)
CKPT_PLANES(uint32_t, 32)
CKPT_PLANES(uint64_t, 64)

void ckpt_planes_split(
    const void *scalars, size_t count, size_t width, bool rotated, uint8_t *planes) {
  switch (width) {
    case 2: ckpt_split16_any(scalars, count, rotated, planes); break;
    case 4: ckpt_split32_any(scalars, count, rotated, planes); break;
    case 8: ckpt_split64_any(scalars, count, rotated, planes); break;
  }
}

void ckpt_planes_merge(
    const uint8_t *planes, size_t count, size_t width, bool rotated, void *scalars) {
  switch (width) {
    case 2: ckpt_merge16_any(planes, count, rotated, scalars); break;
    case 4: ckpt_merge32_any(planes, count, rotated, scalars); break;
    case 8: ckpt_merge64_any(planes, count, rotated, scalars); break;
  }
}
