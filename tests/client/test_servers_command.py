#!/usr/bin/python3
"""`fram servers`, as somebody at a shell uses it, against the mock."""

import json
import os
import pathlib
import signal

import harness

SECRET = "correct horse battery staple"
HEAD = "ID URI Name Used Credential User Password Given by"


class WithServers(harness.Case):
    def setUp(self):
        super().setUp()
        self.file = self.write_file("password", SECRET + "\n")

    def write_file(self, name, content):
        path = self.folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def run_servers(self, *arguments, status=0, stdin=None):
        """Returns the lines that it printed, and what it said on standard error."""
        program = self.start_fram("servers", *arguments)
        if stdin is not None:
            program.write(stdin)
            program.close_input()
        self.assertEqual(program.wait_end(), status, (arguments, program.said()))
        self.assertNotIn(SECRET, "\n".join(program.lines) + program.said())
        return program.lines, program.said()

    def add(self, uri, *arguments, **more):
        lines, said = self.run_servers("add", uri, *arguments, **more)
        self.assertEqual((len(lines), said), (1, ""))
        return lines[0]

    def add_usual(self, uri="turn:turn.example.org"):
        return self.add(uri, "--user", "ann", "--password-file", self.file)

    def rows(self):
        lines, said = self.run_servers("list", "--json")
        self.assertEqual(said, "")
        return json.loads(lines[0])

    def refuse(self, *arguments, part, status=2, **more):
        lines, said = self.run_servers(*arguments, status=status, **more)
        self.assertEqual(lines, [])
        self.assertTrue(said.startswith("fram: "), said)
        self.assertIn(part, said)


class Keeping(WithServers):
    def setUp(self):
        super().setUp()
        self.start_mock(administrator="yes")

    def test_list(self):
        self.add_usual()
        self.add("stun:stun.example.org", "--name", "Public")
        lines, said = self.run_servers("list")
        self.assertEqual(said, "")
        self.assertEqual([" ".join(line.split()) for line in lines], [
            HEAD,
            "admin-office turn:office.example.org Office yes shared-secret known "
            "/etc/fram/conf.d/office.conf",
            "a10f turn:turn.example.org yes long-term ann in the keyring you",
            "a11f stun:stun.example.org Public yes none - you",
        ])

    def test_list_json(self):
        self.add_usual()
        self.assertEqual(self.rows()[1], {
            "id": "a10f", "uri": "turn:turn.example.org", "name": "", "enabled": True,
            "credential": "long-term", "username": "ann", "has_secret": True,
            "storage": "keyring", "authority": "", "file": "",
        })

    def test_nine(self):
        """Sessions have eight of them."""
        for number in range(8):
            self.add(f"stun:s{number}.example.org")
        lines, _ = self.run_servers("list")
        self.assertNotIn("8 before it", lines[8])
        self.assertIn("no, there are 8 before it", lines[9])
        self.run_servers("disable", "admin-office")
        lines, _ = self.run_servers("list")
        self.assertNotIn("8 before it", lines[9])

    def test_add(self):
        """What is given arrives; the credential follows from it."""
        for arguments, expected in (
            (["stun:a.example"], {"credential": "none"}),
            (["turn:b.example", "--user", "ann", "--password-file", self.file],
             {"credential": "long-term", "username": "ann"}),
            (["turn:c.example", "--credential", "shared-secret", "--password-file", self.file],
             {"credential": "shared-secret"}),
            (["turns:d.example", "--credential", "none", "--name", "Büro", "--ca-file",
              "/etc/ca.pem", "--position", "1"],
             {"credential": "none", "name": "Büro", "authority": "/etc/ca.pem", "position": 0}),
        ):
            self.add(*arguments)
            self.assertEqual(self.calls("AddServer")[-1]["arguments"],
                             [arguments[0], expected])
        self.assertEqual([call["descriptors"] for call in self.calls("SetSecret")],
                         [[SECRET], [SECRET]])
        self.assertEqual(self.rows()[1]["uri"], "turns:d.example")

    def test_relative_ca_file(self):
        self.add("turns:a.example", "--ca-file", "certificates/own.pem")
        self.assertEqual(self.rows()[-1]["authority"],
                         str(pathlib.Path.cwd() / "certificates/own.pem"))

    def test_password_files(self):
        for content, expected in (
            ("short", "short"), ("with its end\n", "with its end"), ("by DOS\r\n", "by DOS"),
            ("first\nsecond\n", "first"), (" kept ", " kept "), ("é" * 512, "é" * 512),
            ("x" * 1024 + "\r\n", "x" * 1024),
        ):
            server = self.add("turn:a.example", "--user", "ann", "--password-file",
                              self.write_file("other", content))
            self.assertEqual(self.calls("SetSecret")[-1]["descriptors"], [expected])
            self.run_servers("remove", server)

    def test_wrong_password_files(self):
        """Nothing is added then."""
        for content, part in (
            ("", "is empty"), ("\nlater\n", "is empty"), ("x" * 1025, "longer than 1024"),
            ("é" * 512 + "x\n", "longer than 1024"), ("x" * 100_000, "longer than 1024"),
            (b"one\0two\n", "NUL"), (b"\xff\xfe\n", "not in UTF-8"),
        ):
            self.refuse("add", "turn:a.example", "--user", "ann", "--password-file",
                        self.write_file("other", content), part=part)
        for path, part in ((self.folder / "none", "No such file"), (self.folder, "directory")):
            self.refuse("add", "turn:a.example", "--user", "ann", "--password-file", path,
                        part=part)
        self.assertEqual(self.calls("AddServer"), [])

    def test_password_by_input(self):
        self.add("turn:a.example", "--user", "ann", "--password-file", "-",
                 stdin=SECRET + "\nrest")
        self.assertEqual(self.calls("SetSecret")[-1]["descriptors"], [SECRET])

    def test_password_by_fifo(self):
        os.mkfifo(self.folder / "fifo")
        program = self.start_fram("servers", "add", "turn:a.example", "--user", "ann",
                                  "--password-file", self.folder / "fifo")
        with open(self.folder / "fifo", "w", encoding="utf-8") as fifo:
            fifo.write(SECRET)
        self.assertEqual(program.wait_end(), 0)
        self.assertEqual(self.calls("SetSecret")[-1]["descriptors"], [SECRET])

    def test_edit(self):
        server = self.add_usual()
        for arguments, expected in (
            (["--name", "Work"], {"name": "Work"}), (["--name", ""], {"name": ""}),
            (["--user", "bob"], {"username": "bob"}), (["--ca-file", ""], {"authority": ""}),
            (["--position", "3"], {"position": 2}),
            (["--credential", "shared-secret"], {"credential": "shared-secret"}),
        ):
            self.assertEqual(self.run_servers("edit", server, *arguments), ([], ""))
            self.assertEqual(self.calls("ChangeServer")[-1]["arguments"], [server, expected])

    def test_edit_password(self):
        server = self.add_usual()
        other = self.write_file("other", "another")
        self.run_servers("edit", server, "--password-file", other)
        self.assertEqual(self.calls("ChangeServer"), [])
        self.assertEqual(self.calls("SetSecret")[-1]["descriptors"], ["another"])
        self.assertEqual(self.run_servers("edit", server, "--forget-password"), ([], ""))
        self.assertEqual(self.calls("SetSecret")[-1]["descriptors"], [""])
        self.assertFalse(self.rows()[-1]["has_secret"])

    def test_edit_uri(self):
        """The password of another host is not known: that is told."""
        server = self.add_usual()
        _, said = self.run_servers("edit", server, "--uri", "turn:other.example")
        self.assertIn(f"“fram servers edit {server} --password-file FILE” gives it", said)
        self.run_servers("edit", server, "--uri", "turn:third.example", "--password-file",
                         self.file)
        self.assertTrue(self.rows()[-1]["has_secret"])

    def test_remove(self):
        server = self.add_usual()
        self.assertEqual(self.run_servers("remove", server), ([], ""))
        self.assertEqual([row["id"] for row in self.rows()], ["admin-office"])

    def test_enable(self):
        server = self.add_usual()
        self.assertEqual(self.run_servers("disable", server), ([], ""))
        self.assertFalse(self.rows()[-1]["enabled"])
        self.assertIn(" no ", self.run_servers("list")[0][-1])
        self.assertEqual(self.run_servers("enable", server), ([], ""))
        self.assertTrue(self.rows()[-1]["enabled"])

    def test_abbreviations(self):
        self.add("stun:a.example")
        self.add("stun:b.example")
        self.run_servers("disable", "a10")
        self.run_servers("disable", "stun:b.example")
        self.assertEqual([row["enabled"] for row in self.rows()], [True, False, False])
        self.refuse("enable", "a1", part="“a1” may be a10f or a11f")
        self.refuse("enable", "a", part="tell more of the id")
        self.refuse("enable", "b", part="no server “b”")
        self.refuse("enable", "", part="no server “”")
        self.refuse("enable", "stun:c.example", part="no server “stun:c.example”")
        self.run_servers("enable", "admin")
        self.add("stun:a.example")
        self.refuse("enable", "stun:a.example", part="may be a10f or a12f")

    def test_administrator(self):
        self.refuse("remove", "admin", part="office.conf", status=1)
        self.refuse("edit", "admin", "--name", "Mine", part="office.conf", status=1)
        self.refuse("edit", "admin", "--password-file", self.file, part="office.conf", status=1)
        self.assertEqual(self.run_servers("disable", "admin"), ([], ""))

    def test_wrong_uri(self):
        self.refuse("add", "http://a.example", part="“http://a.example” is no server")
        self.refuse("edit", self.add("stun:a"), "--nonsense", part="nonsense")


class Storage(WithServers):
    def test_memory(self):
        """That a password is forgotten with the service is no surprise later."""
        self.start_mock(SetSecret="memory")
        lines, said = self.run_servers("add", "turn:a.example", "--user", "ann",
                                       "--password-file", self.file)
        self.assertEqual(lines, ["a10f"])
        self.assertIn("kept in memory", said)
        self.assertIn("secrets-file", said)
        self.assertIn("in memory", self.run_servers("list")[0][1])

    def test_locked_keyring(self):
        """It has the password, so nobody is asked for it."""
        self.start_mock(ListServers="locked")
        server = self.add_usual()
        self.assertIn("in a locked keyring", self.run_servers("list")[0][1])
        program = self.start_fram("servers", "edit", server, "--name", "Home",
                                  kind=harness.Terminal)
        self.assertEqual((program.wait_end(), program.screen), (0, b""))

    def test_all_or_nothing(self):
        """A server whose password is not taken is not kept."""
        self.start_mock(SetSecret="error:org.fram.Ice1.Error.NotStored")
        self.refuse("add", "turn:a.example", "--user", "ann", "--password-file", self.file,
                    part="As it was told to", status=1)
        self.assertEqual(self.rows(), [])

    def test_nothing(self):
        self.start_mock()
        lines, _ = self.run_servers("list")
        self.assertIn("fram servers add", lines[0])
        self.assertEqual(self.rows(), [])
        self.refuse("test", part="No server is used", status=1)


class Asking(WithServers):
    """With a terminal."""

    def setUp(self):
        super().setUp()
        self.start_mock()

    def ask(self, *arguments, question):
        program = self.start_fram("servers", *arguments, kind=harness.Terminal)
        program.wait_screen(question)
        return program

    def check_unseen(self, program):
        """Who looks at the process or over the shoulder sees no password."""
        folder = pathlib.Path(f"/proc/{program.handle.pid}")
        if folder.exists():
            self.assertNotIn(SECRET.encode(), (folder / "cmdline").read_bytes())
            self.assertNotIn(SECRET.encode(), (folder / "environ").read_bytes())
        self.assertNotIn(SECRET.encode(), program.screen)
        self.assertNotIn(SECRET, "\n".join(program.lines))

    def finish(self, program, status=0):
        self.assertEqual(program.wait_end(), status, program.said())
        self.check_unseen(program)
        self.assertTrue(program.shows_input())

    def test_add(self):
        program = self.ask("add", "turn:a.example", "--user", "ann",
                           question="Password of ann at turn:a.example: ")
        self.assertFalse(program.shows_input())
        program.write(SECRET + "\n")
        self.finish(program)
        self.assertEqual(program.lines, ["a10f"])
        self.assertEqual(self.calls("SetSecret")[0]["descriptors"], [SECRET])

    def test_shared_secret(self):
        program = self.ask("add", "turn:a.example", "--credential", "shared-secret",
                           question="Shared secret of turn:a.example: ")
        program.write(SECRET + "\n")
        self.finish(program)

    def test_no_question(self):
        """What needs no password asks for none."""
        program = self.start_fram("servers", "add", "stun:a.example", kind=harness.Terminal)
        self.assertEqual(program.wait_end(), 0)
        self.assertEqual(program.screen, b"")

    def test_correcting(self):
        """The keys that edit a line work."""
        program = self.ask("add", "turn:a.example", "--user", "ann", question="Password")
        program.write("wrong\x15" + SECRET + "x\x7f\n")
        self.finish(program)
        self.assertEqual(self.calls("SetSecret")[0]["descriptors"], [SECRET])

    def test_edit(self):
        server = self.add_usual()
        program = self.ask("edit", server, "--ask-password",
                           question="Password for turn:turn.example.org: ")
        program.write("another\n")
        self.finish(program)
        self.assertEqual(self.calls("SetSecret")[-1]["descriptors"], ["another"])
        program = self.ask("edit", server, "--uri", "turn:b.example",
                           question="Password of ann at turn:b.example: ")
        program.write("third\n")
        self.finish(program)
        self.assertEqual(self.calls("SetSecret")[-1]["descriptors"], ["third"])

    def test_file_called_minus(self):
        program = self.ask("add", "turn:a.example", "--user", "ann", "--password-file", "-",
                           question="Password: ")
        program.write(SECRET + "\n")
        self.finish(program)

    def test_nothing_typed(self):
        for typed in ("\n", "\x04"):
            program = self.ask("add", "turn:a.example", "--user", "ann", question="Password")
            program.write(typed)
            self.finish(program, status=2)
            self.assertIn("is empty", program.said())
        self.assertEqual(self.calls("AddServer"), [])

    def test_too_long(self):
        program = self.ask("add", "turn:a.example", "--user", "ann", question="Password")
        program.write("x" * 1025 + "\n")
        self.finish(program, status=2)
        self.assertIn("longer than 1024", program.said())

    def test_interrupted(self):
        program = self.ask("add", "turn:a.example", "--user", "ann", question="Password")
        program.write(SECRET + "\x03")
        self.finish(program, status=130)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            program = self.ask("add", "turn:a.example", "--user", "ann", question="Password")
            program.handle.send_signal(number)
            self.finish(program, status=130)
        self.assertEqual(self.calls("AddServer"), [])

    def test_stopping_and_quitting_are_not_heard(self):
        """They would leave a terminal that shows nothing."""
        program = self.ask("add", "turn:a.example", "--user", "ann", question="Password")
        program.write("\x1a\x1c\x15" + SECRET + "\n")
        self.finish(program)
        self.assertEqual(self.calls("SetSecret")[0]["descriptors"], [SECRET])

    def test_terminal_that_goes_away(self):
        program = self.ask("add", "turn:a.example", "--user", "ann", question="Password")
        program.hang_up()
        self.assertNotEqual(program.wait_end(), 0)
        self.assertEqual(self.calls("AddServer"), [])


class Testing(WithServers):
    def setUp(self):
        super().setUp()
        self.start_mock()

    def test_all_is_well(self):
        server = self.add("turn:turn.example.org", "--name", "Home", "--user", "ann",
                          "--password-file", self.file)
        lines, said = self.run_servers("test", server)
        self.assertEqual(said, "")
        self.assertEqual([line.rstrip() for line in lines], [
            "turn:turn.example.org  a10f  Home",
            "  Address     203.0.113.1:3478",
            "  Answer      in 12.50 ms; it sees this computer at 198.51.100.7:40000",
            "  Relay       203.0.113.1:49160 and [2001:db8::1]:49161, for 10 min",
            "  All is well (80.00 ms).",
        ])

    def test_stun(self):
        lines, _ = self.run_servers("test", "stun:stun.example.org")
        self.assertEqual([line.split()[0] for line in lines[1:]], ["Address", "Answer", "All"])

    def test_connection(self):
        lines, _ = self.run_servers("test", "turns:tls.example.org")
        self.assertEqual(lines[2].split(), ["Connection", "by", "TLS"])

    def test_failures(self):
        for uri, shown, advice in (
            ("turn:wrong.example.org", ["Address", "Answer", "Relay failed: wrong credentials"], "Check both."),
            ("turn:silent.example.org", ["Address", "Answer failed: silent", "Relay not tried"],
             "Nothing answers there."),
            ("turn:nowhere.example.org", ["Address failed: no such name", "Answer not tried",
                                          "Relay not tried"], "There is no host of that name."),
            ("turns:certificate.example.org",
             ["Address", "Connection failed: certificate", "Answer not tried", "Relay not tried"],
             "It is not the server's name."),
            ("stun:nowhere.example.org", ["Address failed: no such name", "Answer not tried"], "no host"),
        ):
            lines, said = self.run_servers("test", uri, status=1)
            self.assertEqual(said, "")
            self.assertEqual(lines[0], uri)
            self.assertEqual(len(lines), len(shown) + 2)
            for line, words in zip(lines[1:], shown):
                self.assertTrue(" ".join(line.split()).startswith(words), lines)
            self.assertIn(advice, lines[-1])

    def test_of_the_future(self):
        """A later service may find what is not known here."""
        lines, _ = self.run_servers("test", "turn:strange.example.org", status=1)
        self.assertIn("fog", lines[-1])
        self.run_servers("test", "turn:short.example.org")

    def test_json(self):
        server = self.add_usual()
        lines, said = self.run_servers("test", server, "--json")
        self.assertEqual(json.loads(lines[0]), [{
            "id": server, "uri": "turn:turn.example.org", "name": "", "ok": True,
            "step": "done", "cause": "", "advice": "", "transport": "udp",
            "server": "203.0.113.1:3478", "mapped": "198.51.100.7:40000",
            "relayed": "203.0.113.1:49160", "relayed_6": "[2001:db8::1]:49161",
            "rtt_us": 12_500, "took_us": 80_000, "lifetime": 600,
        }])
        self.assertEqual(said, "")
        lines, _ = self.run_servers("test", "--json", "stun:silent.example.org", status=1)
        found, = json.loads(lines[0])
        self.assertEqual((found["id"], found["rtt_us"], found["cause"]), ("", None, "silent"))

    def test_all(self):
        """All that are used, in their order, whatever the order of the answers."""
        hosts = ["a", "silent", "b", "wrong", "c", "stun"]
        for host in hosts:
            self.add(f"turn:{host}.example.org")
        self.run_servers("disable", "turn:b.example.org")
        hosts.remove("b")
        lines, _ = self.run_servers("test", status=1)
        titles = [line.split()[0] for line in lines if line.startswith("turn:")]
        self.assertEqual(titles, [f"turn:{host}.example.org" for host in hosts])
        lines, _ = self.run_servers("test", "--json", status=1)
        self.assertEqual([found["ok"] for found in json.loads(lines[0])],
                         [True, False, False, True, True])
        for host in ("silent", "wrong"):
            self.run_servers("remove", f"turn:{host}.example.org")
        self.run_servers("test")

    def test_what_is_tried(self):
        server = self.add_usual()
        for arguments, expected in (
            ([server], [server, {}]),
            (["turn:turn.example.org"], [server, {}]),
            ([server, "--user", "bob", "--ca-file", "/ca.pem"],
             [server, {"username": "bob", "authority": "/ca.pem"}]),
            ([server, "--password-file", self.file], [server, {"secret": 0}]),
            (["turn:other.example.org"],
             ["", {"uri": "turn:other.example.org", "credential": "none"}]),
            (["turn:other.example.org", "--user", "ann", "--password-file", self.file],
             ["", {"uri": "turn:other.example.org", "credential": "long-term",
                   "username": "ann", "secret": 0}]),
        ):
            self.run_servers("test", *arguments)
            call = self.calls("TestServer")[-1]
            self.assertEqual(call["arguments"], expected)
            self.assertEqual(call.get("descriptors"),
                             [SECRET] if "secret" in expected[1] else None)

    def test_asks(self):
        program = self.start_fram("servers", "test", "turn:a.example", "--user", "ann",
                                  kind=harness.Terminal)
        program.wait_screen("Password of ann at turn:a.example: ")
        program.write(SECRET + "\n")
        self.assertEqual(program.wait_end(), 0)
        self.assertEqual(self.calls("TestServer")[-1]["descriptors"], [SECRET])
        self.assertNotIn(SECRET.encode(), program.screen)

    def test_refused(self):
        self.refuse("test", "zz", part="no server “zz”")
        self.refuse("test", "--user", "ann", part="options are for one server")
        self.refuse("test", "turn:a.example", "--user", "ann", part="--password-file tells")


class Faults(WithServers):
    def test_limit(self):
        self.start_mock(TestServer="error:org.fram.Ice1.Error.LimitExceeded")
        self.refuse("test", "stun:a.example", part="As it was told to", status=1)

    def test_service_ends(self):
        self.start_mock(TestServer="die")
        self.refuse("test", "stun:a.example", part="ended while it was needed", status=3)

    def test_old_service(self):
        self.start_mock(Settings="none")
        self.refuse("list", part="", status=1)
        self.refuse("add", "stun:a.example", part="", status=1)


class Usage(WithServers):
    def test_help(self):
        lines, said = self.run_servers("--help")
        self.assertEqual(said, "")
        for name in ("list", "add", "edit", "remove", "enable", "disable", "test"):
            self.assertTrue(any(line.startswith(f"  {name} ") for line in lines), name)
            lines_of_it, _ = self.run_servers(name, "--help")
            self.assertIn(f"fram servers {name}", lines_of_it[1])

    def test_wrong_usage(self):
        for arguments, part in (
            ((), "Usage"), (("show",), "no command “show”"), (("add",), "takes the URI"),
            (("edit",), "takes the ID"), (("remove",), "takes the ID"),
            (("enable",), "takes the ID"), (("disable",), "takes the ID"),
            (("list", "a"), "no use for “a”"), (("add", "stun:a", "b"), "no use for “b”"),
            (("test", "a", "b"), "no use for “b”"), (("edit", "a"), "Nothing is to be changed"),
            (("add", "turn:a", "--password", "x"), "--password"),
            (("add", "turn:a", "--credential", "x"), "none, long-term or shared-secret"),
            (("add", "turn:a", "--credential", "long-term"), "--user tells it"),
            (("add", "turn:a", "--password-file", "x"), "--user tells it"),
            (("add", "turn:a", "--credential", "none", "--password-file", "x"), "no password"),
            (("edit", "a", "--position", "-1"), "counts from 1"),
            (("edit", "a", "--ask-password", "--forget-password"), "exclude each other"),
        ):
            lines, said = self.run_servers(*arguments, status=2)
            self.assertEqual(lines, [])
            self.assertIn(part, said)

    def test_no_service(self):
        for arguments in (("list",), ("add", "stun:a"), ("edit", "a", "--name", "b"),
                          ("remove", "a"), ("test",)):
            self.refuse(*arguments, part="framd", status=3)

    def test_no_terminal(self):
        self.start_mock()
        self.refuse("add", "turn:a", "--user", "ann", part="there is no terminal")
        self.assertEqual(self.calls("AddServer"), [])


if __name__ == "__main__":
    harness.main()
