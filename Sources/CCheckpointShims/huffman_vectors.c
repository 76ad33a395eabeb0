#include <string.h>

#include "huffman_streams.h"
#include "wide.h"

#if defined(__x86_64__)
#include <immintrin.h>

/// 256 bytes to look up.
typedef struct {
  __m512i part[4];
} ckpt_lookup;

CKPT_AVX512 static inline ckpt_lookup ckpt_load_lookup(const uint8_t bytes[256]) {
  ckpt_lookup t;
  for (int i = 0; i < 4; i++) t.part[i] = _mm512_loadu_si512(bytes + 64 * i);
  return t;
}

CKPT_AVX512 static inline __m512i ckpt_look_up(const ckpt_lookup *t, __m512i x) {
  const __m512i low = _mm512_permutex2var_epi8(t->part[0], x, t->part[1]);
  const __m512i high = _mm512_permutex2var_epi8(t->part[2], x, t->part[3]);
  return _mm512_mask_mov_epi8(low, _mm512_movepi8_mask(x), high);
}

/// What four neighbouring symbols put into a stream, in lanes of 64 bits.
typedef struct {
  __m512i bits, lengths;
} ckpt_quads;

/// From lanes of 16 bits with a symbol's code and length each.
CKPT_AVX512 static inline ckpt_quads ckpt_join(__m512i codes, __m512i lengths) {
  const __m512i low16 = _mm512_set1_epi32(0xffff), low32 = _mm512_set1_epi64(0xffffffff);
  const __m512i first = _mm512_and_si512(lengths, low16);
  const __m512i pairs =
      _mm512_or_si512(_mm512_and_si512(codes, low16), _mm512_sllv_epi32(_mm512_srli_epi32(codes, 16), first));
  const __m512i sums = _mm512_add_epi32(first, _mm512_srli_epi32(lengths, 16));
  const __m512i early = _mm512_and_si512(sums, low32);
  return (ckpt_quads){
      _mm512_or_si512(_mm512_and_si512(pairs, low32), _mm512_sllv_epi64(_mm512_srli_epi64(pairs, 32), early)),
      _mm512_add_epi64(early, _mm512_srli_epi64(sums, 32))};
}

/// Eight symbols in each of eight lanes; where one of them has more bits than can be appended, four.
typedef struct {
  uint64_t bits[8], lengths[8], rest[8], rest_lengths[8];
  bool is_split;
} ckpt_block;

CKPT_AVX512 static inline void ckpt_make_block(ckpt_block *block, const uint8_t *symbols, const ckpt_lookup *low,
                                               const ckpt_lookup *high, const ckpt_lookup *lengths) {
  const __m512i x = _mm512_loadu_si512(symbols), zero = _mm512_setzero_si512();
  const __m512i l = ckpt_look_up(low, x), h = ckpt_look_up(high, x), n = ckpt_look_up(lengths, x);
  // Of each 16 symbols the first eight and the last eight.
  const ckpt_quads a = ckpt_join(_mm512_unpacklo_epi8(l, h), _mm512_unpacklo_epi8(n, zero));
  const ckpt_quads b = ckpt_join(_mm512_unpackhi_epi8(l, h), _mm512_unpackhi_epi8(n, zero));
  const __m512i first = _mm512_unpacklo_epi64(a.bits, b.bits), second = _mm512_unpackhi_epi64(a.bits, b.bits);
  const __m512i first_lengths = _mm512_unpacklo_epi64(a.lengths, b.lengths);
  const __m512i second_lengths = _mm512_unpackhi_epi64(a.lengths, b.lengths);
  const __m512i sums = _mm512_add_epi64(first_lengths, second_lengths);
  block->is_split = _mm512_cmpgt_epu64_mask(sums, _mm512_set1_epi64(56));
  if (__builtin_expect(block->is_split, 0)) {
    _mm512_storeu_si512(block->bits, first);
    _mm512_storeu_si512(block->lengths, first_lengths);
    _mm512_storeu_si512(block->rest, second);
    _mm512_storeu_si512(block->rest_lengths, second_lengths);
  } else {
    _mm512_storeu_si512(block->bits, _mm512_or_si512(first, _mm512_sllv_epi64(second, first_lengths)));
    _mm512_storeu_si512(block->lengths, sums);
  }
}

static inline void ckpt_append_lane(ckpt_huffman_writer *w, const ckpt_block *block, int lane) {
  ckpt_huffman_append(w, block->bits[lane], (unsigned)block->lengths[lane]);
  if (__builtin_expect(block->is_split, 0))
    ckpt_huffman_append(w, block->rest[lane], (unsigned)block->rest_lengths[lane]);
}

CKPT_AVX512 void ckpt_huffman_write_vectors(ckpt_huffman_writer w[CKPT_HUFFMAN_STREAMS], const uint16_t codes[256],
                                            const uint8_t lengths[256]) {
  uint8_t low_bytes[256], high_bytes[256];
  for (int s = 0; s < 256; s++) {
    low_bytes[s] = (uint8_t)codes[s];
    high_bytes[s] = (uint8_t)(codes[s] >> 8);
  }
  const ckpt_lookup low = ckpt_load_lookup(low_bytes), high = ckpt_load_lookup(high_bytes);
  const ckpt_lookup counts = ckpt_load_lookup(lengths);
  ckpt_huffman_writer a = w[0], b = w[1], c = w[2], d = w[3];
  // The last one is the shortest.
  while (d.end - d.symbols >= 64 && c.end - c.symbols >= 64) {
    ckpt_block p, q, r, s;
    ckpt_make_block(&p, a.symbols, &low, &high, &counts);
    ckpt_make_block(&q, b.symbols, &low, &high, &counts);
    ckpt_make_block(&r, c.symbols, &low, &high, &counts);
    ckpt_make_block(&s, d.symbols, &low, &high, &counts);
    for (int lane = 0; lane < 8; lane++) {
      ckpt_append_lane(&a, &p, lane);
      ckpt_append_lane(&b, &q, lane);
      ckpt_append_lane(&c, &r, lane);
      ckpt_append_lane(&d, &s, lane);
    }
    a.symbols += 64;
    b.symbols += 64;
    c.symbols += 64;
    d.symbols += 64;
  }
  w[0] = a;
  w[1] = b;
  w[2] = c;
  w[3] = d;
}

bool ckpt_huffman_has_vectors(void) { return ckpt_has_avx512(); }
#else
bool ckpt_huffman_has_vectors(void) { return false; }

void ckpt_huffman_write_vectors(ckpt_huffman_writer w[CKPT_HUFFMAN_STREAMS], const uint16_t codes[256],
                                const uint8_t lengths[256]) {
  (void)w;
  (void)codes;
  (void)lengths;
}
#endif
