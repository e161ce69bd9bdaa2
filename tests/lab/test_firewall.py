#!/usr/bin/python3
"""What firewalls let through, and what they do not."""

import itertools
import socket

import cases
import filtering
from probe import Probe, open_socket

# Seconds for a connection that nothing hinders; one that is hindered is given less.
PATIENCE = 5
HINDERED = 0.5
# Datagrams that nothing hinders, until one has to have arrived.
ATTEMPTS = 10


def connects(host, address, port, patience=PATIENCE):
    """Whether a TCP connection comes about."""
    family = socket.AF_INET6 if ":" in str(address) else socket.AF_INET
    with host, socket.socket(family, socket.SOCK_STREAM) as client:
        client.settimeout(patience)
        try:
            client.connect((str(address), port))
        except TimeoutError:
            return False
    return True


class Firewall(cases.LabCase):
    payloads = (f"hello {number}".encode() for number in itertools.count())

    def listen(self, host, port, family=socket.AF_INET):
        with host:
            server = socket.create_server(("", port), family=family)
        self.addCleanup(server.close)
        return server

    def probe(self, inner):
        probe = Probe(inner, self.lab.host("outer", addresses=2))
        self.addCleanup(probe.__exit__)
        return probe

    def arrives(self, sender, receiver):
        """Whether one datagram arrives within a moment."""
        sent = next(self.payloads)
        sender.sendto(sent, receiver.getsockname()[:2])
        receiver.settimeout(HINDERED)
        try:
            while receiver.recv(99) != sent:
                pass
        except TimeoutError:
            return False
        return True

    def assert_sends(self, sender, receiver):
        """On a new way the first datagrams may get lost while routers find their neighbours."""
        self.assertTrue(any(self.arrives(sender, receiver) for _ in range(ATTEMPTS)))

    def assert_hindered(self, sender, receiver):
        self.assertFalse(self.arrives(sender, receiver))

    def test_udp_forbidden(self):
        nat = self.lab.nat("full-cone", forbidden=filtering.UDP)
        inner, outer = self.lab.host("inner", behind=nat), self.lab.host("outer")
        self.listen(outer, 5000)
        with open_socket(inner) as sender, open_socket(outer) as receiver:
            self.assert_hindered(sender, receiver)
            self.assertTrue(connects(inner, outer.address, 5000))

    def test_all_but_web_forbidden(self):
        nat = self.lab.nat("full-cone", forbidden=filtering.ALL_BUT_WEB)
        inner, outer = self.lab.host("inner", behind=nat), self.lab.host("outer")
        for port in (80, 443, 5000):
            self.listen(outer, port)
        self.assertTrue(connects(inner, outer.address, 80))
        self.assertTrue(connects(inner, outer.address, 443))
        self.assertFalse(connects(inner, outer.address, 5000, HINDERED))
        with open_socket(inner) as sender, open_socket(outer, port=443) as receiver:
            self.assert_hindered(sender, receiver)

    def test_forbidden_on_command(self):
        nat = self.lab.nat("port-restricted")
        inner, outer = self.lab.host("inner", behind=nat), self.lab.host("outer")
        with open_socket(inner) as sender, open_socket(outer) as receiver:
            self.assert_sends(sender, receiver)
            nat.forbid(filtering.UDP)
            self.assert_hindered(sender, receiver)
            nat.forbid(None)
            self.assert_sends(sender, receiver)

    def test_hosts_of_one_network_are_not_hindered(self):
        nat = self.lab.nat("symmetric", forbidden=filtering.ALL_BUT_WEB)
        one, other = self.lab.host("one", behind=nat), self.lab.host("other", behind=nat)
        with open_socket(one) as sender, open_socket(other) as receiver:
            self.assert_sends(sender, receiver)

    def test_firewall_without_nat(self):
        """Public addresses, and only answers come in."""
        wall = self.lab.firewall()
        probe = self.probe(self.lab.host("inner", behind=wall))
        inner = probe.open()
        self.assertEqual(probe.seen(inner), inner.getsockname())
        self.assertFalse(probe.passes(probe.outer[0][1], inner, inner.getsockname()))
        self.assertTrue(probe.passes(probe.outer[0][0], inner, inner.getsockname()))

    def test_ipv6_firewall(self):
        """A NAT for IPv4 is a firewall for IPv6, with holes for who was sent to."""
        nat = self.lab.nat("full-cone", ipv6=True)
        inner = self.lab.host("inner", behind=nat, ipv6=True)
        outer = self.lab.host("outer", ipv6=True)
        self.listen(outer, 5000, socket.AF_INET6)
        self.listen(inner, 5000, socket.AF_INET6)
        self.assertTrue(connects(inner, outer.address6, 5000))
        self.assertFalse(connects(outer, inner.address6, 5000, HINDERED))
        with open_socket(inner, inner.address6) as near, open_socket(outer, outer.address6) as far:
            self.assert_hindered(far, near)
            self.assert_sends(near, far)
            self.assert_sends(far, near)

    def test_ipv6_behind_two_routers(self):
        provider = self.lab.nat("port-restricted", "provider", ipv6=True)
        home = self.lab.nat("port-restricted", "home", behind=provider, ipv6=True)
        inner = self.lab.host("inner", behind=home, ipv6=True)
        outer = self.lab.host("outer", ipv6=True)
        with open_socket(inner, inner.address6) as near, open_socket(outer, outer.address6) as far:
            self.assert_sends(near, far)
            self.assert_sends(far, near)

    def test_no_ipv6_unless_asked_for(self):
        host = self.lab.host(behind=self.lab.nat("full-cone"))
        with host, open("/proc/self/net/if_inet6", encoding="ascii") as file:
            self.assertEqual({line.split()[-1] for line in file}, {"lo"})
        with self.assertRaises(ValueError):
            self.lab.host(behind=self.lab.nat("full-cone", "other"), ipv6=True)


if __name__ == "__main__":
    cases.main()
