#!/usr/bin/python3
"""Who reads the bus, the logs and the list of processes learns no password."""

import json
import os
import pathlib

import harness
from harness import Gio, GLib, wait

SECRETS = ["correct horse", "battery staple", "Zürich, 7 Brücken"]
# Where nothing answers, and nothing is sent out of this computer.
NOWHERE = "turn:127.0.0.1:9"


class Secrets(harness.Case):
    def setUp(self):
        super().setUp()
        self.files = []
        for number, secret in enumerate(SECRETS):
            self.files.append(self.folder / f"password-{number}")
            self.files[-1].write_text(secret + "\n")
        self.environment["G_MESSAGES_DEBUG"] = "all"
        self.service = self.start_framd("--administrators", self.folder / "none")
        del self.environment["G_MESSAGES_DEBUG"]
        self.watch_bus()
        self.told = []

    def watch_bus(self):
        """Everything that travels on it."""
        self.seen = []
        self.monitor = self.connect_to_bus()
        self.monitor.add_filter(self.on_message)
        self.monitor.call_sync(
            "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus.Monitoring",
            "BecomeMonitor", GLib.Variant("(asu)", ([], 0)), None, Gio.DBusCallFlags.NONE, -1,
            None)

    def on_message(self, _bus, message, incoming):
        """Comes in a thread of GIO's."""
        if incoming:
            GLib.idle_add(self.seen.append, (message.get_member(), message.print_(0)))
        # Calls of others are not for us to answer.
        is_call = message.get_message_type() == Gio.DBusMessageType.METHOD_CALL
        return None if incoming and is_call else message

    def run_servers(self, *arguments, status=0, kind=harness.Program, typed=None):
        program = self.start_fram("servers", *arguments, kind=kind)
        if typed is not None:
            program.wait_screen(": ")
            processes = pathlib.Path(f"/proc/{program.handle.pid}")
            program.write(typed)
            self.told.append((processes / "cmdline").read_text())
        self.assertEqual(program.wait_end(), status, program.said())
        self.told += [*program.lines, program.said()]
        return program.lines

    def check(self, *calls):
        wait("calls", lambda: set(calls) <= {member for member, _ in self.seen})
        everything = "\n".join([text for _, text in self.seen] + self.told
                               + [self.service.said()] + self.service.lines)
        self.assertIn(NOWHERE, everything)
        for secret in SECRETS:
            self.assertNotIn(secret, everything)
            self.assertNotIn(secret.encode().hex(), everything)

    def test_keeping(self):
        server, = self.run_servers("add", NOWHERE, "--user", "ann", "--password-file",
                                   self.files[0])
        self.run_servers("edit", server, "--password-file", self.files[1])
        self.run_servers("edit", server, "--credential", "shared-secret", "--ask-password",
                         kind=harness.Terminal, typed=SECRETS[2] + "\n")
        row, = json.loads(self.run_servers("list", "--json")[0])
        self.assertEqual((row["has_secret"], row["storage"]), (True, "memory"))
        self.run_servers("list")
        self.run_servers("remove", server)
        self.check("AddServer", "ChangeServer", "SetSecret", "RemoveServer", "ServersChanged")

    def test_testing(self):
        server, = self.run_servers("add", NOWHERE, "--user", "ann", "--password-file",
                                   self.files[0])
        self.run_servers("test", status=1)
        self.run_servers("test", server, "--json", "--password-file", self.files[1], status=1)
        self.run_servers("test", NOWHERE + "9", "--credential", "shared-secret",
                         "--password-file", self.files[2], status=1)
        self.check("TestServer")

    def test_sessions(self):
        """With a server of the settings, and one of its own."""
        self.run_servers("add", NOWHERE, "--user", "ann", "--password-file", self.files[0])
        program = self.start_json("--server", NOWHERE + "9", "--user", "bob",
                                  "--password-file", self.files[1])
        program.wait_event("local")
        program.tell(stats=1)
        program.wait_event("stats")
        program.tell(quit=1)
        self.assertEqual(program.wait_end(), 0)
        self.told += program.lines
        for command in ("status", "history", "sessions"):
            other = self.start([os.environ["FRAM"], command])
            self.assertEqual(other.wait_end(), 0)
            self.told += other.lines
        self.check("CreateSession")


if __name__ == "__main__":
    harness.main()
