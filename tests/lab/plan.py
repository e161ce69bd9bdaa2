"""Which addresses there are, and who gets which.

Public addresses are those for documentation: they are nobody's, and no agent has reasons to
treat them other than public ones.
"""

import ipaddress

LINKS = ("203.0.113.0/24", "198.51.100.0/24", "192.0.2.0/24")
LINK_LENGTH = 29
LANS = "192.168.0.0/16"
LAN_LENGTH = 24
LINKS6, LANS6 = "2001:db8::/48", "2001:db8:1::/48"
LENGTH6 = 64


class Exhausted(Exception):
    """There are no more addresses or networks."""


class Plan:
    """The networks of one lab, handed out once each."""

    def __init__(self):
        self._links = (
            net
            for block in LINKS
            for net in ipaddress.ip_network(block).subnets(new_prefix=LINK_LENGTH)
        )
        self._lans = _subnets(LANS, LAN_LENGTH)
        self._links6 = _subnets(LINKS6, LENGTH6)
        self._lans6 = _subnets(LANS6, LENGTH6)

    def public_network(self):
        return _next(self._links)

    def private_network(self):
        return _next(self._lans)

    def link_network6(self):
        return _next(self._links6)

    def lan_network6(self):
        return _next(self._lans6)


def _subnets(block, length):
    """All but the first, whose addresses look as if something were missing."""
    subnets = ipaddress.ip_network(block).subnets(new_prefix=length)
    next(subnets)
    return subnets


def _next(networks):
    for network in networks:
        return network
    raise Exhausted("The lab has no more networks to give")


class Addresses:
    """The addresses of one network: the first is the gateway's, the others are lent.

    One that came back is lent again only when all others have been.
    """

    def __init__(self, network):
        self.network = network
        self.gateway = network[1]
        self._lent = set()
        self._last = 1

    def take(self):
        last = min(self.network.num_addresses, 2**16) - 2
        for _ in range(last - 1):
            self._last = self._last + 1 if self._last < last else 2
            if self._last not in self._lent:
                self._lent.add(self._last)
                return self.network[self._last]
        raise Exhausted(f"{self.network} has no more addresses")

    def give_back(self, address):
        self._lent.discard(int(address) - int(self.network[0]))

    def assign(self, address, interface):
        """The command of ip(8) that gives the interface the address.

        Detection of duplicates, even switched off, makes an IPv6 address wait for its turn;
        and without a link-local address, which is given here too, neighbours are not found.
        """
        command = f"address replace {address}/{self.network.prefixlen} dev {interface}"
        if self.network.version == 4:
            return [command]
        local = ipaddress.ip_address("fe80::") + (int(address) - int(self.network[0]))
        return [f"{command} nodad", f"address replace {local}/64 dev {interface} nodad"]
