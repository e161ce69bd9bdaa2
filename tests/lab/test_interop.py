#!/usr/bin/python3
"""Fram and the agents that others wrote, each behind a NAT, in both roles."""

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


def add_cases():
    for peer in PEERS:
        for role in calls.OTHER_ROLE:
            for places in PLACES:

                def case(self, peer=peer, role=role, places=places):
                    self.call(peer, role, places)

                where = "_and_".join(places).replace("-", "_")
                setattr(Interop, f"test_{peer}_fram_{role}_{where}", case)


add_cases()

if __name__ == "__main__":
    cases.main()
