"""What disk and memory do at best, by as many threads as there are cores where it helps: nobody's format, no checksums.
Python's share is a call per some MiB, which release its lock."""
import concurrent.futures
import ctypes
import mmap
import os
import time

WRITE_BYTES = 8 << 20
IN_FLIGHT = 4
READ_BYTES = 2 << 20


def parallel(threads, task, places):
    """Seconds until all is done. `places` are dealt out in order."""
    with concurrent.futures.ThreadPoolExecutor(threads) as pool:
        # The threads are there before the clock runs.
        list(pool.map(lambda _: time.sleep(0.01), range(threads)))
        start = time.monotonic()
        list(pool.map(task, places))
        return time.monotonic() - start


class Limits:
    """Memory as large as the state, touched."""

    def __init__(self, size, directory):
        self.size = max(WRITE_BYTES, (size + WRITE_BYTES - 1) // WRITE_BYTES * WRITE_BYTES)
        self.file = os.path.join(directory, "limit")
        self.memory = mmap.mmap(-1, self.size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
        if hasattr(mmap, "MADV_HUGEPAGE"):
            self.memory.madvise(mmap.MADV_HUGEPAGE)
        noise = os.urandom(WRITE_BYTES)
        for place in range(0, self.size, WRITE_BYTES):
            self.memory[place:place + WRITE_BYTES] = noise
        self.view = memoryview(self.memory)

    def close(self):
        self.view.release()
        self.memory.close()

    def open(self, flags):
        """Past the page cache, where the file system allows it."""
        try:
            return os.open(self.file, flags | getattr(os, "O_DIRECT", 0), 0o600)
        except OSError:
            return os.open(self.file, flags, 0o600)

    def write(self):
        """A new file of the state's size: space reserved, 8 MiB direct writes, 4 in flight, one fsync."""
        start = time.monotonic()
        handle = self.open(os.O_CREAT | os.O_EXCL | os.O_WRONLY)
        if hasattr(os, "posix_fallocate"):
            os.posix_fallocate(handle, 0, self.size)
        prepared = time.monotonic() - start
        written = parallel(
            IN_FLIGHT, lambda place: os.pwrite(handle, self.view[place:place + WRITE_BYTES], place),
            range(0, self.size, WRITE_BYTES))
        start = time.monotonic()
        os.fsync(handle)
        os.close(handle)
        return prepared + written + time.monotonic() - start

    def read(self, threads, flags=None):
        handle = os.open(self.file, os.O_RDONLY) if flags is None else self.open(flags)
        step = READ_BYTES if flags is None else WRITE_BYTES
        seconds = parallel(
            threads, lambda place: os.preadv(handle, [self.view[place:place + step]], place), range(0, self.size, step))
        os.close(handle)
        return seconds

    def read_cold(self):
        """8 MiB direct reads, 4 in flight, into memory that is there."""
        return self.read(IN_FLIGHT, os.O_RDONLY)

    def read_warm(self):
        """read() out of the page cache by two threads, into memory that is there."""
        return self.read(2)

    def copy(self):
        """memcpy by two threads between memory that is there, half of it to the other half; for the whole size."""
        start = ctypes.addressof(ctypes.c_char.from_buffer(self.memory))
        half = self.size // 2
        step = min(READ_BYTES, half)
        places = range(0, half // step * step, step)
        seconds = parallel(2, lambda place: ctypes.memmove(start + half + place, start + place, step), places)
        return seconds * self.size / max(1, len(places) * step)


def publish(size, directory):
    """The bare sequence of a durable save: write, fsync, rename, fsync of the directory."""
    data, name = os.urandom(size), os.path.join(directory, "bare")
    folder = os.open(directory, os.O_RDONLY)
    start = time.monotonic()
    handle = os.open(name + ".part", os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    os.write(handle, data)
    os.fsync(handle)
    os.close(handle)
    os.rename(name + ".part", name)
    os.fsync(folder)
    seconds = time.monotonic() - start
    os.close(folder)
    os.remove(name)
    return seconds
