#ifndef CKPT_EXPONENT_WINDOW_H
#define CKPT_EXPONENT_WINDOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// The codec "exponent window" (FORMAT.md §6.1): fixed-width codes for neighbouring symbols, the others appended.

/// Bytes before the codes.
#define CKPT_WINDOW_HEADER 8

/// Where the 2^width - 1 neighbouring symbols begin that are the most frequent; `outside`, how many of the
/// histogram's symbols are others. The lowest of several that are equal.
uint8_t ckpt_window_base(const uint32_t histogram[256], unsigned width, uint32_t *outside);

/// Encodes `count` symbols with codes of `width` (3 or 4) bits.
/// Returns the encoded length; 0 if it would pass `capacity`. The same bytes on every machine.
size_t ckpt_window_encode(const uint8_t *symbols, size_t count, unsigned width, uint8_t base, uint8_t *encoded,
                          size_t capacity);

/// Decodes exactly `count` symbols from exactly `length` bytes. False, with undefined symbols, if they are
/// anything else than what an encoder could have written. Reads and writes nothing outside of the two.
bool ckpt_window_decode(const uint8_t *encoded, size_t length, uint8_t *symbols, size_t count);

/// The code that does it; for tests and measurements.
typedef enum { CKPT_WINDOW_PORTABLE, CKPT_WINDOW_AVX2, CKPT_WINDOW_AVX512 } ckpt_window_path;

/// Whether the processor can do it.
bool ckpt_window_path_exists(ckpt_window_path path);

/// The same by a path that exists.
size_t ckpt_window_encode_by(ckpt_window_path path, const uint8_t *symbols, size_t count, unsigned width,
                             uint8_t base, uint8_t *encoded, size_t capacity);
bool ckpt_window_decode_by(ckpt_window_path path, const uint8_t *encoded, size_t length, uint8_t *symbols,
                           size_t count);

#endif
