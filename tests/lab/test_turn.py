#!/usr/bin/python3
"""The TURN client against coturn: what it asks for it gets, keeps, and gives back."""

import cases
from talking import PATIENCE
from turn_client import Client, Peer, TcpPeer


class Turn(cases.LabCase):
    """Each has a server and a host of its own."""

    def peer(self, name="peer"):
        peer = Peer(self.lab.host(name))
        self.addCleanup(peer.socket.close)
        return peer

    def talk(self, client, relayed, peer):
        """Both ways, by indications and then by a channel."""
        client.tell("permit", peer.end)
        client.expect("permitted")
        client.tell("send", peer.end, "by indication")
        self.assertEqual(peer.receive(), ("by indication", relayed))
        peer.send("and back", relayed)
        self.assertEqual(client.expect("data"), [peer.end, "and", "back"])
        client.tell("bind", peer.end)
        self.assertEqual(client.expect("permitted")[0].split(":")[0], peer.end.split(":")[0])
        self.assertEqual(client.expect("bound")[1], str(0x4000))
        client.tell("send", peer.end, "by channel")
        self.assertEqual(peer.receive(), ("by channel", relayed))
        peer.send("back again", relayed)
        self.assertEqual(client.expect("data"), [peer.end, "back", "again"])

    def relay(self, *options):
        server = self.lab.turn_server()
        host = self.lab.host("anna", behind=self.lab.nat("symmetric"))
        client = Client(host, server, *options)
        (relayed,) = client.expect("allocated")
        client.expect("mapped")
        self.talk(client, relayed, self.peer())
        client.end()

    def test_udp(self):
        self.relay()

    def test_udp_with_extras(self):
        self.relay("--dont-fragment", "--mobility", "--lifetime", "900")

    def test_tcp(self):
        self.relay("--tcp")

    def test_short_life(self):
        """Nonces that last seconds, and an allocation that has to be refreshed often."""
        server = self.lab.turn_server("stale-nonce=3", "max-allocate-lifetime=8")
        client = Client(self.lab.host("anna"), server)
        (relayed,) = client.expect("allocated")
        client.expect("mapped")
        peer = self.peer()
        client.tell("permit", peer.end)
        client.expect("permitted")
        # Longer than one life: the data themselves say when it is over.
        for i in range(24):
            client.tell("send", peer.end, f"text-{i}")
            self.assertEqual(peer.receive(), (f"text-{i}", relayed))
            self.assertFalse(client.has_spoken(0.5))
        client.end()

    def refused(self, server, *expected, **credential):
        client = Client(self.lab.host("anna"), server, **credential)
        self.assertEqual(client.expect("ended"), list(expected))
        client.process.wait(PATIENCE)

    def test_wrong_password(self):
        self.refused(self.lab.turn_server(), "wrong-credentials", "401", password="guess")

    def test_no_credentials(self):
        self.refused(self.lab.turn_server(), "no-credentials", "401", user=None)

    def test_quota(self):
        server = self.lab.turn_server("user-quota=1")
        first = Client(self.lab.host("bert"), server)
        first.expect("allocated")
        first.expect("mapped")
        self.refused(server, "quota", "486")
        first.end()

    def relay_tcp(self):
        server = self.lab.turn_server()
        host = self.lab.host("anna", behind=self.lab.nat("symmetric"))
        client = Client(host, server, "--tcp", "--relay-tcp")
        (relayed,) = client.expect("allocated")
        client.expect("mapped")
        return client, relayed

    def talk_by_stream(self, client, peer, stream):
        """Both ways, on a connection that is there."""
        client.expect("joined")
        client.tell("write", peer, "by stream")
        self.assertEqual(stream.recv(100), b"by stream")
        stream.sendall(b"and back")
        self.assertEqual(client.expect("stream"), [peer, "and", "back"])
        stream.close()
        self.assertEqual(client.expect("over"), [peer])

    def test_connect(self):
        """RFC 6062: a TCP connection to a peer that listens."""
        client, _ = self.relay_tcp()
        listener = TcpPeer(self.lab.host("peer"))
        self.addCleanup(listener.close)
        client.tell("connect", listener.end)
        self.assertEqual(client.expect("connected"), [listener.end])
        self.talk_by_stream(client, listener.end, listener.accept())
        # Where nobody listens, it is told.
        listener.close()
        client.tell("connect", listener.end)
        self.assertEqual(client.expect("connect-failed"), [listener.end, "447"])
        client.end()

    def test_connection_attempt(self):
        """RFC 6062: a peer connects to the relay; who is not permitted does so in vain."""
        client, relayed = self.relay_tcp()
        peer, stranger = TcpPeer(self.lab.host("peer")), TcpPeer(self.lab.host("stranger"))
        self.addCleanup(peer.close)
        self.addCleanup(stranger.close)
        client.tell("permit", peer.end)
        client.expect("permitted")
        self.assertEqual(stranger.hear_from(relayed), b"")
        stream = peer.connect(relayed)
        end = f"{stream.getsockname()[0]}:{stream.getsockname()[1]}"
        self.assertEqual(client.expect("incoming"), [end])
        self.talk_by_stream(client, end, stream)
        client.end()

    def test_forbidden_peer(self):
        """One peer that the server does not relay to disturbs nobody else."""
        server = self.lab.turn_server("denied-peer-ip=10.0.0.0-10.255.255.255")
        client = Client(self.lab.host("anna"), server)
        client.expect("allocated")
        client.expect("mapped")
        peer = self.peer()
        client.tell("permit", "10.1.2.3:5")
        self.assertEqual(client.expect("refused"), ["10.1.2.3:0", "403"])
        client.tell("permit", peer.end)
        client.expect("permitted")
        client.end()

    def test_alternate_server(self):
        other = self.lab.turn_server()
        server = self.lab.turn_server(f"alternate-server={other.end}")
        client = Client(self.lab.host("anna"), server)
        self.assertEqual(client.expect("ended"), ["alternate", "300"])
        client.process.wait(PATIENCE)


if __name__ == "__main__":
    cases.main()
