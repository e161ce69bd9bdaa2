"""A TURN server that misbehaves as it is told (scripted-turn-server.c)."""

import os
from dataclasses import dataclass

from stun_server import PORT
from talking import Talker


@dataclass
class Counted:
    """Requests that came, by method."""

    allocate: int
    refresh: int
    permission: int
    channel: int


class ScriptedServer(Talker):
    """`words` are those of turn-script.h; more can be told later."""

    def __init__(self, host, *words):
        self.host = host
        self.end = f"{host.address}:{PORT}"
        self.uri = f"turn:{self.end}"
        super().__init__(host, [os.environ["SCRIPTED_TURN_SERVER"], self.end, *words])
        self.expect("ready")

    def count(self):
        """Nothing else may have happened that was not heard of yet."""
        self.tell("count")
        return Counted(*map(int, self.expect("counted")))
