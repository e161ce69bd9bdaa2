"""What the tests of the library and the command need: a bus of their own, a service on it,
programs to talk to, and a way to wait that is bounded.

Where things are comes from the environment: FRAM (the command), FRAMD (the service),
FRAM_CONTRACT (the directory of the XML).
"""

import fcntl
import json
import os
import pathlib
import pty
import subprocess
import sys
import tempfile
import termios
import unittest

import gi

gi.require_version("Gio", "2.0")

from gi.repository import Gio, GLib  # noqa: E402

# Much longer than anything takes, even on a busy machine: it only bounds a hang.
PATIENCE = 30

# Set for a Python that loads a library built with a sanitizer.
FOR_PYTHON = ("LD_PRELOAD", "ASAN_OPTIONS")

HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE.parent))
from forked import main  # noqa: E402, F401

BUS_CONFIG = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:dir={folder}</listen>
  <servicedir>{folder}/services</servicedir>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"""


def make_environment():
    """For programs: Python is not instrumented; what it starts is, or needs not to be."""
    return {k: v for k, v in os.environ.items() if k not in FOR_PYTHON}


def wait(what, condition, patience=PATIENCE):
    """Runs the main context until `condition()` is true."""
    expired = []
    source = GLib.timeout_add_seconds(patience, lambda: expired.append(True) or False)
    context = GLib.MainContext.default()
    while not condition() and not expired:
        context.iteration(True)
    if expired:
        raise AssertionError(f"No {what} within {patience} s")
    GLib.source_remove(source)


class Program:
    """A program whose output lines are read by the main context."""

    def __init__(self, command, environment, **how):
        self.lines = []
        self.complaints = tempfile.TemporaryFile()
        self.handle = subprocess.Popen(
            ["setpriv", "--pdeathsig", "KILL", *map(str, command)],
            stdout=subprocess.PIPE,
            env=environment,
            **{"stdin": subprocess.PIPE, "stderr": self.complaints, **how},
        )
        self._partial = b""
        self._open = True
        GLib.unix_fd_add_full(
            GLib.PRIORITY_DEFAULT,
            self.handle.stdout.fileno(),
            GLib.IOCondition.IN | GLib.IOCondition.HUP,
            self._on_output,
        )

    def _on_output(self, fd, _condition):
        data = os.read(fd, 65536)
        *whole, self._partial = (self._partial + data).split(b"\n")
        self.lines += [line.decode() for line in whole]
        self._open = data != b""
        return self._open

    def write(self, line):
        self.handle.stdin.write(line if isinstance(line, bytes) else line.encode())
        self.handle.stdin.flush()

    def close_input(self):
        self.handle.stdin.close()

    def wait_line(self, what, accept):
        wait(f"{what}; it said {self.lines} {self.said()}",
             lambda: any(accept(line) for line in self.lines) or not self._open)
        found = [line for line in self.lines if accept(line)]
        if not found:
            raise AssertionError(f"No {what}: it ended, {self.lines} {self.said()}")
        return found[-1]

    def wait_end(self):
        """Returns the exit status, when all output has been read."""
        wait("end of the output", lambda: not self._open)
        return self.handle.wait(PATIENCE)

    def said(self):
        """What it printed on standard error."""
        self.complaints.seek(0)
        return self.complaints.read().decode()

    def kill(self):
        self.handle.kill()
        self.handle.wait()

    def stop(self):
        if self.handle.poll() is None:
            self.handle.terminate()
            self.handle.wait(PATIENCE)
        wait("end of the output", lambda: not self._open)
        if self.handle.stdin is not None:
            self.handle.stdin.close()
        self.handle.stdout.close()
        self.complaints.close()


class JsonProgram(Program):
    """`fram connect --json`."""

    def events(self, kind=None):
        found = [json.loads(line) for line in self.lines]
        return [event for event in found if kind is None or event["ev"] == kind]

    def tell(self, **message):
        self.write(json.dumps(message) + "\n")

    def wait_event(self, kind, **members):
        def accept(line):
            event = json.loads(line)
            return event["ev"] == kind and all(event.get(k) == v for k, v in members.items())

        return json.loads(self.wait_line(f"event {kind} {members}", accept))


class Terminal(Program):
    """A program whose input and complaints are a terminal of its own; `screen` is what can be
    seen there."""

    def __init__(self, command, environment):
        self.screen = b""
        self.ours, theirs = pty.openpty()
        super().__init__(command, environment, stdin=theirs, stderr=theirs,
                         preexec_fn=self._take_terminal)
        os.close(theirs)
        self._seen = True
        self._source = GLib.unix_fd_add_full(
            GLib.PRIORITY_DEFAULT, self.ours, GLib.IOCondition.IN | GLib.IOCondition.HUP,
            self._on_screen)

    @staticmethod
    def _take_terminal():
        os.setsid()
        fcntl.ioctl(0, termios.TIOCSCTTY, 0)

    def _on_screen(self, fd, _condition):
        try:
            data = os.read(fd, 65536)
        except OSError:  # the other end is closed
            data = b""
        self.screen += data
        self._seen = data != b""
        return self._seen

    def write(self, line):
        os.write(self.ours, line if isinstance(line, bytes) else line.encode())

    def wait_screen(self, text):
        wait(f"“{text}” on {self.screen}",
             lambda: text.encode() in self.screen or not self._seen)
        if text.encode() not in self.screen:
            raise AssertionError(f"No “{text}” on {self.screen}")

    def said(self):
        return self.screen.decode()

    def wait_end(self):
        wait("end of the screen", lambda: not self._seen)
        return super().wait_end()

    def hang_up(self):
        GLib.source_remove(self._source)
        self._seen = False
        os.close(self.ours)
        self.ours = -1

    def shows_input(self):
        return bool(termios.tcgetattr(self.ours)[3] & termios.ECHO)

    def stop(self):
        super().stop()
        wait("end of the screen", lambda: not self._seen)
        if self.ours >= 0:
            os.close(self.ours)


class Case(unittest.TestCase):
    """A test on a bus of its own."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="fram-client-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        (self.folder / "services").mkdir()
        (self.folder / "bus.conf").write_text(BUS_CONFIG.format(folder=self.folder))
        self.environment = {
            **make_environment(), "G_DEBUG": "fatal-warnings", "LC_ALL": "C.UTF-8",
            "HOME": str(self.folder), "XDG_RUNTIME_DIR": str(self.folder),
            **{f"XDG_{kind}_HOME": f"{self.folder}/{kind.lower()}"
               for kind in ("CACHE", "CONFIG", "STATE")},
        }
        command = ["dbus-daemon", f"--config-file={self.folder}/bus.conf", "--nofork",
                   "--print-address"]
        self.bus = self.start(command)
        self.address = self.bus.wait_line("address of the bus", bool)
        self.environment["DBUS_SESSION_BUS_ADDRESS"] = self.address

    def start(self, command, kind=Program):
        program = kind(command, self.environment)
        self.addCleanup(program.stop)
        return program

    def start_mock(self, **faults):
        """The service that can misbehave; its calls are lines of JSON."""
        command = [sys.executable, "-B", HERE / "mock_framd.py", os.environ["FRAM_CONTRACT"]]
        self.mock = self.start(command + [f"{m}={f}" for m, f in faults.items()])
        self.mock.wait_line("service", lambda line: "ready" in json.loads(line))
        return self.mock

    def make_mock_startable(self):
        """Lets the bus start the mock when it is wanted."""
        (self.folder / "services" / "org.fram.Ice1.service").write_text(
            "[D-BUS Service]\nName=org.fram.Ice1\n"
            f"Exec={sys.executable} -B {HERE}/mock_framd.py {os.environ['FRAM_CONTRACT']}\n"
        )
        daemon = self.connect_to_bus()
        daemon.call_sync("org.freedesktop.DBus", "/org/freedesktop/DBus",
                         "org.freedesktop.DBus", "ReloadConfig", None, None, 0, -1, None)
        daemon.close_sync(None)

    def calls(self, method):
        """The calls of `method` that the mock has seen."""
        context = GLib.MainContext.default()
        while context.pending():  # it tells of a call before it answers
            context.iteration(False)
        found = [json.loads(line) for line in self.mock.lines]
        return [call for call in found if call.get("call") == method]

    def start_framd(self, *options, by=()):
        """Returns when it serves: it has its name before it has read its files.

        `by`: a program that starts it.
        """
        service = self.start([*by, os.environ["FRAMD"], *options])
        waiter = self.start(["gdbus", "wait", "--session", "--timeout", "30",
                             "org.fram.Ice1"])
        self.assertEqual(waiter.wait_end(), 0, service.said())
        bus = self.connect_to_bus()
        bus.call_sync("org.fram.Ice1", "/", "org.freedesktop.DBus.Peer", "Ping", None, None,
                      Gio.DBusCallFlags.NO_AUTO_START, 30000, None)
        bus.close_sync()
        return service

    def start_fram(self, *arguments, kind=Program):
        return self.start([os.environ["FRAM"], *arguments], kind)

    def start_json(self, *arguments):
        return self.start([os.environ["FRAM"], "connect", "--json", *arguments], JsonProgram)

    def connect_to_bus(self):
        flags = (Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT
                 | Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION)
        return Gio.DBusConnection.new_for_address_sync(self.address, flags, None, None)
