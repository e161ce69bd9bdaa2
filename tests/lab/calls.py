"""Calls across a lab: Fram, and the peers that others wrote, behind whatever there is."""

import os
import sys
from contextlib import contextmanager
from dataclasses import dataclass

import stun_server
import topology
from asking import REQUEST
from probe import open_socket

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "interop"))

# pylint: disable=wrong-import-position
import harness
from harness import OTHER_ROLE
from processes import Stage

# Where a host can be, from the most open to what is hardest to reach.
PLACES = (
    "open", "full-cone", "address-restricted", "port-restricted", "double-cone", "symmetric"
)

# Candidates of hosts there, as RFC 8445 calls what their packets come from: a symmetric NAT
# makes a mapping for the peer alone, of which only the peer can tell (§7.2.5.3.1).
TYPES = dict.fromkeys(PLACES, "srflx") | {"open": "host", "symmetric": "prflx"}

# Behind these, only packets from an end that was sent to come in; a symmetric NAT hides the
# end, so that it is never sent to.
UNREACHABLE_FROM_SYMMETRIC = ("port-restricted", "double-cone", "symmetric")

# What people call the NATs that may be in the way.
NAMES = dict.fromkeys(UNREACHABLE_FROM_SYMMETRIC, "port-restricted cone NAT")
NAMES["symmetric"] = "symmetric NAT"

# Where nobody is, nor anybody who would say so.
SILENT_ADDRESS = "198.18.0.1"
SILENT_URI = f"stun:{SILENT_ADDRESS}:{stun_server.PORT}"

# Seconds until an agent gives up (RFC 8863: 39.5), and a bit.
GIVING_UP = 60

BUILT = {
    "FRAM": "libclient/cli/fram",
    "FRAMD": "service/framd",
    "PEER_NICE": "tests/interop/peer-nice",
    "APPLICATION": "tests/lab/application",
    "REMEMBER": "tests/lab/remember",
}


def has_direct_path(place, other):
    return not any(
        one == "symmetric" and two in UNREACHABLE_FROM_SYMMETRIC
        for one, two in ((place, other), (other, place))
    )


def find_programs(build):
    """Sets what the environment does not say, from a build directory."""
    for name, path in BUILT.items():
        os.environ.setdefault(name, os.path.join(build, path))
    os.environ.setdefault("LD_LIBRARY_PATH", os.path.join(build, "libclient"))
    os.environ.setdefault("LAB_DELAY_BOX", os.path.join(build, "tests/lab/delay-box"))


@dataclass
class End:
    """One end of a call: a program and where it is."""

    process: harness.JsonProcess

    def state(self):
        event = self.process.last("state")
        return event["state"] if event else "new"

    def gathering_ms(self):
        return self.process.last("local")["gather_ms"]

    def connected_ms(self):
        """Since it had the other's description; None: it is not connected."""
        times = [e["ms"] for e in self.process.all("state") if e["state"] in harness.UP]
        return times[0] if times else None

    def types(self):
        """The types of the selected local and remote candidate, or ()."""
        pair = harness.selected_pairs(self.process).get(1, ())
        return tuple(words.split()[1] for words in pair)

    def cause(self, stage):
        """Why it is in its state, in a word and a sentence."""
        self.process.tell(stats=1)
        stage.wait("statistics", lambda: self.process.last("stats"))
        told = self.process.last("stats")
        return told["cause"], told["explanation"]


def meet_neighbours(host, server):
    """Lets everybody on the way to the server learn the link address of the next one, as they
    have on a network that is in use."""
    with open_socket(host) as asking:
        asking.sendto(REQUEST, (str(server.address), stun_server.PORT))
        asking.recv(2048)


def start_pair(lab, stage, places, servers, name=""):
    """Two hosts at two places call each other; returns the two ends."""
    ends = []
    for role, place, which in zip(OTHER_ROLE, places, ("one", "other")):
        (host,) = topology.build(lab, f"{which}{name}={place}")
        flags = [word for uri in servers for word in ("--server", uri)]
        if role == "controlled":
            flags.append("--echo")
        ends.append(harness.start_fram(stage, role, host, *flags))
    harness.introduce(stage, *ends)
    return [End(process) for process in ends]


@contextmanager
def fram_and_fram(lab, place, other, *servers):
    """Two hosts at two places call each other; gives the stage and the two ends."""
    with Stage() as stage:
        yield stage, *start_pair(lab, stage, (place, other), servers)


def dead_servers(lab):
    """One whose host says that nobody is there, and one that is silent."""
    server = lab.stun_server()
    server.stop()
    return server.uri, SILENT_URI


@contextmanager
def fram_and_peer(lab, places, peer, fram_role, server, fram_flags=()):
    """Fram at the first place, a peer (program, flags) at the second; the peer echoes."""
    (one,) = topology.build(lab, f"one={places[0]}")
    (two,) = topology.build(lab, f"other={places[1]}")
    program, flags = peer
    with Stage() as stage:
        fram = harness.start_fram(stage, fram_role, one, "--server", server.uri, *fram_flags)
        other = harness.start_peer(
            stage, program, OTHER_ROLE[fram_role], two, (), "--echo", "--stun",
            str(server.address), *flags,
        )
        harness.introduce(stage, fram, other)
        yield stage, End(fram), End(other)


def await_outcome(stage, *ends, components=1):
    """Waits until all ends have selected their pairs, or all have failed."""
    stage.wait(
        "outcome",
        lambda: all(
            len(harness.selected_pairs(end.process)) == components
            and harness.is_up(end.process)
            for end in ends
        )
        or all(end.state() == "failed" for end in ends),
        patience=GIVING_UP,
    )


