"""A session belongs to the connection that created it: its life, its rights, its quota."""

import os
import signal
import socket
import sys
import time

import world
from rawbus import RawClient
from world import PROPERTIES, SESSION, variant

# What is promised: a session is gone this long after its owner.
PROMPTLY = 1.0


class Life(world.Case):
    def setUp(self):
        super().setUp()
        self.watcher = self.world.client()

    def assert_gone_promptly(self, since):
        self.world.wait("end of the sessions", lambda: self.watcher.sessions() == [])
        self.assertLess(time.monotonic() - since, PROMPTLY)

    def start_holder(self, n_sessions):
        holder = world.Process(self.world, "holder", [
            sys.executable, "-B", os.path.join(world.HERE, "holder.py"),
            self.world.address, str(n_sessions)])
        self.world.wait("sessions of the holder", lambda: "ready" in holder.log(), holder)
        return holder

    def test_killed(self):
        holder = self.start_holder(3)
        self.assertEqual(len(self.watcher.sessions()), 3)
        since = time.monotonic()
        holder.signal(signal.SIGKILL)
        holder.handle.wait()
        self.world.processes.remove(holder)
        self.assert_gone_promptly(since)

    def test_disconnected(self):
        owner = self.world.client()
        owner.create()
        since = time.monotonic()
        owner.close()
        self.assert_gone_promptly(since)

    def test_gone_at_once(self):
        """An owner that leaves before the service can begin to watch it."""
        for _ in range(30):
            owner = self.world.client()
            arguments = variant("(a{sv})", ({},))
            for _ in range(3):
                owner.connection.call(
                    world.FRAM, world.MANAGER_PATH, world.MANAGER, "CreateSession",
                    arguments, None, world.Gio.DBusCallFlags.NONE, -1, None, None)
            owner.connection.flush_sync(None)
            owner.close()
        self.world.wait("30 owners' sessions created",
                        lambda: self.world.service.log().count("created") == 90)
        self.assert_gone_promptly(time.monotonic())

    def test_data_end(self):
        """What an application left open elsewhere gets its end of file."""
        owner = self.world.client()
        path = owner.create()
        _, fds = owner.call_fds(path, SESSION, "OpenComponent", variant("(uu)", (0, 1)))
        owner.close()
        self.world.wait("end of the session", lambda: self.watcher.sessions() == [])
        with socket.socket(fileno=fds[0]) as data:
            data.settimeout(world.PATIENCE)
            self.assertEqual(data.recv(100), b"")

    def test_others_stay(self):
        owner, other = self.world.client(), self.world.client()
        owner.create()
        kept = other.create()
        owner.close()
        self.world.wait("end of the one session",
                        lambda: len(self.watcher.sessions()) == 1)
        self.assertEqual(other.get(kept, SESSION, "State"), "new")

    def test_close(self):
        owner = self.world.client()
        owner.listen()
        path = owner.create()
        self.assertEqual(owner.session(path, "Close"), ())
        self.world.wait("Closed", lambda: owner.heard(path, "Closed"))
        (cause, explanation), = owner.heard(path, "Closed")
        self.assertEqual(cause, "closed-by-application")
        self.assertGreater(len(explanation), 10)
        self.assertEqual(owner.signals[-1][2], "Closed")
        self.assert_refused("org.freedesktop.DBus.Error.UnknownObject", owner.session,
                            path, "Close")

    def test_watch_ends(self):
        """The bus is to tell of an owner from its first session to its last."""
        monitor = RawClient(self.world)
        self.addCleanup(monitor.close)
        monitor.watch("interface='org.freedesktop.DBus',member='AddMatch'",
                      "interface='org.freedesktop.DBus',member='RemoveMatch'")
        owner = self.world.client()
        paths = [owner.create() for _ in range(3)]
        for path in paths:
            owner.session(path, "Close")
        asked = []
        while len(asked) < 2:
            message = monitor.receive()
            if message.get_member() in ("AddMatch", "RemoveMatch"):
                asked.append(message)
        added, removed = asked
        self.assertEqual((added.get_member(), removed.get_member()),
                         ("AddMatch", "RemoveMatch"))
        self.assertIn(f"arg0='{owner.name}'", added.get_body().unpack()[0])
        self.assertEqual(added.get_body().unpack(), removed.get_body().unpack())

    def test_sockets_are_given_back(self):
        """Sessions that have ended leave no descriptor behind."""
        owner = self.world.client()
        folder = f"/proc/{self.world.service.handle.pid}/fd"

        def cycle():
            path = owner.create({"trickle": variant("b", True)})
            _, fds = owner.call_fds(path, SESSION, "OpenComponent",
                                    variant("(uu)", (0, 1)))
            os.close(fds[0])
            owner.session(path, "Close")
            self.world.settle(owner)

        cycle()
        before = len(os.listdir(folder))
        for _ in range(50):
            cycle()
        self.assertEqual(len(os.listdir(folder)), before)


class Names(world.Case):
    def test_application(self):
        """The name of the command, as soon as the bus has told the process."""
        owner = self.world.client()
        owner.create({"label": variant("s", "a label")})
        with open("/proc/self/comm", encoding="utf-8") as file:
            name = file.read().strip()
        self.world.wait("name", lambda: owner.sessions()[0][1] == name)
        row = owner.sessions()[0]
        self.assertEqual(row[2:8], ("a label", "controlling", "new", "created", "", -1))

    def test_strange_name(self):
        """Any bytes may be a process' name; what comes out is text without controls."""
        strange = b"\xff\x1b[31m\xc3\xa9\n"
        holder = world.Process(self.world, "holder", [
            sys.executable, "-B", os.path.join(world.HERE, "holder.py"),
            self.world.address, "1", strange.hex()])
        self.world.wait("sessions of the holder", lambda: "ready" in holder.log(), holder)
        watcher = self.world.client()
        self.world.wait("name", lambda: watcher.sessions()[0][1] != "")
        self.assertEqual(watcher.sessions()[0][1], "�?[31mé")


class Rights(world.Case):
    def test_methods(self):
        owner, other = self.world.client(), self.world.client()
        path = owner.create()
        for method, arguments in (
            ("GetLocalDescription", None),
            ("SetRemoteDescription", variant("(ssasua(us)b)", (
                "abcd", "x" * 22, [], 0, [], True))),
            ("AddRemoteCandidates", variant("(sa(us))", ("", []))),
            ("EndRemoteCandidates", variant("(s)", ("",))),
            ("Restart", None), ("OpenComponent", variant("(uu)", (0, 1))),
            ("GetCandidates", None), ("GetPairs", None), ("GetStats", None),
            ("Close", None),
        ):
            self.assert_refused(world.ACCESS_DENIED, other.session, path, method,
                                arguments)
            # Before the types are looked at: others learn nothing at all.
            self.assert_refused(world.ACCESS_DENIED, other.session, path, method,
                                variant("(d)", (1.0,)))
        self.assertEqual(owner.get(path, SESSION, "State"), "new")

    def test_properties(self):
        owner, other = self.world.client(), self.world.client()
        path = owner.create()
        for method, arguments in (
            ("Get", variant("(ss)", (SESSION, "State"))),
            ("GetAll", variant("(s)", (SESSION,))),
        ):
            self.assert_refused(world.ACCESS_DENIED, other.call, path, PROPERTIES,
                                method, arguments)

    def test_tables_for_all(self):
        """What the tools show may be seen by all, and holds no secret."""
        owner, other = self.world.client(), self.world.client()
        path = owner.create()
        pwd = owner.session(path, "GetLocalDescription")[1]
        self.assertEqual(other.sessions()[0][0], path)
        self.assertEqual(other.manager("GetPairs", variant("(o)", (path,))), ([],))
        self.assertNotIn(pwd, repr(other.sessions()))
        self.assert_refused(world.NO_SESSION, other.manager, "GetPairs",
                            variant("(o)", (path + "x",)))

    def test_signals_to_the_owner_alone(self):
        owner, other = self.world.client(), self.world.client()
        owner.listen()
        other.listen()
        path = owner.create()
        self.world.wait("gathering", lambda: owner.heard(path, "GatheringDone"))
        owner.session(path, "Close")
        self.world.wait("Closed", lambda: owner.heard(path, "Closed"))
        self.world.settle(other)
        self.assertEqual([entry for entry in other.signals if entry[0] == path], [])

    def test_no_signal_before_the_answer(self):
        """The bus keeps the order of messages: the answer is the first that comes."""
        raw = RawClient(self.world)
        self.addCleanup(raw.close)
        raw.send(raw.message(world.FRAM, world.MANAGER_PATH, world.MANAGER,
                             "CreateSession", variant("(a{sv})", ({},))))
        kinds = []
        while len(kinds) < 2:
            message = raw.receive()
            if message.get_sender() != "org.freedesktop.DBus":
                kinds.append(message.get_message_type())
        self.assertEqual(kinds, [world.Gio.DBusMessageType.METHOD_RETURN,
                                 world.Gio.DBusMessageType.SIGNAL])


class Tokens(world.Case):
    def test_taken(self):
        client = self.world.client()
        token = {"token": variant("s", "mine")}
        path = client.create(token)
        text = self.assert_refused(world.INVALID_ARGUMENT, client.create, token)
        self.assertIn("mine", text)
        self.assertEqual(len(client.sessions()), 1)
        client.session(path, "Close")
        self.assertEqual(client.create(token), path)

    def test_same_word_of_two(self):
        one, other = self.world.client(), self.world.client()
        token = {"token": variant("s", "same")}
        self.assertNotEqual(one.create(token), other.create(token))

    def test_that_the_service_would_choose(self):
        client = self.world.client()
        chosen = client.create().rpartition("/")[2]
        number = int("".join(filter(str.isdigit, chosen)))
        word = chosen.removesuffix(str(number))
        for ahead in range(1, 4):
            client.create({"token": variant("s", f"{word}{number + ahead}")})
        self.assertEqual(client.create().rpartition("/")[2], f"{word}{number + 4}")


class Quotas(world.Case):
    options = ("--max-sessions", "5", "--max-sessions-per-application", "3")

    def test_of_one_and_of_all(self):
        one, other = self.world.client(), self.world.client()
        paths = [one.create() for _ in range(3)]
        self.assert_refused(world.LIMIT_EXCEEDED, one.create)
        for _ in range(2):
            other.create()
        self.assert_refused(world.LIMIT_EXCEEDED, other.create)
        one.session(paths[0], "Close")
        other.create()
        self.assert_refused(world.LIMIT_EXCEEDED, one.create)

    def test_freed_by_death(self):
        one, other = self.world.client(), self.world.client()
        for _ in range(3):
            one.create()
        one.close()
        self.world.wait("end of the sessions", lambda: other.sessions() == [])
        for _ in range(3):
            other.create()


if __name__ == "__main__":
    world.main()
