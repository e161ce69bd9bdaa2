#!/usr/bin/python3
"""Fram against libnice and aioice, and against itself."""

import unittest
from contextlib import contextmanager
from functools import partial

import harness
from harness import OTHER_ROLE
from processes import Stage
from service import Service

# Peers: the program, and how it is started.
PEERS = {
    "nice": ("nice", []),
    "nice_aggressive": ("nice", ["--aggressive"]),
    "aioice": ("aioice", []),
}


class Fram(unittest.TestCase):
    """Cases for each place, peer and role are made below."""

    def connect(self, place, peer, fram_role, peer_role=None):
        program, flags = PEERS[peer]
        peer_role = peer_role or OTHER_ROLE[fram_role]
        place = harness.PLACES[place]()
        with Stage() as stage:
            fram = harness.start_fram(stage, fram_role, place.one)
            other = harness.start_peer(
                stage, program, peer_role, place.other, place.addresses, "--echo", *flags
            )
            harness.introduce(stage, fram, other)
            harness.wait_connected(stage, fram, other)
            for end in (fram, other):
                harness.check_types(self, end)
            harness.check_data(stage, fram, other)

    def test_both_controlling_nice(self):
        self.connect("two_hosts", "nice", "controlling", "controlling")

    def test_both_controlled_nice(self):
        self.connect("two_hosts", "nice", "controlled", "controlled")

    def test_both_controlling_aioice(self):
        self.connect("two_hosts", "aioice", "controlling", "controlling")

    def test_both_controlled_aioice(self):
        self.connect("two_hosts", "aioice", "controlled", "controlled")

    def trickle(self, fram_role):
        place = harness.two_hosts()
        with Stage() as stage:
            fram = harness.start_fram(stage, fram_role, place.one, "--trickle", "--echo")
            nice = harness.start_peer(
                stage, "nice", OTHER_ROLE[fram_role], place.other, [], "--trickle"
            )
            harness.introduce(stage, fram, nice)
            harness.wait_connected(stage, fram, nice)
            harness.await_ends_of_candidates(stage, fram, nice)
            for end in (fram, nice):
                # A check may come before the candidate that it was sent from.
                harness.check_types(self, end, remote=("host", "prflx"))
            harness.check_data(stage, nice, fram)

    def test_trickle_fram_controlling(self):
        self.trickle("controlling")

    def test_trickle_fram_controlled(self):
        self.trickle("controlled")

    @contextmanager
    def beside_nice(self, fram_role, *flags, introduce=harness.introduce):
        """Gives the stage, the place, and the two ends, connected; `flags` are libnice's."""
        place = harness.two_hosts()
        with Stage() as stage:
            fram = harness.start_fram(stage, fram_role, place.one)
            nice = harness.start_peer(
                stage, "nice", OTHER_ROLE[fram_role], place.other, [], "--echo", *flags
            )
            introduce(stage, fram, nice)
            harness.wait_connected(stage, fram, nice)
            yield stage, place, fram, nice

    def restart(self, fram_role):
        with self.beside_nice(fram_role) as (stage, _, fram, nice):
            harness.restart(self, stage, fram, nice)
            harness.wait_connected(stage, fram, nice)
            harness.check_data(stage, fram, nice)

    def test_restart_fram_controlling(self):
        self.restart("controlling")

    def test_restart_fram_controlled(self):
        self.restart("controlled")

    def consent(self, fram_role):
        """Both ends ask for consent, every five seconds, and give it."""
        with self.beside_nice(fram_role, "--consent") as (stage, _, fram, nice):
            harness.await_consent(stage, fram)
            self.assertEqual(fram.last("state")["state"], "completed")
            harness.check_data(stage, fram, nice)

    def test_consent_fram_controlling(self):
        self.consent("controlling")

    def test_consent_fram_controlled(self):
        self.consent("controlled")

    @contextmanager
    def renomination(self, fram_role, introduce=harness.introduce):
        """Both renominate; gives the stage, the place, and the two ends."""
        with self.beside_nice(
            fram_role, "--renomination", introduce=introduce
        ) as (stage, place, fram, nice):
            for end in (fram, nice):
                self.assertIn("renomination", end.last("local")["options"])
            harness.check_data(stage, fram, nice)
            yield stage, place, fram, nice

    def test_renomination_nice_fram_controlling(self):
        """The pair in use falls silent.  What is left has a lower priority: libnice takes it
        because of its value (draft-thatcher-ice-renomination-01 §4), and else would not.

        It forgets a pair that it has not checked when a better one is selected, for good; so it
        gets to know the better one later."""
        with self.renomination(
            "controlling", harness.introduce_by_ipv4
        ) as (stage, place, fram, nice):
            stage.wait("the better pair", lambda: is_by_ipv6(fram) and is_by_ipv6(nice))
            before = harness.selected_pairs(nice)
            harness.silence_ipv6(place.one, place.other)
            stage.wait("renomination", lambda: harness.selected_pairs(nice) != before)
            self.assertIn("10.77.0.", harness.selected_pairs(nice)[1][0])
            harness.wait_connected(stage, fram, nice)
            harness.check_data(stage, fram, nice)

    def test_renomination_nice_fram_controlled(self):
        with self.renomination("controlled"):
            pass

    def lite(self, peer, *flags, fram=("--lite",)):
        """Whoever is full controls, and asks."""
        program, more = PEERS[peer]
        place = harness.two_hosts()
        with Stage() as stage:
            fram_role = "controlled" if fram else "controlling"
            one = harness.start_fram(stage, fram_role, place.one, *fram)
            other = harness.start_peer(
                stage, program, OTHER_ROLE[fram_role], place.other, [], "--echo", *more, *flags
            )
            harness.introduce(stage, one, other)
            harness.wait_connected(stage, one, other)
            harness.check_data(stage, one, other)

    def test_lite_with_nice(self):
        self.lite("nice", "--consent")

    def test_lite_with_nice_aggressive(self):
        self.lite("nice_aggressive")

    def test_lite_with_aioice(self):
        self.lite("aioice")

    def test_with_lite_nice(self):
        self.lite("nice", "--lite", fram=())

    def test_lite_with_fram(self):
        self.two_frams(["--lite"], [])

    def test_lite_with_lite_fram(self):
        self.two_frams(["--lite"], ["--lite"])

    def two_frams(self, flags, other_flags):
        place = harness.two_hosts()
        with Stage() as stage:
            one = harness.start_fram(stage, "controlling", place.one, *flags)
            other = harness.start_fram(
                stage, "controlled", place.other, "--echo", *other_flags
            )
            harness.introduce(stage, one, other)
            harness.wait_connected(stage, one, other)
            harness.check_data(stage, one, other)

    def revocation(self, fram_role, way, revoke):
        """RFC 7675 §5.2: the other end is told with 403, and need not wait for 30 seconds."""
        place = harness.two_hosts()
        with Stage() as stage:
            service = Service(stage, place.one)
            service.environment["FRAM_DATA"] = way
            fram = harness.start_fram_at(stage, fram_role, service)
            nice = harness.start_peer(
                stage, "nice", OTHER_ROLE[fram_role], place.other, [], "--consent", "--echo"
            )
            harness.introduce(stage, fram, nice)
            harness.wait_connected(stage, fram, nice)
            revoke(stage, fram, nice)

    def test_revoked_by_nice(self):
        for role in OTHER_ROLE:
            for way in ("direct", "relayed"):
                with self.subTest(role=role, way=way):
                    self.revocation(role, way, partial(harness.check_revocation, self))

    def test_revoked_by_fram(self):
        def revoke(stage, fram, nice):
            stage.dismiss(fram)
            stage.wait("failure", lambda: nice.last("state")["state"] == "failed")

        for role in OTHER_ROLE:
            self.revocation(role, "direct", revoke)

    def components(self, peer, fram_role):
        program, flags = PEERS[peer]
        place = harness.two_hosts()
        with Stage() as stage:
            fram = harness.start_fram(stage, fram_role, place.one, "--components", "2")
            other = harness.start_peer(
                stage, program, OTHER_ROLE[fram_role], place.other, [], "--echo",
                "--components", "2", *flags,
            )
            harness.introduce(stage, fram, other)
            harness.wait_connected(stage, fram, other, components=2)
            harness.check_data(stage, fram, other)

    def test_fram_and_fram(self):
        """Two users' services on two hosts."""
        self.two_frams([], [])

    def test_bad_lines_disturb_nobody(self):
        place = harness.two_hosts()
        with Stage() as stage:
            fram = harness.start_fram(stage, "controlling", place.one)
            nice = harness.start_peer(stage, "nice", "controlled", place.other, [], "--echo")
            stage.wait("local description", lambda: fram.last("local"))
            for line in ("no json", "[1]", '{"ufrag": 7}', '{"candidate": "candidate:x"}'):
                before = len(fram.all("error"))
                fram.tell_text(line)
                stage.wait(f"error for {line}", lambda: len(fram.all("error")) > before)
            harness.introduce(stage, fram, nice)
            harness.wait_connected(stage, fram, nice)
            harness.check_data(stage, fram, nice)


def is_by_ipv6(end):
    return harness.selected_pairs(end)[1][0].startswith("[fd00:77::")


def add_cases():
    for place in harness.PLACES:
        for peer in PEERS:
            for role in OTHER_ROLE:

                def case(self, place=place, peer=peer, role=role):
                    self.connect(place, peer, role)

                setattr(Fram, f"test_{peer}_{place}_fram_{role}", case)
    for peer in PEERS:
        for role in OTHER_ROLE:

            def two(self, peer=peer, role=role):
                self.components(peer, role)

            setattr(Fram, f"test_{peer}_two_components_fram_{role}", two)


add_cases()

if __name__ == "__main__":
    harness.main()
