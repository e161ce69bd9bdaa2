"""A private session bus, a service on it, and clients that talk to it.

Every case has all of it fresh, in folders of its own and a network namespace of its own.
Waiting is done by the main loop of GLib: it ends with an event, and a bound ends a hang.
"""

import ctypes
import os
import signal
import socket
import subprocess
import sys
import tempfile
import unittest

import gi

gi.require_version("Gio", "2.0")
from gi.repository import Gio, GLib  # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, ".."), os.path.join(HERE, "..", "lab")]
import forked  # noqa: E402
import free_ports  # noqa: E402, F401
import kernel  # noqa: E402

# Much longer than anything takes, even on a busy machine: it only bounds a hang.
PATIENCE = 30

FRAM = "org.fram.Ice1"
MANAGER_PATH = "/org/fram/Ice1"
MANAGER = "org.fram.Ice1.Manager"
INSPECTOR = "org.fram.Ice1.Inspector"
SETTINGS = "org.fram.Ice1.Settings"
SESSION = "org.fram.Ice1.Session"
PROPERTIES = "org.freedesktop.DBus.Properties"

INVALID_ARGS = "org.freedesktop.DBus.Error.InvalidArgs"
ACCESS_DENIED = "org.freedesktop.DBus.Error.AccessDenied"
UNKNOWN_METHOD = "org.freedesktop.DBus.Error.UnknownMethod"
LIMITS_EXCEEDED = "org.freedesktop.DBus.Error.LimitsExceeded"
INVALID_ARGUMENT = "org.fram.Ice1.Error.InvalidArgument"
INVALID_CANDIDATE = "org.fram.Ice1.Error.InvalidCandidate"
INVALID_DESCRIPTION = "org.fram.Ice1.Error.InvalidDescription"
LIMIT_EXCEEDED = "org.fram.Ice1.Error.LimitExceeded"
WRONG_STATE = "org.fram.Ice1.Error.WrongState"
NO_SESSION = "org.fram.Ice1.Error.NoSession"
NO_SETTING = "org.fram.Ice1.Error.NoSetting"
NO_SERVER = "org.fram.Ice1.Error.NoServer"
LOCKED = "org.fram.Ice1.Error.Locked"
NOT_STORED = "org.fram.Ice1.Error.NotStored"

# The limits are those of the session bus as it is installed.
BUS_CONFIG = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path={folder}/{name}</listen>
  <auth>EXTERNAL</auth>
  <servicedir>{folder}/services</servicedir>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
  <limit name="max_incoming_bytes">1000000000</limit>
  <limit name="max_outgoing_bytes">1000000000</limit>
  <limit name="max_message_size">1000000000</limit>
  <limit name="max_match_rules_per_connection">50000</limit>
  <limit name="max_replies_per_connection">50000</limit>
</busconfig>
"""

# Sanitizers and coverage are steered by variables of the caller.
PASSED_ON = ("ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS", "LD_LIBRARY_PATH")

PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None)


def _die_with_parent():
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def variant(signature, value):
    return GLib.Variant(signature, value)


def block(length):
    """An `ay` of that length, made as one piece."""
    return GLib.Variant.new_from_bytes(
        GLib.VariantType("ay"), GLib.Bytes.new(bytes(length)), True)


class Process:
    """A program whose output goes to a file, and that is given some bytes to read."""

    def __init__(self, world, name, command, environment=None, given=b""):
        self.name = name
        self.path = os.path.join(world.folder, f"{name}-{len(world.processes)}.log")
        with open(self.path, "wb") as log:
            self.handle = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=environment or world.environment,
                preexec_fn=_die_with_parent,
            )
        self.handle.stdin.write(given)
        self.handle.stdin.close()
        world.processes.append(self)

    def log(self):
        with open(self.path, "rb") as file:
            return file.read().decode(errors="replace")

    def ended(self):
        return self.handle.poll() is not None

    def signal(self, number):
        self.handle.send_signal(number)

    def stop(self):
        """Ends it in good order; returns its exit status."""
        if not self.ended():
            self.signal(signal.SIGCONT)
            self.signal(signal.SIGTERM)
        try:
            return self.handle.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.handle.kill()
            self.handle.wait()
            raise


class RemoteError(Exception):
    """An error that came over the bus; `name` is its D-Bus name."""

    def __init__(self, error):
        self.name = Gio.DBusError.get_remote_error(error) or error.message
        self.text = error.message.removeprefix(f"GDBus.Error:{self.name}: ")
        super().__init__(f"{self.name}: {self.text}")


class Client:
    """One application: a connection to the bus of its own."""

    def __init__(self, world, address=None):
        self.world = world
        self.connection = Gio.DBusConnection.new_for_address_sync(
            address or world.address,
            Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT
            | Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION,
            None,
            None,
        )
        self.name = self.connection.get_unique_name()
        self.signals = []

    def close(self):
        if not self.connection.is_closed():
            self.connection.close_sync(None)

    def call_raw(self, path, interface, method, arguments=None, fds=(), destination=FRAM):
        """Returns the answer's body and list of descriptors."""
        given = Gio.UnixFDList.new()
        for fd in fds:
            given.append(fd)
        try:
            return self.connection.call_with_unix_fd_list_sync(
                destination, path, interface, method, arguments, None,
                Gio.DBusCallFlags.NO_AUTO_START, PATIENCE * 1000, given, None,
            )
        except GLib.Error as error:
            raise RemoteError(error) from error

    def call_fds(self, path, interface, method, arguments=None, fds=(), destination=FRAM):
        """Returns the answer's values and descriptors."""
        body, taken = self.call_raw(path, interface, method, arguments, fds, destination)
        return body.unpack(), taken.steal_fds() if taken else []

    def call(self, path, interface, method, arguments=None, fds=(), destination=FRAM):
        return self.call_fds(path, interface, method, arguments, fds, destination)[0]

    def begin(self, path, interface, method, arguments=None, fds=(), destination=FRAM):
        """Calls without waiting; the answer, or the RemoteError, comes into the list."""
        answers = []
        given = Gio.UnixFDList.new()
        for fd in fds:
            given.append(fd)

        def done(connection, result):
            try:
                body, _ = connection.call_with_unix_fd_list_finish(result)
                answers.append(body.unpack())
            except GLib.Error as error:
                answers.append(RemoteError(error))

        self.connection.call_with_unix_fd_list(
            destination, path, interface, method, arguments, None,
            Gio.DBusCallFlags.NO_AUTO_START, PATIENCE * 1000, given, None, done,
        )
        return answers

    def manager(self, method, arguments=None, fds=()):
        return self.call(MANAGER_PATH, MANAGER, method, arguments, fds)

    def create(self, options=None, fds=()):
        """Returns the path of a new session."""
        return self.manager("CreateSession", variant("(a{sv})", (options or {},)), fds)[0]

    def session(self, path, method, arguments=None):
        return self.call(path, SESSION, method, arguments)

    def get(self, path, interface, name, destination=FRAM):
        arguments = variant("(ss)", (interface, name))
        return self.call(path, PROPERTIES, "Get", arguments, destination=destination)[0]

    def sessions(self):
        return self.manager("ListSessions")[0]

    def listen(self, destination=None):
        """Collects all signals that reach this connection, from now on."""
        def note(_, sender, path, interface, name, body):
            self.signals.append((path, interface, name, body.unpack()))

        self.connection.signal_subscribe(
            destination, None, None, None, None, Gio.DBusSignalFlags.NONE, note
        )

    def heard(self, path, name):
        return [body for at, _, what, body in self.signals if (at, what) == (path, name)]


def listens(path):
    """Whether somebody takes connections there: the file comes a moment before."""
    with socket.socket(socket.AF_UNIX) as client:
        return client.connect_ex(path) == 0


class World:
    """A bus and what is on it; `with` it."""

    def __init__(self, program=None, name=FRAM, options=()):
        self._folder = tempfile.TemporaryDirectory(prefix="fram-bus-")
        self.folder = self._folder.name
        self.processes = []
        self.clients = []
        self.program = [program or os.environ["FRAMD"], *options]
        self.name = name

    def __enter__(self):
        self.address = f"unix:path={self.folder}/bus"
        self.system_address = f"unix:path={self.folder}/system-bus"
        self.environment = {
            "PATH": os.environ["PATH"],
            "LC_ALL": "C.UTF-8",
            "G_DEBUG": "fatal-warnings",
            # The slices of GLib would hide leaks from sanitizers.
            "G_SLICE": "always-malloc",
            "G_MESSAGES_DEBUG": "all",
            "DBUS_FATAL_WARNINGS": "1",
            "DBUS_SESSION_BUS_ADDRESS": self.address,
            "DBUS_SYSTEM_BUS_ADDRESS": self.system_address,
        }
        for kind in ("HOME", "XDG_RUNTIME_DIR", "XDG_CONFIG_HOME", "XDG_DATA_HOME",
                     "XDG_STATE_HOME", "XDG_CACHE_HOME"):
            path = os.path.join(self.folder, kind.lower())
            os.mkdir(path, mode=0o700)
            self.environment[kind] = path
        for kind in PASSED_ON:
            if kind in os.environ:
                self.environment[kind] = os.environ[kind]
        os.mkdir(os.path.join(self.folder, "services"))
        self.start_bus()
        return self

    def __exit__(self, kind, error, _):
        for client in self.clients:
            client.close()
        statuses = [(process.name, process.stop()) for process in reversed(self.processes)]
        bad = [f"{name}: {status}" for name, status in statuses
               if status not in (0, -signal.SIGTERM, -signal.SIGKILL)]
        if error is not None or bad:
            for process in self.processes:
                print(f"--- {process.name}:\n{process.log()}", file=sys.stderr)
        self._folder.cleanup()
        if error is None and bad:
            raise AssertionError("Ended badly: " + ", ".join(bad))

    def _start_bus(self, name):
        config = os.path.join(self.folder, f"{name}.conf")
        with open(config, "w", encoding="utf-8") as file:
            file.write(BUS_CONFIG.format(folder=self.folder, name=name))
        command = ["dbus-daemon", f"--config-file={config}", "--nofork", "--nopidfile",
                   "--print-address"]
        bus = Process(self, name, command)
        # It tells its address when it listens; the socket is there before that.
        self.wait("the bus", lambda: "guid=" in bus.log(), bus)
        return bus

    def start_bus(self):
        self.bus = self._start_bus("bus")

    def start_system_bus(self):
        """What is not there otherwise."""
        self.system_bus = self._start_bus("system-bus")

    def start(self):
        """Starts the service and waits until it serves.

        It has its name before it has read its files: only an answer says that it has.
        """
        self.service = Process(self, "service", self.program)
        watcher = self.client()
        self.wait("the service's name", lambda: watcher.call(
            "/org/freedesktop/DBus", "org.freedesktop.DBus", "NameHasOwner",
            variant("(s)", (self.name,)), destination="org.freedesktop.DBus")[0],
            self.service)
        self.settle(watcher)
        return self

    def client(self):
        self.clients.append(Client(self))
        return self.clients[-1]

    def wait(self, what, condition, of=None):
        """Runs the main loop until `condition()` is true; `of` is a process that must live.

        What has no event of its own, like the end of a process, is looked at now and then.
        """
        over = []
        context = GLib.MainContext.default()
        bound = GLib.timeout_add(PATIENCE * 1000, lambda: over.append(True) or False)
        glance = GLib.timeout_add(10, lambda: True)
        try:
            while not condition():
                if over:
                    raise AssertionError(f"No {what} within {PATIENCE} s")
                if of is not None and of.ended():
                    raise AssertionError(f"No {what}: {of.name} ended")
                context.iteration(True)
        finally:
            GLib.source_remove(glance)
            if not over:
                GLib.source_remove(bound)

    def reach_bus(self, client):
        """What `client` has sent before this has reached the bus when it returns."""
        client.call("/org/freedesktop/DBus", "org.freedesktop.DBus", "GetId",
                    destination="org.freedesktop.DBus")

    def settle(self, client):
        """What was sent to `client` before this has arrived when it returns."""
        self.reach_bus(client)
        client.call("/", "org.freedesktop.DBus.Peer", "Ping", destination=self.name)
        context = GLib.MainContext.default()
        while context.iteration(False):
            pass


class Case(unittest.TestCase):
    """A case with a framd that has just started."""

    options = ()
    program = None
    name = FRAM

    def setUp(self):
        self.world = World(self.program and os.environ[self.program], self.name,
                           self.options)
        self.world.__enter__()
        self.addCleanup(self._leave)
        self.world.start()

    def _leave(self):
        outcome = self._outcome.result
        failed = any(case is self for case, _ in outcome.failures + outcome.errors)
        failure = AssertionError("failed") if failed else None
        self.world.__exit__(type(failure) if failure else None, failure, None)

    def assert_refused(self, name, call, *arguments):
        """The call fails with this error; returns its text."""
        with self.assertRaises(RemoteError) as caught:
            call(*arguments)
        self.assertEqual(caught.exception.name, name, caught.exception)
        self.assertGreater(len(caught.exception.text), 10)
        return caught.exception.text


def main(without=()):
    """Runs the cases, each with no network but a loopback interface of its own."""
    forked.main(isolate, without)


def isolate():
    kernel.isolate()
    kernel.raise_link("lo")
