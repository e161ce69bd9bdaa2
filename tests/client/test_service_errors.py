#!/usr/bin/python3
"""What the library does when the service refuses, misbehaves, ends or is not there.

Whatever happens is an error at the application, and soon: no call may hang.
"""

import gc

import gi

gi.require_version("Fram", "1")

from gi.repository import Fram, Gio, GLib  # noqa: E402

import harness  # noqa: E402
from harness import wait  # noqa: E402


class WithErrors(harness.Case):
    def expect(self, code, function, *arguments):
        """`function` must fail with `code` of the library's errors; returns its sentence."""
        with self.assertRaises(GLib.Error) as caught:
            function(*arguments)
        error = caught.exception
        self.assertTrue(error.matches(Fram.error_quark(), code), f"{error.domain} {error}")
        self.assertNotIn("GDBus.Error", error.message)
        return error.message

    def expect_async(self, code, begin, finish):
        results = []
        begin(lambda _, result: results.append(result))
        wait("answer", lambda: results)
        return self.expect(code, finish, results[0])

    def find_service(self):
        self.bus_connection = self.connect_to_bus()
        self.client = Fram.Client.new_sync(self.bus_connection, None)
        return self.client


class Refusals(WithErrors):
    """Errors of the contract arrive as errors of the library."""

    def setUp(self):
        super().setUp()
        self.start_mock()
        self.session = self.find_service().create_session_sync(None, None)

    def test_invalid_description(self):
        remote = Fram.Description.new("x", "y")
        self.assertEqual(
            self.expect(Fram.Error.INVALID_DESCRIPTION,
                        self.session.set_remote_description_sync, remote, None),
            "The ufrag or the pwd is too short.",
        )

    def test_invalid_candidate(self):
        self.assertEqual(
            self.expect(Fram.Error.INVALID_CANDIDATE,
                        self.session.add_remote_candidates_sync, None, 0, ["host"], None),
            "“host” is no candidate.",
        )

    def test_wrong_state(self):
        self.expect(Fram.Error.WRONG_STATE, self.session.end_remote_candidates_sync, None, None)

    def test_wrong_state_async(self):
        self.expect_async(
            Fram.Error.WRONG_STATE,
            lambda done: self.session.end_remote_candidates_async(None, None, done),
            self.session.end_remote_candidates_finish,
        )

    def test_invalid_component(self):
        self.expect(Fram.Error.INVALID_ARGUMENT, self.session.open_component_sync, 3, 1, None)

    def test_invalid_label(self):
        options = Fram.SessionOptions(label="x" * 129)
        self.expect(Fram.Error.INVALID_ARGUMENT, self.client.create_session_sync, options, None)
        self.assertEqual(len(self.client.list_sessions_sync(None)), 1)

    def test_no_such_session(self):
        self.expect(Fram.Error.NO_SESSION, self.client.get_pairs_sync, "/not/there", None)

    def test_session_of_another(self):
        """The service knows whose a session is, and the library says so."""
        other = self.connect_to_bus()
        with self.assertRaises(GLib.Error):
            other.call_sync("org.fram.Ice1", self.session.get_path(), "org.fram.Ice1.Session",
                            "Restart", None, None, 0, -1, None)
        self.assertTrue(self.session.restart_sync(None))


class BusErrors(WithErrors):
    """Errors that are not of the contract get the code an application can act on."""

    def meet(self, error, code):
        self.start_mock(Restart=f"error:{error}")
        session = self.find_service().create_session_sync(None, None)
        self.expect(code, session.restart_sync, None)
        self.expect_async(code, lambda done: session.restart_async(None, done),
                          session.restart_finish)

    def test_limit(self):
        self.meet("org.fram.Ice1.Error.LimitExceeded", Fram.Error.LIMIT_EXCEEDED)

    def test_not_supported(self):
        self.meet("org.fram.Ice1.Error.NotSupported", Fram.Error.NOT_SUPPORTED)

    def test_failed(self):
        self.meet("org.fram.Ice1.Error.Failed", Fram.Error.FAILED)

    def test_unheard_of(self):
        self.meet("org.fram.Ice1.Error.OfTheFuture", Fram.Error.FAILED)

    def test_invalid_args(self):
        self.meet("org.freedesktop.DBus.Error.InvalidArgs", Fram.Error.INVALID_ARGUMENT)

    def test_access_denied(self):
        self.meet("org.freedesktop.DBus.Error.AccessDenied", Fram.Error.ACCESS_DENIED)

    def test_object_gone(self):
        self.meet("org.freedesktop.DBus.Error.UnknownObject", Fram.Error.NO_SESSION)

    def test_timeout(self):
        self.meet("org.freedesktop.DBus.Error.Timeout", Fram.Error.TIMED_OUT)


class Misbehaviour(WithErrors):
    """A service that does not keep the contract cannot confuse the library."""

    def test_unexpected_path(self):
        self.start_mock(CreateSession="path")
        message = self.expect(Fram.Error.FAILED, self.find_service().create_session_sync,
                              None, None)
        self.assertIn("not expected", message)

    def test_no_socket(self):
        self.start_mock(OpenComponent="no-fd")
        session = self.find_service().create_session_sync(None, None)
        self.expect(Fram.Error.FAILED, session.open_component_sync, 0, 1, None)

    def test_cancelled_call(self):
        self.start_mock(Restart="hang")
        session = self.find_service().create_session_sync(None, None)
        cancellable = Gio.Cancellable()
        results = []
        session.restart_async(cancellable, lambda _, result: results.append(result))
        wait("call", lambda: self.calls("Restart"))
        cancellable.cancel()
        wait("answer", lambda: results)
        with self.assertRaises(GLib.Error) as caught:
            session.restart_finish(results[0])
        self.assertTrue(caught.exception.matches(Gio.io_error_quark(),
                                                 Gio.IOErrorEnum.CANCELLED))

    def test_cancelled_creation_leaves_nothing(self):
        """A session whose creator gave up waiting is closed, although it came to be."""
        self.start_framd()
        client = self.find_service()
        cancellable = Gio.Cancellable()
        results = []
        client.create_session_async(None, cancellable, lambda _, r: results.append(r))
        cancellable.cancel()
        wait("answer", lambda: results)
        self.assertEqual(len(client.list_sessions_sync(None)), 1)
        with self.assertRaises(GLib.Error):
            client.create_session_finish(results[0])
        results.clear()
        gc.collect()
        self.assertEqual(len(client.list_sessions_sync(None)), 0)


class Loss(WithErrors):
    """The service ends."""

    def begin(self, **faults):
        self.start_mock(**faults)
        self.session = self.find_service().create_session_sync(None, None)
        self.lost = []
        self.ends = []
        self.client.connect("service-lost", self.on_lost)
        self.session.connect("closed", lambda _, *values: self.ends.append(values))

    def on_lost(self, _client):
        self.lost.append(self.session.get_state())

    def check_lost(self):
        wait("loss", lambda: self.lost)
        self.assertEqual(self.lost, [Fram.State.CLOSED], "sessions are closed before")
        self.assertEqual([cause for cause, _ in self.ends], ["service-lost"])
        message = self.expect(Fram.Error.CLOSED, self.session.restart_sync, None)
        self.assertIn("ended", message)

    def test_in_mid_call(self):
        self.begin(GetPairs="die")
        self.expect(Fram.Error.SERVICE_LOST, self.session.get_pairs_sync, None)
        self.check_lost()

    def test_in_mid_call_async(self):
        self.begin(GetPairs="die")
        self.expect_async(Fram.Error.SERVICE_LOST,
                          lambda done: self.session.get_pairs_async(None, done),
                          self.session.get_pairs_finish)
        self.check_lost()

    def test_in_mid_creation(self):
        self.start_mock(CreateSession="die")
        client = self.find_service()
        self.expect_async(Fram.Error.SERVICE_LOST,
                          lambda done: client.create_session_async(None, None, done),
                          client.create_session_finish)

    def test_while_it_hangs(self):
        self.begin(Restart="hang")
        results = []
        self.session.restart_async(None, lambda _, result: results.append(result))
        wait("call", lambda: self.calls("Restart"))
        self.mock.kill()
        wait("answer", lambda: results)
        self.expect(Fram.Error.SERVICE_LOST, self.session.restart_finish, results[0])
        self.check_lost()

    def test_while_idle(self):
        self.begin()
        self.mock.kill()
        self.check_lost()

    def test_data_end(self):
        self.begin()
        component = self.session.open_component_sync(0, 1, None)
        results = []
        component.receive_async(None, lambda _, result: results.append(result))
        self.mock.kill()
        wait("end of the data", lambda: results)
        self.expect(Fram.Error.CLOSED, component.receive_finish, results[0])
        self.expect(Fram.Error.CLOSED, component.send, b"too late")
        self.assertTrue(component.props.closed)
        self.check_lost()

    def test_lost_in_blocking_call(self):
        """Who never runs a main context learns of the loss all the same."""
        self.begin()
        self.mock.kill()
        self.expect(Fram.Error.SERVICE_LOST, self.session.restart_sync, None)

    def test_bus_gone(self):
        self.begin()
        self.bus_connection.set_exit_on_close(False)
        self.bus.kill()
        self.check_lost()
        self.expect(Fram.Error.SERVICE_LOST, self.client.get_status_sync, None)

    def test_started_again(self):
        """After a loss, the next session finds a new service."""
        self.make_mock_startable()
        self.begin()
        self.mock.kill()
        self.check_lost()
        self.session = self.client.create_session_sync(None, None)
        self.assertTrue(self.session.restart_sync(None))

    def test_started_again_async(self):
        self.make_mock_startable()
        self.begin()
        self.mock.kill()
        self.check_lost()
        results = []
        self.client.create_session_async(None, None, lambda _, r: results.append(r))
        wait("answer", lambda: results)
        session = self.client.create_session_finish(results[0])
        wait("candidates", lambda: session.get_ufrag())
        self.assertTrue(session.restart_sync(None))


class Absence(WithErrors):
    """The service is not there."""

    def test_not_installed(self):
        message = self.expect(Fram.Error.SERVICE_UNAVAILABLE, Fram.Client.new_sync,
                              self.connect_to_bus(), None)
        self.assertIn("framd", message)

    def test_not_installed_async(self):
        bus = self.connect_to_bus()
        self.expect_async(Fram.Error.SERVICE_UNAVAILABLE,
                          lambda done: Fram.Client.new_async(bus, None, done),
                          Fram.Client.new_finish)

    def test_started_when_wanted(self):
        self.make_mock_startable()
        self.assertEqual(self.find_service().get_version(), "9.9.9")

    def test_cannot_start(self):
        (self.folder / "services" / "org.fram.Ice1.service").write_text(
            "[D-BUS Service]\nName=org.fram.Ice1\nExec=/bin/false\n"
        )
        self.connect_to_bus().call_sync(
            "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
            "ReloadConfig", None, None, 0, -1, None,
        )
        message = self.expect(Fram.Error.SERVICE_UNAVAILABLE, Fram.Client.new_sync,
                              self.connect_to_bus(), None)
        self.assertIn("framd", message)

    def test_gone_for_good(self):
        self.start_mock()
        client = self.find_service()
        self.mock.kill()
        self.expect(Fram.Error.SERVICE_UNAVAILABLE, client.get_status_sync, None)
        self.expect(Fram.Error.SERVICE_UNAVAILABLE, client.create_session_sync, None, None)


if __name__ == "__main__":
    harness.main()
