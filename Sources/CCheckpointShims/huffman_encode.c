#include <string.h>

#include "huffman_streams.h"
#include "scratch.h"

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

// With more symbols a table of pairs takes longer to make than it saves.
#define CKPT_HUFFMAN_PAIRED 96

/// Streams into memory of their own: how long they get isn't known beforehand.
static void ckpt_encode_streams(const uint8_t *symbols, size_t count, const uint8_t lengths[256], int used, bool by_vectors,
                                ckpt_pair_code *pairs, uint8_t *streams[CKPT_HUFFMAN_STREAMS],
                                uint32_t sizes[CKPT_HUFFMAN_STREAMS]) {
  ckpt_huffman_writer w[CKPT_HUFFMAN_STREAMS];
  for (size_t k = 0; k < CKPT_HUFFMAN_STREAMS; k++)
    w[k] = (ckpt_huffman_writer){symbols + ckpt_huffman_start(count, k), symbols + ckpt_huffman_start(count, k + 1),
                                 streams[k], 0, 0};
  uint16_t codes[256];
  ckpt_huffman_codes(lengths, codes);
  if (by_vectors)
    ckpt_huffman_write_vectors(w, codes, lengths);
  else if (used <= CKPT_HUFFMAN_PAIRED && count >= 1 << 14)
    ckpt_huffman_write_pairs(w, codes, lengths, pairs);
  for (int k = 0; k < CKPT_HUFFMAN_STREAMS; k++)
    sizes[k] = (uint32_t)(ckpt_huffman_write_rest(&w[k], codes, lengths) - streams[k]);
}

size_t ckpt_huffman_encode_by(bool by_vectors, const uint8_t *symbols, size_t count, uint8_t *encoded, size_t capacity) {
  if (count >= (size_t)1 << 28) return 0;
  uint32_t weights[256];
  uint8_t lengths[256];
  ckpt_huffman_weights(symbols, count, by_vectors, weights);
  const int used = ckpt_huffman_lengths(weights, lengths);
  if (used < 2) return 0;
  int first = 0, last = 255;
  while (!lengths[first]) first++;
  while (!lengths[last]) last--;
  const size_t header = CKPT_HUFFMAN_HEADER + (size_t)(last - first + 2) / 2;
  if (header > capacity) return 0;

  const size_t room = ckpt_huffman_quarter(count) * CKPT_HUFFMAN_LONGEST / 8 + 64;
  ckpt_pair_code *const pairs = (ckpt_pair_code *)ckpt_scratch_floats((1 << 16) + room);
  uint8_t *streams[CKPT_HUFFMAN_STREAMS];
  for (size_t k = 0; k < CKPT_HUFFMAN_STREAMS; k++) streams[k] = (uint8_t *)(pairs + (1 << 16)) + k * room;
  uint32_t sizes[CKPT_HUFFMAN_STREAMS];
  ckpt_encode_streams(symbols, count, lengths, used, by_vectors, pairs, streams, sizes);
  size_t length = header;
  for (int k = 0; k < CKPT_HUFFMAN_STREAMS; k++) length += sizes[k];
  if (length > capacity) return 0;

  uint8_t *to = encoded;
  *to++ = (uint8_t)first;
  *to++ = (uint8_t)last;
  for (int s = first; s <= last; s += 2) *to++ = (uint8_t)(lengths[s] | (s < last ? lengths[s + 1] << 4 : 0));
  memcpy(to, sizes, sizeof sizes);
  to += sizeof sizes;
  for (int k = 0; k < CKPT_HUFFMAN_STREAMS; to += sizes[k++]) memcpy(to, streams[k], sizes[k]);
  return length;
}

size_t ckpt_huffman_encode(const uint8_t *symbols, size_t count, uint8_t *encoded, size_t capacity) {
  return ckpt_huffman_encode_by(ckpt_huffman_has_vectors(), symbols, count, encoded, capacity);
}
