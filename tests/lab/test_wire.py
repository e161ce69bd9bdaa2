#!/usr/bin/python3
"""What sessions share, counted on the wire: questions to servers, keep-alives, sockets."""

import calls
import cases
import knowledge
from applications import Application
from processes import Stage
from service import Service
from wire import Capture

APPLICATIONS, SESSIONS = 10, 10

# Questions of one stream that are waited for: the first, and keep-alives.
QUESTIONS = 5
# Seconds that a mapping lives: few, so that keep-alives are soon.
LIFETIME = 3


def mapped_ends(told):
    """The addresses and ports of a session's server-reflexive candidates."""
    lines = [line.split() for line in told["candidates"] if " typ srflx" in line]
    return {(words[4], int(words[5])) for words in lines}


class Wire(cases.LabCase):
    def setUp(self):
        super().setUp()
        self.server = self.lab.stun_server()
        self.stage = self.enterContext(Stage())

    def settle(self, kind="port-restricted"):
        """A host behind such a NAT, and framd on it."""
        self.nat = self.lab.nat(kind, "nat", lifetime=LIFETIME)
        self.host = self.lab.host("host", behind=self.nat)
        self.capture = Capture(self.nat, "wan0")
        self.addCleanup(self.capture.close)
        self.stage.listen(self.capture)
        calls.meet_neighbours(self.host, self.server)
        # It knows the NAT, and so has nothing to find out about it meanwhile.
        facts = knowledge.lifetime(LIFETIME)
        if kind != "symmetric":
            facts.append("--endpoint-independent")
        self.service = Service(
            self.stage, self.host, prepare=knowledge.of_network(self.nat, *facts)
        )

    def ends(self, n_servers=1):
        return [(str(address), calls.stun_server.PORT)
                for address in self.server.addresses[:n_servers]]

    def uris(self, n_servers=1):
        return [f"stun:{address}:{port}" for address, port in self.ends(n_servers)]

    def create(self, n_applications, n_sessions, **options):
        """Applications with so many sessions each: (application, what it told) of each."""
        applications = [
            Application(self.stage, self.service, **options) for _ in range(n_applications)
        ]
        for application in applications:
            application.request(n_sessions)
        return [
            (application, told)
            for application in applications for told in application.await_gathered()
        ]

    def streams(self, told, n_servers=1):
        """The streams of questions to the servers that have a mapping some session uses, and
        how many are in each: others are those by which framd learns of the NAT."""
        mapped = set().union(*(mapped_ends(session) for _, session in told))
        asked = self.capture.streams(self.ends(n_servers))
        return {ends: count for ends, count in asked.items() if ends[0] in mapped}

    def await_questions(self, told, n_servers=1):
        """Waits until some stream is so long, and shows all."""
        self.stage.wait(
            f"{QUESTIONS} questions",
            lambda: QUESTIONS in self.streams(told, n_servers).values(),
        )
        streams = self.streams(told, n_servers)
        for (source, destination), count in streams.items():
            print(f"{source} -> {destination}: {count} questions")
        self.assertEqual(self.capture.n_lost(), 0)
        return streams

    def check_sockets(self, n_lanes):
        """framd has one interface with one address, so a lane is a socket."""
        status = self.service.ask("status")
        print(f"{status['sessions']} sessions, {status['lanes']} lanes, {status['bases']} bases,"
              f" {self.service.udp_sockets()} sockets")
        self.assertEqual((status["lanes"], status["bases"]), (n_lanes, n_lanes))
        self.assertEqual(self.service.udp_sockets(), n_lanes)

    def test_a_hundred_sessions_share_one_mapping(self):
        self.settle()
        told = self.create(APPLICATIONS, SESSIONS, servers=self.uris(), trickle=True)
        self.assertEqual(len(told), APPLICATIONS * SESSIONS)
        self.assertEqual(list(self.streams(told).values()), [1])
        self.check_sockets(1)
        self.assertEqual(list(self.await_questions(told).values()), [QUESTIONS])
        self.check_sockets(1)

    def test_a_hundred_connected_sessions_share_one_mapping(self):
        """All with the same peer, who has to have a port for each."""
        self.settle()
        peer_service = Service(self.stage, self.lab.host("peer"))
        peer = Application(self.stage, peer_service, trickle=True)
        told = self.create(APPLICATIONS, SESSIONS, servers=self.uris(), trickle=True)
        for application, offer in told:
            application.describe(offer["session"], peer.answer(offer))
        self.stage.wait(
            "connection of all",
            lambda: all(
                application.state(offer["session"]) in calls.harness.UP
                for application, offer in told
            ),
        )
        self.check_sockets(1)
        self.assertEqual(list(self.await_questions(told).values()), [QUESTIONS])
        self.check_sockets(1)

    def check_two_servers(self, counts):
        told = self.create(2, 3, servers=self.uris(2), trickle=True)
        streams = self.await_questions(told, 2)
        self.assertEqual(sorted(streams.values()), counts)
        self.check_sockets(1)

    def test_two_servers_and_one_mapping(self):
        """Each is asked once, for one of them might be dead; then one sees to the mapping for
        all of them."""
        self.settle()
        self.check_two_servers([1, QUESTIONS])

    def test_two_servers_of_which_one_is_known(self):
        """It answers, and so the other one is not asked at all."""
        self.settle()
        first = Application(self.stage, self.service, self.uris(), trickle=True)
        first.create()
        self.check_two_servers([QUESTIONS])

    def test_two_servers_and_a_symmetric_nat(self):
        """No peer reaches either mapping; one tells it the address as well as two."""
        self.settle("symmetric")
        self.check_two_servers([QUESTIONS])

    def test_ports_of_their_own(self):
        """Sessions that cannot share have one mapping each, and one stream for it."""
        self.settle()
        told = self.create(2, 3, servers=self.uris())
        streams = self.await_questions(told)
        self.assertEqual(len(streams), 6)
        self.assertTrue(all(QUESTIONS - count in (0, 1) for count in streams.values()), streams)
        self.check_sockets(6)

    def test_closed_sessions_keep_a_mapping_warm(self):
        """The stream goes on for who comes next, who has it at once."""
        self.settle()
        first = Application(self.stage, self.service, self.uris(), trickle=True)
        told = [(first, session) for session in first.create(3)]
        for number in range(3):
            first.close(number)
        self.await_questions(told)
        second = Application(self.stage, self.service, self.uris(), trickle=True)
        (session,) = second.create()
        self.assertEqual(mapped_ends(session), mapped_ends(told[0][1]))
        self.assertEqual(list(self.streams(told).values()), [QUESTIONS])


if __name__ == "__main__":
    cases.main()
