#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include "ckpt_file_shims.h"
#include "ckpt_sharing.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

#if defined(__APPLE__)
#include <sys/mount.h>
#include <sys/param.h>
#else
#include <sys/statvfs.h>
#endif

#if defined(__linux__)
#include <sys/syscall.h>
#ifndef RENAME_NOREPLACE
#define RENAME_NOREPLACE (1 << 0)
#endif
#endif

_Static_assert(sizeof(off_t) == 8, "files beyond 2 GiB need 64-bit offsets");

int ckpt_allocate(int file, uint64_t size) {
  if (size > (uint64_t)INT64_MAX) {
    errno = EFBIG;
    return -1;
  }
  if (size == 0) return 0;  // fallocate(2) calls an empty range an error
#if defined(__linux__)
  if (ckpt_keeps_reserved_blocks(file)) {
    errno = EOPNOTSUPP;
    return -1;
  }
  return fallocate(file, 0, 0, (off_t)size);
#elif defined(__APPLE__)
  struct stat status;
  if (fstat(file, &status) != 0) return -1;
  if ((uint64_t)status.st_size >= size) return 0;
  // F_PEOFPOSMODE counts from the end of what is allocated; the file is new here.
  fstore_t store = {F_ALLOCATECONTIG | F_ALLOCATEALL, F_PEOFPOSMODE, 0, (off_t)size, 0};
  if (fcntl(file, F_PREALLOCATE, &store) != 0) {
    store.fst_flags = F_ALLOCATEALL;  // in pieces, then
    if (fcntl(file, F_PREALLOCATE, &store) != 0) return -1;
  }
  return ftruncate(file, (off_t)size);
#else
  (void)file;
  errno = EOPNOTSUPP;
  return -1;
#endif
}

int ckpt_open_direct(int file) {
#if defined(__linux__)
  char name[40];
  snprintf(name, sizeof name, "/proc/self/fd/%d", file);
  const int flags = fcntl(file, F_GETFL);
  if (flags < 0) return -1;
  const int direct = open(name, (flags & O_ACCMODE) | O_DIRECT | O_CLOEXEC);
  if (direct < 0 && errno != EINVAL) errno = ENOTSUP;  // without /proc, for example
  return direct;
#else
  (void)file;
  errno = ENOTSUP;
  return -1;
#endif
}

int64_t ckpt_cached_bytes(int file, uint64_t offset, uint64_t length) {
#if defined(__linux__)
  // cachestat(2); the C library may not know it yet. The number is the same on all architectures.
  struct {
    uint64_t offset, length;
  } range = {offset, length};
  struct {
    uint64_t cached, dirty, writeback, evicted, recently_evicted;
  } pages;
  if (syscall(451, file, &range, &pages, 0) != 0) return -1;
  return (int64_t)(pages.cached * (uint64_t)sysconf(_SC_PAGESIZE));
#else
  (void)file;
  (void)offset;
  (void)length;
  return -1;
#endif
}

void ckpt_start_writing(int file, uint64_t offset, uint64_t length) {
#if defined(__linux__)
  (void)sync_file_range(file, (off_t)offset, (off_t)length, SYNC_FILE_RANGE_WRITE);
#else
  (void)file;
  (void)offset;
  (void)length;
#endif
}

// A hard link fails if its name exists, so it publishes exclusively. Once it is made the target is
// there, and to answer with an error would have the caller believe that it isn't: a failure to
// remove the old name only leaves a second name, which is swept up as a stale temporary.
static int rename_by_link(int directory, const char *source, int target_directory,
                          const char *target) {
  if (linkat(directory, source, target_directory, target, 0) != 0) return -1;
  (void)unlinkat(directory, source, 0);
  return 0;
}

int ckpt_rename_exclusive(int directory, const char *source, int target_directory,
                          const char *target) {
#if defined(__linux__) && defined(SYS_renameat2)
  // The raw call: glibc before 2.28 has no wrapper.
  if (syscall(SYS_renameat2, directory, source, target_directory, target, RENAME_NOREPLACE) == 0)
    return 0;
  // ENOSYS: an old kernel. EINVAL: a file system that doesn't know the flag, NFS for one.
  if (errno != ENOSYS && errno != EINVAL) return -1;
#elif defined(__APPLE__)
  if (renameatx_np(directory, source, target_directory, target, RENAME_EXCL) == 0) return 0;
  if (errno != ENOTSUP && errno != EINVAL) return -1;
#endif
  return rename_by_link(directory, source, target_directory, target);
}

int ckpt_free_space(int descriptor, uint64_t *bytes) {
#if defined(__APPLE__)
  // statvfs(3) counts blocks in 32 bits there.
  struct statfs status;
  if (fstatfs(descriptor, &status) != 0) return -1;
  uint64_t unit = status.f_bsize;
#else
  struct statvfs status;
  if (fstatvfs(descriptor, &status) != 0) return -1;
  uint64_t unit = status.f_frsize;
#endif
  uint64_t available = status.f_bavail;
  if (status.f_blocks == 0 || unit == 0)  // some FUSE file systems say nothing
    *bytes = UINT64_MAX;
  else
    *bytes = available > UINT64_MAX / unit ? UINT64_MAX : available * unit;
  return 0;
}

const char *ckpt_entry_name(const struct dirent *entry) { return entry->d_name; }

static void fill(struct ckpt_status *status, const struct stat *raw) {
#if defined(__APPLE__)
  const struct timespec *modified = &raw->st_mtimespec;
#else
  const struct timespec *modified = &raw->st_mtim;
#endif
  status->size = (uint64_t)raw->st_size;
  status->device = (uint64_t)raw->st_dev;
  status->inode = (uint64_t)raw->st_ino;
  // Wraps in the year 2262, and for the dates that a broken file system invents, which is harmless:
  // times are for people.
  status->modified_nanoseconds =
      (int64_t)((uint64_t)modified->tv_sec * 1000000000u + (uint64_t)modified->tv_nsec);
  status->is_regular = S_ISREG(raw->st_mode);
  status->is_directory = S_ISDIR(raw->st_mode);
}

int ckpt_file_status(int descriptor, struct ckpt_status *status) {
  struct stat raw;
  if (fstat(descriptor, &raw) != 0) return -1;
  fill(status, &raw);
  return 0;
}

int ckpt_entry_status(int directory, const char *name, int follow, struct ckpt_status *status) {
  struct stat raw;
  if (fstatat(directory, name, &raw, follow ? 0 : AT_SYMLINK_NOFOLLOW) != 0) return -1;
  fill(status, &raw);
  return 0;
}

void ckpt_name_thread(const char *name) {
#if defined(__APPLE__)
  (void)pthread_setname_np(name);
#elif defined(__linux__)
  (void)pthread_setname_np(pthread_self(), name);
#else
  (void)name;
#endif
}
