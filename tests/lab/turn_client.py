"""The TURN client of Fram alone (turn-client.c), and plain sockets for it to talk to."""

import os
import socket

from talking import PATIENCE, Talker
from turn_server import PASSWORD, USER


class Client(Talker):
    """A turn-client on a host."""

    def __init__(self, host, server, *options, user=USER, password=PASSWORD):
        credential = ["--user", user, "--password", password] if user else []
        super().__init__(
            host, [os.environ["TURN_CLIENT"], server.end, *credential, *options]
        )

    def end(self):
        self.tell("close")
        self.expect("ended")
        self.process.wait(PATIENCE)


class Peer:
    """A plain socket somewhere."""

    def __init__(self, host):
        with host:
            self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((str(host.address), 0))
        self.socket.settimeout(PATIENCE)
        self.end = f"{host.address}:{self.socket.getsockname()[1]}"

    def send(self, text, end):
        ip, port = end.rsplit(":", 1)
        self.socket.sendto(text.encode(), (ip, int(port)))

    def receive(self):
        data, end = self.socket.recvfrom(2048)
        return data.decode(), f"{end[0]}:{end[1]}"


class TcpPeer:
    """A plain socket that listens somewhere, and others from there."""

    def __init__(self, host):
        self.host = host
        self.socket = self._new()
        self.socket.bind((str(host.address), 0))
        self.socket.listen()
        self.end = f"{host.address}:{self.socket.getsockname()[1]}"

    def _new(self):
        with self.host:
            new = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        new.settimeout(PATIENCE)
        return new

    def accept(self):
        stream, _ = self.socket.accept()
        stream.settimeout(PATIENCE)
        return stream

    def connect(self, end):
        ip, port = end.rsplit(":", 1)
        stream = self._new()
        stream.connect((ip, int(port)))
        return stream

    def hear_from(self, end):
        """What comes on a connection there; b"": it is closed, or was never let in."""
        try:
            with self.connect(end) as stream:
                return stream.recv(1)
        except ConnectionError:
            return b""

    def close(self):
        self.socket.close()
