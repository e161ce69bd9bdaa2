"""Judges a NAT by sending through it, with plain sockets on both sides and no protocol.

Sockets stay in the network they were opened in, so one process is everywhere at once.
"""

import itertools
import select
import socket
import time

from translation import ADDRESS, ADDRESS_AND_PORT, ENDPOINT

# Seconds for a packet to cross the lab, which takes a fraction of a millisecond; long only
# because the machine may be busy.
PATIENCE = 5


def open_socket(host, address=None, port=0):
    """A UDP socket on the host; if `port` is 0, with a port of its own."""
    address = str(address or host.address)
    with host:
        opened = socket.socket(
            socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_DGRAM
        )
    try:
        opened.bind((address, port))
    except OSError:
        opened.close()
        raise
    opened.settimeout(PATIENCE)
    return opened


class Probe:
    """`inner` is the host behind the NAT; `outer` is outside and has two addresses."""

    def __init__(self, inner, outer):
        self.inner = inner
        first, second = outer.interface.addresses
        # By address and port: [0][1] is the second port of the first address.
        self.outer = [[open_socket(outer, ip) for _ in range(2)] for ip in (first, second)]
        self._sockets = [end for pair in self.outer for end in pair]
        self._numbers = itertools.count()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for opened in self._sockets:
            opened.close()

    def open(self, host=None):
        """A new inner socket."""
        opened = open_socket(host or self.inner)
        self._sockets.append(opened)
        return opened

    def seen(self, inner, outer=None):
        """The outer end of the mapping: what `inner` looks like to `outer`."""
        outer = outer or self.outer[0][0]
        sent = str(next(self._numbers)).encode()
        inner.sendto(sent, outer.getsockname())
        while True:
            got, end = outer.recvfrom(99)
            if got == sent:
                return end

    def mapping(self):
        """On what the mapping depends.  (RFC 4787 §4.1)"""
        inner = self.open()
        ends = [[self.seen(inner, end) for end in pair] for pair in self.outer]
        if ends[0][0] != ends[0][1]:
            return ADDRESS_AND_PORT
        return ENDPOINT if ends[0][0] == ends[1][0] else ADDRESS

    def filtering(self):
        """On what it depends who may send to a mapping.  (RFC 4787 §5)"""
        inner = self.open()
        end = self.seen(inner)
        if self.passes(self.outer[1][1], inner, end):
            return ENDPOINT
        return ADDRESS if self.passes(self.outer[0][1], inner, end) else ADDRESS_AND_PORT

    def passes(self, sender, inner, end):
        """Whether what `sender` sends to `end` reaches `inner`."""
        sent = str(next(self._numbers)).encode()
        sender.sendto(sent, end)
        return sent in [got for got, _ in self.received(inner)]

    def received(self, inner):
        """What `inner` got until now.

        What it is sent last, by who may send, comes last: there is one way, and two turns
        on it are behind everything that was on it.
        """
        got = []
        for _ in range(2):
            mark = str(next(self._numbers)).encode()
            self.outer[0][0].sendto(mark, self.seen(inner))
            while not got or got[-1][0] != mark:
                got.append(inner.recvfrom(99))
            got.pop()
        return got

    def hairpin(self, other):
        """How `other`, an inner host, looks to another by its outer end; None: it does not
        reach it."""
        one, another = self.open(), self.open(other)
        end, from_end = self.seen(one), self.seen(another)
        # Who filters lets in whom one has sent to.
        one.sendto(b"let me be answered", from_end)
        another.sendto(b"hairpin", end)
        senders = [sender for got, sender in self.received(one) if got == b"hairpin"]
        return senders[0] if senders else None

    def keeps_ports(self, count=8):
        """How many of so many mappings have the inner port."""
        opened = [self.open() for _ in range(count)]
        return sum(self.seen(inner)[1] == inner.getsockname()[1] for inner in opened)

    def lifetime(self, ages):
        """The last age, in seconds, at which a mapping without traffic still let its remote
        end in, and the first at which it did not; None: there was no such age.

        A mapping of its own for each age, since what comes in might refresh it.
        """
        begun = time.monotonic()
        mappings = [(age, inner, self.seen(inner)) for age in ages for inner in [self.open()]]
        alive = []
        for age, inner, end in mappings:
            self.pass_time(begun + age - time.monotonic())
            self.outer[0][0].sendto(b"still there?", end)
            if self._arrives(inner):
                alive.append(age)
        dead = [age for age in ages if age not in alive]
        return max(alive, default=None), min(dead, default=None)

    def pass_time(self, seconds):
        """Lets the time pass, in which nobody gets anything."""
        came, _, _ = select.select(self._sockets, [], [], max(0, seconds))
        if came:
            raise AssertionError(f"{came} got something that nobody sent")

    def _arrives(self, inner):
        """Whether something comes until a packet to another mapping has made two turns."""
        other = self.open()
        for _ in range(2):
            self.outer[0][0].sendto(b"mark", self.seen(other))
            other.recvfrom(99)
        if not select.select([inner], [], [], 0)[0]:
            return False
        inner.recvfrom(99)
        return True

