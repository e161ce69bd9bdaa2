"""Applications that get connected through framd."""

import socket

import world
from world import SESSION, variant


def take_socket(client, path, stream=0, component=1):
    """The data socket of a component, in Python's hands."""
    _, fds = client.call_fds(path, SESSION, "OpenComponent",
                             variant("(uu)", (stream, component)))
    data = socket.socket(fileno=fds[0])
    data.settimeout(world.PATIENCE)
    return data


class Application:
    """One side of a session: its path, and what it has heard.

    Of its candidates it signals those of `transport` alone, if that is given."""

    def __init__(self, case, options=None, transport=""):
        self.case, self.transport = case, transport
        self.client = case.world.client()
        self.client.listen(world.FRAM)
        self.path = self.client.create(options)
        case.world.wait("gathering", lambda: self.heard("GatheringDone"))

    def heard(self, name):
        return self.client.heard(self.path, name)

    def call(self, method, arguments=None):
        return self.client.session(self.path, method, arguments)

    def describe(self):
        """(ufrag, pwd, options, pacing, candidates, complete)"""
        ufrag, pwd, words, pacing, candidates, complete = self.call("GetLocalDescription")
        return (ufrag, pwd, words, pacing, [
            (stream, line) for stream, line in candidates
            if line.split()[2].lower().startswith(self.transport)], complete)

    def accept(self, other):
        self.call("SetRemoteDescription", variant("(ssasua(us)b)", other.describe()))

    def states(self):
        return [body[0] for body in self.heard("StateChanged")]

    def is_up(self):
        return bool(self.states()) and self.states()[-1] in ("connected", "completed")

    def open(self, stream=0, component=1):
        data = take_socket(self.client, self.path, stream, component)
        self.case.addCleanup(data.close)
        return data

    def stats(self, component="0.1"):
        return self.call("GetStats")[0][component]


def answer_options(offerer, **more):
    """What an answerer creates its session with: all that the offerer signalled."""
    ufrag, pwd, words, pacing, candidates, complete = offerer.describe()
    return {
        "remote": variant("(ssasu)", (ufrag, pwd, words, pacing)),
        "remote-candidates": variant("a(us)", candidates),
        "remote-end": variant("b", complete),
        **more,
    }


def connect(case, transport="", **more):
    """Two applications of one user, through one framd; returns both when they are up."""
    offerer = Application(case, dict(more), transport)
    answerer = Application(case, answer_options(offerer, **more), transport)
    offerer.accept(answerer)
    case.world.wait("connection", lambda: offerer.is_up() and answerer.is_up())
    return offerer, answerer
