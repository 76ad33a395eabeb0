#pragma once
#include <stddef.h>

/// `O_DIRECT`, which Swift doesn't see; 0 where there is none.
int scaling_direct_flag(void);

/// Bytes that the process holds of the allocator, large blocks of their own included; 0 where it doesn't tell.
size_t scaling_allocated_bytes(void);

/// Asks for large pages for this memory, where there are any.
void scaling_prefer_large_pages(void *start, size_t length);
