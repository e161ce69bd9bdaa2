#!/usr/bin/python3
"""What is known of the network, and the history: by the library, and by `fram`."""

import fcntl
import json
import os
import pty
import struct
import subprocess
import termios

import gi

gi.require_version("Fram", "1")

from gi.repository import Fram, GLib  # noqa: E402

import harness  # noqa: E402
from harness import wait  # noqa: E402
import mock_network  # noqa: E402


class Library(harness.Case):
    def begin(self, **faults):
        self.start_mock(**faults)
        self.client = Fram.Client.new_sync(self.connect_to_bus(), None)

    def finish(self, begin, finish):
        results = []
        begin(lambda _, result: results.append(result))
        wait("answer", lambda: results)
        return finish(results[0])

    def check_network(self, network):
        self.assertEqual(
            (network.get_name(), network.get_attached(), network.get_first_age(),
             network.get_last_age()), mock_network.NETWORK[:4])
        wlan, ipv6, lo = network.list_interfaces()
        names = ("name", "address", "use", "checking", "age", "kind", "kind_name",
                 "server_answers", "server_helps", "translated", "mapping", "filtering",
                 "hairpin", "keeps_port", "mapped_address", "rtt", "lives", "dies",
                 "keepalive", "expectation", "explanation")
        for row, told in ((wlan, mock_network.WLAN), (ipv6, mock_network.IPV6),
                          (lo, mock_network.LO)):
            self.assertEqual(tuple(getattr(row, name) for name in names),
                             (*told[:2], *told[3:-1]))
            self.assertEqual(row.list_flags(), told[2])
            calls = [tuple(row.get_call(i)) for i in range(row.get_n_calls())]
            self.assertEqual(calls, told[-1])

    def check_tables(self, network):
        for rows, names, told in (
            (network.list_servers(),
             ("uri", "address", "transport", "rtt", "successes", "failures", "success_age",
              "failure_age", "in_use"), mock_network.SERVERS),
            (network.list_mappings(),
             ("socket", "lane", "interface", "local_address", "server_address",
              "mapped_address", "state", "sessions", "interval", "next", "age"),
             mock_network.MAPPINGS),
            (network.list_deaf(),
             ("interface", "family", "uri", "transport", "first_age", "last_age"),
             mock_network.DEAF),
        ):
            self.assertEqual([tuple(getattr(row, name) for name in names) for row in rows],
                             told)

    def test_get_network(self):
        self.begin()
        for network in (
            self.client.get_network_sync(None),
            self.finish(lambda done: self.client.get_network_async(None, done),
                        self.client.get_network_finish),
        ):
            self.check_network(network)
            self.check_tables(network)

    def test_allocations(self):
        self.begin()
        names = ("uri", "interface", "carrier", "lane", "transport", "local_address",
                 "server_address", "mapped_address", "relayed_address", "relayed_address_6",
                 "state", "cause", "explanation", "sessions", "permissions", "channels",
                 "remaining", "retry", "rtt", "age")
        for rows in (
            self.client.list_allocations_sync(None),
            self.finish(lambda done: self.client.list_allocations_async(None, done),
                        self.client.list_allocations_finish),
        ):
            self.assertEqual([tuple(getattr(row, name) for name in names) for row in rows],
                             mock_network.ALLOCATIONS)

    def test_rows_outlive_the_network(self):
        self.begin()
        rows = self.client.get_network_sync(None).list_servers()
        self.assertEqual([row.uri for row in rows],
                         [told[0] for told in mock_network.SERVERS])

    def test_check_network(self):
        self.begin()
        self.check_network(self.client.check_network_sync(["stun:a", "stuns:b"], None))
        network = self.finish(
            lambda done: self.client.check_network_async(None, None, done),
            self.client.check_network_finish)
        self.check_tables(network)
        wait("calls", lambda: len(self.calls("CheckNetwork")) == 2)
        self.assertEqual([call["arguments"] for call in self.calls("CheckNetwork")],
                         [[["stun:a", "stuns:b"]], [[]]])

    def test_history(self):
        self.begin()
        names = ("id", "application", "label", "started", "ended", "state", "cause", "path",
                 "rtt", "bytes_sent", "bytes_received")
        rows = self.client.list_history_sync(0, 10, None)
        self.assertEqual([tuple(getattr(row, name) for name in names) for row in rows],
                         mock_network.HISTORY)
        rows = self.finish(lambda done: self.client.list_history_async(7, 1, None, done),
                           self.client.list_history_finish)
        self.assertEqual([row.id for row in rows], [4])
        wait("calls", lambda: len(self.calls("ListHistory")) == 2)
        self.assertEqual([call["arguments"] for call in self.calls("ListHistory")],
                         [[0, 10], [7, 1]])

    def expect(self, code, *faults, **options):
        self.begin(**options)
        with self.assertRaises(GLib.Error) as caught:
            self.client.get_network_sync(None)
        self.assertTrue(caught.exception.matches(Fram.error_quark(), code), caught.exception)
        return caught.exception.message

    def test_other_types(self):
        """A service that keeps to another contract breaks no application."""
        self.assertIn("instead of", self.expect(Fram.Error.FAILED, GetNetwork="type"))

    def test_old_service(self):
        self.expect(Fram.Error.NOT_SUPPORTED,
                    GetNetwork="error:org.freedesktop.DBus.Error.UnknownInterface")

    def test_service_dies(self):
        self.expect(Fram.Error.SERVICE_LOST, GetNetwork="die")


class Command(harness.Case):
    def run_fram(self, *arguments):
        program = self.start_fram(*arguments)
        status = program.wait_end()
        return status, program.lines, program.said()

    def run_on_terminal(self, columns, *arguments):
        """Returns what appears, with standard error."""
        ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
        with subprocess.Popen(
            ["setpriv", "--pdeathsig", "KILL", os.environ["FRAM"], *arguments],
            stdout=theirs, stderr=theirs, env=self.environment,
        ) as process:
            os.close(theirs)
            screen = b""
            while True:
                try:
                    screen += os.read(ours, 65536)
                except OSError:  # the other end is closed
                    break
            os.close(ours)
        return process.returncode, screen.decode()

    def test_netcheck(self):
        self.start_mock()
        status, lines, said = self.run_fram("netcheck", "--server", "stun:a")
        self.assertEqual((status, said), (0, ""))
        text = " ".join(" ".join(lines).split())
        for part in (
            "Network: wlan0, 192.168.1.0/24 (known for 3 days)",
            "wlan0 192.168.1.7 used", "lo 127.0.0.1 not used: it is this computer itself",
            "wlan0, IPv4: port-restricted cone NAT (found out 90 s ago)",
            "Public address 198.51.100.7:40000",
            "Mapping endpoint-independent: the same public port for all destinations",
            "Filtering address and port-dependent: only addresses and ports that were sent to",
            "Ports kept", "Hairpin no",
            "Unused mappings 25 s at least, less than 30 s; kept alive every 20 s",
            "unless the other side is behind a symmetric NAT",
            "open internet direct connection", "symmetric NAT relay needed",
            "wlan0, IPv6: this is being found out",
            "stun:stun.example.org 203.0.113.1:3478 UDP yes 12.50 ms",
            "stun:stun.example.org 203.0.113.1:3478 TCP no -",
            "stun:nowhere.example the name has none UDP no -",
            "turn:turn.example.org 203.0.113.9:3478 UDP yes 20.00 ms",
            "Whether the TURN servers relay too is found out by: fram servers test",
        ):
            self.assertIn(part, text)
        self.assertNotIn("\033", text)

    def test_netcheck_knows_nothing(self):
        """It says what to do, and the exit status tells programs."""
        self.start_mock(CheckNetwork="nothing")
        status, lines, _ = self.run_fram("netcheck")
        self.assertEqual(status, 1)
        text = " ".join(lines)
        self.assertIn("fram netcheck --server stun:HOST", text)
        self.assertIn("fram servers add stun:HOST", text)
        self.assertIn("cannot be told which one it is", text)

    def test_netcheck_json(self):
        self.start_mock()
        status, lines, _ = self.run_fram("netcheck", "--json")
        self.assertEqual(status, 0)
        told = json.loads(lines[0])
        self.assertEqual(sorted(told), ["deaf", "interfaces", "mappings", "network", "servers"])
        self.assertEqual(told["network"], {
            "name": "wlan0, 192.168.1.0/24", "attached_us": 60_000_000,
            "first_age_us": 3 * mock_network.DAY, "last_age_us": mock_network.DAY,
        })
        wlan, ipv6, _ = told["interfaces"]
        self.assertEqual((wlan["kind"], wlan["mapping"], wlan["filtering"], wlan["lives_us"]),
                         ("port-restricted-cone", "endpoint-independent",
                          "address-and-port-dependent", 25_000_000))
        self.assertEqual(wlan["calls"], {"open": "direct", "symmetric": "relay"})
        self.assertEqual((ipv6["rtt_us"], ipv6["age_us"], ipv6["checking"]), (None, None, True))
        self.assertEqual(told["servers"][1]["success_age_us"], None)
        self.assertEqual(told["mappings"][0]["mapped"], "198.51.100.7:40000")
        self.assertEqual(told["deaf"][0]["family"], "ipv6")

    def test_netcheck_json_unknown_network(self):
        self.start_mock(CheckNetwork="nothing")
        status, lines, _ = self.run_fram("netcheck", "--json")
        self.assertEqual((status, json.loads(lines[0])["network"]), (1, None))

    def test_netcheck_wrong_server(self):
        self.start_mock()
        status, lines, said = self.run_fram("netcheck", "--server", "http:x")
        self.assertEqual((status, lines), (1, []))
        self.assertIn("http:x", said)

    def test_netcheck_on_a_terminal(self):
        """It tells that it works, takes that away, and keeps to the width."""
        self.start_mock()
        for columns in (60, 100):
            status, screen = self.run_on_terminal(columns, "netcheck")
            self.assertEqual(status, 0)
            progress, _, report = screen.rpartition("\r \r") if "\r \r" in screen else (
                screen.rpartition(" \r"))
            self.assertIn("10 s at most", progress)
            lines = report.split("\r\n")
            # Tables are as wide as they have to be; sentences are not.
            begin = next(i for i, line in enumerate(lines) if "Calling somebody" in line)
            sentence = lines[begin:begin + 4]
            self.assertLessEqual(max(map(len, sentence)), columns)
            self.assertIn("Network:", report)

    def test_service_dies(self):
        self.start_mock(CheckNetwork="die")
        status, _, said = self.run_fram("netcheck")
        self.assertEqual(status, 3)
        self.assertIn("framd", said)

    def test_history(self):
        self.start_mock()
        status, lines, said = self.run_fram("history")
        self.assertEqual((status, said, len(lines)), (0, "", 3))
        for words, line in (
            (("2 h", "game", "with Bert", "completed", "closed-by-application", "1.25 ms",
              "4.5\u00a0MB", "800 bytes", "host to srflx over UDP"), lines[1]),
            (("40 s", "chat", "failed", "no-pair-succeeded", " - "), lines[2]),
        ):
            for word in words:
                self.assertIn(word, line)

    def test_history_limit(self):
        self.start_mock()
        status, lines, _ = self.run_fram("history", "--limit", "1")
        self.assertEqual((status, len(lines)), (0, 2))

    def test_history_json(self):
        self.start_mock()
        status, lines, _ = self.run_fram("history", "--json")
        self.assertEqual(status, 0)
        names = ("id", "application", "label", "started", "ended", "state", "cause", "path",
                 "rtt_us", "bytes_sent", "bytes_received")
        rows = [tuple(row[name] for name in names) for row in json.loads(lines[0])]
        self.assertEqual(rows[0], mock_network.HISTORY[0])
        self.assertEqual(rows[1][8], None)

    def test_usage(self):
        for arguments, sentence in (
            (["history", "--limit", "0"], "1 to 1000"),
            (["history", "--limit", "1001"], "1 to 1000"),
            (["history", "yesterday"], "no use for “yesterday”"),
            (["netcheck", "stun:a"], "no use for “stun:a”"),
        ):
            status, _, said = self.run_fram(*arguments)
            self.assertEqual(status, 2, arguments)
            self.assertIn(sentence, said)

    def test_help(self):
        for command in ("netcheck", "history"):
            status, lines, said = self.run_fram(command, "--help")
            text = "\n".join(lines)
            self.assertEqual((status, said), (0, ""))
            self.assertIn("--json", text)
            self.assertIn("Exit status: 0 done", text)
            self.assertLessEqual(max(map(len, lines)), 92)


class WithFramd(harness.Case):
    """The command and the service themselves."""

    def test_no_server(self):
        self.start_framd()
        program = self.start_fram("netcheck", "--json")
        self.assertEqual(program.wait_end(), 1)
        told = json.loads(program.lines[0])
        self.assertNotEqual(told["interfaces"], [])
        self.assertEqual(told["servers"], [])

    def test_history(self):
        self.start_framd()
        client = Fram.Client.new_sync(self.connect_to_bus(), None)
        session = client.create_session_sync(Fram.SessionOptions(label="once"), None)
        session.close_sync(None)
        self.assertEqual([row.label for row in client.list_history_sync(0, 5, None)], ["once"])


if __name__ == "__main__":
    harness.main()
