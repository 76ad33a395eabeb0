#ifndef CKPT_MEMORY_H
#define CKPT_MEMORY_H

#include <stddef.h>

/// Lets the allocator keep what is freed for the next request, for the rest of the process. A step of
/// training frees its arrays and the next one wants as many of the same sizes: returned to the system
/// and asked for again, every page would be cleared anew, which took a third of a convolution's time.
/// Does nothing where the C library has no such setting.
void ckpt_memory_keep_freed(void);

/// Returns to the system what is free now.
void ckpt_memory_return_freed(void);

/// Asks for large pages behind memory that is about to be filled for the first time: a thousandth of the page
/// faults. Does nothing where that is unknown, or for less than a few megabytes.
void ckpt_memory_prefer_large_pages(void *start, size_t length);

#endif
