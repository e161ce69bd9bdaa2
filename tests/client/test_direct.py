#!/usr/bin/python3
"""The direct path, from the application's side: two sessions of one framd, on one host."""

import os
import subprocess

import gi
import harness

gi.require_version("Fram", "1")

from gi.repository import Fram, Gio, GLib  # noqa: E402


class Direct(harness.Case):
    def setUp(self):
        # What is tested here is the choice, whatever all other tests are to take.
        os.environ.pop("FRAM_DATA", None)
        super().setUp()
        self.framd = self.start_framd("--administrators", self.folder / "none")
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
        self.alice.set_remote_description_sync(answer, None)

    def wait_completed(self):
        harness.wait("connection", lambda: self.alice.get_state() >= Fram.State.COMPLETED
                     and self.bob.get_state() >= Fram.State.COMPLETED)

    def listen(self):
        """Both are used from now on, as they come."""
        for component in (self.mouth, self.ears):
            component.receive_async(None, self.on_datagram)

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

    def test_is_taken_by_the_first_use(self):
        self.connect()
        self.wait_completed()
        self.assertEqual(self.status("direct"), 0)
        self.mouth.send(b"hello")
        harness.wait("direct path", self.mouth.get_direct)
        self.assertEqual(self.status("direct"), 1)
        self.listen()
        self.wait_heard(1)
        self.wait_direct()
        self.assertIn("direct", self.status("features"))

    def test_stays_relayed(self):
        self.connect()
        self.wait_completed()
        for component in (self.mouth, self.ears):
            component.stay_relayed()
        self.listen()
        self.mouth.send(b"hello")
        self.wait_heard(1)
        self.assertEqual(self.status("direct"), 0)
        self.assertFalse(self.mouth.get_direct())

    def test_is_relayed_again(self):
        """Who asks for that later, still gets all that came before."""
        self.connect()
        self.wait_completed()
        self.listen()
        self.wait_direct()
        for i in range(20):
            self.mouth.send(b"%d" % i)
        self.mouth.stay_relayed()
        self.ears.stay_relayed()
        harness.wait("end", lambda: not self.mouth.get_direct() and not self.ears.get_direct())
        self.assertEqual(self.status("direct"), 0)
        self.mouth.send(b"20")
        self.wait_heard(21)
        self.assertEqual(self.heard, [b"%d" % i for i in range(21)])

    def test_is_taken_again_behind_a_capture(self):
        self.connect()
        self.wait_completed()
        self.listen()
        self.wait_direct()
        inspector = Fram.Inspector.new_sync(self.connect_to_bus(), None)
        harness.wait("the sessions", inspector.get_loaded)
        stream = Gio.MemoryOutputStream.new_resizable()
        captures = []
        inspector.capture_async(
            inspector.get_sessions().get_item(0).get_id(), stream, True, 0, None,
            lambda source, result: captures.append(source.capture_finish(result)))
        harness.wait("relayed path",
                     lambda: not self.mouth.get_direct() and not self.ears.get_direct())
        self.mouth.send(b"seen")
        self.wait_heard(1)
        harness.wait("capture", lambda: captures)
        captures[0].stop()
        self.wait_direct()
        self.mouth.send(b"unseen")
        self.wait_heard(2)
        self.assertEqual(self.heard, [b"seen", b"unseen"])

    def test_a_descriptor_has_all(self):
        self.connect()
        self.wait_completed()
        descriptor = self.ears.get_fd()
        self.mouth.send(b"before")
        self.assertEqual(self.read(descriptor), b"before")
        harness.wait("direct path", self.mouth.get_direct)
        self.mouth.send(b"after")
        self.assertEqual(self.read(descriptor), b"after")
        self.assertEqual(self.status("direct"), 1)

    def read(self, descriptor):
        ready = []
        GLib.unix_fd_add_full(GLib.PRIORITY_DEFAULT, descriptor, GLib.IOCondition.IN,
                              lambda *_: ready.append(True))
        harness.wait("datagram", lambda: ready)
        return os.read(descriptor, 100)

    def test_data_do_not_pass_through_the_service(self):
        self.connect()
        self.listen()
        self.wait_completed()
        self.wait_direct()
        self.assertEqual(self.status("direct"), 2)
        before = self.status("bytes-in")
        for i in range(100):
            self.mouth.send(b"x" * 1000)
        self.wait_heard(100)
        self.assertLess(self.status("bytes-in") - before, 50_000)

    def test_the_service_is_told_how_much(self):
        self.connect()
        self.wait_completed()
        self.listen()
        for i in range(50):
            if i == 10:
                self.wait_direct()
            self.mouth.send(b"x" * 100)
        self.wait_heard(50)
        sent, received = (session.get_stats_sync(None).unpack()["0.1"]
                          for session in (self.alice, self.bob))
        self.assertEqual((sent["packets-sent"], sent["bytes-sent"]), (50, 5000))
        self.assertEqual((received["packets-received"], received["bytes-received"]), (50, 5000))

    def test_nothing_is_lost_when_the_path_changes(self):
        self.connect()
        self.wait_completed()
        self.listen()
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
        self.listen()
        self.wait_completed()
        self.wait_direct()
        self.bob.close_sync(None)
        harness.wait("end", self.ears.get_closed)
        self.assertFalse(self.ears.get_direct())
        with self.assertRaises(GLib.Error) as caught:
            self.ears.send(b"more")
        self.assertTrue(caught.exception.matches(Fram.Error.quark(), Fram.Error.CLOSED))
        harness.wait("end of it", lambda: self.status("direct") == 1)

    def test_death_of_the_service(self):
        """Nobody sees to consent any more, so nobody sends; what came before is read."""
        self.connect()
        self.wait_completed()
        self.mouth.send(b"first")
        self.ears.receive_async(None, self.on_datagram)
        self.wait_direct()
        self.wait_heard(1)
        self.framd.kill()
        harness.wait("end", lambda: self.mouth.get_closed() and self.ears.get_closed())
        with self.assertRaises(GLib.Error) as caught:
            self.mouth.send(b"more")
        self.assertTrue(caught.exception.matches(Fram.Error.quark(), Fram.Error.CLOSED))
        self.assertFalse(self.mouth.get_direct())

    def test_source(self):
        self.connect()
        self.wait_completed()
        ready = []
        source = self.ears.create_source(GLib.IOCondition.IN, None)
        source.set_callback(lambda *_: ready.append(self.ears.receive().get_data()) or True)
        source.attach(None)
        self.mouth.send(b"first")
        self.wait_direct()
        self.mouth.send(b"second")
        harness.wait("datagrams", lambda: len(ready) == 2)
        self.assertEqual(ready, [b"first", b"second"])
        source.destroy()

    def test_a_loop_within_a_call(self):
        """A source whose function runs the loop itself is not called from there."""
        self.connect()
        self.wait_completed()
        depths, depth = [], 0

        def on_ready(*_):
            nonlocal depth
            depth += 1
            for _ in range(10):
                GLib.MainContext.default().iteration(False)
            depths.append(depth)
            self.ears.receive()
            depth -= 1
            return True

        source = self.ears.create_source(GLib.IOCondition.IN, None)
        source.set_callback(on_ready)
        source.attach(None)
        for text in (b"first", b"second", b"third"):
            self.mouth.send(text)
            self.wait_direct()
        harness.wait("datagrams", lambda: len(depths) == 3)
        self.assertEqual(depths, [1, 1, 1])
        source.destroy()

    def test_segments(self):
        self.connect()
        self.wait_completed()
        self.listen()
        text = b"".join(b"%05d" % i for i in range(300)) + b"end"
        for direct in (False, True):
            if direct:
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

    def test_environment(self):
        """All of a process is relayed if its environment says so."""
        subprocess.run([os.environ["DIRECT"], "unwanted"], check=True,
                       timeout=harness.PATIENCE,
                       env={**self.environment, "FRAM_DATA": "relayed"})


class Confined(harness.Case):
    def test_a_sandbox_gets_none(self):
        self.start_framd("--administrators", self.folder / "none")
        program = subprocess.run(["unshare", "--user", "--map-current-user", "--mount", "--net",
                                  os.environ["DIRECT"], "confined"],
                                 timeout=harness.PATIENCE, env=self.environment)
        self.assertEqual(program.returncode, 0)


class Narrow(harness.Case):
    def test_what_is_longer_than_a_frame(self):
        """On a host of its own, where all goes by an interface with short frames."""
        host = ("ip link set lo mtu 1500 up && ip link add lan0 type veth && ip link set lan0 up"
                ' && ip address add 192.0.2.1/24 dev lan0 && exec "$@"')
        subprocess.run(["unshare", "--user", "--map-root-user", "--net", "sh", "-c", host, "narrow",
                        harness.HERE.parent / "with-framd", os.environ["DIRECT"], "narrow"],
                       check=True, timeout=harness.PATIENCE,
                       env={**self.environment, "FRAM_DATA": "direct",
                            "FRAM_BUILD": os.path.dirname(os.path.dirname(os.environ["FRAMD"]))})


class WithoutIPv6(harness.Case):
    def test_all_is_relayed_and_it_is_told_why(self):
        self.start_framd("--administrators", self.folder / "none",
                         by=[os.environ["WITHOUT_IPV6"]])
        subprocess.run([os.environ["DIRECT"], "refused"], check=True,
                       timeout=harness.PATIENCE, env=self.environment)
        status = self.start_fram("status")
        self.assertEqual(status.wait_end(), 0)
        told = "\n".join(status.lines)
        self.assertRegex(told, "direct-problem.*IPv6")
        self.assertNotRegex(told, "features.*direct")


if __name__ == "__main__":
    harness.main()
