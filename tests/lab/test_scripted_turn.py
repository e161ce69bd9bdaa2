#!/usr/bin/python3
"""The TURN client against a server that does what coturn does not: newer proofs, and every
misbehaviour."""

import cases
from scripted_server import ScriptedServer
from talking import PATIENCE
from turn_client import Client, Peer


class Scripted(cases.LabCase):
    def settle(self, *words, options=(), **credential):
        """A server that is told these words, and a client."""
        self.server = ScriptedServer(self.lab.host("server"), *words)
        self.peer = Peer(self.lab.host("peer"))
        self.addCleanup(self.peer.socket.close)
        self.client = Client(self.lab.host("anna"), self.server, *options, **credential)

    def await_allocated(self):
        (relayed,) = self.client.expect("allocated")
        self.client.expect("mapped")
        self.assertEqual(self.server.expect("allocated")[1], relayed)
        return relayed

    def talk(self, relayed):
        """Both ways, by indications and then by a channel."""
        self.client.tell("permit", self.peer.end)
        self.client.expect("permitted")
        for how in ("by-indication", "by-channel"):
            self.client.tell("send", self.peer.end, how)
            self.assertEqual(self.peer.receive(), (how, relayed))
            self.peer.send("back", relayed)
            self.assertEqual(self.client.expect("data"), [self.peer.end, "back"])
            if how == "by-indication":
                self.client.tell("bind", self.peer.end)
                self.client.expect("permitted")
                self.client.expect("bound")

    def check_works(self, *words, options=()):
        self.settle(*words, options=options)
        self.talk(self.await_allocated())
        self.client.end()
        self.server.expect("deleted")

    def check_ends(self, outcome, code, *words, **credential):
        self.settle(*words, **credential)
        self.assertEqual(self.client.expect("ended"), [outcome, str(code)])
        self.client.process.wait(PATIENCE)

    def test_well(self):
        self.check_works()

    def test_tcp(self):
        self.check_works(options=["--tcp"])

    def test_tcp_in_pieces(self):
        self.check_works("in-pieces", options=["--tcp"])

    def test_sha256(self):
        self.check_works("sha256")

    def test_userhash(self):
        self.check_works("sha256", "anonymous")

    def test_trusting(self):
        self.check_works("trusting")

    def test_nonce_for_two_requests(self):
        self.check_works("stale-after=2")

    def test_dont_fragment_unknown(self):
        self.check_works("no-df", options=["--dont-fragment"])

    def test_no_lifetime(self):
        self.check_ends("bad-answer", 0, "no-lifetime")

    def test_bids_down(self):
        self.check_ends("tampered", 401, "bids-down")

    def test_every_nonce_stale(self):
        self.check_ends("wrong-credentials", 438, "forgetful")

    def test_bare_errors(self):
        self.check_ends("quota", 486, "bare-errors", "refuse=allocate:486")

    def test_wrong_password(self):
        self.check_ends("wrong-credentials", 401, "sha256", password="guess")

    def test_false_answers(self):
        """Both at once, for it takes its time to give up."""
        clients = [
            Client(self.lab.host(), ScriptedServer(self.lab.host(), f"answers={what}"))
            for what in ("foreign", "garbled")
        ]
        for client in clients:
            self.assertEqual(client.expect("ended"), ["silent", "0"])
            client.process.wait(PATIENCE)

    def test_alternate_server(self):
        self.check_ends(
            "alternate", 300, "refuse=allocate:300", "alternate=203.0.113.77:3478"
        )

    def test_one_peer_refused(self):
        self.settle("refuse=permission:403", "refuse-peer=192.0.2.99")
        relayed = self.await_allocated()
        self.client.tell("permit", "192.0.2.99:5")
        self.assertEqual(self.client.expect("refused"), ["192.0.2.99:0", "403"])
        self.talk(relayed)
        self.client.end()

    def test_forgotten_allocation(self):
        """It is told, and ends, when it asks for something."""
        self.settle()
        self.await_allocated()
        self.server.tell("forget")
        self.server.expect("deleted")
        self.client.tell("permit", self.peer.end)
        self.assertEqual(self.client.expect("ended")[1], "437")

    def test_hang_up(self):
        self.settle(options=["--tcp"])
        self.await_allocated()
        self.server.tell("hang-up")
        self.client.expect("hung-up")

    def test_lost_data(self):
        self.settle("loses-data")
        relayed = self.await_allocated()
        self.client.tell("permit", self.peer.end)
        self.client.expect("permitted")
        self.client.tell("send", self.peer.end, "lost")
        self.client.tell("bind", self.peer.end)
        self.client.expect("permitted")
        self.client.expect("bound")
        self.peer.send("lost too", relayed)
        self.assertFalse(self.client.has_spoken(0.2))
        self.assertFalse(cases.await_readable(self.peer.socket, 0))

    def test_counted(self):
        self.settle()
        self.talk(self.await_allocated())
        counted = self.server.count()
        # The first one is answered by a challenge.
        self.assertEqual((counted.allocate, counted.channel), (2, 1))


if __name__ == "__main__":
    cases.main()
