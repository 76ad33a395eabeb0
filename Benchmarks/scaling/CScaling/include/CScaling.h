#pragma once
#include <stddef.h>

/// `O_DIRECT`, which Swift doesn't see; 0 where there is none.
int scaling_direct_flag(void);

/// Bytes that the process holds of the allocator, large blocks of their own included; 0 where it doesn't tell.
size_t scaling_allocated_bytes(void);
