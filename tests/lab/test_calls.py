#!/usr/bin/python3
"""Fram calls Fram from everywhere: directly wherever there is a way, else it says why not."""

import itertools

import calls
import cases


def why_not(place):
    """Whom nothing reaches, by word, and what is said of the NAT."""
    return "symmetric-nat" if place == "symmetric" else "peer-silent", calls.NAMES[place]


class Calls(cases.LabCase):
    """Cases for all pairs of places are made below."""

    def check_connected(self, stage, ends, types):
        for end, expected in zip(ends, (types, types[::-1])):
            print(
                f"gathered in {end.gathering_ms():.1f} ms, connected in {end.connected_ms()} ms:"
                f" {' and '.join(end.types())}"
            )
            self.assertEqual(end.types(), expected)
        calls.harness.check_data(stage, ends[0].process, ends[1].process)

    def check_failed(self, stage, ends, expected):
        """Each end says why, by a word and by what its sentence has in it."""
        for end, (word, words) in zip(ends, expected):
            self.assertEqual(end.state(), "failed")
            cause, explanation = end.cause(stage)
            print(f"{cause}: {explanation}")
            self.assertEqual(cause, word)
            self.assertIn(words, explanation)

    def call(self, place, other):
        server = self.lab.stun_server()
        with calls.fram_and_fram(self.lab, place, other, server.uri) as (stage, *ends):
            calls.await_outcome(stage, *ends)
            if calls.has_direct_path(place, other):
                self.check_connected(stage, ends, (calls.TYPES[place], calls.TYPES[other]))
            else:
                self.check_failed(stage, ends, [why_not(where) for where in (place, other)])

    def call_without_servers(self, other):
        """Who is in the open is reached, and learns where from."""
        dead = calls.dead_servers(self.lab)
        with calls.fram_and_fram(self.lab, "open", other, *dead) as (stage, *ends):
            calls.await_outcome(stage, *ends)
            self.check_connected(stage, ends, ("host", "host" if other == "open" else "prflx"))

    def test_dead_servers_and_no_way(self):
        """All others at once, for it takes its time to be sure."""
        dead = calls.dead_servers(self.lab)
        nats = [place for place in calls.PLACES if place != "open"]
        with calls.Stage() as stage:
            pairs = [
                calls.start_pair(self.lab, stage, places, dead, str(number))
                for number, places in enumerate(itertools.combinations_with_replacement(nats, 2))
            ]
            calls.await_outcome(stage, *itertools.chain(*pairs))
            for ends in pairs:
                self.check_failed(stage, ends, [("peer-private", "private addresses")] * 2)


def add_cases():
    for place, other in itertools.combinations_with_replacement(calls.PLACES, 2):

        def pair(self, place=place, other=other):
            self.call(place, other)

        setattr(Calls, f"test_{place}_and_{other}".replace("-", "_"), pair)
    for other in calls.PLACES:

        def dead(self, other=other):
            self.call_without_servers(other)

        setattr(Calls, f"test_dead_servers_open_and_{other}".replace("-", "_"), dead)


add_cases()

if __name__ == "__main__":
    cases.main()
