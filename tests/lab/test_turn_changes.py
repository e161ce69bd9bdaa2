#!/usr/bin/python3
"""Two ends talk by relays alone, and the way to the server changes, or the server: they hear
each other again.  How long it takes is not asked here."""

import calls
import cases
import relaying
import topology
from calls import harness
from processes import Stage


def lose_mappings(host, _):
    host.interface.behind.lose_mappings()


def change_public_address(host, _):
    host.interface.behind.change_public_address()


def change_address(host, _):
    host.interface.change_address()


def leave_and_come_back(host, _):
    host.interface.down()
    host.interface.change_address()
    host.interface.up()


def restart(_, server):
    """It knows of no allocation any more."""
    server.process.kill()
    server.process.wait()
    server.start()


class TurnChanges(cases.LabCase):
    def check(self, change, *lines, stays=False):
        """`stays`: the allocations by which they talk are the first ones still."""
        server = self.lab.turn_server(*lines)
        with Stage() as stage:
            hosts, ends = [], []
            for number, role in enumerate(calls.OTHER_ROLE):
                hosts += topology.build(self.lab, f"host-{number}=symmetric")
                flags = ["--policy", "relay", "--trickle"]
                if role == "controlled":
                    flags.append("--echo")
                ends.append(
                    relaying.start_fram(stage, role, hosts[-1], self.lab, [server.uri], *flags)
                )
            harness.introduce(stage, *ends)
            both = [calls.End(end) for end in ends]
            calls.await_outcome(stage, *both)
            relaying.await_echo(stage, ends[0])
            paths = [harness.selected_pairs(end) for end in ends]
            change(hosts[0], server)
            print(f"They hear each other after {relaying.await_echo(stage, ends[0]):.2f} s")
            for end in both:
                self.assertEqual(end.types(), ("relay", "relay"))
            if stays:
                self.assertEqual([harness.selected_pairs(end) for end in ends], paths)
                self.assertFalse(any(made.is_over for made in server.allocations()[:2]))

    def test_lost_mapping(self):
        self.check(lose_mappings)

    def test_new_public_address(self):
        self.check(change_public_address)

    def test_new_address(self):
        self.check(change_address)

    def test_new_address_with_mobility(self):
        """It stays, and so does the path."""
        self.check(change_address, "mobility", stays=True)

    def test_gap_with_mobility(self):
        """Without a network for a while, and then in another one."""
        self.check(leave_and_come_back, "mobility", stays=True)

    def test_restarted_server(self):
        self.check(restart)


if __name__ == "__main__":
    cases.main()
