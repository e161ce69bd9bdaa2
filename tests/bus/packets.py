"""Packets of sessions: reading pcapng, and what tshark says to it."""

import os
import struct
import subprocess

import world
from live import LiveCase
from talk import Application, answer_options

# Of pcapng: block types, and options of an enhanced packet block.
SECTION, INTERFACE, STATISTICS, PACKET = 0x0A0D0D0A, 1, 5, 6
FLAGS, DROPPED = 2, 4


def blocks(data):
    """The blocks of a pcapng file of this machine's byte order: type and body."""
    offset, found = 0, []
    while offset + 12 <= len(data):
        kind, length = struct.unpack_from("=II", data, offset)
        if offset + length > len(data):
            break
        assert length % 4 == 0
        assert struct.unpack_from("=I", data, offset + length - 4)[0] == length
        found.append((kind, data[offset + 8:offset + length - 4]))
        offset += length
    return found, data[offset:]


def options(body, offset):
    """Code -> value of the options that begin there."""
    found = {}
    while offset + 4 <= len(body):
        code, length = struct.unpack_from("=HH", body, offset)
        if code == 0:
            break
        found[code] = body[offset + 4:offset + 4 + length]
        offset += 4 + (length + 3) // 4 * 4
    return found


class Packet:
    def __init__(self, body):
        _, high, low, self.captured, self.length = struct.unpack_from("=IIIII", body)
        self.when = high << 32 | low
        self.bytes = body[20:20 + self.captured]
        found = options(body, 20 + (self.captured + 3) // 4 * 4)
        self.outgoing = struct.unpack("=I", found[FLAGS])[0] == 2
        self.dropped = struct.unpack("=Q", found.get(DROPPED, bytes(8)))[0]
        self.payload = self.bytes[48 if self.bytes[0] >> 4 == 6 else 28:]


class PacketCase(LiveCase):
    def read_all(self, packets):
        data = b""
        while True:
            try:
                more = packets.recv(10**6)
            except BlockingIOError:
                return data, False
            if not more:
                return data, True
            data += more

    def packets_of(self, data):
        found, rest = blocks(data)
        self.assertEqual(rest, b"")
        self.assertEqual([kind for kind, _ in found[:2]], [SECTION, INTERFACE])
        return [Packet(body) for kind, body in found if kind == PACKET]

    def begin(self, **more):
        """Two ends that are not connected yet, and the packets of the answerer."""
        offerer = Application(self, {})
        answerer = Application(self, answer_options(offerer))
        packets = self.capture(self.id_of(answerer.path), **more)
        return offerer, answerer, packets

    def connect_ends(self, offerer, answerer):
        offerer.accept(answerer)
        for end in (offerer, answerer):
            self.world.wait("nomination", lambda e=end: e.client.get(
                e.path, world.SESSION, "State") == "completed")

    def talk(self, offerer, answerer, length=1000):
        with offerer.open() as data, answerer.open() as echo:
            data.send(b"x" * length)
            self.assertEqual(len(echo.recv(70000)), length)
            echo.send(b"y" * length)
            self.assertEqual(len(data.recv(70000)), length)

    def dissect(self, data, *fields):
        """What tshark says to each packet, a list of fields."""
        path = os.path.join(self.world.folder, "packets.pcapng")
        with open(path, "wb") as file:
            file.write(data)
        done = subprocess.run(
            ["tshark", "-r", path, "-o", "udp.check_checksum:TRUE", "-o",
             "ip.check_checksum:TRUE", "-T", "fields",
             *(part for field in fields for part in ("-e", field))],
            check=True, capture_output=True, text=True)
        return [line.split("\t") for line in done.stdout.splitlines()]

    def check_with_tshark(self, data, number):
        rows = self.dissect(data, "_ws.malformed", "_ws.expert.group", "ip.checksum.status",
                            "udp.checksum.status", "frame.protocols")
        self.assertEqual(len(rows), number)
        for malformed, expert, ip, udp, protocols in rows:
            self.assertEqual(malformed, "", protocols)
            self.assertNotIn("hecksum", expert)
            self.assertIn(ip, ("", "1"))
            self.assertEqual(udp, "1", protocols)
        return rows
