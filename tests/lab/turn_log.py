"""What coturn tells in its log of the allocations that it has made."""

import re
from dataclasses import dataclass, field

LINE = re.compile(r"session (\d+): (.*)")
MADE = re.compile(r"new, realm=<.*?>, username=<(.*?)>")
REFRESHED = re.compile(r"refreshed, .*lifetime=(\d+)")
PEER = re.compile(r"peer (\S+) lifetime updated")


@dataclass
class Allocation:
    """One, and the peers that were permitted or got a channel, by how often they were."""

    user: str
    n_refreshes: int = 0
    n_stale: int = 0  # requests whose nonce was too old
    is_given_back: bool = False
    is_over: bool = False
    peers: dict = field(default_factory=dict)

    def note(self, text):
        if found := REFRESHED.match(text):
            # RFC 8656 §7: a lifetime of 0 gives it back.
            self.is_given_back = self.is_given_back or int(found[1]) == 0
            self.n_refreshes += int(found[1]) > 0
        elif found := PEER.match(text):
            self.peers[found[1]] = self.peers.get(found[1], 0) + 1
        elif text.endswith("Stale nonce"):
            self.n_stale += 1
        elif text.startswith("delete:"):
            self.is_over = True


def read_allocations(log):
    """All that were ever made, in their order."""
    made = {}
    for line in log.splitlines():
        found = LINE.search(line)
        if found is None:
            continue
        session, text = found.groups()
        if begun := MADE.match(text):
            made[session] = Allocation(begun[1])
        elif session in made:
            made[session].note(text)
    return list(made.values())
