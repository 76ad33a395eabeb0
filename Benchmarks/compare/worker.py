#!/usr/bin/env python3
"""python worker.py FAMILY: a family of peers, one process. Holds a state in memory, does what each line of standard
input asks for, and answers with a line; both are JSON. The library's side is Side/ here."""
import ctypes
import gc
import importlib
import json
import os
import pathlib
import sys
import time
import traceback

import numpy

import states

# Above, a file system is synced as a whole: quicker than thousands of files one by one.
FILES_SYNCED_ONE_BY_ONE = 64

# What takes longer isn't repeated.
ENOUGH_SECONDS = 1


def sync(path):
    """A peer's save made durable: its files, its directories, and the directory it lies in."""
    directories, files = [os.path.dirname(path)], []
    if os.path.isdir(path):
        for folder, _, names in os.walk(path):
            directories.append(folder)
            files += [os.path.join(folder, name) for name in names]
    else:
        files.append(path)
    everything = files + directories[::-1]
    if len(everything) > FILES_SYNCED_ONE_BY_ONE and sys.platform == "linux":
        handle = os.open(path, os.O_RDONLY)
        if ctypes.CDLL(None, use_errno=True).syncfs(handle):
            raise OSError(ctypes.get_errno(), "syncfs")
        os.close(handle)
        return
    for name in everything:
        handle = os.open(name, os.O_RDONLY)
        os.fsync(handle)
        os.close(handle)


class Worker:
    def __init__(self, family):
        self.family = importlib.import_module(f"peers_{family}")
        self.peers, self.tensors = {}, {}

    def peer(self, name):
        if name not in self.peers:
            self.peers[name] = self.family.PEERS[name]()
        return self.peers[name]

    def bytes_of(self, tensor):
        return numpy.ascontiguousarray(self.family.numpy_of(tensor)).reshape(-1).view(numpy.uint8)

    def touched(self, loaded):
        """Reads a byte of each page, so that what is mapped is there."""
        for tensor in loaded.values():
            self.bytes_of(tensor)[::4096].sum()

    def answer(self, command):
        return getattr(self, command["op"])(command)

    def state(self, command):
        self.tensors = {}
        gc.collect()
        self.tensors = self.family.convert(states.read(pathlib.Path(command["path"]), command.get("changed", False)))
        gc.collect()
        # What was imported is left alone by later collections.
        gc.freeze()
        return {"tensors": len(self.tensors)}

    def warm_up(self, command):
        """All that a peer can do, once, with a state of nothing much."""
        whole = self.tensors
        self.tensors = self.family.convert({f"a/{part}": numpy.ones((64, 64), numpy.float32) for part in "bcd"})
        command = command | {"tensor": "a/b", "repeats": 1}
        try:
            for task in (self.save, self.load, self.one, self.inspect):
                task(command)
            if hasattr(self.peer(command["method"]), "background"):
                self.background(command | {"path": command["path"] + "-background"})
        finally:
            self.tensors = whole
            gc.freeze()
        return {}

    def save(self, command):
        peer, path = self.peer(command["method"]), command["path"]
        start = time.monotonic()
        peer.save(self.tensors, path)
        returned = time.monotonic()
        sync(path)
        return {"seconds": [time.monotonic() - start], "returned": returned - start}

    def background(self, command):
        peer, path = self.peer(command["method"]), command["path"]
        start = time.monotonic()
        wait = peer.background(self.tensors, path)
        returned = time.monotonic()
        wait()
        sync(path)
        return {"seconds": [time.monotonic() - start], "stall": returned - start}

    def loaded(self, command):
        """What was loaded, and how long it took."""
        peer = self.peer(command["method"])
        if hasattr(peer, "prepare_load"):
            peer.prepare_load(self.tensors)
        is_mapped = command.get("mapped", False)
        load = peer.load_mapped if is_mapped else peer.load
        start = time.monotonic()
        loaded = load(command["path"])
        if is_mapped or getattr(peer, "is_lazy", False):
            self.touched(loaded)
        return loaded, time.monotonic() - start

    def load(self, command):
        loaded, seconds = self.loaded(command)
        return {"seconds": [seconds], "tensors": len(loaded)}

    def check(self, command):
        loaded, _ = self.loaded(command)
        equal = loaded.keys() == self.tensors.keys() and all(
            numpy.array_equal(self.bytes_of(loaded[name]), self.bytes_of(tensor)) for name, tensor in self.tensors.items())
        return {"equal": equal}

    def one(self, command):
        peer, seconds = self.peer(command["method"]), []
        for _ in range(command["repeats"]):
            start = time.monotonic()
            peer.one(command["path"], command["tensor"], self.tensors)
            seconds.append(time.monotonic() - start)
            if sum(seconds) > ENOUGH_SECONDS:
                break
        return {"seconds": seconds}

    def inspect(self, command):
        peer, seconds = self.peer(command["method"]), []
        for _ in range(command["repeats"]):
            start = time.monotonic()
            listed = peer.inspect(command["path"])
            seconds.append(time.monotonic() - start)
            if sum(seconds) > ENOUGH_SECONDS:
                break
        return {"seconds": seconds, "tensors": len(listed)}

    def describe(self, command):
        """What there is, or why it isn't."""
        methods = {}
        for name, peer in self.family.PEERS.items():
            try:
                self.peer(name)
                failure = None
            except Exception as error:
                failure = repr(error)
            methods[name] = {"label": peer.label, "packages": peer.packages, "failure": failure,
                             "background": hasattr(peer, "background"), "mapped": hasattr(peer, "load_mapped")}
        return {"methods": methods}


def main():
    # Peers print too.
    output = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    worker = Worker(sys.argv[1])
    for line in sys.stdin:
        try:
            answer = worker.answer(json.loads(line))
        except Exception as error:
            traceback.print_exc()
            answer = {"error": f"{type(error).__name__}: {error}".splitlines()[0][:300]}
        gc.collect()
        print(json.dumps(answer), file=output, flush=True)


if __name__ == "__main__":
    main()
