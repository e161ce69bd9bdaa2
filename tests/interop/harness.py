"""What every case of this folder needs: places, ends, and the talk between two ends.

An end is a program that speaks the line protocol: libnice, aioice, or `fram connect`.
Programs come from the environment: PEER_NICE, FRAM, FRAMD.
"""

import os
import signal
from dataclasses import dataclass, field
from ipaddress import ip_address

# Those of other folders come after, because this one tells where they are.
from processes import PATIENCE, JsonProcess
import forked  # pylint: disable=wrong-import-order
import kernel  # pylint: disable=wrong-import-order
from link import End, join  # pylint: disable=wrong-import-order
from namespace import Namespace  # pylint: disable=wrong-import-order
from programs import interrupt  # pylint: disable=wrong-import-order
from service import Service

HERE = os.path.dirname(os.path.abspath(__file__))
UP = ("connected", "completed")
OTHER_ROLE = {"controlling": "controlled", "controlled": "controlling"}


@dataclass
class Place:
    """Where two ends are, the local addresses the peers are held to, what else there is."""

    one: Namespace
    other: Namespace
    addresses: list = field(default_factory=list)
    rest: list = field(default_factory=list)


def loopback():
    """One host with nothing but its loopback interface, which peers use only if told."""
    host = Namespace("host")
    return Place(host, host, ["127.0.0.1"])


def same_host():
    """One host on a network on which nobody else is."""
    host, wall = Namespace("host"), Namespace("wall")
    plug_together(host, wall, with_addresses=[host])
    return Place(host, host, rest=[wall])


def two_hosts():
    """Two hosts on one wire."""
    one, other = Namespace("one"), Namespace("other")
    plug_together(one, other, with_addresses=[one, other])
    return Place(one, other)


def plug_together(one, other, with_addresses):
    """Two hosts at one cable; those of the second list get an address of each family."""
    ends = [End(host, "lan0") for host in (one, other)]
    commands = []
    for number, end in enumerate(ends, 1):
        commands.append([end.up])
        if end.space in with_addresses:
            commands[-1] += [
                f"address add 10.77.0.{number}/24 dev lan0",
                # A duplicate could only be our own, and detection takes a second.
                f"address add fd00:77::{number}/64 dev lan0 nodad",
            ]
    join(*ends, *commands)
    for number, end in enumerate(ends, 1):
        end.space.settle(end.name)
        if end.space in with_addresses:
            end.space.await_solicitable("lan0", ip_address(f"fd00:77::{number}"))


def silence_ipv6(one, other):
    """Packets to the IPv6 addresses that plug_together() gave are lost without an error: they go
    to a link address that nobody has."""
    for number, host in enumerate((other, one), 1):
        host.ip(f"neighbour replace fd00:77::{number} lladdr 02:00:00:00:00:77 dev lan0")


PLACES = {"loopback": loopback, "same_host": same_host, "two_hosts": two_hosts}


def start_peer(stage, kind, role, host, addresses=(), *flags):
    """Starts libnice ("nice") or aioice ("aioice") on `host`."""
    command = {
        "nice": [os.environ["PEER_NICE"]],
        "aioice": [os.path.join(HERE, "peer-aioice.py")],
    }[kind]
    command += ["--role", role, *flags]
    for address in addresses:
        command += ["--address", address]
    with host:
        return JsonProcess(stage, f"{kind}-{role}-{len(stage.processes)}", command)


def start_fram(stage, role, host, *flags, prepare=None):
    """Starts framd on `host`, prepared as a Service is, and an application of it."""
    return start_fram_at(stage, role, Service(stage, host, prepare=prepare), *flags)


def start_fram_at(stage, role, service, *flags):
    """Starts an application that has no network at all: only the bus.

    The bus is at a path, which unlike an abstract name is seen from every namespace.
    """
    command = [os.environ["FRAM"], "connect", "--json", "--role", role, *flags]
    with Namespace("nowhere"):
        name = f"fram-{role}-{len(stage.processes)}"
        return JsonProcess(stage, name, command, service.environment)


def introduce(stage, one, other):
    """Carries descriptions, and candidates as they come, between two ends."""
    for teller, listener, described in descriptions(stage, one, other):
        listener.tell(**described, end=not teller.trickles)
        if teller.trickles:
            for event in teller.events:
                pass_on(listener, event)
            teller.listeners.append(lambda event, to=listener: pass_on(to, event))


def introduce_by_ipv4(stage, one, other):
    """Tells two ends that do not trickle of each other's IPv6 candidates when they have agreed on
    a pair of the others."""
    told = descriptions(stage, one, other)
    for _, listener, described in told:
        rest = [c for c in described["candidates"] if not is_ipv6(c)]
        listener.tell(**described | {"candidates": rest}, end=False)
    wait_connected(stage, one, other)
    for _, listener, described in told:
        for candidate in filter(is_ipv6, described["candidates"]):
            listener.tell(candidate=candidate)
        listener.tell(end=True)


def is_ipv6(candidate):
    return ":" in candidate.split()[4]


def descriptions(stage, one, other):
    """Waits for both; returns who tells whom what."""
    stage.wait("local descriptions", lambda: one.last("local") and other.last("local"))
    return [
        (teller, listener, {k: v for k, v in teller.last("local").items() if k not in ("ev", "role")})
        for teller, listener in ((one, other), (other, one))
    ]


def pass_on(listener, event):
    if event["ev"] == "candidate":
        listener.tell(candidate=event["candidate"])
    elif event["ev"] == "end-of-candidates":
        listener.tell(end=True)


def selected_pairs(end):
    """The pairs in use: component -> (local, remote) in words."""
    return {
        event.get("component", 1): (event["local"], event["remote"])
        for event in end.all("selected")
    }


def addresses_of(pairs):
    return {c: (local.split()[0], remote.split()[0]) for c, (local, remote) in pairs.items()}


def ways_of(end):
    """The addresses of the pair in use: component -> {(local, remote)}.  aioice nominates by
    each of its checks, takes the pair that was answered last rather than the best (RFC 5245
    §8.1.1.2), and hears by all of them."""
    ways = {c: {pair} for c, pair in addresses_of(selected_pairs(end)).items()}
    for event in end.all("nominated"):
        pair = event["local"].split()[0], event["remote"].split()[0]
        ways.setdefault(event["component"], set()).add(pair)
    return ways


def agree(one, other, components=1):
    """Both are up, and each selected the other's pair from the other end."""
    if any(len(selected_pairs(end)) != components or not is_up(end) for end in (one, other)):
        return False
    ours, theirs = ways_of(one), ways_of(other)
    return ours.keys() == theirs.keys() and all(
        ours[c] & {(remote, local) for local, remote in theirs[c]} for c in ours
    )


def is_up(end):
    state = end.last("state")
    return state is not None and state["state"] in UP


def wait_connected(stage, one, other, components=1, patience=PATIENCE):
    stage.wait(
        "agreement on a pair", lambda: agree(one, other, components), patience=patience
    )


def wait_received(stage, end, text):
    stage.wait(
        f"{text[:40]!r} at {end.name}",
        lambda: any(event["data"] == text for event in end.all("recv")),
    )


def check_data(stage, one, echoing):
    """Sends both ways; `echoing` answers what it gets."""
    for text in ("sillimanite", "blåbær ⛵", "x" * 1150):
        one.tell(send=text)
        wait_received(stage, echoing, text)
        wait_received(stage, one, "echo:" + text)
    echoing.tell(send="from the other end")
    wait_received(stage, one, "from the other end")


def statistics(stage, fram):
    before = len(fram.all("stats"))
    fram.tell(stats=1)
    stage.wait("statistics", lambda: len(fram.all("stats")) > before)
    return fram.last("stats")


def selected_row(stage, fram):
    """The row of Fram's pair table that is in use now."""
    return next(row for row in statistics(stage, fram)["pairs"] if row["selected"])


def check_revocation(case, stage, fram, nice):
    """Whose peer takes its consent back sends it nothing more, and hears nothing of it."""
    check_data(stage, fram, nice)
    nice.tell(revoke=1)
    stage.wait("failure", lambda: fram.last("state")["state"] == "failed")
    before = statistics(stage, fram)
    case.assertEqual(before["cause"], "consent-revoked")
    before = before["components"]["0.1"]
    heard = [len(end.all("recv")) for end in (fram, nice)]
    for end in (fram, nice):
        end.tell(send="after the end")

    def is_given_up():
        now = statistics(stage, fram)["components"]["0.1"]
        expected = before | {"dropped-no-path": now["dropped-no-path"]}
        case.assertEqual(now, expected)
        return now["dropped-no-path"] == before["dropped-no-path"] + 1

    stage.poll("loss", is_given_up)
    case.assertEqual([len(end.all("recv")) for end in (fram, nice)], heard)


def await_ends_of_candidates(stage, *ends):
    stage.wait("end of candidates", lambda: all(e.last("end-of-candidates") for e in ends))


def restart(case, stage, one, other):
    """Both ends begin anew, and are introduced again; they are not connected yet."""
    for end in (one, other):
        end.tell(restart=1)
    stage.wait("new descriptions", lambda: all(len(e.all("local")) == 2 for e in (one, other)))
    for end in (one, other):
        before, after = (local["ufrag"] for local in end.all("local"))
        case.assertNotEqual(before, after)
        end.forget_course()
    introduce(stage, one, other)


def await_consent(stage, fram):
    """Until both ends have asked for consent once more, and have given it."""
    stage.wait("completion", lambda: fram.last("state")["state"] == "completed")
    before = selected_row(stage, fram)

    def both_asked():
        row = selected_row(stage, fram)
        return (
            row["consent_requests_sent"] > before["consent_requests_sent"]
            and row["responses_received"] > before["responses_received"]
            and row["requests_received"] > before["requests_received"]
        )

    stage.poll("consent of both", both_asked)


def check_types(case, end, remote=("host",)):
    """Host candidates, as there is no NAT between the ends."""
    for pair in selected_pairs(end).values():
        local_type, remote_type = (words.split()[1] for words in pair)
        case.assertEqual(local_type, "host")
        case.assertIn(remote_type, remote)
        case.assertTrue(all(words.endswith(" udp") for words in pair))


def main():
    forked.main(isolate)


def isolate():
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, interrupt)
    kernel.isolate()
