#!/usr/bin/env python3
"""python compare.py CKPT ROUNDS: see compare. Medians of wall seconds, processes and syncing included."""
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

SAVE = """
import os, sys, safetensors.numpy as s
a = s.load_file(sys.argv[1])
import time; t = time.monotonic()
s.save_file(a, sys.argv[2])
d = os.open(sys.argv[2], os.O_RDONLY); os.fsync(d)
print(time.monotonic() - t)
"""
LOAD = """
import sys, time, safetensors.numpy as s
t = time.monotonic(); s.load_file(sys.argv[1]); print(time.monotonic() - t)
"""


def python(code, *files):
    """Seconds that Python says it took: without its start and imports."""
    done = subprocess.run([sys.executable, "-c", code, *files], capture_output=True, text=True, check=True)
    return float(done.stdout)


def program(*arguments):
    start = time.monotonic()
    subprocess.run(arguments, check=True, stdout=subprocess.DEVNULL)
    return time.monotonic() - start


def main():
    ckpt, rounds = sys.argv[1], int(sys.argv[2])
    with tempfile.TemporaryDirectory(prefix="ckpt-exchange.") as directory:
        files = {name: str(pathlib.Path(directory) / name) for name in ("a.safetensors", "a.ckpt", "b.ckpt", "ours.safetensors", "theirs.safetensors")}
        make = "import sys, numpy as n, safetensors.numpy as s; r = n.random.default_rng(0); s.save_file({f'model/{i}/kernel': r.standard_normal((4096, 4096), n.float32) for i in range(16)}, sys.argv[1])"
        subprocess.run([sys.executable, "-c", make, files["a.safetensors"]], check=True)
        subprocess.run([ckpt, "import", files["a.safetensors"], "-o", files["a.ckpt"]], check=True)
        tasks = {
            "safetensors.numpy.save_file + fsync": lambda: python(SAVE, files["a.safetensors"], files["theirs.safetensors"]),
            "ckpt export": lambda: program(ckpt, "export", files["a.ckpt"], "-o", files["ours.safetensors"], "--force"),
            "safetensors.numpy.load_file": lambda: python(LOAD, files["a.safetensors"]),
            "ckpt import": lambda: program(ckpt, "import", files["a.safetensors"], "-o", files["b.ckpt"], "--force"),
        }
        times = {name: [] for name in tasks}
        for _ in range(rounds):
            for name, task in tasks.items():
                os.sync()
                times[name].append(task())
        size = os.path.getsize(files["a.safetensors"]) / (1 << 30)
        for name, values in times.items():
            median = statistics.median(values)
            print(f"{name:36} {median:6.2f} s  {size / median:5.2f} GiB/s  ({min(values):.2f} to {max(values):.2f})")


if __name__ == "__main__":
    main()
