#ifndef CKPT_NON_FINITE_H
#define CKPT_NON_FINITE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// How many of `count` little-endian unsigned integers of `width` (1, 2, 4 or 8) bytes have all
/// bits of `mask` set: with a float's exponent mask, how many are NaN or infinite.
size_t ckpt_count_masked(const void *scalars, size_t count, size_t width, uint64_t mask);

/// How many of `count` bytes are `value` once the bits outside `mask` are cleared.
size_t ckpt_count_bytes(const void *bytes, size_t count, uint8_t mask, uint8_t value);

/// Whether all of `count` bytes are zero.
bool ckpt_is_zero(const void *bytes, size_t count);

#endif
