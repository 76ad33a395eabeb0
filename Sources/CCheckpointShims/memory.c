#include "ckpt_memory.h"

#if defined(__GLIBC__) || defined(__linux__)
#include <features.h>
#endif

#if defined(__GLIBC__)
#include <malloc.h>

void ckpt_memory_keep_freed(void) {
  // Older versions take no more than half a heap for the first.
  if (!mallopt(M_MMAP_THRESHOLD, 1 << 30)) mallopt(M_MMAP_THRESHOLD, 32 << 20);
  mallopt(M_TRIM_THRESHOLD, 1 << 30);
}

void ckpt_memory_return_freed(void) { malloc_trim(0); }
#else
void ckpt_memory_keep_freed(void) {}

void ckpt_memory_return_freed(void) {}
#endif
