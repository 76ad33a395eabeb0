#include "ckpt_memory.h"

#include <stdint.h>
#if defined(__linux__)
#include <sys/mman.h>
#endif

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

void ckpt_memory_prefer_large_pages(void *start, size_t length) {
#if defined(__linux__)
  // Whole pages inside; the kernel finds the large ones in them by itself.
  const uintptr_t page = 4096, first = ((uintptr_t)start + page - 1) & ~(page - 1);
  const uintptr_t end = ((uintptr_t)start + length) & ~(page - 1);
  if (length >= (size_t)4 << 20) (void)madvise((void *)first, end - first, MADV_HUGEPAGE);
#else
  (void)start;
  (void)length;
#endif
}
