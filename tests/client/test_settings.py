#!/usr/bin/python3
"""The settings through the library, against framd."""

import os

import gi

gi.require_version("Fram", "1")

from gi.repository import Fram, GLib  # noqa: E402

import harness  # noqa: E402
from harness import wait  # noqa: E402


class WithSettings(harness.Case):
    def setUp(self):
        super().setUp()
        self.administrators = self.folder / "administrators"
        self.administrators.mkdir()
        self.service = self.start_service()
        self.client = Fram.Client.new_sync(self.connect_to_bus(), None)
        self.settings = Fram.Settings.new(self.client)
        self.told = []
        self.settings.connect("changed", lambda _, values: self.told.append(values.unpack()))

    def start_service(self):
        return self.start_framd("--administrators", self.administrators)

    def expect(self, code, function, *arguments):
        with self.assertRaises(GLib.Error) as caught:
            function(*arguments)
        self.assertTrue(caught.exception.matches(Fram.error_quark(), code), caught.exception)
        return caught.exception.message

    def set(self, settings=None, **values):
        named = {name.replace("_", "-"): value for name, value in values.items()}
        return (settings or self.settings).set_values_sync(GLib.Variant("a{sv}", named), None)

    def value(self, name):
        return self.settings.get_value_sync(name, None).unpack()

    def rows(self):
        return {row.name: row for row in self.settings.list_sync(None)}


class Settings(WithSettings):
    def test_rows(self):
        rows = self.settings.list_sync(None)
        self.assertEqual([row.name for row in rows], [
            "linger", "vpn", "interfaces-allow", "interfaces-deny", "history", "nat-probing",
            "policy", "families", "port-range", "secrets-file"])
        self.assertEqual(rows[0].value.unpack(), 60)
        self.assertEqual(rows[0].fallback.unpack(), 60)
        self.assertEqual((rows[0].origin, rows[0].lock), ("default", ""))
        self.assertIn("86400", rows[0].allowed)
        self.assertIn("socket", rows[0].summary)

    def test_set_and_reset(self):
        self.assertTrue(self.set(linger=GLib.Variant("i", 5), vpn=GLib.Variant("b", False)))
        self.assertEqual((self.value("linger"), self.value("vpn")), (5, False))
        self.assertEqual(self.rows()["linger"].origin, "user")
        self.assertTrue(self.settings.reset_sync(["linger", "vpn"], None))
        self.assertEqual((self.value("linger"), self.value("vpn")), (60, True))
        wait("signals", lambda: len(self.told) == 2)
        self.assertEqual(self.told, [{"linger": 5, "vpn": False}, {"linger": 60, "vpn": True}])

    def test_async(self):
        done = []
        self.settings.set_values_async(
            GLib.Variant("a{sv}", {"linger": GLib.Variant("i", 5)}), None,
            lambda settings, result: done.append(settings.set_values_finish(result)))
        self.settings.get_value_async("linger", None, lambda settings, result: done.append(
            settings.get_value_finish(result).unpack()))
        self.settings.list_async(None, lambda settings, result: done.append(
            len(settings.list_finish(result))))
        self.settings.reset_async(["linger"], None, lambda settings, result: done.append(
            settings.reset_finish(result)))
        self.settings.list_problems_async(None, lambda settings, result: done.append(
            settings.list_problems_finish(result)))
        wait("answers", lambda: len(done) == 5)
        self.assertCountEqual(done, [True, 5, 10, True, []])

    def test_told_of_others(self):
        other = Fram.Settings.new(Fram.Client.new_sync(self.connect_to_bus(), None))
        self.set(other, history=GLib.Variant("b", False))
        wait("signal", lambda: self.told)
        self.assertEqual(self.told, [{"history": False}])

    def test_not_told_any_more(self):
        """Who has given up the settings is not called."""
        gone = Fram.Settings.new(self.client)
        told = []
        gone.connect("changed", lambda _, values: told.append(values))
        del gone
        self.set(linger=GLib.Variant("i", 5))
        wait("signal", lambda: self.told)
        self.assertEqual(told, [])

    def test_errors(self):
        code = Fram.Error.INVALID_ARGUMENT
        self.assertIn("86400", self.expect(code, lambda: self.set(linger=GLib.Variant("i", -5))))
        self.expect(code, lambda: self.set(linger=GLib.Variant("s", "5")))
        code = Fram.Error.NO_SETTING
        self.assertIn("“lingers”",
                      self.expect(code, lambda: self.set(lingers=GLib.Variant("i", 5))))
        self.expect(code, self.settings.get_value_sync, "nothing", None)
        self.expect(code, self.settings.reset_sync, ["nothing"], None)

    def test_locked(self):
        (self.administrators / "a.conf").write_text("[Locked]\nvpn=false\n")
        wait("signal", lambda: self.told)
        self.assertEqual(self.told, [{"vpn": False}])
        self.assertEqual(self.rows()["vpn"].lock, str(self.administrators / "a.conf"))
        self.expect(Fram.Error.LOCKED, lambda: self.set(vpn=GLib.Variant("b", True)))

    def test_not_stored(self):
        os.makedirs(self.folder / "config" / "fram" / "settings.db")
        text = self.expect(Fram.Error.NOT_STORED,
                           lambda: self.set(vpn=GLib.Variant("b", False)))
        self.assertIn("Nothing was changed", text)
        wait("signal", lambda: self.told)
        self.assertEqual(self.told, [{}])
        self.assertEqual(len(self.settings.list_problems_sync(None)), 1)

    def test_service_ends(self):
        """Settings are for as long as the client is."""
        self.set(linger=GLib.Variant("i", 5))
        self.service.kill()
        self.start_service()
        self.assertEqual(self.value("linger"), 5)
        self.set(linger=GLib.Variant("i", 6))
        wait("signal", lambda: {"linger": 6} in self.told)

    def test_told_by_the_next_service(self):
        """Who only listens is told by each service that runs."""
        lost = []
        self.client.connect("service-lost", lambda _: lost.append(True))
        self.service.kill()
        wait("end of the service", lambda: lost)
        self.start_service()
        other = Fram.Settings.new(Fram.Client.new_sync(self.connect_to_bus(), None))
        values = iter(range(1, 1000))

        def is_told():
            self.set(other, linger=GLib.Variant("i", next(values)))
            return self.told

        wait("signal", is_told)

    def test_in_c(self):
        program = self.start([os.environ["USE_SETTINGS"]])
        self.assertEqual(program.wait_end(), 0, program.said())


class OldService(harness.Case):
    def test_not_supported(self):
        """A service without settings says so."""
        self.start_mock(Settings="none")
        settings = Fram.Settings.new(Fram.Client.new_sync(self.connect_to_bus(), None))
        with self.assertRaises(GLib.Error) as caught:
            settings.list_sync(None)
        self.assertTrue(caught.exception.matches(Fram.error_quark(), Fram.Error.NOT_SUPPORTED),
                        caught.exception)


if __name__ == "__main__":
    harness.main()
