#!/usr/bin/python3
"""The library through introspection, against a service that speaks the contract."""

import os

import gi

gi.require_version("Fram", "1")

from gi.repository import Fram, Gio, GLib  # noqa: E402

import harness  # noqa: E402
from harness import wait  # noqa: E402
from mock_framd import LINES  # noqa: E402


class WithClient(harness.Case):
    """A service that behaves, but for its faults, and a client of it."""

    faults = {}

    def setUp(self):
        super().setUp()
        self.start_mock(**self.faults)
        self.bus_connection = self.connect_to_bus()
        self.client = Fram.Client.new_sync(self.bus_connection, None)

    def create(self, **options):
        return self.client.create_session_sync(Fram.SessionOptions(**options), None)

    def signals(self, source, *names):
        """The list to which the signals of `source` are added as they come."""
        seen = []
        for name in names:
            source.connect(name, lambda _, *values, name=name: seen.append((name, *values)))
        return seen

    def describe(self, *lines):
        remote = Fram.Description.new("peer", "q" * 22)
        for line in lines or LINES:
            remote.add_candidate(0, line)
        return remote

    def finish(self, begin, finish):
        """Runs an asynchronous call of the library to its end."""
        results = []
        begin(lambda _, result: results.append(result))
        wait("answer", lambda: results)
        return finish(results[0])


class Library(WithClient):
    """Sessions: what they are asked and what they tell."""

    def test_client(self):
        self.assertEqual(self.client.get_version(), "9.9.9")
        self.assertEqual(self.client.props.connection, self.bus_connection)
        status = self.client.get_status_sync(None).unpack()
        self.assertEqual(status["packets-in"], 1 << 40)
        self.assertEqual(status["features"], ["gro", "gso"])

    def test_client_async(self):
        client = self.finish(
            lambda done: Fram.Client.new_async(self.bus_connection, None, done),
            Fram.Client.new_finish,
        )
        status = self.finish(
            lambda done: client.get_status_async(None, done), client.get_status_finish
        )
        self.assertEqual(status.unpack()["sessions"], 0)

    def test_no_signal_is_missed(self):
        """A session created without blocking hears all that the service sends after it."""
        seen = []

        def on_created(client, result):
            session = client.create_session_finish(result)
            for name in ("local-candidate", "gathering-done"):
                session.connect(name, lambda _, *values: seen.append(values))
            self.session = session

        self.client.create_session_async(None, None, on_created)
        wait("signals", lambda: len(seen) == 3)
        self.assertEqual(seen, [("mock0", 0, line) for line in LINES] + [("mock0", 1500)])
        self.assertEqual(self.session.get_ufrag(), "mock0")

    def test_path_is_foreseen(self):
        session = self.create()
        sender = self.bus_connection.get_unique_name()[1:].replace(".", "_")
        self.assertRegex(session.get_path(), f"^/org/fram/Ice1/session/{sender}/[0-9a-f]{{16}}$")
        self.assertEqual([row.path for row in self.client.list_sessions_sync(None)],
                         [session.get_path()])

    def test_options(self):
        options = Fram.SessionOptions(
            label="for people", role=Fram.Role.CONTROLLED, policy=Fram.Policy.NOHOST,
            trickle=True, tcp=False, lite=True, pacing=20, max_pairs=40, dscp=46,
            remote=self.describe(),
        )
        options.add_stream(2)
        options.add_stream(1)
        options.add_server("stun:stun.example.org", None, None)
        options.add_server("turn:turn.example.org", "ann", "secret")
        session = self.client.create_session_sync(options, None)
        wait("call", lambda: self.calls("CreateSession"))
        call = self.calls("CreateSession")[0]
        wanted = call["arguments"][0]
        self.assertEqual(wanted.pop("token"), session.get_path().rsplit("/", 1)[1])
        self.assertEqual(wanted, {
            "label": "for people", "role": "controlled", "policy": "nohost", "trickle": True,
            "tcp": False, "lite": True, "pacing": 20, "max-pairs": 40, "dscp": 46,
            "components": [2, 1], "passwords": 0,
            "servers": [["stun:stun.example.org", ""], ["turn:turn.example.org", "ann"]],
            "remote": ["peer", "q" * 22, [], 0], "remote-end": True,
            "remote-candidates": [[0, line] for line in LINES],
        })
        self.assertEqual(call["descriptors"], ["\0secret\0"])
        self.assertEqual(session.get_role(), Fram.Role.CONTROLLED)
        self.assertEqual(session.props.label, "for people")

    def test_nothing_special(self):
        self.create()
        wait("call", lambda: self.calls("CreateSession"))
        self.assertEqual(list(self.calls("CreateSession")[0]["arguments"][0]), ["token"])
        self.assertNotIn("descriptors", self.calls("CreateSession")[0])

    def test_local_description(self):
        session = self.create()
        local = session.get_local_description_sync(None)
        self.assertEqual((local.get_ufrag(), local.get_pwd()), ("mock0", "p" * 22))
        self.assertEqual(local.get_options(), ["ice2", "trickle"])
        self.assertEqual(local.get_pacing(), 5)
        self.assertTrue(local.get_complete())
        self.assertEqual(local.list_candidates(0), list(LINES))
        self.assertEqual(local.list_candidates(1), [])
        self.assertEqual(local.get_candidate(1), (LINES[1], 0))

    def test_states(self):
        session = self.create()
        self.assertEqual(session.get_state(), Fram.State.NEW)
        self.assertEqual(session.get_cause(), "created")
        seen = self.signals(session, "state-changed", "component-state-changed",
                            "selected-pair-changed", "pairs-changed")
        session.set_remote_description_sync(self.describe(), None)
        wait("outcome", lambda: session.props.state == Fram.State.COMPLETED)
        self.assertEqual(seen, [
            ("state-changed", Fram.State.CHECKING, "remote-description",
             "The peer became known.", 0),
            ("pairs-changed",),
            ("component-state-changed", 0, 1, Fram.State.CONNECTED, "valid-pair", "Yes."),
            ("state-changed", Fram.State.CONNECTED, "valid-pair", "A pair works.", 2500),
            ("selected-pair-changed", 0, 1, "192.0.2.1:9 host udp",
             "198.51.100.2:9 srflx udp"),
            ("state-changed", Fram.State.COMPLETED, "nominated", "The peer agreed.", 4000),
        ])
        self.assertEqual(session.get_explanation(), "The peer agreed.")
        wait("role of the conflict", lambda: session.props.role == Fram.Role.CONTROLLED)

    def test_rows(self):
        session = self.create(label="rows")
        ours, theirs = session.get_candidates_sync(None)
        self.assertEqual((ours.remote, ours.type, ours.address, ours.priority),
                         (False, Fram.CandidateType.HOST, "192.0.2.1:9", 2130706431))
        self.assertEqual((theirs.remote, theirs.type, theirs.address, theirs.related),
                         (True, Fram.CandidateType.SRFLX, "[2001:db8::1]:9",
                          "192.0.2.9:9"))
        first, second = session.get_pairs_sync(None)
        self.assertEqual((first.id, first.state, first.cause, first.rtt, first.priority),
                         (7, Fram.PairState.SUCCEEDED, "response", 1250, 9151314442783293438))
        self.assertEqual((first.requests_sent, first.requests_received, first.responses_sent,
                          first.responses_received, first.retransmissions,
                          first.consent_requests_sent), (2, 3, 3, 2, 1, 4))
        self.assertTrue(first.readable and first.writable and first.nominated)
        self.assertEqual((second.state, second.rtt, second.remote_type, second.selected),
                         (Fram.PairState.IN_PROGRESS, -1, Fram.CandidateType.RELAY, False))
        row = self.client.list_sessions_sync(None)[0]
        self.assertEqual((row.application, row.label, row.role, row.state, row.age),
                         ("mock", "rows", Fram.Role.CONTROLLING, Fram.State.NEW, 12))
        pairs = self.client.get_pairs_sync(row.path, None)
        self.assertEqual([pair.id for pair in pairs], [7, 8])
        self.assertEqual(session.get_stats_sync(None).unpack()["0.1"]["dropped-no-path"], 3)
        self.assertEqual(session.get_stats_report_sync(None).unpack(), {"pair-7": {
            "type": "candidate-pair", "bytesSent": 1 << 40,
            "currentRoundTripTime": 0.00125}})

    def test_rows_async(self):
        session = self.create()
        rows = self.finish(lambda done: self.client.list_sessions_async(None, done),
                           self.client.list_sessions_finish)
        self.assertEqual(rows[0].path, session.get_path())
        pairs = self.finish(
            lambda done: self.client.get_pairs_async(session.get_path(), None, done),
            self.client.get_pairs_finish,
        )
        self.assertEqual(len(pairs), 2)
        for begin, finish, length in (
            (session.get_pairs_async, session.get_pairs_finish, 2),
            (session.get_candidates_async, session.get_candidates_finish, 2),
            (session.get_stats_async, session.get_stats_finish, 1),
            (session.get_stats_report_async, session.get_stats_report_finish, 1),
        ):
            answer = self.finish(lambda done: begin(None, done), finish)
            self.assertEqual(len(answer.unpack() if isinstance(answer, GLib.Variant)
                                 else answer), length)

    def test_trickle(self):
        session = self.create(trickle=True)
        remote = self.describe()
        remote.set_complete(False)
        session.set_remote_description_sync(remote, None)
        session.add_remote_candidates_sync(None, 0, [LINES[0]], None)
        session.add_remote_candidates_sync("peer", 1, list(LINES), None)
        session.end_remote_candidates_sync(None, None)
        wait("calls", lambda: self.calls("EndRemoteCandidates"))
        self.assertFalse(self.calls("SetRemoteDescription")[0]["arguments"][-1])
        self.assertEqual([call["arguments"] for call in self.calls("AddRemoteCandidates")], [
            ["", [[0, LINES[0]]]], ["peer", [[1, line] for line in LINES]],
        ])

    def test_trickle_async(self):
        session = self.create(trickle=True)
        for begin, finish, arguments in (
            (session.set_remote_description_async, session.set_remote_description_finish,
             [self.describe()]),
            (session.add_remote_candidates_async, session.add_remote_candidates_finish,
             [None, 0, [LINES[0]]]),
            (session.end_remote_candidates_async, session.end_remote_candidates_finish,
             [None]),
        ):
            self.assertTrue(self.finish(lambda done: begin(*arguments, None, done), finish))

    def test_restart(self):
        session = self.create()
        first = session.get_local_description_sync(None)
        self.assertTrue(session.restart_sync(None))
        second = session.get_local_description_sync(None)
        self.assertNotEqual(first.get_ufrag(), second.get_ufrag())
        self.assertEqual(session.get_ufrag(), second.get_ufrag())
        self.assertTrue(self.finish(lambda done: session.restart_async(None, done),
                                    session.restart_finish))

    def test_dscp(self):
        session = self.create()
        self.assertTrue(session.set_dscp_sync(0, 1, 46, None))
        self.assertTrue(self.finish(lambda done: session.set_dscp_async(0, 1, 0, None, done),
                                    session.set_dscp_finish))
        with self.assertRaises(GLib.Error) as caught:
            session.set_dscp_sync(0, 1, 64, None)
        self.assertTrue(caught.exception.matches(Fram.error_quark(),
                                                 Fram.Error.INVALID_ARGUMENT))
        self.assertEqual([call["arguments"] for call in self.calls("SetDscp")],
                         [[0, 1, 46], [0, 1, 0], [0, 1, 64]])

    def test_remove_stream(self):
        session = self.create()
        seen = self.signals(session, "component-state-changed")
        self.assertTrue(session.remove_stream_sync(1, None))
        wait("end", lambda: seen)
        self.assertEqual(seen, [("component-state-changed", 1, 1, Fram.State.CLOSED,
                                 "stream-removed", "Gone.")])
        self.assertTrue(self.finish(lambda done: session.remove_stream_async(1, None, done),
                                    session.remove_stream_finish))
        with self.assertRaises(GLib.Error) as caught:
            session.remove_stream_sync(0, None)
        self.assertTrue(caught.exception.matches(Fram.error_quark(), Fram.Error.WRONG_STATE))
        self.assertEqual([call["arguments"] for call in self.calls("RemoveStream")],
                         [[1], [1], [0]])

    def test_close(self):
        session = self.create()
        seen = self.signals(session, "state-changed", "closed")
        self.assertTrue(session.close_sync(None))
        wait("end", lambda: len(seen) == 2)
        sentence = "The application closed it."
        self.assertEqual(seen, [
            ("state-changed", Fram.State.CLOSED, "closed-by-application", sentence, 6000),
            ("closed", "closed-by-application", sentence),
        ])
        self.assertTrue(session.close_sync(None), "to close twice is no error")
        with self.assertRaises(GLib.Error) as caught:
            session.restart_sync(None)
        self.assertTrue(caught.exception.matches(Fram.error_quark(), Fram.Error.CLOSED))
        self.assertIn(sentence, caught.exception.message)

    def test_close_async(self):
        session = self.create()
        for _ in range(2):
            self.assertTrue(self.finish(lambda done: session.close_async(None, done),
                                        session.close_finish))

    def test_last_reference_closes(self):
        session = self.create()
        path = session.get_path()
        del session
        wait("close", lambda: self.calls("Close"))
        self.assertNotIn(path, [row.path for row in self.client.list_sessions_sync(None)])

    def test_listening_costs_no_rule(self):
        """Hundreds of sessions do not burden the bus: they add no match rule to it."""
        session = self.create()
        before = self.match_rules()
        more = [self.create() for _ in range(10)]
        self.assertEqual(self.match_rules(), before)
        self.assertEqual(len({s.get_path() for s in [session, *more]}), 11)

    def match_rules(self):
        name = self.bus_connection.get_unique_name()
        answer = self.bus_connection.call_sync(
            "org.freedesktop.DBus", "/org/freedesktop/DBus",
            "org.freedesktop.DBus.Debug.Stats", "GetConnectionStats",
            GLib.Variant("(s)", (name,)), None, 0, -1, None,
        )
        return answer.unpack()[0]["MatchRules"]


class Advised(WithClient):
    """A path that is lost."""

    faults = {"SetRemoteDescription": "advise"}

    def test_restart(self):
        session = self.create()
        seen = self.signals(session, "restart-advised")
        session.set_remote_description_sync(self.describe(), None)
        wait("outcome", lambda: session.props.state == Fram.State.COMPLETED)
        self.assertEqual(seen, [("restart-advised", "no-pair-left", "The path was lost.")])
        self.assertEqual(self.calls("Restart"), [])


class Data(WithClient):
    """Datagrams of a component."""

    def setUp(self):
        super().setUp()
        self.session = self.create()
        self.component = self.session.open_component_sync(0, 1, None)

    def receive(self):
        return self.finish(lambda done: self.component.receive_async(None, done),
                           self.component.receive_finish).get_data()

    def test_datagrams(self):
        for text in (b"a", b"\0\xff", b"x" * 1200):
            self.assertTrue(self.component.send(text))
            self.assertEqual(self.receive(), b"mock:" + text)

    def test_boundaries_are_kept(self):
        for text in (b"one", b"two", b"three"):
            self.component.send(text)
        self.assertEqual([self.receive() for _ in range(3)],
                         [b"mock:one", b"mock:two", b"mock:three"])

    def test_send_async(self):
        sent = self.finish(
            lambda done: self.component.send_async(GLib.Bytes.new(b"later"), None, done),
            self.component.send_finish,
        )
        self.assertTrue(sent)
        self.assertEqual(self.receive(), b"mock:later")

    def test_source(self):
        seen = []
        source = self.component.create_source(GLib.IOCondition.IN, None)
        source.set_callback(lambda *_: seen.append(self.component.receive()) or True)
        source.attach(None)
        self.component.send(b"ready")
        wait("datagram", lambda: seen)
        source.destroy()
        self.assertEqual(seen[0].get_data(), b"mock:ready")

    def test_connection(self):
        connection = self.component.get_connection()
        self.assertEqual(connection, self.component.get_connection())
        connection.get_output_stream().write(b"as a stream", None)
        self.assertEqual(connection.get_input_stream().read_bytes(100, None).get_data(),
                         b"mock:as a stream")
        self.assertEqual(connection.get_socket().get_fd(), self.component.get_fd())

    def test_batches(self):
        program = self.start([os.environ["BATCHES"]])
        self.assertEqual(program.wait_end(), 0, program.said())

    def test_nothing_there(self):
        with self.assertRaises(GLib.Error) as caught:
            self.component.receive()
        self.assertTrue(caught.exception.matches(Gio.io_error_quark(),
                                                 Gio.IOErrorEnum.WOULD_BLOCK))

    def test_full(self):
        self.mock.handle.send_signal(19)  # SIGSTOP: nobody reads any more
        self.addCleanup(self.mock.handle.send_signal, 18)
        with self.assertRaises(GLib.Error) as caught:
            for _ in range(100_000):
                self.component.send(b"x" * 1200)
        self.assertTrue(caught.exception.matches(Gio.io_error_quark(),
                                                 Gio.IOErrorEnum.WOULD_BLOCK))
        results = []
        self.component.send_async(GLib.Bytes.new(b"waits"), None,
                                  lambda _, result: results.append(result))
        self.assertFalse(results)
        self.mock.handle.send_signal(18)
        wait("room", lambda: results)
        self.assertTrue(self.component.send_finish(results[0]))

    def test_wrong_length(self):
        for data in (b"", b"x" * (Fram.DATAGRAM_MAX + 1)):
            with self.assertRaises(GLib.Error) as caught:
                self.component.send(data)
            self.assertTrue(caught.exception.matches(Fram.error_quark(),
                                                     Fram.Error.INVALID_ARGUMENT))

    def test_cancelled_receive(self):
        cancellable = Gio.Cancellable()
        results = []
        self.component.receive_async(cancellable, lambda _, result: results.append(result))
        cancellable.cancel()
        wait("answer", lambda: results)
        with self.assertRaises(GLib.Error) as caught:
            self.component.receive_finish(results[0])
        self.assertTrue(caught.exception.matches(Gio.io_error_quark(),
                                                 Gio.IOErrorEnum.CANCELLED))

    def test_second_opening_ends_the_first(self):
        second = self.finish(
            lambda done: self.session.open_component_async(0, 1, None, done),
            self.session.open_component_finish,
        )
        with self.assertRaises(GLib.Error) as caught:
            self.receive()
        self.assertTrue(caught.exception.matches(Fram.error_quark(), Fram.Error.CLOSED))
        self.assertTrue(self.component.get_closed())
        second.send(b"new")
        self.component = second
        self.assertEqual(self.receive(), b"mock:new")

    def test_end_after_the_rest(self):
        self.component.send(b"last")
        self.assertEqual(self.receive(), b"mock:last")
        self.session.close_sync(None)
        with self.assertRaises(GLib.Error) as caught:
            self.receive()
        self.assertTrue(caught.exception.matches(Fram.error_quark(), Fram.Error.CLOSED))
        with self.assertRaises(GLib.Error) as caught:
            self.component.send(b"too late")
        self.assertTrue(caught.exception.matches(Fram.error_quark(), Fram.Error.CLOSED))

    def test_keeps_its_session(self):
        path = self.session.get_path()
        self.session = None
        self.component.send(b"still there")
        self.assertEqual(self.receive(), b"mock:still there")
        self.assertEqual(self.component.get_session().get_path(), path)


if __name__ == "__main__":
    harness.main()
