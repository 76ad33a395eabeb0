#!/usr/bin/env python3
"""python compare.py --ckpt CKPT --side COMPARE-SIDE [ROUNDS] [...]: see compare and README.md here."""
import argparse
import datetime
import importlib.metadata
import json
import os
import pathlib
import platform
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import report
import states
from measuring import StateRun, say
from processes import Process

HERE = pathlib.Path(__file__).parent
FAMILIES = {"numpy": "NumPy", "torch": "PyTorch", "jax": "JAX"}
PRESETS = {"ckpt-raw": ("ckpt raw", "none"), "ckpt-fast": ("ckpt fast", "fast"), "ckpt-compact": ("ckpt compact", "compact")}
# How many states' memory is needed: four processes hold it, one loads, some copy, files are cached.
MEMORY_FACTOR = 8


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("--ckpt", required=True)
    parser.add_argument("--side", required=True)
    parser.add_argument("rounds", nargs="?", type=int, default=5)
    parser.add_argument("--states", default=",".join(states.STATES), help=f"of {','.join(states.STATES)}")
    parser.add_argument("--methods", default="", help="only these peers, such as dcp,orbax; ckpt always")
    parser.add_argument("--quick", action="store_true", help="no memory, no slow methods after the first round")
    parser.add_argument("--output", type=pathlib.Path, default=HERE / "results")
    parser.add_argument("--scratch", type=pathlib.Path, help="a folder on the disk to measure; by default in TMPDIR")
    chosen = parser.parse_args()
    chosen.states = chosen.states.split(",")
    unknown = [name for name in chosen.states if name not in states.STATES]
    if unknown or chosen.rounds < 1:
        parser.error(f"no such state: {', '.join(unknown)}" if unknown else "at least one round")
    return chosen


def first_line(*command):
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip().splitlines()[0]
    except (OSError, subprocess.CalledProcessError, IndexError):
        return "unknown"


def file_system(directory):
    """The type of the mount it lies in."""
    mounts = []
    try:
        mounts = [line.split()[1:3] for line in open("/proc/mounts")]
    except OSError:
        pass
    within = [(len(place), kind) for place, kind in mounts if directory.is_relative_to(place.replace("\\040", " "))]
    # Of several mounts at one place the last one is seen.
    return sorted(within, key=lambda mount: mount[0])[-1][1] if within else "unknown"


def machine(directory):
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {
        "cores": os.cpu_count(), "memory_GiB": round(memory / 2**30),
        "system": f"{platform.system()} {platform.release().split('-')[0]}, {platform.machine()}",
        "file_system": file_system(directory),
    }


def versions():
    found = {"python": platform.python_version()}
    for line in (HERE / "requirements.txt").read_text().split():
        name = line.split("==")[0]
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            pass
    return found


def available_memory():
    try:
        for line in open("/proc/meminfo"):
            if line.startswith("MemAvailable"):
                return int(line.split()[1]) << 10
    except OSError:
        pass
    return sys.maxsize


def why_not(state, folder, scratch):
    """Why a state can't be measured here."""
    size = sum(entry["bytes"] for entry in json.loads((folder / "tensors.json").read_text())["tensors"])
    if available_memory() < MEMORY_FACTOR * size:
        return f"{MEMORY_FACTOR * size / 1e9:.0f} GB of free memory are needed"
    if shutil.disk_usage(scratch).free < 3 * size:
        return f"{3 * size / 1e9:.0f} GB of free disk are needed"
    return None


def families(chosen):
    """Methods of each family that are there, and why others aren't."""
    found, failures = {}, {}
    wanted = set(filter(None, chosen.methods.split(",")))
    for family in FAMILIES:
        try:
            with Process([sys.executable, str(HERE / "worker.py"), family]) as process:
                methods = process.ask(op="describe")["methods"]
        except Exception as error:
            failures[FAMILIES[family]] = f"{error}"
            continue
        for name, method in methods.items():
            if wanted and name not in wanted:
                continue
            if method["failure"]:
                failures[method["label"]] = method["failure"]
            else:
                found.setdefault(family, {})[name] = method
    for label, failure in failures.items():
        say(f"SKIPPED: {label}: {failure}")
    return found, failures


def write(results, folder):
    (folder / "results.json").write_text(json.dumps(results, indent=1) + "\n")
    (folder / "RESULTS.md").write_text(report.markdown(results))
    (folder / "chart.svg").write_text(report.chart(results))


def main():
    chosen = arguments()
    # What is left is removed on the way out.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda number, _: sys.exit(128 + number))
    found, failures = families(chosen)
    chosen.output.mkdir(parents=True, exist_ok=True)
    file = chosen.output / "results.json"
    # States that aren't measured now keep what was measured before.
    results = json.loads(file.read_text()) if file.exists() else {"states": {}}
    with tempfile.TemporaryDirectory(prefix="ckpt-compare.", dir=chosen.scratch) as name:
        scratch = pathlib.Path(name)
        results |= {"machine": machine(scratch), "versions": versions(), "skipped": failures,
                    "labels": report.labels(PRESETS, found)}
        for state in [state for state in states.STATES if state in chosen.states]:
            text, make = states.STATES[state]
            say(f"{state}: {text}")
            folder = scratch / "state"
            folder.mkdir()
            make(folder)
            reason = why_not(state, folder, scratch)
            if reason:
                say(f"SKIPPED: {state}: {reason}")
                results["states"].setdefault(state, {"skipped": reason})
            else:
                with StateRun(chosen, PRESETS, found, state, folder, scratch) as run:
                    results["states"][state] = run.measure() | {
                        "text": text, "date": datetime.date.today().isoformat(),
                        "version": first_line(chosen.ckpt, "--version")}
            write(results, chosen.output)
            shutil.rmtree(folder)
    print(report.markdown(results))
    say(f"written: RESULTS.md, results.json, chart.svg in {chosen.output}")


if __name__ == "__main__":
    main()
