#ifndef CKPT_PLANES_H
#define CKPT_PLANES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// Splits `count` little-endian scalars of `width` (2, 4 or 8) bytes into `width` planes: byte k of scalar i
/// goes to `planes[k][at + i]`. With `rotated` each scalar is rotated left by one bit first (FORMAT.md, float
/// split). No two planes share memory.
void ckpt_planes_split(const void *scalars, size_t count, size_t width, bool rotated, uint8_t *const planes[],
                       size_t at);

/// The inverse: makes `count` scalars of the planes' bytes from `at` on.
void ckpt_planes_merge(const uint8_t *const planes[], size_t at, size_t count, size_t width, bool rotated,
                       void *scalars);

#endif
