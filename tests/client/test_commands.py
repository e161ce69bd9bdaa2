#!/usr/bin/python3
"""`fram` for people: what its commands print, and how they end."""

import fcntl
import json
import os
import pty
import re
import signal
import struct
import subprocess
import termios

import harness
from harness import wait

CODE = re.compile(r"^fram[12]:[A-Za-z0-9_-]+$")


class Person(harness.Program):
    """Somebody at `fram connect`."""

    def code(self):
        return self.wait_line("code", CODE.match)

    def wait_text(self, text):
        return self.wait_line(f"“{text}”", lambda line: text in line)

    def type(self, line):
        self.write(line + "\n")


class Connect(harness.Case):
    """Two people."""

    def setUp(self):
        super().setUp()
        self.service = self.start_framd()

    def start_person(self, *arguments):
        return self.start([os.environ["FRAM"], "connect", *arguments], Person)

    def check_talk(self, one, other):
        for person in (one, other):
            person.wait_text("completed after")
        one.type("Is anybody there?")
        other.wait_text("< Is anybody there?")
        other.type("Yes.")
        one.wait_text("< Yes.")

    def test_two_codes(self):
        one, other = self.start_person(), self.start_person()
        one.type(other.code())
        other.type(one.code())
        self.check_talk(one, other)
        one.wait_text("nominated")
        one.close_input()
        self.assertEqual(one.wait_end(), 0)
        for shown in ("  candidate  ", "  pair ", "  path  ", "checking after", "nominated"):
            self.assertTrue(any(shown in line for line in one.lines), shown)

    def test_code_as_argument(self):
        one = self.start_person("--label", "asks")
        other = self.start_person("--label", "answers", one.code())
        one.type(other.code())
        self.check_talk(one, other)
        listing = self.start_fram("sessions", "--json")
        listing.wait_end()
        roles = {row["label"]: row["role"] for row in json.loads(listing.lines[0])}
        self.assertEqual(roles, {"asks": "controlling", "answers": "controlled"})

    def test_streams(self):
        """Each stream has candidates in the code, and a path."""
        one = self.start_person("--streams", "3")
        other = self.start_person("--streams", "3", one.code())
        one.type(other.code())
        self.check_talk(one, other)
        for person in (one, other):
            self.assertRegex(person.code(), "^fram2:")
            for stream in range(3):
                person.wait_line("path", re.compile(rf"  path  .*, stream {stream}$").match)
            self.assertFalse([line for line in person.lines if line.endswith(", stream 3")])

    def test_streams_of_one_alone(self):
        """Who has fewer is told so by the service."""
        one = self.start_person("--streams", "2")
        other = self.start_person(one.code())
        self.assertEqual(other.wait_end(), 1)
        self.assertIn("There is no stream 1", other.said())
        third = self.start_person()
        third.type(one.code())
        third.wait_text("There is no stream 1")

    def test_one_stream(self):
        """Nothing is said of streams, and the code is one that an older Fram takes."""
        one, other = self.start_person("--streams", "1"), self.start_person("--components", "2")
        self.assertRegex(other.code(), "^fram1:")
        one.type(other.code())
        other.type(one.code())
        self.assertRegex(one.code(), "^fram1:")
        for person in (one, other):
            person.wait_text("checking after")
            self.assertNotIn("stream", "\n".join(person.lines))

    def test_wrong_codes(self):
        one, other = self.start_person(), self.start_person()
        code = other.code()
        for wrong, answer in (
            ("hello", "This is no code"),
            ("fram3:abc", "a later version"),
            (code[:-4], "damaged"),
            (one.code(), "your own code"),
        ):
            one.type(wrong)
            one.wait_text(answer)
        one.type("")
        one.type("  " + code + " ")
        other.type(one.code())
        self.check_talk(one, other)

    def test_wrong_code_as_argument(self):
        person = self.start_person("fram1:AAAA")
        self.assertEqual(person.wait_end(), 2)
        self.assertIn("damaged", person.said())

    def test_echo(self):
        one, other = self.start_person(), self.start_person("--echo")
        one.type(other.code())
        other.type(one.code())
        for person in (one, other):
            person.wait_text("completed after")
        one.type("hello")
        one.wait_text("< echo:hello")

    def test_lines_typed_early_wait(self):
        """What follows the code is for the peer, and is kept until there is a way to it."""
        one, other = self.start_person(), self.start_person()
        one.write(f"{other.code()}\nfirst\nsecond\n")
        other.type(one.code())
        other.wait_text("< second")
        self.assertEqual([line for line in other.lines if line.startswith("< ")],
                         ["< first", "< second"])

    def test_peer_cannot_steer_the_terminal(self):
        one, other = self.start_person(), self.start_person()
        one.type(other.code())
        other.type(one.code())
        one.wait_text("completed after")
        one.type("\033[2Jgone\a")
        self.assertEqual(other.wait_text("gone"), "< \ufffd[2Jgone\ufffd")

    def test_end_of_input_before_the_code(self):
        person = self.start_person()
        person.code()
        person.close_input()
        self.assertEqual(person.wait_end(), 1)
        self.assertIn("before there was a connection", person.said())

    def test_interrupted(self):
        person = self.start_person()
        person.code()
        person.handle.send_signal(signal.SIGINT)
        self.assertEqual(person.wait_end(), 130)

    def test_service_killed(self):
        person = self.start_person()
        person.code()
        self.service.kill()
        self.assertEqual(person.wait_end(), 3)
        person.wait_text("closed after")


class Asking(harness.Case):
    """Who names a user at a server is asked for the password."""

    def setUp(self):
        super().setUp()
        self.start_mock()

    def ask(self):
        person = self.start_fram("connect", "--server", "turn:a.example", "--user", "ann",
                                 kind=harness.Terminal)
        person.wait_screen("Password of ann at turn:a.example: ")
        self.assertFalse(person.shows_input())
        return person

    def test_password(self):
        person = self.ask()
        person.write("open sesame\n")
        self.assertTrue(person.wait_line("code", CODE.match))
        self.assertTrue(person.shows_input())
        self.assertNotIn("open sesame", person.said() + "".join(person.lines))
        self.assertEqual(self.calls("CreateSession")[0]["descriptors"], ["open sesame\0"])

    def test_interrupted(self):
        person = self.ask()
        person.write("\x03")
        self.assertEqual(person.wait_end(), 130)
        self.assertEqual(self.calls("CreateSession"), [])


class Show(harness.Case):
    """The commands that show what there is."""

    def run_fram(self, *arguments):
        program = self.start_fram(*arguments)
        status = program.wait_end()
        return status, program.lines, program.said()

    def make_session(self):
        self.start_mock()
        program = self.start_json("--label", "shown")
        program.wait_event("local")

    def test_status(self):
        self.start_mock()
        status, lines, _ = self.run_fram("status")
        self.assertEqual(status, 0)
        self.assertEqual(dict(line.split(None, 1) for line in lines), {
            "version": "9.9.9", "features": "gro, gso", "packets-in": str(1 << 40),
            "sessions": "0",
        })

    def test_status_json(self):
        self.start_mock()
        status, lines, _ = self.run_fram("status", "--json")
        self.assertEqual(status, 0)
        self.assertEqual(json.loads(lines[0]), {
            "version": "9.9.9", "features": ["gro", "gso"], "packets-in": 1 << 40,
            "sessions": 0,
        })

    def test_no_sessions(self):
        self.start_mock()
        self.assertEqual(self.run_fram("sessions"), (0, ["No sessions."], ""))
        self.assertEqual(self.run_fram("sessions", "--json"), (0, ["[]"], ""))

    def test_sessions(self):
        self.make_session()
        status, lines, _ = self.run_fram("sessions")
        self.assertEqual(status, 0)
        self.assertEqual(len(lines), 2)
        for word in ("mock", "shown", "controlling", "new", "12 s"):
            self.assertIn(word, lines[1])
        self.assertEqual(lines[0].index("Label"), lines[1].index("shown"), "columns")

    def test_relayed_sessions(self):
        """By whom, for people."""
        self.start_mock(ListSessions="relayed")
        self.start_json("--label", "shown").wait_event("local")
        status, lines, _ = self.run_fram("sessions")
        self.assertEqual(status, 0)
        self.assertIn("relayed by turn.example.org", lines[1])
        self.assertEqual(lines[0].index("Way"), lines[1].index("relayed by"))
        status, lines, _ = self.run_fram("watch", "--count", "1")
        self.assertIn("relayed by turn.example.org", lines[1])

    def test_relay_without_a_name(self):
        self.start_mock(ListSessions="relayed", GetAllocations="error:org.fram.Ice1.Error.Failed")
        self.start_json("--label", "shown").wait_event("local")
        for command in (["sessions"], ["watch", "--count", "1"]):
            status, lines, _ = self.run_fram(*command)
            self.assertEqual(status, 0)
            self.assertIn("relayed by 203.0.113.9", lines[1])

    def test_sessions_json(self):
        self.make_session()
        _, lines, _ = self.run_fram("sessions", "--json", "--pairs")
        session = json.loads(lines[0])[0]
        self.assertEqual((session["label"], session["rtt_us"], session["age"]),
                         ("shown", None, 12))
        first, second = session["pairs"]
        self.assertEqual((first["local"], first["remote_type"], first["rtt_us"],
                          first["priority"], first["nominated"]),
                         ("192.0.2.1:9", "srflx", 1250, 9151314442783293438, True))
        self.assertIsNone(second["rtt_us"])

    def test_pairs(self):
        self.make_session()
        _, lines, _ = self.run_fram("sessions", "--pairs")
        table = "\n".join(lines)
        for word in ("Readable", "Writable", "Nominated", "Priority", "in-progress",
                     "9151314442783293438", "1.25 ms", "198.51.100.2:10 relay"):
            self.assertIn(word, table)

    def test_watch(self):
        self.make_session()
        status, lines, _ = self.run_fram("watch", "--count", "2", "--interval", "100")
        self.assertEqual(status, 0)
        titles = [line for line in lines if line.startswith("Session ")]
        self.assertEqual(len(titles), 1, "nothing changed, so there is one view")
        self.assertNotIn("\033", "".join(lines))

    def test_watch_interrupted(self):
        self.start_mock()
        program = self.start_fram("watch")
        program.wait_line("view", lambda line: line == "No sessions.")
        program.handle.send_signal(signal.SIGINT)
        self.assertEqual(program.wait_end(), 0)

    def test_watch_changes(self):
        self.start_mock()
        program = self.start_fram("watch", "--interval", "100")
        program.wait_line("first view", lambda line: line == "No sessions.")
        other = self.start_json("--label", "new one")
        other.wait_event("local")
        program.wait_line("second view", lambda line: "new one" in line)

    def test_watch_service_killed(self):
        self.start_mock()
        program = self.start_fram("watch")
        program.wait_line("view", lambda line: line == "No sessions.")
        self.mock.kill()
        self.assertEqual(program.wait_end(), 3)
        self.assertIn("framd", program.said())

    def test_watch_on_a_terminal(self):
        self.make_session()
        ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 10, 40, 0, 0))
        process = subprocess.Popen(
            ["setpriv", "--pdeathsig", "KILL", os.environ["FRAM"], "watch", "--count", "2",
             "--interval", "100"],
            stdout=theirs, env=self.environment,
        )
        os.close(theirs)
        screen = b""
        while True:
            try:
                data = os.read(ours, 65536)
            except OSError:  # the other end is closed
                break
            screen += data
        os.close(ours)
        self.assertEqual(process.wait(harness.PATIENCE), 0)
        views = screen.decode().split("\033[H")[1:]
        self.assertEqual(len(views), 3, "an empty one, and two that replace it")
        for line in views[-1].replace("\033[J", "").split("\r\n"):
            self.assertLessEqual(len(line.replace("\033[K", "")), 40)
        self.assertLess(views[-1].count("\r\n"), 10)


class Usage(harness.Case):
    """Options, help, and the service that is not there."""

    def run_fram(self, *arguments):
        program = self.start_fram(*arguments)
        status = program.wait_end()
        return status, "\n".join(program.lines), program.said()

    def test_help(self):
        for command in ([], ["connect"], ["status"], ["sessions"], ["watch"]):
            status, text, said = self.run_fram(*command, "--help")
            self.assertEqual((status, said), (0, ""))
            self.assertIn("Exit status: 0 done", text)
            self.assertIn(" ".join(["fram", *command]), text)

    def test_version(self):
        status, text, _ = self.run_fram("--version")
        self.assertEqual(status, 0)
        self.assertRegex(text, r"^fram \d+\.\d+\.\d+$")

    def test_wrong_usage(self):
        for arguments, sentence in (
            ([], "COMMAND"),
            (["fly"], "no command “fly”"),
            (["status", "--colour"], "--colour"),
            (["status", "now"], "no use for “now”"),
            (["watch", "--interval", "1"], "100 to 60000"),
            (["connect", "--role", "captain"], "captain"),
            (["connect", "--policy", "none"], "none"),
            (["connect", "--user", "ann"], "--server before it"),
            (["connect", "--server", "stun:x", "--password-file", "/not/there"], "/not/there"),
            (["connect", "--server", "turn:x", "--user", "ann"], "--password-file tells"),
            (["connect", "--json", "fram1:x"], "--json"),
            (["connect", "--trickle"], "--trickle needs --json"),
            (["connect", "--dscp", "64"], "--dscp is 0 to 63"),
            (["connect", "--dscp=-1"], "--dscp is 0 to 63"),
            (["connect", "--streams", "0"], "--streams is 1 to 8"),
            (["connect", "--streams", "9"], "--streams is 1 to 8"),
            (["connect", "--streams=-1"], "--streams is 1 to 8"),
            (["connect", "--components", "5"], "--components is 1 to 4"),
        ):
            status, _, said = self.run_fram(*arguments)
            self.assertEqual(status, 2, arguments)
            self.assertIn(sentence, said)

    def test_no_service(self):
        for command in ("status", "sessions", "watch", "connect"):
            status, _, said = self.run_fram(command)
            self.assertEqual(status, 3, command)
            self.assertIn("framd", said)

    def test_no_bus(self):
        self.environment["DBUS_SESSION_BUS_ADDRESS"] = "unix:path=/not/there"
        for command in ("status", "connect"):
            status, _, said = self.run_fram(command)
            self.assertEqual(status, 3, command)
            self.assertIn("no session bus", said)

    def test_started_when_wanted(self):
        self.make_mock_startable()
        status, text, _ = self.run_fram("status")
        self.assertEqual(status, 0)
        self.assertIn("9.9.9", text)


if __name__ == "__main__":
    harness.main()
