#include <string.h>

#include "huffman_streams.h"

// Groups of four symbols between looks at the end.
#define CKPT_HUFFMAN_GROUPS 8
#define CKPT_HUFFMAN_RUN (4 * CKPT_HUFFMAN_GROUPS)

/// Side by side: each symbol waits for the one before in its stream only.
static inline void ckpt_group(ckpt_huffman_writer *w, const ckpt_pair_code *pairs) {
  uint32_t symbols;
  memcpy(&symbols, w->symbols, 4);
  w->symbols += 4;
  const ckpt_pair_code first = pairs[symbols & 0xffff], second = pairs[symbols >> 16];
  const unsigned length = first & 255;
  ckpt_huffman_append(w, (uint64_t)(second >> 8) << length | first >> 8, length + (second & 255));
}

static bool ckpt_can_run(const ckpt_huffman_writer *w) { return w->end - w->symbols >= CKPT_HUFFMAN_RUN; }

void ckpt_huffman_write_pairs(ckpt_huffman_writer w[CKPT_HUFFMAN_STREAMS], const uint16_t codes[256],
                              const uint8_t lengths[256], ckpt_pair_code *pairs) {
  // Only of symbols that occur; others are never looked up.
  for (unsigned second = 0; second < 256; second++) {
    if (!lengths[second]) continue;
    for (unsigned first = 0; first < 256; first++)
      if (lengths[first])
        pairs[second << 8 | first] = ((uint32_t)codes[second] << lengths[first] | codes[first]) << 8 |
                                     (uint32_t)(lengths[first] + lengths[second]);
  }
  for (int k = 0; k < CKPT_HUFFMAN_STREAMS; k += 2) {
    // More than two don't fit the registers.
    ckpt_huffman_writer x = w[k], y = w[k + 1];
    while (ckpt_can_run(&x) && ckpt_can_run(&y))
      for (int i = 0; i < CKPT_HUFFMAN_GROUPS; i++) {
        ckpt_group(&x, pairs);
        ckpt_group(&y, pairs);
      }
    w[k] = x;
    w[k + 1] = y;
  }
}

uint8_t *ckpt_huffman_write_rest(ckpt_huffman_writer *w, const uint16_t codes[256], const uint8_t lengths[256]) {
  ckpt_huffman_writer x = *w;
  while (x.symbols < x.end) {
    const uint8_t symbol = *x.symbols++;
    ckpt_huffman_append(&x, codes[symbol], lengths[symbol]);
  }
  if (x.bits) *x.to++ = (uint8_t)x.buffer;
  *w = x;
  return x.to;
}
