"""Applications with many sessions each, at a framd that they share."""

import os
import sys

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "interop"))

# pylint: disable=wrong-import-position
from namespace import Namespace
from processes import JsonProcess


class Application:
    """One application (application.c), which has no network at all but the bus.

    `trickle`: it passes candidates on that are found later, and so may share ports;
    `credential`: user and password at the servers.
    """

    def __init__(self, stage, service, servers=(), trickle=False, credential=None):
        self.stage = stage
        command = [os.environ["APPLICATION"]]
        for server in servers:
            command += ["--server", server]
        if credential is not None:
            command += ["--user", credential[0], "--password", credential[1]]
        if trickle:
            command.append("--trickle")
        with Namespace("nowhere"):
            name = f"application-{len(stage.processes)}"
            self.process = JsonProcess(stage, name, command, service.environment)
        stage.wait("start of the application", lambda: self.process.last("ready"))
        self._count = self._known = 0

    def request(self, count=1):
        """Asks for so many sessions more."""
        self._count += count
        self.process.tell(create=count)

    def await_gathered(self):
        """What it tells of each that was asked for since the last time, in their order."""
        numbers = range(self._known, self._count)
        self._known = self._count

        def gathered():
            told = {event["session"]: event for event in self.process.all("gathered")}
            return [told[number] for number in numbers if number in told]

        self.stage.wait("gathering", lambda: len(gathered()) == len(numbers))
        return gathered()

    def create(self, count=1):
        self.request(count)
        return self.await_gathered()

    def answer(self, offer):
        """One session more, to the peer that made the offer."""
        self._count += 1
        self.process.tell(answer=described(offer))
        return self.await_gathered()[0]

    def describe(self, number, peer):
        """Tells a session who its peer is."""
        self.process.tell(session=number, **described(peer))

    def close(self, number):
        self.process.tell(session=number, close=1)

    def state(self, number):
        states = [e["state"] for e in self.process.all("state") if e["session"] == number]
        return states[-1] if states else "new"

    def network(self):
        """What framd knows of the network: events "interface", "mapping" and "deaf"."""
        before, begun = len(self.process.all("network")), len(self.process.events)
        self.process.tell(network=1)
        self.stage.wait("network", lambda: len(self.process.all("network")) > before)
        kinds = ("interface", "mapping", "deaf")
        told = self.process.events[begun:]
        return {kind: [event for event in told if event["ev"] == kind] for kind in kinds}

    def quit(self):
        self.stage.dismiss(self.process)


def described(told):
    """What a peer is told of the description that a session has gathered."""
    return {key: told[key] for key in ("ufrag", "pwd", "candidates")}
