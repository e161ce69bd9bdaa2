"""Hosts and what they are behind, in words: `anna+bert=port-restricted/full-cone,delay=20`.

Names of hosts in one network, then the NATs from the hosts outwards or `open` or `firewall`,
then options.
"""

import proxies
from link import Quality
from translation import KINDS

OPEN, FIREWALL = "open", "firewall"
SHORT = {"double-cone": "port-restricted/port-restricted"}
PLACES = (OPEN, FIREWALL, *KINDS, *SHORT)

# Options of the link to the internet and of each router: their words, and what they become.
QUALITIES = {
    "delay": ("delay_ms", float),
    "jitter": ("jitter_ms", float),
    "loss": ("loss", float),
    "rate": ("rate", float),
}
NAT_OPTIONS = {
    "lifetime": ("lifetime", int),
    "ports": ("ports", str),
    "hairpin": ("hairpin", bool),
}
ROUTER_OPTIONS = {"forbid": ("forbidden", str)}
# Of the network that the hosts are in.
NETWORK_OPTIONS = {"proxy": ("proxy", str)}
COMMON_OPTIONS = {"ipv6": ("ipv6", bool)}
ALL_OPTIONS = {
    **QUALITIES, **NAT_OPTIONS, **ROUTER_OPTIONS, **NETWORK_OPTIONS, **COMMON_OPTIONS
}


class Unclear(ValueError):
    """Words that describe no topology."""


def build(lab, words):
    """Makes what one description says; returns its hosts."""
    names, found, rest = words.partition("=")
    if not found or not names:
        raise Unclear(f"“{words}” is not HOST=PLACE: anna=port-restricted is")
    place, *options = rest.split(",")
    given = _read_options(options)
    # The access link is where the internet is, which is at the outermost router.
    quality = Quality(**_among(given, QUALITIES)) if _among(given, QUALITIES) else None
    ipv6 = given.get("ipv6", False)
    behind = None
    for kind in reversed(SHORT.get(place, place).split("/")):
        if kind == OPEN:
            continue
        name = f"{kind}-of-{names}" if behind is None else f"{kind}-in-{behind.name}"
        behind = _router(lab, kind, name, behind, quality, ipv6, given)
        quality = None
    if behind is None and set(given) - set(QUALITIES) - set(COMMON_OPTIONS):
        raise Unclear(f"“{words}” is behind nothing, which options could be for")
    if given.get("proxy", "http") not in proxies.KINDS:
        raise Unclear(f"“{given['proxy']}” is no proxy; {' and '.join(proxies.KINDS)} are")
    if "proxy" in given:
        lab.proxy(given["proxy"], behind)
    return [
        lab.host(name, behind=behind, quality=quality, ipv6=ipv6) for name in names.split("+")
    ]


def _router(lab, kind, name, behind, quality, ipv6, given):
    common = {
        "name": name, "behind": behind, "quality": quality, "ipv6": ipv6,
        **_among(given, ROUTER_OPTIONS),
    }
    if kind == FIREWALL:
        if _among(given, NAT_OPTIONS):
            raise Unclear(f"A {kind} has none of the options {', '.join(NAT_OPTIONS)}")
        return lab.firewall(**common)
    if kind not in KINDS:
        raise Unclear(f"“{kind}” is no place; places are {', '.join(PLACES)}")
    return lab.nat(kind, **common, **_among(given, NAT_OPTIONS))


def _read_options(options):
    given = {}
    for option in options:
        name, found, text = option.partition("=")
        if name not in ALL_OPTIONS:
            raise Unclear(f"“{name}” is no option; options are {', '.join(ALL_OPTIONS)}")
        kind = ALL_OPTIONS[name][1]
        if (kind is bool) == bool(found):
            raise Unclear(f"“{option}”: {name} {'has no' if found else 'needs a'} value")
        try:
            given[name] = kind(text) if found else True
        except ValueError as error:
            raise Unclear(f"“{text}” is no value for {name}") from error
    return given


def _among(given, options):
    return {options[name][0]: value for name, value in given.items() if name in options}


def describe(lab, server):
    """Who is where, a line each."""
    lines = [f"{server.host.name}: {' and '.join(map(str, server.addresses))}, {server.uri}"]
    for node in lab.nodes.values():
        if node is server.host:
            continue
        ends = [
            f"{end.name} {end.address}" + (f" {end.address6}" if end.address6 else "")
            for end in node.interfaces
        ]
        lines.append(f"{node.name}: {', '.join(ends)}")
    return "\n".join(lines)
