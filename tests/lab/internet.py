"""The internet: one router whose every link is a network of public addresses."""

from interface import Port
from link import End
from plan import Addresses


class Internet:
    """What it has no route for vanishes in it, private addresses above all."""

    def __init__(self, lab):
        self.lab = lab
        self.space = lab.add_namespace(
            "internet", {"ipv4/ip_forward": 1, "ipv6/conf/all/forwarding": 1}
        )
        self.space.ip("route add blackhole 0.0.0.0/0", "route add blackhole ::/0")
        self._count = 0

    def plug(self, ipv6):
        self._count += 1
        end = End(self.space, f"link{self._count}")
        pool = Addresses(self.lab.plan.public_network())
        commands = pool.assign(pool.gateway, end.name)
        pool6 = None
        if ipv6:
            pool6 = Addresses(self.lab.plan.link_network6())
            commands += pool6.assign(pool6.gateway, end.name)
        return Port(end, pool, pool6, commands)

    def announce(self, network, via):
        """A network that is behind a router."""
        self.space.ip(f"route replace {network} via {via}")
