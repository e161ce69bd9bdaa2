"""Places from which nothing but a relay leads to others, and calls from there."""

import os
import time
from dataclasses import dataclass

import calls
import proxies
import topology
import turn_server
from calls import harness
from service import Service


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

    @property
    def flags(self):
        """For Fram: without them, two ends that may not send UDP connect to each other by TCP."""
        return ["--no-tcp"] if self.places == (NO_UDP, NO_UDP) else []


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


# Seconds between two texts.
INTERVAL = 0.02

# As which the agents ask the server.
CREDENTIAL = (turn_server.USER, turn_server.PASSWORD)


def n_relays(end):
    """How many relays the packets pass that an end sends to the other's candidate."""
    return end.types().count("relay")


def uri_of(server, way):
    return server.web_uri if way == "web" else server.uri_by(way)


def ways_of(situation):
    """Those that both ends are told of: UDP too, for who may use it."""
    return list(dict.fromkeys(["udp", situation.way]))


def password_file(lab, password):
    """Written once, for a program that was told of it may be about to read it."""
    path = os.path.join(lab.folder, f"password {password.replace('/', '_')}")
    if not os.path.exists(path):
        with open(path, "w", encoding="ascii") as file:
            file.write(password + "\n")
    return path


def is_secure(uri):
    """Its certificate is to be checked by an authority that settings alone can name."""
    return uri.startswith("turns:")


def session_flags(lab, uris, credential=CREDENTIAL):
    """What `fram connect` is told of servers of one session alone."""
    file = password_file(lab, credential[1])
    return [
        word for uri in uris if not is_secure(uri)
        for word in ("--server", uri, "--user", credential[0], "--password-file", file)
    ]


def add_server(service, lab, uri, credential=CREDENTIAL, authority=None, kind="long-term"):
    """One that all sessions have from now on, with a credential of that kind; returns its id."""
    words = [
        "servers", "add", uri, "--credential", kind,
        "--user", credential[0], "--password-file", password_file(lab, credential[1]),
    ]
    if authority is not None:
        words += ["--ca-file", authority]
    return service.command(*words).strip()


def start_service(stage, host):
    """framd, which knows the proxy of its network."""
    return Service(stage, host, prepare=proxies.settings_of(host))


def add_secure_servers(service, lab, uris, credential=CREDENTIAL):
    for uri in filter(is_secure, uris):
        add_server(service, lab, uri, credential, lab.authority.certificate)


def start_fram(stage, role, host, lab, uris, *flags, credential=CREDENTIAL):
    """framd on the host, and an application of it with these servers."""
    service = start_service(stage, host)
    return start_fram_at(stage, role, service, lab, uris, *flags, credential=credential)


def start_fram_at(stage, role, service, lab, uris, *flags, credential=CREDENTIAL):
    """An application with these servers, of a framd that runs."""
    add_secure_servers(service, lab, uris, credential)
    return harness.start_fram_at(
        stage, role, service, *session_flags(lab, uris, credential), *flags
    )


def start_pair(lab, stage, places, uris, *flags, **told):
    """Two hosts call each other; the second one echoes."""
    ends = []
    for number, (role, place) in enumerate(zip(calls.OTHER_ROLE, places)):
        (host,) = topology.build(lab, f"host-{number}={place}")
        echo = ["--echo"] if role == "controlled" else []
        ends.append(start_fram(stage, role, host, lab, uris, *flags, *echo, **told))
    harness.introduce(stage, *ends)
    return [calls.End(end) for end in ends]


def talk(stage, caller, seconds):
    """Sends a numbered text each INTERVAL for so long: what came back of them, when the last
    one has."""
    before, count = len(caller.all("recv")), round(seconds / INTERVAL)
    for number in range(count):
        caller.tell(send=str(number))
        stage.pass_time(INTERVAL)
    last = f"echo:{count - 1}"
    stage.wait("last text", lambda: caller.last("recv")["data"] == last)
    came = [event["data"] for event in caller.all("recv")[before:]]
    return [int(text.removeprefix("echo:")) for text in came], count


def await_echo(stage, caller):
    """Sends until a text that was sent from now on comes back; seconds that it took."""
    begun, mark = time.monotonic(), f"mark {len(caller.events)} "
    sent = 0
    while not (caller.last("recv") and mark in caller.last("recv")["data"]):
        if time.monotonic() - begun > calls.GIVING_UP:
            raise AssertionError(f"Nothing comes back\n{stage.transcript()}")
        caller.tell(send=f"{mark}{sent}")
        sent += 1
        stage.pass_time(INTERVAL)
    return time.monotonic() - begun


def change_password(service, lab, server_id, password):
    service.command("servers", "edit", server_id, "--password-file", password_file(lab, password))


def peer_flags(program, server, way, host):
    """What libnice or aioice is told of the server.

    libnice learns from a relay by UDP what it would ask a STUN server for; told of both at one
    address it takes two seconds more to gather.  It does not speak TLS where it says so, but
    coturn takes what comes; aioice trusts whom SSL_CERT_FILE names, and cannot use a proxy.
    """
    transport, port = _transport_and_port(way)
    flags = ["--relay", f"{transport},{server.address}:{port}",
             "--user", CREDENTIAL[0], "--password", CREDENTIAL[1]]
    if program != "nice" or transport != "udp":
        flags += ["--stun", str(server.address)]
    proxy = proxies.of_host(host)
    if proxy is not None and program == "nice":
        flags += ["--proxy", f"{proxy.scheme},{proxy.host.address}:{proxy.port}"]
    return flags


def _transport_and_port(way):
    if way == "web":
        return "tls", turn_server.WEB_PORT
    return way, turn_server.TLS_PORT if way == "tls" else turn_server.PORT
