#include "crc32c_folding.h"

#if defined(__x86_64__)
#include <immintrin.h>

// A message's first bits can be replaced by their product with a power of x, added to bits further on: what
// is left has the same remainder (Gopal et al., "Fast CRC Computation for Generic Polynomials Using
// PCLMULQDQ Instruction", Intel 2009). 64 bytes at a time, in four accumulators.

#define CKPT_TARGET __attribute__((target("avx512f,avx512dq,vpclmulqdq,pclmul,sse4.2"), min_vector_width(512)))

/// Powers of x by which the halves of 16 bytes move on.
typedef struct {
  uint64_t first, second;
} ckpt_fold;

static ckpt_fold fold_2048, fold_512, fold_128;

/// x^n modulo the polynomial, reflected, one bit further up: a product of reflected factors comes out one bit
/// too low.
static uint64_t ckpt_power(unsigned n) {
  uint32_t power = 0x80000000u;
  for (; n > 0; n--) power = power >> 1 ^ (power & 1 ? 0x82F63B78u : 0);
  return (uint64_t)power << 1;
}

/// 32 bits are those of the remainder itself.
static ckpt_fold ckpt_fold_by(unsigned bits) { return (ckpt_fold){ckpt_power(bits + 32), ckpt_power(bits - 32)}; }

__attribute__((constructor)) static void ckpt_make_folds(void) {
  fold_2048 = ckpt_fold_by(2048);
  fold_512 = ckpt_fold_by(512);
  fold_128 = ckpt_fold_by(128);
}

CKPT_TARGET static inline __m512i ckpt_wide(ckpt_fold by) {
  return _mm512_broadcast_i32x4(_mm_set_epi64x((long long)by.second, (long long)by.first));
}

CKPT_TARGET static inline __m512i ckpt_moved(__m512i x, __m512i by, __m512i onto) {
  return _mm512_ternarylogic_epi64(_mm512_clmulepi64_epi128(x, by, 0x00), _mm512_clmulepi64_epi128(x, by, 0x11),
                                   onto, 0x96);
}

CKPT_TARGET uint32_t ckpt_crc32c_folded(uint32_t crc, const uint8_t *p, size_t length) {
  const __m512i far = ckpt_wide(fold_2048), near = ckpt_wide(fold_512);
  __m512i a = _mm512_loadu_si512(p), b = _mm512_loadu_si512(p + 64), c = _mm512_loadu_si512(p + 128),
          d = _mm512_loadu_si512(p + 192);
  a = _mm512_xor_si512(a, _mm512_zextsi128_si512(_mm_cvtsi32_si128((int)crc)));
  for (p += 256, length -= 256; length >= 256; p += 256, length -= 256) {
    a = ckpt_moved(a, far, _mm512_loadu_si512(p));
    b = ckpt_moved(b, far, _mm512_loadu_si512(p + 64));
    c = ckpt_moved(c, far, _mm512_loadu_si512(p + 128));
    d = ckpt_moved(d, far, _mm512_loadu_si512(p + 192));
  }
  a = ckpt_moved(ckpt_moved(ckpt_moved(a, near, b), near, c), near, d);
  __m128i x = _mm512_extracti32x4_epi32(a, 0);
  const __m128i by = _mm_set_epi64x((long long)fold_128.second, (long long)fold_128.first);
#define CKPT_NEXT(lane)                                                                                    \
  x = _mm_xor_si128(_mm_xor_si128(_mm_clmulepi64_si128(x, by, 0x00), _mm_clmulepi64_si128(x, by, 0x11)),   \
                    _mm512_extracti32x4_epi32(a, lane))
  CKPT_NEXT(1);
  CKPT_NEXT(2);
  CKPT_NEXT(3);
#undef CKPT_NEXT
  const uint64_t low = _mm_crc32_u64(0, (uint64_t)_mm_cvtsi128_si64(x));
  return (uint32_t)_mm_crc32_u64(low, (uint64_t)_mm_extract_epi64(x, 1));
}

bool ckpt_crc32c_has_folding(void) {
  return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
         __builtin_cpu_supports("vpclmulqdq") && __builtin_cpu_supports("pclmul") && __builtin_cpu_supports("sse4.2");
}
#endif
