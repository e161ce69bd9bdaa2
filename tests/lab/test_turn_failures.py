#!/usr/bin/python3
"""What is wrong with a TURN server is told: by the session that needs it, and by `fram servers
test`, in the same words."""

import json
import os
import subprocess

import calls
import cases
import relaying
import topology
from calls import harness
from processes import Stage
from turn_client import Client
from turn_server import EXPIRED, GOOD, MISNAMED, USER, SharedSecret

PLACE = "symmetric"


class TurnFailures(cases.LabCase):
    def setUp(self):
        super().setUp()
        self.stage = self.enterContext(Stage())

    def try_server(self, service, uri, *options):
        """What `fram servers test` says, and how it ends."""
        done = subprocess.run(
            [os.environ["FRAM"], "servers", "test", uri, "--json", *options],
            env=service.environment, capture_output=True, text=True, check=False,
        )
        (row,) = json.loads(done.stdout)
        self.assertEqual(done.returncode, 0 if row["ok"] else 1, row)
        return row

    def session(self, service, *flags):
        """Why a session without a relay has none: cause and sentence."""
        end = calls.End(
            harness.start_fram_at(
                self.stage, "controlling", service, "--policy", "relay", *flags
            )
        )
        end.process.tell(ufrag="nobody", pwd="x" * 22, candidates=[])
        self.stage.wait("failure", lambda: end.state() == "failed", patience=calls.GIVING_UP)
        return end.cause(self.stage)

    def check(self, uri, word, step, credential=relaying.CREDENTIAL, authority=None, place=PLACE):
        """The test and a session that has no other way name the same cause."""
        (host,) = topology.build(self.lab, f"anna={place}")
        service = relaying.start_service(self.stage, host)
        options = ["--user", credential[0], "--password-file",
                   relaying.password_file(self.lab, credential[1])]
        if authority is not None:
            options += ["--ca-file", authority]
        row = self.try_server(service, uri, *options)
        print(row)
        self.assertEqual((row["ok"], row["cause"], row["step"]), (False, word, step))
        relaying.add_server(service, self.lab, uri, credential, authority)
        cause, told = self.session(service)
        print(f"{cause}: {told}")
        self.assertEqual(cause, f"relay-{word}")
        self.assertIn(row["advice"], told)
        self.check_listed(service, cause)

    def check_listed(self, service, cause):
        """Others see the same of it."""
        listed = subprocess.run([os.environ["FRAM"], "sessions", "--json"], check=True,
                                env=service.environment, capture_output=True, text=True)
        (row,) = json.loads(listed.stdout)
        self.assertEqual((row["state"], row["cause"]), ("failed", cause))

    def test_wrong_password(self):
        server = self.lab.turn_server()
        self.check(server.uri, "wrong-credentials", "allocate", (USER, "guess"))

    def test_expired_credential(self):
        users = SharedSecret()
        server = self.lab.turn_server(users=users)
        self.check(server.uri, "expired-credentials", "allocate", users.credential(USER, -60))

    def test_full_quota(self):
        server = self.lab.turn_server("user-quota=1")
        other = Client(self.lab.host("bert"), server)
        other.expect("allocated")
        other.expect("mapped")
        self.check(server.uri, "quota", "allocate")
        other.end()

    def test_unreachable(self):
        """Its host says that nobody is there."""
        server = self.lab.turn_server()
        server.stop()
        self.check(server.uri_by("tcp"), "unreachable", "connect")

    def test_silent(self):
        """By UDP, and then by TCP."""
        self.check(f"turn:{calls.SILENT_ADDRESS}", "silent", "connect")

    def test_proxy_refuses(self):
        server = self.lab.turn_server()
        server.stop()
        self.check(
            server.uri_by("tcp"), "proxy", "connect", place="port-restricted,proxy=http"
        )

    def test_no_direct_path_either(self):
        """The session may use every way, and there is no other."""
        server = self.lab.turn_server()
        ends = relaying.start_pair(
            self.lab, self.stage, (PLACE, PLACE), [server.uri], credential=(USER, "guess")
        )
        calls.await_outcome(self.stage, *ends)
        for end in ends:
            self.assertEqual(end.state(), "failed")
            cause, sentence = end.cause(self.stage)
            print(sentence)
            self.assertEqual(cause, "relay-wrong-credentials")
            self.assertIn("no direct path", sentence)
            self.assertIn("refuses the user name or the password", sentence)

    def check_certificate(self, certificate, word, known=True):
        server = self.lab.turn_server(certificate=certificate)
        authority = self.lab.authority.certificate if known else None
        self.check(server.uri_by("tls"), word, "connect", authority=authority)

    def test_expired_certificate(self):
        self.check_certificate(EXPIRED, "certificate-expired")

    def test_misnamed_certificate(self):
        self.check_certificate(MISNAMED, "certificate-name")

    def test_unknown_authority(self):
        self.check_certificate(GOOD, "certificate-authority", known=False)


if __name__ == "__main__":
    cases.main()
