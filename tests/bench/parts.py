"""What is measured: parts of the report, and their rows.

A row is one program; the figures it writes are lines `NAME VALUE UNIT`.
"""

from dataclasses import dataclass, field

from figures import word


@dataclass
class Row:
    label: str
    command: list
    # One program may be several rows: what its figures begin with -> the row's label.
    rows_of: dict = field(default_factory=dict)
    # How many framd run beside it, each on a bus of its own.  Arguments are added: the first
    # one's process id; of the second one the address of its bus and its process id.
    services: int = 0
    # The second end is on another host: "joined" or "single", as its card receives packets.
    other_host: str = ""
    # A program of the laboratory, which makes networks of its own.
    in_lab: bool = False
    # It has a bus of its own, without framd.
    bus: bool = False
    # Seconds; it only bounds a hang.
    patience: int = 180

    def labels(self):
        return list(self.rows_of.values()) or [self.label]


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


# Flags and services.  A session that makes an offer and does not trickle gets ports of its own.
FRAM = {
    "Fram, two services": ([], 2),
    "Fram, one service": ([], 1),
    "Fram, one service, shared ports": (["--trickle"], 1),
}


def connect(quick):
    count = ["--count", "2" if quick else "20"]
    rows = [
        Row(label, ["nice-sessions", "--complete", *count, *flags])
        for label, flags in LIBNICE.items()
    ]
    rows.append(Row("aioice", ["aioice-sessions.py", *count]))
    rows += [
        Row(label, ["fram-sessions", "--complete", *count, *flags], services=services)
        for label, (flags, services) in FRAM.items()
    ]
    return Part(
        "connect",
        "Time to connect on one host",
        "From the creation of the first session; one address of each family. libnice and aioice"
        " hold both ends in one process; Fram's are two connections to the bus, and framd, one or"
        " two of them.",
        rows,
        {
            "connect": "ms until both ends can send",
            "complete": "ms until both have agreed on a pair",
        },
        "libnice, regular",
    )


def lab_part(quick, key, title, method, program, agents, figures, reference):
    """What a program of the laboratory measures: the first of `agents` to the last of them, for
    each of `figures`, of which each is what is measured, in which of its tables."""
    command = [*program, "--samples", "--runs", "1", *(["--quick"] if quick else [])]
    return Part(
        key,
        title,
        method,
        [Row(program[0], command, {word(label) + ":": label for label in agents}, in_lab=True)],
        {f"{name}:{word(table)}": heading for (name, table), heading in figures.items()},
        reference,
    )


def lab_delays(quick):
    """Milliseconds on each access link."""
    return (25,) if quick else (0, 25)


LAB_OTHERS = ("libnice, regular", "libnice, aggressive", "aioice")


def lab_connect(quick):
    places = {
        "same host": "both on one host",
        "port-restricted x port-restricted": "each behind a port-restricted NAT",
    }
    return lab_part(
        quick,
        "lab-connect",
        "Time to connect in networks with NATs",
        "From the moment at which both applications are told of their peer until both may send, when"
        " both have gathered, with a STUN server. Each end is a program of its own, with a framd of"
        " its own if it is Fram's. The delay is that of each access link, one way.",
        ["connect-times"],
        (*LAB_OTHERS, "Fram", "Fram, one service for both"),
        {
            ("connected", f"{place}, {delay} ms"): f"ms, {told}, {delay} ms of delay"
            for place, told in places.items()
            for delay in lab_delays(quick)
        },
        "libnice, regular",
    )


def lab_relay(quick):
    situation = "symmetric-and-symmetric"
    return lab_part(
        quick,
        "lab-relay",
        "Time to connect by a TURN server, between two symmetric NATs",
        "From the moment at which both applications are told of their peer until both may send, when"
        " both have gathered, where nothing but a relay connects. Again: a second call of the same"
        " ends, by services that run on and have their relays still; the others have no like of it.",
        ["relay-times", "--only", situation],
        (*LAB_OTHERS, "Fram", "Fram, again"),
        {
            ("connected", f"{situation}, {delay} ms"): f"ms, {delay} ms of delay"
            for delay in lab_delays(quick)
        },
        "libnice, regular",
    )


def lab_gather(quick):
    servers = ("one server", "a dead server, and one that lives")
    # They wait for it to the end, which takes seconds.
    alone = [] if quick else ["libnice, the dead server alone", "aioice, the dead server alone"]
    return lab_part(
        quick,
        "lab-gather",
        "Time to gather, the first time and later",
        "Behind a port-restricted NAT, until all candidates are there. Fram's second session begins"
        " while the first lives, with ports that may be shared or with its own; after a restart framd"
        " knows the network, and who is dead there, from its cache. libnice and aioice know one"
        " server at a time, and remember nothing: where two are asked, theirs is the one that lives.",
        ["gathering-times"],
        (
            "libnice",
            "aioice",
            *alone,
            "Fram, first session",
            "Fram, second session",
            "Fram, second session, own ports",
            "Fram, after a restart",
        ),
        {
            ("gathered", f"{asked}, {delay} ms"): f"ms, {asked}, {delay} ms of delay"
            for asked in servers
            for delay in lab_delays(quick)
        },
        "libnice",
    )


def start(quick):
    count = "2" if quick else "20"
    return Part(
        "start",
        "The start of framd",
        "From before the program is executed, on a bus on which nobody else is, until its name is on"
        " the bus, the first call is answered, and the first session has its host candidates; then"
        " its memory. What it has kept of the start before is there. dbus-daemon, which is the"
        " smallest service of a session, has answered when a client has connected.",
        [
            Row("dbus-daemon", ["start-up", count], bus=True),
            Row("framd", ["start-up", count, "@framd"], bus=True),
        ],
        {
            "named": "ms until its name is there",
            "answered": "ms until a call is answered",
            "gathered": "ms until a session has gathered",
            "memory": "B in RAM, when it has answered",
            "memory-anonymous": "B of these that are not of files",
        },
        "dbus-daemon",
    )


def silent(quick):
    # Keep-alives are 25 seconds apart (libnice), requests for consent 5 or 12: some periods.
    count, seconds = ("8", "2") if quick else ("1000", "60")
    return Part(
        "silent",
        f"{count} sessions that are connected and silent for {seconds} s",
        "All are connected with each other, over UDP, and their applications say nothing. Packets are"
        " those that leave the host, which has nothing else on it: requests for consent and the"
        " answers to them (RFC 7675), or libnice's keep-alives where it does not ask for consent."
        " Fram asks each 14 s, after half a minute without data; that is over when they are counted."
        " The processor is that of the process that holds the sockets. Dead is who is not connected"
        " any more.",
        [
            Row("libnice, with consent", ["nice-crowd", count, seconds, "consent"]),
            Row("libnice, keep-alives alone", ["nice-crowd", count, seconds]),
            Row("Fram", ["fram-crowd", count, seconds], services=1),
        ],
        {
            "cpu": "% of a processor, for all of them",
            "packets": "packets/h for a session",
            "memory": "B for a session",
            "dead": "sessions that have ended",
        },
        "libnice, with consent",
    )


def sessions(quick):
    count = ["--count", "4" if quick else "400", "--window", "2" if quick else "50"]
    rows = [Row(label, ["nice-sessions", *count, *LIBNICE[label]]) for label in list(LIBNICE)[:2]]
    rows += [
        Row(label, ["fram-sessions", *count, *flags], services=services)
        for label, (flags, services) in FRAM.items()
    ]
    return Part(
        "sessions",
        "Pairs of sessions created, connected and closed in a second, 50 at a time",
        "RFC 8445 §14.2 wants 5 ms between the checks of all agents of a host together. Fram"
        " keeps to that, libnice's agents know nothing of each other.",
        rows,
        {
            "rate": "pairs/s",
            "cpu": "ms of processor for a pair, the bus daemon's not counted",
            "cpu-service": "ms of these in framd",
        },
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
            Row("Fram, ports of its own", ["fram-idle", count], services=1),
            Row("Fram, shared ports", ["fram-idle", count, "trickle"], services=1),
        ],
        {"memory": "B", "descriptors": "descriptors"},
        "libnice",
    )


def crowd(quick):
    count, seconds = ("20", "2") if quick else ("10000", "600")
    return Part(
        "crowd",
        f"{count} sessions of one framd that are connected and silent for {seconds} s",
        "All are connected, over UDP, each with one of another framd, or with each other."
        " Memory is what framd has in RAM for each of them, more than for the first, when all are"
        " connected and at the end; the processor is what it takes to see to their consent"
        " (RFC 7675), each 5 s, and each 14 s after half a minute without data. Dead is who is"
        " not connected any more, at either end. The"
        " packets alone: requests and responses of as many sessions, each 5 s, signed, checked and"
        " answered by two plain sockets of a program that knows nothing else, for a minute at"
        " most.",
        [
            Row("the packets alone", ["plain-consent", "10.77.0.1", count, str(min(int(seconds), 60))]),
            Row("Fram", ["fram-crowd", count, seconds], services=2, patience=2000),
            Row(
                "Fram, with each other",
                ["fram-crowd", count, seconds],
                services=1,
                patience=2000,
            ),
        ],
        {
            "memory": "B for a session",
            "memory-later": "B for a session, at the end",
            "cpu": "% of a processor",
            "packets": "packets/h for a session",
            "dead": "sessions that have ended",
        },
        "the packets alone",
    )


WAYS = {"": "single", ", batched": "batch", ", segments": "segments"}
# Many datagrams with one call, as libfram has it: the kernel takes them as one.
STEERED_WAYS = {
    "": "single", ", batched": "batch", ", libfram's batches": "runs", ", segments": "segments"
}

DATA_METHOD = (
    "1200 bytes, at most 256 packets on the way, none lost; processor time is that of both"
    " ends and of framd, for a packet that arrived; round trips of 100 bytes, one at a"
    " time. Batched: one call for 32 packets; segments: the kernel has them as one. Bare relay: two"
    " processes that do nothing but framd's calls to the kernel. The ratio is to plain UDP that was"
    " measured in turns with the row, of 40 ms each."
)
PINNED = " The ends are pinned to processors of their own, and services with them."
SERVICES = (
    " Two services of Fram have UDP between them; one service that has both ends hands the packets"
    " over, on whichever processor."
)

DATA_FIGURES = {
    "throughput": "packets/s",
    "cpu": "µs of processor",
    "rtt-p50": "µs round trip, median",
    "rtt-p99": "µs round trip, 99 %",
    "lost": "packets lost",
}


def traffic_rows(quick, counts, service_counts, flags=(), **how):
    """The load over plain UDP, libnice, the relayed path, a bare relay, and so many sockets at a
    port."""
    flag = [*flags, *(["--quick"] if quick else [])]
    # For a socket that is not connected the kernel makes a route anew with each packet to another
    # address of its own host, which it does for no other host.
    here = "10.77.0.1" if how else "127.0.0.1"
    rows = [Row("plain UDP" + name, ["udp-traffic", here, way, *flag], **how)
            for name, way in WAYS.items()]
    rows += [Row("libnice" + name, ["nice-traffic", "10.77.0.1", WAYS[name], *flag], **how)
             for name in list(WAYS)[:2]]
    rows += [Row(f"Fram, relayed, {count} service{'s'[count == 1:]}{name}",
                 ["fram-traffic", here, WAYS[name], *flag], services=count, **how)
             for count in service_counts for name in list(WAYS)[:2]]
    rows += [Row("bare relay" + name, ["bare-traffic", here, WAYS[name], *flag], **how)
             for name in list(WAYS)[:2]]
    rows += [Row(f"direct, {count} on a port{name}",
                 ["steered-traffic", here, way, "--sessions", str(count), *flag], **how)
             for count in counts for name, way in STEERED_WAYS.items()]
    return rows


def data(quick):
    flag = ["--quick"] if quick else []
    rows = traffic_rows(quick, (1, 64, 500), (2, 1))
    rows += [Row("Fram, direct" + name, ["fram-traffic", "127.0.0.1", way, "--direct", *flag],
                 services=2)
             for name, way in WAYS.items()]
    return Part(
        "data",
        "Data on one host",
        DATA_METHOD + PINNED + SERVICES + " Fram, direct: libfram's component, past the service;"
        " direct, so many on a port: sockets of a shared port with plain calls, without libfram.",
        rows,
        DATA_FIGURES,
        "plain UDP",
    )


def data_free(quick):
    return Part(
        "data-free",
        "Data on one host, nothing held to a processor",
        DATA_METHOD + " The kernel puts all that runs on whichever processor it likes, as it does"
        " with applications." + SERVICES,
        traffic_rows(quick, (64,), (2, 1), ["--free"]),
        DATA_FIGURES,
        "plain UDP",
    )


def wire(quick, receiving, told):
    return Part(
        "wire-" + receiving,
        "Data between two hosts, whose cards " + told,
        DATA_METHOD + PINNED + " Two network namespaces and a cable; what the kernel has as one"
        " packet is cut before it leaves, as for a card that cannot do so.",
        traffic_rows(quick, (64,), (2,), other_host=receiving),
        DATA_FIGURES,
        "plain UDP",
    )


def wire_joined(quick):
    return wire(quick, "joined", "join what they receive (GRO)")


def wire_single(quick):
    return wire(quick, "single", "join nothing of what they receive")


def relay(quick):
    flags = ["--runs", "1", "--milliseconds", "100" if quick else "350"]
    return Part(
        "relay",
        "The relay alone, on both sides of a path",
        "Application, relay, UDP, relay, application: five processes as on two hosts, those of a"
        " side on one processor; routes are set by hand. In the channel each packet is ChannelData,"
        " as on the way to a TURN server. Processor time is measured at 10 000 packets/s.",
        [
            Row(
                "relay-throughput",
                ["relay-throughput", *flags],
                {
                    "plain-": "plain UDP",
                    "relay-": "relay, UDP, relay",
                    "channel-": "relay, TURN's channel, relay",
                },
            )
        ],
        {
            "throughput": "packets/s",
            "cpu": "µs of processor",
            "rtt-p50": "µs round trip, median",
            "lost": "packets lost",
        },
        "plain UDP",
    )


def panel_of(key, kind, told, quick):
    sessions, pairs, milliseconds, stop = (
        ("8", "20", "300", "1") if quick else ("200", "100", "5000", "60")
    )
    return Part(
        key,
        f"The panel, with {sessions} sessions of {pairs} pairs that are always busy",
        "A real framd checks all pairs and is never answered: up to 200 requests a second, each of"
        " which changes a pair; and 20 times a second a session ends, another one comes in its place,"
        f" or the one that is looked at {told}. The panel's window, 1280 x 800, drawn with cairo"
        " under Xvfb, is measured in its own process, and nobody else looks. What it costs framd is"
        " what framd uses more than while nobody looks, before and after. A frame is layout and"
        " drawing; busy is the longest time in which nothing else was done.",
        [
            Row(
                "panel-cost",
                ["panel-cost.py", "@panel-cost", sessions, pairs, milliseconds, stop, kind],
                {
                    "rest-": "nobody looks: all that framd uses",
                    "sessions-": "list of the sessions",
                    "overview-": "a session: its picture and graphs",
                    "candidates-": "a session: its candidates",
                    "pairs-": "a session: its pairs",
                    "checks-": "a session: check by check",
                    "closed-": "the panel is closed: what framd uses more than before",
                    "reading-": "a reader of all events reads",
                    "stopped-": f"a reader has stopped for {stop} s",
                },
                services=1,
                # It waits for the load to be steady, and looks at a minute twice.
                patience=400,
            )
        ],
        {
            "cpu": "% of a processor, the panel",
            "service": "% of a processor, framd for the panel",
            "frame": "ms, the longest frame",
            "busy": "ms, the longest that the panel was busy",
            "frames": "frames/s",
            "changes": "changes/s that the load made",
            "memory": "B that framd has more with each second",
        },
    )


def panel(quick):
    told = (
        "gets another candidate of its peer, and another pair, or begins anew when it has all, with"
        " three quarters of them at once"
    )
    return panel_of("panel", "candidates", told, quick)


def panel_restarts(quick):
    told = "is restarted and gets all candidates of its peer anew, and all pairs"
    return panel_of("panel-restarts", "restarts", told, quick)


# These take long: they are measured when they are asked for.
LONG = ("crowd", "panel-restarts")

PARTS = {
    "codec": codec,
    "connect": connect,
    "lab-connect": lab_connect,
    "lab-relay": lab_relay,
    "lab-gather": lab_gather,
    "sessions": sessions,
    "start": start,
    "idle": idle,
    "silent": silent,
    "data": data,
    "data-free": data_free,
    "wire-joined": wire_joined,
    "wire-single": wire_single,
    "crowd": crowd,
    "relay": relay,
    "panel": panel,
    "panel-restarts": panel_restarts,
}
