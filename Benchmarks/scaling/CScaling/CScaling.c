#define _GNU_SOURCE
#include "CScaling.h"

#include <fcntl.h>
#if defined(__linux__)
#include <sys/mman.h>
#endif
#if defined(__GLIBC__)
#include <malloc.h>
#endif

int scaling_direct_flag(void) {
#if defined(O_DIRECT)
  return O_DIRECT;
#else
  return 0;
#endif
}

size_t scaling_allocated_bytes(void) {
#if defined(__GLIBC__)
  const struct mallinfo2 state = mallinfo2();
  return state.uordblks + state.hblkhd;
#else
  return 0;
#endif
}

void scaling_prefer_large_pages(void *start, size_t length) {
#if defined(__linux__)
  (void)madvise(start, length, MADV_HUGEPAGE);
#else
  (void)start;
  (void)length;
#endif
}
