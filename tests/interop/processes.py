"""Programs under test, and the one loop that waits for what they say.

Everything is driven by events: a line on a pipe, the end of a process.  Every wait has a
bound, and what was said until then is part of the failure.
"""

import json
import os
import selectors
import signal
import subprocess
import sys
import tempfile
import time

# Networks and how to start programs in them are the lab's affair.
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path += [os.path.join(HERE, "..", "lab"), os.path.join(HERE, "..")]

import programs  # noqa: E402  pylint: disable=wrong-import-position

# Much longer than anything takes, even on a busy machine: it only bounds a hang.
PATIENCE = 30

# Between two questions of Stage.poll.
POLLING = 0.5

GOOD_ENDS = (0, -signal.SIGTERM)


class Failure(AssertionError):
    """A program ended, was silent for too long, or said what it must not say."""


class Process:
    """A program whose standard output is read by the stage, line by line.

    It ends with the harness: by the end of its input, and by a signal from the kernel if
    the harness is killed.
    """

    def __init__(self, stage, name, command, environment=None):
        self.name = name
        self.lines = []
        self.log = open(os.path.join(stage.folder, f"{name}.log"), "w+b")
        self.handle = programs.start(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.log,
            env=environment,
        )
        self._partial = b""
        stage.add(self)

    def read(self):
        """Takes what is there; returns False at the end."""
        data = os.read(self.handle.stdout.fileno(), 65536)
        *whole, self._partial = (self._partial + data).split(b"\n")
        for line in whole:
            self.lines.append(line.decode(errors="replace"))
            self.take_line(self.lines[-1])
        return data != b""

    def take_line(self, line):
        """For subclasses that understand the lines."""

    def ended(self):
        return self.handle.poll() is not None

    def ask_to_stop(self):
        self.handle.terminate()

    def stop(self):
        """Ends it in good order, or by force after a while; returns its exit status."""
        if not self.ended():
            self.ask_to_stop()
        self.handle.stdin.close()
        try:
            self.handle.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.handle.kill()
            self.handle.wait()
        self.handle.stdout.close()
        self.log.close()
        return self.handle.returncode

    def transcript(self):
        self.log.seek(0)
        told = self.log.read().decode(errors="replace").splitlines()
        said = [f"  {line}" for line in self.lines] + [f"  log: {line}" for line in told]
        state = f"ended with {self.handle.returncode}" if self.ended() else "running"
        return "\n".join([f"{self.name} ({state}):"] + said)


class JsonProcess(Process):
    """A program that speaks the line protocol of `fram connect --json`."""

    def __init__(self, stage, name, command, environment=None):
        self.events = []
        self.listeners = []
        self.trickles = "--trickle" in command
        super().__init__(stage, name, command, environment)

    def take_line(self, line):
        try:
            event = json.loads(line)
        except ValueError as error:
            raise Failure(f"{self.name} said what is no JSON: {line}") from error
        self.events.append(event)
        for listener in self.listeners:
            listener(event)

    def forget_course(self):
        """What it said of states and pairs is of the past."""
        course = ("state", "nominated", "selected")
        self.events = [e for e in self.events if e["ev"] not in course]

    def tell(self, **message):
        self.tell_text(json.dumps(message))

    def tell_text(self, line):
        self.handle.stdin.write(line.encode() + b"\n")
        self.handle.stdin.flush()

    def ask_to_stop(self):
        self.tell(quit=1)

    def all(self, kind):
        return [event for event in self.events if event.get("ev") == kind]

    def last(self, kind):
        found = self.all(kind)
        return found[-1] if found else None


class Stage:
    """All processes of one test, and the loop that reads them; `with` it.

    At the end all are stopped, the last started first, and must have ended well.
    """

    def __init__(self):
        self._folder = tempfile.TemporaryDirectory(prefix="fram-interop-")
        self.folder = self._folder.name
        self.processes = []
        self._selector = selectors.DefaultSelector()

    def __enter__(self):
        return self

    def __exit__(self, kind, error, _):
        if error is not None and not isinstance(error, Failure):
            print(self.transcript(), file=sys.stderr)
        ended = [(process.name, process.stop()) for process in reversed(self.processes)]
        self._selector.close()
        self._folder.cleanup()
        bad = [f"{name} with {status}" for name, status in ended if status not in GOOD_ENDS]
        if error is None and bad:
            raise Failure("Ended badly: " + ", ".join(bad))

    def add(self, process):
        self.processes.append(process)
        self._selector.register(process.handle.stdout, selectors.EVENT_READ, process)

    def dismiss(self, process):
        """Ends a program before the others; it must end well."""
        self.processes.remove(process)
        if process.handle.stdout in [key.fileobj for key in self._selector.get_map().values()]:
            self._selector.unregister(process.handle.stdout)
        status = process.stop()
        if status not in GOOD_ENDS:
            raise Failure(f"{process.name} ended with {status}")

    def listen(self, reader):
        """Reads from something else too: `fileno()`, and `read()` that takes what is there."""
        self._selector.register(reader, selectors.EVENT_READ, reader)

    def pass_time(self, seconds):
        """Reads what comes for so long, for programs that measure."""
        deadline = time.monotonic() + seconds
        while (remaining := deadline - time.monotonic()) > 0:
            for key, _ in self._selector.select(remaining):
                if not key.data.read():
                    self._forget(key, "pause", lambda: False)

    def wait(self, what, condition, patience=PATIENCE):
        """Reads until `condition()` is true."""
        deadline = time.monotonic() + patience
        while not condition():
            remaining = deadline - time.monotonic()
            if remaining <= 0:
                raise Failure(f"No {what} within {patience} s\n{self.transcript()}")
            if not self._selector.get_map():
                raise Failure(f"No {what}: all have ended\n{self.transcript()}")
            for key, _ in self._selector.select(remaining):
                if not key.data.read():
                    self._forget(key, what, condition)

    def poll(self, what, condition):
        """For what nobody tells: asks again and again, and reads meanwhile."""
        deadline = time.monotonic() + PATIENCE
        while not condition():
            if time.monotonic() > deadline:
                raise Failure(f"No {what} within {PATIENCE} s\n{self.transcript()}")
            for key, _ in self._selector.select(POLLING):
                if not key.data.read():
                    self._forget(key, what, lambda: False)

    def _forget(self, key, what, condition):
        self._selector.unregister(key.fileobj)
        key.data.handle.wait(PATIENCE)
        if not condition():
            raise Failure(f"No {what}: {key.data.name} ended\n{self.transcript()}")

    def transcript(self):
        return "\n".join(process.transcript() for process in self.processes)
