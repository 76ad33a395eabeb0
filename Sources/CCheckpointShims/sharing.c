#include "ckpt_sharing.h"

#include <errno.h>
#include <string.h>

#if defined(__linux__)
#include <linux/fiemap.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/vfs.h>

// <linux/magic.h> has one of them only.
static const uint32_t xfs_magic = 0x58465342;
static const uint32_t btrfs_magic = 0x9123683E;

static uint32_t ckpt_file_system(int descriptor) {
  struct statfs status;
  return fstatfs(descriptor, &status) == 0 ? (uint32_t)status.f_type : 0;
}

int ckpt_may_share_blocks(int descriptor) {
  const uint32_t type = ckpt_file_system(descriptor);
  return type == xfs_magic || type == btrfs_magic;
}

int ckpt_keeps_reserved_blocks(int descriptor) { return ckpt_file_system(descriptor) == btrfs_magic; }

int ckpt_share_blocks(int target, uint64_t target_offset, int source, uint64_t source_offset, uint64_t count) {
  struct file_clone_range range = {
      .src_fd = source, .src_offset = source_offset, .src_length = count, .dest_offset = target_offset};
  return ioctl(target, FICLONERANGE, &range);
}

enum { extents_at_a_time = 128 };

int ckpt_shared_bytes(int file, uint64_t size, uint64_t *shared) {
  union {
    struct fiemap map;
    uint64_t room[(sizeof(struct fiemap) + extents_at_a_time * sizeof(struct fiemap_extent)) / 8 + 1];
  } buffer;
  struct fiemap *map = &buffer.map;
  *shared = 0;
  uint64_t start = 0;
  while (start < size) {
    memset(map, 0, sizeof *map);
    map->fm_start = start;
    map->fm_length = size - start;
    map->fm_extent_count = extents_at_a_time;
    if (ioctl(file, FS_IOC_FIEMAP, map) != 0) return -1;
    if (map->fm_mapped_extents == 0) break;
    const uint64_t before = start;
    for (uint32_t number = 0; number < map->fm_mapped_extents; number++) {
      const struct fiemap_extent *extent = &map->fm_extents[number];
      // The first may begin before what was asked for, the last end behind it.
      uint64_t end = extent->fe_logical + extent->fe_length;
      if (end > size) end = size;
      const uint64_t begin = extent->fe_logical > start ? extent->fe_logical : start;
      if (end <= begin) continue;
      if (extent->fe_flags & FIEMAP_EXTENT_SHARED) *shared += end - begin;
      start = end;
    }
    // The file may change meanwhile.
    if (start == before) break;
  }
  return 0;
}
#else
int ckpt_may_share_blocks(int descriptor) {
  (void)descriptor;
  return 0;
}

int ckpt_keeps_reserved_blocks(int descriptor) {
  (void)descriptor;
  return 0;
}

int ckpt_share_blocks(int target, uint64_t target_offset, int source, uint64_t source_offset, uint64_t count) {
  (void)target;
  (void)target_offset;
  (void)source;
  (void)source_offset;
  (void)count;
  errno = ENOTSUP;
  return -1;
}

int ckpt_shared_bytes(int file, uint64_t size, uint64_t *shared) {
  (void)file;
  (void)size;
  *shared = 0;
  errno = ENOTSUP;
  return -1;
}
#endif
