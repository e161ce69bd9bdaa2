"""The servers of the settings over the bus: what can be said of them, what is kept, and what
becomes of their secrets where there is no keyring."""

import os
import signal
import sqlite3
import stat

import test_settings
import world
from world import (INVALID_ARGS, INVALID_ARGUMENT, LIMIT_EXCEEDED, LOCKED, MANAGER_PATH,
                   NO_SERVER, NOT_STORED, SETTINGS, variant)

TURN = "turn:turn.example.org"
SECRET = "correct horse battery staple"
TYPES = {"uri": "s", "name": "s", "enabled": "b", "credential": "s", "username": "s",
         "authority": "s", "position": "u", "secret": "h"}
COLUMNS = ("id", "uri", "name", "enabled", "credential", "username", "known", "storage",
           "authority", "file")


def typed(options):
    return {key: variant(TYPES[key], value) for key, value in options.items()}


def memory(data):
    """A memfd that has these bytes."""
    fd = os.memfd_create("secret", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    os.write(fd, data)
    return fd


class Case(test_settings.Case):
    def rows(self):
        return [dict(zip(COLUMNS, row)) for row in self.call("ListServers")[0]]

    def row(self, server):
        return next(row for row in self.rows() if row["id"] == server)

    def ids(self):
        return [row["id"] for row in self.rows()]

    def add(self, uri=TURN, **options):
        return self.call("AddServer", variant("(sa{sv})", (uri, typed(options))))[0]

    def change(self, server, **options):
        self.call("ChangeServer", variant("(sa{sv})", (server, typed(options))))

    def remove(self, server):
        self.call("RemoveServer", variant("(s)", (server,)))

    def set_secret(self, server, secret=SECRET):
        data = secret if isinstance(secret, bytes) else secret.encode()
        fd = memory(data)
        try:
            return self.client.call(MANAGER_PATH, SETTINGS, "SetSecret",
                                    variant("(sh)", (server, 0)), [fd])[0]
        finally:
            os.close(fd)

    def hints(self):
        self.world.settle(self.client)
        return len(self.client.heard(MANAGER_PATH, "ServersChanged"))

    def secrets_file(self):
        return os.path.join(os.path.dirname(self.file), "secrets")


class Servers(Case):
    def test_add(self):
        self.assertEqual(self.rows(), [])
        server = self.add()
        self.assertRegex(server, "^[a-z0-9]+$")
        self.assertEqual(self.rows(), [{
            "id": server, "uri": TURN, "name": "", "enabled": True, "credential": "none",
            "username": "", "known": False, "storage": "", "authority": "", "file": ""}])
        self.assertEqual(self.hints(), 1)

    def test_options(self):
        options = {"name": "Büro", "enabled": False, "credential": "long-term",
                   "username": "alice", "authority": "/etc/ssl/ours.pem"}
        server = self.add("turns:turn.example.org:443?transport=tcp", **options)
        row = self.row(server)
        self.assertEqual({key: row[key] for key in options}, options)
        self.change(server, name="", enabled=True)
        self.assertEqual(self.row(server)["name"], "")
        self.assertEqual(self.row(server)["username"], "alice")
        self.change(server, uri="stun:stun.example.org", credential="none", username="")
        self.assertEqual(self.row(server)["uri"], "stun:stun.example.org")

    def test_order(self):
        first, second, third = (self.add(f"stun:s{number}.example.org")
                                for number in range(3))
        self.assertEqual(self.ids(), [first, second, third])
        self.change(third, position=0)
        self.assertEqual(self.ids(), [third, first, second])
        self.change(third, position=1)
        self.assertEqual(self.ids(), [first, third, second])
        self.change(first, position=63)
        self.assertEqual(self.ids(), [third, second, first])
        fourth = self.add("stun:s4.example.org", position=1)
        self.assertEqual(self.ids(), [third, fourth, second, first])
        self.restart()
        self.assertEqual(self.ids(), [third, fourth, second, first])

    def test_remove(self):
        servers = [self.add(f"stun:s{number}.example.org") for number in range(3)]
        self.remove(servers[1])
        self.assertEqual(self.ids(), [servers[0], servers[2]])
        self.assert_refused(NO_SERVER, self.remove, servers[1])
        self.restart(signal.SIGKILL)
        self.assertEqual(self.ids(), [servers[0], servers[2]])

    def test_nothing_new(self):
        """What changes nothing is told to nobody."""
        server = self.add()
        self.assertEqual(self.hints(), 1)
        self.change(server)
        self.change(server, enabled=True, uri=TURN)
        self.assertEqual(self.hints(), 1)

    def test_told(self):
        """Signals come after the answer, and no more often than ten times a second."""
        answers = [self.client.begin(MANAGER_PATH, SETTINGS, "AddServer", variant(
            "(sa{sv})", (f"stun:s{number}.example.org", {}))) for number in range(20)]
        self.world.wait("answers", lambda: all(answers))
        self.world.wait("the last hint",
                        lambda: self.client.heard(MANAGER_PATH, "ServersChanged"))
        self.assertEqual(len(self.rows()), 20)
        self.assertLessEqual(self.hints(), 20)
        # No word of it in the other signal.
        self.assertEqual(self.changes(), [])

    def test_settings_and_servers(self):
        """Both are in one file, and neither takes the other away."""
        server = self.add()
        self.set(linger=7)
        self.add("stun:stun.example.org")
        self.restart()
        self.assertEqual(self.values()["linger"], 7)
        self.assertEqual(len(self.rows()), 2)
        self.remove(server)
        self.assertEqual(self.values()["linger"], 7)

    def test_limit(self):
        answers = [self.client.begin(MANAGER_PATH, SETTINGS, "AddServer", variant(
            "(sa{sv})", (f"stun:s{number}.example.org", {}))) for number in range(30)]
        self.world.wait("answers", lambda: all(answers))
        database = sqlite3.connect(self.file)
        database.executemany(
            "INSERT INTO servers VALUES (?, ?, 'stun:x.example.org', '', 1, 'none', '', '')",
            [(f"more{number}", 100 + number) for number in range(34)])
        database.commit()
        database.close()
        self.restart()
        self.assertEqual(len(self.rows()), 64)
        text = self.assert_refused(LIMIT_EXCEEDED, self.add)
        self.assertIn("64", text)
        self.remove("more3")
        self.add()


class Refusals(Case):
    """What cannot be is refused with a sentence, and nothing is changed or told."""

    def test_values(self):
        server = self.add()
        before, hints = self.rows(), self.hints()
        for options in (
            {"uri": "http://example.org"}, {"uri": ""}, {"uri": "turn:" + "a." * 300 + "org"},
            {"uri": "turn:example.org?transport=sctp"}, {"uri": "turn:example.org\n"},
            {"name": "x" * 129}, {"name": "a\x1b[31m"},
            {"credential": "password"}, {"credential": ""},
            {"credential": "long-term"},
            {"credential": "long-term", "username": ""},
            {"username": "x" * 509}, {"username": "a\x00b".replace("\x00", "\x01")},
            {"credential": "shared-secret", "username": "x" * 488},
            {"authority": "ours.pem"}, {"authority": "/" + "x" * 1024},
            {"position": 64},
        ):
            text = self.assert_refused(INVALID_ARGUMENT, self.change_to, server, options)
            self.assertLess(len(text), 400)
            if "uri" not in options:
                self.assert_refused(INVALID_ARGUMENT, lambda: self.add(**options))
        self.assertEqual(self.rows(), before)
        self.assertEqual(self.hints(), hints)

    def change_to(self, server, options):
        self.change(server, **options)

    def test_password_in_uri(self):
        """It is refused, and not repeated."""
        for uri in ("turn:alice:hunter2@turn.example.org", "turn:hunter2@a"):
            text = self.assert_refused(INVALID_ARGUMENT, self.add, uri)
            self.assertNotIn("hunter2", text)
        self.assertNotIn("hunter2", self.world.service.log())

    def test_options(self):
        server = self.add()
        for options in (
            {"nonsense": variant("s", "x")}, {"Name": variant("s", "x")},
            {"secret": variant("s", "x")}, {"password": variant("s", "x")},
            {"name": variant("i", 5)}, {"enabled": variant("s", "true")},
            {"position": variant("i", 0)}, {"uri": variant("o", "/a")},
        ):
            self.assert_refused(INVALID_ARGUMENT, self.call, "ChangeServer",
                                variant("(sa{sv})", (server, options)))
        self.assert_refused(INVALID_ARGUMENT, self.call, "AddServer", variant(
            "(sa{sv})", (TURN, {"uri": variant("s", TURN)})))

    def test_unknown(self):
        for server in ("", "nothing", "x" * 100000, "ü" * 100, "admin-a"):
            for call in (lambda: self.change(server, enabled=True),
                         lambda: self.remove(server), lambda: self.set_secret(server)):
                text = self.assert_refused(NO_SERVER, call)
                self.assertLess(len(text), 200)

    def test_signatures(self):
        for method, arguments in (
            ("ListServers", variant("(s)", ("x",))), ("AddServer", variant("(s)", (TURN,))),
            ("ChangeServer", variant("(s)", ("x",))), ("RemoveServer", None),
            ("SetSecret", variant("(ss)", ("x", "secret"))),
            ("SetSecret", variant("(sh)", ("x", 0))),
        ):
            self.assert_refused(INVALID_ARGS, self.call, method, arguments)

    def test_not_storable(self):
        os.makedirs(os.path.dirname(self.file), mode=0o700)
        os.mkdir(self.file)
        text = self.assert_refused(NOT_STORED, self.add)
        self.assertIn("Nothing was changed", text)
        self.assertEqual(self.rows(), [])


class Secrets(Case):
    """There is no keyring on this bus."""

    def add_with_user(self, **options):
        return self.add(credential="long-term", username="alice", **options)

    def state(self, server):
        row = self.row(server)
        return row["known"], row["storage"]

    def test_memory(self):
        server = self.add_with_user()
        self.assertEqual(self.state(server), (False, ""))
        self.assertEqual(self.set_secret(server), "memory")
        self.assertEqual(self.state(server), (True, "memory"))
        self.assertEqual(self.set_secret(server, "another"), "memory")
        self.assertFalse(os.path.exists(self.secrets_file()))
        self.restart()
        self.assertEqual(self.state(server), (False, ""))

    def test_forgotten(self):
        server = self.add_with_user()
        self.set_secret(server)
        self.assertEqual(self.set_secret(server, ""), "")
        self.assertEqual(self.state(server), (False, ""))
        self.assertEqual(self.set_secret(server, ""), "")

    def test_another_host(self):
        """A secret is for one host, port and scheme."""
        server = self.add_with_user()
        for uri, kept in (
            (TURN + "?transport=tcp", True), ("turn:TURN.example.org:3478", True),
            (TURN, True), ("turn:other.example.org", False), (TURN + ":3479", False),
            ("turns:turn.example.org", False), ("stun:turn.example.org", False),
        ):
            self.change(server, uri=TURN)
            self.set_secret(server)
            self.change(server, uri=uri)
            self.assertEqual(self.state(server)[0], kept, uri)

    def test_no_credential(self):
        server = self.add()
        self.assert_refused(INVALID_ARGUMENT, self.set_secret, server)
        self.assertEqual(self.set_secret(server, ""), "")
        self.change(server, credential="shared-secret")
        self.set_secret(server)
        self.change(server, credential="none")
        self.assertEqual(self.state(server), (False, ""))
        self.change(server, credential="shared-secret")
        self.assertEqual(self.state(server), (False, ""))

    def test_bytes(self):
        server = self.add_with_user()
        self.assertEqual(self.set_secret(server, "x" * 1024), "memory")
        self.assertEqual(self.set_secret(server, "pässwörd"), "memory")
        for secret, name in ((b"x" * 1025, LIMIT_EXCEEDED), (b"x" * 100000, LIMIT_EXCEEDED),
                             (b"a\0b", INVALID_ARGUMENT), (b"a\0", INVALID_ARGUMENT),
                             (b"\xff\xfe", INVALID_ARGUMENT), (b"a\x07b", INVALID_ARGUMENT)):
            self.assert_refused(name, self.set_secret, server, secret)
        self.assertEqual(self.state(server), (True, "memory"))

    def begin_pipe(self, server):
        """Returns the answers, and the end to write to."""
        reading, writing = os.pipe()
        answers = self.client.begin(MANAGER_PATH, SETTINGS, "SetSecret",
                                    variant("(sh)", (server, 0)), [reading])
        os.close(reading)
        return answers, writing

    def test_pipe(self):
        server = self.add_with_user()
        answers, writing = self.begin_pipe(server)
        os.write(writing, b"pass")
        self.world.settle(self.client)
        os.write(writing, b"word")
        self.assertEqual(answers, [])
        os.close(writing)
        self.world.wait("answer", lambda: answers)
        self.assertEqual(answers, [("memory",)])

    def test_pipe_that_stays_open(self):
        server = self.add_with_user()
        answers, writing = self.begin_pipe(server)
        self.addCleanup(os.close, writing)
        os.write(writing, b"password")
        self.world.wait("answer", lambda: answers)
        self.assertEqual(answers[0].name, INVALID_ARGUMENT)
        self.assertEqual(self.state(server), (False, ""))

    def test_no_pipe(self):
        server = self.add_with_user()
        with open("/dev/null", "rb") as file:
            text = self.assert_refused(
                INVALID_ARGUMENT, self.client.call, MANAGER_PATH, SETTINGS, "SetSecret",
                variant("(sh)", (server, 0)), [file.fileno()])
        self.assertIn("pipe or memfd", text)

    def test_removed_meanwhile(self):
        server = self.add_with_user()
        answers, writing = self.begin_pipe(server)
        self.world.settle(self.client)
        self.remove(server)
        os.close(writing)
        self.world.wait("answer", lambda: answers)
        self.assertEqual(answers[0].name, NO_SERVER)

    def test_who_waits_at_the_end_is_answered(self):
        server = self.add_with_user()
        answers, writing = self.begin_pipe(server)
        self.addCleanup(os.close, writing)
        self.world.settle(self.client)
        self.world.service.signal(signal.SIGTERM)
        self.world.wait("answer", lambda: answers)
        self.assertEqual(answers[0].name, "org.fram.Ice1.Error.Failed")
        self.assertEqual(self.world.service.handle.wait(world.PATIENCE), 0)
        self.world.start()

    def test_in_no_file_and_no_log(self):
        server = self.add_with_user()
        self.set_secret(server)
        self.set(linger=5)
        self.remove(server)
        self.restart()
        found = []
        for folder, _, names in os.walk(self.world.folder):
            for name in names:
                path = os.path.join(folder, name)
                if stat.S_ISREG(os.lstat(path).st_mode):
                    with open(path, "rb") as file:
                        if SECRET.encode() in file.read():
                            found.append(path)
        self.assertEqual(found, [])


class File(Case):
    """The user has chosen to have secrets in a file."""

    def setUp(self):
        super().setUp()
        self.set_raw({"secrets-file": variant("b", True)})
        self.server = self.add(credential="long-term", username="alice")

    def state(self):
        row = self.row(self.server)
        return row["known"], row["storage"]

    def test_kept(self):
        self.assertEqual(self.set_secret(self.server), "file")
        self.assertEqual(stat.S_IMODE(os.stat(self.secrets_file()).st_mode), 0o600)
        for how in (signal.SIGTERM, signal.SIGKILL):
            self.restart(how)
            self.assertEqual(self.state(), (True, "file"))
        self.assertEqual(self.set_secret(self.server, ""), "")
        self.assertFalse(os.path.exists(self.secrets_file()))

    def test_removed_with_its_server(self):
        self.set_secret(self.server)
        self.remove(self.server)
        self.assertFalse(os.path.exists(self.secrets_file()))

    def test_of_another_host(self):
        self.set_secret(self.server)
        self.change(self.server, uri="turn:other.example.org")
        self.assertFalse(os.path.exists(self.secrets_file()))
        self.assertEqual(self.state(), (False, ""))

    def test_choice(self):
        """Off, the file is gone; on, what is in memory goes into it."""
        self.set_secret(self.server)
        self.set_raw({"secrets-file": variant("b", False)})
        self.world.wait("memory", lambda: self.state() == (True, "memory"))
        self.assertFalse(os.path.exists(self.secrets_file()))
        self.set_raw({"secrets-file": variant("b", True)})
        self.assertEqual(self.state(), (True, "file"))
        self.restart()
        self.assertEqual(self.state(), (True, "file"))

    def test_others_see_nothing(self):
        self.set_secret(self.server)
        os.chmod(self.secrets_file(), 0o644)
        self.restart()
        self.assertEqual(self.state(), (True, "file"))
        self.assertEqual(stat.S_IMODE(os.stat(self.secrets_file()).st_mode), 0o600)

    def test_not_storable(self):
        os.mkdir(self.secrets_file())
        text = self.assert_refused(NOT_STORED, self.set_secret, self.server)
        self.assertIn("Nothing was changed", text)
        self.assertNotIn(SECRET, text)
        self.assertEqual(self.state(), (False, ""))

    def test_foreign(self):
        with open(self.secrets_file(), "w", encoding="utf-8") as file:
            file.write("Fram secrets 9\nof the future\n")
        self.restart()
        self.assert_refused(NOT_STORED, self.set_secret, self.server)
        with open(self.secrets_file(), encoding="utf-8") as file:
            self.assertEqual(file.read(), "Fram secrets 9\nof the future\n")


class Administrators(Case):
    def test_given(self):
        own = self.add()
        self.administrate("10.conf", "[Server office]\nuri=turns:turn.example.com\n"
                                     "username=all\npassword=hunter2\nname=The office\n")
        self.world.wait("server", lambda: len(self.rows()) == 2)
        row = self.rows()[0]
        self.assertEqual(row, {
            "id": "admin-office", "uri": "turns:turn.example.com", "name": "The office",
            "enabled": True, "credential": "long-term", "username": "all", "known": True,
            "storage": "administrator", "authority": "",
            "file": os.path.join(self.administrators, "10.conf")})
        self.assertEqual(self.ids(), ["admin-office", own])
        self.assertIn("everybody on this computer can read the password",
                      self.problems()[0])
        self.assertNotIn("hunter2", self.problems()[0])
        self.world.wait("hint", lambda: self.hints() >= 2)

        for call in (lambda: self.change("admin-office", name="x"),
                     lambda: self.change("admin-office", enabled=False, position=1),
                     lambda: self.remove("admin-office"),
                     lambda: self.set_secret("admin-office")):
            self.assert_refused(LOCKED, call)
        self.change("admin-office", enabled=False)
        self.assertFalse(self.row("admin-office")["enabled"])
        self.restart()
        self.assertFalse(self.row("admin-office")["enabled"])
        self.assertNotIn("hunter2", self.world.service.log())

        self.administrate("20.conf", "[Server office]\nlocked=true\n")
        self.world.wait("lock", lambda: self.row("admin-office")["enabled"])
        text = self.assert_refused(LOCKED, self.change_office)
        self.assertIn("20.conf", text)
        os.unlink(os.path.join(self.administrators, "20.conf"))
        self.world.wait("no lock", lambda: not self.row("admin-office")["enabled"])

    def change_office(self):
        self.change("admin-office", enabled=False)


if __name__ == "__main__":
    world.main()
