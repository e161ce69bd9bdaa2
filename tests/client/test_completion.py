#!/usr/bin/python3
"""What bash offers when Tab is pressed, without a service and without bash-completion."""

import os
import pathlib
import re
import subprocess
import unittest

import harness

SCRIPT = pathlib.Path(__file__).resolve().parents[2] / "libclient" / "cli" / "fram.bash"
COMMANDS = ["config", "connect", "history", "netcheck", "report",
            "servers", "sessions", "status", "watch"]

# `compopt` can only be used while a completion goes on.
PRELUDE = f"""
. {SCRIPT}
compopt () {{ echo "$@"; }}
complete_words ()
{{
  COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMPREPLY=(none)
  _fram
  echo "${{COMPREPLY[@]}}"
}}
"""


class Completion(unittest.TestCase):
    def bash(self, script, *arguments):
        folder = pathlib.Path(os.environ["FRAM"]).parent
        environment = {**harness.make_environment(), "LC_ALL": "C.UTF-8",
                       "PATH": f"{folder}:{os.environ['PATH']}",
                       "DBUS_SESSION_BUS_ADDRESS": "unix:path=/not/there"}
        done = subprocess.run(["bash", "-c", PRELUDE + script, "bash", *arguments],
                              capture_output=True, text=True, env=environment)
        self.assertEqual(done.stderr, "")
        return done.stdout.strip(), done.returncode

    def offered(self, *words):
        return self.bash('complete_words fram "$@"', *words)[0].split()

    def options(self, *command):
        """The options that the help tells, with and without a value."""
        text = subprocess.run([os.environ["FRAM"], *command, "--help"], capture_output=True,
                              text=True, check=True,
                              env=harness.make_environment()).stdout
        found = re.findall(r"^  (?:-\w, )?(--[a-z-]+)(=?)", text, re.M)
        return {name: value == "=" for name, value in found}

    def test_commands(self):
        self.assertEqual(self.offered(""), COMMANDS)
        self.assertEqual(self.offered("se"), ["servers", "sessions"])
        self.assertEqual(self.offered("x"), [])
        self.assertEqual(self.offered("servers", ""),
                         ["list", "add", "edit", "remove", "enable", "disable", "test"])
        self.assertEqual(self.offered("servers", "e"), ["edit", "enable"])

    def test_settings(self):
        self.assertEqual(self.offered("config", ""), ["list", "get", "set", "reset"])
        self.assertEqual(self.offered("config", "set", "int"),
                         ["interfaces-allow", "interfaces-deny"])
        self.assertEqual(self.offered("config", "set", "linger", ""), [])

    def test_options(self):
        for command in [[name] for name in COMMANDS if name != "servers"] + [
                ["servers", name] for name in ("list", "add", "edit", "remove", "test")]:
            self.assertEqual(self.offered(*command, "--"), list(self.options(*command)), command)
        self.assertEqual(self.offered("connect", "--json", "--pol"), ["--policy"])
        self.assertEqual(self.offered("connect", ""), [])
        self.assertEqual(self.offered("report", "x"), ["-o", "default"])

    def test_values(self):
        self.assertEqual(self.offered("servers", "add", "--credential", ""),
                         ["none", "long-term", "shared-secret"])
        self.assertEqual(self.offered("connect", "--policy", "n"), ["nohost"])
        self.assertEqual(self.offered("connect", "--role", ""), ["controlling", "controlled"])
        self.assertEqual(self.offered("servers", "add", "--password-file", "x"),
                         ["-o", "default"])
        self.assertEqual(self.offered("connect", "--json", "--"), self.offered("connect", "--"))

    def test_values_are_not_options(self):
        """An option with a value is followed by it, whatever the option."""
        for command in (["connect"], ["servers", "add"], ["servers", "edit"], ["netcheck"],
                        ["servers", "test"], ["history"], ["watch"]):
            for option, has_value in self.options(*command).items():
                offers_options = "--help" in self.offered(*command, option, "--")
                self.assertEqual(offers_options, not has_value, (command, option))


if __name__ == "__main__":
    harness.main()
