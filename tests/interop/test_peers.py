#!/usr/bin/python3
"""libnice against aioice: that the peers and the harness work, without Fram."""

import unittest

import harness
from processes import Failure, Stage


class Peers(unittest.TestCase):
    """Named cases are made below: place, and who controls."""

    def connect(self, place, nice_role, *flags):
        aioice_role = "controlled" if nice_role == "controlling" else "controlling"
        place = harness.PLACES[place]()
        with Stage() as stage:
            nice = harness.start_peer(
                stage, "nice", nice_role, place.one, place.addresses, *flags
            )
            aioice = harness.start_peer(
                stage, "aioice", aioice_role, place.other, place.addresses, "--echo"
            )
            harness.introduce(stage, nice, aioice)
            harness.wait_connected(stage, nice, aioice)
            for end in (nice, aioice):
                harness.check_types(self, end)
            harness.check_data(stage, nice, aioice)

    def test_aggressive_nomination(self):
        self.connect("two_hosts", "controlling", "--aggressive")

    def test_two_components(self):
        place = harness.two_hosts()
        with Stage() as stage:
            nice = harness.start_peer(
                stage, "nice", "controlling", place.one, [], "--components", "2"
            )
            aioice = harness.start_peer(
                stage, "aioice", "controlled", place.other, [], "--components", "2"
            )
            harness.introduce(stage, nice, aioice)
            harness.wait_connected(stage, nice, aioice, components=2)

    def test_both_controlling(self):
        place = harness.two_hosts()
        with Stage() as stage:
            nice = harness.start_peer(stage, "nice", "controlling", place.one)
            aioice = harness.start_peer(
                stage, "aioice", "controlling", place.other, [], "--echo"
            )
            harness.introduce(stage, nice, aioice)
            harness.wait_connected(stage, nice, aioice)
            harness.check_data(stage, nice, aioice)

    def test_trickle(self):
        place = harness.two_hosts()
        with Stage() as stage:
            one, other = (
                harness.start_peer(stage, "nice", role, place.one, [], "--trickle", *echo)
                for role, echo in (("controlling", []), ("controlled", ["--echo"]))
            )
            harness.introduce(stage, one, other)
            harness.wait_connected(stage, one, other)
            self.assertEqual(one.last("local")["candidates"], [])
            self.assertNotEqual(one.all("candidate"), [])
            harness.check_data(stage, one, other)

    def test_bad_lines_disturb_nobody(self):
        place = harness.two_hosts()
        with Stage() as stage:
            nice = harness.start_peer(stage, "nice", "controlling", place.one)
            aioice = harness.start_peer(stage, "aioice", "controlled", place.other)
            for end in (nice, aioice):
                for line in ("no json", "[1]", '{"unknown": 1}', '{"candidate": "x"}'):
                    before = len(end.all("error"))
                    end.tell_text(line)
                    stage.wait("error", lambda: len(end.all("error")) > before)
            harness.introduce(stage, nice, aioice)
            harness.wait_connected(stage, nice, aioice)

    def test_wrong_password_is_a_failure(self):
        place = harness.two_hosts()
        with Stage() as stage:
            nice = harness.start_peer(stage, "nice", "controlling", place.one)
            aioice = harness.start_peer(stage, "aioice", "controlled", place.other)
            stage.wait("local", lambda: nice.last("local") and aioice.last("local"))
            for end in (nice, aioice):
                end.last("local")["pwd"] = "x" * 22
            harness.introduce(stage, nice, aioice)
            with self.assertRaises(Failure):
                harness.wait_connected(stage, nice, aioice, patience=2)

    def test_end_of_a_program_is_a_failure(self):
        place = harness.two_hosts()
        with Stage() as stage:
            nice = harness.start_peer(stage, "nice", "controlling", place.one)
            aioice = harness.start_peer(stage, "aioice", "controlled", place.other)
            stage.wait("local", lambda: nice.last("local") and aioice.last("local"))
            nice.tell(quit=1)
            with self.assertRaisesRegex(Failure, "nice-controlling-0 ended"):
                harness.wait_connected(stage, nice, aioice)


def add_cases():
    for place in harness.PLACES:
        for role in ("controlling", "controlled"):

            def case(self, place=place, role=role):
                self.connect(place, role)

            setattr(Peers, f"test_{place}_nice_{role}", case)


add_cases()

if __name__ == "__main__":
    harness.main()
