#!/usr/bin/python3
"""From end to end, as somebody has it who does not see the screen: framd, the panel, a session
that comes and goes, a server that is added and tested against coturn.

The panel is met by AT-SPI alone: what is found is what assistive tools are told, and what is
done is done by their actions.
"""

import json
import os
import pathlib
import subprocess
import sys
import unittest

HERE = pathlib.Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent / "client")]

import coturn  # noqa: E402
import display  # noqa: E402
import harness  # noqa: E402
from harness import GLib, wait  # noqa: E402

import gi  # noqa: E402

gi.require_version("Atspi", "2.0")
from gi.repository import Atspi  # noqa: E402

LAUNCHER = "/usr/libexec/at-spi-bus-launcher"

COTURN = """
listening-port={port}
no-tls
no-dtls
realm=test
lt-cred-mech
user=ann:open sesame
allow-loopback-peers
"""

# Whatever is waited for may come without an event that says so.
GLANCE = 100  # milliseconds


class Panel(harness.Case):
    def setUp(self):
        super().setUp()
        server, number = display.begin_display()
        self.addCleanup(server.wait)
        self.addCleanup(server.terminate)
        self.environment |= display.settings(number) | {"GTK_A11Y": "atspi"}
        glance = GLib.timeout_add(GLANCE, lambda: True)
        self.addCleanup(GLib.source_remove, glance)
        self.start_accessibility()
        # A keyring is none of this test's matters; without one the password is kept in memory.
        self.start_framd("--administrators", self.folder / "none")

    def start_accessibility(self):
        """The bus of the assistive tools, which this process is one of."""
        launcher = subprocess.Popen(
            ["setpriv", "--pdeathsig", "KILL", LAUNCHER, "--launch-immediately"],
            env=self.environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL)
        self.addCleanup(launcher.wait)
        self.addCleanup(launcher.terminate)
        waiter = self.start(["gdbus", "wait", "--session", "--timeout", "30", "org.a11y.Bus"])
        self.assertEqual(waiter.wait_end(), 0)
        os.environ |= {name: self.environment[name] for name in
                       ("DISPLAY", "DBUS_SESSION_BUS_ADDRESS", "HOME", "XDG_RUNTIME_DIR")}
        self.assertIn(Atspi.init(), (0, 1))
        self.desktop = Atspi.get_desktop(0)
        self.tables = {}

    def start_panel(self, *arguments):
        return self.start([os.environ["FRAM_PANEL"], *arguments])

    # --- What is to be seen -------------------------------------------------------------

    def walk(self, node):
        """All within it, from the outermost to the innermost."""
        try:
            children = [node.get_child_at_index(at) for at in range(node.get_child_count())]
        except GLib.Error:
            return  # it has gone in this moment
        yield node
        for child in children:
            if child is not None:
                yield from self.walk(child)

    @staticmethod
    def is_it(node, name, role):
        """A name that ends with `…` is the beginning of what is looked for."""
        try:
            told = node.get_name() or ""
            begins = name.endswith("…") and told.startswith(name[:-1])
            return (told == name or begins) and (role is None or node.get_role() == role)
        except GLib.Error:
            return False

    def windows(self):
        """Those of the panel, the last one that was opened first."""
        for at in range(self.desktop.get_child_count()):
            application = self.desktop.get_child_at_index(at)
            if application is not None:
                yield from [application.get_child_at_index(number) for number in
                            reversed(range(application.get_child_count()))]

    def find(self, name, role=None, within=None):
        for root in [within] if within else self.windows():
            for node in self.walk(root):
                if self.is_it(node, name, role):
                    return node
        return None

    def see(self, name, role=None):
        found = []

        def look():
            node = self.find(name, role)
            found[:] = [node] if node is not None else []
            return found

        wait(f"“{name}”", look)
        return found[0]

    def find_row(self, title, cells):
        # To walk through everything takes a while: a table stays where it is.
        table = self.tables.get(title) or self.find(title, Atspi.Role.TREE_TABLE)
        self.tables[title] = table
        for row in self.walk(table) if table is not None else ():
            if self.is_it(row, "…", Atspi.Role.TABLE_ROW) and all(
                    self.find(cell, Atspi.Role.TABLE_CELL, row) for cell in cells):
                return row
        return None

    def see_row(self, title, *cells):
        """A row of the table of that title, with those cells."""
        wait(f"{cells} in “{title}”", lambda: self.find_row(title, cells) is not None)

    # --- What is done --------------------------------------------------------------------

    def press(self, name, role=Atspi.Role.PUSH_BUTTON):
        button = self.see(name, role)
        wait(f"“{name}” that can be pressed",
             lambda: button.get_state_set().contains(Atspi.StateType.SENSITIVE))
        self.assertTrue(button.do_action(0))

    def type(self, name, text):
        """Into the entry that is called so."""
        entry = self.see(name, Atspi.Role.TEXT)
        self.assertTrue(entry.set_text_contents(text))
        wait(f"“{text}”", lambda: Atspi.Text.get_text(
            entry, 0, entry.get_character_count()) == text)

    # --- Sessions ------------------------------------------------------------------------

    def connect_two(self):
        one, other = (self.start_json("--label", label) for label in ("Call", "Answer"))
        for teller, listener in ((one, other), (other, one)):
            event = teller.wait_event("local")
            listener.tell(**{name: event[name] for name in
                             ("ufrag", "pwd", "candidates", "options", "pacing")})
        for program in (one, other):
            program.wait_event("state", state="completed")
        return one, other

    def sessions(self):
        program = self.start_fram("sessions", "--json")
        self.assertEqual(program.wait_end(), 0)
        return json.loads(program.lines[0])

    def quit_panel(self, panel):
        """As "Quit" does; nothing is to be wrong with its end either."""
        asked = self.start(["gdbus", "call", "--session", "--dest", "org.fram.Panel",
                            "--object-path", "/org/fram/Panel", "--method",
                            "org.gtk.Actions.Activate", "quit", "[]", "{}"])
        self.assertEqual(asked.wait_end(), 0, asked.said())
        self.assertEqual(panel.wait_end(), 0, panel.said())

    def refuse(self, says, *arguments):
        panel = self.start_panel(*arguments)
        self.assertEqual(panel.wait_end(), 2)
        self.assertIn(says, panel.said())

    def test_all(self):
        # With nothing that could be shown, nothing is.
        self.refuse("there is no page “nowhere”", "--page", "nowhere")
        panel = self.start_panel()
        self.see("Sessions", Atspi.Role.TREE_TABLE)
        self.assertIsNone(self.find_row("Sessions", ["Call"]))

        one, other = self.connect_two()
        self.see_row("Sessions", "fram", "Call", "Completed", "direct, …")
        self.see_row("Sessions", "fram", "Answer", "Completed", "direct, …")

        # Another start shows a session, or another page, in the window that is there, and
        # says what it cannot show.
        self.refuse("there is no page “nowhere”", "--page", "nowhere")
        self.refuse("“1” is no path of a session", "--session", "1")
        self.start_panel("--session", "/org/fram/Ice1/session/none")
        self.see("There Is No Such Session")
        self.see("Back to the list", Atspi.Role.PUSH_BUTTON)
        self.press("Show All Sessions")
        # A button acts a moment after it was pressed.
        wait("list of all", lambda: self.find("Back to the list") is None)
        self.see_row("Sessions", "fram", "Call", "Completed", "direct, …")
        path = next(row["path"] for row in self.sessions() if row["label"] == "Call")
        self.start_panel("--session", path)
        self.see("Completed: direct, …", Atspi.Role.LABEL)
        self.see_row("Time line", "Session: completed")

        self.start_panel("--page", "servers")
        port, = coturn.free_ports.find(1)
        coturn.start(self, COTURN.format(port=port), [port])
        self.press("Add a Server …")
        self.type("URI, as turn:turn.example.org", f"turn:127.0.0.1:{port}")
        self.type("User name", "ann")
        self.type("Password", "open sesame")
        self.see("All is well.")
        self.press("Add")
        self.see(f"Change, test or remove: turn:127.0.0.1:{port}", Atspi.Role.PUSH_BUTTON)

        one.close_input()
        other.close_input()
        for program in (one, other):
            self.assertEqual(program.wait_end(), 0)
        wait("end of the row", lambda: self.find_row("Sessions", ["Call"]) is None)
        self.start_panel("--page", "history")
        self.see_row("Past sessions", "fram", "Call", "Was connected", "Closed by application")
        self.start_panel("--page", "sessions")
        self.see("Completed: direct, …")
        self.assertTrue(self.see("Completed: direct, …").get_name().endswith(
            "this session has ended"))
        self.quit_panel(panel)


if __name__ == "__main__":
    unittest.main()
