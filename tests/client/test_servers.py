#!/usr/bin/python3
"""The servers of the settings through the library, against the mock."""

import fcntl

import gi

gi.require_version("Fram", "1")

from gi.repository import Fram, Gio, GLib  # noqa: E402

import harness  # noqa: E402
from harness import wait  # noqa: E402

SEALS = fcntl.F_SEAL_WRITE | fcntl.F_SEAL_GROW | fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_SEAL
SECRET = "Zürich, 7 Brücken"


def options(**values):
    kinds = {str: "s", bool: "b", int: "u"}
    return GLib.Variant("a{sv}", {key: GLib.Variant(kinds[type(value)], value)
                                  for key, value in values.items()})


class WithServers(harness.Case):
    def begin(self, **faults):
        self.start_mock(**faults)
        self.settings = Fram.Settings.new(Fram.Client.new_sync(self.connect_to_bus(), None))

    def expect(self, code, function, *arguments):
        with self.assertRaises(GLib.Error) as caught:
            function(*arguments)
        self.assertTrue(caught.exception.matches(Fram.error_quark(), code), caught.exception)
        return caught.exception.message

    def add(self, uri="turn:turn.example.org", **values):
        return self.settings.add_server_sync(uri, options(**values), None)

    def rows(self):
        return self.settings.list_servers_sync(None)

    def try_uri(self, uri, **values):
        return self.settings.test_server_sync(None, options(uri=uri, **values), None, None)


class Servers(WithServers):
    def setUp(self):
        super().setUp()
        self.begin(administrator="yes")

    def test_rows(self):
        self.add(name="Home", credential="long-term", username="ann", authority="/ca.pem",
                 enabled=False)
        office, home = self.rows()
        self.assertEqual(
            (office.id, office.uri, office.name, office.enabled, office.credential,
             office.username, office.has_secret, office.storage, office.authority, office.file),
            ("admin-office", "turn:office.example.org", "Office", True, "shared-secret", "",
             True, "administrator", "", "/etc/fram/conf.d/office.conf"))
        self.assertEqual(
            (home.id, home.uri, home.name, home.enabled, home.credential, home.username,
             home.has_secret, home.storage, home.authority, home.file),
            ("a10f", "turn:turn.example.org", "Home", False, "long-term", "ann", False, "",
             "/ca.pem", ""))

    def test_add_without_options(self):
        self.assertEqual(self.settings.add_server_sync("stun:a.example", None, None), "a10f")
        self.assertEqual(self.rows()[-1].credential, "none")

    def test_change_and_remove(self):
        first, second = self.add(), self.add("stun:b.example")
        self.assertTrue(self.settings.change_server_sync(second, options(position=0), None))
        self.assertEqual([row.id for row in self.rows()], ["admin-office", second, first])
        self.assertTrue(self.settings.change_server_sync(
            "admin-office", options(enabled=False), None))
        self.assertFalse(self.rows()[0].enabled)
        self.assertTrue(self.settings.remove_server_sync(first, None))
        self.assertEqual([row.id for row in self.rows()], ["admin-office", second])

    def test_secret(self):
        """It goes by a sealed memory file, and by nothing else."""
        server = self.add(credential="long-term", username="ann")
        self.assertEqual(self.settings.set_secret_sync(server, SECRET, None), "keyring")
        row = self.rows()[-1]
        self.assertEqual((row.has_secret, row.storage), (True, "keyring"))
        call, = self.calls("SetSecret")
        self.assertEqual(call["descriptors"], [SECRET])
        self.assertEqual(call["seals"], [SEALS])
        self.assertEqual(call["arguments"], [server, 0])

    def test_forgotten_secret(self):
        server = self.add(credential="long-term", username="ann")
        for nothing in (None, ""):
            self.settings.set_secret_sync(server, SECRET, None)
            self.assertEqual(self.settings.set_secret_sync(server, nothing, None), "")
            self.assertFalse(self.rows()[-1].has_secret)

    def test_found(self):
        found = self.settings.test_server_sync(self.add(), None, None, None)
        self.assertEqual(
            (found.ok, found.step, found.cause, found.advice, found.transport, found.server,
             found.mapped, found.relayed, found.relayed_6, found.rtt, found.took,
             found.lifetime),
            (True, "done", "", "", "udp", "203.0.113.1:3478", "198.51.100.7:40000",
             "203.0.113.1:49160", "[2001:db8::1]:49161", 12_500, 80_000, 600))

    def test_found_failure(self):
        found = self.try_uri("turn:wrong.example.org", credential="long-term", username="ann")
        self.assertEqual((found.ok, found.step, found.cause, found.lifetime),
                         (False, "allocate", "wrong-credentials", 0))
        self.assertIn("Check both", found.advice)

    def test_found_little(self):
        """What the service does not tell is empty."""
        found = self.try_uri("turn:short.example.org")
        self.assertEqual(
            (found.ok, found.step, found.cause, found.advice, found.transport, found.server,
             found.mapped, found.relayed, found.relayed_6, found.rtt, found.took,
             found.lifetime),
            (True, "", "", "", "", "", "", "", "", -1, 0, 0))

    def test_tried_secret(self):
        self.settings.test_server_sync(self.add(), options(username="bob"), SECRET, None)
        self.settings.test_server_sync(None, options(uri="turn:a.example"), "", None)
        self.settings.test_server_sync(None, options(uri="turn:a.example"), None, None)
        kept, empty, without = self.calls("TestServer")
        self.assertEqual(kept["arguments"], ["a10f", {"username": "bob", "secret": 0}])
        self.assertEqual((kept["descriptors"], kept["seals"]), ([SECRET], [SEALS]))
        self.assertEqual(empty["arguments"], ["", {"uri": "turn:a.example", "secret": 0}])
        self.assertEqual(empty["descriptors"], [""])
        self.assertEqual(without["arguments"], ["", {"uri": "turn:a.example"}])
        self.assertNotIn("descriptors", without)

    def test_rows_outlive_the_list(self):
        row = self.rows()[0]
        found = self.try_uri("turn:turn.example.org")
        self.settings.remove_server_sync(self.add(), None)
        self.assertEqual((row.name, found.step), ("Office", "done"))

    def test_async(self):
        done = []

        def ended(finish):
            return lambda settings, result: done.append(getattr(settings, finish)(result))

        settings = self.settings
        settings.add_server_async("stun:a.example", None, None, ended("add_server_finish"))
        wait("id", lambda: done == ["a10f"])
        settings.change_server_async("a10f", options(name="A"), None,
                                     ended("change_server_finish"))
        settings.set_secret_async("a10f", SECRET, None, ended("set_secret_finish"))
        settings.list_servers_async(None, lambda settings, result: done.append(
            [row.name for row in settings.list_servers_finish(result)]))
        settings.test_server_async("a10f", None, SECRET, None, lambda settings, result:
                                   done.append(settings.test_server_finish(result).rtt))
        settings.remove_server_async("a10f", None, ended("remove_server_finish"))
        wait("answers", lambda: len(done) == 6)
        self.assertCountEqual(done[1:], [True, "keyring", ["Office", "A"], 12_500, True])

    def test_signal(self):
        told, other = [], []
        self.settings.connect("servers-changed", lambda _: told.append(True))
        gone = Fram.Settings.new(self.settings.get_client())
        gone.connect("servers-changed", lambda _: other.append(True))
        del gone
        server = self.add()
        wait("signal", lambda: len(told) == 1)
        self.settings.set_secret_sync(server, SECRET, None)
        wait("signal", lambda: len(told) == 2)
        self.assertEqual(other, [])

    def test_errors(self):
        for function in (
            lambda: self.settings.change_server_sync("zz", options(name="Z"), None),
            lambda: self.settings.remove_server_sync("zz", None),
            lambda: self.settings.set_secret_sync("zz", SECRET, None),
            lambda: self.settings.test_server_sync("zz", None, None, None),
        ):
            self.assertIn("“zz”", self.expect(Fram.Error.NO_SERVER, function))
        code = Fram.Error.INVALID_ARGUMENT
        self.assertIn("ftp:x", self.expect(code, lambda: self.add("ftp:x")))
        self.expect(code, lambda: self.add(nonsense=True))
        for function in (
            lambda: self.settings.remove_server_sync("admin-office", None),
            lambda: self.settings.set_secret_sync("admin-office", SECRET, None),
        ):
            self.assertIn("office.conf", self.expect(Fram.Error.LOCKED, function))


class Faults(WithServers):
    def test_refused(self):
        for name, code in (("LimitExceeded", Fram.Error.LIMIT_EXCEEDED),
                           ("NotStored", Fram.Error.NOT_STORED),
                           ("Failed", Fram.Error.FAILED)):
            self.begin(**{method: f"error:org.fram.Ice1.Error.{name}" for method in (
                "ListServers", "AddServer", "SetSecret", "TestServer")})
            self.expect(code, self.rows)
            self.expect(code, self.add)
            self.expect(code, lambda: self.settings.set_secret_sync("a", SECRET, None))
            self.expect(code, lambda: self.settings.test_server_sync("a", None, None, None))
            self.mock.kill()

    def test_service_ends(self):
        self.begin(TestServer="die")
        self.expect(Fram.Error.SERVICE_LOST, lambda: self.try_uri("stun:a.example"))

    def test_wrong_type(self):
        self.begin(ListServers="type")
        self.assertIn("answered with", self.expect(Fram.Error.FAILED, self.rows))

    def test_old_service(self):
        self.begin(Settings="none")
        self.expect(Fram.Error.NOT_SUPPORTED, self.rows)
        self.expect(Fram.Error.NOT_SUPPORTED, self.add)

    def test_cancelled(self):
        self.begin(TestServer="hang")
        patience, done = Gio.Cancellable(), []
        self.settings.test_server_async(
            None, options(uri="stun:a.example"), None, patience,
            lambda settings, result: done.append(self.ending(settings, result)))
        wait("call", lambda: self.calls("TestServer"))
        patience.cancel()
        wait("end", lambda: done)
        self.assertTrue(done[0].matches(Gio.io_error_quark(), Gio.IOErrorEnum.CANCELLED))

    @staticmethod
    def ending(settings, result):
        try:
            return settings.test_server_finish(result)
        except GLib.Error as error:
            return error


class Sessions(WithServers):
    def test_settings_servers(self):
        self.begin()
        wanted = Fram.SessionOptions()
        self.assertTrue(wanted.get_settings_servers())
        self.settings.get_client().create_session_sync(wanted, None)
        wanted.props.settings_servers = False
        self.settings.get_client().create_session_sync(wanted, None)
        usual, without = self.calls("CreateSession")
        self.assertNotIn("settings-servers", usual["arguments"][0])
        self.assertIs(without["arguments"][0]["settings-servers"], False)

    def test_passwords_are_sealed(self):
        self.begin()
        wanted = Fram.SessionOptions()
        wanted.add_server("stun:a.example", None, None)
        wanted.add_server("turn:b.example", "ann", SECRET)
        self.settings.get_client().create_session_sync(wanted, None)
        call, = self.calls("CreateSession")
        self.assertEqual(call["descriptors"], [f"\0{SECRET}\0"])
        self.assertEqual(call["seals"], [SEALS])
        self.assertNotIn(SECRET, str(call["arguments"]))


if __name__ == "__main__":
    harness.main()
