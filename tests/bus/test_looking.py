"""org.fram.Ice1.Inspector: what happens, check by check, and what is sent."""

import os
import shutil
import socket
import struct

import world
from live import LiveCase, bytes_in, read_events
from packets import STATISTICS, PacketCase, blocks
from talk import Application, answer_options
from world import (INSPECTOR, INVALID_ARGUMENT, LIMIT_EXCEEDED, MANAGER_PATH, variant)


class Events(LiveCase):
    def test_order(self):
        """What an answerer's check does, from its candidates to its nomination."""
        events = self.open_events()
        one, other = self.connect()
        self.world.settle(self.reader)
        read, over = read_events(events)
        self.assertFalse(over)
        mine = [event for event in read if event["session"] == self.id_of(other.path)]
        words = [event["event"] for event in mine]
        for word in ("candidate-found", "gathered", "pair-added", "pair-state",
                     "request-sent", "response-received", "request-received",
                     "response-sent", "writable", "readable", "nominated", "selected",
                     "component-state", "session-state"):
            self.assertIn(word, words)
        for earlier, later in (("candidate-found", "gathered"),
                               ("pair-added", "request-sent"),
                               ("request-sent", "response-received"),
                               ("response-received", "writable"),
                               ("writable", "selected")):
            self.assertLess(words.index(earlier), words.index(later), (earlier, later))
        times = [event["time"] for event in read]
        self.assertEqual(times, sorted(times))
        answer = mine[words.index("response-received")]
        self.assertGreater(answer["rtt"], 0)
        self.assertEqual((answer["stream"], answer["component"]), (0, 1))
        self.assertTrue(answer["local"] and answer["remote"])
        self.assertEqual((answer["type"], answer["remote-type"]), ("host", "host"))
        states = [event["state"] for event in mine if event["event"] == "session-state"]
        self.assertEqual(states[-1], "completed")

    def test_one_session(self):
        """Its events alone, what was before is not told, and the end is one."""
        one, other = self.connect()
        session = self.id_of(one.path)
        events = self.open_events(session)
        self.assertEqual(read_events(events), ([], False))
        one.call("Restart")
        self.world.settle(self.reader)
        read, _ = read_events(events)
        self.assertEqual({event["session"] for event in read}, {session})
        self.assertIn("restarted", [event["event"] for event in read])
        one.call("Close")
        self.world.settle(self.reader)
        read, over = read_events(events)
        self.assertTrue(over)
        self.assertEqual(read[-1]["event"], "closed")
        self.assertEqual(read[-1]["cause"], "closed-by-application")
        other.call("Close")
        self.assertFalse(self.world.service.ended())

    def test_all_does_not_end(self):
        events = self.open_events()
        application = self.world.client()
        application.session(application.create(), "Close")
        self.world.settle(self.reader)
        read, over = read_events(events)
        self.assertEqual((read[-1]["event"], over), ("closed", False))

    def test_full(self):
        """What does not fit is lost, and the loss is told by the next that fits."""
        events = self.open_events()
        application = self.world.client()

        def churn(number):
            for _ in range(number):
                application.session(application.create(), "Close")
            self.world.settle(self.reader)

        churn(400)
        read, _ = read_events(events)
        self.assertNotIn("dropped", {event["event"] for event in read})
        n_read = len(read)
        churn(1)
        read, _ = read_events(events)
        lost = read[0]
        self.assertEqual(lost["event"], "dropped")
        self.assertGreater(lost["dropped"], 0)
        self.assertGreater(n_read, 10)
        self.assertEqual([event["event"] for event in read].count("dropped"), 1)

    def test_one_of_two_never_reads(self):
        """What it holds has a limit, and the other one misses nothing by it."""
        lazy, application = self.world.client(), self.world.client()
        lazy.listen(world.FRAM)
        for reader in (lazy, self.reader):
            self.subscribe(reader)
        unread, events = self.open_events(reader=lazy), self.open_events()
        table = self.table()
        seen = []

        def churn(number):
            for _ in range(number):
                application.session(application.create(), "Close")
                seen.extend(read_events(events)[0])
                table.pull()
            self.world.settle(self.reader)
            seen.extend(read_events(events)[0])

        churn(200)
        self.world.settle(lazy)
        held, hints = bytes_in(unread), len(self.hints(lazy))
        churn(600)
        self.world.settle(lazy)
        self.assertEqual(bytes_in(unread), held)
        self.assertEqual((hints, len(self.hints(lazy))), (1, 1))
        self.assertGreater(len(self.hints()), 1)
        self.assertGreater(len(seen), 3000)
        self.assertNotIn("dropped", {event["event"] for event in seen})
        # It is told how many it has missed, to the last one.
        late, _ = read_events(unread)
        n_late = len(late)
        churn(1)
        late += read_events(unread)[0]
        lost = late[n_late]
        self.assertEqual(lost["event"], "dropped")
        self.assertEqual(len(late) - 1 + lost["dropped"], len(seen))
        self.assertGreater(lost["dropped"], n_late)

    def test_reader_closes(self):
        """Its place is free for another."""
        sockets = [self.open_events() for _ in range(8)]
        self.assert_refused(LIMIT_EXCEEDED, self.open_events)
        sockets[0].close()
        self.world.wait("room", self.try_open)

    def try_open(self):
        try:
            return self.open_events() is not None
        except world.RemoteError:
            return False

    def test_limit_of_all(self):
        for _ in range(8):
            reader = self.world.client()
            for _ in range(8):
                self.open_events(reader=reader)
        self.assert_refused(LIMIT_EXCEEDED, self.open_events)
        reader.close()
        self.world.wait("room", self.try_open)

    def test_service_stops(self):
        events = self.open_events()
        self.assertEqual(self.world.service.stop(), 0)
        self.assertTrue(read_events(events)[1])

    def test_no_password(self):
        """Not the session's, and not a server's."""
        events = self.open_events()
        read_end, write_end = os.pipe()
        self.addCleanup(os.close, read_end)
        os.write(write_end, b"hunter2-secret\0")
        os.close(write_end)
        self.world.client().create({
            "servers": variant("a(ss)", [("stun:127.0.0.1:9", "user")]),
            "passwords": variant("h", 0),
        }, [read_end])
        offerer = Application(self, {})
        ufrag, pwd, *_ = offerer.describe()
        answerer = Application(self, answer_options(offerer))
        packets = self.capture(self.id_of(answerer.path), data=variant("b", True))
        offerer.accept(answerer)
        self.world.wait("connection", lambda: offerer.is_up() and answerer.is_up())
        self.world.settle(self.reader)
        texts = []
        while True:
            try:
                texts.append(events.recv(65536))
            except BlockingIOError:
                break
        texts.append(packets.recv(10**6))
        for table in ("GetSessions", "GetNetwork"):
            arguments = variant("(t)", (0,)) if table == "GetSessions" else None
            texts.append(str(self.reader.call(MANAGER_PATH, INSPECTOR, table,
                                              arguments)).encode())
        for id_ in self.table().rows:
            texts.append(str(self.reader.call(MANAGER_PATH, INSPECTOR, "GetSession",
                                              variant("(tt)", (id_, 0)))).encode())
        whole = b"".join(texts)
        self.assertIn(b"selected", whole)
        for secret in (pwd, answerer.describe()[1], "hunter2-secret"):
            self.assertNotIn(secret.encode(), whole)


class Packets(PacketCase):
    def test_checks(self):
        """STUN whole, and nothing else; tshark finds nothing wrong."""
        self.assertIsNotNone(shutil.which("tshark"))
        offerer, answerer, stream = self.begin()
        self.connect_ends(offerer, answerer)
        self.talk(offerer, answerer)
        answerer.call("Close")
        self.world.settle(self.reader)
        data, over = self.read_all(stream)
        self.assertTrue(over)
        packets = self.packets_of(data)
        self.assertGreater(len(packets), 3)
        self.assertEqual({packet.outgoing for packet in packets}, {True, False})
        for packet in packets:
            self.assertEqual((packet.captured, packet.dropped), (packet.length, 0))
            self.assertEqual(packet.payload[4:8], b"\x21\x12\xa4\x42")
        rows = self.check_with_tshark(data, len(packets))
        self.assertTrue(all("stun" in row[-1] for row in rows))
        self.assertEqual(blocks(data)[0][-1][0], STATISTICS)
        times = [packet.when for packet in packets]
        self.assertEqual(times, sorted(times))

    def test_data(self):
        offerer, answerer, stream = self.begin(data=variant("b", True),
                                               snap=variant("u", 100))
        self.connect_ends(offerer, answerer)
        self.talk(offerer, answerer)
        self.world.settle(self.reader)
        data, over = self.read_all(stream)
        self.assertFalse(over)
        packets = self.packets_of(data)
        cut = [packet for packet in packets if packet.captured < packet.length]
        self.assertEqual([(p.outgoing, p.captured) for p in cut],
                         [(False, 100), (True, 100)])
        self.assertEqual([p.payload[:1] for p in cut], [b"x", b"y"])
        headers = {packet.length - 1000 for packet in cut}
        self.assertLessEqual(headers, {28, 48})
        self.check_whole(offerer, answerer)

    def check_whole(self, offerer, answerer):
        """Data that are given whole have right checksums."""
        stream = self.capture(self.id_of(answerer.path), data=variant("b", True),
                              snap=variant("u", 65535))
        self.talk(offerer, answerer, 1001)
        self.world.settle(self.reader)
        data, _ = self.read_all(stream)
        packets = self.packets_of(data)
        self.assertTrue(all(packet.captured == packet.length for packet in packets))
        self.check_with_tshark(data, len(packets))

    def test_ipv6(self):
        """A checksum is never left out there."""
        offerer, answerer, stream = self.begin(data=variant("b", True))
        subset = [(s, line) for s, line in offerer.describe()[4] if "::1" in line]
        self.assertTrue(subset)
        self.connect_ends(offerer, answerer)
        self.talk(offerer, answerer, 33)
        data, _ = self.read_all(stream)
        packets = self.packets_of(data)
        self.assertIn(6, {packet.bytes[0] >> 4 for packet in packets})
        self.check_with_tshark(data, len(packets))

    def test_server(self):
        """What is asked of its server belongs to it."""
        server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.addCleanup(server.close)
        server.bind(("127.0.0.1", 0))
        port = server.getsockname()[1]
        application = self.world.client()
        path = application.create({"servers": variant("a(ss)", [
            (f"stun:127.0.0.1:{port}", "")])})
        stream = self.capture(self.id_of(path))
        packets = []

        def seen():
            data, _ = self.read_all(stream)
            packets.append(data)
            return any(struct.pack(">H", port) in packet.bytes[20:24]
                       for packet in self.packets_of(b"".join(packets)))

        self.world.wait("a question", seen)

    def test_slow_reader(self):
        """Packets are left out whole and counted; what comes after is right again."""
        offerer, answerer, stream = self.begin(data=variant("b", True),
                                               snap=variant("u", 65535))
        self.connect_ends(offerer, answerer)
        with offerer.open() as data, answerer.open() as echo:
            for _ in range(100):
                data.send(b"x" * 20000)
                echo.recv(70000)
            self.world.settle(self.reader)
            begun, _ = self.read_all(stream)
            self.world.settle(self.reader)
            rest, _ = self.read_all(stream)
            data.send(b"z")
            echo.recv(100)
            self.world.settle(self.reader)
            last, _ = self.read_all(stream)
        packets = self.packets_of(begun + rest + last)
        self.assertLess(len(packets), 100)
        self.assertEqual(packets[-1].payload, b"z")
        self.assertGreater(packets[-1].dropped, 0)
        self.check_with_tshark(begun + rest + last, len(packets))

    def test_reader_closes(self):
        offerer, answerer, stream = self.begin(data=variant("b", True))
        stream.close()
        self.connect_ends(offerer, answerer)
        self.talk(offerer, answerer)
        self.assertFalse(self.world.service.ended())

    def test_options(self):
        session = self.id_of(self.world.client().create())
        for wrong in ({"data": variant("u", 1)}, {"snap": variant("u", 63)},
                      {"snap": variant("u", 65536)}, {"snap": variant("i", 100)},
                      {"all": variant("b", True)}):
            self.assert_refused(INVALID_ARGUMENT, lambda: self.capture(session, **wrong))
        for right in ({}, {"snap": variant("u", 64)}, {"snap": variant("u", 65535)}):
            self.capture(session, **right)


if __name__ == "__main__":
    world.main()
