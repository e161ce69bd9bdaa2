#!/usr/bin/python3
"""Fram calls Fram from everywhere: directly wherever there is a way, else it says why not."""

import itertools

import calls
import cases


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

    def check_failed(self, stage, ends):
        for end in ends:
            self.assertEqual(end.state(), "failed")
            cause, explanation = end.cause(stage)
            print(f"{cause}: {explanation}")
            self.assertEqual(cause, "no-pair-succeeded")

    def call(self, place, other):
        server = self.lab.stun_server()
        with calls.fram_and_fram(self.lab, place, other, server.uri) as (stage, *ends):
            calls.await_outcome(stage, *ends)
            if calls.has_direct_path(place, other):
                self.check_connected(stage, ends, (calls.TYPES[place], calls.TYPES[other]))
            else:
                self.check_failed(stage, ends)

    def call_without_server(self, other):
        """Who is in the open is reached, and learns where from."""
        server = self.lab.stun_server()
        server.stop()
        with calls.fram_and_fram(self.lab, "open", other, server.uri) as (stage, *ends):
            calls.await_outcome(stage, *ends)
            self.check_connected(stage, ends, ("host", "host" if other == "open" else "prflx"))

    def test_no_server_and_no_way(self):
        server = self.lab.stun_server()
        server.stop()
        with calls.fram_and_fram(self.lab, "full-cone", "full-cone", server.uri) as (stage, *ends):
            calls.await_outcome(stage, *ends)
            self.check_failed(stage, ends)


def add_cases():
    for place, other in itertools.combinations_with_replacement(calls.PLACES, 2):

        def pair(self, place=place, other=other):
            self.call(place, other)

        setattr(Calls, f"test_{place}_and_{other}".replace("-", "_"), pair)
    for other in calls.PLACES:

        def dead(self, other=other):
            self.call_without_server(other)

        setattr(Calls, f"test_dead_server_open_and_{other}".replace("-", "_"), dead)


add_cases()

if __name__ == "__main__":
    cases.main()
