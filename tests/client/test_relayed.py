#!/usr/bin/python3
"""Sessions that are relayed, as somebody at a shell has them: framd, and coturn."""

import json

import coturn
import harness

CONFIGURATION = """
listening-port={port}
no-tls
no-dtls
realm=test
lt-cred-mech
user=ann:open sesame
allow-loopback-peers
"""


class Relayed(harness.Case):
    def setUp(self):
        super().setUp()
        port, = coturn.free_ports.find(1)
        coturn.start(self, CONFIGURATION.format(port=port), [port])
        self.uri = f"turn:localhost:{port}"
        self.start_framd("--administrators", self.folder / "none")
        self.password = self.write_file("password", "open sesame\n")

    def write_file(self, name, text):
        path = self.folder / name
        path.write_text(text)
        return path

    def run_fram(self, *arguments, status=0):
        program = self.start_fram(*arguments)
        self.assertEqual(program.wait_end(), status, program.said())
        return program.lines

    def add(self):
        self.run_fram("servers", "add", self.uri, "--user", "ann", "--password-file",
                      self.password)

    def begin(self, *arguments):
        return self.start_json("--policy", "relay", *arguments)

    def own_server(self, password=None):
        return ["--no-settings-servers", "--server", self.uri, "--user", "ann",
                "--password-file", password or self.password]

    def check_talk(self, one, other):
        for teller, listener in ((one, other), (other, one)):
            event = teller.wait_event("local")
            self.assertTrue(all("typ relay" in line for line in event["candidates"]), event)
            listener.tell(**{name: event[name] for name in
                             ("ufrag", "pwd", "candidates", "options", "pacing")})
        for program in (one, other):
            program.wait_event("state", state="completed")
        one.tell(send="hello")
        other.wait_event("recv", data="hello")

    def check_shown(self):
        """It is told by whom it is relayed."""
        for command in (["sessions"], ["watch", "--count", "1"]):
            lines = self.run_fram(*command)
            self.assertEqual(sum("relayed by localhost" in line for line in lines), 2, lines)

    def test_server_of_the_session(self):
        one, other = self.begin(*self.own_server()), self.begin(*self.own_server())
        self.check_talk(one, other)
        self.check_shown()

    def test_server_of_the_settings(self):
        self.add()
        one, other = self.begin(), self.begin(*self.own_server())
        self.check_talk(one, other)
        self.check_shown()

    def report_of(self, program):
        program.tell(stats=1)
        return program.wait_event("stats")["report"]

    def check_relay(self, candidate):
        self.assertEqual(
            (candidate["candidateType"], candidate["url"], candidate["relayProtocol"]),
            ("relay", self.uri, "udp"), candidate)

    def test_statistics(self):
        """The W3C's: by which server, how it is reached, and what went by it."""
        one, other = self.begin(*self.own_server()), self.begin(*self.own_server())
        self.check_talk(one, other)
        reports = [self.report_of(program) for program in (one, other)]
        pairs = [report[report["transport-0.1"]["selectedCandidatePairId"]]
                 for report in reports]
        for report, pair, counts in zip(reports, pairs, ((1, 0), (0, 1))):
            self.assertTrue(pair["nominated"])
            for entry in (report["transport-0.1"], pair):
                self.assertEqual((entry["packetsSent"], entry["packetsReceived"]), counts)
                self.assertEqual((entry["bytesSent"], entry["bytesReceived"]),
                                 tuple(len("hello") * n for n in counts))
            local = report[pair["localCandidateId"]]
            self.check_relay(local)
            # By this policy nobody is told from where.
            self.assertNotIn("relatedAddress", local)
        for i in range(2):
            remote = reports[i][pairs[i]["remoteCandidateId"]]
            theirs = reports[1 - i][pairs[1 - i]["localCandidateId"]]
            self.assertEqual(remote["port"], theirs["port"])
            self.assertNotIn("url", remote)

    def test_statistics_of_own_candidates(self):
        """As their lines tell them."""
        program = self.start_json(*self.own_server())
        line, = [line.split() for line in program.wait_event("local")["candidates"]
                 if "typ relay" in line]
        relay, = [entry for entry in self.report_of(program).values()
                  if entry.get("candidateType") == "relay"]
        self.check_relay(relay)
        self.assertEqual(
            (relay["address"], relay["port"], relay["relatedAddress"], relay["relatedPort"]),
            (line[4], int(line[5]), line[line.index("raddr") + 1],
             int(line[line.index("rport") + 1])))

    def test_wrong_password(self):
        """The session says which server does not relay, and why."""
        wrong = self.write_file("wrong", "close sesame\n")
        program = self.begin(*self.own_server(wrong))
        program.wait_event("state", state="failed")
        program.tell(stats=1)
        told = program.wait_event("stats")
        self.assertIn("localhost", told["explanation"])
        self.assertIn("password", told["explanation"])
        self.assertNotIn("sesame", json.dumps(told))

    def test_without_servers_of_the_settings(self):
        self.add()
        program = self.begin("--no-settings-servers")
        self.assertEqual(program.wait_event("local")["candidates"], [])


if __name__ == "__main__":
    harness.main()
