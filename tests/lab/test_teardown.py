#!/usr/bin/python3
"""A lab is there at once, and nothing of it stays, however it ends."""

import glob
import os
import signal
import subprocess
import sys
import tempfile
import time
import unittest

import cases
from lab import Lab
from link import Quality

# Seconds for everything to be gone; it takes some hundredths.
PATIENCE = 20

# A program that ends neither with its parent nor by asking.
STUBBORN = "trap '' TERM HUP INT; exec tail -f /dev/null"


def build(lab):
    """A bit of everything."""
    lab.stun_server()
    provider = lab.nat("full-cone", "provider", ipv6=True)
    home = lab.nat("port-restricted", "home", behind=provider, ipv6=True)
    lab.host("anna", behind=home, ipv6=True)
    lab.host("bert", behind=lab.nat("symmetric"), quality=Quality(delay_ms=5))
    lab.host("carl")


class World:
    """What there is of processes, networks, interfaces, mounts and files."""

    def __init__(self, mark):
        self.processes = marked(mark)
        self.folders = set(glob.glob(os.path.join(tempfile.gettempdir(), "fram-lab-*")))
        with open("/proc/self/mountinfo", encoding="utf-8") as file:
            # Others may mount what they like: namespaces are what a lab could leave.
            self.mounts = {line for line in file if "nsfs" in line or "fram-lab" in line}
        self.names = set(glob.glob("/run/netns/*"))
        self.interfaces = set(os.listdir("/proc/sys/net/ipv4/conf"))


def marked(mark):
    """The processes that descend from one that was given the mark in its environment."""
    found = set()
    for path in glob.glob("/proc/[0-9]*"):
        try:
            with open(f"{path}/environ", "rb") as file:
                if mark.encode() in file.read().split(b"\0"):
                    found.add((int(os.path.basename(path)), network(path)))
        except OSError:
            continue
    return found


def network(path):
    try:
        return os.stat(f"{path}/ns/net").st_ino
    except OSError:
        return None


class Teardown(unittest.TestCase):
    """Labs are made by another process, `hold` below, whose descendants have a mark."""

    def setUp(self):
        self.mark = f"LAB_TEST={os.getpid()}-{time.monotonic_ns()}"
        name, value = self.mark.split("=")
        self.environment = {**os.environ, name: value}

    def hold(self, how):
        holder = subprocess.Popen(
            [sys.executable, "-B", os.path.abspath(__file__), "--hold", how],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            text=True, env=self.environment,
        )
        self.addCleanup(self.reap, holder)
        self.folder = holder.stdout.readline().strip()
        self.assertTrue(os.path.isdir(self.folder), self.folder)
        return holder

    @staticmethod
    def reap(holder):
        holder.kill()
        holder.wait()
        holder.stdin.close()
        holder.stdout.close()

    def await_nothing(self, before):
        """Waits for the processes to be gone, each of which tells; then looks around."""
        for pid, _ in marked(self.mark):
            await_end(pid)
        after = World(self.mark)
        self.assertEqual(after.processes, set())
        self.assertFalse(os.path.exists(self.folder))
        # Labs of others come and go; only ours is asked for by name.
        self.assertEqual(after.mounts, before.mounts)
        self.assertEqual(after.names, before.names)
        self.assertEqual(after.interfaces, before.interfaces)

    def end_by(self, number, how="wait"):
        before = World(self.mark)
        holder = self.hold(how)
        inside = {network for _, network in marked(self.mark)}
        self.assertGreater(len(inside), 2, "processes in several networks")
        holder.send_signal(number)
        holder.wait(PATIENCE)
        self.await_nothing(before)

    def test_ended_in_good_order(self):
        before = World(self.mark)
        holder = self.hold("wait")
        holder.stdin.close()
        self.assertEqual(holder.wait(PATIENCE), 0)
        self.assertEqual(marked(self.mark), set(), "right after the end")
        self.await_nothing(before)

    def test_failed(self):
        before = World(self.mark)
        holder = self.hold("fail")
        self.assertEqual(holder.wait(PATIENCE), 1)
        self.await_nothing(before)

    def test_failed_while_built(self):
        before = World(self.mark)
        holder = self.hold("fail-early")
        self.assertEqual(holder.wait(PATIENCE), 1)
        self.await_nothing(before)

    def test_terminated(self):
        self.end_by(signal.SIGTERM)

    def test_interrupted(self):
        self.end_by(signal.SIGINT)

    def test_hung_up(self):
        self.end_by(signal.SIGHUP)

    def test_killed(self):
        self.end_by(signal.SIGKILL)

    def test_killed_with_stubborn_programs(self):
        """What is no child of the lab, and does not want to end, ends."""
        self.end_by(signal.SIGKILL, "stubborn")

    def test_killed_while_built(self):
        before = World(self.mark)
        for _ in range(10):
            holder = self.hold("build-for-ever")
            holder.kill()
            holder.wait(PATIENCE)
        self.await_nothing(before)


class Ends(unittest.TestCase):
    def test_stubborn_programs_are_told(self):
        lab = Lab()
        host = lab.host("host")
        started = "for i in $(seq 1000); do grep -q tail /proc/$!/comm && exit; done; exit 1"
        host.run(
            ["sh", "-c", f"setsid sh -c \"{STUBBORN}\" </dev/null >/dev/null 2>&1 & {started}"]
        )
        killed = lab.close()
        self.assertEqual(len(killed), 1, killed)
        self.assertIn("tail -f", killed[0])

    def test_a_program_ends_with_its_lab(self):
        with Lab() as lab:
            program = lab.host("host").popen(["cat"], stdin=subprocess.PIPE)
        self.assertEqual(program.returncode, -signal.SIGTERM)

    def test_two_labs_at_once(self):
        with Lab() as one, Lab() as other:
            for lab in (one, other):
                host = lab.host("host", behind=lab.nat("symmetric"))
                self.assertEqual(host.run(["true"]).returncode, 0)
        self.assertFalse(os.path.exists(one.folder) or os.path.exists(other.folder))

    def test_a_name_is_given_once(self):
        with Lab() as lab:
            lab.host("host")
            with self.assertRaises(ValueError):
                lab.host("host")

    def test_time(self):
        """How long it takes; nothing depends on it."""
        begun = time.monotonic()
        with Lab() as lab:
            for number in range(5):
                lab.host(f"host-{number}", behind=lab.nat("port-restricted"))
            built = time.monotonic()
            lab.stun_server()
            served = time.monotonic()
        print(
            f"12 namespaces in {1000 * (built - begun):.0f} ms, coturn answers after"
            f" {1000 * (served - built):.0f} ms more, all gone after"
            f" {1000 * (time.monotonic() - served):.0f} ms more"
        )


def await_end(pid):
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    if not cases.await_readable(descriptor, PATIENCE):
        raise AssertionError(f"process {pid} outlived the lab")
    os.close(descriptor)


def hold(how):
    """Makes a lab, says where its folder is, and waits for the end of its input."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, cases.interrupt)
    with Lab() as lab:
        if how in ("fail-early", "build-for-ever"):
            print(lab.folder, flush=True)
        while how == "build-for-ever":
            lab.host(behind=lab.nat("port-restricted"))
        build(lab)
        if how == "fail-early":
            lab.nat("of no kind")
        if how == "stubborn":
            anna = lab.nodes["anna"]
            anna.popen(["sh", "-c", STUBBORN])
            anna.run(["sh", "-c", f"setsid sh -c \"{STUBBORN}\" </dev/null >/dev/null 2>&1 &"])
        print(lab.folder, flush=True)
        if how == "fail":
            raise RuntimeError("something is wrong")
        sys.stdin.read()


if __name__ == "__main__":
    if sys.argv[1:2] == ["--hold"]:
        hold(sys.argv[2])
    else:
        cases.main()
