"""What is measured: parts of the report, and their rows.

A row is one program; the figures it writes are lines `NAME VALUE UNIT`.
"""

from dataclasses import dataclass, field


@dataclass
class Row:
    label: str
    command: list
    # framd runs beside it on a bus of its own; its process id is the last argument.
    needs_service: bool = False


@dataclass
class Part:
    key: str
    title: str
    method: str
    rows: list
    # The figures shown, and how they are headed; none: all that are written.
    figures: dict = field(default_factory=dict)
    # The row to which the others are set in relation.
    reference: str = ""


LIBNICE = {
    "libnice, regular": [],
    "libnice, aggressive": ["--aggressive"],
    "libnice, regular, Ta 5 ms": ["--pacing", "5"],
    "libnice, aggressive, Ta 5 ms": ["--aggressive", "--pacing", "5"],
}


def codec(quick):
    flags = ["--quick"] if quick else []
    return Part(
        "codec",
        "STUN, for each message of a connectivity check",
        "decode: the header is read, and all attributes are seen to lie inside the message. walk:"
        " they are given out, one by one. attribute: USERNAME found. accept:"
        " all that a receiver asks of a check before it believes it, integrity and fingerprint"
        " among it. build: a check to send; libnice draws its id as well. answer: the"
        " response. What libnice has no public function for has no row of its own.",
        [Row("libnice", ["nice-codec", *flags]), Row("Fram", ["stun-codec", *flags])],
        reference="libnice",
    )


def connect(quick):
    count = ["--count", "2" if quick else "20"]
    rows = [Row(label, ["nice-sessions", *count, *flags]) for label, flags in LIBNICE.items()]
    rows.append(Row("aioice", ["aioice-sessions.py", *count]))
    rows += [
        Row("Fram", ["fram-sessions", *count], needs_service=True),
        Row("Fram, shared ports", ["fram-sessions", "--trickle", *count], needs_service=True),
    ]
    return Part(
        "connect",
        "Time to connect on one host",
        "From the creation of the first session until both ends can send; one address of each"
        " family. libnice and aioice hold both ends in one process; Fram's are two"
        " connections to the bus, and framd.",
        rows,
        {"connect": "ms"},
        "libnice, regular",
    )


def sessions(quick):
    count = ["--count", "4" if quick else "400", "--window", "2" if quick else "50"]
    rows = [Row(label, ["nice-sessions", *count, *LIBNICE[label]]) for label in list(LIBNICE)[:2]]
    rows += [
        Row("Fram", ["fram-sessions", *count], needs_service=True),
        Row("Fram, shared ports", ["fram-sessions", "--trickle", *count], needs_service=True),
    ]
    return Part(
        "sessions",
        "Pairs of sessions created, connected and closed in a second, 50 at a time",
        "RFC 8445 §14.2 wants 5 ms between the checks of all agents of a host together. Fram"
        " keeps to that, libnice's agents know nothing of each other.",
        rows,
        {"rate": "pairs/s"},
        "libnice, regular",
    )


def idle(quick):
    count = "20" if quick else "1000"
    return Part(
        "idle",
        f"What each of {count} sessions costs that wait for their peers",
        "Resident memory and open descriptors of the process that holds the sockets, more"
        " than with one session.",
        [
            Row("libnice", ["nice-idle", count]),
            Row("Fram, ports of its own", ["fram-idle", count], needs_service=True),
            Row("Fram, shared ports", ["fram-idle", count, "trickle"], needs_service=True),
        ],
        {"memory": "B", "descriptors": "descriptors"},
        "libnice",
    )


def data(_):
    return Part(
        "data",
        "Data on one host",
        "1200 bytes, at most 256 packets on the way, none lost; processor time is that of both"
        " ends and of framd, for a packet that arrived; round trips of 100 bytes, one at a"
        " time. The ends are pinned to processors of their own.",
        [
            Row("plain UDP", ["udp-traffic", "10.77.0.1"]),
            Row("libnice", ["nice-traffic"]),
            Row("Fram, relayed", ["fram-traffic"], needs_service=True),
        ],
        {
            "throughput": "packets/s",
            "cpu": "µs of processor",
            "rtt-p50": "µs round trip, median",
            "rtt-p99": "µs round trip, 99 %",
            "lost": "packets lost",
        },
        "plain UDP",
    )


def all_parts(quick):
    return [make(quick) for make in (codec, connect, sessions, idle, data)]
