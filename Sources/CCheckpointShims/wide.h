#ifndef CKPT_WIDE_H
#define CKPT_WIDE_H

// Loops over arrays, compiled for the vectors that every processor of the architecture has and for those
// of newer ones, chosen when called. Neither fuses multiply-adds on x86, so that both give the same bits.
//
//   CKPT_WIDE(extern, ckpt_twice, (float *values, size_t count), (values, count))
//
// defines `ckpt_twice`, which does what the inline function `ckpt_twice_body` does.

#define CKPT_BODY static inline __attribute__((always_inline)) void

#if defined(__x86_64__)
#define CKPT_WIDE(linkage, name, parameters, arguments)                                           \
  __attribute__((target("avx2"))) static void name##_avx2 parameters { name##_body arguments; }   \
  linkage void name parameters {                                                                  \
    if (__builtin_cpu_supports("avx2"))                                                           \
      name##_avx2 arguments;                                                                      \
    else                                                                                          \
      name##_body arguments;                                                                      \
  }
#else
#define CKPT_WIDE(linkage, name, parameters, arguments)                                           \
  linkage void name parameters { name##_body arguments; }
#endif

#endif
