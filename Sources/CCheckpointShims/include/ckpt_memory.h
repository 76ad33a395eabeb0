#ifndef CKPT_MEMORY_H
#define CKPT_MEMORY_H

/// Lets the allocator keep what is freed for the next request, for the rest of the process. A step of
/// training frees its arrays and the next one wants as many of the same sizes: returned to the system
/// and asked for again, every page would be cleared anew, which took a third of a convolution's time.
/// Does nothing where the C library has no such setting.
void ckpt_memory_keep_freed(void);

/// Returns to the system what is free now.
void ckpt_memory_return_freed(void);

#endif
