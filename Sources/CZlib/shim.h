#ifndef CKPT_CZLIB_SHIM_H
#define CKPT_CZLIB_SHIM_H

#include <zlib.h>

// deflateInit2 and inflateInit2 are macros, which Swift can't import.
static inline int ckpt_deflate_init(z_stream *stream, int level, int window_bits, int strategy) {
  return deflateInit2(stream, level, Z_DEFLATED, window_bits, 9, strategy);
}

static inline int ckpt_inflate_init(z_stream *stream, int window_bits) {
  return inflateInit2(stream, window_bits);
}

#endif
