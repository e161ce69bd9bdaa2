"""A laboratory: hosts, NATs, firewalls and an internet in network namespaces.

    with Lab() as lab:
        server = lab.stun_server()
        anna = lab.host("anna", behind=lab.nat("port-restricted"))
        print(anna.run(["stun", str(server.address)]).stdout)

It is there in a fraction of a second and leaves nothing, however the program ends.  It works
for root and for everybody who may have a user namespace; who may not is told so, by
kernel.NotPermitted.  The process that makes one leaves the machine's network for good.
"""

import functools
import os
import socket
import subprocess
import tempfile
import time

import filtering
import kernel
import programs
import proxies
import translation
from certificates import Authority
from internet import Internet
from namespace import Namespace
from node import Node
from plan import Plan
from router import Router
from stun_server import StunServer
from turn_server import TurnServer

GUARD = os.path.join(os.path.dirname(os.path.abspath(__file__)), "guard.py")


class Lab:
    """`folder` is for files that go with the lab; `seconds`: how long `with` took to begin."""

    def __init__(self):
        begun = time.monotonic()
        kernel.isolate()
        self.plan = Plan()
        self.nodes = {}
        self.processes = []
        self._namespaces = []
        self._guard_ear, ear = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with ear:
            # pylint: disable-next=consider-using-with
            self._guard = subprocess.Popen(
                ["/usr/bin/python3", "-I", "-S", "-B", GUARD],
                stdin=ear, stdout=subprocess.PIPE, text=True, start_new_session=True,
            )
        self.folder = tempfile.mkdtemp(prefix="fram-lab-")
        self._guard_ear.send(f"folder {self.folder}".encode())
        self.internet = Internet(self)
        self.seconds = time.monotonic() - begun

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        """Ends everything.  Returns what had to be killed, though nobody told us of it."""
        programs.end(self.processes)
        self._guard_ear.close()
        killed, _ = self._guard.communicate()
        for space in self._namespaces:
            space.close()
        return killed.splitlines()

    def add_namespace(self, name, settings=()):
        space = Namespace(name, settings)
        self._namespaces.append(space)
        socket.send_fds(self._guard_ear, [b"net"], [space.descriptor])
        return space

    def _add(self, node):
        if node.name in self.nodes:
            raise ValueError(f"There is a {node.name} already")
        self.nodes[node.name] = node
        return node

    def _name(self, name, kind):
        return name or f"{kind}-{len(self.nodes)}"

    def host(self, name=None, behind=None, **options):
        """A host with one interface; the options are those of Interface."""
        node = self._add(Node(self, self._name(name, "host")))
        node.attach(behind, **options)
        return node

    def nat(self, kind, name=None, behind=None, forbidden=None, lan=None, ipv6=False,
            quality=None, **behaviour):
        """A NAT of one of translation.KINDS; `behaviour` is that of a Translation.

        IPv6 passes it untranslated, by a stateful firewall.
        """
        return self._add(
            Router(
                self, self._name(name, kind), behind or self.internet,
                translation.of_kind(kind, **behaviour), filtering.Firewall(forbidden),
                lan, ipv6, quality,
            )
        )

    def firewall(self, name=None, behind=None, forbidden=None, ipv6=False, quality=None):
        """A router that translates nothing and lets in only what was asked for."""
        wall = filtering.Firewall(forbidden, stateful_ipv4=True)
        return self._add(
            Router(
                self, self._name(name, "firewall"), behind or self.internet,
                None, wall, None, ipv6, quality,
            )
        )

    def stun_server(self, name=None, **options):
        """coturn on a host of its own, with two addresses."""
        return StunServer(self.host(self._name(name, "stun"), addresses=2, **options))

    def turn_server(self, *lines, name=None, ipv6=False, quality=None, **behaviour):
        """coturn as a relay; lines and behaviour are those of a TurnServer."""
        host = self.host(self._name(name, "turn"), addresses=2, ipv6=ipv6, quality=quality)
        return TurnServer(host, *lines, **behaviour)

    @functools.cached_property
    def authority(self):
        """Whoever signs the certificates of the lab's servers."""
        return Authority(os.path.join(self.folder, "authority"))

    def proxy(self, kind, behind):
        """A proxy of one of proxies.KINDS in the network of a router, which from now on lets
        out nobody else."""
        host = self.host(f"proxy-of-{behind.name}", behind=behind)
        behind.proxy = proxies.KINDS[kind](host)
        behind.let_out_only(host.address)
        return behind.proxy
