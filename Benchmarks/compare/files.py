"""Files of checkpoints: their size, their pages in the page cache."""
import ctypes
import mmap
import os
import shutil


def all_files(path):
    if not os.path.isdir(path):
        return [path]
    return [os.path.join(folder, name) for folder, _, names in os.walk(path) for name in names]


def size_of(path):
    """Bytes of all files."""
    return sum(os.path.getsize(name) for name in all_files(path))


def remove(path):
    if os.path.isdir(path):
        shutil.rmtree(path)
    elif os.path.exists(path):
        os.remove(path)


def warm(path):
    """Into the page cache; direct writes leave nothing there."""
    memory = bytearray(8 << 20)
    for name in all_files(path):
        with open(name, "rb", buffering=0) as file:
            while file.readinto(memory):
                pass


def evict(path):
    """Out of the page cache. Returns which share of the pages is still there."""
    pages = left = 0
    for name in all_files(path):
        handle = os.open(name, os.O_RDONLY)
        os.fsync(handle)
        os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)
        size = os.fstat(handle).st_size
        if size:
            with mmap.mmap(handle, size, access=mmap.ACCESS_COPY) as mapping:
                count = (size + mmap.PAGESIZE - 1) // mmap.PAGESIZE
                resident = (ctypes.c_ubyte * count)()
                start = ctypes.c_char.from_buffer(mapping)
                ctypes.CDLL(None).mincore(ctypes.c_void_p(ctypes.addressof(start)), ctypes.c_size_t(size), resident)
                del start
                pages += count
                left += sum(byte & 1 for byte in bytes(resident))
        os.close(handle)
    return left / pages if pages else 0
