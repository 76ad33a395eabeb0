"""Measures one state: all methods in turns, round by round."""
import json
import math
import os
import pathlib
import subprocess
import sys
import time

import files
from limits import Limits, publish
from processes import Failure, Process

HERE = pathlib.Path(__file__).parent
# A method whose first round takes longer sits out all but the first two, or all others and the memory.
SLOW_SECONDS, VERY_SLOW_SECONDS = 15, 45
# What takes longer isn't repeated within a round.
REPEATED_BELOW_SECONDS = 0.5
# Small states are saved several times a round.
REPEATS_BELOW = ((1 << 20, 20), (64 << 20, 3))


def say(text):
    print(text, file=sys.stderr, flush=True)


class Method:
    """One way to save and load, and what was measured of it."""

    def __init__(self, name, label, process, preset=None, facts=None):
        self.name, self.label, self.process, self.preset = name, label, process, preset
        self.facts = facts or {}
        self.is_ours = preset is not None
        self.values = {}
        self.size = self.failure = None
        self.is_checked = False
        # Of its first round.
        self.round_seconds = None

    def add(self, operation, seconds):
        self.values.setdefault(operation, []).extend(seconds)

    def command(self, op, path, **more):
        return {"op": op, "path": str(path), "method": self.name} | ({"preset": self.preset} if self.preset else {}) | more


class StateRun:
    def __init__(self, chosen, presets, families, state, folder, scratch):
        self.chosen, self.state, self.folder = chosen, state, folder
        self.work = scratch / "work"
        self.work.mkdir()
        description = json.loads((folder / "tensors.json").read_text())["tensors"]
        self.size, self.count = sum(entry["bytes"] for entry in description), len(description)
        # Of those whose size is nearest to 4 MiB, by factor, the one in the middle of the file.
        nearest = min((abs(math.log(entry["bytes"] / (4 << 20))), entry["bytes"]) for entry in description)[1]
        fitting = [entry for entry in description if entry["bytes"] == nearest]
        self.tensor = fitting[len(fitting) // 2]
        self.is_pair = state == "finetune"
        self.repeats = next((repeats for below, repeats in REPEATS_BELOW if self.size < below), 1)
        self.limits, self.limit_values, self.processes, self.methods = None, {}, [], []
        try:
            for family in [None, *families]:
                process = self.start(family)
                if family is None:
                    self.methods += [Method(name, label, process, preset) for name, (label, preset) in presets.items()]
                else:
                    self.methods += [Method(name, facts["label"], process, facts=facts) for name, facts in families[family].items()]
            self.limits = Limits(self.size, self.work)
        except BaseException:
            self.__exit__()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for process in self.processes:
            process.close()
        if self.limits:
            self.limits.close()
        files.remove(self.work)

    def start(self, family, with_state=True):
        process = Process([self.chosen.side] if family is None else [sys.executable, str(HERE / "worker.py"), family])
        process.family = family
        self.processes.append(process)
        if with_state:
            process.ask(op="state", path=str(self.folder), changed=self.is_pair)
        return process

    def measure(self):
        for method in self.methods:
            self.attempt(method, self.warm_up)
        for number in range(self.chosen.rounds):
            say(f"  round {number + 1} of {self.chosen.rounds}")
            self.attempt_limits()
            turn = number % len(self.methods)
            for method in self.methods[turn:] + self.methods[:turn]:
                if method.failure or number >= self.rounds_of(method):
                    continue
                start = time.monotonic()
                self.attempt(method, self.round)
                seconds = time.monotonic() - start
                method.round_seconds = method.round_seconds or seconds
                say(f"    {method.label}: {seconds:.1f} s")
        if not self.chosen.quick and sys.platform == "linux":
            say("  memory")
            for method in self.methods:
                if not method.failure and not self.is_pair and method.round_seconds < VERY_SLOW_SECONDS:
                    self.attempt(method, self.memory)
        return {
            "bytes": self.size, "tensors": self.count, "rounds": self.chosen.rounds,
            "one_bytes": self.tensor["bytes"], "limits": self.limit_values,
            "methods": {
                method.name: {"size": method.size, "checked": method.is_checked, "failure": method.failure, "values": method.values}
                for method in self.methods
            },
        }

    def rounds_of(self, method):
        seconds = method.round_seconds or 0
        if seconds > (SLOW_SECONDS if self.chosen.quick else VERY_SLOW_SECONDS):
            return 1
        return 2 if seconds > SLOW_SECONDS else self.chosen.rounds

    def attempt(self, method, task):
        path = self.work / method.name
        try:
            task(method, path)
        except Failure as failure:
            method.failure = str(failure)
            say(f"FAILED: {method.label}: {failure}")
        finally:
            for left in self.work.iterdir():
                files.remove(left)

    def attempt_limits(self):
        def note(name, seconds):
            self.limit_values.setdefault(name, []).append(seconds)

        for _ in range(self.repeats):
            os.sync()
            note("write", self.limits.write())
            files.evict(self.limits.file)
            note("read_cold", self.limits.read_cold())
            files.warm(self.limits.file)
            note("read_warm", self.limits.read_warm())
            note("copy", self.limits.copy())
            files.remove(self.limits.file)
        for _ in range(20):
            note("publish", publish(min(self.size, 460 << 10), self.work))

    def save(self, method, path):
        """One durable save; where the file is."""
        os.sync()
        if self.is_pair and method.is_ours:
            answer = method.process.ask(**method.command("second", path))
            method.add("save", answer["seconds"])
            return pathlib.Path(answer["file"])
        answer = method.process.ask(**method.command("save", path))
        method.add("save", answer["seconds"])
        # Ours returns when all is on the disk.
        method.add("returned", [answer.get("returned", answer["seconds"][0])])
        return path

    def warm_up(self, method, path, process=None):
        """What is imported, made or compiled at the first call is not the save's."""
        (process or method.process).ask(**method.command("warm_up", path))

    def round(self, method, path):
        for number in range(self.repeats):
            if number and method.values["save"][0] > REPEATED_BELOW_SECONDS:
                break
            files.remove(path)
            file = self.save(method, path)
        method.size = files.size_of(file)
        if not method.is_checked:
            if not method.process.ask(**method.command("check", file))["equal"]:
                raise Failure("what was loaded is not what was saved")
            method.is_checked = True
        repeats = 1 if method.values["save"][0] > REPEATED_BELOW_SECONDS else self.repeats
        for operation, more in self.loads(method):
            for _ in range(repeats):
                left = files.evict(file)
                if left < 0.01:
                    method.add(f"load_cold{operation}", method.process.ask(**method.command("load", file, **more))["seconds"])
            files.warm(file)
            for _ in range(repeats):
                method.add(f"load_warm{operation}", method.process.ask(**method.command("load", file, **more))["seconds"])
        if method.is_ours:
            for _ in range(repeats):
                method.add("load_into", method.process.ask(**method.command("loadInto", file))["seconds"])
        for operation in ("one", "inspect"):
            more = {"tensor": self.tensor["name"], "repeats": 6}
            # The first one finds caches cold.
            seconds = method.process.ask(**method.command(operation, file, **more))["seconds"]
            method.add(operation, seconds[1:] or seconds)
        if method.is_ours:
            method.add("inspect_process", [self.inspect_process(file) for _ in range(3)])
        if self.is_pair:
            return
        files.remove(path)
        if method.is_ours or method.facts.get("background"):
            os.sync()
            answer = method.process.ask(**method.command("background", f"{path}-background"))
            method.add("stall", [answer["stall"]])
            method.add("background", answer["seconds"])
            if "firstWrite" in answer:
                method.add("first_write", [answer["firstWrite"]])
            if "copiedStall" in answer:
                method.add("copied_stall", [answer["copiedStall"]])
                method.add("copied_first_write", [answer["copiedFirstWrite"]])

    def loads(self, method):
        """What is loaded how: suffix of the operation, and what the side is told."""
        return [("", {})] + ([("_mapped", {"mapped": True})] if method.facts.get("mapped") else [])

    def inspect_process(self, file):
        start = time.monotonic()
        subprocess.run([self.chosen.ckpt, "inspect", "--json", str(file)], check=True, stdout=subprocess.DEVNULL)
        return time.monotonic() - start

    def memory(self, method, path):
        """Save and load in processes of their own, whose allocators have nothing in store."""
        process = self.start(method.process.family)
        self.warm_up(method, path, process)
        files.remove(path)
        peaks = process.peak_while(**method.command("save", path))
        method.values["memory_save"], method.values["memory_save_anonymous"] = [peaks[0]], [peaks[1]]
        process.close()
        self.processes.remove(process)
        # Orbax and DCP must be told what to load: they have the state; the others get an empty process.
        process = self.start(method.process.family, with_state=method.name in ("orbax", "dcp"))
        self.warm_up(method, self.work / "warm_up", process)
        files.warm(path)
        peaks = process.peak_while(**method.command("load", path))
        method.values["memory_load"], method.values["memory_load_anonymous"] = [peaks[0] - self.size], [peaks[1] - self.size]
        process.close()
        self.processes.remove(process)
