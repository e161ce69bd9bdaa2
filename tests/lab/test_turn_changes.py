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


def make_known(stage, service, lab, uri):
    """A server that framd does not know is asked with and without a ticket, and coturn, whose
    threads share the work, may answer either first; after that framd knows, or asks with one."""
    service.command("config", "set", "linger", "0")
    first = relaying.start_fram_at(stage, "controlling", service, lab, [uri], "--policy", "relay")
    stage.wait("a relay", lambda: first.last("local"))
    stage.dismiss(first)


def has_two_relays(stage, fram):
    row = harness.selected_row(stage, fram)
    return row["local_type"] == row["remote_type"] == "relay"


class TurnChanges(cases.LabCase):
    def start_fram(self, stage, host, role, uri, is_known):
        service = relaying.start_service(stage, host)
        if is_known:
            make_known(stage, service, self.lab, uri)
        flags = ["--policy", "relay", "--trickle"]
        if role == "controlled":
            flags.append("--echo")
        return relaying.start_fram_at(stage, role, service, self.lab, [uri], *flags)

    def check(self, change, *lines, stays=False):
        """`stays`: the allocations by which they talk are the first ones still."""
        server = self.lab.turn_server(*lines)
        # Where its answer by UDP is late, it is asked by TCP too.
        uri = server.uri_by("udp") if stays else server.uri
        with Stage() as stage:
            hosts, ends = [], []
            for number, role in enumerate(calls.OTHER_ROLE):
                hosts += topology.build(self.lab, f"host-{number}=symmetric")
                ends.append(self.start_fram(stage, hosts[-1], role, uri, stays))
            harness.introduce(stage, *ends)
            calls.await_outcome(stage, *(calls.End(end) for end in ends))
            relaying.await_echo(stage, ends[0])
            paths = [harness.selected_pairs(end) for end in ends]
            n_made = len(server.allocations())
            change(hosts[0], server)
            print(f"They hear each other after {relaying.await_echo(stage, ends[0]):.2f} s")
            harness.wait_connected(stage, *ends)
            # A check from a new relay may come before the candidate, as peer-reflexive.
            stage.poll("two relays", lambda: all(has_two_relays(stage, end) for end in ends))
            if stays:
                self.assertEqual([harness.selected_pairs(end) for end in ends], paths)
                made = server.allocations()
                self.assertEqual(len(made), n_made)
                self.assertFalse(any(one.is_over and not one.is_given_back for one in made))

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
