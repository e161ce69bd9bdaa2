#!/usr/bin/python3
"""The TURN server of the lab, judged by programs that others wrote: every transport, its
certificates, and what is counted."""

import re
import subprocess

import cases
import turn_server
from turn_server import EXPIRED, GOOD, MISNAMED, SharedSecret

# Messages that turnutils_uclient sends, and milliseconds between them.
MESSAGES, INTERVAL = 5, 20
CLIENT_FLAGS = {"udp": [], "tcp": ["-t"], "tls": ["-t", "-S"], "dtls": ["-S"]}


class TurnServers(cases.LabCase):
    def relay(self, server, host, transport, port, user=turn_server.USER,
              password=turn_server.PASSWORD):
        """turnutils_uclient talks to itself through the server."""
        said = host.run([
            "turnutils_uclient", *CLIENT_FLAGS[transport], "-u", user, "-w", password,
            "-p", str(port), "-y", "-c", "-n", str(MESSAGES), "-z", str(INTERVAL),
            str(server.address),
        ]).stdout
        return re.findall(r"tot_send_msgs=(\d+), tot_recv_msgs=(\d+)", said), said

    def check_relays(self, transport, port, place="symmetric", forbidden=None, **server):
        server = self.lab.turn_server(**server)
        host = self.lab.host("anna", behind=self.lab.nat(place, forbidden=forbidden))
        counts, said = self.relay(server, host, transport, port)
        sent, received = max((tuple(map(int, pair)) for pair in counts), default=(0, 0))
        self.assertGreater(sent, 0, said)
        # The last one of several may be on its way when it ends.
        self.assertGreater(received, 0, said)
        allocations = server.allocations()
        self.assertGreater(len(allocations), 0, server.said())
        self.assertEqual({row.user for row in allocations}, {turn_server.USER})

    def test_udp(self):
        self.check_relays("udp", 3478)

    def test_tcp(self):
        self.check_relays("tcp", 3478, forbidden="udp")

    def test_tls(self):
        self.check_relays("tls", turn_server.TLS_PORT, forbidden="udp", certificate=GOOD)

    def test_dtls(self):
        self.check_relays("dtls", turn_server.TLS_PORT, certificate=GOOD)

    def test_tls_where_only_the_web_is(self):
        self.check_relays(
            "tls", turn_server.WEB_PORT, forbidden="all-but-web", certificate=GOOD
        )

    def verify(self, certificate, authority=True):
        """What OpenSSL says of the server's certificate."""
        server = self.lab.turn_server(certificate=certificate)
        trusted = ["-CAfile", self.lab.authority.certificate] if authority else ["-no-CAfile"]
        host = self.lab.host("anna")
        said = host.run(
            ["openssl", "s_client", "-connect", f"{server.address}:{turn_server.TLS_PORT}",
             "-verify_ip", str(server.address), *trusted],
            stdin=subprocess.DEVNULL,
        ).stdout
        return re.search(r"Verify return code: \d+ \((.*)\)", said)[1]

    def test_certificate(self):
        self.assertEqual(self.verify(GOOD), "ok")

    def test_expired_certificate(self):
        self.assertEqual(self.verify(EXPIRED), "certificate has expired")

    def test_misnamed_certificate(self):
        self.assertEqual(self.verify(MISNAMED), "IP address mismatch")

    def test_unknown_authority(self):
        self.assertIn("unable to verify", self.verify(GOOD, authority=False))

    def check_shared_secret(self, lifetime, works):
        users = SharedSecret()
        server = self.lab.turn_server(users=users)
        user, password = users.credential("anna", lifetime)
        _, said = self.relay(server, self.lab.host("anna"), "udp", 3478, user, password)
        made = server.allocations()
        self.assertEqual({row.user for row in made}, {user} if works else set(), said)

    def test_shared_secret(self):
        self.check_shared_secret(60, True)

    def test_shared_secret_expired(self):
        self.check_shared_secret(-60, False)


if __name__ == "__main__":
    cases.main()
