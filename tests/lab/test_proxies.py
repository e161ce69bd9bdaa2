#!/usr/bin/python3
"""Networks out of which only a proxy leads."""

import socket

import calls
import cases
import proxies
import topology
from probe import open_socket
from processes import Stage
from service import Service

PATIENCE = 5
# Seconds for a connection that is hindered.
HINDERED = 0.5


class Proxies(cases.LabCase):
    def setUp(self):
        super().setUp()
        self.outer = self.lab.host("outer")
        with self.outer:
            self.server = socket.create_server(("", 5000))
        self.addCleanup(self.server.close)
        self.server.settimeout(PATIENCE)

    def connect(self, host, end, patience=PATIENCE):
        with host:
            client = socket.socket()
        self.addCleanup(client.close)
        client.settimeout(patience)
        client.connect(end)
        return client

    def check_through(self, client):
        """The server hears the client, and the other way, and sees the router's address."""
        accepted, address = self.server.accept()
        with accepted:
            client.sendall(b"ping")
            self.assertEqual(accepted.recv(99), b"ping")
            accepted.sendall(b"pong")
            self.assertEqual(client.recv(99), b"pong")
        return address[0]

    def check_hindered(self, host):
        with self.assertRaises(TimeoutError):
            self.connect(host, (str(self.outer.address), 5000), HINDERED)
        with open_socket(host) as sender, open_socket(self.outer) as receiver:
            sender.sendto(b"hello", receiver.getsockname())
            receiver.settimeout(HINDERED)
            with self.assertRaises(TimeoutError):
                receiver.recv(99)

    def settle(self, kind):
        (host,) = topology.build(self.lab, f"anna=port-restricted,proxy={kind}")
        router = host.interface.behind
        return host, router, self.connect(host, (str(router.proxy.host.address), router.proxy.port))

    def test_http(self):
        host, router, client = self.settle("http")
        self.check_hindered(host)
        client.sendall(f"CONNECT {self.outer.address}:5000 HTTP/1.1\r\n\r\n".encode())
        self.assertRegex(client.recv(999), rb"^HTTP/1\.\d 200 ")
        self.assertEqual(self.check_through(client), str(router.outside))
        self.assertIn(f"CONNECT {self.outer.address}:5000", router.proxy.said())

    def test_socks5(self):
        host, router, client = self.settle("socks5")
        self.check_hindered(host)
        client.sendall(b"\x05\x01\x00")
        self.assertEqual(client.recv(2), b"\x05\x00")
        client.sendall(b"\x05\x01\x00\x01" + self.outer.address.packed + (5000).to_bytes(2, "big"))
        self.assertEqual(client.recv(10)[:2], b"\x05\x00")
        self.assertEqual(self.check_through(client), str(router.outside))
        self.assertIn(f"{self.outer.address}:5000", router.proxy.said())

    def check_framd_uses(self, kind, told):
        """It asks a server, which it reaches in no other way."""
        (host,) = topology.build(self.lab, f"anna=port-restricted,proxy={kind}")
        proxy = proxies.of_host(host)
        server = self.lab.stun_server()
        with Stage() as stage:
            service = Service(stage, host, prepare=told(proxy))
            rows = service.ask("netcheck", "--server", server.uri)["servers"]
        answering = {row["transport"] for row in rows if row["successes"] > 0}
        self.assertEqual(answering, {"tcp"}, rows)
        self.assertIn(f"{server.address}:{calls.stun_server.PORT}", proxy.said())

    def test_framd_is_told_of_http_by_environment(self):
        self.check_framd_uses("http", proxies.by_environment)

    def test_framd_is_told_of_socks5_by_environment(self):
        self.check_framd_uses("socks5", proxies.by_environment)

    def test_framd_is_told_of_http_by_desktop(self):
        self.check_framd_uses("http", proxies.by_desktop)

    def test_framd_is_told_of_socks5_by_desktop(self):
        self.check_framd_uses("socks5", proxies.by_desktop)

    def test_no_such_proxy(self):
        with self.assertRaises(topology.Unclear):
            topology.build(self.lab, "anna=port-restricted,proxy=gopher")

    def test_behind_nothing(self):
        with self.assertRaises(topology.Unclear):
            topology.build(self.lab, "anna=open,proxy=http")


if __name__ == "__main__":
    cases.main()
