#include <string.h>

#include "huffman_code.h"
#include "wide.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

// Several tables: a symbol that comes often would wait for its own count.
typedef struct {
  uint32_t counts[8][256];
} ckpt_tables;

static inline void ckpt_count(ckpt_tables *t, const uint8_t *symbols, size_t count) {
  size_t i = 0;
  for (; i + 8 <= count; i += 8) {
    uint64_t x;
    memcpy(&x, symbols + i, 8);
    t->counts[0][x & 255]++;
    t->counts[1][x >> 8 & 255]++;
    t->counts[2][x >> 16 & 255]++;
    t->counts[3][x >> 24 & 255]++;
    t->counts[4][x >> 32 & 255]++;
    t->counts[5][x >> 40 & 255]++;
    t->counts[6][x >> 48 & 255]++;
    t->counts[7][x >> 56]++;
  }
  for (; i < count; i++) t->counts[0][symbols[i]]++;
}

static void ckpt_sum(const ckpt_tables *t, uint32_t histogram[256]) {
  for (int s = 0; s < 256; s++) {
    histogram[s] = 0;
    for (int k = 0; k < 8; k++) histogram[s] += t->counts[k][s];
  }
}

void ckpt_byte_histogram(const uint8_t *symbols, size_t count, uint32_t histogram[256]) {
  ckpt_tables tables;
  memset(&tables, 0, sizeof tables);
  ckpt_count(&tables, symbols, count);
  ckpt_sum(&tables, histogram);
}

// Planes of at least so many symbols are counted by one block out of so many.
#define CKPT_SAMPLED_LEAST ((size_t)1 << 16)
#define CKPT_SAMPLED_BLOCK 512
#define CKPT_SAMPLED_STRIDE 16

/// Counts each symbol once that has no count yet.
static void ckpt_note_missing(const uint8_t *symbols, size_t count, uint32_t histogram[256]) {
  uint8_t seen[256] = {0};
  for (size_t i = 0; i < count; i++) seen[symbols[i]] = 1;
  for (int s = 0; s < 256; s++) if (!histogram[s]) histogram[s] = seen[s];
}

#if defined(__x86_64__)
/// The same, 64 symbols at a time: whether one is known stands in a table of 256 bits.
CKPT_AVX512 static void ckpt_note_missing_avx512(const uint8_t *symbols,
                                                                                             size_t count,
                                                                                             uint32_t histogram[256]) {
  uint8_t known[64] = {0};
  for (int s = 0; s < 256; s++)
    if (histogram[s]) known[s >> 3] |= (uint8_t)(1 << (s & 7));
  __m512i table = _mm512_loadu_si512(known);
  const __m512i bits = _mm512_set1_epi64((long long)0x8040201008040201), low = _mm512_set1_epi8(7);
  size_t i = 0;
  for (; i + 64 <= count; i += 64) {
    const __m512i x = _mm512_loadu_si512(symbols + i);
    // The shift leaves bits of the neighbour, all above those that choose an entry of 32.
    const __m512i entry =
        _mm512_permutexvar_epi8(_mm512_and_si512(_mm512_srli_epi16(x, 3), _mm512_set1_epi8(31)), table);
    const __m512i bit = _mm512_shuffle_epi8(bits, _mm512_and_si512(x, low));
    if (_mm512_testn_epi8_mask(entry, bit)) {
      ckpt_note_missing(symbols + i, 64, histogram);
      for (int s = 0; s < 256; s++)
        if (histogram[s]) known[s >> 3] |= (uint8_t)(1 << (s & 7));
      table = _mm512_loadu_si512(known);
    }
  }
  ckpt_note_missing(symbols + i, count - i, histogram);
}
#endif

void ckpt_huffman_weights(const uint8_t *symbols, size_t count, bool by_vectors, uint32_t histogram[256]) {
  if (count < CKPT_SAMPLED_LEAST) {
    ckpt_byte_histogram(symbols, count, histogram);
    return;
  }
  ckpt_tables tables;
  memset(&tables, 0, sizeof tables);
  for (size_t i = 0; i + CKPT_SAMPLED_BLOCK <= count; i += CKPT_SAMPLED_STRIDE * CKPT_SAMPLED_BLOCK)
    ckpt_count(&tables, symbols + i, CKPT_SAMPLED_BLOCK);
  ckpt_sum(&tables, histogram);
#if defined(__x86_64__)
  if (by_vectors) {
    ckpt_note_missing_avx512(symbols, count, histogram);
    return;
  }
#endif
  (void)by_vectors;
  ckpt_note_missing(symbols, count, histogram);
}
