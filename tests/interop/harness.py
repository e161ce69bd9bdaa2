"""What every case of this folder needs: places, ends, and the talk between two ends.

An end is a program that speaks the line protocol: libnice, aioice, or `fram connect`.
Programs come from the environment: PEER_NICE, FRAM, FRAMD.
"""

import os
import signal
import sys
import unittest
from dataclasses import dataclass, field

import namespaces
from processes import PATIENCE, JsonProcess
from service import Service

HERE = os.path.dirname(os.path.abspath(__file__))
UP = ("connected", "completed")


@dataclass
class Place:
    """Where two ends are, the local addresses the peers are held to, what else there is."""

    one: namespaces.Namespace
    other: namespaces.Namespace
    addresses: list = field(default_factory=list)
    rest: list = field(default_factory=list)


def loopback():
    """One host with nothing but its loopback interface, which peers use only if told."""
    host = namespaces.Namespace()
    return Place(host, host, ["127.0.0.1"])


def same_host():
    """One host on a network on which nobody else is."""
    host, wall = namespaces.Namespace(), namespaces.Namespace()
    namespaces.join(host, wall)
    host.add_address("lan0", "10.77.0.1/24")
    host.add_address("lan0", "fd00:77::1/64")
    return Place(host, host, rest=[wall])


def two_hosts():
    """Two hosts on one wire."""
    one, other = namespaces.Namespace(), namespaces.Namespace()
    namespaces.join(one, other)
    for host, number in ((one, 1), (other, 2)):
        host.add_address("lan0", f"10.77.0.{number}/24")
        host.add_address("lan0", f"fd00:77::{number}/64")
    return Place(one, other)


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


def start_fram(stage, role, host, *flags):
    """Starts framd on `host`, and an application that has no network at all: only the bus.

    The bus is at a path, which unlike an abstract name is seen from every namespace.
    """
    service = Service(stage, host)
    command = [os.environ["FRAM"], "connect", "--json", "--role", role, *flags]
    with namespaces.Namespace():
        name = f"fram-{role}-{len(stage.processes)}"
        return JsonProcess(stage, name, command, service.environment)


def introduce(stage, one, other):
    """Carries descriptions, and candidates as they come, between two ends."""
    stage.wait("local descriptions", lambda: one.last("local") and other.last("local"))
    for teller, listener in ((one, other), (other, one)):
        described = {k: v for k, v in teller.last("local").items() if k not in ("ev", "role")}
        listener.tell(**described, end=not teller.trickles)
        if teller.trickles:
            for event in teller.events:
                pass_on(listener, event)
            teller.listeners.append(lambda event, to=listener: pass_on(to, event))


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


def agree(one, other, components=1):
    """Both are up, and each selected the other's pair from the other end."""
    ours, theirs = addresses_of(selected_pairs(one)), addresses_of(selected_pairs(other))
    mirrored = {component: (remote, local) for component, (local, remote) in theirs.items()}
    return len(ours) == components and ours == mirrored and is_up(one) and is_up(other)


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


def selected_row(stage, fram):
    """The row of Fram's pair table that is in use now."""
    before = len(fram.all("stats"))
    fram.tell(stats=1)
    stage.wait("statistics", lambda: len(fram.all("stats")) > before)
    return next(row for row in fram.last("stats")["pairs"] if row["selected"])


def check_types(case, end, remote=("host",)):
    """Host candidates, as there is no NAT between the ends."""
    for pair in selected_pairs(end).values():
        local_type, remote_type = (words.split()[1] for words in pair)
        case.assertEqual(local_type, "host")
        case.assertIn(remote_type, remote)
        case.assertTrue(all(words.endswith(" udp") for words in pair))


def interrupt(number, _):
    # Unlike SystemExit it is not taken by unittest for the failure of a single test.
    raise KeyboardInterrupt(signal.Signals(number).name)


def main(module):
    """Runs the cases named on the command line; `--list` prints all names."""
    if sys.argv[1:] == ["--list"]:
        for suite in unittest.defaultTestLoader.loadTestsFromName(module):
            for case in suite:
                print(case.id().removeprefix(module + "."))
        return
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, interrupt)
    namespaces.isolate()
    unittest.main(module, verbosity=2)
