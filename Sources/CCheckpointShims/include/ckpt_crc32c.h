#ifndef CKPT_CRC32C_H
#define CKPT_CRC32C_H

#include <stddef.h>
#include <stdint.h>

/// CRC-32C (Castagnoli) of `length` bytes, going on from `crc`; 0 to begin with.
uint32_t ckpt_crc32c(uint32_t crc, const void *bytes, size_t length);

/// The same without the CPU's own instructions; for tests, and for CPUs that lack them.
uint32_t ckpt_crc32c_portable(uint32_t crc, const void *bytes, size_t length);

#endif
