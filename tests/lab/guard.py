#!/usr/bin/python3
"""Leaves nothing of a lab: a process that outlives it, if only by a moment.

Its standard input is a socket.  The lab sends `net` with a descriptor of the network, and
`folder PATH`.  The end of that is the end of the lab, in good order or by kill -9.  Then the
guard kills what still runs in those networks, whoever started it, and removes the folders.
It tells whom it killed.
"""

import os
import select
import shutil
import signal
import socket
import sys

# Somebody who is killed may just have started somebody else.
ROUNDS = 100
PATIENCE = 2000  # milliseconds for a killed process to be gone
MESSAGE = 4096


def main():
    with socket.socket(fileno=0) as lab:
        networks, folders = read_inventory(lab)
    spared = {os.getpid(), os.getppid()}
    for _ in range(ROUNDS):
        found = inhabitants(networks) - spared
        if not found:
            break
        for pid in found:
            end(pid, networks)
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)


def read_inventory(lab):
    """The networks by their inodes, which stay theirs as long as we hold the descriptors."""
    networks, folders = set(), []
    while True:
        message, descriptors, _, _ = socket.recv_fds(lab, MESSAGE, 1)
        if not message:
            return networks, folders
        for descriptor in descriptors:
            networks.add(os.fstat(descriptor).st_ino)
        kind, _, value = message.decode().partition(" ")
        if kind == "folder":
            folders.append(value)


def network_of(pid):
    try:
        return os.stat(f"/proc/{pid}/ns/net").st_ino
    except OSError:
        return None  # another user's, or gone


def inhabitants(networks):
    pids = (int(name) for name in os.listdir("/proc") if name.isdigit())
    return {pid for pid in pids if network_of(pid) in networks}


def end(pid, networks):
    """Kills the process unless its number means another one by now; waits for its end."""
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    try:
        if network_of(pid) in networks:
            command = command_of(pid)
            signal.pidfd_send_signal(descriptor, signal.SIGKILL)
            tell(f"{pid} {command}")
            gone = select.poll()
            gone.register(descriptor, select.POLLIN)
            gone.poll(PATIENCE)
    except ProcessLookupError:
        pass
    finally:
        os.close(descriptor)


def command_of(pid):
    try:
        with open(f"/proc/{pid}/cmdline", "rb") as file:
            return file.read().replace(b"\0", b" ").decode(errors="replace").strip()
    except OSError:
        return "?"


def tell(line):
    try:
        print(line, flush=True)
    except BrokenPipeError:
        # The lab is dead; there is nobody to be told.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


if __name__ == "__main__":
    # What ends the lab from a terminal must not end its guard.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    main()
