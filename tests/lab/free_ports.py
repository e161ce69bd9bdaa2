"""Ports of this computer for a server that a test starts: nobody has them, and the kernel gives
them to nobody who asks for just any."""

import contextlib
import itertools
import os
import pathlib
import socket

LOWEST = 10000
PLACES = (("127.0.0.1", socket.AF_INET), ("::1", socket.AF_INET6))


def lowest_given():
    """The first port of those that the kernel chooses from."""
    return int(pathlib.Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])


def are_free(ports):
    with contextlib.ExitStack() as held:
        for port, (address, family), kind in itertools.product(
                ports, PLACES, (socket.SOCK_STREAM, socket.SOCK_DGRAM)):
            trial = held.enter_context(socket.socket(family, kind))
            try:
                trial.bind((address, port))
            except OSError:
                return False
    return True


def find(n):
    """`n` of them, one after the other."""
    n_places = (lowest_given() - LOWEST) // n
    # Other tests look too: each begins elsewhere.
    for place in range(os.getpid(), os.getpid() + n_places):
        first = LOWEST + place % n_places * n
        ports = range(first, first + n)
        if are_free(ports):
            return ports
    raise RuntimeError(f"No {n} ports are free")
