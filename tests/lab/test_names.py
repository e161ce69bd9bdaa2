#!/usr/bin/python3
"""Hosts hide their addresses behind names of Multicast DNS, which Avahi, the real one, publishes
and finds in their network."""

import calls
import cases
from avahi import Avahi
from calls import OTHER_ROLE, harness

HIDING = ("--policy", "mdns")
NAME = r"[0-9a-f-]{36}\.local"


def candidates(end):
    """The lines that its application was told."""
    return [*end.last("local")["candidates"],
            *(event["candidate"] for event in end.all("candidate"))]


class Names(cases.LabCase):
    def neighbours(self):
        """Two hosts of one network."""
        nat = self.lab.nat("port-restricted")
        return [self.lab.host(name, behind=nat) for name in ("one", "other")]

    def start(self, stage, host, role, *flags):
        """Fram and Avahi there."""
        if role == "controlled":
            flags += ("--echo",)
        return harness.start_fram(stage, role, host, *flags,
                                  prepare=Avahi(stage, host).prepare)

    def connect(self, stage, *processes):
        """Returns the ends, which have exchanged data and told of all there is."""
        harness.introduce(stage, *processes)
        ends = [calls.End(process) for process in processes]
        calls.await_outcome(stage, *ends)
        harness.check_data(stage, *processes)
        return ends

    def check_never_told(self, stage, process, address):
        process.tell(stats=1)
        stage.wait("statistics", lambda: process.last("stats"))
        for event in process.events:
            self.assertNotIn(str(address), repr(event))

    def check_hides(self, process):
        """Every candidate of its host has a name."""
        hosts = [line.split() for line in candidates(process) if " typ host" in line]
        self.assertTrue(hosts)
        for words in hosts:
            self.assertRegex(words[4], f"^{NAME}$")

    def test_both(self):
        """Neither application is told an address, of the other or of itself."""
        hosts = self.neighbours()
        with calls.Stage() as stage:
            processes = [self.start(stage, host, role, *HIDING, "--trickle")
                         for host, role in zip(hosts, OTHER_ROLE)]
            ends = self.connect(stage, *processes)
            for process, end in zip(processes, ends):
                self.assertEqual(end.types()[0], "host")
                self.check_hides(process)
                for host in hosts:
                    self.check_never_told(stage, process, host.address)

    def test_without_trickle(self):
        """The end of candidates waits for the names."""
        with calls.Stage() as stage:
            processes = [self.start(stage, host, role, *HIDING)
                         for host, role in zip(self.neighbours(), OTHER_ROLE)]
            self.connect(stage, *processes)

    def one_hides(self, role):
        hosts = self.neighbours()
        with calls.Stage() as stage:
            hiding = self.start(stage, hosts[0], role, *HIDING)
            open_one = self.start(stage, hosts[1], OTHER_ROLE[role])
            first, second = ((hiding, open_one) if role == "controlling"
                             else (open_one, hiding))
            self.connect(stage, first, second)
            self.check_hides(hiding)
            self.check_never_told(stage, open_one, hosts[0].address)

    def test_one_controlling(self):
        self.one_hides("controlling")

    def test_one_controlled(self):
        self.one_hides("controlled")

    def test_other_network(self):
        """Names are not found there: the call goes by what the STUN server saw."""
        server = self.lab.stun_server()
        hosts = [self.lab.host(name, behind=self.lab.nat("port-restricted"))
                 for name in ("one", "other")]
        with calls.Stage() as stage:
            processes = [self.start(stage, host, role, *HIDING, "--server", server.uri)
                         for host, role in zip(hosts, OTHER_ROLE)]
            ends = self.connect(stage, *processes)
            for process, end in zip(processes, ends):
                self.assertEqual(end.types(), ("srflx", "srflx"))
                self.check_hides(process)
                for host in hosts:
                    self.check_never_told(stage, process, host.address)

    def test_open(self):
        """Two hosts without a NAT, each in a network of its own: by the addresses that the STUN
        server saw, which are their own."""
        server = self.lab.stun_server()
        hosts = [self.lab.host(name) for name in ("one", "other")]
        with calls.Stage() as stage:
            processes = [self.start(stage, host, role, *HIDING, "--server", server.uri)
                         for host, role in zip(hosts, OTHER_ROLE)]
            for process, end in zip(processes, self.connect(stage, *processes)):
                self.assertEqual(end.types(), ("host", "srflx"))
                self.check_hides(process)

    def with_peer(self, kind, role):
        """A peer that may not know such names is none the worse for them."""
        hosts = self.neighbours()
        with calls.Stage() as stage:
            fram = self.start(stage, hosts[0], role, *HIDING)
            flags = ["--echo"] if role == "controlling" else []
            peer = harness.start_peer(stage, kind, OTHER_ROLE[role], hosts[1],
                                      [str(hosts[1].address)], *flags)
            first, second = (fram, peer) if role == "controlling" else (peer, fram)
            self.connect(stage, first, second)
            self.check_hides(fram)


def add_cases():
    for kind in ("nice", "aioice"):
        for role in OTHER_ROLE:

            def case(self, kind=kind, role=role):
                self.with_peer(kind, role)

            setattr(Names, f"test_{kind}_fram_{role}", case)


add_cases()

if __name__ == "__main__":
    cases.main()
