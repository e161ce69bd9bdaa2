"""framd as a process: how it starts and ends, and what cannot disturb it."""

import configparser
import os
import select
import signal
import subprocess

import world
from rawbus import RawClient
from talk import connect, take_socket
from world import FRAM, MANAGER, MANAGER_PATH, SESSION, variant


def run(world_, *options, environment=None):
    """Runs framd to its end; returns its status and what it said."""
    done = subprocess.run(
        [os.environ["FRAMD"], *options], env=environment or world_.environment,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=world.PATIENCE,
        check=False)
    return done.returncode, done.stdout.decode()


def create_many(world_, client, n):
    """Creates sessions without waiting for each; returns their paths."""
    answers = [client.begin(MANAGER_PATH, MANAGER, "CreateSession", variant(
        "(a{sv})", ({"trickle": variant("b", True)},))) for _ in range(n)]
    world_.wait("sessions", lambda: all(answers))
    return {answer[0][0] for answer in answers}


class Start(world.Case):
    def test_version(self):
        status, said = run(self.world, "--version")
        self.assertEqual((status, said), (0, f"framd {os.environ['FRAM_VERSION']}\n"))

    def test_wrong_options(self):
        for options in (("--nonsense",), ("--max-sessions", "-1"),
                        ("--max-sessions-per-application", "x"), ("--linger", "-5"),
                        ("surplus",)):
            status, said = run(self.world, *options)
            self.assertEqual(status, 1)
            self.assertTrue(said.startswith("framd: "), said)
            self.assertNotIn("running already", said)

    def test_second(self):
        """The name is taken: the second ends, the first does not notice."""
        status, said = run(self.world)
        self.assertEqual(status, 1)
        self.assertIn("running already", said)
        self.assertEqual(self.world.client().sessions(), [])

    def test_no_bus(self):
        environment = dict(self.world.environment)
        environment["DBUS_SESSION_BUS_ADDRESS"] = "unix:path=/nonexistent/bus"
        status, said = run(self.world, environment=environment)
        self.assertEqual(status, 1)
        self.assertIn("no session bus", said)


class Activation(world.Case):
    def setUp(self):
        super().setUp()
        self.world.service.stop()
        self.world.processes.remove(self.world.service)

    def install(self):
        """The activation file of the build, with the framd of the build."""
        parser = configparser.RawConfigParser()
        parser.optionxform = str
        parser.read(os.environ["ACTIVATION"], encoding="utf-8")
        section = parser["D-BUS Service"]
        self.assertEqual(section["Name"], FRAM)
        self.assertEqual(section["SystemdService"], "fram.service")
        self.assertEqual(os.path.basename(section["Exec"]), "framd")
        section["Exec"] = os.environ["FRAMD"]
        path = os.path.join(self.world.folder, "services", f"{FRAM}.service")
        with open(path, "w", encoding="utf-8") as file:
            parser.write(file, space_around_delimiters=False)

    def test_by_the_first_call(self):
        self.install()
        client = self.world.client()
        bus = ("/org/freedesktop/DBus", "org.freedesktop.DBus")
        client.call(*bus, "ReloadConfig", destination=bus[1])
        client.call(*bus, "StartServiceByName", variant("(su)", (FRAM, 0)),
                    destination=bus[1])
        pid = client.call(*bus, "GetConnectionUnixProcessID", variant("(s)", (FRAM,)),
                          destination=bus[1])[0]
        self.assertEqual(client.sessions(), [])
        # The bus started it, so it is no child of ours: it ends with its bus.
        watched = os.pidfd_open(pid)
        self.world.bus.stop()
        self.world.processes.remove(self.world.bus)
        ended = select.select([watched], [], [], world.PATIENCE)[0]
        os.close(watched)
        self.assertEqual(ended, [watched])


class End(world.Case):
    def assert_ends(self, status):
        self.world.wait("end of framd", self.world.service.ended)
        self.assertEqual(self.world.service.handle.returncode, status)

    def test_signals(self):
        """Sessions are told, and their data end."""
        for number in (signal.SIGTERM, signal.SIGINT):
            client = self.world.client()
            client.listen()
            path = client.create()
            with take_socket(client, path) as data:
                self.world.service.signal(number)
                self.assertEqual(data.recv(10), b"")
            self.assert_ends(0)
            self.world.wait("Closed", lambda c=client, p=path: c.heard(p, "Closed"))
            self.assertEqual(client.heard(path, "Closed")[0][0], "service-stopped")
            self.world.processes.remove(self.world.service)
            if number == signal.SIGTERM:
                self.world.start()

    def test_much_to_tell(self):
        """More than a socket takes at once still reaches the bus."""
        client = self.world.client()
        client.listen()
        paths = create_many(self.world, client, 1500)
        self.world.bus.signal(signal.SIGSTOP)
        self.world.service.signal(signal.SIGTERM)
        self.world.wait("end of all sessions", lambda: self.world.service.log().count(
            "closed: service-stopped") == len(paths))
        self.world.bus.signal(signal.SIGCONT)
        self.assert_ends(0)
        self.world.wait("every Closed", lambda: sum(
            name == "Closed" for _, _, name, _ in client.signals) == len(paths))

    def test_killed(self):
        """An error at the application and an end of file, not a hang."""
        one, other = connect(self)
        with one.open() as data, other.open():
            self.world.service.signal(signal.SIGSTOP)
            waiting = one.client.begin(one.path, SESSION, "GetPairs")
            self.world.reach_bus(one.client)
            self.world.service.signal(signal.SIGKILL)
            self.world.wait("an error", lambda: waiting)
            self.world.service.handle.wait()
            self.world.processes.remove(self.world.service)
            self.assertEqual(waiting[0].name, "org.freedesktop.DBus.Error.NoReply")
            self.assertEqual(data.recv(10), b"")
        self.assert_refused("org.freedesktop.DBus.Error.NameHasNoOwner", one.describe)

    def test_bus_gone(self):
        client = self.world.client()
        path = client.create()
        with take_socket(client, path) as data:
            self.world.bus.signal(signal.SIGKILL)
            self.world.bus.handle.wait()
            self.world.processes.remove(self.world.bus)
            self.assertEqual(data.recv(10), b"")
        self.assert_ends(0)

    def test_while_waiting_for_passwords(self):
        client = self.world.client()
        reading, writing = os.pipe()
        options = {"servers": variant("a(ss)", [("stun:192.0.2.1", "")]),
                   "passwords": variant("h", 0)}
        answers = client.begin(MANAGER_PATH, MANAGER, "CreateSession",
                               variant("(a{sv})", (options,)), [reading])
        self.world.settle(client)
        self.world.service.signal(signal.SIGTERM)
        self.assert_ends(0)
        self.world.wait("an answer", lambda: answers)
        self.assertEqual(answers[0].name, "org.fram.Ice1.Error.Failed")
        os.close(reading)
        os.close(writing)


class Disturbance(world.Case):
    """One client misbehaves while two others talk; they do not notice."""

    def setUp(self):
        super().setUp()
        one, other = connect(self)
        self.data, self.echo = one.open(), other.open()

    def assert_undisturbed(self):
        self.data.send(b"still there?")
        self.assertEqual(self.echo.recv(100), b"still there?")
        self.assertEqual(len(self.world.client().sessions()), 2)
        self.assertFalse(self.world.service.ended())

    def raw_create(self, options):
        raw = RawClient(self.world)
        self.addCleanup(raw.close)
        return raw, raw.message(FRAM, MANAGER_PATH, MANAGER, "CreateSession",
                                variant("(a{sv})", (options,)))

    def test_fd_missing(self):
        raw, call = self.raw_create({"servers": variant("a(ss)", [("stun:x", "")]),
                                     "passwords": variant("h", 0)})
        self.assertEqual(raw.ask(call).get_error_name(), world.INVALID_ARGS)
        self.assert_undisturbed()

    def test_invalid_text(self):
        raw, call = self.raw_create({"label": variant("s", "spoil")})
        raw.send(call.replace(b"spoil\0", b"\xff\xfe\xfd\xfc\xfb\0"))
        self.assertTrue(raw.is_thrown_out())
        self.assert_undisturbed()

    def test_oversize(self):
        client = self.world.client()
        for value in (world.block(2 * 1024 * 1024), world.block(40 * 1024 * 1024),
                      variant("s", "x" * (5 * 1024 * 1024))):
            self.assert_refused(world.INVALID_ARGS, client.create, {"label": value})
            self.assert_undisturbed()

    def test_deep(self):
        value = variant("b", True)
        for _ in range(60):
            value = variant("v", value)
        client = self.world.client()
        self.assert_refused(world.INVALID_ARGUMENT, client.create, {"label": value})
        self.assert_undisturbed()

    def test_forged_death(self):
        """A signal like the bus' own, from somebody else."""
        victim = self.world.client().sessions()[0][0].split("/")[5]
        name = ":" + victim.replace("_", ".")
        client = self.world.client()
        client.connection.emit_signal(
            FRAM, "/org/freedesktop/DBus", "org.freedesktop.DBus", "NameOwnerChanged",
            variant("(sss)", (name, name, "")))
        self.world.settle(client)
        self.assert_undisturbed()

    def test_flood(self):
        """Calls as fast as they go, of one that never reads its answers."""
        raw = RawClient(self.world)
        call = raw.message(FRAM, MANAGER_PATH, MANAGER, "GetStatus")
        raw.socket.setblocking(False)
        sent = 0
        try:
            while sent < 20000:
                sent += raw.socket.send(call) == len(call)
        except BlockingIOError:
            pass
        self.assert_undisturbed()
        raw.close()
        self.assert_undisturbed()

    def test_many_sessions(self):
        client = self.world.client()
        self.assertEqual(len(create_many(self.world, client, 500)), 500)
        self.assertEqual(len(client.sessions()), 502)
        client.close()
        watcher = self.world.client()
        self.world.wait("end of the sessions", lambda: len(watcher.sessions()) == 2)
        self.assert_undisturbed()


if __name__ == "__main__":
    world.main()
