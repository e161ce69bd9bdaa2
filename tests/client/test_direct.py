#!/usr/bin/python3
"""The direct path, from the application's side: two sessions of one framd, on one host."""

import os
import subprocess
import unittest

import gi
import harness

gi.require_version("Fram", "1")

from gi.repository import Fram, Gio, GLib  # noqa: E402


class Direct(harness.Case):
    def setUp(self):
        super().setUp()
        self.start_framd("--administrators", self.folder / "none")
        self.client = Fram.Client.new_sync(self.connect_to_bus(), None)
        self.heard = []

    def create(self, remote=None):
        session = self.client.create_session_sync(Fram.SessionOptions(remote=remote), None)

        def describe():
            return session.get_local_description_sync(None)

        harness.wait("description", lambda: describe().get_complete())
        return session, describe()

    def connect(self):
        self.alice, offer = self.create()
        self.bob, answer = self.create(offer)
        self.mouth = self.alice.open_component_sync(0, 1, None)
        self.ears = self.bob.open_component_sync(0, 1, None)
        self.ears.receive_async(None, self.on_datagram)
        self.alice.set_remote_description_sync(answer, None)

    def wait_completed(self):
        harness.wait("connection", lambda: self.alice.get_state() >= Fram.State.COMPLETED
                     and self.bob.get_state() >= Fram.State.COMPLETED)

    def prefer_direct(self):
        self.mouth.prefer_direct()
        self.ears.prefer_direct()

    def wait_direct(self):
        harness.wait("direct path", lambda: self.mouth.get_direct() and self.ears.get_direct())

    def on_datagram(self, component, result):
        try:
            self.heard.append(component.receive_finish(result).get_data())
        except GLib.Error:
            return
        component.receive_async(None, self.on_datagram)

    def wait_heard(self, n):
        harness.wait(f"datagram {n}", lambda: len(self.heard) >= n)

    def status(self, key):
        return self.client.get_status_sync(None).unpack()[key]

    def end_direct(self, session):
        """As the service does it by itself when a path changes."""
        self.client.get_connection().call_sync(
            "org.fram.Ice1", session.get_path(), "org.fram.Ice1.Session", "CloseDirect",
            GLib.Variant("(uu)", (0, 1)), None, Gio.DBusCallFlags.NONE, -1, None)

    def test_is_not_taken_unasked(self):
        self.connect()
        self.wait_completed()
        self.mouth.send(b"hello")
        self.wait_heard(1)
        self.assertFalse(self.mouth.get_direct())
        self.assertEqual(self.status("direct"), 0)
        self.assertIn("direct", self.status("features"))

    def test_data_do_not_pass_through_the_service(self):
        self.connect()
        self.prefer_direct()
        self.wait_completed()
        self.wait_direct()
        self.assertEqual(self.status("direct"), 2)
        before = self.status("bytes-in")
        for i in range(100):
            self.mouth.send(b"x" * 1000)
        self.wait_heard(100)
        self.assertLess(self.status("bytes-in") - before, 50_000)

    def test_nothing_is_lost_when_the_path_changes(self):
        self.connect()
        self.wait_completed()
        self.prefer_direct()
        sent = []
        for i in range(400):
            if i % 40 == 20:
                self.end_direct((self.alice, self.bob)[i % 80 == 20])
            if i % 40 == 39:
                self.wait_direct()
            sent.append(b"number %d" % i)
            self.mouth.send(sent[-1])
            GLib.MainContext.default().iteration(False)
        self.wait_heard(len(sent))
        self.assertEqual(sorted(self.heard), sorted(sent))
        late = sum(1 for i, text in enumerate(self.heard) if text != sent[i])
        self.assertLessEqual(late, 64 * (self.ears.get_reordered() + 1))

    def test_end_of_the_session(self):
        self.connect()
        self.prefer_direct()
        self.wait_completed()
        self.wait_direct()
        self.bob.close_sync(None)
        harness.wait("end", self.ears.get_closed)
        self.assertFalse(self.ears.get_direct())
        with self.assertRaises(GLib.Error) as caught:
            self.ears.send(b"more")
        self.assertTrue(caught.exception.matches(Fram.Error.quark(), Fram.Error.CLOSED))
        harness.wait("end of it", lambda: self.status("direct") == 1)

    def test_source(self):
        self.connect()
        self.prefer_direct()
        self.wait_completed()
        self.wait_direct()
        ready = []
        source = self.mouth.create_source(GLib.IOCondition.IN, None)
        source.set_callback(lambda *_: ready.append(self.mouth.receive().get_data()) or True)
        source.attach(None)
        self.ears.send(b"back")
        harness.wait("datagram", lambda: ready)
        self.assertEqual(ready, [b"back"])
        source.destroy()

    def test_segments(self):
        self.connect()
        self.wait_completed()
        text = b"".join(b"%05d" % i for i in range(300)) + b"end"
        for direct in (False, True):
            if direct:
                self.prefer_direct()
                self.wait_direct()
            self.heard.clear()
            sent = 0
            while sent < len(text):
                sent += self.mouth.send_segments(text[sent:], 5)
                self.wait_heard(sent // 5)
            self.wait_heard(301)
            self.assertEqual(b"".join(self.heard), text)

    def test_in_c(self):
        """Batches and segments, which are for C alone, over both paths."""
        for way in ("relayed", "direct"):
            subprocess.run([os.environ["DIRECT"], way], check=True, timeout=harness.PATIENCE,
                           env=self.environment)


class Confined(harness.Case):
    def test_a_sandbox_gets_none(self):
        self.start_framd("--administrators", self.folder / "none")
        program = subprocess.run(["unshare", "--user", "--map-current-user", "--mount", "--net",
                                  os.environ["DIRECT"], "confined"],
                                 timeout=harness.PATIENCE, env=self.environment)
        self.assertEqual(program.returncode, 0)


if __name__ == "__main__":
    unittest.main()
