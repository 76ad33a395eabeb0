#ifndef CKPT_SHARING_H
#define CKPT_SHARING_H

// Files that have blocks in common (reflinks). Each returns 0, or -1 with errno set.

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// 1 if the open file or directory is on a file system that may let files share blocks, else 0. Linux: xfs and
/// btrfs; elsewhere none (APFS clones whole files only).
int ckpt_may_share_blocks(int descriptor);

/// 1 if the open file is on a file system that gives reserved space back only when all that was reserved at once is
/// unused (btrfs), else 0: a file that shares most of its blocks would keep all that was reserved for it.
int ckpt_keeps_reserved_blocks(int descriptor);

/// Makes a range of `target` share the blocks of a range of `source` (FICLONERANGE). Offsets and count are
/// multiples of the file system's block size. After an error a part may be shared.
int ckpt_share_blocks(int target, uint64_t target_offset, int source, uint64_t source_offset, uint64_t count);

/// How many of the file's bytes lie in blocks that other files have too (FIEMAP). ENOTSUP where the system
/// can't tell.
int ckpt_shared_bytes(int file, uint64_t size, uint64_t *shared);

#ifdef __cplusplus
}
#endif

#endif
