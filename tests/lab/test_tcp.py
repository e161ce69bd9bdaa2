#!/usr/bin/python3
"""Fram calls Fram where UDP does not get through: by TCP (RFC 6544), without any server."""

import calls
import cases
import filtering
from calls import OTHER_ROLE, harness


class Tcp(cases.LabCase):
    """Some cases are made for each role below."""

    def call(self, stage, inner, outer, role="controlling", servers=()):
        """The inner host, of that role, calls the other one."""
        asking = [word for uri in servers for word in ("--server", uri)]
        ends = [
            harness.start_fram(stage, role, inner, "--trickle", *asking),
            harness.start_fram(stage, OTHER_ROLE[role], outer, "--trickle", "--echo", *asking),
        ]
        harness.introduce(stage, *ends)
        calls.await_outcome(stage, *map(calls.End, ends))
        return ends

    def check(self, stage, ends, transport):
        harness.wait_connected(stage, *ends)
        for end in ends:
            for words in harness.selected_pairs(end)[1]:
                self.assertRegex(words, f" {transport}$")
        harness.check_data(stage, *ends)

    def forbidden(self, role):
        """The inner host connects; the other one sees it where its NAT maps it."""
        nat = self.lab.nat("symmetric", forbidden=filtering.UDP)
        inner, outer = self.lab.host("inner", behind=nat), self.lab.host("outer")
        with calls.Stage() as stage:
            ends = self.call(stage, inner, outer, role)
            self.check(stage, ends, "tcp")
            self.assertEqual(calls.End(ends[0]).types(), ("prflx", "host"))
            self.assertEqual(calls.End(ends[1]).types(), ("host", "prflx"))
            remote = harness.selected_pairs(ends[1])[1][1]
            self.assertTrue(remote.startswith(f"{nat.outside}:"), remote)

    def test_firewall_on_the_other_side(self):
        """Public addresses on both sides; the firewall lets in only answers."""
        wall = self.lab.firewall(forbidden=filtering.UDP)
        inner, outer = self.lab.host("inner", behind=wall), self.lab.host("outer")
        with calls.Stage() as stage:
            self.check(stage, self.call(stage, inner, outer), "tcp")

    def test_ipv6(self):
        nat = self.lab.nat("port-restricted", forbidden=filtering.UDP, ipv6=True)
        inner = self.lab.host("inner", behind=nat, ipv6=True)
        outer = self.lab.host("outer", ipv6=True)
        with calls.Stage() as stage:
            ends = self.call(stage, inner, outer)
            self.check(stage, ends, "tcp")
            self.assertTrue(harness.selected_pairs(ends[0])[1][0].startswith("["))

    def test_udp_is_preferred(self):
        nat = self.lab.nat("port-restricted")
        inner, outer = self.lab.host("inner", behind=nat), self.lab.host("outer")
        with calls.Stage() as stage:
            self.check(stage, self.call(stage, inner, outer), "udp")

    def test_forbidden_in_the_middle(self):
        """UDP worked, and does not any more: the call goes on by TCP."""
        nat = self.lab.nat("port-restricted")
        inner, outer = self.lab.host("inner", behind=nat), self.lab.host("outer")
        with calls.Stage() as stage:
            ends = self.call(stage, inner, outer)
            self.check(stage, ends, "udp")
            nat.forbid(filtering.UDP)
            nat.lose_mappings()
            stage.wait(
                "TCP",
                lambda: all(
                    harness.is_up(end) and harness.selected_pairs(end)[1][0].endswith(" tcp")
                    for end in ends
                ),
                patience=calls.GIVING_UP,
            )
            self.check(stage, ends, "tcp")

    def test_simultaneous_open(self):
        """Behind NATs on both sides, each connects to where a server has seen the other."""
        nats = [self.lab.nat("port-restricted", forbidden=filtering.UDP) for _ in OTHER_ROLE]
        hosts = [self.lab.host(f"inner{i}", behind=nat) for i, nat in enumerate(nats)]
        server = self.lab.stun_server()
        with calls.Stage() as stage:
            ends = self.call(stage, *hosts, servers=[server.uri])
            self.check(stage, ends, "tcp")
            for end, other in zip(ends, reversed(nats)):
                remote = harness.selected_pairs(end)[1][1]
                self.assertTrue(remote.startswith(f"{other.outside}:"), remote)
                offered = [event["candidate"] for event in end.all("candidate")]
                self.assertTrue(
                    any(" typ srflx " in line and " tcptype so" in line for line in offered),
                    offered,
                )

    def test_mapping_lost(self):
        """The NAT knows nothing of the connection any more: there is another one."""
        nat = self.lab.nat("symmetric", forbidden=filtering.UDP)
        inner, outer = self.lab.host("inner", behind=nat), self.lab.host("outer")
        with calls.Stage() as stage:
            ends = self.call(stage, inner, outer)
            self.check(stage, ends, "tcp")
            nat.change_public_address()
            stage.wait(
                "another connection",
                lambda: all(len(end.all("selected")) > 1 for end in ends),
                patience=calls.GIVING_UP,
            )
            self.check(stage, ends, "tcp")


def add_cases():
    for role in OTHER_ROLE:

        def case(self, role=role):
            self.forbidden(role)

        setattr(Tcp, f"test_forbidden_{role}", case)


add_cases()

if __name__ == "__main__":
    cases.main()
