#ifndef CKPT_HUFFMAN_H
#define CKPT_HUFFMAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// The codec "four-stream Huffman" (FORMAT.md §6.2): canonical prefix codes of at most 11 bits, four streams that
// can be decoded side by side.

/// Longest code, in bits.
#define CKPT_HUFFMAN_LONGEST 11
/// Bytes before the streams, but for the code lengths, which are half a byte for each symbol from the first to
/// the last that occurs: these two, and four stream lengths.
#define CKPT_HUFFMAN_HEADER 18

/// How often each symbol occurs.
void ckpt_byte_histogram(const uint8_t *symbols, size_t count, uint32_t histogram[256]);

/// Encodes `count` symbols (less than 2^28). Returns the encoded length; 0 if it would pass `capacity`, or if
/// there are not two different symbols. The same bytes on every machine.
size_t ckpt_huffman_encode(const uint8_t *symbols, size_t count, uint8_t *encoded, size_t capacity);

/// Whether the processor has what the fastest encoder asks for (AVX-512 VBMI).
bool ckpt_huffman_has_vectors(void);

/// The same by that encoder, which must be there then, or by the portable one; for tests.
size_t ckpt_huffman_encode_by(bool by_vectors, const uint8_t *symbols, size_t count, uint8_t *encoded, size_t capacity);

/// Decodes exactly `count` symbols from exactly `length` bytes. False, with undefined symbols, if they are
/// anything else than what an encoder could have written. Reads and writes nothing outside of the two.
bool ckpt_huffman_decode(const uint8_t *encoded, size_t length, uint8_t *symbols, size_t count);

#endif
