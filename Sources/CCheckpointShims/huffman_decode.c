#include <string.h>

#include "huffman_code.h"

// What the next bits of a stream begin with: as many whole codes as there are in them, up to four.
typedef struct {
  uint8_t symbols[4];
  uint8_t count, bits;
  /// Of the first code alone.
  uint8_t first_bits;
  uint8_t unused;
} ckpt_huffman_entry;

/// Symbols that a run of lookups may write for a stream.
#define CKPT_HUFFMAN_LOOKUPS 5
#define CKPT_HUFFMAN_RUN (4 * CKPT_HUFFMAN_LOOKUPS)

/// Reads the code lengths. Returns how many bytes they took, with what is before them; 0 if they can't be right.
static size_t ckpt_huffman_read_lengths(const uint8_t *encoded, size_t length, uint8_t lengths[256]) {
  const unsigned first = encoded[0], last = encoded[1];
  if (last <= first) return 0;
  const size_t size = 2 + (last - first + 2) / 2;
  if (length - (CKPT_HUFFMAN_HEADER - 2) < size) return 0;
  memset(lengths, 0, 256);
  for (unsigned s = first; s <= last; s++)
    lengths[s] = encoded[2 + (s - first) / 2] >> ((s - first) % 2 ? 4 : 0) & 15;
  const bool is_padded = (last - first) % 2 || encoded[size - 1] >> 4 == 0;
  return lengths[first] && lengths[last] && is_padded ? size : 0;
}

/// False if the lengths make no complete code.
static bool ckpt_huffman_table(const uint8_t lengths[256], ckpt_huffman_entry *table) {
  uint16_t codes[256];
  unsigned space = 0;
  for (int s = 0; s < 256; s++) {
    if (lengths[s] > CKPT_HUFFMAN_LONGEST) return false;
    if (lengths[s]) space += CKPT_HUFFMAN_ENTRIES >> lengths[s];
  }
  if (space != CKPT_HUFFMAN_ENTRIES) return false;
  ckpt_huffman_codes(lengths, codes);
  for (int s = 0; s < 256; s++)
    if (lengths[s])
      for (unsigned at = codes[s]; at < CKPT_HUFFMAN_ENTRIES; at += 1u << lengths[s]) {
        table[at].symbols[0] = (uint8_t)s;
        table[at].first_bits = lengths[s];
      }
  // Further codes, each by the first one of the entry that the rest of the bits lead to.
  for (unsigned at = 0; at < CKPT_HUFFMAN_ENTRIES; at++) {
    ckpt_huffman_entry *entry = &table[at];
    entry->count = 1;
    entry->bits = entry->first_bits;
    while (entry->count < 4) {
      const ckpt_huffman_entry *next = &table[at >> entry->bits];
      if (entry->bits + next->first_bits > CKPT_HUFFMAN_LONGEST) break;
      entry->symbols[entry->count++] = next->symbols[0];
      entry->bits = (uint8_t)(entry->bits + next->first_bits);
    }
  }
  return true;
}

/// A stream that is being read.
typedef struct {
  const uint8_t *from;
  size_t bits;
  uint8_t *to, *end;
} ckpt_bit_reader;

static inline bool ckpt_can_run(const ckpt_bit_reader *r, const uint8_t *last_load) {
  return r->end - r->to >= CKPT_HUFFMAN_RUN && r->from + (r->bits >> 3) <= last_load;
}

/// At least 57 bits, from the present one on.
static inline uint64_t ckpt_load(const ckpt_bit_reader *r) {
  uint64_t bits;
  memcpy(&bits, r->from + (r->bits >> 3), 8);
  return bits >> (r->bits & 7);
}

static inline uint64_t ckpt_step(ckpt_bit_reader *r, uint64_t bits, const ckpt_huffman_entry *table) {
  const ckpt_huffman_entry *entry = &table[bits & (CKPT_HUFFMAN_ENTRIES - 1)];
  memcpy(r->to, entry->symbols, 4);
  r->to += entry->count;
  r->bits += entry->bits;
  return bits >> entry->bits;
}

static inline void ckpt_run(ckpt_bit_reader *r, const ckpt_huffman_entry *table) {
  uint64_t bits = ckpt_load(r);
  for (int i = 0; i < CKPT_HUFFMAN_LOOKUPS; i++) bits = ckpt_step(r, bits, table);
}

/// The rest of a stream of `size` bytes; false if it doesn't end where its symbols do.
static bool ckpt_finish(ckpt_bit_reader r, size_t size, const uint8_t *last_load, const ckpt_huffman_entry *table) {
  while (ckpt_can_run(&r, last_load)) ckpt_run(&r, table);
  while (r.to < r.end) {
    if (r.bits >= 8 * size) return false;
    // Bytes behind the stream are 0 here; a code that needs some of them ends behind the stream.
    const size_t at = r.bits >> 3, some = size - at < 8 ? size - at : 8;
    uint64_t bits = 0;
    memcpy(&bits, r.from + at, some);
    const ckpt_huffman_entry *entry = &table[bits >> (r.bits & 7) & (CKPT_HUFFMAN_ENTRIES - 1)];
    *r.to++ = entry->symbols[0];
    r.bits += entry->first_bits;
  }
  if ((r.bits + 7) / 8 != size) return false;
  return r.bits % 8 == 0 || r.from[size - 1] >> r.bits % 8 == 0;
}

bool ckpt_huffman_decode(const uint8_t *encoded, size_t length, uint8_t *symbols, size_t count) {
  uint8_t lengths[256];
  if (length < CKPT_HUFFMAN_HEADER) return false;
  size_t header = ckpt_huffman_read_lengths(encoded, length, lengths);
  if (header == 0) return false;
  uint32_t sizes[CKPT_HUFFMAN_STREAMS];
  memcpy(sizes, encoded + header, sizeof sizes);
  header += sizeof sizes;
  uint64_t total = header;
  for (int k = 0; k < CKPT_HUFFMAN_STREAMS; k++) total += sizes[k];
  ckpt_huffman_entry table[CKPT_HUFFMAN_ENTRIES];
  if (total != length || !ckpt_huffman_table(lengths, table)) return false;

  ckpt_bit_reader r[CKPT_HUFFMAN_STREAMS];
  const uint8_t *from = encoded + header;
  for (size_t k = 0; k < CKPT_HUFFMAN_STREAMS; from += sizes[k++])
    r[k] = (ckpt_bit_reader){from, 0, symbols + ckpt_huffman_start(count, k), symbols + ckpt_huffman_start(count, k + 1)};
  // Loads may reach into the next stream, never behind the last one: what is wrong shows at the streams' ends.
  const uint8_t *const last_load = encoded + length - 8;
  ckpt_bit_reader a = r[0], b = r[1], c = r[2], d = r[3];
  while (ckpt_can_run(&a, last_load) && ckpt_can_run(&b, last_load) && ckpt_can_run(&c, last_load) &&
         ckpt_can_run(&d, last_load)) {
    uint64_t x = ckpt_load(&a), y = ckpt_load(&b), z = ckpt_load(&c), w = ckpt_load(&d);
    for (int i = 0; i < CKPT_HUFFMAN_LOOKUPS; i++) {
      x = ckpt_step(&a, x, table);
      y = ckpt_step(&b, y, table);
      z = ckpt_step(&c, z, table);
      w = ckpt_step(&d, w, table);
    }
  }
  return ckpt_finish(a, sizes[0], last_load, table) && ckpt_finish(b, sizes[1], last_load, table) &&
         ckpt_finish(c, sizes[2], last_load, table) && ckpt_finish(d, sizes[3], last_load, table);
}
