#include "ckpt_exponent_window.h"

#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

// Symbols at a time: their codes fill whole bytes.
#define CKPT_WINDOW_BLOCK 64

typedef struct {
  unsigned width;
  uint8_t base;
} ckpt_window_form;

static size_t ckpt_code_bytes(size_t count, unsigned width) { return (count * width + 7) / 8; }

// MARK: - Portable: loops that compilers turn into vectors of what the architecture has

static inline void ckpt_pack_codes(const uint8_t *codes, unsigned width, uint8_t *to) {
  if (width == 4) {
    for (int i = 0; i < CKPT_WINDOW_BLOCK / 2; i++) {
      uint16_t pair;
      memcpy(&pair, codes + 2 * i, 2);
      to[i] = (uint8_t)(pair | pair >> 4);
    }
    return;
  }
  for (int i = 0; i < CKPT_WINDOW_BLOCK / 8; i++) {
    uint64_t x;
    memcpy(&x, codes + 8 * i, 8);
    x = (x | x >> 5) & 0x003f003f003f003f;
    x = (x | x >> 10) & 0x00000fff00000fff;
    x |= x >> 20;
    to[3 * i] = (uint8_t)x;
    to[3 * i + 1] = (uint8_t)(x >> 8);
    to[3 * i + 2] = (uint8_t)(x >> 16);
  }
}

static inline void ckpt_unpack_codes(const uint8_t *from, unsigned width, uint8_t *codes) {
  if (width == 4) {
    for (int i = 0; i < CKPT_WINDOW_BLOCK / 2; i++) {
      codes[2 * i] = from[i] & 15;
      codes[2 * i + 1] = from[i] >> 4;
    }
    return;
  }
  for (int i = 0; i < CKPT_WINDOW_BLOCK / 8; i++) {
    uint64_t x = from[3 * i] | (uint64_t)from[3 * i + 1] << 8 | (uint64_t)from[3 * i + 2] << 16;
    x = (x | x << 20) & 0x00000fff00000fff;
    x = (x | x << 10) & 0x003f003f003f003f;
    x = (x | x << 5) & 0x0707070707070707;
    memcpy(codes + 8 * i, &x, 8);
  }
}

/// One bit for each of the eight codes at `codes` that is the escape code.
static inline uint64_t ckpt_escapes(const uint8_t *codes, unsigned width) {
  uint64_t x;
  memcpy(&x, codes, 8);
  return (x + 0x0101010101010101) & 0x0101010101010101 << width;
}

/// Encodes a block. Returns how many symbols are outside of the window; `outside` has room for all.
static inline size_t ckpt_portable_encode_block(ckpt_window_form form, const uint8_t *symbols, uint8_t *to,
                                                uint8_t *outside) {
  const uint8_t escape = (uint8_t)((1 << form.width) - 1);
  uint8_t codes[CKPT_WINDOW_BLOCK];
  for (int i = 0; i < CKPT_WINDOW_BLOCK; i++) {
    const uint8_t code = (uint8_t)(symbols[i] - form.base);
    codes[i] = code < escape ? code : escape;
  }
  ckpt_pack_codes(codes, form.width, to);
  size_t count = 0;
  for (int i = 0; i < CKPT_WINDOW_BLOCK; i += 8)
    for (uint64_t escapes = ckpt_escapes(codes + i, form.width); escapes; escapes &= escapes - 1)
      outside[count++] = symbols[i + __builtin_ctzll(escapes) / 8];
  return count;
}

/// Decodes a block. Returns how many symbols are outside of the window; only `room` of them are taken.
static inline size_t ckpt_portable_decode_block(ckpt_window_form form, const uint8_t *from, uint8_t *symbols,
                                                const uint8_t *outside, size_t room) {
  uint8_t codes[CKPT_WINDOW_BLOCK];
  ckpt_unpack_codes(from, form.width, codes);
  for (int i = 0; i < CKPT_WINDOW_BLOCK; i++) symbols[i] = (uint8_t)(codes[i] + form.base);
  size_t count = 0;
  for (int i = 0; i < CKPT_WINDOW_BLOCK; i += 8)
    for (uint64_t escapes = ckpt_escapes(codes + i, form.width); escapes; escapes &= escapes - 1) {
      if (count < room) symbols[i + __builtin_ctzll(escapes) / 8] = outside[count];
      count++;
    }
  return count;
}

// MARK: - x86

#if defined(__x86_64__)
#define CKPT_AVX2 __attribute__((target("avx2,bmi,bmi2,popcnt")))
#define CKPT_AVX512 __attribute__((target("avx512f,avx512bw,avx512vl,avx512vbmi,avx512vbmi2,popcnt")))

/// Where the escapes of 32 codes are.
CKPT_AVX2 static inline uint32_t ckpt_avx2_pack(__m256i codes, unsigned width, uint8_t *to) {
  const __m256i escape = _mm256_set1_epi8((char)((1 << width) - 1));
  const uint32_t escapes = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(codes, escape));
  if (width == 4) {
    const __m256i pairs = _mm256_maddubs_epi16(codes, _mm256_set1_epi16(0x1001));
    const __m256i bytes = _mm256_permute4x64_epi64(_mm256_packus_epi16(pairs, pairs), 0x08);
    _mm_storeu_si128((__m128i *)to, _mm256_castsi256_si128(bytes));
    return escapes;
  }
  // c0 + 8 c1, then + 64 of the next pair: 12 bits in 32; two of those make 24 in 64.
  const __m256i sixes = _mm256_maddubs_epi16(codes, _mm256_set1_epi16(0x0801));
  const __m256i twelves = _mm256_madd_epi16(sixes, _mm256_set1_epi32(0x00400001));
  const __m256i groups = _mm256_or_si256(twelves, _mm256_srli_epi64(twelves, 20));
  uint64_t group[4];
  _mm256_storeu_si256((__m256i *)group, groups);
  const uint64_t first = (group[0] & 0xffffff) | (group[1] & 0xffffff) << 24 | group[2] << 48;
  const uint32_t last = (uint32_t)((group[2] & 0xffffff) >> 16 | (group[3] & 0xffffff) << 8);
  memcpy(to, &first, 8);
  memcpy(to + 8, &last, 4);
  return escapes;
}

CKPT_AVX2 static inline size_t ckpt_avx2_encode_block(ckpt_window_form form, const uint8_t *symbols, uint8_t *to,
                                         uint8_t *outside) {
  const __m256i base = _mm256_set1_epi8((char)form.base), escape = _mm256_set1_epi8((char)((1 << form.width) - 1));
  size_t count = 0;
  for (int half = 0; half < 2; half++) {
    const __m256i values = _mm256_loadu_si256((const __m256i *)(symbols + 32 * half));
    const __m256i codes = _mm256_min_epu8(_mm256_sub_epi8(values, base), escape);
    uint32_t escapes = ckpt_avx2_pack(codes, form.width, to + 4 * form.width * half);
    for (; escapes; escapes &= escapes - 1) outside[count++] = symbols[32 * half + __builtin_ctz(escapes)];
  }
  return count;
}

CKPT_AVX2 static inline __m256i ckpt_avx2_unpack(const uint8_t *from, unsigned width) {
  if (width == 4) {
    const __m256i pairs = _mm256_cvtepu8_epi16(_mm_loadu_si128((const __m128i *)from));
    const __m256i high = _mm256_and_si256(_mm256_slli_epi16(pairs, 4), _mm256_set1_epi16(0x0f00));
    return _mm256_or_si256(_mm256_and_si256(pairs, _mm256_set1_epi16(0x000f)), high);
  }
  uint64_t first, group[4];
  uint32_t last;
  memcpy(&first, from, 8);
  memcpy(&last, from + 8, 4);
  group[0] = first;
  group[1] = first >> 24;
  group[2] = first >> 48 | (uint64_t)last << 16;
  group[3] = last >> 8;
  for (int i = 0; i < 4; i++) group[i] = _pdep_u64(group[i], 0x0707070707070707);
  return _mm256_loadu_si256((const __m256i *)group);
}

CKPT_AVX2 static inline size_t ckpt_avx2_decode_block(ckpt_window_form form, const uint8_t *from, uint8_t *symbols,
                                         const uint8_t *outside, size_t room) {
  const __m256i base = _mm256_set1_epi8((char)form.base), escape = _mm256_set1_epi8((char)((1 << form.width) - 1));
  size_t count = 0;
  for (int half = 0; half < 2; half++) {
    const __m256i codes = ckpt_avx2_unpack(from + 4 * form.width * half, form.width);
    _mm256_storeu_si256((__m256i *)(symbols + 32 * half), _mm256_add_epi8(codes, base));
    uint32_t escapes = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(codes, escape));
    for (; escapes; escapes &= escapes - 1) {
      if (count < room) symbols[32 * half + __builtin_ctz(escapes)] = outside[count];
      count++;
    }
  }
  return count;
}

CKPT_AVX512 static inline size_t ckpt_avx512_encode_block(ckpt_window_form form, const uint8_t *symbols, uint8_t *to,
                                             uint8_t *outside) {
  const __m512i escape = _mm512_set1_epi8((char)((1 << form.width) - 1));
  const __m512i values = _mm512_loadu_si512(symbols);
  const __m512i codes = _mm512_min_epu8(_mm512_sub_epi8(values, _mm512_set1_epi8((char)form.base)), escape);
  const __mmask64 escapes = _mm512_cmpeq_epi8_mask(codes, escape);
  if (form.width == 4) {
    const __m512i pairs = _mm512_maddubs_epi16(codes, _mm512_set1_epi16(0x1001));
    _mm256_storeu_si256((__m256i *)to, _mm512_cvtepi16_epi8(pairs));
  } else {
    const __m512i sixes = _mm512_maddubs_epi16(codes, _mm512_set1_epi16(0x0801));
    const __m512i twelves = _mm512_madd_epi16(sixes, _mm512_set1_epi32(0x00400001));
    const __m512i groups = _mm512_or_si512(twelves, _mm512_srli_epi64(twelves, 20));
    // The lower three bytes of each eight.
    static const uint8_t place[32] = {0,  1,  2,  8,  9,  10, 16, 17, 18, 24, 25, 26,
                                      32, 33, 34, 40, 41, 42, 48, 49, 50, 56, 57, 58};
    const __m512i order = _mm512_castsi256_si512(_mm256_loadu_si256((const __m256i *)place));
    const __m256i bytes = _mm512_castsi512_si256(_mm512_permutexvar_epi8(order, groups));
    _mm256_mask_storeu_epi8(to, 0xffffff, bytes);
  }
  if (!escapes) return 0;
  // Compressed in a register: a compressing store is microcode.
  _mm512_storeu_si512(outside, _mm512_maskz_compress_epi8(escapes, values));
  return (size_t)__builtin_popcountll(escapes);
}

CKPT_AVX512 static inline size_t ckpt_avx512_decode_block(ckpt_window_form form, const uint8_t *from, uint8_t *symbols,
                                             const uint8_t *outside, size_t room) {
  __m512i codes;
  if (form.width == 4) {
    const __m512i pairs = _mm512_cvtepu8_epi16(_mm256_loadu_si256((const __m256i *)from));
    const __m512i high = _mm512_and_si512(_mm512_slli_epi16(pairs, 4), _mm512_set1_epi16(0x0f00));
    codes = _mm512_or_si512(_mm512_and_si512(pairs, _mm512_set1_epi16(0x000f)), high);
  } else {
    static const uint8_t place[64] = {
        0,  1,  2,  0, 0, 0, 0, 0, 3,  4,  5,  0, 0, 0, 0, 0, 6,  7,  8,  0, 0, 0, 0, 0, 9,  10, 11, 0, 0, 0, 0, 0,
        12, 13, 14, 0, 0, 0, 0, 0, 15, 16, 17, 0, 0, 0, 0, 0, 18, 19, 20, 0, 0, 0, 0, 0, 21, 22, 23, 0, 0, 0, 0, 0};
    const __m512i bytes = _mm512_castsi256_si512(_mm256_maskz_loadu_epi8(0xffffff, from));
    const __m512i groups = _mm512_permutexvar_epi8(_mm512_loadu_si512(place), bytes);
    const __m512i shifts = _mm512_set1_epi64(0x15120f0c09060300);
    codes = _mm512_and_si512(_mm512_multishift_epi64_epi8(shifts, groups), _mm512_set1_epi8(7));
  }
  const __m512i escape = _mm512_set1_epi8((char)((1 << form.width) - 1));
  const __mmask64 escapes = _mm512_cmpeq_epi8_mask(codes, escape);
  __m512i values = _mm512_add_epi8(codes, _mm512_set1_epi8((char)form.base));
  const size_t count = (size_t)__builtin_popcountll(escapes);
  if (count > 0 && count <= room) {
    const __mmask64 taken = count == 64 ? ~(__mmask64)0 : ((__mmask64)1 << count) - 1;
    values = _mm512_mask_expand_epi8(values, escapes, _mm512_maskz_loadu_epi8(taken, outside));
  }
  _mm512_storeu_si512(symbols, values);
  return count;
}
#endif

// MARK: - Whole planes

#define CKPT_NAME(name) ckpt_portable_##name
#define CKPT_TARGET
#include "exponent_window_loops.h"

#if defined(__x86_64__)
#define CKPT_NAME(name) ckpt_avx2_##name
#define CKPT_TARGET CKPT_AVX2
#include "exponent_window_loops.h"

#define CKPT_NAME(name) ckpt_avx512_##name
#define CKPT_TARGET CKPT_AVX512
#include "exponent_window_loops.h"
#endif

bool ckpt_window_path_exists(ckpt_window_path path) {
#if defined(__x86_64__)
  if (path == CKPT_WINDOW_AVX512)
    return __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
           __builtin_cpu_supports("avx512vbmi") && __builtin_cpu_supports("avx512vbmi2");
  if (path == CKPT_WINDOW_AVX2) return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi2");
#endif
  return path == CKPT_WINDOW_PORTABLE;
}

static ckpt_window_path ckpt_window_best_path(void) {
  if (ckpt_window_path_exists(CKPT_WINDOW_AVX512)) return CKPT_WINDOW_AVX512;
  return ckpt_window_path_exists(CKPT_WINDOW_AVX2) ? CKPT_WINDOW_AVX2 : CKPT_WINDOW_PORTABLE;
}

uint8_t ckpt_window_base(const uint32_t histogram[256], unsigned width, uint32_t *outside) {
  const unsigned length = (1u << width) - 1;
  uint32_t total = 0, inside = 0;
  for (unsigned i = 0; i < 256; i++) total += histogram[i];
  for (unsigned i = 0; i < length; i++) inside += histogram[i];
  uint32_t most = inside;
  uint8_t base = 0;
  for (unsigned i = 1; i < 256; i++) {
    inside += histogram[(i + length - 1) & 255] - histogram[i - 1];
    if (inside > most) {
      most = inside;
      base = (uint8_t)i;
    }
  }
  *outside = total - most;
  return base;
}

size_t ckpt_window_encode_by(ckpt_window_path path, const uint8_t *symbols, size_t count, unsigned width,
                             uint8_t base, uint8_t *encoded, size_t capacity) {
  const ckpt_window_form form = {width, base};
  const size_t fixed = CKPT_WINDOW_HEADER + ckpt_code_bytes(count, width);
  if ((width != 3 && width != 4) || capacity < fixed || count > UINT32_MAX) return 0;
  uint8_t *codes = encoded + CKPT_WINDOW_HEADER, *outside = encoded + fixed;
  size_t escapes;
  switch (path) {
#if defined(__x86_64__)
    case CKPT_WINDOW_AVX512:
      escapes = ckpt_avx512_encode_plane(form, symbols, count, codes, outside, encoded + capacity);
      break;
    case CKPT_WINDOW_AVX2:
      escapes = ckpt_avx2_encode_plane(form, symbols, count, codes, outside, encoded + capacity);
      break;
#endif
    default: escapes = ckpt_portable_encode_plane(form, symbols, count, codes, outside, encoded + capacity);
  }
  if (escapes == SIZE_MAX) return 0;
  const uint32_t header[2] = {width | (uint32_t)base << 8, (uint32_t)escapes};
  memcpy(encoded, header, sizeof header);
  return fixed + escapes;
}

bool ckpt_window_decode_by(ckpt_window_path path, const uint8_t *encoded, size_t length, uint8_t *symbols,
                           size_t count) {
  uint32_t header[2];
  if (length < sizeof header) return false;
  memcpy(header, encoded, sizeof header);
  const ckpt_window_form form = {header[0] & 255, (uint8_t)(header[0] >> 8)};
  if ((form.width != 3 && form.width != 4) || header[0] >> 16 || count > UINT32_MAX) return false;
  const size_t fixed = CKPT_WINDOW_HEADER + ckpt_code_bytes(count, form.width);
  if (length < fixed || length - fixed != header[1]) return false;
  const uint8_t *codes = encoded + CKPT_WINDOW_HEADER, *outside = encoded + fixed, *end = encoded + length;
  switch (path) {
#if defined(__x86_64__)
    case CKPT_WINDOW_AVX512: return ckpt_avx512_decode_plane(form, codes, outside, end, symbols, count);
    case CKPT_WINDOW_AVX2: return ckpt_avx2_decode_plane(form, codes, outside, end, symbols, count);
#endif
    default: return ckpt_portable_decode_plane(form, codes, outside, end, symbols, count);
  }
}

size_t ckpt_window_encode(const uint8_t *symbols, size_t count, unsigned width, uint8_t base, uint8_t *encoded,
                          size_t capacity) {
  return ckpt_window_encode_by(ckpt_window_best_path(), symbols, count, width, base, encoded, capacity);
}

bool ckpt_window_decode(const uint8_t *encoded, size_t length, uint8_t *symbols, size_t count) {
  return ckpt_window_decode_by(ckpt_window_best_path(), encoded, length, symbols, count);
}
