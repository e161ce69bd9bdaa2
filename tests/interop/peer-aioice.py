#!/usr/bin/python3
"""peer-aioice: aioice as a peer that somebody else wrote.

It speaks the line protocol of `fram connect --json`, as peer-nice does.  aioice nominates
aggressively, as RFC 5245 allowed; its descriptions name no pacing, because it signals none.
"""

import argparse
import asyncio
import json
import signal
import sys
import time

import aioice
from aioice.ice import TransportPolicy


def write(event, **members):
    print(json.dumps({"ev": event, **members}), flush=True)


def words(candidate):
    """Address, type and transport, as `192.0.2.1:9 host udp`."""
    host = f"[{candidate.host}]" if ":" in candidate.host else candidate.host
    return f"{host}:{candidate.port} {candidate.type} {candidate.transport.lower()}"


def relay(options):
    """What aioice is told of its TURN server; without one it cannot be held to it."""
    if options.relay is None:
        return {}
    transport, _, end = options.relay.partition(",")
    ip, _, port = end.rpartition(":")
    return {
        "turn_server": (ip, int(port)),
        "turn_username": options.user,
        "turn_password": options.password,
        "turn_transport": "udp" if transport == "udp" else "tcp",
        # Whom it trusts is said by SSL_CERT_FILE.
        "turn_ssl": transport == "tls",
        "transport_policy": TransportPolicy.RELAY if options.relay_only else TransportPolicy.ALL,
    }


class Connection(aioice.Connection):
    """Tells which pairs it asks the peer to use: of several the last that is answered is its
    own choice, but it hears by all of them."""

    def build_request(self, pair, nominate):
        if nominate and self.ice_controlling:
            write(
                "nominated",
                component=pair.component,
                local=words(pair.local_candidate),
                remote=words(pair.remote_candidate),
            )
        return super().build_request(pair, nominate)


class Peer:
    def __init__(self, options):
        self.options = options
        self.connection = Connection(
            ice_controlling=options.role == "controlling",
            components=options.components,
            stun_server=options.stun and (options.stun, 3478),
            **relay(options),
        )
        self.described = None
        self.connecting = None
        self.closing = False

    def tell_state(self, state):
        ms = 0 if self.described is None else (time.monotonic() - self.described) * 1000
        write("state", state=state, ms=round(ms, 3))

    def tell_selected(self):
        # aioice tells the pair that it nominated to nobody but itself.
        for component, pair in sorted(self.connection._nominated.items()):
            write(
                "selected",
                component=component,
                local=words(pair.local_candidate),
                remote=words(pair.remote_candidate),
            )

    async def gather(self):
        began = time.monotonic()
        await self.connection.gather_candidates()
        write(
            "local",
            ufrag=self.connection.local_username,
            pwd=self.connection.local_password,
            candidates=["candidate:" + c.to_sdp() for c in self.connection.local_candidates],
            role=self.options.role,
            options=[],
            gather_ms=round((time.monotonic() - began) * 1000, 3),
        )

    async def connect(self):
        self.tell_state("checking")
        try:
            await self.connection.connect()
        except ConnectionError:
            self.tell_end()
            return
        self.tell_selected()
        self.tell_state("completed")
        try:
            while True:
                self.received(*await self.connection.recvfrom())
        except ConnectionError:
            self.tell_end()

    def tell_end(self):
        self.tell_state("closed" if self.closing else "failed")

    def received(self, data, component):
        text = data.decode(errors="replace")
        write("recv", component=component, data=text)
        if self.options.echo:
            asyncio.ensure_future(self.send("echo:" + text, component))

    async def send(self, text, component=1):
        try:
            await self.connection.sendto(text.encode(), component)
        except ConnectionError as error:
            write("error", message=str(error))

    async def take_candidate(self, line):
        await self.connection.add_remote_candidate(
            aioice.Candidate.from_sdp(line.removeprefix("candidate:"))
        )

    async def take(self, message):
        """Does what one line says; returns False when it was the last."""
        if "ufrag" in message:
            self.described = time.monotonic()
            self.connection.remote_username = message["ufrag"]
            self.connection.remote_password = message["pwd"]
            self.connection.remote_is_lite = "ice-lite" in message.get("options", [])
            for line in message.get("candidates", []):
                await self.take_candidate(line)
        elif "candidate" in message:
            await self.take_candidate(message["candidate"])
        elif "send" in message:
            await self.send(message["send"])
        elif "quit" in message:
            return False
        elif "end" not in message:
            raise ValueError("No known key in this line")

        if message.get("end", "ufrag" in message):
            await self.connection.add_remote_candidate(None)
        if "ufrag" in message:
            self.connecting = asyncio.ensure_future(self.connect())
        return True


async def lines(stream):
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), stream
    )
    while line := await reader.readline():
        yield line


async def serve(options):
    peer = Peer(options)
    await peer.gather()
    async for line in lines(sys.stdin):
        try:
            if not await peer.take(json.loads(line)):
                break
        except (ValueError, KeyError, TypeError) as error:
            write("error", message=str(error))
    peer.closing = True
    await peer.connection.close()
    if peer.connecting is not None:
        await peer.connecting


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--role", choices=["controlling", "controlled"], default="controlling")
    parser.add_argument("--components", type=int, default=1)
    parser.add_argument("--address", action="append", help="use this local address only")
    parser.add_argument("--stun", metavar="IP", help="ask this server, port 3478")
    parser.add_argument(
        "--relay", metavar="TRANSPORT,IP:PORT", help="use this TURN server by udp, tcp or tls"
    )
    parser.add_argument("--user", help="of the TURN server")
    parser.add_argument("--password", help="of that user")
    parser.add_argument("--relay-only", action="store_true", help="relayed candidates alone")
    parser.add_argument("--echo", action="store_true")
    options = parser.parse_args()

    if options.address:
        aioice.ice.get_host_addresses = lambda use_ipv4, use_ipv6: options.address
    # An interrupted harness ends its peers by closing their input.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    asyncio.run(serve(options))


if __name__ == "__main__":
    main()
