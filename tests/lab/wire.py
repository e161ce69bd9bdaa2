"""What is on a wire: packets as they pass an interface, and what they are to STUN."""

import socket
import struct
from collections import defaultdict
from dataclasses import dataclass

ETH_P_ALL, ETH_P_IP, ETH_P_IPV6 = 0x0003, 0x0800, 0x86DD
PACKET_OUTGOING = 4
SOL_PACKET, PACKET_STATISTICS = 263, 6
SO_RCVBUFFORCE = 33

UDP = 17
BINDING_REQUEST = 0x0001
MAGIC_COOKIE = 0x2112A442
LONGEST = 2048


@dataclass(frozen=True)
class Packet:
    """A UDP datagram over IPv4; `stun`: the type of its message and the id, or None."""

    outgoing: bool
    source: tuple
    destination: tuple
    stun: tuple


class Tap:
    """Takes every packet that passes an interface of a node, as the wire has it.

    A stage that listens to it reads it.
    """

    def __init__(self, node, interface):
        with node.space:
            self._socket = socket.socket(
                socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(ETH_P_ALL)
            )
        self._socket.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 4 * 1024 * 1024)
        self._socket.bind((interface, ETH_P_ALL))
        self._socket.setblocking(False)

    def close(self):
        self._socket.close()

    def fileno(self):
        return self._socket.fileno()

    def read(self):
        """Takes what is there."""
        while True:
            try:
                data, (_, protocol, kind, *_) = self._socket.recvfrom(LONGEST)
            except BlockingIOError:
                return True
            self.take(data, protocol, kind == PACKET_OUTGOING)

    def take(self, data, protocol, outgoing):
        raise NotImplementedError

    def n_lost(self):
        """Packets that passed when there was no room for them, since the last call."""
        _, lost = struct.unpack("II", self._socket.getsockopt(SOL_PACKET, PACKET_STATISTICS, 8))
        return lost


class Destinations(Tap):
    """To which IP addresses anything is sent from there."""

    def __init__(self, node, interface):
        super().__init__(node, interface)
        self.addresses = set()

    def take(self, data, protocol, outgoing):
        if outgoing and protocol == ETH_P_IP:
            self.addresses.add(socket.inet_ntoa(data[16:20]))
        elif outgoing and protocol == ETH_P_IPV6:
            self.addresses.add(socket.inet_ntop(socket.AF_INET6, data[24:40]))


class Capture(Tap):
    """Takes every UDP packet over IPv4."""

    def __init__(self, node, interface):
        super().__init__(node, interface)
        self.packets = []

    def take(self, data, protocol, outgoing):
        packet = parse(data, outgoing) if protocol == ETH_P_IP else None
        if packet is not None:
            self.packets.append(packet)

    def streams(self, servers):
        """Binding requests that left for one of the servers, by source and destination: for
        each how many were asked, a repeated one being the same question."""
        asked = defaultdict(set)
        for packet in self.packets:
            if (
                packet.outgoing and packet.destination in servers and packet.stun is not None
                and packet.stun[0] == BINDING_REQUEST
            ):
                asked[packet.source, packet.destination].add(packet.stun[1])
        return {ends: len(ids) for ends, ids in asked.items()}


def parse(data, outgoing):
    """The datagram in an IP packet; None: it is something else."""
    length = 4 * (data[0] & 15)
    if data[9] != UDP or len(data) < length + 8:
        return None
    source_port, destination_port = struct.unpack_from("!HH", data, length)
    return Packet(
        outgoing,
        (socket.inet_ntoa(data[12:16]), source_port),
        (socket.inet_ntoa(data[16:20]), destination_port),
        parse_stun(data[length + 8:]),
    )


def parse_stun(payload):
    """The message type and the transaction id (RFC 8489 §5); None: it is no message."""
    if len(payload) < 20:
        return None
    kind, _, cookie = struct.unpack_from("!HHI", payload)
    return (kind, payload[8:20]) if cookie == MAGIC_COOKIE and kind < 0x4000 else None
