#!/usr/bin/python3
"""Fram calls Fram where only relays help: by as few of them as possible, in every way there is
to a server."""

import cases
import calls
import relaying
import topology
from applications import Application
from calls import harness
from processes import Stage
from scripted_server import ScriptedServer
from service import Service
from turn_server import GOOD, SharedSecret
from wire import Destinations

# Seconds that an allocation and a nonce live, and how many lives a long call has.
LIFETIME, NONCE, LIVES = 8, 3, 5

APPLICATIONS, SESSIONS = 10, 10


def by_udp_alone(server):
    """For who counts allocations: where its answer by UDP is late, it is asked by TCP too."""
    return server.uri_by("udp")


class TurnCalls(cases.LabCase):
    """Cases for each situation are made below."""

    def setUp(self):
        super().setUp()
        self.stage = self.enterContext(Stage())

    def check(self, ends, relays):
        calls.await_outcome(self.stage, *ends)
        for end in ends:
            print(f"gathered in {end.gathering_ms()} ms, connected in {end.connected_ms()} ms:"
                  f" {' and '.join(end.types())}")
            self.assertEqual(relaying.n_relays(end), relays)
        harness.check_data(self.stage, ends[0].process, ends[1].process)

    def call(self, situation, places):
        server = self.lab.turn_server(certificate=GOOD)
        uris = [relaying.uri_of(server, way) for way in relaying.ways_of(situation)]
        ends = relaying.start_pair(self.lab, self.stage, places, uris, *situation.flags)
        self.check(ends, situation.relays)

    def check_no_gap(self, end, seconds):
        came, count = relaying.talk(self.stage, end.process, seconds)
        self.assertEqual(came, list(range(count)))

    def test_ipv6_relay(self):
        """One end has IPv4 alone, the other can be reached by IPv6 alone."""
        server = self.lab.turn_server(ipv6=True)
        places = ("symmetric", "port-restricted,ipv6,forbid=ipv4")
        ends = relaying.start_pair(self.lab, self.stage, places, [server.uri])
        self.check(ends, 1)
        self.assertEqual(ends[0].types()[0], "relay")

    def test_nothing_but_the_relay(self):
        """Two ends in the open, and policies that nobody is to know where they are: no packet
        goes to anybody but the server."""
        server = self.lab.turn_server()
        hosts = [self.lab.host(name) for name in ("anna", "bert")]
        captures = [Destinations(host, "eth0") for host in hosts]
        for capture in captures:
            self.addCleanup(capture.close)
            self.stage.listen(capture)
        ends = [
            relaying.start_fram(
                self.stage, role, host, self.lab, [server.uri], "--policy", "relay", *echo
            )
            for role, host, echo in zip(calls.OTHER_ROLE, hosts, ([], ["--echo"]))
        ]
        harness.introduce(self.stage, *ends)
        self.check([calls.End(end) for end in ends], 2)
        self.stage.pass_time(1)
        for end, capture in zip(ends, captures):
            self.assertLessEqual(capture.addresses, set(map(str, server.addresses)))
            self.assertEqual(capture.n_lost(), 0)
            candidates = end.last("local")["candidates"]
            self.assertEqual({line.split(" typ ")[1].split()[0] for line in candidates}, {"relay"})
            for host in hosts:
                self.assertNotIn(str(host.address), " ".join(candidates))

    def test_long_call(self):
        """As if it lasted half an hour: several times the life of an allocation, and many
        that of a nonce.  Whatever was sent comes back."""
        server = self.lab.turn_server(f"max-allocate-lifetime={LIFETIME}", f"stale-nonce={NONCE}")
        one, other = relaying.start_pair(
            self.lab, self.stage, ("symmetric", "symmetric"), [by_udp_alone(server)]
        )
        self.check((one, other), 1)
        outside = {
            str(node.outside) for node in self.lab.nodes.values() if hasattr(node, "outside")
        }
        self.check_no_gap(one, LIVES * LIFETIME)
        allocations = server.allocations()
        self.assertEqual(len(allocations), 2)
        for allocation in allocations:
            print(allocation)
            self.assertGreaterEqual(allocation.n_refreshes, LIVES - 1)
            self.assertGreaterEqual(allocation.n_stale, LIVES - 1)
            self.assertFalse(allocation.is_over)
            # Whoever is permitted is the peer, where it said it is, or its relay.
            public = {ip for ip in allocation.peers if not ip.startswith("192.168.")}
            self.assertEqual(len(public & outside), 1)
            self.assertLessEqual(public, outside | {str(server.address)})

    def start_kept(self, uri, **credential):
        """Two ends, whose framds keep the server and its password: (service, id, end) of
        each."""
        kept = []
        for number, role in enumerate(calls.OTHER_ROLE):
            (host,) = topology.build(self.lab, f"host-{number}=symmetric")
            service = Service(self.stage, host)
            server_id = relaying.add_server(service, self.lab, uri, **credential)
            echo = ["--echo"] if role == "controlled" else []
            end = harness.start_fram_at(self.stage, role, service, *echo)
            kept.append((service, server_id, calls.End(end)))
        harness.introduce(self.stage, *(end.process for _, _, end in kept))
        self.check([end for _, _, end in kept], 1)
        return kept

    def test_another_password_in_mid_call(self):
        """The server takes it at once, and nobody notices."""
        server = ScriptedServer(self.lab.host("server"), f"lifetime={LIFETIME}")
        (one, one_id, end), (other, other_id, _) = self.start_kept(server.uri)
        for _ in (one, other):
            server.expect("allocated")
        self.check_no_gap(end, LIFETIME / 2)
        server.tell("password=changed")
        relaying.change_password(one, self.lab, one_id, "changed")
        relaying.change_password(other, self.lab, other_id, "changed")
        self.check_no_gap(end, 2 * LIFETIME)
        self.assertFalse(server.has_spoken(0), server.heard)

    def test_shared_secret(self):
        """framd makes passwords that expire."""
        users = SharedSecret()
        server = self.lab.turn_server(users=users)
        self.start_kept(server.uri, credential=("anna", users.secret), kind="shared-secret")
        for allocation in server.allocations():
            self.assertRegex(allocation.user, r"^\d{10,}:anna$")

    def test_alternate_server(self):
        """A server that sends everybody to another one."""
        other = self.lab.turn_server()
        server = self.lab.turn_server(f"alternate-server={other.end}")
        places = ("symmetric", "symmetric")
        uris = [by_udp_alone(server)]
        self.check(relaying.start_pair(self.lab, self.stage, places, uris), 1)
        self.assertEqual((len(server.allocations()), len(other.allocations())), (0, 2))

    def test_dtls(self):
        """Nothing but that, so neither end knows how its NAT would make it look."""
        server = self.lab.turn_server(certificate=GOOD)
        places = ("symmetric", "symmetric")
        uris = [server.uri_by("dtls")]
        self.check(relaying.start_pair(self.lab, self.stage, places, uris), 2)

    def test_sha256(self):
        server = ScriptedServer(self.lab.host("server"), "sha256", "anonymous", "stale-after=3")
        places = ("symmetric", "symmetric")
        self.check(relaying.start_pair(self.lab, self.stage, places, [server.uri]), 1)

    def test_given_back(self):
        """When framd ends, it does not leave its allocation to the server."""
        server = self.lab.turn_server()
        host = self.lab.host("anna")
        service = Service(self.stage, host)
        end = harness.start_fram_at(
            self.stage, "controlling", service,
            *relaying.session_flags(self.lab, [by_udp_alone(server)]),
        )
        self.stage.wait("allocation", lambda: end.last("local"))
        self.stage.dismiss(end)
        self.stage.dismiss(service.process)
        (allocation,) = server.allocations()
        self.assertTrue(allocation.is_given_back, server.said())

    def test_a_hundred_sessions_share_one_allocation(self):
        server = self.lab.turn_server()
        uri = by_udp_alone(server)
        (host,) = topology.build(self.lab, "anna=symmetric")
        service = Service(self.stage, host)
        peer = Application(self.stage, Service(self.stage, self.lab.host("bert")), trickle=True)
        applications = [
            Application(
                self.stage, service, [uri], trickle=True, credential=relaying.CREDENTIAL
            )
            for _ in range(APPLICATIONS)
        ]
        for application in applications:
            application.request(SESSIONS)
        offers = [
            (application, offer)
            for application in applications for offer in application.await_gathered()
        ]
        relayed = {
            tuple(line.split()[4:6])
            for _, offer in offers for line in offer["candidates"] if " typ relay" in line
        }
        self.assertEqual(len(relayed), 1)
        self.assertTrue(all(" typ relay" in " ".join(offer["candidates"]) for _, offer in offers))
        for application, offer in offers:
            application.describe(offer["session"], peer.answer(offer))
        self.stage.wait(
            "connection of all",
            lambda: all(
                application.state(offer["session"]) in harness.UP
                for application, offer in offers
            ),
        )
        self.assertEqual(len(server.allocations()), 1, server.said())


def add_cases():
    for name, situation in relaying.SITUATIONS.items():

        def there(self, situation=situation):
            self.call(situation, situation.places)

        def back(self, situation=situation):
            self.call(situation, situation.places[::-1])

        one, _, two = name.replace("-", "_").partition("_and_")
        setattr(TurnCalls, f"test_{one}_and_{two}", there)
        setattr(TurnCalls, f"test_{two}_and_{one}", back)


add_cases()

if __name__ == "__main__":
    cases.main()
