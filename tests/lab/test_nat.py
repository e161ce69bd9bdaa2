#!/usr/bin/python3
"""Each kind of NAT is what it is called: other people's programs and a probe say so."""

import cases
import judges
from probe import Probe, open_socket
from translation import ADDRESS_AND_PORT, ENDPOINT, KINDS, PRESERVED

# What `stun` says to mapping and filtering.
STUN_WORDS = {
    "full-cone": {"Independent Mapping", "Independent Filter"},
    "address-restricted": {"Independent Mapping", "Address Dependent Filter"},
    "port-restricted": {"Independent Mapping", "Port Dependent Filter"},
    "address-dependent": {"Dependent Mapping"},
    "symmetric": {"Dependent Mapping"},
}
CONES = ("full-cone", "address-restricted", "port-restricted")


class NatCase(cases.LabCase):
    def behind(self, kind, name="inner", **behaviour):
        """A host behind a NAT of its own."""
        return self.lab.host(name, behind=self.lab.nat(kind, **behaviour))

    def probe(self, inner):
        probe = Probe(inner, self.lab.host("outer", addresses=2))
        self.addCleanup(probe.__exit__)
        return probe


class Kinds(NatCase):
    """Cases for each kind and judge are made below."""

    def judge_natdiscovery(self, kind):
        server, host = self.lab.stun_server(), self.behind(kind)
        found = (
            judges.natdiscovery_mapping(host, server),
            judges.natdiscovery_filtering(host, server),
        )
        self.assertEqual(found, KINDS[kind])

    def judge_stun(self, kind):
        server, host = self.lab.stun_server(), self.behind(kind)
        self.assertEqual(
            judges.stun_words(host, server), STUN_WORDS[kind] | {"random port", "no hairpin"}
        )
        outside = str(host.interface.behind.outside)
        self.assertEqual(judges.stunclient_address(host, server), outside)

    def judge_probe(self, kind):
        probe = self.probe(self.behind(kind))
        self.assertEqual((probe.mapping(), probe.filtering()), KINDS[kind])
        self.assertLess(probe.keeps_ports(), 2)
        self.assertIsNone(probe.hairpin(probe.inner))


class Open(NatCase):
    def test_natdiscovery(self):
        server, host = self.lab.stun_server(), self.lab.host()
        self.assertEqual(judges.natdiscovery_mapping(host, server), ENDPOINT)
        self.assertEqual(judges.natdiscovery_filtering(host, server), ENDPOINT)

    def test_stun(self):
        server, host = self.lab.stun_server(), self.lab.host()
        self.assertEqual(judges.stun_words(host, server), {"Open"})
        self.assertEqual(judges.stunclient_address(host, server), str(host.address))

    def test_probe(self):
        probe = self.probe(self.lab.host())
        self.assertEqual((probe.mapping(), probe.filtering()), (ENDPOINT, ENDPOINT))
        self.assertEqual(probe.keeps_ports(8), 8)


class Double(NatCase):
    """A NAT behind a NAT: as strict as the stricter of the two."""

    def check(self, inner, outer, expected):
        outer = self.lab.nat(outer, "provider")
        probe = self.probe(self.lab.host("inner", behind=self.lab.nat(inner, behind=outer)))
        self.assertEqual((probe.mapping(), probe.filtering()), expected)
        self.assertEqual(probe.seen(probe.open())[0], str(outer.outside))

    def test_cone_behind_cone(self):
        self.check("full-cone", "full-cone", (ENDPOINT, ENDPOINT))

    def test_restricted_behind_cone(self):
        self.check("port-restricted", "full-cone", (ENDPOINT, ADDRESS_AND_PORT))

    def test_cone_behind_restricted(self):
        self.check("full-cone", "port-restricted", (ENDPOINT, ADDRESS_AND_PORT))

    def test_cone_behind_symmetric(self):
        self.check("full-cone", "symmetric", (ADDRESS_AND_PORT, ADDRESS_AND_PORT))

    def test_natdiscovery(self):
        provider = self.lab.nat("full-cone", "provider")
        host = self.lab.host(behind=self.lab.nat("port-restricted", behind=provider))
        server = self.lab.stun_server()
        self.assertEqual(judges.natdiscovery_mapping(host, server), ENDPOINT)
        self.assertEqual(judges.natdiscovery_filtering(host, server), ADDRESS_AND_PORT)


class Hairpins(NatCase):
    def check(self, kind):
        """Hosts behind one NAT reach each other by outer ends, and look like outer ends."""
        nat = self.lab.nat(kind, hairpin=True)
        one, other = self.lab.host("one", behind=nat), self.lab.host("other", behind=nat)
        probe = self.probe(one)
        address, _ = probe.hairpin(other)
        self.assertEqual(address, str(nat.outside))
        self.assertEqual((probe.mapping(), probe.filtering()), KINDS[kind])

    def test_natdiscovery(self):
        server = self.lab.stun_server()
        for hairpin in (True, False):
            host = self.behind("full-cone", f"host-{hairpin}", hairpin=hairpin)
            self.assertEqual(judges.natdiscovery_hairpin(host, server), hairpin)

    def test_stun(self):
        host = self.behind("full-cone", hairpin=True)
        words = judges.stun_words(host, self.lab.stun_server())
        self.assertEqual(words, STUN_WORDS["full-cone"] | {"random port", "will hairpin"})

    def test_hairpin_is_a_flow(self):
        """What comes by a hairpin is answered by the same way."""
        nat = self.lab.nat("port-restricted", hairpin=True)
        one, other = self.lab.host("one", behind=nat), self.lab.host("other", behind=nat)
        probe = self.probe(one)
        near, far = probe.open(), probe.open(other)
        near_end, far_end = probe.seen(near), probe.seen(far)
        near.sendto(b"lost", far_end)
        far.sendto(b"there", near_end)
        self.assertEqual(near.recvfrom(99), (b"there", far_end))
        near.sendto(b"and back", far_end)
        self.assertEqual(far.recvfrom(99), (b"and back", near_end))

    def test_symmetric_has_none(self):
        with self.assertRaises(ValueError):
            self.lab.nat("symmetric", hairpin=True)


class Ports(NatCase):
    def test_preserved(self):
        for kind in ("port-restricted", "symmetric"):
            with self.subTest(kind):
                probe = Probe(
                    self.behind(kind, kind + "-host", ports=PRESERVED),
                    self.lab.host(addresses=2),
                )
                with probe:
                    self.assertEqual(probe.keeps_ports(8), 8)

    def test_preserved_for_one_of_two(self):
        """Two inner hosts with the same port get two outer ports."""
        nat = self.lab.nat("full-cone", ports=PRESERVED)
        probe = self.probe(self.lab.host("one", behind=nat))
        one = probe.open()
        port = one.getsockname()[1]
        self.assertEqual(probe.seen(one)[1], port)
        other_host = self.lab.host("other", behind=nat)
        with open_socket(other_host, port=port) as other:
            # To another remote end, so that the kernel itself has no conflict to solve.
            self.assertNotEqual(probe.seen(other, probe.outer[1][1])[1], port)

    def test_preserved_as_stun_sees_it(self):
        server = self.lab.stun_server()
        host = self.behind("address-restricted", ports=PRESERVED)
        words = judges.stun_words(host, server)
        self.assertIn("preserves ports", words)


def add_cases():
    for kind in KINDS:
        for judge in ("natdiscovery", "stun", "probe"):

            def case(self, kind=kind, judge=judge):
                getattr(self, f"judge_{judge}")(kind)

            setattr(Kinds, f"test_{kind.replace('-', '_')}_{judge}", case)
    for kind in CONES:

        def hairpin(self, kind=kind):
            self.check(kind)

        setattr(Hairpins, f"test_{kind.replace('-', '_')}", hairpin)


add_cases()

if __name__ == "__main__":
    cases.main()
