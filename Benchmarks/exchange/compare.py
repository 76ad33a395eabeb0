#!/usr/bin/env python3
"""python compare.py CKPT ROUNDS: see compare. Medians of wall seconds, as Markdown; our side's with the process's
start and syncing, Python's without its start and imports, and synced where it writes."""
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

ARRAYS = "arrays = {f'model/{i}/kernel': random.standard_normal((4096, 4096), n.float32) for i in range(16)}"
MAKE = f"import sys, numpy as n, safetensors.numpy as s; random = n.random.default_rng(0); {ARRAYS}; s.save_file(arrays, sys.argv[1])"
SAVE = """
import os, sys, time, safetensors.numpy as s
{imports}
arrays = s.load_file(sys.argv[1])
{prepare}
start = time.monotonic()
{save}
file = os.open(sys.argv[2], os.O_RDONLY)
os.fsync(file)
print(time.monotonic() - start)
"""
LOAD = """
import sys, time
{imports}
start = time.monotonic()
{load}
print(time.monotonic() - start)
"""
# What each tool is called, and does.
TOOLS = {
    "safetensors": ("import safetensors.numpy as s", "", "s.save_file(arrays, sys.argv[2])", "s.load_file(sys.argv[1])"),
    "npz": (
        "import numpy as n", "", "n.savez(sys.argv[2], **arrays)",
        "a = n.load(sys.argv[1]); b = [a[k] for k in a.files]",
    ),
    "pt": (
        "import torch", "arrays = {k: torch.from_numpy(v) for k, v in arrays.items()}",
        "torch.save(arrays, sys.argv[2])", "torch.load(sys.argv[1], weights_only=True)",
    ),
}


def python(code, *files):
    """Seconds that Python says it took."""
    done = subprocess.run([sys.executable, "-c", code, *files], capture_output=True, text=True, check=True)
    return float(done.stdout)


def program(*arguments):
    start = time.monotonic()
    subprocess.run(arguments, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.monotonic() - start


def has(module):
    return subprocess.run([sys.executable, "-c", f"import {module}"], capture_output=True).returncode == 0


def measure(ckpt, rounds, form, directory, source, checkpoint):
    """Seconds by side: their save, our export, their load, our import."""
    imports, prepare, save, load = TOOLS[form]
    theirs, ours, back = (str(directory / name) for name in (f"theirs.{form}", f"ours.{form}", "back.ckpt"))
    tasks = [
        lambda: python(SAVE.format(imports=imports, prepare=prepare, save=save), source, theirs),
        lambda: program(ckpt, "export", checkpoint, "-o", ours, "--force"),
        lambda: python(LOAD.format(imports=imports, load=load), theirs),
        lambda: program(ckpt, "import", theirs, "-o", back, "--force"),
    ]
    times = [[] for _ in tasks]
    for _ in range(rounds):
        for task, values in zip(tasks, times):
            os.sync()
            values.append(task())
    for file in (theirs, ours, back):
        os.remove(file)
    return times


def main():
    ckpt, rounds = sys.argv[1], int(sys.argv[2])
    print("| format | Python saves, synced | ckpt exports | ratio | Python loads | ckpt imports, synced |")
    print("|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory(prefix="ckpt-exchange.") as name:
        directory = pathlib.Path(name)
        source, checkpoint = str(directory / "a.safetensors"), str(directory / "a.ckpt")
        subprocess.run([sys.executable, "-c", MAKE, source], check=True)
        program(ckpt, "import", source, "-o", checkpoint)
        for form in TOOLS:
            if form == "pt" and not has("torch"):
                print("| pt | not measured: torch isn't there | | | | |")
                continue
            times = measure(ckpt, rounds, form, directory, source, checkpoint)
            save, export, load, read = map(statistics.median, times)
            cells = [f"{statistics.median(v):.2f} s ({min(v):.2f}–{max(v):.2f})" for v in times]
            print(f"| {form} | {cells[0]} | {cells[1]} | {save / export:.1f} | {cells[2]} | {cells[3]} |", flush=True)


if __name__ == "__main__":
    main()
