#!/usr/bin/python3
"""The live tables of the library through introspection, against framd."""

import json
import struct

import gi

gi.require_version("Fram", "1")

from gi.repository import Fram, Gio, GLib  # noqa: E402

import harness  # noqa: E402
from harness import wait  # noqa: E402


def items(model):
    return [model.get_item(i) for i in range(model.get_n_items())]


def values(row):
    """All that a row shows, by its properties."""
    return {pspec.name: row.get_property(pspec.name) for pspec in row.list_properties()}


class Changes:
    """What a list told of itself, checked against what it is."""

    def __init__(self, model):
        self.model, self.seen = model, items(model)
        self.told = []
        model.connect("items-changed", self.on_changed)

    def on_changed(self, model, position, removed, added):
        self.told.append((position, removed, added))
        self.seen[position:position + removed] = [
            model.get_item(position + i) for i in range(added)]
        assert self.seen == items(model)


class WithInspector(harness.Case):
    def setUp(self):
        super().setUp()
        self.framd = self.start_framd()
        self.connection = self.connect_to_bus()
        self.client = Fram.Client.new_sync(self.connection, None)
        self.inspector = self.inspect()
        self.sessions = self.inspector.get_sessions()

    def inspect(self):
        inspector = Fram.Inspector.new_sync(self.connect_to_bus(), None)
        wait("the sessions", inspector.get_loaded)
        return inspector

    def finish(self, begin, finish):
        results = []
        begin(lambda _, result: results.append(result))
        wait("answer", lambda: results)
        return finish(results[0])

    def create(self, **options):
        return self.client.create_session_sync(Fram.SessionOptions(**options), None)

    def row_of(self, session):
        path = session.get_path()
        wait("its row", lambda: self.inspector.find_session(path))
        return self.inspector.find_session(path)

    def connect_two(self):
        """Two sessions that are connected to each other."""
        offerer = self.create(label="offerer")
        gathered = []
        offerer.connect("gathering-done", lambda *_: gathered.append(True))
        wait("the offer", lambda: gathered)
        offer = offerer.get_local_description_sync(None)
        answerer = self.create(label="answerer", remote=offer)
        answered = []
        answerer.connect("gathering-done", lambda *_: answered.append(True))
        wait("the answer", lambda: answered)
        offerer.set_remote_description_sync(answerer.get_local_description_sync(None), None)
        for session in (offerer, answerer):
            wait("connection", lambda s=session: s.get_state() == Fram.State.COMPLETED)
        return offerer, answerer


class Sessions(WithInspector):
    def test_rows_live(self):
        """A row stays the same object while what it shows changes."""
        changes = Changes(self.sessions)
        session = self.create(label="live")
        row = self.row_of(session)
        self.assertEqual(changes.told, [(0, 0, 1)])
        self.assertEqual((row.props.path, row.props.label), (session.get_path(), "live"))
        self.assertEqual(row.props.state, Fram.State.NEW)
        self.assertEqual(row.props.role, Fram.Role.CONTROLLING)
        self.assertEqual(row.props.policy, Fram.Policy.ALL)
        self.assertEqual(row.props.components.unpack(), [1])
        self.assertGreater(row.props.pid, 0)
        self.assertEqual(row.get_id(), row.props.id)
        self.assertEqual(row.get_string("label"), "live")
        self.assertEqual(row.get_string("state"), "new")
        self.assertEqual(row.get_number("rtt"), -1)
        self.assertEqual(row.get_number("state"), int(Fram.State.NEW))
        self.assertFalse(row.get_boolean("ended"))

        notified = []
        row.connect("notify", lambda _, pspec: notified.append(pspec.name))
        session.set_remote_description_sync(Fram.Description.new("peer", "q" * 22), None)
        wait("its state", lambda: row.props.state == Fram.State.CHECKING)
        self.assertIs(self.inspector.find_session(session.get_path()), row)
        self.assertIn("state", notified)
        self.assertNotIn("label", notified)
        self.assertEqual(len(changes.told), 1)

        session.close_sync(None)
        wait("its end", lambda: row.props.ended)
        wait("an empty list", lambda: self.sessions.get_n_items() == 0)
        self.assertEqual(changes.told[1:], [(0, 1, 0)])
        self.assertEqual(row.props.label, "live")

    def test_dictionary(self):
        row = self.row_of(self.create(label="report"))
        told = row.to_dictionary().unpack()
        self.assertEqual((told["label"], told["state"], told["components"]),
                         ("report", "new", [1]))
        shown = set(values(row)) - {"send-rate", "receive-rate", "ended"}
        self.assertEqual(set(told), shown)

    def test_list_keeps_order(self):
        """Rows come at the end, and go from where they are."""
        changes = Changes(self.sessions)
        sessions = [self.create(label=str(n)) for n in range(6)]
        rows = [self.row_of(session) for session in sessions]
        self.assertEqual(set(items(self.sessions)), set(rows))
        order = items(self.sessions)
        gone = {self.row_of(sessions[n]) for n in (1, 2, 4)}
        for n in (1, 2, 4):
            sessions[n].close_sync(None)
        wait("their end", lambda: self.sessions.get_n_items() == 3)
        self.assertEqual(items(self.sessions), [row for row in order if row not in gone])
        self.assertEqual(sum(removed for _, removed, _ in changes.told), 3)

    def test_path_and_rates(self):
        one, other = self.connect_two()
        row = self.row_of(one)
        wait("its path", lambda: row.props.local)
        wait("its state", lambda: row.props.state == Fram.State.COMPLETED)
        self.assertEqual((row.props.why, row.props.protocol, row.props.relay),
                         ("direct-host", "udp", ""))
        self.assertIn("Direct", row.props.why_text)
        self.assertEqual(row.props.local_type, Fram.CandidateType.HOST)
        self.assertGreater(row.props.rtt, 0)
        data = one.open_component_sync(0, 1, None)
        data.send(b"x" * 1000)
        wait("its bytes", lambda: row.props.bytes_sent == 1000)
        wait("a rate", lambda: row.props.send_rate > 0)
        wait("the end of it", lambda: row.props.send_rate == 0)

    def test_service_comes_and_goes(self):
        row = self.row_of(self.create())
        noted = []
        self.inspector.connect("notify::available",
                               lambda i, _: noted.append(i.get_available()))
        self.framd.stop()
        wait("its end", lambda: noted == [False])
        self.assertEqual(self.sessions.get_n_items(), 0)
        self.assertTrue(row.props.ended)
        self.assertFalse(self.inspector.get_loaded())
        self.start_framd()
        wait("its return", lambda: noted == [False, True])
        wait("the sessions", self.inspector.get_loaded)
        self.client = Fram.Client.new_sync(self.connection, None)
        again = self.row_of(self.create(label="again"))
        self.assertEqual((again.props.label, self.sessions.get_n_items()), ("again", 1))
        self.assertIsNone(self.inspector.get_error())

    def test_two_inspectors(self):
        other = self.inspect()
        session = self.create()
        for inspector in (self.inspector, other):
            wait("a row", lambda i=inspector: i.find_session(session.get_path()))


class NoService(harness.Case):
    def test_not_there(self):
        """An inspector of nothing, which can be told to start the service."""
        inspector = Fram.Inspector.new_sync(self.connect_to_bus(), None)
        results = []
        inspector.start_async(None, lambda _, result: results.append(result))
        wait("an answer", lambda: results)
        with self.assertRaises(GLib.Error) as caught:
            inspector.start_finish(results[0])
        self.assertTrue(caught.exception.matches(
            Fram.error_quark(), Fram.Error.SERVICE_UNAVAILABLE), caught.exception)
        self.assertFalse(inspector.get_available())
        self.assertFalse(inspector.get_loaded())
        self.start_framd()
        wait("the service", inspector.get_loaded)

    def test_old_service(self):
        """One that does not know these tables is there, and the reason is told."""
        self.start_mock()
        inspector = Fram.Inspector.new_sync(self.connect_to_bus(), None)
        wait("an error", inspector.get_error)
        self.assertTrue(inspector.get_available())
        self.assertFalse(inspector.get_loaded())

    def test_async(self):
        self.start_framd()
        results = []
        Fram.Inspector.new_async(self.connect_to_bus(), None,
                                 lambda _, result: results.append(result))
        wait("an inspector", lambda: results)
        inspector = Fram.Inspector.new_finish(results[0])
        inspector.props.interval = 200
        self.assertEqual(inspector.get_interval(), 200)
        wait("the sessions", inspector.get_loaded)


class Watched(WithInspector):
    def watch(self, session):
        watch = self.inspector.watch_session(self.row_of(session).get_id())
        wait("its tables", watch.get_loaded)
        return watch

    def test_tables(self):
        one, _ = self.connect_two()
        watch = self.watch(one)
        self.assertIs(watch.get_row(), self.row_of(one))
        component, = items(watch.get_components())
        self.assertEqual(component.props.state, Fram.State.COMPLETED)
        pairs = {pair.get_id(): pair for pair in items(watch.get_pairs())}
        pair = pairs[component.props.pair]
        self.assertTrue(pair.props.selected and pair.props.readable and pair.props.writable)
        self.assertEqual(pair.props.state, Fram.PairState.SUCCEEDED)
        candidates = {row.get_id(): row for row in items(watch.get_candidates())}
        local = candidates[pair.props.local_candidate]
        self.assertEqual((local.props.address, local.props.is_remote),
                         (pair.props.local, False))
        self.assertEqual(local.props.type, Fram.CandidateType.HOST)
        words = [change.props.what for change in items(watch.get_changes())]
        self.assertIn("gathered", words)
        self.assertIn("session", words)

    def test_live(self):
        """Tables grow while checks go on, and stay when the session ends."""
        session = self.create()
        watch = self.watch(session)
        changes = Changes(watch.get_changes())
        candidates = Changes(watch.get_candidates())
        self.assertEqual(watch.get_pairs().get_n_items(), 0)
        remote = Fram.Description.new("peer", "q" * 22)
        remote.add_candidate(0, "candidate:1 1 udp 2130706431 127.0.0.1 9 typ host")
        session.set_remote_description_sync(remote, None)
        wait("the peer's", lambda: any(row.props.is_remote for row in candidates.seen))
        wait("a change", lambda: any(row.props.state == "checking" for row in changes.seen))
        session.close_sync(None)
        wait("its end", watch.get_ended)
        self.assertGreater(watch.get_candidates().get_n_items(), 0)
        self.assertGreater(watch.get_changes().get_n_items(), 0)

    def test_unknown(self):
        watch = self.inspector.watch_session(4711)
        wait("its end", watch.get_ended)
        self.assertFalse(watch.get_loaded())
        self.assertIsNone(watch.get_row())

    def test_released(self):
        """What is not watched is not pulled."""
        watch = self.watch(self.create())
        gone = []
        watch.weak_ref(lambda: gone.append(True))
        del watch
        wait("its release", lambda: gone)

    def test_network(self):
        network = self.inspector.watch_network()
        wait("the network", network.get_loaded)
        rows = items(network.get_interfaces())
        self.assertTrue(rows)
        row = rows[0]
        self.assertTrue(row.props.name and row.props.address and row.props.use)
        self.assertIsInstance(row.props.flags.unpack(), list)
        used = [r for r in rows if r.props.use == "used"][0]
        calls = items(used.get_calls())
        self.assertIn("symmetric", [call.props.kind for call in calls])
        self.assertEqual((row.get_id(), network.get_servers().get_n_items()), (0, 0))
        self.assertTrue(self.finish(
            lambda done: network.check_async(["stun:127.0.0.1:9"], None, done),
            network.check_finish))
        self.assertEqual({server.props.uri for server in items(network.get_servers())},
                         {"stun:127.0.0.1:9"})
        self.assertEqual(items(network.get_interfaces())[0], row)
        self.assertFalse(network.get_checking())
        self.assertEqual(network.get_allocations().get_n_items(), 0)

    def test_allocations(self):
        network = self.inspector.watch_network()
        wait("the network", network.get_loaded)
        options = Fram.SessionOptions(label="relayed")
        options.add_server("turn:127.0.0.1:9", "anna", "no-such-secret")
        session = self.client.create_session_sync(options, None)
        wait("a relay", lambda: network.get_allocations().get_n_items() > 0)
        row = items(network.get_allocations())[0]
        self.assertEqual((row.props.uri, row.props.transport, row.props.relayed),
                         ("turn:127.0.0.1:9", "udp", ""))
        self.assertIn(row.props.state, ("asking", "resting"))
        self.assertNotIn("no-such-secret", str(values(row)))
        status, text, _ = self.run_report()
        self.assertEqual(status, 0)
        self.assertIn("turn:127.0.0.1:9", text)
        self.assertNotIn("no-such-secret", text)
        session.close_sync(None)

    def run_report(self):
        program = self.start_fram("report")
        return program.wait_end(), "\n".join(program.lines), program.said()


class Events(WithInspector):
    def open(self, session=0):
        log = self.inspector.open_events(session)
        wait("events", log.get_open)
        return log

    def test_all(self):
        log = self.open()
        changes = Changes(log)
        one, _ = self.connect_two()
        session = self.row_of(one).get_id()
        wait("the end", lambda: any(row.props.event == "selected" for row in changes.seen))
        mine = [row for row in changes.seen if row.props.session == session]
        answer = [row for row in mine if row.props.event == "response-received"][0]
        self.assertGreater(answer.props.rtt, 0)
        self.assertGreater(answer.props.time, 0)
        self.assertTrue(answer.props.local and answer.props.remote)
        self.assertEqual((answer.props.type, answer.props.component), ("host", 1))
        found = [row for row in mine if row.props.event == "candidate-found"][0]
        self.assertGreater(found.props.candidate, 0)
        self.assertEqual(found.props.rtt, -1)
        ids = [row.get_id() for row in changes.seen]
        self.assertEqual(ids, list(range(1, len(ids) + 1)))
        self.assertEqual(log.get_dropped(), 0)

    def test_end(self):
        session = self.create()
        log = self.open(self.row_of(session).get_id())
        session.close_sync(None)
        wait("the end", lambda: not log.get_open())
        self.assertEqual(items(log)[-1].props.event, "closed")
        self.assertIsNone(log.get_error())

    def test_pause(self):
        """The list stays, and what was missed is said."""
        log = self.open()
        self.create()
        wait("events", lambda: log.get_n_items() > 0)
        log.props.paused = True
        before = items(log)
        self.create().close_sync(None)
        self.row_of(self.create(label="behind"))
        self.assertEqual(items(log), before)
        log.set_paused(False)
        mark = items(log)[len(before)]
        self.assertEqual(mark.props.event, "dropped")
        self.assertGreater(mark.props.dropped, 0)
        self.assertEqual(log.get_dropped(), mark.props.dropped)

    def test_limit(self):
        log = self.open()
        changes = Changes(log)
        log.set_limit(5)
        for _ in range(3):
            self.create().close_sync(None)
        wait("five", lambda: log.get_n_items() == 5 and changes.seen[-1].get_id() > 8)
        log.clear()
        self.assertEqual(log.get_n_items(), 0)

    def test_no_session(self):
        log = self.inspector.open_events(4711)
        wait("an error", log.get_error)
        self.assertTrue(log.get_error().matches(Fram.error_quark(), Fram.Error.NO_SESSION))


class Packets(WithInspector):
    def capture(self, session, stream, data=False):
        return self.finish(
            lambda done: self.inspector.capture_async(
                self.row_of(session).get_id(), stream, data, 0, None, done),
            self.inspector.capture_finish)

    def test_to_the_end(self):
        one, other = self.connect_two()
        path = str(self.folder / "packets.pcapng")
        stream = Gio.File.new_for_path(path).replace(None, False, 0, None)
        capture = self.capture(one, stream, True)
        self.assertTrue(capture.get_running())
        data = one.open_component_sync(0, 1, None)
        data.send(b"x" * 1000)
        wait("bytes", lambda: capture.get_bytes() > 300)
        one.close_sync(None)
        wait("the end", lambda: not capture.get_running())
        self.assertIsNone(capture.get_error())
        with open(path, "rb") as file:
            written = file.read()
        self.assertEqual(len(written), capture.get_bytes())
        self.assertEqual(struct.unpack("=I", written[:4])[0], 0x0A0D0D0A)
        self.assertIn(b"x" * 80, written)

    def test_stop(self):
        one, _ = self.connect_two()
        stream = Gio.MemoryOutputStream.new_resizable()
        capture = self.capture(one, stream)
        wait("a beginning", lambda: capture.get_bytes() > 0)
        capture.stop()
        wait("the end", lambda: not capture.get_running())
        self.assertIsNone(capture.get_error())
        self.assertTrue(stream.is_closed())

    def test_no_session(self):
        with self.assertRaises(GLib.Error) as caught:
            self.finish(
                lambda done: self.inspector.capture_async(
                    4711, Gio.MemoryOutputStream.new_resizable(), False, 0, None, done),
                self.inspector.capture_finish)
        self.assertTrue(caught.exception.matches(Fram.error_quark(),
                                                 Fram.Error.NO_SESSION))


class Past(WithInspector):
    def end_sessions(self, *labels):
        for label in labels:
            self.create(label=label).close_sync(None)

    def labels(self, history):
        return [row.props.label for row in items(history)]

    def test_pages(self):
        self.end_sessions("a", "b", "c")
        history = self.inspector.open_history()
        changes = Changes(history)
        load = lambda n: self.finish(lambda done: history.load_async(n, None, done),
                                     history.load_finish)
        load(2)
        self.assertEqual((self.labels(history), history.get_complete()), (["c", "b"], False))
        load(2)
        self.assertEqual((self.labels(history), history.get_complete()),
                         (["c", "b", "a"], True))
        self.end_sessions("d", "e")
        self.finish(lambda done: history.refresh_async(None, done), history.refresh_finish)
        self.assertEqual(self.labels(history), ["e", "d", "c", "b", "a"])
        self.assertEqual(changes.told, [(0, 0, 2), (2, 0, 1), (0, 0, 2)])
        row = items(history)[0]
        self.assertEqual((row.props.cause, row.props.state),
                         ("closed-by-application", Fram.State.NEW))
        self.assertFalse(history.get_loading())

    def test_forgotten(self):
        self.end_sessions("a")
        history = self.inspector.open_history()
        refresh = lambda: self.finish(lambda done: history.refresh_async(None, done),
                                      history.refresh_finish)
        refresh()
        self.assertEqual((self.labels(history), history.get_complete()), (["a"], True))
        settings = Fram.Settings.new(self.client)
        for wanted in (False, True):
            settings.set_values_sync(
                GLib.Variant("a{sv}", {"history": GLib.Variant("b", wanted)}), None)
        refresh()
        self.assertEqual(self.labels(history), [])


class Commands(WithInspector):
    """`fram watch --session` and `fram report`."""

    def run_fram(self, *arguments):
        program = self.start_fram(*arguments)
        return program.wait_end(), "\n".join(program.lines), program.said()

    def test_watch_session(self):
        one, _ = self.connect_two()
        row = self.row_of(one)
        wait("its path", lambda: row.props.local)
        name = one.get_path().split("/session/")[1]
        for word in (name, one.get_path(), str(row.get_id())):
            status, text, _ = self.run_fram("watch", "--session", word, "--count", "1")
            self.assertEqual(status, 0)
            for part in (name, "offerer", "completed", row.props.local, "Candidates",
                         "The peer's candidates", "Pairs", "Course", "succeeded",
                         "gathered"):
                self.assertIn(part, text)

    def test_watch_session_to_its_end(self):
        session = self.create(label="short")
        self.row_of(session)
        program = self.start_fram("watch", "--session", "1", "--interval", "100")
        program.wait_line("view", lambda line: "short" in line)
        session.close_sync(None)
        self.assertEqual(program.wait_end(), 0)
        self.assertIn("has ended", program.said())

    def test_watch_no_session(self):
        status, text, said = self.run_fram("watch", "--session", "4711")
        self.assertEqual((status, text), (1, ""))
        self.assertIn("4711", said)

    def test_report(self):
        one, _ = self.connect_two()
        row = self.row_of(one)
        wait("its path", lambda: row.props.local)
        status, text, _ = self.run_fram("report")
        self.assertEqual(status, 0)
        for part in ("framd: ", "cache: ", "interfaces:", "sessions:", "candidates:",
                     "pairs:", "label: offerer", "local: " + row.props.local,
                     "name: history"):
            self.assertIn(part, text)
        self.assertNotIn("history:\n", text)
        pwd = one.get_local_description_sync(None).get_pwd()
        self.assertNotIn(pwd, text)

    def test_report_json(self):
        self.create(label="past").close_sync(None)
        one, _ = self.connect_two()
        row = self.row_of(one)
        wait("its path", lambda: row.props.local)
        path = self.folder / "report.json"
        status, text, _ = self.run_fram("report", "--json", "--history", str(path))
        self.assertEqual((status, text), (0, ""))
        self.assertEqual(path.stat().st_mode & 0o777, 0o600)
        report = json.loads(path.read_text("utf-8"))
        self.assertEqual(report["framd"], self.client.get_version())
        session = [s for s in report["sessions"] if s["label"] == "offerer"][0]
        self.assertEqual(session["path"], one.get_path())
        pair, = [pair for pair in session["pairs"] if pair["selected"]]
        self.assertEqual((pair["local"], pair["state"]), (row.props.local, "succeeded"))
        self.assertEqual([past["label"] for past in report["history"]], ["past"])
        self.assertIn("linger", [setting["name"] for setting in report["settings"]])
        self.assertTrue(report["network"]["interfaces"])

    def test_report_masked(self):
        one, _ = self.connect_two()
        row = self.row_of(one)
        wait("its path", lambda: row.props.local)
        address = row.props.local.rsplit(":", 1)[0].strip("[]")
        for arguments in ((), ("--json",)):
            _, text, _ = self.run_fram("report", "--mask", *arguments)
            self.assertNotIn(address, text)
            self.assertNotIn("offerer", text)
            self.assertIn("label-1", text)

    def test_report_not_written(self):
        status, _, said = self.run_fram("report", "/nonexistent/report")
        self.assertEqual(status, 1)
        self.assertIn("/nonexistent/report", said)


if __name__ == "__main__":
    harness.main()
