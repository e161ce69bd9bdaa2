"""Routers: NATs, firewalls, and both in one."""

import dataclasses
import ipaddress
import os

import filtering
import translation
from interface import Port
from link import End
from node import Node
from plan import Addresses

FORWARDING = {"ipv4/ip_forward": 1, "ipv6/conf/all/forwarding": 1}

# By default bridged packets run through the rules of routing, where hairpins get lost.
BRIDGED = ("arptables", "iptables", "ip6tables")


class Router(Node):
    """A network of its own behind another, with a bridge for the hosts in it.

    With a translation the network is private and `outside` is the address it appears under;
    without, it is public and routed.  `firewall` says what is let through; `proxy` is what its
    hosts have to use, if anything.
    """

    def __init__(
        self, lab, name, behind, translating=None, firewall=None, lan=None, ipv6=False,
        quality=None,
    ):
        super().__init__(lab, name, {**FORWARDING, **_timeouts(translating)})
        self.behind = behind
        self.translation = translating
        self.firewall = firewall or filtering.Firewall()
        self.proxy = None
        self.wan = self.attach(behind, "wan0", quality=quality, ipv6=ipv6)
        self.pool = Addresses(self._inner_network(lan))
        self.pool6 = Addresses(lab.plan.lan_network6()) if ipv6 else None
        self._ports = 0
        self._build_lan()
        self._announce()
        self.space.nft(filtering.rules(self.firewall) + self._translating())

    def _inner_network(self, lan):
        if lan is not None:
            return ipaddress.ip_network(lan)
        plan = self.lab.plan
        return plan.private_network() if self.translation else plan.public_network()

    def _build_lan(self):
        lines = [
            # A bridge without an address of its own changes it with every port.
            "link add lan0 address 02:00:00:00:00:01 type bridge mcast_snooping 0",
            "link set lan0 addrgenmode none",
            *self.pool.assign(self.pool.gateway, "lan0"),
        ]
        if self.pool6 is not None:
            lines += self.pool6.assign(self.pool6.gateway, "lan0")
        with self.space:
            settings = [f"bridge/bridge-nf-call-{family}" for family in BRIDGED]
            # They are there if anything on the machine ever asked for them.
            known = [name for name in settings if os.path.exists(f"/proc/sys/net/{name}")]
        self.space.set(dict.fromkeys(known, 0))
        self.space.ip(*lines, "link set lan0 up")

    def _announce(self):
        if self.translation is None:
            self.behind.announce(self.pool.network, self.wan.address)
        if self.pool6 is not None:
            self.behind.announce(self.pool6.network, self.wan.address6)

    def _translating(self):
        if self.translation is None:
            return ""
        return translation.rules(self.translation, self.outside)

    @property
    def outside(self):
        return self.wan.address

    def plug(self, ipv6):
        if ipv6 and self.pool6 is None:
            raise ValueError(f"{self.name} has no IPv6")
        self._ports += 1
        end = End(self.space, f"port{self._ports}")
        # Ports of a bridge have no addresses.
        pool6 = self.pool6 if ipv6 else None
        return Port(end, self.pool, pool6, [f"link set {end.name} master lan0"], "lan0")

    def announce(self, network, via):
        """A network behind a router behind this one; beyond a NAT nobody hears of it."""
        self.space.ip(f"route replace {network} via {via}")
        if network.version == 6:
            self.behind.announce(network, self.wan.address6)
        elif self.translation is None:
            self.behind.announce(network, self.wan.address)

    def lose_mappings(self):
        """As if it had been switched off and on: every flow through it is unknown to it."""
        self.space.nft(self._translating())
        self.space.forget_flows()

    def change_public_address(self):
        """The provider gives it another address; the mappings go with the old one."""
        self.wan.change_address()
        self._announce()
        self.lose_mappings()
        return self.outside

    def forbid(self, what):
        """From now on inner hosts may not send that; None: they may send everything."""
        self._filter(forbidden=what)

    def let_out_only(self, address):
        """From now on that inner host alone may send."""
        self._filter(only=str(address))

    def _filter(self, **changes):
        self.firewall = dataclasses.replace(self.firewall, **changes)
        self.space.nft(filtering.rules(self.firewall))


def _timeouts(translating):
    """A flow is remembered as long as a mapping, whether it was answered or not."""
    if translating is None:
        return {}
    return {
        "netfilter/nf_conntrack_udp_timeout": translating.lifetime,
        "netfilter/nf_conntrack_udp_timeout_stream": translating.lifetime,
    }
