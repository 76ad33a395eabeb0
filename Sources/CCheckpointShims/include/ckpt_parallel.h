#ifndef CKPT_PARALLEL_H
#define CKPT_PARALLEL_H

#include <stddef.h>

/// How many threads `ckpt_parallel_run` uses at most: one per processor, the caller's included.
size_t ckpt_parallel_thread_count(void);

/// Calls `body` with each of 0..<`count`, on several threads at a time, and returns when all are done.
/// Entering costs less than a microsecond while the threads are awake: they wait for more for a few
/// microseconds before they sleep. The caller takes part, so that nothing ever waits for a thread that
/// doesn't run. A call from inside a body, or while another thread is in here, does all by itself.
void ckpt_parallel_run(size_t count, void (*body)(size_t index, void *context), void *context);

#endif
