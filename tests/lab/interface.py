"""An interface of a host or router, plugged in somewhere."""

from dataclasses import dataclass, field

from link import End, Link
from plan import Addresses


@dataclass
class Port:
    """Where a cable is plugged in: its far end, and the addresses for who is at the near one.

    `commands` make the far end part of its network, once the cable is there; `bridge` is the
    interface it becomes a port of, if any.
    """

    end: End
    pool: Addresses
    pool6: Addresses = None
    commands: list = field(default_factory=list)
    bridge: str = None


class Interface:
    """`address` is its first IPv4 address, `address6` its IPv6 address or None.

    Of several interfaces of a host the first one's default route is preferred.
    """

    def __init__(self, node, name, behind, quality=None, ipv6=False, addresses=1):
        self.node, self.name, self.behind = node, name, behind
        self.port = behind.plug(ipv6)
        self.metric = 100 * (len(node.interfaces) + 1)
        self.addresses = [self.port.pool.take() for _ in range(addresses)]
        self.address6 = self.port.pool6.take() if ipv6 else None
        self.link = Link(
            node.lab, End(node.space, name), self.port.end, quality,
            self._commands(), [*self.port.commands, self.port.end.up],
        )
        self._settle()

    @property
    def address(self):
        return self.addresses[0]

    def up(self):
        """Up, with the addresses and routes, some of which were lost if it was down."""
        self.node.space.ip(*self._commands())
        self._settle()

    def down(self):
        """As if the cable were pulled: everybody on the host is told."""
        self.node.space.ip(f"link set {self.name} down")

    def cut(self):
        """As if the next wire down the line were: nobody is told."""
        self.link.cut()

    def mend(self):
        self.link.mend()

    def change_address(self):
        """Another IPv4 address in place of the first, from the same network."""
        old, new = self.address, self.port.pool.take()
        # Others of the network go with the first (promote_secondaries is off).
        self.addresses[0] = new
        length = self.port.pool.network.prefixlen
        self.node.space.ip(f"address delete {old}/{length} dev {self.name}")
        self.port.pool.give_back(old)
        self.up()
        return new

    def remove(self):
        """Unplugs it for good; it is gone from the host."""
        self.link.remove()
        for address in self.addresses:
            self.port.pool.give_back(address)
        if self.address6 is not None:
            self.port.pool6.give_back(self.address6)
        self.node.interfaces.remove(self)

    def _settle(self):
        """Sees to it that the first packet arrives, which may come at once."""
        far = self.port.end
        self.link.settle()
        if self.port.bridge is not None:
            # Its carrier is that of its ports, and the kernel is as slow to see it.
            far.space.settle(self.port.bridge)
        if self.address6 is not None:
            self.node.space.await_solicitable(self.name, self.address6)
            far.space.await_solicitable(self.port.bridge or far.name, self.port.pool6.gateway)

    def _commands(self):
        lines = [f"link set {self.name} up"]
        routes = [("0.0.0.0/0", self.port.pool)]
        for address in self.addresses:
            lines += self.port.pool.assign(address, self.name)
        if self.address6 is not None:
            lines += self.port.pool6.assign(self.address6, self.name)
            routes.append(("::/0", self.port.pool6))
        return lines + [
            f"route replace {where} via {pool.gateway} dev {self.name} metric {self.metric}"
            for where, pool in routes
        ]
