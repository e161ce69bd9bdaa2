#!/usr/bin/python3
"""The program `lab`: what people type, and what they get."""

import os
import subprocess
import unittest

import cases
import topology
from lab import Lab

PROGRAM = os.path.join(os.path.dirname(os.path.abspath(__file__)), "lab")
PATIENCE = 60


def lab(*words, script=""):
    return subprocess.run(
        [PROGRAM, *words], input=script, capture_output=True, text=True, timeout=PATIENCE,
        check=False,
    )


class Run(unittest.TestCase):
    def test_behind_a_nat(self):
        done = lab("run", "--nat", "address-restricted", "--", "stun", "203.0.113.2")
        self.assertIn("Address Dependent Filter", done.stdout)

    def test_status_of_the_command(self):
        self.assertEqual(lab("run", "--", "true").returncode, 0)
        self.assertEqual(lab("run", "--", "sh", "-c", "exit 42").returncode, 42)
        self.assertEqual(lab("run", "--", "sh", "-c", "kill -9 $$").returncode, 137)

    def test_input_and_environment(self):
        done = lab("run", "--", "sh", "-c", 'cat; echo "$LAB_STUN"', script="input\n")
        self.assertEqual(done.stdout, "input\nstun:203.0.113.2:3478\n")

    def test_behind_a_proxy(self):
        done = lab("run", "--nat", "symmetric,proxy=socks5", "--", "sh", "-c",
                   'echo "$https_proxy"')
        self.assertRegex(done.stdout, r"^socks5://192\.168\.\d+\.\d+:1080\n")

    def test_a_command_that_is_not_there(self):
        done = lab("run", "--", "no-such-command")
        self.assertEqual(done.returncode, 127)
        self.assertIn("no-such-command", done.stderr)

    def test_no_place(self):
        done = lab("run", "--nat", "nowhere", "--", "true")
        self.assertEqual(done.returncode, 1)
        self.assertIn("“nowhere” is no place", done.stderr)


class Up(unittest.TestCase):
    def test_script(self):
        script = """
            show
            anna sh -c 'stun 203.0.113.2; true'
            renumber port-restricted-of-anna
            lose symmetric-of-bert+carl
            bert sh -c "echo $LAB_STUN"
            add dora=open
            cut dora
            mend dora
            down carl
            carl ip -br link show eth0
            forbid port-restricted-of-anna udp
            anna sh -c 'stun 203.0.113.2; true'
            forbid port-restricted-of-anna nothing
            anna sh -c 'stun 203.0.113.2; true'
            quit
            show
        """
        done = lab("up", "anna=port-restricted", "bert+carl=symmetric", script=script)
        self.assertEqual((done.returncode, done.stderr), (0, ""), done.stdout)
        self.assertEqual(done.stdout.count("port-restricted-of-anna: wan0 203.0.113.10"), 2)
        self.assertEqual(done.stdout.count("Port Dependent Filter"), 2)
        self.assertEqual(done.stdout.count("Blocked or could not reach"), 1)
        self.assertIn("\n203.0.113.11\n", done.stdout)
        self.assertRegex(done.stdout, "eth0@.* DOWN")

    def test_mistakes_do_not_end_it(self):
        script = "nonsense\nlose anna\nanna\nforbid x\nanna false\nanna 'echo\nanna echo here\n"
        done = lab("up", "anna=open", script=script)
        self.assertEqual(done.returncode, 1)
        self.assertEqual(done.stderr.count("lab: "), 5, done.stderr)
        self.assertIn("here", done.stdout)


class Descriptions(cases.LabCase):
    def test_chain(self):
        (host,) = topology.build(self.lab, "anna=port-restricted/full-cone,lifetime=30")
        inner = host.interface.behind
        outer = inner.behind
        self.assertEqual(inner.translation.filtering, "address-and-port-dependent")
        self.assertEqual(outer.translation.filtering, "endpoint-independent")
        self.assertEqual({inner.translation.lifetime, outer.translation.lifetime}, {30})
        self.assertIs(outer.behind, self.lab.internet)

    def test_double_cone(self):
        (host,) = topology.build(self.lab, "anna=double-cone,hairpin,ipv6")
        self.assertTrue(host.interface.behind.behind.translation.hairpin)
        self.assertIsNotNone(host.address6)

    def test_hosts_of_one_network(self):
        anna, bert = topology.build(self.lab, "anna+bert=symmetric")
        self.assertIs(anna.interface.behind, bert.interface.behind)

    def test_unclear(self):
        for words in (
            "anna", "=open", "anna=cone", "anna=open,hairpin", "anna=symmetric,lifetime",
            "anna=symmetric,lifetime=soon", "anna=full-cone,hairpin=yes", "anna=open,colour=red",
            "anna=symmetric,hairpin", "anna=firewall,ports=preserved", "anna=full-cone,forbid=all",
        ):
            with self.subTest(words), self.assertRaises(ValueError):
                topology.build(self.lab, words)


class Leftovers(unittest.TestCase):
    def test_the_machine_is_not_touched(self):
        """Whoever makes a lab is in an empty network, not in the machine's."""
        before = os.stat("/proc/self/ns/net").st_ino
        with Lab(), open("/proc/self/net/dev", encoding="ascii") as file:
            self.assertNotEqual(os.stat("/proc/self/ns/net").st_ino, before)
            self.assertEqual([line.split(":")[0].strip() for line in file][2:], ["lo"])


if __name__ == "__main__":
    cases.main()
