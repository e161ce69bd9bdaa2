"""coturn as a STUN server with two addresses, for RFC 5780."""

import os
import select
import socket
import time

from asking import INTERVAL, REQUEST, take_answer
from namespace import Refused

PORT, OTHER_PORT = 3478, 3479
REALM = "lab"

# Seconds for it to answer first.
PATIENCE = 10


class StunServer:
    """`uri` is what agents are told; `log` is the path of what it says."""

    def __init__(self, host):
        self.host = host
        self.addresses = host.interface.addresses
        self.folder = os.path.join(host.lab.folder, host.name)
        os.mkdir(self.folder)
        self.log = os.path.join(self.folder, "log")
        self.process = None
        self.start()

    def start(self):
        """Starts it, again too, and waits until it answers."""
        configuration = os.path.join(self.folder, "turnserver.conf")
        with open(configuration, "w", encoding="utf-8") as file:
            file.write("\n".join(self.configure()) + "\n")
        with open(self.log, "ab") as log:
            self.process = self.host.popen(
                ["turnserver", "-c", configuration], stdin=log, stdout=log, stderr=log,
                cwd=self.folder,
            )
        self._await_answers()

    def common(self):
        """The lines of the configuration that STUN and TURN servers have."""
        first, second = self.addresses[:2]
        return [
            f"listening-ip={first}", f"listening-ip={second}", f"relay-ip={first}",
            f"listening-port={PORT}", f"alt-listening-port={OTHER_PORT}",
            "fingerprint", f"realm={REALM}", "no-cli", "relay-threads=1",
            f"userdb={self.folder}/turndb", f"pidfile={self.folder}/pid",
            "log-file=stdout", "simple-log",
        ]

    def configure(self):
        """The lines of its configuration."""
        return [*self.common(), "no-tls", "no-dtls", "stun-only"]

    @property
    def address(self):
        return self.addresses[0]

    @property
    def uri(self):
        return f"stun:{self.address}:{PORT}"

    def stop(self):
        """It answers no more, as if it were dead."""
        self.process.terminate()
        self.process.wait()

    def _await_answers(self):
        """Asks each of its four sockets until it has answered."""
        silent = {(str(ip), port) for ip in self.addresses for port in (PORT, OTHER_PORT)}
        deadline = time.monotonic() + PATIENCE
        with self.host, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
            waiting = select.poll()
            waiting.register(asking, select.POLLIN)
            while silent:
                if time.monotonic() > deadline or self.process.poll() is not None:
                    raise Refused(f"coturn does not answer at {sorted(silent)}:\n{self.said()}")
                for end in silent:
                    asking.sendto(REQUEST, end)
                while silent and waiting.poll(INTERVAL):
                    silent.discard(take_answer(asking))

    def said(self):
        with open(self.log, encoding="utf-8", errors="replace") as file:
            return file.read()
