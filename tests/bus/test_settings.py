"""The settings over the bus: who may say what, who is told, and what framd does then."""

import os
import signal
import socket
import sqlite3
import tempfile

import world
from rawbus import RawClient
from talk import Application
from world import (INSPECTOR, INVALID_ARGS, INVALID_ARGUMENT, LIMIT_EXCEEDED,
                   LIMITS_EXCEEDED, LOCKED, MANAGER, MANAGER_PATH, NO_SETTING, NOT_STORED,
                   SETTINGS, GLib, free_ports, variant)

DEFAULTS = {"linger": 60, "vpn": True, "interfaces-allow": [], "interfaces-deny": [],
            "history": True, "nat-probing": True, "policy": "all", "families": "both",
            "port-range": (0, 0), "secrets-file": False}
TYPES = {"linger": "i", "vpn": "b", "interfaces-allow": "as", "interfaces-deny": "as",
         "history": "b", "nat-probing": "b", "policy": "s", "families": "s",
         "port-range": "(qq)", "secrets-file": "b"}


def typed(values):
    return {name: variant(TYPES[name], value) for name, value in values.items()}


class Case(world.Case):
    """A framd with a folder for administrators' files, and a client."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="fram-administrators-")
        self.addCleanup(folder.cleanup)
        self.administrators = folder.name
        self.options = (*type(self).options, "--administrators", folder.name)
        super().setUp()
        self.file = os.path.join(self.world.environment["XDG_CONFIG_HOME"], "fram",
                                 "settings.db")
        self.client = self.listener()

    def listener(self):
        client = self.world.client()
        client.listen(world.FRAM)
        self.call("Subscribe", client=client)
        return client

    def call(self, method, arguments=None, client=None):
        return (client or self.client).call(MANAGER_PATH, SETTINGS, method, arguments)

    def values(self):
        return self.call("GetAll")[0]

    def set(self, client=None, **values):
        named = {name.replace("_", "-"): value for name, value in values.items()}
        self.call("Set", variant("(a{sv})", (typed(named),)), client)

    def set_raw(self, values):
        self.call("Set", variant("(a{sv})", (values,)))

    def reset(self, *names):
        self.call("Reset", variant("(as)", (names,)))

    def changes(self, client=None):
        """What was told so far."""
        client = client or self.client
        self.world.settle(client)
        return [body[0] for body in client.heard(MANAGER_PATH, "Changed")]

    def describe(self):
        return {row[0]: row[1:] for row in self.call("Describe")[0]}

    def problems(self):
        return self.client.get(MANAGER_PATH, SETTINGS, "Problems")

    def restart(self, how=signal.SIGTERM):
        self.world.service.signal(how)
        self.world.service.handle.wait(world.PATIENCE)
        self.world.start()

    def administrate(self, name, text):
        """The file is there at once and whole."""
        path = os.path.join(self.administrators, name)
        with open(path + ".new", "w", encoding="utf-8") as file:
            file.write(text)
        os.rename(path + ".new", path)


class Settings(Case):
    def test_defaults(self):
        self.assertEqual(self.values(), DEFAULTS)
        for name, value in DEFAULTS.items():
            self.assertEqual(self.call("Get", variant("(s)", (name,))), (value,))
        self.assertEqual(self.problems(), [])
        self.assertFalse(os.path.exists(self.file))

    def test_types(self):
        body, _ = self.client.call_raw(MANAGER_PATH, SETTINGS, "GetAll")
        values = body.get_child_value(0)
        self.assertEqual({name: values.lookup_value(name, None).get_type_string()
                          for name in TYPES}, TYPES)

    def test_describe(self):
        self.set(linger=5)
        rows = self.describe()
        self.assertEqual(list(rows), list(DEFAULTS))
        self.assertEqual(rows["linger"][:4], (5, 60, "user", ""))
        self.assertEqual(rows["vpn"][:4], (True, True, "default", ""))
        for row in rows.values():
            self.assertGreater(len(row[4]), 20)
            self.assertGreater(len(row[5]), 10)

    def test_set_and_reset(self):
        self.set(linger=-1, interfaces_deny=["docker*", "zürich"])
        self.assertEqual(self.values(), {**DEFAULTS, "linger": -1,
                                         "interfaces-deny": ["docker*", "zürich"]})
        self.reset("linger")
        self.assertEqual(self.values()["linger"], 60)
        self.reset("interfaces-deny", "vpn")
        self.assertEqual(self.values(), DEFAULTS)

    def test_told(self):
        """Who listens is told of what is another value now, and of nothing else."""
        other = self.listener()
        self.set(linger=60)
        self.set(linger=61, vpn=True)
        self.set(linger=61)
        self.reset("history")
        self.set(linger=7, vpn=False)
        self.reset("linger")
        expected = [{"linger": 61}, {"linger": 7, "vpn": False}, {"linger": 60}]
        self.assertEqual(self.changes(), expected)
        self.assertEqual(self.changes(other), expected)

    def test_told_after_the_answer(self):
        raw = RawClient(self.world)
        self.addCleanup(raw.close)
        rule = f"type='signal',interface='{SETTINGS}'"
        raw.ask(raw.message("org.freedesktop.DBus", "/org/freedesktop/DBus",
                            "org.freedesktop.DBus", "AddMatch", variant("(s)", (rule,))))
        raw.ask(raw.message(world.FRAM, MANAGER_PATH, SETTINGS, "Subscribe", None))
        body = variant("(a{sv})", (typed({"linger": 5}),))
        raw.send(raw.message(world.FRAM, MANAGER_PATH, SETTINGS, "Set", body))
        kinds = []
        while len(kinds) < 2:
            message = raw.receive()
            if message.get_reply_serial() == raw.serial:
                kinds.append("answer")
            elif message.get_member() == "Changed":
                kinds.append("signal")
        self.assertEqual(kinds, ["answer", "signal"])

    def test_two_clients(self):
        other = self.listener()
        answers = []
        for number in range(10):
            for client, name, value in ((self.client, "linger", number),
                                        (other, "vpn", number % 2 == 0)):
                answers.append(client.begin(MANAGER_PATH, SETTINGS, "Set", variant(
                    "(a{sv})", (typed({name: value}),))))
        self.world.wait("answers", lambda: all(answers))
        self.assertEqual([answer[0] for answer in answers], [()] * 20)
        self.assertEqual(self.values(), {**DEFAULTS, "linger": 9, "vpn": False})
        self.assertEqual(self.changes(), self.changes(other))

    def test_restart(self):
        self.set(linger=0, history=False, interfaces_allow=["eth*"])
        for how in (signal.SIGTERM, signal.SIGKILL):
            self.restart(how)
            self.assertEqual(self.values(), {**DEFAULTS, "linger": 0, "history": False,
                                             "interfaces-allow": ["eth*"]})
            self.assertEqual(self.problems(), [])

    def test_killed_after_the_answer(self):
        for number in range(5):
            self.set(linger=number)
            self.restart(signal.SIGKILL)
            self.assertEqual(self.values()["linger"], number)


class Refusals(Case):
    """What cannot be set is refused with a sentence, and nothing is changed or told."""

    def tearDown(self):
        self.assertEqual(self.values(), DEFAULTS)
        self.assertEqual(self.changes(), [])
        self.assertFalse(os.path.exists(self.file))

    def refuse(self, name, values):
        return self.assert_refused(name, self.set_raw, values)

    def test_types(self):
        for name, value in (
            ("linger", variant("u", 5)), ("linger", variant("s", "5")),
            ("linger", variant("d", 5)), ("linger", variant("v", variant("i", 5))),
            ("linger", variant("x", 5)), ("linger", variant("ai", [5])),
            ("vpn", variant("i", 1)), ("vpn", variant("s", "true")),
            ("interfaces-allow", variant("s", "eth0")),
            ("interfaces-allow", variant("ao", ["/eth0"])),
            ("interfaces-allow", variant("as", ["eth0"]).get_child_value(0)),
            ("interfaces-deny", variant("aay", [b"eth0"])),
            ("interfaces-deny", variant("a{sv}", {})),
            ("policy", variant("i", 0)), ("families", variant("as", ["ipv4"])),
            ("port-range", variant("s", "1-2")), ("port-range", variant("(ii)", (1, 2))),
            ("port-range", variant("(uu)", (1, 2))), ("secrets-file", variant("i", 1)),
        ):
            text = self.refuse(INVALID_ARGUMENT, {name: value})
            self.assertIn(f"“{name}” is of type “{TYPES[name]}”", text)

    def test_limits(self):
        for name, value in (
            ("linger", -2), ("linger", 86401), ("linger", -(1 << 31)),
            ("linger", (1 << 31) - 1), ("interfaces-allow", [""]),
            ("interfaces-allow", ["x" * 32]), ("interfaces-deny", ["e"] * 33),
            ("interfaces-deny", ["a b"]), ("interfaces-deny", ["a\n"]),
            ("interfaces-deny", ["e"] * 5000), ("interfaces-deny", ["ü" * 100000]),
            ("policy", ""), ("policy", "RELAY"), ("policy", "x" * 100000),
            ("families", "ipv5"), ("families", ""), ("port-range", (0, 1)),
            ("port-range", (1, 0)), ("port-range", (2, 1)), ("port-range", (65535, 1)),
        ):
            text = self.refuse(INVALID_ARGUMENT, typed({name: value}))
            self.assertIn(f"“{name}” is ", text)
            self.assertLess(len(text), 500)

    def test_unknown(self):
        text = self.refuse(NO_SETTING, {"lingers": variant("i", 5)})
        self.assertIn("“lingers”", text)
        for name in ("", "LINGER", "linger ", "x" * 100000, "linger\n"):
            text = self.refuse(NO_SETTING, {name: variant("i", 5)})
            self.assertLess(len(text), 200)
        self.assert_refused(NO_SETTING, self.reset, "linger", "nothing")
        self.assert_refused(NO_SETTING, self.call, "Get", variant("(s)", ("nothing",)))

    def test_all_or_none(self):
        self.refuse(INVALID_ARGUMENT, {"linger": variant("i", 5), "vpn": variant("i", 5)})
        self.refuse(NO_SETTING, {"linger": variant("i", 5), "pace": variant("i", 5)})

    def test_twice(self):
        builder = GLib.VariantBuilder(GLib.VariantType("a{sv}"))
        for value in (5, 6):
            builder.add_value(GLib.Variant.new_dict_entry(
                GLib.Variant("s", "linger"), GLib.Variant("v", GLib.Variant("i", value))))
        text = self.assert_refused(INVALID_ARGUMENT, self.call, "Set",
                                   GLib.Variant.new_tuple(builder.end()))
        self.assertIn("twice", text)
        self.assert_refused(INVALID_ARGUMENT, self.reset, "vpn", "vpn")

    def test_nothing(self):
        """To change nothing is no error."""
        self.set_raw({})
        self.reset()

    def test_too_large(self):
        values = {f"n{number}": variant("i", 5) for number in range(100000)}
        self.refuse(INVALID_ARGS, values)
        self.assert_refused(INVALID_ARGS, self.reset, *(["linger"] * 200000))

    def test_signatures(self):
        for method, arguments in (
            ("Set", None), ("Set", variant("(a{ss})", ({"vpn": "true"},))),
            ("Set", variant("(sv)", ("vpn", variant("b", False)))),
            ("Reset", variant("(s)", ("vpn",))), ("Get", None), ("Get", variant("(o)", ("/",))),
            ("GetAll", variant("(s)", ("vpn",))),
        ):
            self.assert_refused(INVALID_ARGS, self.call, method, arguments)

    def test_invalid_text(self):
        """The bus itself throws out who sends what is no text."""
        raw = RawClient(self.world)
        self.addCleanup(raw.close)
        body = variant("(a{sv})", ({"interfaces-deny": variant("as", ["abcdefgh"])},))
        blob = raw.message(world.FRAM, MANAGER_PATH, SETTINGS, "Set", body)
        self.assertIn(b"abcdefgh", blob)
        raw.send(blob.replace(b"abcdefgh", b"abc\xff\xfefgh"))
        self.assertTrue(raw.is_thrown_out())

    def test_problems_cannot_be_set(self):
        self.assert_refused("org.freedesktop.DBus.Error.PropertyReadOnly",
                            self.client.call, MANAGER_PATH, world.PROPERTIES, "Set",
                            variant("(ssv)", (SETTINGS, "Problems", variant("as", []))))


class Flood(Case):
    def test_many_changes(self):
        """Each is answered, the file has the last one, and others are served meanwhile."""
        flooder = self.world.client()
        answers = [flooder.begin(MANAGER_PATH, SETTINGS, "Set", variant(
            "(a{sv})", (typed({"linger": number % 86400}),))) for number in range(20000)]
        self.world.reach_bus(flooder)
        self.assertEqual(self.client.sessions(), [])
        self.assertEqual(self.values()["vpn"], True)
        self.world.wait("answers", lambda: all(answers))
        done = [number for number, answer in enumerate(answers) if answer[0] == ()]
        refused = [answer[0] for answer in answers if answer[0] != ()]
        self.assertGreater(len(done), 0)
        self.assertLess(len(done), 1000)
        self.assertEqual({error.name for error in refused}, {LIMITS_EXCEEDED})
        self.assertEqual(self.values()["linger"], done[-1] % 86400)
        self.assertLessEqual(len(self.changes()), len(done))
        self.restart(signal.SIGKILL)
        self.assertEqual(self.values()["linger"], done[-1] % 86400)

    def test_many_clients(self):
        """More changes than may wait are refused by name."""
        answers = []
        for client in [self.world.client() for _ in range(4)]:
            answers += [client.begin(MANAGER_PATH, SETTINGS, "Set", variant(
                "(a{sv})", (typed({"linger": number}),))) for number in range(30)]
        self.world.wait("answers", lambda: all(answers))
        refused = [answer[0].name for answer in answers if answer[0] != ()]
        self.assertEqual(set(refused), {LIMIT_EXCEEDED})
        self.assertGreaterEqual(len(answers) - len(refused), 65)

    def test_who_waits_at_the_end_is_answered(self):
        answers = [self.client.begin(MANAGER_PATH, SETTINGS, "Set", variant(
            "(a{sv})", (typed({"linger": number}),))) for number in range(30)]
        self.world.settle(self.client)
        self.world.service.signal(signal.SIGTERM)
        self.world.wait("answers", lambda: all(answers))
        self.world.service.handle.wait(world.PATIENCE)
        last = max(number for number, answer in enumerate(answers) if answer[0] == ())
        self.assertLess(last, 29)
        self.assertEqual({answer[0].name for answer in answers[last + 1:]},
                         {"org.fram.Ice1.Error.Failed"})
        self.world.start()
        self.assertEqual(self.values()["linger"], last)


class Files(Case):
    """The files of the settings are not as they should be."""

    def prepare(self, data=None):
        os.makedirs(os.path.dirname(self.file), mode=0o700)
        if data is not None:
            with open(self.file, "wb") as file:
                file.write(data)

    def test_not_storable(self):
        self.prepare()
        os.mkdir(self.file)
        text = self.assert_refused(NOT_STORED, self.set_raw, typed({"linger": 5}))
        self.assertIn("Nothing was changed", text)
        self.assertIn("stands where the file should", text)
        self.assertEqual(self.values(), DEFAULTS)
        # The only news is the problem.
        self.assertEqual(self.changes(), [{}])
        self.assertEqual(len(self.problems()), 1)
        os.rmdir(self.file)
        self.set(linger=5)
        self.assertEqual(self.problems(), [])
        self.assertEqual(self.changes(), [{}, {"linger": 5}])

    def test_damaged(self):
        self.prepare(b"This is a letter.\n" * 100)
        self.restart()
        self.assertEqual(self.values(), DEFAULTS)
        self.assertIn("a fresh one was begun", self.problems()[0])
        self.assertIn("a fresh one was begun", self.world.service.log())
        self.set(linger=5)

    def test_newer(self):
        self.set(linger=5)
        database = sqlite3.connect(self.file)
        database.execute("PRAGMA user_version = 9")
        database.close()
        self.restart()
        self.assertEqual(self.values(), DEFAULTS)
        text = self.assert_refused(NOT_STORED, self.set_raw, typed({"linger": 7}))
        self.assertIn("newer Fram", text)
        database = sqlite3.connect(self.file)
        self.assertEqual(database.execute("SELECT value FROM settings").fetchall(),
                         [("5",)])
        database.close()


class Administrators(Case):
    def test_locked(self):
        self.set(history=True)
        self.administrate("10-site.conf",
                          "[Defaults]\nlinger=120\n[Locked]\nhistory=false\n")
        self.world.wait("change", lambda: self.client.heard(MANAGER_PATH, "Changed"))
        self.assertEqual(self.changes(), [{"linger": 120, "history": False}])
        rows = self.describe()
        path = os.path.join(self.administrators, "10-site.conf")
        self.assertEqual(rows["history"][:4], (False, False, "administrator", path))
        self.assertEqual(rows["linger"][:4], (120, 120, "administrator", ""))
        text = self.assert_refused(LOCKED, self.set_raw, typed({"history": True}))
        self.assertIn(path, text)
        self.assert_refused(LOCKED, self.reset, "history")
        self.assert_refused(LOCKED, self.set_raw, typed({"linger": 1, "history": True}))
        self.set(linger=5)
        self.reset("linger")
        self.assertEqual(self.values()["linger"], 120)

        os.unlink(path)
        self.world.wait("change", lambda: self.values() == DEFAULTS)
        self.set(history=False)

    def test_locked_while_it_waits(self):
        """What was not locked when it was called may be when its turn comes."""
        answers = [self.client.begin(MANAGER_PATH, SETTINGS, "Set", variant(
            "(a{sv})", (typed({"linger": number}),))) for number in range(30)]
        self.administrate("a.conf", "[Locked]\nlinger=3\n")
        self.world.wait("answers", lambda: all(answers))
        self.assertEqual(answers[29][0].name, LOCKED)
        self.assertEqual(self.values()["linger"], 3)

    def test_broken(self):
        self.administrate("a.conf", "[Defaults]\nlinger=5\nnonsense\n")
        self.world.wait("problem", self.problems)
        self.assertIn("a.conf, line 3:", self.problems()[0])
        self.assertEqual(self.changes(), [{}])
        self.restart()
        self.assertEqual(self.values(), DEFAULTS)
        self.assertIn("a.conf, line 3:", self.world.service.log())


    def test_locked_policy(self):
        """Sessions may be stricter than what is locked, and never less strict."""
        self.administrate("a.conf", "[Locked]\npolicy=nohost\n")
        self.world.wait("change", lambda: self.values()["policy"] == "nohost")
        for word in (None, "all", "nohost", "relay"):
            options = {"policy": variant("s", word)} if word else None
            self.assertEqual(Application(self, options).describe()[4], [])

    def test_texts(self):
        self.administrate("a.conf", "[Defaults]\npolicy=relay\nfamilies=ipv6\n"
                                    "port-range = 40000 - 50000\nsecrets-file=true\n")
        self.world.wait("change", lambda: self.values() == {
            **DEFAULTS, "policy": "relay", "families": "ipv6",
            "port-range": (40000, 50000), "secrets-file": True})
        self.administrate("a.conf", "[Defaults]\npolicy=\nfamilies=IPv6\n"
                                    "port-range=1-70000\nsecrets-file=maybe\n")
        self.world.wait("change", lambda: self.values() == DEFAULTS)
        self.assertEqual(len(self.problems()), 4)


class Action(Case):
    """What is set is done, on what runs too."""

    def status(self):
        return self.client.manager("GetStatus")[0]

    def gather(self, options=None):
        """Returns the local candidates of a session that has gathered, and ends it."""
        application = Application(self, options)
        candidates = application.describe()[4]
        application.call("Close")
        return candidates

    def test_linger(self):
        self.gather()
        self.assertGreater(self.status()["bases"], 0)
        self.set(linger=0)
        self.world.wait("end of the bases", lambda: self.status()["bases"] == 0)
        self.gather()
        self.world.wait("end of the bases", lambda: self.status()["bases"] == 0)
        self.set(linger=-1)
        self.gather()
        self.assertGreater(self.status()["bases"], 0)

    def test_interfaces(self):
        self.assertNotEqual(self.gather(), [])
        self.set(interfaces_deny=["lo"])
        self.assertEqual(self.gather(), [])
        self.restart()
        self.assertEqual(self.gather(), [])
        self.set(interfaces_deny=[], interfaces_allow=["eth?"])
        self.assertEqual(self.gather(), [])
        self.set(interfaces_allow=["l*"])
        self.assertNotEqual(self.gather(), [])

    def test_families(self):
        for word, colons in (("ipv4", False), ("ipv6", True)):
            self.set(families=word)
            addresses = [line.split()[4] for _, line in self.gather()]
            self.assertNotEqual(addresses, [])
            self.assertEqual({":" in address for address in addresses}, {colons})
        self.set(families="both")
        self.assertEqual(len({":" in line.split()[4] for _, line in self.gather()}), 2)

    def test_port_range(self):
        """Somebody else has most of the ports."""
        ports = free_ports.find(10)
        taken = []
        for family, address in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
            for port in ports[:8]:
                other = socket.socket(family, socket.SOCK_DGRAM)
                self.addCleanup(other.close)
                other.bind((address, port))
                taken.append(other)
        self.set(port_range=(ports[0], ports[-1]))
        lines = [line.split() for _, line in self.gather()]
        found = {int(words[5]) for words in lines if words[2] == "UDP"}
        self.assertNotEqual(found, set())
        self.assertLessEqual(found, set(ports[8:]))
        found = {int(words[5]) for words in lines if words[-1] == "passive"}
        self.assertNotEqual(found, set())
        self.assertLessEqual(found, set(ports))
        for other in taken:
            other.close()
        only = free_ports.find(1)[0]
        self.set(port_range=(only, only))
        found = {
            int(line.split()[5]) for _, line in self.gather() if not line.endswith(" active")
        }
        self.assertEqual(found, {only})

    def test_policy(self):
        """It is that of sessions that do not say it themselves."""
        self.assertNotEqual(self.gather(), [])
        self.set(policy="nohost")
        self.assertEqual(self.gather(), [])
        self.assertNotEqual(self.gather({"policy": variant("s", "all")}), [])

    def history(self):
        return self.client.call(MANAGER_PATH, INSPECTOR, "ListHistory",
                                variant("(xu)", (0, 100)))[0]

    def test_history(self):
        self.gather()
        self.assertEqual(len(self.history()), 1)
        self.set(history=False)
        self.assertEqual(self.history(), [])
        self.gather()
        self.restart()
        self.gather()
        self.assertEqual(self.history(), [])
        self.set(history=True)
        self.gather()
        self.assertEqual(len(self.history()), 1)


class Option(Case):
    """The option of framd wins over the setting, for this run."""

    options = ("--linger", "0")

    def test_linger(self):
        self.set(linger=3600)
        self.assertEqual(self.values()["linger"], 3600)
        application = Application(self)
        application.call("Close")
        self.world.wait("end of the bases",
                        lambda: self.client.manager("GetStatus")[0]["bases"] == 0)


if __name__ == "__main__":
    world.main()
