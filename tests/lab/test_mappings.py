#!/usr/bin/python3
"""Mappings expire, are lost, and move to another address."""

import cases
from namespace import TOOLS
from probe import Probe

# A mapping's life in seconds, and the ages at which it is asked for: far enough from it that
# a busy machine does not matter.
LIFETIME = 3
AGES = [1.0, 2.0, 4.0]


class Mappings(cases.LabCase):
    def make(self, kind="port-restricted", **behaviour):
        """A NAT and a probe of it."""
        nat = self.lab.nat(kind, "nat", **behaviour)
        probe = Probe(self.lab.host("inner", behind=nat), self.lab.host("outer", addresses=2))
        self.addCleanup(probe.__exit__)
        return nat, probe

    def check_lifetime(self, kind):
        _, probe = self.make(kind, lifetime=LIFETIME)
        self.assertEqual(probe.lifetime(AGES), (2.0, 4.0))

    def test_lifetime_of_a_cone(self):
        self.check_lifetime("full-cone")

    def test_lifetime_of_a_flow(self):
        self.check_lifetime("symmetric")

    def test_lifetimes_reach_the_kernel(self):
        for seconds in (20, 30, 60):
            nat = self.lab.nat("port-restricted", f"nat-{seconds}", lifetime=seconds)
            with nat:
                for name in ("nf_conntrack_udp_timeout", "nf_conntrack_udp_timeout_stream"):
                    with open(f"/proc/sys/net/netfilter/{name}", encoding="ascii") as file:
                        self.assertEqual(int(file.read()), seconds)
            rules = nat.run(["nft", "list", "table", "ip", "lab_nat"], env=TOOLS, capable=True)
            words = "1m" if seconds == 60 else f"{seconds}s"
            self.assertEqual(rules.stdout.count(f"timeout {words}\n"), 4)

    def test_traffic_keeps_a_mapping(self):
        """What leaves in time keeps the mapping, to whomever it goes."""
        _, probe = self.make("full-cone", lifetime=LIFETIME)
        inner = probe.open()
        end = probe.seen(inner)
        for _ in range(3):
            probe.pass_time(0.6 * LIFETIME)
            self.assertEqual(probe.seen(inner, probe.outer[1][1]), end)
        self.assertTrue(probe.passes(probe.outer[0][1], inner, end))

    def check_lost(self, kind):
        nat, probe = self.make(kind)
        inner = probe.open()
        end = probe.seen(inner)
        nat.lose_mappings()
        probe.outer[0][0].sendto(b"to a mapping of the past", end)
        new = probe.seen(inner)
        self.assertEqual(new[0], end[0])
        self.assertNotEqual(new[1], end[1])
        self.assertEqual(probe.received(inner), [])

    def test_lost_by_a_cone(self):
        self.check_lost("full-cone")

    def test_lost_by_a_symmetric_nat(self):
        self.check_lost("symmetric")

    def check_new_address(self, kind):
        nat, probe = self.make(kind)
        inner = probe.open()
        end = probe.seen(inner)
        self.assertEqual(end[0], str(nat.outside))
        address = str(nat.change_public_address())
        self.assertNotEqual(address, end[0])
        self.assertEqual(probe.seen(inner)[0], address)
        self.assertFalse(probe.passes(probe.outer[0][0], inner, end))

    def test_new_address_of_a_cone(self):
        self.check_new_address("port-restricted")

    def test_new_address_of_a_symmetric_nat(self):
        self.check_new_address("symmetric")

    def test_addresses_come_back_last(self):
        nat, _ = self.make()
        seen = {nat.outside} | {nat.change_public_address() for _ in range(4)}
        self.assertEqual(len(seen), 5)


if __name__ == "__main__":
    cases.main()
