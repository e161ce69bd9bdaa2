#!/usr/bin/python3
"""Fram's TCP candidates (RFC 6544) against those of libnice, and against its own."""

import unittest

import harness
from harness import OTHER_ROLE
from processes import Stage


def carry(stage, teller, listener, kind):
    """Carries a description with the candidates of that kind alone."""
    stage.wait("local description", lambda: teller.last("local"))
    local = {k: v for k, v in teller.last("local").items() if k not in ("ev", "role")}
    local["candidates"] = [line for line in local["candidates"] if kind in line]
    listener.tell(**local, end=True)


class Tcp(unittest.TestCase):
    """Who is passive is known to the other; who is active is not connected to."""

    def connect(self, place, peer, fram_role, fram_kind):
        place = harness.PLACES[place]()
        peer_kind = "active" if fram_kind == "passive" else "passive"
        with Stage() as stage:
            fram = harness.start_fram(stage, fram_role, place.one)
            if peer == "nice":
                other = harness.start_peer(
                    stage, "nice", OTHER_ROLE[fram_role], place.other, [], "--echo", "--tcp"
                )
            else:
                other = harness.start_fram(stage, OTHER_ROLE[fram_role], place.other, "--echo")
            carry(stage, fram, other, f"tcptype {fram_kind}")
            carry(stage, other, fram, f"tcptype {peer_kind}")
            stage.wait(
                "connection",
                lambda: all(
                    harness.is_up(end) and harness.selected_pairs(end) for end in (fram, other)
                ),
            )
            for end in (fram, other):
                for words in harness.selected_pairs(end)[1]:
                    self.assertRegex(words, " tcp$")
            harness.check_data(stage, fram, other)

    def test_revoked(self):
        """By a connection, too, data end with consent."""
        place = harness.two_hosts()
        with Stage() as stage:
            fram = harness.start_fram(stage, "controlling", place.one)
            nice = harness.start_peer(
                stage, "nice", "controlled", place.other, [], "--echo", "--tcp", "--consent"
            )
            carry(stage, fram, nice, "tcptype active")
            carry(stage, nice, fram, "tcptype passive")
            stage.wait("connection", lambda: harness.is_up(fram) and harness.is_up(nice))
            harness.check_revocation(self, stage, fram, nice)

    def test_off(self):
        """An application that does not want it has none, and takes no notice of the peer's."""
        place = harness.two_hosts()
        with Stage() as stage:
            fram = harness.start_fram(stage, "controlling", place.one, "--no-tcp")
            nice = harness.start_peer(stage, "nice", "controlled", place.other, [], "--tcp")
            stage.wait("local descriptions", lambda: fram.last("local") and nice.last("local"))
            self.assertFalse([c for c in fram.last("local")["candidates"] if " TCP " in c])
            carry(stage, nice, fram, "")
            before = len(fram.all("stats"))
            fram.tell(stats=1)
            stage.wait("statistics", lambda: len(fram.all("stats")) > before)
            self.assertEqual(fram.last("stats")["pairs"], [])
            self.assertFalse(fram.all("error"))


def add_cases():
    for place in ("same_host", "two_hosts"):
        for peer in ("nice", "fram"):
            for role in OTHER_ROLE:
                for kind in ("active", "passive"):

                    def case(self, place=place, peer=peer, role=role, kind=kind):
                        self.connect(place, peer, role, kind)

                    setattr(Tcp, f"test_{peer}_{place}_fram_{role}_{kind}", case)


add_cases()

if __name__ == "__main__":
    harness.main()
