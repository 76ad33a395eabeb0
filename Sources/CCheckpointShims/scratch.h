#ifndef CKPT_SCRATCH_H
#define CKPT_SCRATCH_H

#include <stddef.h>

/// Room for `count` floats, aligned to a cache line, that is the calling thread's until its next call.
/// Kept until the thread ends. Without memory the process ends: no training goes on then.
float *ckpt_scratch_floats(size_t count);

#endif
