"""org.fram.Ice1.Inspector: the network that is there, checks of it, and the history."""

import os
import socket
import sqlite3
import time

import world
from talk import connect
from world import (INSPECTOR, INVALID_ARGS, INVALID_ARGUMENT, LIMIT_EXCEEDED, MANAGER,
                   MANAGER_PATH, UNKNOWN_METHOD, variant)

NETWORK_TYPE = ("(sxxxa(ssassbxssssssssssxxxxssa(sss))a(sssxuuxxb)a(uusssssuxxx)"
                "a(ssssxx))")
HISTORY_TYPE = "(a(xssxxsssxtt))"
KINDS = ["open", "full-cone", "restricted-cone", "port-restricted-cone", "symmetric"]

# Two agents that are connected may end before the one that controls has nominated.
CONNECTED = ("connected", "completed")

# Nobody answers there: it is ours, and it does not.
SILENT = "stun:127.0.0.1:{}"


class InspectorCase(world.Case):
    def setUp(self):
        super().setUp()
        self.client = self.world.client()

    def inspect(self, method, arguments=None, client=None):
        return (client or self.client).call(MANAGER_PATH, INSPECTOR, method, arguments)

    def begin_check(self, client, *uris):
        return client.begin(MANAGER_PATH, INSPECTOR, "CheckNetwork",
                            variant("(as)", (list(uris),)))

    def silent_server(self):
        """A socket that takes questions and gives no answers; its URI."""
        mute = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.addCleanup(mute.close)
        mute.bind(("127.0.0.1", 0))
        return SILENT.format(mute.getsockname()[1])

    def history(self, before=0, limit=1000):
        return self.inspect("ListHistory", variant("(xu)", (before, limit)))[0]


class Network(InspectorCase):
    def test_types(self):
        for method, arguments, kind in (
            ("GetNetwork", None, NETWORK_TYPE),
            ("CheckNetwork", variant("(as)", ([],)), NETWORK_TYPE),
            ("ListHistory", variant("(xu)", (0, 1)), HISTORY_TYPE),
        ):
            body, _ = self.client.call_raw(MANAGER_PATH, INSPECTOR, method, arguments)
            self.assertEqual(body.get_type_string(), kind)

    def test_loopback_alone(self):
        """There is nothing but loopback in the namespace, so that is what is used."""
        name, attached, first, last, interfaces, servers, mappings, deaf = self.inspect(
            "GetNetwork")
        self.assertEqual((name, attached, first, last), ("", -1, -1, -1))
        self.assertIn("127.0.0.1", [row[1] for row in interfaces])
        for row in interfaces:
            self.assertEqual((row[0], row[2], row[3]), ("lo", ["loopback"], "used"))
            self.assertEqual((row[5], row[6], row[7]), (-1, "unknown", "unknown"))
            self.assertEqual(row[8:15], ("unknown",) * 7)
            self.assertEqual((row[15], row[16], row[17], row[18]), ("", -1, -1, -1))
            self.assertEqual(row[20], "unknown")
            self.assertEqual([kind for kind, _, _ in row[22]], KINDS)
        self.assertEqual((servers, mappings, deaf), ([], [], []))

    def test_no_server(self):
        """Without servers there is nothing to wait for."""
        answer = self.inspect("CheckNetwork", variant("(as)", ([],)))
        self.assertEqual(answer[5], [])

    def test_silence(self):
        uri = self.silent_server()
        begun = self.inspect("CheckNetwork", variant("(as)", ([uri],)))
        used = [row for row in begun[4] if row[1] == "127.0.0.1"]
        self.assertEqual([row[6] for row in used], ["blocked"])
        self.assertEqual([row[20] for row in used], ["relay"])
        rows = [row for row in begun[5] if row[0] == uri and row[2] == "udp"]
        self.assertEqual([(row[1], row[3], row[4]) for row in rows],
                         [(uri.removeprefix("stun:"), -1, 0)])
        self.assertGreater(rows[0][5], 0)
        self.assertEqual(rows[0][6], -1)
        # It is remembered, and another application sees the same.
        other = self.inspect("GetNetwork", client=self.world.client())
        self.assertIn(uri, [row[0] for row in other[5]])

    def test_wrong_uris(self):
        for uri in ("", "http://example.org", "stun:", "stun:a b", "stun:\x1b[0m"):
            self.assert_refused(INVALID_ARGUMENT, self.inspect, "CheckNetwork",
                                variant("(as)", ([uri],)))
        self.assert_refused(INVALID_ARGS, self.inspect, "CheckNetwork",
                            variant("(au)", ([1],)))

    def test_too_many_uris(self):
        self.assert_refused(LIMIT_EXCEEDED, self.inspect, "CheckNetwork",
                            variant("(as)", (["stun:127.0.0.1:9"] * 9,)))

    def test_no_method_of_the_manager(self):
        self.assert_refused(UNKNOWN_METHOD, self.inspect, "ListSessions")


class Checks(InspectorCase):
    def test_at_one_time(self):
        """Several wait for one check, and all are answered."""
        uri = self.silent_server()
        clients = [self.world.client() for _ in range(3)]
        answers = [self.begin_check(client, uri) for client in clients]
        self.world.wait("all answers", lambda: all(answers))
        for answer in answers:
            self.assertIn(uri, [row[0] for row in answer[0][5]])

    def test_limit_of_one_caller(self):
        uri = self.silent_server()
        answers = [self.begin_check(self.client, uri) for _ in range(5)]
        self.world.wait("a refusal", lambda: any(answers))
        refused = [answer[0] for answer in answers if answer]
        self.assertEqual([error.name for error in refused], [LIMIT_EXCEEDED])
        # It is the caller's, and only while it waits.
        other = self.begin_check(self.world.client(), uri)
        self.world.wait("all answers", lambda: all([*answers, other]))
        self.assertIsInstance(other[0], tuple)
        self.assertEqual(len([a for a in answers if isinstance(a[0], tuple)]), 4)
        again = self.begin_check(self.client, uri)
        self.world.wait("an answer", lambda: again)
        self.assertIsInstance(again[0], tuple)

    def test_caller_leaves(self):
        """Nothing is kept for it, and nobody else notices."""
        uri = self.silent_server()
        leaver, stayer = self.world.client(), self.world.client()
        for _ in range(4):
            self.begin_check(leaver, uri)
        answer = self.begin_check(stayer, uri)
        self.world.settle(leaver)
        leaver.close()
        self.world.wait("the answer", lambda: answer)
        self.assertIsInstance(answer[0], tuple)
        self.assertFalse(self.world.service.ended())

    def test_all_callers_leave(self):
        """The check ends with nobody to tell."""
        leaver = self.world.client()
        self.begin_check(leaver, self.silent_server())
        self.world.settle(leaver)
        leaver.close()
        self.inspect("CheckNetwork", variant("(as)", ([self.silent_server()],)))
        self.assertFalse(self.world.service.ended())

    def test_service_stops(self):
        answer = self.begin_check(self.client, self.silent_server())
        self.world.settle(self.client)
        self.assertEqual(self.world.service.stop(), 0)
        self.world.wait("an error", lambda: answer)
        self.assertEqual(answer[0].name, "org.fram.Ice1.Error.Failed")


class History(InspectorCase):
    def close(self, end):
        end.client.session(end.path, "Close")

    def connect(self, **more):
        """Two ends whose pair is nominated, so that it is known which path they take."""
        ends = connect(self, **more)
        for end in ends:
            self.world.wait("nomination", lambda e=end: e.client.get(
                e.path, world.SESSION, "State") == "completed")
        return ends

    def test_empty(self):
        self.assertEqual(self.history(), [])

    def test_connected(self):
        one, other = self.connect()
        begun = int(time.time())
        with one.open() as data, other.open() as echo:
            data.send(b"x" * 1000)
            self.assertEqual(len(echo.recv(2000)), 1000)
            echo.send(b"y" * 10)
            self.assertEqual(len(data.recv(2000)), 10)
            self.close(one)
            self.close(other)
        rows = self.history()
        self.assertEqual(len(rows), 2)
        for row, counts in zip(rows, ((10, 1000), (1000, 10))):
            id_, application, label, started, ended, state, cause, path, rtt, *data = row
            self.assertEqual(tuple(data), counts)
            self.assertEqual((state, cause), ("completed", "closed-by-application"))
            self.assertEqual(path, "host to host over UDP")
            self.assertGreater(rtt, 0)
            self.assertTrue(application.startswith("python3"), application)
            self.assertGreaterEqual(started, begun - 60)
            self.assertGreaterEqual(ended, started)
            self.assertLess(ended, begun + 600)
            self.assertGreater(id_, 0)
        self.assertGreater(rows[0][0], rows[1][0])

    def test_over_tcp(self):
        for end in self.connect(transport="tcp", tcp=variant("b", True)):
            self.close(end)
        for path in [row[7] for row in self.history()]:
            self.assertIn(path, ("host to host over TCP", "host to prflx over TCP",
                                 "prflx to host over TCP"))
        self.assertEqual(len(self.history()), 2)

    def test_descriptor_closed_first(self):
        """What went through it counts, though it is gone when the session ends."""
        one, other = connect(self)
        with other.open() as echo:
            with one.open() as data:
                data.send(b"x" * 500)
                self.assertEqual(len(echo.recv(2000)), 500)
            self.world.wait("end of the descriptor", lambda: one.client.session(
                one.path, "GetStats")[0] == {})
        self.close(one)
        self.assertEqual(self.history()[0][9], 500)

    def test_label_and_new(self):
        path = self.client.create({"label": variant("s", "a Gruß")})
        self.client.session(path, "Close")
        row = self.history()[0]
        self.assertEqual(row[2], "a Gruß")
        self.assertEqual(row[5:], ("new", "closed-by-application", "", -1, 0, 0))

    def test_owner_gone(self):
        leaver = self.world.client()
        leaver.create()
        leaver.close()
        self.world.wait("the session's end", lambda: self.history())
        self.assertEqual(self.history()[0][6], "owner-gone")

    def test_refused_session(self):
        """What never was is not remembered."""
        self.assert_refused(LIMIT_EXCEEDED, self.client.create, {
            "remote": variant("(ssasu)", ("abcd", "0" * 22, [], 0)),
            "remote-candidates": variant("a(us)", [
                (0, f"candidate:1 1 udp 2130706431 192.0.2.1 {9 + i} typ host")
                for i in range(65)]),
        })
        self.assertEqual(self.history(), [])

    def test_pages(self):
        for number in range(5):
            path = self.client.create({"label": variant("s", str(number))})
            self.client.session(path, "Close")
        newest = self.history(limit=2)
        self.assertEqual([row[2] for row in newest], ["4", "3"])
        older = self.history(before=newest[-1][0], limit=2)
        self.assertEqual([row[2] for row in older], ["2", "1"])
        self.assertEqual(self.history(before=older[0][0], limit=1000)[-1][2], "0")

    def test_limits(self):
        for before, limit in ((0, 0), (0, 1001), (-1, 1), (0, 2**32 - 1)):
            self.assert_refused(INVALID_ARGUMENT, self.history, before, limit)

    def set_history(self, wanted):
        self.client.call(MANAGER_PATH, world.SETTINGS, "Set", variant(
            "(a{sv})", ({"history": variant("b", wanted)},)))

    def test_switched_off(self):
        """What was remembered is gone, and nothing is added; until it is wanted again."""
        labels = {}
        for label, wanted in (("before", None), ("off", False), ("again", True)):
            if wanted is not None:
                self.set_history(wanted)
            path = self.client.create({"label": variant("s", label)})
            self.client.session(path, "Close")
            labels[label] = [row[2] for row in self.history()]
        self.assertEqual(labels, {"before": ["before"], "off": [], "again": ["again"]})

    def test_end_of_the_service(self):
        """Sessions that it ends are remembered, and read by the next one."""
        self.client.create({"label": variant("s", "interrupted")})
        self.assertEqual(self.world.service.stop(), 0)
        self.world.processes.remove(self.world.service)
        self.world.start()
        row = self.history()[0]
        self.assertEqual((row[2], row[6]), ("interrupted", "service-stopped"))


class Cache(InspectorCase):
    """cache.db under framd."""

    def path(self):
        return os.path.join(self.world.environment["XDG_CACHE_HOME"], "fram", "cache.db")

    def status(self):
        return self.client.manager("GetStatus")[0]

    def restart(self):
        self.world.start()
        self.client = self.world.client()

    def stop(self):
        self.assertEqual(self.world.service.stop(), 0)
        self.world.processes.remove(self.world.service)

    def test_on_disk(self):
        status = self.status()
        self.assertEqual(status["cache"], "on-disk")
        self.assertNotIn("cache-problem", status)
        self.client.session(self.client.create(), "Close")
        self.stop()
        self.assertEqual(os.stat(self.path()).st_mode & 0o777, 0o600)
        with sqlite3.connect(self.path()) as database:
            self.assertEqual(database.execute("SELECT count (*) FROM sessions").fetchone(),
                             (1,))

    def test_second_touches_nothing(self):
        """The name is taken, so it opens no file: the first one's would be busy."""
        before = self.status()
        second = world.Process(self.world, "second", self.world.program)
        self.world.wait("its end", second.ended)
        self.world.processes.remove(second)
        self.assertNotIn("cache", second.log())
        self.assertIn("running already", second.log())
        self.assertEqual(self.status()["cache"], before["cache"])

    def test_damaged(self):
        """It is put aside, begun afresh, and said so; the history is lost, no more."""
        self.client.session(self.client.create(), "Close")
        self.stop()
        with open(self.path(), "r+b") as file:
            file.write(b"no database at all, but a text about one")
        self.restart()
        status = self.status()
        self.assertEqual(status["cache"], "on-disk")
        self.assertIn("cache.db", status["cache-problem"])
        self.assertIn("begun afresh", self.world.service.log())
        self.assertEqual(self.history(), [])
        self.client.session(self.client.create(), "Close")
        self.assertEqual(len(self.history()), 1)

    def test_unusable(self):
        """No place for a file: it serves, and remembers while it runs."""
        self.stop()
        folder = os.path.dirname(self.path())
        os.rename(folder, folder + ".aside")
        os.symlink("/nonexistent", folder)
        # What it says is a warning, of which tests usually die.
        del self.world.environment["G_DEBUG"]
        self.restart()
        status = self.status()
        self.assertEqual(status["cache"], "in-memory")
        self.assertGreater(len(status["cache-problem"]), 10)
        self.assertIn("forgotten at the end of this run", self.world.service.log())
        one, _ = connect(self)
        one.client.session(one.path, "Close")
        self.assertIn(self.history()[0][5], CONNECTED)


if __name__ == "__main__":
    world.main()
