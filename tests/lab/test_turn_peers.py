#!/usr/bin/python3
"""libnice and aioice by relay, each with its like: that the lab's ways are open, without Fram."""

import os

import cases
import calls
import relaying
import topology
from calls import harness
from processes import Stage
from turn_server import GOOD


class TurnPeers(cases.LabCase):
    """Cases for each agent and situation are made below."""

    def call(self, program, situation):
        server = self.lab.turn_server(certificate=GOOD)
        os.environ["SSL_CERT_FILE"] = self.lab.authority.certificate
        with Stage() as stage:
            ends = []
            for number, (role, place) in enumerate(zip(calls.OTHER_ROLE, situation.places)):
                (host,) = topology.build(self.lab, f"host-{number}={place}")
                flags = relaying.peer_flags(program, server, situation.way, host)
                if role == "controlled":
                    flags.append("--echo")
                ends.append(harness.start_peer(stage, program, role, host, (), *flags))
            harness.introduce(stage, *ends)
            ends = [calls.End(end) for end in ends]
            calls.await_outcome(stage, *ends)
            print([end.types() for end in ends])
            for end in ends:
                self.assertGreaterEqual(relaying.n_relays(end), 1)
            ends[0].process.tell(send="by relay")
            harness.wait_received(stage, ends[0].process, "echo:by relay")
        self.assertEqual({row.user for row in server.allocations()}, {relaying.CREDENTIAL[0]})


def add_cases():
    for program in ("nice", "aioice"):
        for name, situation in relaying.SITUATIONS.items():
            if program == "aioice" and "proxy" in name:
                continue

            def case(self, program=program, situation=situation):
                self.call(program, situation)

            setattr(TurnPeers, f"test_{program}_{name.replace('-', '_')}", case)


add_cases()

if __name__ == "__main__":
    cases.main()
