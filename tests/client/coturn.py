"""coturn on the loopback interface, for tests of the command and of the manual."""

import os
import socket
import subprocess
import sys

from harness import GLib, wait

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lab"))
import free_ports  # noqa: E402, F401
from asking import answers  # noqa: E402

OWN = """
listening-ip=127.0.0.1
relay-ip=127.0.0.1
no-cli
log-file=stdout
userdb={folder}/turndb
pidfile={folder}/turnserver.pid
"""


def is_open(port):
    with socket.socket() as trial:
        return trial.connect_ex(("127.0.0.1", port)) == 0


def make_certificate(folder):
    """Of `localhost`, by itself."""
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
         "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext",
         "subjectAltName=DNS:localhost", "-keyout", folder / "key.pem", "-out",
         folder / "cert.pem"], check=True, capture_output=True)


def start(case, configuration, ports):
    """Starts it for a test, and returns when it listens at all ports, the first without TLS."""
    path = case.folder / "turnserver.conf"
    path.write_text(configuration + OWN.format(folder=case.folder))
    case.start(["turnserver", "-c", path])
    glance = GLib.timeout_add(50, lambda: True)
    wait("coturn", lambda: answers("127.0.0.1", ports[0]) and all(map(is_open, ports)))
    GLib.source_remove(glance)
