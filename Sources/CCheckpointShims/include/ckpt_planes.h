#ifndef CKPT_PLANES_H
#define CKPT_PLANES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// Splits `count` little-endian scalars of `width` (2, 4 or 8) bytes into `width` planes of
/// `count` bytes: plane k, at `planes + k * count`, holds byte k of every scalar. With `rotated`
/// each scalar is rotated left by one bit first (FORMAT.md, float split).
void ckpt_planes_split(
    const void *scalars, size_t count, size_t width, bool rotated, uint8_t *planes);

/// The inverse.
void ckpt_planes_merge(
    const uint8_t *planes, size_t count, size_t width, bool rotated, void *scalars);

#endif
