#!/usr/bin/python3
"""`fram netcheck` behind each kind of NAT: its name, and the words of RFC 4787, are right; and
what was found is known again when the service comes back."""

import json
import os
import socket
import subprocess

from gi.repository import Gio

import calls
import cases
import filtering
from calls import Stage
from namespace import Namespace
from processes import Process
from service import Service
from translation import ADDRESS, ADDRESS_AND_PORT, ENDPOINT, KINDS, PRESERVED, RANDOM

# An address on the internet that is nobody's.
NOBODY = ("192.88.99.1", 9)

# Seconds: more than a check may take.
PATIENCE = 30

# What people call the kinds of the lab, and what to expect of a call with anyone.
NAMES = {
    "full-cone": ("full-cone", "full cone NAT", "direct"),
    "address-restricted": ("restricted-cone", "restricted cone NAT", "direct"),
    "port-restricted": ("port-restricted-cone", "port-restricted cone NAT",
                        "direct-unless-symmetric"),
    "address-dependent": ("symmetric", "symmetric NAT", "direct-if-open"),
    "symmetric": ("symmetric", "symmetric NAT", "direct-if-open"),
}

# From a symmetric NAT: who lets any port of a known address in is reached.
CALLS_OF_SYMMETRIC = {
    "open": "direct", "full-cone": "direct", "restricted-cone": "direct",
    "port-restricted-cone": "relay", "symmetric": "relay",
}


class Netcheck(cases.LabCase):
    def setUp(self):
        super().setUp()
        self.stage = Stage()
        self.stage.__enter__()
        self.addCleanup(self.stage.__exit__, None, None, None)

    def serve(self, host):
        self.service = Service(self.stage, host)

    def fram(self, *arguments):
        """Runs it where there is no network at all: only the bus."""
        with Namespace("nowhere"):
            return subprocess.run(
                [os.environ["FRAM"], *arguments], env=self.service.environment,
                capture_output=True, text=True, timeout=PATIENCE, check=False,
            )

    def check(self, *servers):
        """Returns the exit status and what was found."""
        options = [word for server in servers for word in ("--server", server.uri)]
        done = self.fram("netcheck", "--json", *options)
        self.assertEqual(done.stderr, "")
        return done.returncode, json.loads(done.stdout)

    def used(self, told, host):
        """What was found about the host's IPv4 address."""
        rows = [row for row in told["interfaces"] if row["address"] == str(host.address)]
        self.assertEqual([row["use"] for row in rows], ["used"])
        return rows[0]

    def check_kind(self, kind, **behaviour):
        server = self.lab.stun_server()
        nat = self.lab.nat(kind, **behaviour)
        host = self.lab.host("inner", behind=nat)
        self.serve(host)
        status, told = self.check(server)
        self.assertEqual(status, 0)
        row = self.used(told, host)
        name, text, expectation = NAMES[kind]
        self.assertEqual((row["kind"], row["kind_name"]), (name, text))
        self.assertEqual((row["mapping"], row["filtering"]), KINDS[kind])
        self.assertEqual((row["translated"], row["server_answers"], row["server_helps"]),
                         ("yes", "yes", "yes"))
        self.assertEqual(row["mapped_address"].rpartition(":")[0], str(nat.outside))
        hairpin = "yes" if behaviour.get("hairpin") else "no"
        # Behind a symmetric NAT nobody can hit one, so there is nothing to be found out.
        self.assertEqual(row["hairpin"], "unknown" if name == "symmetric" else hairpin)
        self.assertEqual(row["expectation"], expectation)
        if name == "symmetric":
            self.assertEqual(row["calls"], CALLS_OF_SYMMETRIC)
        else:
            self.assertEqual(row["calls"]["port-restricted-cone"], "direct")
        self.check_server(told, server)
        return row

    def check_server(self, told, server):
        rows = [row for row in told["servers"] if row["transport"] == "udp"]
        self.assertEqual([row["uri"] for row in rows], [server.uri])
        self.assertEqual(rows[0]["address"], server.uri.removeprefix("stun:"))
        self.assertGreater(rows[0]["rtt_us"], 0)
        self.assertGreater(rows[0]["successes"], 0)

    def test_hairpin_and_kept_ports(self):
        row = self.check_kind("port-restricted", hairpin=True, ports=PRESERVED)
        self.assertEqual(row["keeps_port"], "yes")

    def test_ports_not_kept(self):
        self.assertEqual(self.check_kind("full-cone", ports=RANDOM)["keeps_port"], "no")

    def check_untranslated(self, host, kind, filtering_word, expectation):
        server = self.lab.stun_server()
        self.serve(host)
        status, told = self.check(server)
        self.assertEqual(status, 0)
        row = self.used(told, host)
        self.assertEqual((row["kind"], row["translated"]), (kind, "no"))
        self.assertEqual((row["mapping"], row["filtering"]), (ENDPOINT, filtering_word))
        self.assertEqual(row["expectation"], expectation)
        self.check_server(told, server)

    def test_open(self):
        self.check_untranslated(self.lab.host("inner"), "open", ENDPOINT, "direct")

    def test_firewall(self):
        host = self.lab.host("inner", behind=self.lab.firewall())
        self.check_untranslated(host, "firewall", ADDRESS_AND_PORT, "direct-unless-symmetric")

    def test_udp_blocked(self):
        """It says so; by TCP the server answers all the same."""
        server = self.lab.stun_server()
        nat = self.lab.nat("full-cone", forbidden=filtering.UDP)
        host = self.lab.host("inner", behind=nat)
        self.serve(host)
        status, told = self.check(server)
        row = self.used(told, host)
        self.assertEqual((row["kind"], row["server_answers"]), ("blocked", "no"))
        self.assertEqual(row["expectation"], "relay")
        answers = {row["transport"]: row["rtt_us"] for row in told["servers"]}
        self.assertIsNone(answers["udp"])
        self.assertGreater(answers["tcp"], 0)
        self.assertEqual(status, 0)
        report = self.fram("netcheck", "--server", server.uri).stdout
        self.assertIn("UDP blocked", report)

    def test_dead_server(self):
        """All is silent: the exit status tells."""
        server = self.lab.stun_server()
        server.stop()
        host = self.lab.host("inner", behind=self.lab.nat("full-cone"))
        self.serve(host)
        status, told = self.check(server)
        self.assertEqual(status, 1)
        self.assertEqual(self.used(told, host)["kind"], "blocked")

    def test_report(self):
        """As people read it."""
        server = self.lab.stun_server()
        host = self.lab.host("inner", behind=self.lab.nat("port-restricted"))
        self.serve(host)
        done = self.fram("netcheck", "--server", server.uri)
        print(done.stdout)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        text = " ".join(done.stdout.split())
        for part in (
            f"{host.interface.name} {host.address} used",
            "not used: it is this computer itself",
            "IPv4: port-restricted cone NAT (found out just now)",
            "Mapping endpoint-independent: the same public port for all destinations",
            "Filtering address and port-dependent: only addresses and ports that were sent to",
            "symmetric NAT relay needed", f"{server.uri} ", " UDP yes ",
        ):
            self.assertIn(part, text)
        for line in done.stdout.splitlines():
            self.assertLessEqual(len(line), 80)

    # --- Memory

    def get_network(self):
        """What the service knows without asking anybody."""
        bus = Gio.DBusConnection.new_for_address_sync(
            self.service.environment["DBUS_SESSION_BUS_ADDRESS"],
            Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT
            | Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION, None, None)
        try:
            return bus.call_sync("org.fram.Ice1", "/org/fram/Ice1", "org.fram.Ice1.Inspector",
                                 "GetNetwork", None, None, 0, PATIENCE * 1000, None).unpack()
        finally:
            bus.close_sync(None)

    def start_again(self, host):
        """The service begins anew, with the files that it has."""
        with host:
            self.service.process = Process(self.stage, "framd-again", [os.environ["FRAMD"]],
                                           self.service.environment)
        subprocess.run(["gdbus", "wait", "--session", "--timeout", str(PATIENCE),
                        "org.fram.Ice1"], env=self.service.environment, check=True)

    def await_network(self, host):
        """The gateway tells its link address to who sends something by it."""
        with host, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            sender.sendto(b"hello", NOBODY)
        self.stage.poll("network that can be told", lambda: self.get_network()[0] != "")
        return self.get_network()

    def test_known_again(self):
        server = self.lab.stun_server()
        host = self.lab.host("inner", behind=self.lab.nat("port-restricted"))
        self.serve(host)
        name, _, first_age, last_age, *_ = self.await_network(host)
        self.assertIn(host.interface.name, name)
        self.assertEqual((first_age, last_age), (-1, -1))
        _, told = self.check(server)
        learned = [row for row in told["servers"] if row["transport"] == "udp"][0]
        self.stage.dismiss(self.service.process)
        self.start_again(host)
        again, _, first_age, last_age, interfaces, servers, _, _ = self.await_network(host)
        self.assertEqual(again, name)
        self.assertGreaterEqual(first_age, 0)
        self.assertGreaterEqual(last_age, 0)
        rows = [row for row in servers if row[2] == "udp"]
        self.assertEqual([(row[0], row[1]) for row in rows],
                         [(server.uri, learned["address"])])
        self.assertAlmostEqual(rows[0][3], learned["rtt_us"], delta=1000)
        self.assertEqual(rows[0][4], learned["successes"])
        nats = [row for row in interfaces if row[1] == str(host.address)]
        self.assertEqual([(row[6], row[11], row[12]) for row in nats],
                         [("port-restricted-cone", ENDPOINT, ADDRESS_AND_PORT)])

    def test_another_network(self):
        """What was learned at one place is not taken for the truth at another."""
        server = self.lab.stun_server()
        one, other = (self.lab.nat("port-restricted"), self.lab.nat("symmetric"))
        host = self.lab.host("inner", behind=one)
        self.serve(host)
        self.await_network(host)
        self.check(server)
        self.stage.dismiss(self.service.process)
        host.interface.remove()
        host.attach(other, "eth9")
        self.start_again(host)
        network = self.await_network(host)
        self.assertEqual(network[2], -1)
        self.assertEqual(network[5], [])


def add_cases():
    for kind in KINDS:

        def one(self, kind=kind):
            self.check_kind(kind)

        setattr(Netcheck, f"test_{kind}".replace("-", "_"), one)


add_cases()

if __name__ == "__main__":
    cases.main()
