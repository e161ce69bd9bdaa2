"""Kinds of NAT in the words of RFC 4787, and as rules of the kernel.

No program translates: the kernel does, and learns its mappings by rules.  So mappings are
real state.  They expire, they can be lost, and a new one has a new port.
"""

from dataclasses import dataclass

# On how much of the remote end a mapping or a filter depends.  (RFC 4787 §4.1, §5)
ENDPOINT = "endpoint-independent"
ADDRESS = "address-dependent"
ADDRESS_AND_PORT = "address-and-port-dependent"

RANDOM = "random"
PRESERVED = "preserved"

# RFC 4787 §4.3 wants at least two minutes.
LIFETIME = 120


@dataclass(frozen=True)
class Translation:
    """How a NAT behaves.

    `ports`: what the outer port of a new mapping is; `hairpin`: inner hosts reach each other
    by their outer addresses; `lifetime`: seconds without a packet that leaves.
    """

    mapping: str = ENDPOINT
    filtering: str = ADDRESS_AND_PORT
    ports: str = RANDOM
    hairpin: bool = False
    lifetime: int = LIFETIME

    def __post_init__(self):
        if self.mapping == ADDRESS_AND_PORT and self.filtering != ADDRESS_AND_PORT:
            raise ValueError("A symmetric NAT lets nobody else in by a mapping")
        if self.mapping == ADDRESS_AND_PORT and self.hairpin:
            raise ValueError("Behind a symmetric NAT nobody can hit a hairpin")
        if self.lifetime < 1:
            raise ValueError("A mapping lives for a second at least")


KINDS = {
    "full-cone": (ENDPOINT, ENDPOINT),
    "address-restricted": (ENDPOINT, ADDRESS),
    "port-restricted": (ENDPOINT, ADDRESS_AND_PORT),
    "address-dependent": (ADDRESS, ADDRESS_AND_PORT),
    "symmetric": (ADDRESS_AND_PORT, ADDRESS_AND_PORT),
}


def of_kind(kind, **behaviour):
    """The translation that people call `kind`."""
    mapping, filtering = KINDS[kind]
    return Translation(mapping, filtering, **behaviour)


def rules(translation, outside):
    """The rules for the interfaces wan0 and lan0; `outside` is the address of all mappings."""
    if translation.mapping == ADDRESS_AND_PORT:
        # The kernel's own tracking of flows is all there is to it.
        lines = ["oifname wan0 " + line for line in _begin(translation, outside)]
        table = _chain("outward", "nat hook postrouting priority 100", lines)
    else:
        table = "".join(
            part(translation, outside)
            for part in (_memory, _note_permission, _inward, _outward, _filter, _learn)
        )
    # The first two lines empty what is there, if anything.
    return f"table ip lab_nat\ndelete table ip lab_nat\ntable ip lab_nat {{\n{table}}}\n"


def _chain(name, hook, lines):
    body = "".join(f"    {line}\n" for line in [f"type {hook};", *lines])
    return f"  chain {name} {{\n{body}  }}\n"


def _and_remote(translation, word):
    """What is added to the key of a mapping that depends on the remote address."""
    return f" . {word}" if translation.mapping == ADDRESS else ""


def _memory(translation, _):
    """What is remembered of mappings: both ways, and who was sent to through them."""
    keep = f"flags dynamic,timeout; timeout {translation.lifetime}s; size 65535;"
    remote = _and_remote(translation, "ipv4_addr")
    port = " . inet_service" if translation.filtering == ADDRESS_AND_PORT else ""
    inner = "ipv4_addr . inet_service"
    return (
        f"  map outer_port {{ type {inner}{remote} : inet_service; {keep} }}\n"
        f"  map inner_end {{ type inet_service{remote} : {inner}; {keep} }}\n"
        f"  set taken {{ type inet_service; {keep} }}\n"
        f"  set permitted {{ type {inner} . ipv4_addr{port}; {keep} }}\n"
    )


def _note_permission(translation, _):
    port = " . udp dport" if translation.filtering == ADDRESS_AND_PORT else ""
    return _chain("note_permission", "filter hook prerouting priority -150", [
        "iifname lan0 meta l4proto udp"
        f" update @permitted {{ ip saddr . udp sport . ip daddr{port} }}",
    ])


def _inward(translation, outside):
    key = "udp dport" + _and_remote(translation, "ip saddr")
    inwards = "" if translation.hairpin else "iifname wan0 "
    return _chain("inward", "nat hook prerouting priority -100", [
        f"{inwards}ip daddr {outside} meta l4proto udp"
        f" dnat ip addr . port to {key} map @inner_end",
    ])


def _outward(translation, outside):
    """A mapping that exists is used, for hairpins too; what misses gets a new one."""
    key = "ip saddr . udp sport" + _and_remote(translation, "ip daddr")
    hairpin = "iifname lan0 oifname lan0 ct status dnat "
    lines = []
    for way in ["oifname wan0 "] + ([hairpin] if translation.hairpin else []):
        lines += [f"{way}meta l4proto udp snat ip to {outside} : {key} map @outer_port"]
        lines += [way + line for line in _begin(translation, outside)]
    return _chain("outward", "nat hook postrouting priority 100", lines)


def _begin(translation, outside):
    """The outer port of a new mapping."""
    lines = [
        f"meta l4proto udp snat ip to {outside}:1024-65535 random,fully-random",
        f"snat ip to {outside}",
    ]
    if translation.ports == PRESERVED and translation.mapping == ADDRESS_AND_PORT:
        return lines[1:]
    if translation.ports == PRESERVED:
        return [f"udp sport != @taken snat ip to {outside}"] + lines
    return lines


def _filter(translation, _):
    if translation.filtering == ENDPOINT:
        return ""
    port = " . udp sport" if translation.filtering == ADDRESS_AND_PORT else ""
    return _chain("filter_inward", "filter hook postrouting priority 250", [
        "oifname lan0 meta l4proto udp ct status dnat ct direction original"
        f" ip daddr . udp dport . ip saddr{port} != @permitted drop",
    ])


def _learn(translation, _):
    """Every packet that leaves makes or refreshes its mapping.  (RFC 4787 §4.3)

    Its outer port is its source port by now; its inner end is that of the flow, which the
    inner end began (original) or answers (reply).
    """
    lines = []
    for way in ("oifname wan0", "iifname lan0 oifname lan0 ct status dnat"):
        for direction in ("original", "reply"):
            inner = f"ct {direction} ip saddr . ct {direction} proto-src"
            remote = _and_remote(translation, f"ct {direction} ip daddr")
            packet = f"{way} meta l4proto udp ct direction {direction}"
            lines += [
                f"{packet} update @outer_port {{ {inner}{remote} : udp sport }}",
                f"{packet} update @inner_end {{ udp sport{remote} : {inner} }}",
                f"{packet} update @taken {{ udp sport }}",
            ]
    return _chain("learn", "filter hook postrouting priority 300", lines)
