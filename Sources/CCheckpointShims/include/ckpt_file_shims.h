#ifndef CKPT_FILE_SHIMS_H
#define CKPT_FILE_SHIMS_H

// System calls on files that Swift can't import: those behind feature macros, and those
// that differ between Linux and Apple's systems. Each returns 0, or -1 with errno set; none
// retries EINTR (the caller does, in one place).

#include <dirent.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Reserves blocks for the first `size` bytes and makes the file at least that long. EOPNOTSUPP
/// where the file system can't: never emulated by writing zeros, as posix_fallocate does.
int ckpt_allocate(int file, uint64_t size);

/// A second descriptor of the open file `file`, for reading, writing or both as that one, past the page cache; -1 with EINVAL where the file
/// system can't, or ENOTSUP where no descriptor can be opened again.
int ckpt_open_direct(int file);

/// How many of these bytes the page cache has, in whole pages; -1 where nobody can tell (before Linux 6.5).
int64_t ckpt_cached_bytes(int file, uint64_t offset, uint64_t length);

/// Starts writing the range's pages to the disk, without waiting for it. Does nothing where that is unknown.
void ckpt_start_writing(int file, uint64_t offset, uint64_t length);

/// Renames unless `target` exists (EEXIST), atomically so. Where neither the kernel nor the file
/// system knows such a rename, by a hard link and the removal of `source`.
int ckpt_rename_exclusive(int directory, const char *source, int target_directory,
                          const char *target);

/// Bytes an unprivileged process may still allocate; UINT64_MAX where the file system doesn't say.
int ckpt_free_space(int descriptor, uint64_t *bytes);

/// The entry's name, in place: Swift would copy the whole array, beyond the end of a short entry.
const char *ckpt_entry_name(const struct dirent *entry);

/// Size, mode, identity and modification time, whose field names differ between systems.
struct ckpt_status {
  uint64_t size;
  uint64_t device;
  uint64_t inode;
  int64_t modified_nanoseconds;
  int is_regular;
  int is_directory;
};

/// fstat(2).
int ckpt_file_status(int descriptor, struct ckpt_status *status);

/// fstatat(2); symbolic links are followed only if `follow` is not 0.
int ckpt_entry_status(int directory, const char *name, int follow, struct ckpt_status *status);

/// Names the calling thread, for debuggers and `top -H`; at most 15 characters.
void ckpt_name_thread(const char *name);

#ifdef __cplusplus
}
#endif

#endif
