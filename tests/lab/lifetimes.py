"""How long NATs keep mappings, as framd finds out in the background while it keeps one."""

import time

import calls
from applications import Application
from service import Service

INTERFACE = "eth0"


class Keeper:
    """framd behind a NAT of such a lifetime (seconds), and an application with one session
    that waits for its peer."""

    def __init__(self, lab, stage, server, lifetime):
        self.lifetime = lifetime
        self.stage = stage
        nat = lab.nat("port-restricted", f"nat-{lifetime}", lifetime=lifetime)
        host = lab.host(f"host-{lifetime}", behind=nat)
        calls.meet_neighbours(host, server)
        service = Service(stage, host)
        self.application = Application(stage, service, [server.uri], trickle=True)
        self.begun = time.monotonic()
        self.application.create()
        self.mapped = []
        self.row = None
        # Seconds until it was found out; None: not yet.
        self.took = None

    def look(self):
        """Looks at what framd knows now."""
        network = self.application.network()
        (self.row,) = [row for row in network["interface"] if row["name"] == INTERFACE]
        for mapping in network["mapping"]:
            if mapping["mapped"] and mapping["mapped"] not in self.mapped:
                self.mapped.append(mapping["mapped"])
        if self.took is None and self.is_found():
            self.took = time.monotonic() - self.begun

    def is_found(self):
        """Whether it is known to a tenth, and nothing is being found out any more."""
        lives, dies = self.row["lives_us"], self.row["dies_us"]
        return 0 < lives < dies <= 1.1 * lives + 1e6 and not self.row["checking"]

    @property
    def found(self):
        """Seconds: a mapping lived so long, and none so long."""
        return self.row["lives_us"] / 1e6, self.row["dies_us"] / 1e6

    @property
    def keepalive(self):
        return self.row["keepalive_us"] / 1e6

    @property
    def n_lost(self):
        """How often the mapping has become another one."""
        return len(self.mapped) - 1


def watch(stage, keepers, patience, interval=1.0, until=lambda keepers: False):
    """Looks at them all again and again for so many seconds, or until then."""
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        for keeper in keepers:
            keeper.look()
        if until(keepers):
            return True
        stage.pass_time(interval)
    return False


def all_found(keepers):
    return all(keeper.took is not None for keeper in keepers)
