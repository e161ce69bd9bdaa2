"""org.fram.Ice1.Inspector: the live tables of all sessions, and those who follow them."""

import os
import signal
import struct
import time

import world
from live import Detail, LiveCase, Table, inspect
from world import (INSPECTOR, INVALID_ARGS, LIMIT_EXCEEDED, MANAGER_PATH, NO_SESSION,
                   variant)

SESSIONS_TYPE = "(tba(tosssusssssssssauuxttssssssx)at)"
SESSION_TYPE = ("(tba(tuussstbttttt)a(txsuusss)a(tuubssssssux)"
                "a(tuuttsssssssbbbbbtxxuuuuuutt)atatat)")


class Sessions(LiveCase):
    def test_types(self):
        path = self.world.client().create()
        for method, arguments, kind in (
            ("Subscribe", None, "(t)"),
            ("GetSessions", variant("(t)", (0,)), SESSIONS_TYPE),
            ("GetSession", variant("(tt)", (self.id_of(path), 0)), SESSION_TYPE),
            ("Unsubscribe", None, "()"),
        ):
            body, _ = self.reader.call_raw(MANAGER_PATH, INSPECTOR, method, arguments)
            self.assertEqual(body.get_type_string(), kind)
        self.assert_refused(INVALID_ARGS, inspect, self.reader, "GetSessions",
                            variant("(u)", (0,)))

    def test_new(self):
        begun = time.time()
        application = self.world.client()
        path = application.create({"label": variant("s", "a Gruß"),
                                   "policy": variant("s", "nohost"),
                                   "components": variant("au", (1, 2))})
        row, = self.table().rows.values()
        self.assertEqual((row.path, row.label, row.policy), (path, "a Gruß", "nohost"))
        self.assertEqual((row.role, row.state, row.cause), ("controlling", "new", "created"))
        self.assertEqual(row.components, [1, 2])
        self.assertIn(row.why, ("gathering", "waiting-for-peer"))
        self.assertGreater(len(row.why_text), 10)
        self.assertEqual((row.pid, row.command[:6]), (os.getpid(), "python"))
        self.assertTrue(row.app_name)
        self.assertEqual((row.local, row.remote, row.protocol, row.rtt), ("", "", "", -1))
        self.assertEqual((row.bytes_sent, row.bytes_received, row.n_pairs), (0, 0, 0))
        self.assertLess(abs(row.started / 1e6 - begun), 60)

    def test_connected(self):
        one, other = self.connect()
        with one.open() as data, other.open() as echo:
            data.send(b"x" * 1000)
            self.assertEqual(len(echo.recv(2000)), 1000)
            rows = {row.path: row for row in self.table().rows.values()}
        row, peer = rows[one.path], rows[other.path]
        self.assertEqual((row.state, row.why), ("completed", "direct-host"))
        self.assertIn("Direct", row.why_text)
        self.assertEqual((row.local_type, row.remote_type, row.protocol, row.relay),
                         ("host", "host", "udp", ""))
        self.assertEqual((row.local, row.remote), (peer.remote, peer.local))
        self.assertGreater(row.rtt, 0)
        self.assertEqual((row.bytes_sent, peer.bytes_received), (1000, 1000))
        self.assertEqual({row.role, peer.role}, {"controlling", "controlled"})

    def test_changes_alone(self):
        """What did not change does not come again; what ended is told once."""
        self.subscribe()
        application = self.world.client()
        application.listen(world.FRAM)
        paths = [application.create() for _ in range(3)]
        for path in paths:
            self.world.wait("gathering", lambda p=path: application.heard(p, "GatheringDone"))
        table = Table(self.reader)
        self.assertEqual(table.pull()[:1], (True,))
        self.assertEqual(len(table.rows), 3)
        self.assertEqual(table.pull(), (False, [], []))
        ids = {row.path: row.id for row in table.rows.values()}
        application.session(paths[1], "SetRemoteDescription", variant(
            "(ssasua(us)b)", ("abcd", "0" * 22, [], 0, [], False)))
        self.assertEqual(table.pull(), (False, [ids[paths[1]]], []))
        self.assertEqual(table.rows[ids[paths[1]]].state, "checking")
        application.session(paths[0], "Close")
        self.assertEqual(table.pull(), (False, [], [ids[paths[0]]]))
        self.assertEqual(table.pull(), (False, [], []))
        self.assertEqual(len(table.rows), 2)

    def test_two_readers(self):
        """Each gets what it lacks, whatever the other has read."""
        other = self.world.client()
        self.subscribe()
        self.subscribe(other)
        mine, theirs = Table(self.reader), Table(other)
        mine.pull()
        application = self.world.client()
        path = application.create()
        theirs.pull()
        mine.pull()
        self.assertEqual([row.path for row in mine.rows.values()], [path])
        application.session(path, "Close")
        for table in (theirs, mine):
            table.pull()
            self.assertEqual(table.rows, {})

    def test_without_subscription(self):
        """All comes, each time."""
        self.world.client().create()
        table = Table(self.reader)
        for _ in range(2):
            self.assertEqual(table.pull()[0], True)
            self.assertEqual(len(table.rows), 1)

    def test_foreign_generation(self):
        """Of another service, or of the future."""
        self.subscribe()
        table = self.table()
        table.known += 10**6
        self.assertEqual(table.pull()[0], True)

    def test_many_removed(self):
        """Who has missed too much gets the whole table."""
        self.subscribe()
        idle, busy = Table(self.reader), Table(self.reader)
        idle.pull()
        application = self.world.client()
        for _ in range(5):
            paths = [application.create() for _ in range(60)]
            busy.pull()
            for path in paths:
                application.session(path, "Close")
            self.assertEqual(busy.pull()[0], False)
            self.assertEqual(busy.rows, {})
        self.assertEqual(idle.pull()[0], True)
        self.assertEqual(idle.rows, {})


class Detailed(LiveCase):
    def test_connected(self):
        one, other = self.connect()
        with one.open() as data, other.open() as echo:
            data.send(b"x" * 700)
            self.assertEqual(len(echo.recv(2000)), 700)
            detail = Detail(self.reader, self.id_of(one.path))
            self.assertTrue(detail.pull()[0])
        component, = detail.components.values()
        self.assertEqual((component.stream, component.component, component.state),
                         (0, 1, "completed"))
        self.assertEqual((component.open, component.bytes_sent, component.packets_sent),
                         (True, 700, 1))

        pair = detail.pairs[component.pair]
        self.assertTrue(pair.readable and pair.writable and pair.nominated and pair.selected)
        self.assertEqual((pair.state, pair.past, pair.bytes_sent), ("succeeded", False, 700))
        self.assertGreater(pair.requests_sent, 0)
        self.assertGreater(pair.responses_received, 0)
        self.assertGreater(pair.rtt, 0)
        self.assertGreaterEqual(pair.total_rtt, pair.rtt)

        local = detail.candidates[pair.local_candidate]
        remote = detail.candidates[pair.remote_candidate]
        self.assertEqual((local.is_remote, local.address), (False, pair.local))
        self.assertEqual((remote.is_remote, remote.address), (True, pair.remote))
        self.assertEqual((local.type, local.transport), ("host", "udp"))
        self.assertGreaterEqual(local.found, 0)
        self.assertGreater(local.priority, 0)

        states = [change.state for _, change in sorted(detail.changes.items())
                  if change.what == "session"]
        self.assertEqual((states[0], states[-1]), ("checking", "completed"))
        self.assertLess({"gathered", "selected", "component"},
                        {change.what for change in detail.changes.values()} | {"x"})
        times = [change.when for _, change in sorted(detail.changes.items())]
        self.assertEqual(times, sorted(times))

    def test_changes_alone(self):
        self.subscribe()
        one, _ = self.connect()
        detail = Detail(self.reader, self.id_of(one.path))
        self.assertTrue(detail.pull()[0])
        n_candidates, n_changes = len(detail.candidates), len(detail.changes)
        self.assertGreater(n_candidates, 0)
        complete, (_, changes, candidates, _) = detail.pull()
        self.assertFalse(complete)
        self.assertEqual((changes, candidates), (0, 0))
        one.call("Restart")
        detail.pull()
        self.assertGreater(len(detail.changes), n_changes - 1)
        # Those of the new generation are others, and the old ones have gone.
        self.assertTrue(detail.candidates)
        self.assertEqual({id_ >> 32 for id_ in detail.candidates}, {1})

    def test_failed_pairs(self):
        """They stay to be seen when their component has failed."""
        application = self.world.client()
        application.listen(world.FRAM)
        path = application.create({
            "remote": variant("(ssasu)", ("abcd", "0" * 22, [], 0)),
            "remote-candidates": variant("a(us)", [
                (0, "candidate:1 1 udp 2130706431 127.0.0.1 9 typ host")]),
        })
        detail = Detail(self.reader, self.id_of(path))
        detail.pull()
        pair, = detail.pairs.values()
        self.assertEqual((pair.remote, pair.past), ("127.0.0.1:9", False))

    def test_no_session(self):
        for session in (0, 1, 2**32, 2**64 - 1):
            for method, arguments in (("GetSession", variant("(tt)", (session, 0))),
                                      ("Capture", variant("(ta{sv})", (session, {})))):
                self.assert_refused(NO_SESSION, inspect, self.reader, method, arguments)
        self.assert_refused(NO_SESSION, inspect, self.reader, "OpenEvents",
                            variant("(t)", (1,)))

    def test_more_than_are_remembered(self):
        """The service forgets what it told of the one asked for longest ago."""
        self.subscribe()
        application = self.world.client()
        for _ in range(65):
            application.create()
        details = [Detail(self.reader, id_) for id_ in sorted(self.table().rows)]
        for detail in details:
            self.assertTrue(detail.pull()[0])
        self.assertEqual([detail.pull()[0] for detail in reversed(details)],
                         [False] * 64 + [True])


class Hints(LiveCase):
    def test_one_until_read(self):
        generation = self.subscribe()
        application = self.world.client()
        for _ in range(50):
            application.session(application.create(), "Close")
        self.world.wait("a hint", lambda: self.hints())
        self.world.settle(self.reader)
        self.assertEqual(len(self.hints()), 1)
        self.assertGreater(self.hints()[0][0], generation)
        self.table()
        application.create()
        self.world.wait("another hint", lambda: len(self.hints()) == 2)

    def test_ten_a_second(self):
        """However fast it reads."""
        self.subscribe()
        table = Table(self.reader)
        application = self.world.client()
        begun = time.monotonic()
        for number in range(300):
            application.session(application.create(), "Close")
            if len(self.hints()) > 0:
                table.pull()
            self.world.settle(self.reader)
        passed = time.monotonic() - begun
        self.assertGreater(len(self.hints()), 0)
        self.assertLessEqual(len(self.hints()), 2 + passed * 10)

    def test_subscribers_alone(self):
        """Nobody else is told, and who unsubscribes is told no more."""
        other = self.world.client()
        other.listen(world.FRAM)
        self.subscribe()
        application = self.world.client()
        application.create()
        self.world.wait("a hint", lambda: self.hints())
        inspect(self.reader, "Unsubscribe")
        inspect(self.reader, "Unsubscribe")
        self.table()
        application.create()
        self.world.settle(self.reader)
        self.world.settle(other)
        self.assertEqual((len(self.hints()), self.hints(other)), (1, []))

    def test_limit(self):
        clients = [self.world.client() for _ in range(33)]
        for client in clients[:32]:
            self.subscribe(client)
        self.assert_refused(LIMIT_EXCEEDED, self.subscribe, clients[32])
        # Again is no more than once, and who leaves makes room.
        self.subscribe(clients[0])
        clients[1].close()
        self.world.wait("room", lambda: self.try_subscribe(clients[32]))

    def try_subscribe(self, client):
        try:
            return self.subscribe(client) >= 0
        except world.RemoteError:
            return False

    def test_reader_leaves(self):
        self.subscribe()
        self.table()
        self.reader.close()
        application = self.world.client()
        path = application.create()
        application.session(path, "Close")
        self.assertFalse(self.world.service.ended())


class Stopped(LiveCase):
    """A reader that is stopped costs the service nothing that grows."""

    PROGRAM = """
import os, sys
from gi.repository import Gio, GLib
bus = Gio.DBusConnection.new_for_address_sync(
    os.environ["DBUS_SESSION_BUS_ADDRESS"],
    Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT
    | Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION, None, None)
def call(method, arguments=None):
    return bus.call_with_unix_fd_list_sync(
        "org.fram.Ice1", "/org/fram/Ice1", "org.fram.Ice1.Inspector", method, arguments,
        None, 0, -1, None)
call("Subscribe")
call("GetSessions", GLib.Variant("(t)", (0,)))
events = call("OpenEvents", GLib.Variant("(t)", (0,)))
print("ready", flush=True)
GLib.MainLoop().run()
"""

    def setUp(self):
        # What a sanitizer keeps of freed memory is not the service's doing.
        more = "quarantine_size_mb=1:thread_local_quarantine_size_kb=64"
        os.environ["ASAN_OPTIONS"] = ":".join(
            filter(None, [os.environ.get("ASAN_OPTIONS"), more]))
        super().setUp()

    def allowance(self):
        """What memory may grow by.  A sanitizer never gives all of it back."""
        with open(self.world.program[0], "rb") as file:
            return (8 << 20) if b"__asan_init" in file.read() else (256 << 10)

    def resident(self):
        with open(f"/proc/{self.world.service.handle.pid}/statm", encoding="ascii") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")

    def churn(self, application, number):
        for _ in range(number):
            path = application.create({
                "remote": variant("(ssasu)", ("abcd", "0" * 22, [], 0)),
                "remote-candidates": variant("a(us)", [
                    (0, f"candidate:1 1 udp 2130706431 127.0.0.1 {9 + n} typ host")
                    for n in range(20)]),
            })
            application.session(path, "Close")

    def begin(self):
        """Returns the reader, which is stopped, and an application."""
        reader = world.Process(self.world, "reader",
                               ["/usr/bin/python3", "-c", self.PROGRAM])
        self.world.wait("the reader", lambda: "ready" in reader.log(), reader)
        reader.signal(signal.SIGSTOP)
        application = self.world.client()
        # What is remembered of the past is not what is looked for.
        application.call(MANAGER_PATH, world.SETTINGS, "Set", variant(
            "(a{sv})", ({"history": variant("b", False)},)))
        return reader, application

    def count_heap(self):
        """Starts framd anew, with its heap counted; returns what tells the blocks."""
        path = os.path.join(self.world.folder, "heap")
        with open(path, "wb"):
            pass
        counting = {"LD_PRELOAD": os.environ["HEAP_COUNTER"], "HEAP_COUNT": path}
        self.assertEqual(self.world.service.stop(), 0)
        self.world.environment.update(counting)
        self.world.start()
        for name in counting:
            del self.world.environment[name]

        def count():
            with open(path, "rb") as file:
                return struct.unpack("=q", file.read(8))[0]
        return count

    def test_heap(self):
        """Not one block more is kept for all that a stopped reader has missed."""
        count = self.count_heap()
        reader, application = self.begin()
        counts = []
        # First all bounds are reached; then each session is told of by more than ten events.
        for number in (320, 60, 60, 60):
            self.churn(application, number)
            self.world.settle(application)
            counts.append(count())
        self.assertGreater(counts[0], 1000)
        self.assertLess(counts[-1] - counts[0], 30, counts)
        reader.signal(signal.SIGCONT)

    def test_memory(self):
        reader, application = self.begin()
        self.churn(application, 300)
        before = self.resident()
        # As many changes as a busy minute has.
        self.churn(application, 1500)
        self.assertLess(self.resident() - before, self.allowance())
        reader.signal(signal.SIGCONT)


if __name__ == "__main__":
    world.main(without=() if "HEAP_COUNTER" in os.environ else ["Stopped.test_heap"])
