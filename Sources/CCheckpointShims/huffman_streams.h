#ifndef CKPT_HUFFMAN_STREAMS_H
#define CKPT_HUFFMAN_STREAMS_H

#include "huffman_code.h"

/// A stream that is being written. `buffer` has the lowest `bits` bits, less than 8, that are not in memory yet.
typedef struct {
  const uint8_t *symbols, *end;
  uint8_t *to;
  uint64_t buffer;
  unsigned bits;
} ckpt_huffman_writer;

/// Appends up to 56 bits. Writes eight bytes, of which those behind the stream's end are written again later.
static inline void ckpt_huffman_append(ckpt_huffman_writer *w, uint64_t value, unsigned bits) {
  const uint64_t buffer = w->buffer | value << w->bits;
  const unsigned total = w->bits + bits;
  memcpy(w->to, &buffer, 8);
  w->to += total >> 3;
  w->buffer = buffer >> (total & ~7u);
  w->bits = total & 7;
}

/// Writes as much of four streams as it can, 64 symbols of each at a time, if ckpt_huffman_has_vectors.
void ckpt_huffman_write_vectors(ckpt_huffman_writer w[CKPT_HUFFMAN_STREAMS], const uint16_t codes[256],
                                const uint8_t lengths[256]);

/// The codes of two symbols, above their length.
typedef uint32_t ckpt_pair_code;

/// Writes nearly all of four streams by a table of 65536 pairs' codes, which takes time to make.
void ckpt_huffman_write_pairs(ckpt_huffman_writer w[CKPT_HUFFMAN_STREAMS], const uint16_t codes[256],
                              const uint8_t lengths[256], ckpt_pair_code *pairs);

/// Writes what is left of a stream. Returns its end.
uint8_t *ckpt_huffman_write_rest(ckpt_huffman_writer *w, const uint16_t codes[256], const uint8_t lengths[256]);

#endif
