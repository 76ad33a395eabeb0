#ifndef CKPT_CRC32C_FOLDING_H
#define CKPT_CRC32C_FOLDING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// Shorter input isn't worth it, and at least 256 bytes are needed.
#define CKPT_FOLDED_LEAST 1024

#if defined(__x86_64__)
/// Whether the processor multiplies 512 bits of polynomials at a time.
bool ckpt_crc32c_has_folding(void);

/// The CRC's register after the largest multiple of 256 bytes of `length`, which is at least 256; without the
/// inversions at both ends.
uint32_t ckpt_crc32c_folded(uint32_t crc, const uint8_t *bytes, size_t length);
#endif

#endif
