#!/usr/bin/python3
"""However the harness ends, nothing that it started outlives it."""

import os
import selectors
import signal
import subprocess
import sys
import unittest

import harness
import kernel
from processes import PATIENCE, Stage


def hold():
    """Puts one of everything on a stage, tells what is there, waits for an end from outside."""
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, harness.interrupt)
    kernel.isolate()
    place = harness.two_hosts()
    with Stage() as stage:
        fram = harness.start_fram(stage, "controlling", place.one)
        nice = harness.start_peer(stage, "nice", "controlled", place.other)
        harness.introduce(stage, fram, nice)
        harness.wait_connected(stage, fram, nice)
        harness.start_peer(stage, "aioice", "controlled", place.other)
        print(stage.folder, *(p.handle.pid for p in stage.processes), flush=True)
        stage.wait("end from outside", lambda: False)


def await_end(pid):
    """Waits until the process is gone."""
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    with selectors.DefaultSelector() as selector:
        selector.register(descriptor, selectors.EVENT_READ)
        if not selector.select(PATIENCE):
            raise AssertionError(f"process {pid} outlived the harness")
    os.close(descriptor)


class Leftovers(unittest.TestCase):
    def end_by(self, number):
        command = [sys.executable, os.path.abspath(__file__), "--hold"]
        with subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        ) as held:
            folder, *pids = held.stdout.readline().split()
            # A bus, framd, fram, libnice and aioice.
            self.assertEqual(len(pids), 5)
            self.assertTrue(os.path.isdir(folder))
            held.send_signal(number)
            held.wait(PATIENCE)
        for pid in pids:
            await_end(int(pid))
        return folder

    def test_terminated(self):
        self.assertFalse(os.path.exists(self.end_by(signal.SIGTERM)))

    def test_interrupted(self):
        self.assertFalse(os.path.exists(self.end_by(signal.SIGINT)))

    def test_hung_up(self):
        self.assertFalse(os.path.exists(self.end_by(signal.SIGHUP)))

    def test_killed(self):
        # Nobody is left who could remove the folder; the processes must go all the same.
        subprocess.run(["rm", "-r", self.end_by(signal.SIGKILL)], check=True)


if __name__ == "__main__":
    if sys.argv[1:] == ["--hold"]:
        hold()
    else:
        harness.main()
