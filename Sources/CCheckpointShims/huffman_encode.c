#include <string.h>

#include "huffman_code.h"
#include "scratch.h"

void ckpt_byte_histogram(const uint8_t *symbols, size_t count, uint32_t histogram[256]) {
  // Eight tables: a symbol that comes often would wait for its own count.
  uint32_t tables[8][256];
  memset(tables, 0, sizeof tables);
  size_t i = 0;
  for (; i + 8 <= count; i += 8) {
    uint64_t x;
    memcpy(&x, symbols + i, 8);
    tables[0][x & 255]++;
    tables[1][x >> 8 & 255]++;
    tables[2][x >> 16 & 255]++;
    tables[3][x >> 24 & 255]++;
    tables[4][x >> 32 & 255]++;
    tables[5][x >> 40 & 255]++;
    tables[6][x >> 48 & 255]++;
    tables[7][x >> 56]++;
  }
  for (; i < count; i++) tables[0][symbols[i]]++;
  for (int s = 0; s < 256; s++) {
    histogram[s] = 0;
    for (int k = 0; k < 8; k++) histogram[s] += tables[k][s];
  }
}

void ckpt_huffman_codes(const uint8_t lengths[256], uint16_t codes[256]) {
  uint16_t next[CKPT_HUFFMAN_LONGEST + 2] = {0}, count[CKPT_HUFFMAN_LONGEST + 1] = {0};
  for (int s = 0; s < 256; s++) count[lengths[s]]++;
  count[0] = 0;
  for (int b = 1; b <= CKPT_HUFFMAN_LONGEST; b++) next[b + 1] = (uint16_t)((next[b] + count[b]) << 1);
  for (int s = 0; s < 256; s++) {
    codes[s] = 0;
    if (!lengths[s]) continue;
    const uint16_t code = next[lengths[s]]++;
    for (int b = 0; b < lengths[s]; b++) codes[s] |= (uint16_t)((code >> b & 1) << (lengths[s] - 1 - b));
  }
}

typedef struct {
  uint32_t weight;
  int16_t parent;
  uint8_t symbol;
} ckpt_node;

/// Sorts by weight, then symbol: ties are broken the same way everywhere.
static void ckpt_sort(ckpt_node *nodes, int count) {
  for (int i = 1; i < count; i++) {
    const ckpt_node node = nodes[i];
    int j = i;
    for (; j > 0 && nodes[j - 1].weight > node.weight; j--) nodes[j] = nodes[j - 1];
    nodes[j] = node;
  }
}

/// Code lengths of at most CKPT_HUFFMAN_LONGEST bits. Returns how many symbols occur.
static int ckpt_huffman_lengths(const uint32_t histogram[256], uint8_t lengths[256]) {
  ckpt_node nodes[511];
  int count = 0;
  memset(lengths, 0, 256);
  for (int s = 0; s < 256; s++)
    if (histogram[s]) nodes[count++] = (ckpt_node){histogram[s], -1, (uint8_t)s};
  if (count < 2) return count;
  ckpt_sort(nodes, count);
  // Two queues, both in ascending order: symbols not joined yet, and pairs. Of equals the symbol goes first.
  int leaf = 0, pair = count, end = count;
  while (end < 2 * count - 1) {
    int least[2];
    for (int k = 0; k < 2; k++)
      least[k] = leaf < count && (pair == end || nodes[leaf].weight <= nodes[pair].weight) ? leaf++ : pair++;
    nodes[least[0]].parent = nodes[least[1]].parent = (int16_t)end;
    nodes[end++] = (ckpt_node){nodes[least[0]].weight + nodes[least[1]].weight, -1, 0};
  }
  uint8_t depth[511];
  depth[end - 1] = 0;
  for (int i = end - 2; i >= 0; i--) depth[i] = (uint8_t)(depth[nodes[i].parent] + 1);
  // Codes that are too long are cut; what that takes too much of the code space is made up for by lengthening
  // the rarest that can be, and what is left over then is given back to the most frequent.
  int space = 0;
  for (int i = 0; i < count; i++) {
    if (depth[i] > CKPT_HUFFMAN_LONGEST) depth[i] = CKPT_HUFFMAN_LONGEST;
    space += CKPT_HUFFMAN_ENTRIES >> depth[i];
  }
  for (int i = 0; space > CKPT_HUFFMAN_ENTRIES; i = i + 1 < count ? i + 1 : 0)
    while (depth[i] < CKPT_HUFFMAN_LONGEST && space > CKPT_HUFFMAN_ENTRIES) {
      depth[i]++;
      space -= CKPT_HUFFMAN_ENTRIES >> depth[i];
    }
  for (int i = count - 1; i >= 0; i--)
    while (depth[i] > 1 && space + (CKPT_HUFFMAN_ENTRIES >> depth[i]) <= CKPT_HUFFMAN_ENTRIES) {
      space += CKPT_HUFFMAN_ENTRIES >> depth[i];
      depth[i]--;
    }
  for (int i = 0; i < count; i++) lengths[nodes[i].symbol] = depth[i];
  return count;
}

/// A code at the top of a word, its length at the bottom.
typedef uint64_t ckpt_top_code;

/// A stream that is being written. The bits that are not yet in memory are the topmost of `buffer`, the newest
/// above; how many there are stands in the lowest byte of `bits`. After Zstandard's way: the lengths that come
/// along with codes are shifted out, or end up below the bits that count.
typedef struct {
  const uint8_t *symbols, *symbols_end;
  uint8_t *to, *to_end;
  uint64_t buffer, bits;
} ckpt_bit_writer;

// Groups of four symbols between looks at the end. A group is at most 44 bits, which with the 7 that a flush
// leaves are above all lengths.
#define CKPT_HUFFMAN_GROUPS 8
#define CKPT_HUFFMAN_RUN (4 * CKPT_HUFFMAN_GROUPS)
// With more symbols a table of pairs takes longer to make than it saves.
#define CKPT_HUFFMAN_PAIRED 96

static inline bool ckpt_can_run(const ckpt_bit_writer *w) {
  return w->symbols_end - w->symbols >= CKPT_HUFFMAN_RUN && w->to_end - w->to >= 2 * CKPT_HUFFMAN_RUN;
}

static inline void ckpt_put(ckpt_bit_writer *w, ckpt_top_code code) {
  w->buffer = w->buffer >> (code & 63) | code;
  w->bits += code;
}

/// Four symbols, with `paired` by codes of two; writes whole bytes, and beyond them up to eight that are written
/// again.
static inline __attribute__((always_inline)) void ckpt_group(ckpt_bit_writer *w, const ckpt_top_code *codes,
                                                             const bool paired) {
  uint32_t symbols;
  memcpy(&symbols, w->symbols, 4);
  w->symbols += 4;
  if (paired) {
    ckpt_put(w, codes[symbols & 0xffff]);
    ckpt_put(w, codes[symbols >> 16]);
  } else {
    for (int i = 0; i < 32; i += 8) ckpt_put(w, codes[symbols >> i & 255]);
  }
  const unsigned bits = w->bits & 255;
  const uint64_t bytes = w->buffer >> (64 - bits);
  memcpy(w->to, &bytes, 8);
  w->to += bits >> 3;
  w->bits = bits & 7;
}

/// The last symbols, where eight bytes at a time would reach into the next stream.
static void ckpt_finish(ckpt_bit_writer w, const ckpt_top_code *codes) {
  unsigned bits = (unsigned)w.bits;
  uint64_t buffer = bits ? w.buffer >> (64 - bits) : 0;
  for (; w.symbols < w.symbols_end; w.symbols++) {
    const ckpt_top_code code = codes[*w.symbols];
    const unsigned length = code & 63;
    buffer |= code >> (64 - length) << bits;
    bits += length;
    for (; bits >= 8; bits -= 8, buffer >>= 8) *w.to++ = (uint8_t)buffer;
  }
  if (bits) *w.to = (uint8_t)buffer;
}

/// Side by side: each symbol waits for the one before in its stream only. More than two don't fit the registers.
static inline __attribute__((always_inline)) void ckpt_run_two(ckpt_bit_writer *a, ckpt_bit_writer *b,
                                                               const ckpt_top_code *codes, const bool paired) {
  ckpt_bit_writer x = *a, y = *b;
  while (ckpt_can_run(&x) && ckpt_can_run(&y))
    for (int i = 0; i < CKPT_HUFFMAN_GROUPS; i++) {
      ckpt_group(&x, codes, paired);
      ckpt_group(&y, codes, paired);
    }
  *a = x;
  *b = y;
}

/// The codes of two symbols by the 16 bits of the two. Only of those that occur; others are never looked up.
static const ckpt_top_code *ckpt_pairs(const ckpt_top_code codes[256]) {
  ckpt_top_code *pairs = (ckpt_top_code *)ckpt_scratch_floats(2 << 16);
  for (int second = 0; second < 256; second++) {
    if (!codes[second]) continue;
    const ckpt_top_code above = codes[second] & ~(ckpt_top_code)63;
    for (int first = 0; first < 256; first++)
      if (codes[first])
        pairs[second << 8 | first] =
            (above | (codes[first] & ~(ckpt_top_code)63) >> (codes[second] & 63)) + (codes[second] & 63) + (codes[first] & 63);
  }
  return pairs;
}

size_t ckpt_huffman_encode(const uint8_t *symbols, size_t count, uint8_t *encoded, size_t capacity) {
  if (count >= (size_t)1 << 28) return 0;
  uint32_t histograms[CKPT_HUFFMAN_STREAMS][256], histogram[256] = {0};
  for (size_t k = 0; k < CKPT_HUFFMAN_STREAMS; k++) {
    const size_t start = ckpt_huffman_start(count, k), end = ckpt_huffman_start(count, k + 1);
    ckpt_byte_histogram(symbols + start, end - start, histograms[k]);
    for (int s = 0; s < 256; s++) histogram[s] += histograms[k][s];
  }
  uint8_t lengths[256];
  const int used = ckpt_huffman_lengths(histogram, lengths);
  if (used < 2) return 0;
  uint16_t codes[256];
  ckpt_top_code table[256];
  ckpt_huffman_codes(lengths, codes);
  for (int s = 0; s < 256; s++)
    table[s] = lengths[s] ? (uint64_t)codes[s] << (64 - lengths[s]) | lengths[s] : 0;

  int first = 0, last = 255;
  while (!lengths[first]) first++;
  while (!lengths[last]) last--;
  const size_t header = CKPT_HUFFMAN_HEADER + (size_t)(last - first + 2) / 2;
  uint32_t sizes[CKPT_HUFFMAN_STREAMS];
  size_t length = header;
  for (int k = 0; k < CKPT_HUFFMAN_STREAMS; k++) {
    uint64_t bits = 0;
    for (int s = 0; s < 256; s++) bits += (uint64_t)histograms[k][s] * lengths[s];
    sizes[k] = (uint32_t)((bits + 7) / 8);
    length += sizes[k];
  }
  if (length > capacity) return 0;

  uint8_t *to = encoded;
  *to++ = (uint8_t)first;
  *to++ = (uint8_t)last;
  for (int s = first; s <= last; s += 2) *to++ = (uint8_t)(lengths[s] | (s < last ? lengths[s + 1] << 4 : 0));
  memcpy(to, sizes, sizeof sizes);
  to += sizeof sizes;
  ckpt_bit_writer w[CKPT_HUFFMAN_STREAMS];
  for (size_t k = 0; k < CKPT_HUFFMAN_STREAMS; to += sizes[k++])
    w[k] = (ckpt_bit_writer){symbols + ckpt_huffman_start(count, k), symbols + ckpt_huffman_start(count, k + 1), to,
                             to + sizes[k], 0, 0};
  const bool paired = used <= CKPT_HUFFMAN_PAIRED && count >= 1 << 14;
  const ckpt_top_code *pairs = paired ? ckpt_pairs(table) : table;
  for (int k = 0; k < CKPT_HUFFMAN_STREAMS; k += 2) {
    if (paired) ckpt_run_two(&w[k], &w[k + 1], pairs, true); else ckpt_run_two(&w[k], &w[k + 1], table, false);
    ckpt_finish(w[k], table);
    ckpt_finish(w[k + 1], table);
  }
  return length;
}
