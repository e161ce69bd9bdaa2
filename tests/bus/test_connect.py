"""Applications of one user get peer connections from one framd, and exchange data."""

import os
import signal
import subprocess
import time
import types

import world
from talk import Application, answer_options, connect
from world import SESSION, variant


class Connect(world.Case):
    def test_two_applications(self):
        one, other = connect(self)
        for side in (one, other):
            self.assertEqual(side.states()[0], "checking")
            state, cause, explanation, duration = side.heard("StateChanged")[-1]
            self.assertNotEqual((cause, explanation), ("", ""))
            self.assertGreater(duration, 0)
        with one.open() as data, other.open() as echo:
            for number in range(100):
                data.send(b"datagram %d" % number)
                self.assertEqual(echo.recv(100), b"datagram %d" % number)
                echo.send(b"answer %d" % number)
                self.assertEqual(data.recv(100), b"answer %d" % number)

    def test_boundaries(self):
        """One write is one datagram, one read is one datagram, of any size that fits."""
        one, other = connect(self)
        with one.open() as data, other.open() as sink:
            for size in (1, 2, 1199, 1200, 1201, 1400, 9000):
                payload = os.urandom(size)
                data.send(payload)
                self.assertEqual(sink.recv(65536), payload)

    def test_counters(self):
        one, other = connect(self)
        with one.open() as data, other.open() as sink:
            for _ in range(10):
                data.send(b"x" * 100)
            for _ in range(10):
                sink.recv(200)
            sent, received = one.stats(), other.stats()
        self.assertEqual((sent["packets-sent"], sent["bytes-sent"]), (10, 1000))
        self.assertEqual((received["packets-received"], received["bytes-received"]),
                         (10, 1000))
        dropped = {name: count for name, count in received.items()
                   if name.startswith("dropped-") and count}
        self.assertEqual(dropped, {})

    def test_nobody_reads(self):
        """A full socket costs its own application packets, counted, and nobody else."""
        one, other = connect(self)
        third, fourth = connect(self)
        with one.open() as data, other.open():
            data.setblocking(False)

            def flood():
                try:
                    for _ in range(100):
                        data.send(b"x" * 1000)
                except BlockingIOError:
                    pass
                return other.stats()["dropped-app-full"] > 0

            self.world.wait("a full socket", flood)
        with third.open() as data, fourth.open() as echo:
            data.send(b"undisturbed")
            self.assertEqual(echo.recv(100), b"undisturbed")

    def test_before_connected(self):
        """What is written before there is a path is dropped and counted."""
        early = Application(self)
        with early.open() as data:
            data.send(b"too early")
            self.world.wait("count", lambda: early.stats()["dropped-no-path"] == 1)

    def test_end_of_file(self):
        one, other = connect(self)
        with one.open() as data, other.open() as rest:
            one.call("Close")
            self.assertEqual(data.recv(10), b"")
            rest.send(b"nobody is there")
            self.assertEqual(other.client.get(other.path, SESSION, "Label"), "")

    def test_opened_again(self):
        one, other = connect(self)
        with one.open() as first, one.open() as second, other.open() as echo:
            self.assertEqual(first.recv(10), b"")
            second.send(b"by the second")
            self.assertEqual(echo.recv(100), b"by the second")

    def test_streams_and_components(self):
        one, other = connect(self, components=variant("au", [2, 1]))
        for stream, component in ((0, 1), (0, 2), (1, 1)):
            data, sink = one.open(stream, component), other.open(stream, component)
            text = b"%d.%d" % (stream, component)
            data.send(text)
            self.assertEqual(sink.recv(100), text)
        self.assertEqual(sorted(one.call("GetStats")[0]), ["0.1", "0.2", "1.1"])

    def test_stream_removed(self):
        """Its sockets end, and the peer's when that removes it too; the rest goes on."""
        one, other = connect(self, components=variant("au", [2, 1]))
        gone = [one.open(0, 1), one.open(0, 2)]
        data, sink = one.open(1, 1), other.open(1, 1)
        for side in (one, other):
            side.call("RemoveStream", variant("(u)", (0,)))
            self.world.wait("end of the components", lambda at=side: {
                (0, 1, "closed", "stream-removed"), (0, 2, "closed", "stream-removed"),
            } <= {tuple(body[:4]) for body in at.heard("ComponentStateChanged")})
        self.assertEqual([end.recv(10) for end in gone], [b"", b""])
        data.send(b"undisturbed")
        self.assertEqual(sink.recv(100), b"undisturbed")
        self.assertEqual(list(one.call("GetStats")[0]), ["1.1"])
        self.assertEqual({row[1] for row in one.call("GetPairs")[0]}, {1})
        self.assertEqual({stream for stream, _ in one.describe()[4]}, {1})
        self.assert_refused(world.INVALID_ARGUMENT, one.open, 0, 1)
        for stream in (0, 2, 2**32 - 1):
            self.assert_refused(world.INVALID_ARGUMENT, one.call, "RemoveStream",
                                variant("(u)", (stream,)))
        self.assert_refused(world.WRONG_STATE, one.call, "RemoveStream", variant("(u)", (1,)))
        data.send(b"still there")
        self.assertEqual(sink.recv(100), b"still there")

    def test_many_pairs_of_applications(self):
        """All between the same two addresses: each pair gets a 5-tuple of its own."""
        pairs = [connect(self) for _ in range(10)]
        for number, (one, other) in enumerate(pairs):
            with one.open() as data, other.open() as sink:
                data.send(b"%d" % number)
                self.assertEqual(sink.recv(100), b"%d" % number)

    def test_trickle(self):
        """Descriptions first, candidates one by one as they are found."""
        trickle = {"trickle": variant("b", True)}
        offerer = Application(self, trickle)
        ufrag, pwd, words, pacing, candidates, _ = offerer.describe()
        answerer = Application(self, {
            **trickle,
            "remote": variant("(ssasu)", (ufrag, pwd, words, pacing)),
            "remote-end": variant("b", False),
        })
        theirs = answerer.describe()
        offerer.call("SetRemoteDescription", variant("(ssasua(us)b)", (
            *theirs[:4], [], False)))
        for line in candidates:
            answerer.call("AddRemoteCandidates", variant("(sa(us))", (ufrag, [line])))
        answerer.call("EndRemoteCandidates", variant("(s)", (ufrag,)))
        for line in theirs[4]:
            offerer.call("AddRemoteCandidates", variant("(sa(us))", ("", [line])))
        offerer.call("EndRemoteCandidates", variant("(s)", ("",)))
        self.world.wait("connection", lambda: offerer.is_up() and answerer.is_up())

    def test_restart(self):
        one, other = connect(self)
        before = one.describe()
        with one.open() as data, other.open() as echo:
            for side in (one, other):
                side.call("Restart")
            self.assertNotEqual(one.describe()[:2], before[:2])
            data.send(b"over the old path")
            self.assertEqual(echo.recv(100), b"over the old path")
            for side in (one, other):
                self.world.wait("gathering", lambda at=side:
                                len(at.heard("GatheringDone")) == 2)
            one.accept(other)
            other.accept(one)
            self.world.wait("connection", lambda: one.is_up() and other.is_up())
            data.send(b"over the new path")
            self.assertEqual(echo.recv(100), b"over the new path")


class Advised(world.Case):
    """The service of the peer stands still, and goes on."""

    def setUp(self):
        subprocess.run(["ip", "address", "flush", "dev", "lo", "to", "::1"], check=True)
        super().setUp()
        self.far = world.World()
        self.far.__enter__()
        self.addCleanup(self.far.__exit__, None, None, None)
        self.far.start()

    def test_restart(self):
        there = types.SimpleNamespace(world=self.far, addCleanup=self.addCleanup)
        options = {"tcp": variant("b", False)}
        one = Application(self, dict(options))
        other = Application(there, answer_options(one, **options))
        one.accept(other)
        self.world.wait("selection", lambda: one.states()[-1:] == ["completed"])
        before = one.describe()[:2]
        self.addCleanup(self.far.service.signal, signal.SIGCONT)
        self.far.service.signal(signal.SIGSTOP)
        self.world.wait("advice", lambda: one.heard("RestartAdvised"))
        [(cause, sentence)] = one.heard("RestartAdvised")
        self.assertEqual((cause, one.states()[-1]), ("no-pair-left", "disconnected"))
        self.assertTrue(sentence.endswith("."))
        self.assertEqual(one.describe()[:2], before)
        self.far.service.signal(signal.SIGCONT)
        for side in (one, other):
            side.call("Restart")
            side.case.world.wait("gathering", lambda at=side:
                                 len(at.heard("GatheringDone")) == 2)
        one.accept(other)
        other.accept(one)
        self.world.wait("connection", lambda: one.states()[-1] == "completed")
        self.assertEqual(len(one.heard("RestartAdvised")), 1)


class Told(world.Case):
    """What the owner, and the tools, are told of a connection."""

    def test_candidates(self):
        one = Application(self)
        ufrag, _, _, _, candidates, complete = one.describe()
        self.assertTrue(complete)
        told = [(stream, line) for at, stream, line in one.heard("LocalCandidate")
                if at == ufrag]
        self.assertEqual(sorted(told), sorted(candidates))
        self.assertNotEqual(told, [])
        names = [name for path, _, name, _ in one.client.signals if path == one.path]
        self.assertGreater(names.index("GatheringDone"),
                           max(i for i, name in enumerate(names)
                               if name == "LocalCandidate"))

    def test_selected(self):
        one, _ = connect(self)
        self.world.wait("selection", lambda: one.heard("SelectedPairChanged"))
        stream, component, local, remote = one.heard("SelectedPairChanged")[-1]
        self.assertEqual((stream, component), (0, 1))
        for end in (local, remote):
            self.assertRegex(end, r"^(127\.0\.0\.1|\[::1\]):[0-9]+ (host|prflx) udp$")
        self.world.wait("row of the session", lambda: any(
            row[6] == f"{local} -> {remote}" and row[7] > 0
            for row in one.client.sessions()))

    def test_pairs(self):
        one, _ = connect(self)
        self.world.wait("selection", lambda: one.heard("SelectedPairChanged"))
        rows = one.call("GetPairs")[0]
        self.assertEqual(rows,
                         one.client.manager("GetPairs", variant("(o)", (one.path,)))[0])
        selected = [row for row in rows if row[13]]
        self.assertEqual(len(selected), 1)
        (_, stream, component, local, _, remote, _, state, cause, sentence, readable,
         writable, nominated, _, priority, rtt, *counters) = selected[0]
        self.assertEqual((stream, component, state), (0, 1, "succeeded"))
        self.assertTrue(readable and writable and nominated)
        self.assertGreater(priority, 0)
        self.assertGreater(rtt, 0)
        self.assertNotIn("", (local, remote, cause, sentence))
        self.assertGreater(counters[0], 0)
        self.assertEqual([row[14] for row in rows],
                         sorted((row[14] for row in rows), reverse=True))

    def test_hints(self):
        """Who reads the table is told of each change, with pauses; who does not, once."""
        silent, reader = connect(self)
        ports = iter(range(1024, 2048))
        hinted = []

        def change():
            line = f"candidate:9 1 udp 9 127.0.0.1 {next(ports)} typ host"
            for side in (silent, reader):
                side.call("AddRemoteCandidates", variant("(sa(us))", ("", [(0, line)])))

        for count in range(1, 6):
            self.world.wait("hint",
                            lambda: len(reader.heard("PairsChanged")) == count)
            hinted.append(time.monotonic())
            reader.call("GetPairs")
            change()
        self.assertGreater(hinted[-1] - hinted[0], 0.3)
        self.assertEqual(len(silent.heard("PairsChanged")), 1)
        silent.call("GetPairs")
        change()
        self.world.wait("a second hint",
                        lambda: len(silent.heard("PairsChanged")) == 2)

    def test_status(self):
        client = self.world.client()
        idle = client.manager("GetStatus")[0]
        self.assertEqual([idle[name] for name in ("sessions", "bases", "lanes", "routes")],
                         [0, 0, 0, 0])
        one, other = connect(self)
        with one.open() as data, other.open() as sink:
            data.send(b"x" * 50)
            sink.recv(100)
        busy = client.manager("GetStatus")[0]
        self.assertEqual(busy["sessions"], 2)
        for name in ("bases", "lanes", "routes"):
            self.assertGreater(busy[name], 0)
        for name in ("packets-in", "packets-out"):
            self.assertGreaterEqual(busy[name], 1)
        self.assertEqual({key for key in busy if key.startswith("dropped-")}, {
            "dropped-no-route", "dropped-app-full", "dropped-net-full", "dropped-no-path",
            "dropped-other"})


class Wrong(world.Case):
    def setUp(self):
        super().setUp()
        self.side = Application(self)

    def call(self, error, method, signature=None, *values):
        arguments = variant(signature, values) if signature else None
        self.assert_refused(error, self.side.call, method, arguments)

    def describe_remote(self, error, ufrag="abcd", pwd="x" * 22, candidates=()):
        self.call(error, "SetRemoteDescription", "(ssasua(us)b)", ufrag, pwd, [], 0,
                  list(candidates), False)

    def remote_rows(self):
        return [row for row in self.side.call("GetCandidates")[0] if row[2]]

    def test_description(self):
        self.describe_remote(world.INVALID_DESCRIPTION, ufrag="a")
        self.describe_remote(world.INVALID_DESCRIPTION, pwd="short")
        self.assertEqual(self.side.client.get(self.side.path, SESSION, "State"), "new")

    def test_candidate_in_description(self):
        """One wrong line: nothing of the call is done."""
        good = (0, "candidate:1 1 udp 1 192.0.2.1 9 typ host")
        for bad in ((0, "candidate:nonsense"), (0, "")):
            self.describe_remote(world.INVALID_CANDIDATE, candidates=[good, bad])
        self.describe_remote(world.INVALID_ARGUMENT, candidates=[good, (1, good[1])])
        many = [(0, f"candidate:1 1 udp 1 192.0.2.1 {port} typ host")
                for port in range(1024, 1089)]
        self.describe_remote(world.LIMIT_EXCEEDED, candidates=many)
        self.assertEqual(self.remote_rows(), [])
        self.side.call("SetRemoteDescription", variant("(ssasua(us)b)", (
            "abcd", "x" * 22, [], 0, [good], False)))
        self.assertEqual(len(self.remote_rows()), 1)

    def test_described_twice(self):
        other = Application(self, answer_options(self.side))
        self.side.accept(other)
        self.describe_remote(world.WRONG_STATE)

    def test_candidates(self):
        other = Application(self, answer_options(self.side))
        self.side.accept(other)
        known = len(self.remote_rows())
        good = (0, "candidate:1 1 udp 1 192.0.2.1 9 typ host")
        for wrong in ([good, (0, "x")], [good, (0, "candidate:1 1 udp 1 x")]):
            self.call(world.INVALID_CANDIDATE, "AddRemoteCandidates", "(sa(us))", "", wrong)
        self.call(world.INVALID_ARGUMENT, "AddRemoteCandidates", "(sa(us))", "",
                  [good, (3, good[1])])
        self.assertEqual(len(self.remote_rows()), known)
        self.side.call("AddRemoteCandidates", variant("(sa(us))", ("past", [good])))
        self.assertEqual(len(self.remote_rows()), known)

    def test_dscp(self):
        for stream, component, dscp in ((0, 1, 64), (0, 1, 2**32 - 1), (0, 2, 1), (1, 1, 1)):
            self.call(world.INVALID_ARGUMENT, "SetDscp", "(uuu)", stream, component, dscp)
        for dscp in (0, 63):
            self.side.call("SetDscp", variant("(uuu)", (0, 1, dscp)))

    def test_restart_too_early(self):
        self.call(world.WRONG_STATE, "Restart")

    def test_component(self):
        for stream, component in ((1, 1), (0, 0), (0, 2), (2**32 - 1, 1), (0, 65537)):
            self.call(world.INVALID_ARGUMENT, "OpenComponent", "(uu)", stream, component)

    def test_types(self):
        for method in ("SetRemoteDescription", "OpenComponent", "EndRemoteCandidates"):
            self.call(world.INVALID_ARGS, method)
        self.call(world.INVALID_ARGS, "Close", "(s)", "now")
        self.call(world.UNKNOWN_METHOD, "Open")


if __name__ == "__main__":
    world.main()
