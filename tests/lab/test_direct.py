#!/usr/bin/python3
"""Data past the service, whatever the path is that was found: a host's own address, what a NAT made
of it, and what only the peer has seen."""

import os

import calls
import cases
import harness
import topology
from harness import OTHER_ROLE
from processes import JsonProcess, Stage
from service import Service


class Direct(cases.LabCase):
    def start(self, stage, host, role, server):
        """framd on the host, and an application that is no stranger there."""
        service = Service(stage, host)
        command = [os.environ["FRAM"], "connect", "--json", "--role", role, "--server", server.uri]
        if role == "controlled":
            command.append("--echo")
        with host:
            return service, JsonProcess(stage, f"fram-{role}", command, service.environment)

    def check(self, places):
        server = self.lab.stun_server()
        with Stage() as stage:
            hosts = [topology.build(self.lab, f"{name}={place}")[0]
                     for name, place in zip(("one", "other"), places)]
            services, programs = zip(*(self.start(stage, host, role, server)
                                       for host, role in zip(hosts, OTHER_ROLE)))
            harness.introduce(stage, *programs)
            ends = [calls.End(program) for program in programs]
            calls.await_outcome(stage, *ends)
            types = tuple(calls.TYPES[place] for place in places)
            self.assertEqual(ends[0].types(), types)
            harness.check_data(stage, *programs)
            for service in services:
                stage.wait("direct path",
                           lambda service=service: service.ask("status")["direct"] == 1)
            before = [service.ask("status")["bytes-in"] for service in services]
            for number in range(100):
                programs[0].tell(send=f"{number:01000}")
            stage.wait("echoes", lambda: len(programs[0].all("recv")) > 100)
            for service, bytes_in in zip(services, before):
                self.assertLess(service.ask("status")["bytes-in"] - bytes_in, 50_000)

    def test_host(self):
        self.check(("open", "open"))

    def test_server_reflexive(self):
        self.check(("address-restricted", "port-restricted"))

    def test_peer_reflexive(self):
        self.check(("open", "symmetric"))


if __name__ == "__main__":
    cases.main()
