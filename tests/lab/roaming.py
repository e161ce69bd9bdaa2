"""Networks that change while two ends talk, and how long it takes until they talk again.

Anna moves; her peer stays behind a port-restricted NAT, which lets in nobody but whom it has
sent to: it has to be told where she went.
"""

import os
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "interop"))

# pylint: disable=wrong-import-position
import calls
from calls import harness
from processes import Stage

# Seconds between two texts, which is how exactly a recovery is seen.
INTERVAL = 0.01
BLACKOUT = 5
# Seconds until whoever is told of networks has tried a new one.
NOTICE = 2
# Seconds of data before a path dies under them.
CHAT = 2


@dataclass
class Change:
    """What happens; `begin` prepares it, `act` does it: both get the call, which passes the
    time if they have to wait.

    `can_heal`: the peer needs to be told nothing that it did not know before.
    """

    words: str
    act: callable
    begin: callable = lambda call: None
    can_heal: bool = False


def _second_interface(call):
    call.anna.attach(call.lab.nat("port-restricted", "other-home"), "wlan0")


def _interface_in_use_goes_down(call):
    call.interface_in_use().down()


def _interface_in_use_goes_dead(call):
    interface = call.interface_in_use()
    call.chat(CHAT)
    interface.cut()


def _other_network(call):
    call.anna.attach(call.lab.nat("port-restricted", "other-home"), "wlan0")
    call.anna.interface.remove()


def _new_then_old_goes(call):
    _second_interface(call)
    call.await_path(call.anna.interfaces[1])
    call.anna.interface.down()


def _blackout(call):
    call.anna.interface.cut()
    call.stage.pass_time(BLACKOUT)
    call.anna.interface.mend()


CHANGES = {
    "interface-down": Change(
        "of two interfaces the one in use goes down",
        _interface_in_use_goes_down, _second_interface, can_heal=True,
    ),
    "dead-path": Change(
        "of two interfaces the one in use loses all packets, without an error",
        _interface_in_use_goes_dead, _second_interface, can_heal=True,
    ),
    "interface-up": Change("an interface comes, and then the first goes", _new_then_old_goes),
    "interface-swap": Change("one interface comes in place of another", _other_network),
    "new-address": Change(
        "the interface gets another address", lambda call: call.anna.interface.change_address()
    ),
    "lost-mapping": Change("the NAT forgets its mappings", lambda call: call.home.lose_mappings()),
    "new-public-address": Change(
        "the NAT gets another public address", lambda call: call.home.change_public_address()
    ),
    "blackout": Change(
        f"the cable is dead for {BLACKOUT} seconds, from its mending on", _blackout, can_heal=True
    ),
}


def _is_of(end, interface):
    """Whether a candidate's address and port are of the interface, or of the NAT before it."""
    address = end.rpartition(":")[0]
    return address in (str(interface.address), str(interface.behind.outside))


class Call:
    """Two ends that are connected.  Anna's `home` is the NAT that she is behind at first."""

    def __init__(self, lab, stage, anna, home, ends):
        self.lab, self.stage, self.anna, self.home = lab, stage, anna, home
        self.caller, self.called = ends
        self._count = 0

    def state(self, end):
        return calls.End(end).state()

    def interface_in_use(self):
        """The one of Anna's whose packets her peer takes."""
        self.stage.wait("selection", lambda: harness.selected_pairs(self.caller))
        local, _ = harness.selected_pairs(self.caller)[1]
        for interface in self.anna.interfaces:
            if _is_of(local.split()[0], interface):
                return interface
        raise AssertionError(f"None of Anna's interfaces is {local}")

    def await_path(self, interface):
        """Waits until a pair of that interface of Anna's has succeeded; for a while, if it
        cannot, as her peer is not told, or nobody can be asked."""
        if not (self.caller.trickles and self.caller.name.startswith("fram")):
            self.stage.pass_time(NOTICE)
            return

        def has_path():
            return any(
                _is_of(row["local"], interface) and row["state"] == "succeeded"
                for row in self.pairs()
            )

        self.stage.poll(f"pair of {interface.name}", has_path)

    def pairs(self):
        before = len(self.caller.all("stats"))
        self.caller.tell(stats=1)
        self.stage.wait("statistics", lambda: len(self.caller.all("stats")) > before)
        return self.caller.last("stats")["pairs"]

    def talk(self, patience):
        """Sends until a text that was sent from now on comes back; seconds that it took, or
        None: none did."""
        begun, first = time.monotonic(), self._count
        while time.monotonic() - begun < patience:
            self._say()
            if self._echoed() >= first:
                return time.monotonic() - begun
        return None

    def chat(self, seconds):
        """Sends for so long, whatever comes back."""
        begun = time.monotonic()
        while time.monotonic() - begun < seconds:
            self._say()

    def _say(self):
        self.caller.tell(send=str(self._count))
        self._count += 1
        self.stage.pass_time(INTERVAL)

    def _echoed(self):
        """The newest of the texts that have come back."""
        last = self.caller.last("recv")
        return int(last["data"].removeprefix("echo:")) if last else -1


def start_fram(trickle):
    """Whether candidates are passed on that are found after the start."""
    flags = ["--trickle"] if trickle else []

    def start(stage, role, host, server, *more):
        return harness.start_fram(stage, role, host, "--server", server.uri, *flags, *more)

    return start


def start_peer(program, *flags):
    def start(stage, role, host, server, *more):
        return harness.start_peer(
            stage, program, role, host, (), "--stun", str(server.address), *flags, *more
        )

    return start


@contextmanager
def call(lab, change, start):
    """A call before the change; of `start` see start_fram()."""
    server = lab.stun_server()
    home = lab.nat("port-restricted", "home")
    anna = lab.host("anna", behind=home)
    bert = lab.host("bert", behind=lab.nat("port-restricted", "away"))
    with Stage() as stage:
        going = Call(lab, stage, anna, home, (None, None))
        change.begin(going)
        going.caller = start(stage, "controlling", anna, server)
        going.called = start(stage, "controlled", bert, server, "--echo")
        harness.introduce(stage, going.caller, going.called)
        stage.wait(
            "connection", lambda: all(map(harness.is_up, (going.caller, going.called)))
        )
        if going.talk(calls.GIVING_UP) is None:
            raise AssertionError("They are connected and do not hear each other")
        yield going
