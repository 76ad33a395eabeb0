#include "ckpt_crc32c.h"

#include "crc32c_folding.h"

#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#elif defined(__aarch64__)
#include <arm_acle.h>
#if defined(__linux__)
#include <sys/auxv.h>
#endif
#endif

// Slicing by 8: eight tables, one lookup per byte, eight bytes a step.
static uint32_t tables[8][256];

__attribute__((constructor)) static void make_tables(void) {
  for (uint32_t n = 0; n < 256; n++) {
    uint32_t crc = n;
    for (int bit = 0; bit < 8; bit++) crc = (crc >> 1) ^ (crc & 1 ? 0x82F63B78u : 0);
    tables[0][n] = crc;
  }
  for (uint32_t n = 0; n < 256; n++) {
    for (int k = 1; k < 8; k++) {
      tables[k][n] = (tables[k - 1][n] >> 8) ^ tables[0][tables[k - 1][n] & 0xFF];
    }
  }
}

uint32_t ckpt_crc32c_portable(uint32_t crc, const void *bytes, size_t length) {
  const uint8_t *p = bytes;
  crc = ~crc;
  for (; length >= 8; p += 8, length -= 8) {
    // Byte by byte, so that the same code is right on big-endian machines.
    uint32_t a = crc ^ (p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24);
    crc = tables[7][a & 0xFF] ^ tables[6][(a >> 8) & 0xFF] ^ tables[5][(a >> 16) & 0xFF] ^
          tables[4][a >> 24] ^ tables[3][p[4]] ^ tables[2][p[5]] ^ tables[1][p[6]] ^
          tables[0][p[7]];
  }
  for (; length > 0; p++, length--) crc = (crc >> 8) ^ tables[0][(crc ^ *p) & 0xFF];
  return ~crc;
}

#if defined(__x86_64__)

static inline uint64_t load64(const uint8_t *p) {
  uint64_t value;
  memcpy(&value, p, 8);
  return value;
}

// Multiplies a CRC by a power of x, so that it stands as if more bytes had followed it; the
// product still wants one reduction by crc32 (Gopal et al., "Fast CRC Computation for iSCSI
// Polynomial Using CRC32 Instruction", Intel 2011).
__attribute__((target("sse4.2,pclmul"))) static inline uint64_t shifted(
    uint64_t crc, uint64_t power) {
  __m128i product = _mm_clmulepi64_si128(
      _mm_cvtsi64_si128((long long)crc), _mm_cvtsi64_si128((long long)power), 0);
  return (uint64_t)_mm_cvtsi128_si64(product);
}

// Three independent streams keep the instruction's three-cycle latency busy.
__attribute__((target("sse4.2,pclmul"))) static uint32_t crc32c_sse42(
    uint32_t crc, const uint8_t *p, size_t length) {
  enum { lane = 2048 };
  // x^(8 * lane - 33) and x^(16 * lane - 33) modulo the polynomial, reflected.
  const uint64_t one_lane = 0xa51b6135, two_lanes = 0x82f89c77;
  uint64_t a = ~crc;
  for (; length >= 3 * lane; p += 3 * lane, length -= 3 * lane) {
    uint64_t b = 0, c = 0;
    for (size_t i = 0; i < lane; i += 8) {
      a = _mm_crc32_u64(a, load64(p + i));
      b = _mm_crc32_u64(b, load64(p + lane + i));
      c = _mm_crc32_u64(c, load64(p + 2 * lane + i));
    }
    a = c ^ _mm_crc32_u64(0, shifted(a, two_lanes) ^ shifted(b, one_lane));
  }
  for (; length >= 8; p += 8, length -= 8) a = _mm_crc32_u64(a, load64(p));
  for (; length > 0; p++, length--) a = _mm_crc32_u8((uint32_t)a, *p);
  return ~(uint32_t)a;
}

uint32_t ckpt_crc32c(uint32_t crc, const void *bytes, size_t length) {
  const uint8_t *p = bytes;
  if (length >= CKPT_FOLDED_LEAST && ckpt_crc32c_has_folding()) {
    crc = ~ckpt_crc32c_folded(~crc, p, length);
    p += length & ~(size_t)255;
    length &= 255;
  }
  if (__builtin_cpu_supports("sse4.2") && __builtin_cpu_supports("pclmul")) {
    return crc32c_sse42(crc, p, length);
  }
  return ckpt_crc32c_portable(crc, p, length);
}

#elif defined(__aarch64__)

__attribute__((target("crc"))) static uint32_t crc32c_arm(
    uint32_t crc, const uint8_t *p, size_t length) {
  crc = ~crc;
  for (; length >= 8; p += 8, length -= 8) {
    uint64_t value;
    memcpy(&value, p, 8);
    crc = __crc32cd(crc, value);
  }
  for (; length > 0; p++, length--) crc = __crc32cb(crc, *p);
  return ~crc;
}

uint32_t ckpt_crc32c(uint32_t crc, const void *bytes, size_t length) {
#if defined(__linux__)
  const unsigned long hwcap_crc32 = 1UL << 7;
  if (!(getauxval(AT_HWCAP) & hwcap_crc32)) return ckpt_crc32c_portable(crc, bytes, length);
#endif
  return crc32c_arm(crc, bytes, length);
}

#else

uint32_t ckpt_crc32c(uint32_t crc, const void *bytes, size_t length) {
  return ckpt_crc32c_portable(crc, bytes, length);
}

#endif
