#!/usr/bin/python3
"""What a delay box does to packets, and what happens to cables and addresses on command."""

import os
import selectors
import socket
import statistics
import threading
import time

import cases
from link import Quality
from namespace import Refused
from probe import open_socket

# A busy machine may always be late, but half of the packets are not.
LATE_MS = 10


class DelayBox(cases.LabCase):
    def pair(self, **quality):
        """A socket behind a link of that quality, and one behind a good link."""
        near = open_socket(self.lab.host("near", quality=Quality(**quality)))
        far = open_socket(self.lab.host("far"))
        for opened in (near, far):
            self.addCleanup(opened.close)
        # The first packet has to find its neighbours.
        near.sendto(b"first", far.getsockname())
        far.recv(99)
        return near, far

    def one_way_ms(self, sender, receiver, count=50):
        took = []
        for _ in range(count):
            begun = time.monotonic()
            sender.sendto(b"x", receiver.getsockname())
            receiver.recv(99)
            took.append(1000 * (time.monotonic() - begun))
        return took

    def test_delay_each_way(self):
        near, far = self.pair(delay_ms=25)
        for sender, receiver in ((near, far), (far, near)):
            took = self.one_way_ms(sender, receiver)
            print(f"one way: {min(took):.2f} to {max(took):.2f} ms, median"
                  f" {statistics.median(took):.2f}")
            self.assertGreaterEqual(min(took), 25)
            self.assertLess(statistics.median(took), 25 + LATE_MS)

    def test_small_delay(self):
        near, far = self.pair(delay_ms=0.5)
        took = self.one_way_ms(near, far)
        self.assertGreaterEqual(min(took), 0.5)
        self.assertLess(statistics.median(took), 0.5 + LATE_MS)

    def test_jitter(self):
        near, far = self.pair(delay_ms=30, jitter_ms=20)
        took = self.one_way_ms(near, far, 60)
        self.assertGreaterEqual(min(took), 10)
        self.assertLess(statistics.median(took), 30 + 20 / 2 + LATE_MS)
        # Of 60 times that are spread evenly, half are in the middle half.
        self.assertGreater(statistics.stdev(took), 5)

    def send_numbers(self, sender, receiver, count):
        """Those that arrive, in the order in which they do.

        They are taken now and then, since a socket has no room for many of them.
        """
        got = []
        for number in range(count):
            sender.sendto(b"%d" % number, receiver.getsockname())
            if number % 50 == 49:
                got += self.drain(receiver, 0.02)
        return got + self.drain(receiver)

    def drain(self, receiver, silence=0.5):
        """All that comes until nothing comes for a while."""
        got = []
        receiver.settimeout(silence)
        while True:
            try:
                got.append(int(receiver.recv(2000).split()[0]))
            except TimeoutError:
                return got

    def test_jitter_overtakes(self):
        near, far = self.pair(delay_ms=20, jitter_ms=20)
        got = self.send_numbers(near, far, 100)
        self.assertEqual(sorted(got), list(range(100)))
        self.assertNotEqual(got, sorted(got))

    def test_delay_alone_keeps_the_order(self):
        near, far = self.pair(delay_ms=20)
        self.assertEqual(self.send_numbers(near, far, 300), list(range(300)))

    def test_loss(self):
        near, far = self.pair(loss=20)
        for sender, receiver in ((near, far), (far, near)):
            got = self.send_numbers(sender, receiver, 1000)
            # Five standard deviations, though the seed makes it always the same.
            self.assertTrue(737 < len(got) < 863, len(got))
            self.assertEqual(got, sorted(got))

    def test_rate(self):
        near, far = self.pair(rate=1000)
        # Each is 1000 bytes with its headers: eight milliseconds at 1 Mbit/s.
        payload = b"%d ".ljust(1000 - 14 - 20 - 8)
        begun = time.monotonic()
        for number in range(20):
            near.sendto(payload % number, far.getsockname())
        arrivals = []
        for _ in range(20):
            far.recv(2000)
            arrivals.append(1000 * (time.monotonic() - begun))
        self.assertGreaterEqual(arrivals[-1], 20 * 8)
        self.assertLess(arrivals[-1], 20 * 8 + 100)

    def test_rate_drops_what_queues_too_long(self):
        near, far = self.pair(rate=1000)
        payload = b"%d ".ljust(1000 - 14 - 20 - 8)
        for number in range(100):
            near.sendto(payload % number, far.getsockname())
        # 200 ms are 25 packets, and a few leave while the others are sent.
        got = self.drain(far)
        self.assertTrue(25 <= len(got) < 90, len(got))
        self.assertEqual(got[:25], list(range(25)))

    def test_stream_of_data(self):
        """TCP, whose packets the kernel would pass on as runs without checksums."""
        one, other = self.lab.host("one", quality=Quality(delay_ms=2)), self.lab.host("other")
        data = os.urandom(1 << 22)
        with other, socket.create_server(("", 0)) as server:
            port = server.getsockname()[1]
            with one, socket.socket() as client:
                client.settimeout(30)
                client.connect((str(other.address), port))
                writer = threading.Thread(target=client.sendall, args=(data,))
                writer.start()
                with server.accept()[0] as taken:
                    got = b""
                    while len(got) < len(data):
                        got += taken.recv(1 << 20)
                writer.join()
        self.assertEqual(got, data)

    def test_wrong_options(self):
        for wrong in ({"delay_ms": -1}, {"loss": 101}, {"delay_ms": 5, "jitter_ms": 6}):
            with self.subTest(wrong), self.assertRaises(Refused):
                self.lab.host(quality=Quality(**wrong))


class Cables(cases.LabCase):
    def setUp(self):
        super().setUp()
        self.nat = self.lab.nat("port-restricted")
        self.host = self.lab.host("host", behind=self.nat)
        self.far = open_socket(self.lab.host("far"))
        self.addCleanup(self.far.close)

    def reaches(self, address=None, patience=5):
        """Whether a datagram and its answer get through."""
        try:
            with open_socket(self.host, address) as near:
                near.settimeout(patience)
                near.sendto(b"there", self.far.getsockname())
                self.far.settimeout(patience)
                self.far.sendto(*self.far.recvfrom(99))
                return near.recv(99) == b"there"
        except OSError:  # no address, no route, or nothing came
            return False

    def test_cut_is_silent(self):
        self.assertTrue(self.reaches())
        for cable in (self.host.interface, self.nat.wan):
            cable.cut()
            with self.host, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as near:
                near.connect(self.far.getsockname())
                near.send(b"into the dark")  # and no error
                near.settimeout(0.3)
                with self.assertRaises(TimeoutError):
                    near.recv(99)
            cable.mend()
            self.assertTrue(self.reaches())

    def test_down_and_up(self):
        self.host.interface.down()
        self.assertFalse(self.reaches(patience=0.3))
        self.host.interface.up()
        self.assertTrue(self.reaches())

    def test_down_and_up_with_ipv6(self):
        nat = self.lab.nat("full-cone", ipv6=True)
        host, far = self.lab.host(behind=nat, ipv6=True), self.lab.host(ipv6=True)
        for _ in range(2):
            with open_socket(host, host.address6) as one, open_socket(far, far.address6) as other:
                one.sendto(b"there", other.getsockname()[:2])
                other.sendto(*other.recvfrom(99))
                self.assertEqual(one.recv(99), b"there")
            host.interface.down()
            host.interface.up()

    def test_change_of_address(self):
        old = self.host.address
        new = self.host.interface.change_address()
        self.assertEqual(self.host.address, new)
        self.assertNotEqual(old, new)
        self.assertTrue(self.reaches())
        with self.assertRaises(OSError):
            open_socket(self.host, old)

    def test_change_of_address_keeps_the_others(self):
        host = self.lab.host("server", addresses=2)
        second = host.interface.addresses[1]
        host.interface.change_address()
        open_socket(host, second).close()

    def test_two_interfaces(self):
        """The first is preferred; without it everything goes by the second."""
        wifi = self.host.attach(self.lab.nat("full-cone", "wifi"), "wlan0")
        self.assertTrue(self.reaches())
        self.host.interface.down()
        self.assertTrue(self.reaches(wifi.address))
        self.host.interface.up()
        self.assertTrue(self.reaches())

    def test_moved(self):
        """The interface is taken from one network to another."""
        old = self.host.interface
        old.remove()
        self.assertFalse(self.reaches(old.address, patience=0.3))
        new = self.host.attach(self.lab.nat("full-cone", "elsewhere"), "eth0")
        self.assertNotEqual(new.address, old.address)
        self.assertTrue(self.reaches())

    def test_delay_box_ends_with_its_cable(self):
        host = self.lab.host("delayed", quality=Quality(delay_ms=1))
        box = self.lab.processes[-1]
        host.interface.remove()
        self.assertEqual(box.wait(10), 0)

    def test_a_change_is_an_event(self):
        """The kernel tells of each change whoever listens on the host."""
        with self.host:
            events = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, socket.NETLINK_ROUTE)
        with events, selectors.DefaultSelector() as selector:
            events.bind((0, 0x1 | 0x10 | 0x40))  # links, IPv4 addresses, IPv4 routes
            selector.register(events, selectors.EVENT_READ)
            for change in ("change_address", "down", "up"):
                getattr(self.host.interface, change)()
                self.assertTrue(selector.select(5), change)
                while selector.select(0):
                    events.recv(65536)


if __name__ == "__main__":
    cases.main()
