#!/usr/bin/python3
"""Fram and the agents that others wrote, each behind a NAT, in both roles."""

from contextlib import contextmanager

import calls
import cases

PEERS = {
    "nice": ("nice", []),
    "nice_aggressive": ("nice", ["--aggressive"]),
    "aioice": ("aioice", []),
}

# Fram's place, and the peer's.
PLACES = (
    ("open", "port-restricted"),
    ("port-restricted", "open"),
    ("port-restricted", "port-restricted"),
    ("full-cone", "symmetric"),
    ("symmetric", "address-restricted"),
    ("double-cone", "double-cone"),
)

# Where both are for what libnice can do besides.
BEHIND_NATS = ("port-restricted", "port-restricted")


class Interop(cases.LabCase):
    """Cases for each peer, role and places are made below."""

    def call(self, peer, role, places):
        server = self.lab.stun_server()
        with calls.fram_and_peer(self.lab, places, PEERS[peer], role, server) as (
            stage, fram, other,
        ):
            calls.await_outcome(stage, fram, other)
            print(f"connected: Fram {fram.connected_ms()} ms, the peer {other.connected_ms()} ms")
            self.assertEqual(fram.types(), tuple(calls.TYPES[place] for place in places))
            calls.harness.check_data(stage, fram.process, other.process)

    @contextmanager
    def nice(self, role, flags=(), both=(), fram_flags=(), places=BEHIND_NATS, components=1):
        """Fram and libnice, connected; gives the stage and their processes.  `both` are flags
        for both."""
        with calls.fram_and_peer(
            self.lab, places, ("nice", [*flags, *both]), role, self.lab.stun_server(),
            [*fram_flags, *both],
        ) as (stage, *ends):
            self.connected(stage, ends, components)
            yield stage, *(end.process for end in ends)

    def connected(self, stage, ends, components=1):
        calls.await_outcome(stage, *ends, components=components)
        fram, other = (end.process for end in ends)
        for end in (fram, other):
            self.assertTrue(calls.harness.is_up(end))
        calls.harness.check_data(stage, fram, other)

    def trickle(self, role):
        with self.nice(role, both=["--trickle"]) as (stage, *ends):
            calls.harness.await_ends_of_candidates(stage, *ends)

    def restart(self, role):
        with self.nice(role) as (stage, *ends):
            calls.harness.restart(self, stage, *ends)
            self.connected(stage, [calls.End(end) for end in ends])

    def two_components(self, role):
        with self.nice(role, both=["--components", "2"], components=2):
            pass

    def consent(self, role):
        with self.nice(role, flags=["--consent"]) as (stage, fram, other):
            calls.harness.await_consent(stage, fram)
            calls.harness.check_data(stage, fram, other)

    def test_nice_with_lite_fram(self):
        """Whoever is lite has to be reached by everybody, and is controlled."""
        with self.nice(
            "controlled", flags=["--consent"], fram_flags=["--lite"],
            places=("open", "port-restricted"),
        ):
            pass


def add_cases():
    for peer in PEERS:
        for role in calls.OTHER_ROLE:
            for places in PLACES:

                def case(self, peer=peer, role=role, places=places):
                    self.call(peer, role, places)

                where = "_and_".join(places).replace("-", "_")
                setattr(Interop, f"test_{peer}_fram_{role}_{where}", case)
    for what in (Interop.trickle, Interop.restart, Interop.two_components, Interop.consent):
        for role in calls.OTHER_ROLE:

            def one(self, what=what, role=role):
                what(self, role)

            setattr(Interop, f"test_nice_{what.__name__}_fram_{role}", one)


add_cases()

if __name__ == "__main__":
    cases.main()
