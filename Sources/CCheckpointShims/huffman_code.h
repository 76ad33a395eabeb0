#ifndef CKPT_HUFFMAN_CODE_H
#define CKPT_HUFFMAN_CODE_H

#include "ckpt_huffman.h"

#define CKPT_HUFFMAN_ENTRIES (1 << CKPT_HUFFMAN_LONGEST)
#define CKPT_HUFFMAN_STREAMS 4

/// Symbols of a stream but the last ones: a quarter, rounded up.
static inline size_t ckpt_huffman_quarter(size_t count) {
  return (count + CKPT_HUFFMAN_STREAMS - 1) / CKPT_HUFFMAN_STREAMS;
}

/// Where stream `stream`'s symbols begin.
static inline size_t ckpt_huffman_start(size_t count, size_t stream) {
  const size_t start = stream * ckpt_huffman_quarter(count);
  return start < count ? start : count;
}

/// How often each symbol occurs, or nearly so in long planes: never 0 for one that does.
/// The same whether `by_vectors`, which asks for ckpt_huffman_has_vectors, or not.
void ckpt_huffman_weights(const uint8_t *symbols, size_t count, bool by_vectors, uint32_t weights[256]);

/// The canonical codes of these lengths, lowest bit first as they stand in a stream: shorter codes before longer
/// ones, among equals by symbol. 0 for symbols that have none.
void ckpt_huffman_codes(const uint8_t lengths[256], uint16_t codes[256]);

#endif
