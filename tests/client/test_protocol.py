#!/usr/bin/python3
"""`fram connect --json`: the lines it prints, takes, and answers to wrong ones."""

import signal

import harness
from harness import wait
from mock_framd import LINES

LOCAL = {"ev", "ufrag", "pwd", "candidates", "role", "options", "pacing", "gather_ms"}


def description(event, **more):
    """What is passed on of a `local` event."""
    return {k: event[k] for k in ("ufrag", "pwd", "candidates", "options", "pacing")} | more


class Two(harness.Case):
    """Two programs that talk to each other through one service."""

    def setUp(self):
        super().setUp()
        self.service = self.start_framd()

    def start_two(self, *arguments):
        self.one = self.start_json("--role", "controlling", *arguments)
        self.other = self.start_json("--role", "controlled", "--echo", *arguments)

    def wait_completed(self):
        for program in (self.one, self.other):
            program.wait_event("state", state="completed")

    def check_quit(self):
        for program in (self.one, self.other):
            program.tell(quit=1)
            self.assertEqual(program.wait_end(), 0, program.said())
            self.assertEqual(program.said(), "")


class Talk(Two):
    def connect(self):
        self.start_two()
        ours, theirs = self.one.wait_event("local"), self.other.wait_event("local")
        self.one.tell(**description(theirs))
        self.other.tell(**description(ours))
        self.wait_completed()

    def check_echo(self, text):
        self.one.tell(send=text)
        self.other.wait_event("recv", data=text)
        self.one.wait_event("recv", data="echo:" + text)

    def test_local(self):
        self.start_two()
        for program, role in ((self.one, "controlling"), (self.other, "controlled")):
            local = program.wait_event("local")
            self.assertEqual(set(local), LOCAL)
            self.assertEqual(local["role"], role)
            self.assertIsInstance(local["pacing"], int)
            self.assertGreater(local["gather_ms"], 0)
            self.assertIn("ice2", local["options"])
            self.assertTrue(local["candidates"])
            for line in local["candidates"]:
                self.assertRegex(line, r"^candidate:\S+ 1 (UDP|TCP) \d+ \S+ \d+ typ host")
        self.check_quit()

    def test_connection(self):
        self.connect()
        for program in (self.one, self.other):
            states = program.events("state")
            names = [event["state"] for event in states]
            # A pair that is nominated before it is valid completes at once (RFC 8445 §7.3.1.5).
            self.assertIn(names, (["checking", "connected", "completed"],
                                  ["checking", "completed"]))
            for event in states:
                self.assertEqual(set(event), {"ev", "state", "ms"})
                self.assertGreaterEqual(event["ms"], 0)
                self.assertLess(event["ms"], harness.PATIENCE * 1000)
        pairs = [program.wait_event("selected") for program in (self.one, self.other)]
        for event in pairs:
            self.assertEqual(set(event), {"ev", "component", "local", "remote"})
            self.assertRegex(event["local"], r"^\S+:\d+ host udp$")
        self.assertEqual(pairs[0]["local"], pairs[1]["remote"])
        self.check_quit()

    def test_texts(self):
        self.connect()
        for text in ("a", "blåbær ⛵", "x" * 1150, 'quotes " and \\ and \n'):
            self.check_echo(text)
        self.check_quit()

    def test_trickle(self):
        self.start_two("--trickle")
        passed = {self.one: 0, self.other: 0}

        def pass_on(teller, listener):
            events = [e for e in teller.events() if e["ev"] in
                      ("local", "candidate", "end-of-candidates")]
            for event in events[passed[teller]:]:
                if event["ev"] == "local":
                    self.assertEqual(set(event), LOCAL)
                    self.assertIn("trickle", event["options"])
                    listener.tell(**description(event), end=False)
                elif event["ev"] == "candidate":
                    self.assertEqual(set(event), {"ev", "candidate"})
                    listener.tell(candidate=event["candidate"])
                else:
                    self.assertEqual(event, {"ev": "end-of-candidates"})
                    listener.tell(end=True)
            passed[teller] = len(events)

        def both_are_up():
            pass_on(self.one, self.other)
            pass_on(self.other, self.one)
            return all(program.events("state")
                       and program.events("state")[-1]["state"] == "completed"
                       and program.events("end-of-candidates")
                       for program in (self.one, self.other))

        wait("connection", both_are_up)
        for program in (self.one, self.other):
            told = program.wait_event("local")["candidates"]
            told += [event["candidate"] for event in program.events("candidate")]
            self.assertEqual(len(told), len(set(told)), "each candidate once")
            self.assertEqual(len(program.events("end-of-candidates")), 1)
        self.check_echo("trickled")
        self.check_quit()

    def test_restart(self):
        self.connect()
        for program in (self.one, self.other):
            program.tell(restart=1)
            wait("new description", lambda: len(program.events("local")) == 2)
        first, second = self.one.events("local")
        self.assertNotEqual(first["ufrag"], second["ufrag"])
        self.assertNotEqual(first["pwd"], second["pwd"])
        self.one.tell(**description(self.other.events("local")[1]))
        self.other.tell(**description(second))
        for program in (self.one, self.other):
            wait("second outcome", lambda: [e["state"] for e in program.events("state")]
                 .count("completed") == 2)
        self.check_echo("after the restart")
        self.assertEqual(self.one.events("error"), [])
        self.check_quit()

    def test_stats(self):
        self.connect()
        self.check_echo("counted")
        self.one.tell(stats=1)
        self.one.tell(stats=1)
        wait("two answers", lambda: len(self.one.events("stats")) == 2)
        stats = self.one.wait_event("stats")
        self.assertEqual(stats["state"], "completed")
        self.assertEqual(stats["role"], "controlling")
        counters = stats["components"]["0.1"]
        self.assertEqual((counters["packets-sent"], counters["packets-received"]), (1, 1))
        selected = [pair for pair in stats["pairs"] if pair["selected"]]
        self.assertEqual(len(selected), 1)
        self.assertTrue(selected[0]["nominated"] and selected[0]["writable"])
        self.assertGreaterEqual(selected[0]["rtt_us"], 0)
        report = stats["report"]
        pair = report[report["transport-0.1"]["selectedCandidatePairId"]]
        self.assertEqual((pair["packetsSent"], pair["bytesReceived"]),
                         (1, counters["bytes-received"]))
        self.assertEqual(round(pair["currentRoundTripTime"] * 1e6), selected[0]["rtt_us"])
        self.check_quit()

    def test_wrong_lines_disturb_nobody(self):
        self.connect()
        wrong = [
            "nonsense", "{", "[]", "3", '"text"', "null", "{}", '{"unknown":1}',
            '{"send":1}', '{"send":null}', '{"candidate":{}}', '{"ufrag":"abcd"}',
            '{"pwd":"' + "p" * 22 + '"}', '{"ufrag":1,"pwd":2}', '{"end":false}',
            '{"ufrag":"abcd","pwd":"' + "p" * 22 + '","candidates":"no list"}',
            '{"ufrag":"abcd","pwd":"' + "p" * 22 + '","candidates":[1]}',
            '{"ufrag":"abcd","pwd":"' + "p" * 22 + '","pacing":-1}',
            '{"ufrag":"abcd","pwd":"' + "p" * 22 + '","end":1}',
            '{"candidate":"candidate:no line at all"}',
            '{"send":""}', '{"send":"' + "x" * 70_000 + '"}',
            b'{"send":"\xff"}', b'{"send":"\0"}', "x" * 300_000,
            '{"send":"' + "[" * 1000 + '"', "[" * 100,
        ]
        for number, line in enumerate(wrong, 1):
            self.one.write((line if isinstance(line, bytes) else line.encode()) + b"\n")
            wait(f"error for {line[:60]!r}",
                 lambda: len(self.one.events("error")) >= number)
        self.assertEqual(len(self.one.events("error")), len(wrong))
        for event in self.one.events("error"):
            self.assertEqual(set(event), {"ev", "message"})
            self.assertGreater(len(event["message"]), 5)
        self.one.write("\n")
        self.check_echo("undisturbed")
        self.check_quit()

    def test_unknown_members_are_ignored(self):
        self.start_two()
        ours, theirs = self.one.wait_event("local"), self.other.wait_event("local")
        self.one.tell(**theirs, colour="blue")
        self.other.tell(**ours, end=True)
        self.wait_completed()
        self.assertEqual(self.one.events("error") + self.other.events("error"), [])
        self.check_quit()

    def test_wrong_description_then_right(self):
        self.start_two()
        ours, theirs = self.one.wait_event("local"), self.other.wait_event("local")
        self.one.tell(ufrag="x", pwd="y", candidates=[])
        wait("first error", lambda: len(self.one.events("error")) == 1)
        self.one.tell(**description(theirs, candidates=["candidate:nonsense"]))
        wait("second error", lambda: len(self.one.events("error")) == 2)
        self.one.tell(**description(theirs))
        self.other.tell(**description(ours))
        self.wait_completed()
        self.check_quit()

    def test_roles_in_conflict(self):
        self.one = self.start_json("--role", "controlling")
        self.other = self.start_json("--role", "controlling", "--echo")
        ours, theirs = self.one.wait_event("local"), self.other.wait_event("local")
        self.one.tell(**description(theirs))
        self.other.tell(**description(ours))
        self.wait_completed()

        def roles():
            for program in (self.one, self.other):
                program.tell(stats=1)
            return {program.wait_event("stats")["role"] for program in (self.one, self.other)}

        wait("two roles", lambda: roles() == {"controlling", "controlled"})
        self.check_echo("resolved")
        self.check_quit()

    def test_end_of_input_after_the_outcome(self):
        self.connect()
        self.one.close_input()
        self.assertEqual(self.one.wait_end(), 0)

    def test_end_of_input_with_echo(self):
        """Who echoes goes on after the end of its input."""
        self.connect()
        self.other.close_input()
        self.check_echo("still there")
        self.assertIsNone(self.other.handle.poll())

    def test_end_of_input_before_the_outcome(self):
        """A whole conversation can be a file: what is under way comes to its end."""
        self.start_two()
        ours, theirs = self.one.wait_event("local"), self.other.wait_event("local")
        self.one.tell(**description(theirs))
        self.one.close_input()
        self.other.tell(**description(ours))
        self.assertEqual(self.one.wait_end(), 0)
        self.assertIn("connected", [event["state"] for event in self.one.events("state")])

    def test_end_of_input_without_a_peer(self):
        program = self.start_json()
        program.close_input()
        self.assertEqual(program.wait_end(), 0)
        self.assertEqual([event["ev"] for event in program.events()][0], "local")

    def test_service_killed(self):
        self.connect()
        self.service.kill()
        for program in (self.one, self.other):
            self.assertEqual(program.wait_end(), 3)
            self.assertEqual(program.events("state")[-1]["state"], "closed")
            self.assertIn("service", program.wait_event("error")["message"])

    def test_killed_application_leaves_nothing(self):
        self.connect()
        self.one.kill()
        listing = ["unknown"]

        def only_one_is_left():
            program = self.start_fram("sessions", "--json")
            program.wait_end()
            listing[0] = program.lines[0]
            return listing[0].count('"path"') == 1

        wait(f"end of its session, not {listing}", only_one_is_left, patience=5)


class Streams(Two):
    """With two streams of two components each."""

    KEYS = ("ufrag", "pwd", "streams", "options", "pacing")

    def start_two(self, *arguments):
        super().start_two("--streams", "2", "--components", "2", *arguments)

    def pass_descriptions(self, number=0, **more):
        wait("descriptions", lambda: all(len(program.events("local")) > number
                                         for program in (self.one, self.other)))
        for teller, listener in ((self.one, self.other), (self.other, self.one)):
            event = teller.events("local")[number]
            listener.tell(**{key: event[key] for key in self.KEYS}, **more)

    def connect(self):
        self.start_two()
        self.pass_descriptions()
        self.wait_completed()

    def check_echo(self, text):
        """An answer takes the stream that the question took."""
        for stream in (1, 0):
            self.one.tell(send=f"{text} {stream}", stream=stream)
            self.other.wait_event("recv", stream=stream, data=f"{text} {stream}")
            self.one.wait_event("recv", stream=stream, data=f"echo:{text} {stream}")
        self.one.tell(send=f"{text} besides")
        self.other.wait_event("recv", stream=0, data=f"{text} besides")

    def test_local(self):
        self.start_two()
        local = self.one.wait_event("local")
        self.assertEqual(set(local), LOCAL - {"candidates"} | {"streams"})
        self.assertEqual(len(local["streams"]), 2)
        for lines in local["streams"]:
            self.assertEqual({line.split()[1] for line in lines}, {"1", "2"})
        self.check_quit()

    def test_connection(self):
        self.connect()
        self.check_echo("over both")
        for program in (self.one, self.other):
            pairs = program.events("selected")
            self.assertEqual({tuple(event) for event in pairs},
                             {("ev", "stream", "component", "local", "remote")})
            self.assertEqual({(event["stream"], event["component"]) for event in pairs},
                             {(0, 1), (0, 2), (1, 1), (1, 2)})
        self.one.tell(stats=1)
        # Of those that have sockets.
        self.assertEqual(set(self.one.wait_event("stats")["components"]), {"0.1", "1.1"})
        self.check_quit()

    def test_texts(self):
        self.connect()
        self.one.tell(send="nowhere", stream=2)
        self.assertIn("no stream 2", self.one.wait_event("error")["message"])
        self.check_echo("goes on")
        self.check_quit()

    def test_trickle(self):
        """A candidate is told once for each stream, and with it."""
        self.start_two("--trickle")
        self.pass_descriptions(end=False)
        for program in (self.one, self.other):
            program.wait_event("end-of-candidates")
        for teller, listener in ((self.one, self.other), (self.other, self.one)):
            told = [(event["stream"], event["candidate"]) for event in teller.events("candidate")]
            told += [(stream, line) for stream, lines in
                     enumerate(teller.wait_event("local")["streams"]) for line in lines]
            self.assertEqual(len(told), len(set(told)))
            self.assertEqual({(stream, line.split()[1]) for stream, line in told},
                             {(0, "1"), (0, "2"), (1, "1"), (1, "2")})
            for event in teller.events("candidate"):
                listener.tell(candidate=event["candidate"], stream=event["stream"])
            listener.tell(end=True)
        self.wait_completed()
        self.check_echo("trickled")
        self.check_quit()

    def test_restart(self):
        self.connect()
        for program in (self.one, self.other):
            program.tell(restart=1)
        self.pass_descriptions(1)
        for program in (self.one, self.other):
            wait("second outcome", lambda: [e["state"] for e in program.events("state")]
                 .count("completed") == 2)
        self.check_echo("after the restart")
        self.check_quit()


class Mocked(harness.Case):
    """What cannot be had from a service that is well."""

    def run_json(self, *lines, faults=None, arguments=()):
        self.start_mock(**(faults or {}))
        program = self.start_json(*arguments)
        program.wait_event("local")
        for line in lines:
            program.tell(**line)
        program.close_input()
        return program

    def test_failure(self):
        program = self.run_json({"ufrag": "peer", "pwd": "p" * 22, "candidates": []},
                                faults={"SetRemoteDescription": "fail"})
        self.assertEqual(program.wait_end(), 1)
        self.assertEqual(program.events("state")[1], {"ev": "state", "state": "failed",
                                                      "ms": 3})

    def test_restart_advised(self):
        """It is told, and nothing is done: restarts are for who talks to the program."""
        program = self.run_json({"ufrag": "peer", "pwd": "p" * 22, "candidates": []},
                                faults={"SetRemoteDescription": "advise"})
        self.assertEqual(program.wait_end(), 0)
        self.assertEqual(program.events("restart-advised"), [{
            "ev": "restart-advised", "cause": "no-pair-left",
            "explanation": "The path was lost."}])
        self.assertEqual(self.calls("Restart"), [])

    def test_times_are_milliseconds(self):
        program = self.run_json({"ufrag": "peer", "pwd": "p" * 22, "candidates": []})
        self.assertEqual(program.wait_end(), 0)
        self.assertEqual(program.wait_event("local")["gather_ms"], 1.5)
        self.assertEqual(program.events("state")[:3], [
            {"ev": "state", "state": "checking", "ms": 0},
            {"ev": "state", "state": "connected", "ms": 2.5},
            {"ev": "state", "state": "completed", "ms": 4},
        ])
        self.assertEqual(program.wait_event("selected"), {
            "ev": "selected", "component": 1, "local": "192.0.2.1:9 host udp",
            "remote": "198.51.100.2:9 srflx udp",
        })

    def test_what_the_service_is_told(self):
        program = self.run_json(
            {"ufrag": "peer", "pwd": "p" * 22, "candidates": [LINES[0]], "pacing": 20,
             "options": ["ice2"], "end": False},
            {"candidate": LINES[1]},
            {"end": True},
        )
        self.assertEqual(program.wait_end(), 0)
        calls = {method: [call["arguments"] for call in self.calls(method)] for method in
                 ("SetRemoteDescription", "AddRemoteCandidates", "EndRemoteCandidates")}
        self.assertEqual(calls, {
            "SetRemoteDescription": [["peer", "p" * 22, ["ice2"], 20, [[0, LINES[0]]],
                                      False]],
            "AddRemoteCandidates": [["", [[0, LINES[1]]]]],
            "EndRemoteCandidates": [[""]],
        })

    def test_options(self):
        secret = self.folder / "secret"
        secret.write_text("open sesame\n")
        program = self.run_json(arguments=[
            "--role", "controlled", "--policy", "relay", "--label", "for people",
            "--trickle", "--no-tcp", "--no-settings-servers", "--server", "stun:a.example.org",
            "--server", "turn:b.example.org", "--user", "ann", "--password-file", secret, "--dscp", "46",
        ])
        self.assertEqual(program.wait_end(), 0)
        call = self.calls("CreateSession")[0]
        wanted = call["arguments"][0]
        del wanted["token"]
        self.assertEqual(wanted, {
            "role": "controlled", "policy": "relay", "label": "for people", "trickle": True, "tcp": False,
            "dscp": 46, "servers": [["stun:a.example.org", ""], ["turn:b.example.org", "ann"]],
            "passwords": 0, "settings-servers": False,
        })
        self.assertEqual(call["descriptors"], ["\0open sesame\0"])

    def test_password_by_input(self):
        """The first line is the password, and no object."""
        self.start_mock()
        program = self.start_json("--server", "turn:b.example.org", "--user", "ann",
                                  "--password-file", "-")
        program.write("open sesame\n")
        program.tell(quit=1)
        self.assertEqual(program.wait_end(), 0)
        self.assertEqual(self.calls("CreateSession")[0]["descriptors"], ["open sesame\0"])
        self.assertEqual(program.events("error"), [])

    def test_refused_session(self):
        self.start_mock(CreateSession="error:org.fram.Ice1.Error.LimitExceeded")
        program = self.start_json()
        self.assertEqual(program.wait_end(), 1)
        self.assertEqual(program.events(), [{"ev": "error", "message": "As it was told to."}])

    def test_no_service(self):
        program = self.start_json()
        self.assertEqual(program.wait_end(), 3)
        self.assertIn("framd", program.wait_event("error")["message"])

    def test_interrupted(self):
        self.start_mock()
        for number in (signal.SIGINT, signal.SIGTERM):
            program = self.start_json()
            program.wait_event("local")
            program.handle.send_signal(number)
            self.assertEqual(program.wait_end(), 130)
        self.assertEqual(len(self.calls("Close")), 2)


if __name__ == "__main__":
    harness.main()
