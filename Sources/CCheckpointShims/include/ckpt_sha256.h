#ifndef CKPT_SHA256_H
#define CKPT_SHA256_H

#include <stddef.h>
#include <stdint.h>

/// A SHA-256 computation (FIPS 180-4).
typedef struct {
  uint32_t state[8];
  uint64_t length;
  uint8_t pending[64];
} ckpt_sha256;

void ckpt_sha256_init(ckpt_sha256 *context);
void ckpt_sha256_update(ckpt_sha256 *context, const void *bytes, size_t length);
void ckpt_sha256_final(ckpt_sha256 *context, uint8_t digest[32]);

#endif
