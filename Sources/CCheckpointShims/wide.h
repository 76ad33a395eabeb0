#ifndef CKPT_WIDE_H
#define CKPT_WIDE_H

// Loops over arrays, compiled for the vectors that every processor of the architecture has and for those
// of newer ones, chosen when called. Neither fuses multiply-adds on x86, so that both give the same bits.
//
//   CKPT_WIDE(extern, ckpt_twice, (float *values, size_t count), (values, count))
//
// defines `ckpt_twice`, which does what the inline function `ckpt_twice_body` does. CKPT_WIDEST knows vectors of
// 512 bits too: for bytes that change their places.

#define CKPT_BODY static inline __attribute__((always_inline)) void

#if defined(__x86_64__)
#include <stdbool.h>

#define CKPT_AVX512 __attribute__((target("avx512bw,avx512vl,avx512vbmi"), min_vector_width(512)))

/// Whether the processor has what CKPT_AVX512 asks for.
static inline bool ckpt_has_avx512(void) {
  return __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
         __builtin_cpu_supports("avx512vbmi");
}

#define CKPT_WIDE(linkage, name, parameters, arguments)                                           \
  __attribute__((target("avx2"))) static void name##_avx2 parameters { name##_body arguments; }   \
  linkage void name parameters {                                                                  \
    if (__builtin_cpu_supports("avx2"))                                                           \
      name##_avx2 arguments;                                                                      \
    else                                                                                          \
      name##_body arguments;                                                                      \
  }
#define CKPT_WIDEST(linkage, name, parameters, arguments)                                         \
  CKPT_AVX512 static void name##_avx512 parameters { name##_body arguments; }                     \
  __attribute__((target("avx2"))) static void name##_avx2 parameters { name##_body arguments; }   \
  linkage void name parameters {                                                                  \
    if (ckpt_has_avx512())                                                                        \
      name##_avx512 arguments;                                                                    \
    else if (__builtin_cpu_supports("avx2"))                                                      \
      name##_avx2 arguments;                                                                      \
    else                                                                                          \
      name##_body arguments;                                                                      \
  }
#else
#define CKPT_WIDEST CKPT_WIDE
#define CKPT_WIDE(linkage, name, parameters, arguments)                                           \
  linkage void name parameters { name##_body arguments; }
#endif

#endif
