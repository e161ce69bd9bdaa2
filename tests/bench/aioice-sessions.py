#!/usr/bin/python3
"""How fast aioice connects, both ends in this process.

Connects --count pairs of connections, one after the other, and takes each down as soon as
both of its ends can send.  Writes the time of each.
"""

import argparse
import asyncio
import time

import aioice


def introduce(one, other):
    one.remote_username = other.local_username
    one.remote_password = other.local_password


async def connect_pair():
    began = time.monotonic()
    pair = [aioice.Connection(ice_controlling=controls) for controls in (True, False)]
    await asyncio.gather(*(connection.gather_candidates() for connection in pair))
    for one, other in (pair, reversed(pair)):
        introduce(one, other)
        for candidate in other.local_candidates:
            await one.add_remote_candidate(candidate)
        await one.add_remote_candidate(None)
    await asyncio.gather(*(connection.connect() for connection in pair))
    connected = time.monotonic()
    await asyncio.gather(*(connection.close() for connection in pair))
    return connected - began


async def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=20)
    options = parser.parse_args()
    began = time.monotonic()
    for _ in range(options.count):
        seconds = await asyncio.wait_for(connect_pair(), 30)
        # It connects by nominating: to be able to send and to have agreed are one.
        for figure in ("connect", "complete"):
            print(f"{figure} {seconds * 1000:.3f} ms", flush=True)
    print(f"rate {options.count / (time.monotonic() - began):.3f} 1/s", flush=True)


asyncio.run(main())
