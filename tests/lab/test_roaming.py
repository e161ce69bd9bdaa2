#!/usr/bin/python3
"""Networks change while two ends talk.  With candidates passed on they hear each other again,
whatever changed; without, where the peer need be told nothing; else both ends are told that
they do not.  How long it takes is not asked here."""

import calls
import cases
import roaming
from calls import harness


class Roaming(cases.LabCase):
    """Cases for each change, told and untold, are made below."""

    def check_recovers(self, call):
        seconds = call.talk(calls.GIVING_UP)
        self.assertIsNotNone(seconds, call.stage.transcript())
        print(f"They hear each other after {seconds:.2f} s")
        harness.check_data(call.stage, call.caller, call.called)
        ends = (call.caller, call.called)
        call.stage.wait("agreement that all is well", lambda: all(map(harness.is_up, ends)))

    def check_is_noticed(self, call):
        """Both know that they do not hear each other; what was sent did not come."""
        ends = (call.caller, call.called)
        call.stage.wait(
            "notice of both",
            lambda: all(call.state(end) in ("disconnected", "failed") for end in ends),
        )
        for end in ends:
            cause, explanation = calls.End(end).cause(call.stage)
            print(f"{call.state(end)}: {cause}: {explanation}")
            self.assertTrue(cause and explanation)
        self.assertIsNone(call.talk(1))

    def check(self, name, passed_on):
        change = roaming.CHANGES[name]
        with roaming.call(self.lab, change, roaming.start_fram(passed_on)) as call:
            change.act(call)
            if passed_on or change.can_heal:
                self.check_recovers(call)
            else:
                self.check_is_noticed(call)


def add_cases():
    for name in roaming.CHANGES:
        for passed_on in (True, False):

            def case(self, name=name, passed_on=passed_on):
                self.check(name, passed_on)

            words = "passed_on" if passed_on else "not_passed_on"
            setattr(Roaming, f"test_{name.replace('-', '_')}_{words}", case)


add_cases()

if __name__ == "__main__":
    cases.main()
