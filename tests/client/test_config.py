#!/usr/bin/python3
"""`fram config`, as somebody at a shell uses it."""

import json
import os

import harness
from harness import GLib

NAMES = ["linger", "vpn", "interfaces-allow", "interfaces-deny", "history", "nat-probing",
         "policy", "families", "port-range", "secrets-file"]


class WithConfig(harness.Case):
    def run_config(self, *arguments, status=0):
        """Returns the lines that it printed, and what it said on standard error."""
        program = self.start_fram("config", *arguments)
        self.assertEqual(program.wait_end(), status, (arguments, program.said()))
        return program.lines, program.said()

    def get(self, name):
        lines, said = self.run_config("get", name)
        self.assertEqual((len(lines), said), (1, ""))
        return lines[0]

    def set(self, name, value):
        self.assertEqual(self.run_config("set", name, value), ([], ""))


class Config(WithConfig):
    def setUp(self):
        super().setUp()
        self.administrators = self.folder / "administrators"
        self.administrators.mkdir()
        self.service = self.start_framd("--administrators", self.administrators)

    def test_list(self):
        lines, said = self.run_config("list")
        self.assertEqual(said, "")
        self.assertEqual(lines[0].split(), ["Setting", "Value", "Decided", "by", "What", "it",
                                            "decides"])
        self.assertEqual([line.split()[0] for line in lines[1:]], NAMES)
        self.assertEqual(lines[1].split()[1:3], ["60", "default"])

    def test_list_json(self):
        self.set("interfaces-deny", "tun*,wg0")
        lines, _ = self.run_config("list", "--json")
        rows = {row["name"]: row for row in json.loads(lines[0])}
        self.assertEqual(list(rows), NAMES)
        self.assertEqual(rows["interfaces-deny"]["value"], ["tun*", "wg0"])
        self.assertEqual(rows["interfaces-deny"]["origin"], "user")
        self.assertEqual((rows["linger"]["value"], rows["linger"]["default"]), (60, 60))
        self.assertIs(rows["vpn"]["value"], True)

    def test_get(self):
        self.assertEqual([self.get(name) for name in NAMES],
                         ["60", "true", "", "", "true", "true", "all", "both", "any", "false"])
        lines, _ = self.run_config("--json", "get", "linger")
        self.assertEqual(json.loads(lines[0])["value"], 60)

    def test_set(self):
        for name, value, shown in (
            ("linger", "5", "5"), ("linger", "-1", "-1"), ("linger", "0", "0"),
            ("vpn", "no", "false"), ("vpn", "TRUE", "true"), ("history", "off", "false"),
            ("interfaces-allow", "eth0, wlan*", "eth0,wlan*"), ("interfaces-allow", "", ""),
            ("interfaces-deny", "zürich", "zürich"), ("policy", "relay", "relay"),
            ("families", "ipv4", "ipv4"), ("port-range", "40000 - 40999", "40000-40999"),
            ("port-range", "Any", "any"), ("secrets-file", "on", "true"),
        ):
            self.set(name, value)
            self.assertEqual(self.get(name), shown)

    def test_negative_anywhere(self):
        self.run_config("set", "--json", "linger", "-1")
        self.assertEqual(self.get("linger"), "-1")
        self.run_config("set", "linger", "-2", status=2)

    def test_reset(self):
        self.set("linger", "5")
        self.assertEqual(self.run_config("reset", "linger"), ([], ""))
        self.assertEqual(self.get("linger"), "60")

    def test_wrong_values(self):
        for name, value, part in (
            ("linger", "100000", "86400"), ("linger", "soon", "86400"), ("linger", "", "86400"),
            ("vpn", "maybe", "true or false"), ("interfaces-deny", "a b", "without spaces"),
            ("policy", "some", "“nohost”"), ("families", "ipv5", "“both”"),
            ("port-range", "9-8", "1 to 65535"), ("port-range", "40000", "1 to 65535"),
            ("interfaces-deny", "x" * 32, "31 bytes"), ("lingers", "5", "no setting “lingers”"),
        ):
            _, said = self.run_config("set", name, value, status=2)
            self.assertIn(part, said)
            self.assertTrue(said.startswith("fram: "), said)
        self.run_config("get", "lingers", status=2)
        self.run_config("reset", "lingers", status=2)
        self.assertEqual(self.get("linger"), "60")

    def test_locked(self):
        (self.administrators / "a.conf").write_text("[Locked]\nvpn=false\n")
        glance = GLib.timeout_add(100, lambda: True)
        harness.wait("lock", lambda: self.get("vpn") == "false")
        GLib.source_remove(glance)
        _, said = self.run_config("set", "vpn", "true", status=1)
        self.assertIn("a.conf", said)
        lines, _ = self.run_config("list")
        self.assertTrue(any("administrator, locked" in line for line in lines))

    def test_not_stored(self):
        os.makedirs(self.folder / "config" / "fram" / "settings.db")
        _, said = self.run_config("set", "vpn", "false", status=1)
        self.assertIn("Nothing was changed", said)
        self.assertEqual(self.get("vpn"), "true")
        lines, said = self.run_config("list")
        self.assertEqual(len(lines), 1 + len(NAMES))
        self.assertIn("stands where the file should", said)

    def test_help_has_all(self):
        """The table in the help, which needs no framd, is the one of the service."""
        lines, _ = self.run_config("--help")
        table = lines[lines.index("Settings:") + 1:]
        table = table[:table.index("")]
        self.assertEqual([line.split()[0] for line in table if line[2] != " "], NAMES)


class Usage(WithConfig):
    def test_wrong_usage(self):
        for arguments, part in (
            ((), "takes one of"), (("show",), "takes one of"), (("get",), "takes a key"),
            (("set", "linger"), "takes a key and a value"), (("list", "linger"), "takes no key"),
            (("reset",), "takes a key"), (("reset", "vpn", "linger"), "takes a key"),
            (("set", "vpn", "true", "false"), "no use for"), (("list", "--nonsense"), "nonsense"),
            (("set", "linger", "1", "-1"), "takes a key and a value"), (("-1",), "takes one of"),
        ):
            lines, said = self.run_config(*arguments, status=2)
            self.assertEqual(lines, [])
            self.assertIn(part, said)

    def test_no_service(self):
        self.run_config("list", status=3)

    def test_started_when_needed(self):
        # The bus gives what it starts its own environment, which is the caller's.
        places = " ".join(f"{name}={value}" for name, value in self.environment.items()
                          if name.startswith("XDG_"))
        (self.folder / "services" / "org.fram.Ice1.service").write_text(
            f"[D-BUS Service]\nName=org.fram.Ice1\n"
            f"Exec=/usr/bin/env {places} {os.environ['FRAMD']}\n")
        self.connect_to_bus().call_sync(
            "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
            "ReloadConfig", None, None, 0, -1, None)
        self.set("linger", "7")
        self.assertEqual(self.get("linger"), "7")


if __name__ == "__main__":
    harness.main()
