"""Places from which nothing but a relay leads to others, and what agents are told of it."""

from dataclasses import dataclass

import proxies
import turn_server


@dataclass(frozen=True)
class Situation:
    """Where the two ends are, and how many relays there have to be between them.

    `way`: how the server is reached from both, a transport, or "web": TLS where web servers
    are.
    """

    words: str
    places: tuple
    way: str
    relays: int


NO_UDP = "port-restricted,forbid=udp"
WEB_ONLY = "port-restricted,forbid=all-but-web"

SITUATIONS = {
    "symmetric-and-symmetric": Situation(
        "two symmetric NATs", ("symmetric", "symmetric"), "udp", 1
    ),
    "symmetric-and-port-restricted": Situation(
        "a symmetric and a port-restricted NAT", ("symmetric", "port-restricted"), "udp", 1
    ),
    "no-udp-and-port-restricted": Situation(
        "UDP is blocked on one side", (NO_UDP, "port-restricted"), "tcp", 1
    ),
    "no-udp-and-no-udp": Situation("UDP is blocked on both sides", (NO_UDP, NO_UDP), "tcp", 2),
    "web-only-and-port-restricted": Situation(
        "all but TCP 443 is blocked on one side", (WEB_ONLY, "port-restricted"), "web", 1
    ),
    "web-only-and-web-only": Situation(
        "all but TCP 443 is blocked on both sides", (WEB_ONLY, WEB_ONLY), "web", 2
    ),
    "http-proxy-and-port-restricted": Situation(
        "an HTTP proxy is the only way out of one side",
        ("port-restricted,proxy=http", "port-restricted"), "tcp", 1,
    ),
    "socks5-proxy-and-port-restricted": Situation(
        "a SOCKS5 proxy is the only way out of one side",
        ("port-restricted,proxy=socks5", "port-restricted"), "tcp", 1,
    ),
}


# As which the agents ask the server.
CREDENTIAL = (turn_server.USER, turn_server.PASSWORD)


def n_relays(end):
    """How many relays the packets pass that an end sends to the other's candidate."""
    return end.types().count("relay")


def peer_flags(program, server, way, host):
    """What libnice or aioice is told of the server.

    libnice does not speak TLS where it says so, but coturn takes what comes; aioice trusts
    whom SSL_CERT_FILE names, and cannot use a proxy.
    """
    transport, port = _transport_and_port(way)
    flags = ["--stun", str(server.address), "--relay", f"{transport},{server.address}:{port}",
             "--user", CREDENTIAL[0], "--password", CREDENTIAL[1]]
    proxy = proxies.of_host(host)
    if proxy is not None and program == "nice":
        flags += ["--proxy", f"{proxy.scheme},{proxy.host.address}:{proxy.port}"]
    return flags


def _transport_and_port(way):
    if way == "web":
        return "tls", turn_server.WEB_PORT
    return way, turn_server.TLS_PORT if way == "tls" else turn_server.PORT
