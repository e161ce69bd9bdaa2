#!/usr/bin/python3
"""The manual: it is in good form, it has every command, option and key, and its examples
work."""

import json
import os
import pathlib
import re
import subprocess
import unittest

import coturn
import harness

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGES = ROOT / "libclient" / "man"
SERVER_KEYS = ROOT / "service" / "store" / "administrators-servers.c"
EVERYWHERE = {"--help"}


def read_page(name):
    return (PAGES / name).read_text("utf-8")


def plain(text):
    """Without the marks of fonts, and with dashes as they are typed."""
    return re.sub(r"\\f[A-Z]", "", text).replace("\\-", "-")


def read_example(name, page="fram.conf.5"):
    found = re.search(rf'^\.\\" example: {name}\n(.*?)^\.EE$', read_page(page), re.S | re.M)
    return plain(found[1])


def sections(page):
    """The text below each heading of a page."""
    parts = re.split(r'^\.S[SH] "?(.*?)"?$', read_page(page), flags=re.M)
    return dict(zip(parts[1::2], map(plain, parts[2::2])))


class Form(unittest.TestCase):
    def check(self, *command):
        for page in PAGES.iterdir():
            done = subprocess.run([*command, page], capture_output=True, text=True,
                                  env=harness.make_environment())
            self.assertEqual((done.stdout + done.stderr, done.returncode), ("", 0))

    def test_pages(self):
        self.assertEqual(sorted(page.name for page in PAGES.iterdir()),
                         ["fram.1", "fram.conf.5", "framd.8"])

    def test_groff(self):
        self.check("groff", "-man", "-ww", "-b", "-z", "-Tutf8")

    def test_mandoc(self):
        self.check("mandoc", "-Tlint", "-Wwarning")


class Whole(unittest.TestCase):
    """What the programs themselves tell is in the manual."""

    def help_of(self, program, *command):
        done = subprocess.run([program, *command, "--help"], capture_output=True, text=True,
                              check=True, env={**harness.make_environment(), "LC_ALL": "C.UTF-8"})
        return done.stdout

    def options_of(self, text):
        found = set(re.findall(r"^  (?:-\w, )?(--[a-z-]+)", text, re.M))
        self.assertLessEqual(EVERYWHERE, found)
        return found - EVERYWHERE

    def commands_of(self, *command):
        """The commands that a help lists."""
        text = self.help_of(os.environ["FRAM"], *command)
        table = text[text.index("Commands:"):].split("\n\n")[0]
        return re.findall(r"^  ([a-z]+) ", table, re.M)

    def section_of(self, *command):
        """The text of `fram COMMAND`: its own section, whatever arguments it takes."""
        start = " ".join(["fram", *command])
        found = [text for title, text in sections("fram.1").items()
                 if title == start or title.startswith(start + " ")]
        self.assertTrue(found, f"{start} is not in fram(1)")
        return "\n".join(found)

    def test_commands(self):
        plain_commands = [[name] for name in self.commands_of() if name != "servers"]
        kept = [["servers", name] for name in self.commands_of("servers")]
        self.assertGreater(len(plain_commands), 5)
        self.assertGreater(len(kept), 5)
        for command in plain_commands + kept:
            section = self.section_of(*command)
            help_text = self.help_of(os.environ["FRAM"], *command)
            for option in self.options_of(help_text):
                self.assertRegex(section, rf"{option}\b(?!-)", command)

    def test_no_other_options(self):
        """What the manual names there is."""
        known = set()
        for command in self.commands_of():
            names = self.commands_of(command) if command == "servers" else [None]
            for name in names:
                words = [command] if name is None else [command, name]
                known |= self.options_of(self.help_of(os.environ["FRAM"], *words))
        named = set(re.findall(r"(?<![\w-])--[a-z-]+", plain(read_page("fram.1"))))
        self.assertEqual(named - known - EVERYWHERE - {"--version"}, set())

    def test_service(self):
        options = self.options_of(self.help_of(os.environ["FRAMD"]))
        self.assertIn("--administrators", options)
        page = plain(read_page("framd.8"))
        for option in options:
            self.assertRegex(page, re.compile(rf"^\.BI? {option}\b", re.M))

    def test_settings(self):
        text = self.help_of(os.environ["FRAM"], "config")
        table = text[text.index("Settings:"):].split("\n\n")[0]
        keys = re.findall(r"^  ([a-z-]+) ", table, re.M)
        self.assertIn("linger", keys)
        self.assertEqual(re.findall(r"^\.BI ([a-z-]+)= ", sections("fram.conf.5")["[Locked]"],
                                    re.M), keys)

    def test_server_keys(self):
        keys = re.findall(r'^  \{ "([a-z-]+)", read_\w+ \},$', SERVER_KEYS.read_text("utf-8"),
                          re.M)
        self.assertIn("uri", keys)
        named = re.findall(r"^\.BI ([a-z-]+)= ", sections("fram.conf.5")["[Server NAME]"], re.M)
        self.assertCountEqual(named, keys)


class Examples(harness.Case):
    """The files of fram.conf(5), read by framd."""

    def setUp(self):
        super().setUp()
        self.administrators = self.folder / "administrators"
        self.administrators.mkdir()

    def write_secret(self, text):
        secret = self.administrators / "office.secret"
        secret.write_text(text + "\n")
        secret.chmod(0o640)

    def begin(self, name, text):
        (self.administrators / name).write_text(text)
        self.start_framd("--administrators", self.administrators)
        program = self.start_fram("config", "list", "--json")
        self.assertEqual((program.wait_end(), program.said()), (0, ""))
        return {row["name"]: row for row in json.loads(program.lines[0])}

    def test_settings(self):
        rows = self.begin("a.conf", read_example("settings"))
        self.assertEqual(rows["interfaces-deny"]["value"], ["docker*", "br-*"])
        self.assertEqual(rows["interfaces-deny"]["lock"], "")
        self.assertEqual((rows["history"]["value"], rows["port-range"]["value"]),
                         (False, [40000, 40999]))
        self.assertTrue(rows["port-range"]["lock"].endswith("/a.conf"))

    def test_servers(self):
        self.write_secret("sesame")
        self.begin("50-office.conf", read_example("fram"))
        program = self.start_fram("servers", "list", "--json")
        self.assertEqual((program.wait_end(), program.said()), (0, ""))
        first, second = json.loads(program.lines[0])
        self.assertEqual((first["id"], first["name"], first["uri"], first["credential"],
                          first["has_secret"], first["storage"]),
                         ("admin-office", "Office", "turn:turn.example.org", "shared-secret",
                          True, "administrator"))
        self.assertEqual((second["id"], second["has_secret"]), ("admin-office-tls", True))

    def start_coturn(self, ports):
        """By the example; what is of this computer is put in its place."""
        text = read_example("coturn")
        for name, value in {
            "listening-port": ports[0], "tls-listening-port": ports[1],
            "cert": self.folder / "cert.pem", "pkey": self.folder / "key.pem",
        }.items():
            text, n = re.subn(rf"^{name}=.*$", f"{name}={value}", text, flags=re.M)
            self.assertEqual(n, 1, name)
        coturn.start(self, text, ports)

    def test_coturn(self):
        """Both sides of the worked example."""
        ports = coturn.free_ports.find(2)
        coturn.make_certificate(self.folder)
        self.start_coturn(ports)
        self.write_secret(re.search(r"^static-auth-secret=(.*)$", read_example("coturn"),
                                    re.M)[1])
        text = read_example("fram")
        text, plain_uris = re.subn(r"=turn:\S*", f"=turn:localhost:{ports[0]}", text)
        text, tls_uris = re.subn(
            r"=turns:\S*", f"=turns:localhost:{ports[1]}?transport=tcp"
            f"\nauthority={self.folder}/cert.pem", text)
        self.assertEqual((plain_uris, tls_uris), (1, 1))
        self.begin("50-office.conf", text)
        program = self.start_fram("servers", "test", "--json")
        self.assertEqual(program.wait_end(), 0, program.lines)
        for found, transport in zip(json.loads(program.lines[0]), ("udp", "tls"), strict=True):
            self.assertEqual((found["transport"], found["step"]), (transport, "done"))
            self.assertTrue(found["relayed"].startswith("127.0.0.1:"), found)


if __name__ == "__main__":
    harness.main()
