"""A side of the comparison: a process that is asked by lines of JSON."""
import json
import os
import subprocess
import threading
import time


class Failure(Exception):
    """What a side could not do."""


class Process:
    def __init__(self, command):
        # In a session of its own: an interrupt ends the comparison, which ends the sides.
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True)
        self.messages = []
        threading.Thread(target=self.listen, daemon=True).start()

    def listen(self):
        for line in self.process.stderr:
            self.messages = self.messages[-20:] + [line.rstrip()]

    def ask(self, **command):
        try:
            self.process.stdin.write(json.dumps(command) + "\n")
            self.process.stdin.flush()
            line = self.process.stdout.readline()
        except BrokenPipeError:
            line = ""
        if not line:
            raise Failure(f"the process ended ({self.process.wait()}): {' '.join(self.messages[-2:])}")
        answer = json.loads(line)
        if answer.get("error"):
            raise Failure(answer["error"])
        return answer

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    # Memory, as Linux counts it.

    def status(self, field):
        for line in open(f"/proc/{self.process.pid}/status"):
            if line.startswith(field + ":"):
                return int(line.split()[1]) << 10
        return 0

    def peak_while(self, **command):
        """How much the process grew at most while it did this: all resident pages, and those of no file, in bytes."""
        with open(f"/proc/{self.process.pid}/clear_refs", "w") as file:
            # The high-water mark begins anew.
            file.write("5")
        before, anonymous = self.status("VmRSS"), self.status("RssAnon")
        most, done = anonymous, threading.Event()

        def watch():
            nonlocal most
            while not done.wait(0.002):
                most = max(most, self.status("RssAnon"))

        watcher = threading.Thread(target=watch)
        watcher.start()
        try:
            self.ask(**command)
        finally:
            done.set()
            watcher.join()
        return self.status("VmHWM") - before, most - anonymous
