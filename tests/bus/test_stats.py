"""What the W3C's statistics say, against what was really sent and received."""

import time

import world
from talk import Application, connect
from world import variant

HEADS = {"id", "type", "timestamp"}
DATA = {"packetsSent", "packetsReceived", "bytesSent", "bytesReceived"}
CHECKS = {"requestsSent", "requestsReceived", "responsesSent", "responsesReceived",
          "consentRequestsSent"}


def report(side):
    return side.call("GetStatsReport")[0]


def of_type(objects, kind):
    return [entry for entry in objects.values() if entry["type"] == kind]


def data_of(entry):
    return {name: entry[name] for name in DATA}


def selected(objects, component="0.1"):
    return objects[objects[f"transport-{component}"]["selectedCandidatePairId"]]


class Stats(world.Case):
    def completed(self, **more):
        sides = connect(self, **more)
        for side in sides:
            self.world.wait("selection", lambda at=side: at.states()[-1] == "completed")
        return sides

    def test_heads(self):
        """Each object is known by its id, says what it is, and is of now."""
        before = time.time() * 1000
        objects = report(self.completed()[0])
        for name, entry in objects.items():
            self.assertEqual(entry["id"], name)
            self.assertGreaterEqual(entry["timestamp"], before)
            self.assertLessEqual(entry["timestamp"], time.time() * 1000)
        self.assertEqual({entry["type"] for entry in objects.values()},
                         {"transport", "candidate-pair", "local-candidate",
                          "remote-candidate"})
        for entry in objects.values():
            for name, value in entry.items():
                if name.endswith("Id"):
                    self.assertIn(value, objects, f"{name} of {entry}")

    def test_data(self):
        """To the packet and to the byte, on both sides."""
        one, other = self.completed()
        with one.open() as data, other.open() as sink:
            for size in (1, 100, 1200):
                data.send(b"x" * size)
                sink.recv(2000)
            sink.send(b"y" * 7)
            data.recv(2000)
        expected = {"packetsSent": 3, "packetsReceived": 1, "bytesSent": 1301,
                    "bytesReceived": 7}
        mirrored = {"packetsSent": 1, "packetsReceived": 3, "bytesSent": 7,
                    "bytesReceived": 1301}
        for side, counts in ((one, expected), (other, mirrored)):
            objects = report(side)
            self.assertEqual(data_of(objects["transport-0.1"]), counts)
            self.assertEqual(data_of(selected(objects)), counts)
            for pair in of_type(objects, "candidate-pair"):
                if pair["id"] != selected(objects)["id"]:
                    self.assertEqual(set(data_of(pair).values()), {0})

    def test_discarded(self):
        """What is longer than a datagram of UDP is taken, and never sent."""
        one, other = self.completed()
        with one.open() as data, other.open() as sink:
            data.send(b"x" * 65530)
            data.send(b"12345")
            sink.recv(100)
            self.assertEqual(selected(report(one))["packetsDiscardedOnSend"], 1)
        self.assertEqual(selected(report(one))["packetsDiscardedOnSend"], 1)
        self.assertEqual(selected(report(one))["packetsSent"], 1)
        self.assertEqual(selected(report(other))["packetsDiscardedOnSend"], 0)

    def test_closed_sockets_count(self):
        one, other = self.completed()
        with other.open() as sink:
            for _ in range(2):
                with one.open() as data:
                    data.send(b"12345")
                    sink.recv(100)
        self.assertEqual(report(one)["transport-0.1"]["bytesSent"], 10)

    def test_components(self):
        one, other = self.completed(components=variant("au", [2, 1]))
        with one.open(1, 1) as data, other.open(1, 1) as sink:
            data.send(b"12345")
            sink.recv(100)
        objects = report(one)
        sent = {entry["id"]: entry["bytesSent"] for entry in of_type(objects, "transport")}
        self.assertEqual(sent, {"transport-0.1": 0, "transport-0.2": 0, "transport-1.1": 5})
        for entry in objects.values():
            if entry["type"] == "candidate-pair":
                self.assertEqual(entry["bytesSent"] > 0,
                                 entry["transportId"] == "transport-1.1")

    def test_checks(self):
        """What one side says it sent, the other says it received: nothing is lost on loopback."""
        one, other = self.completed()
        ours, theirs = (report(side) for side in (one, other))
        pair = selected(ours)
        mirror = selected(theirs)
        sent = pair["requestsSent"] + pair["consentRequestsSent"]
        self.assertGreater(pair["requestsSent"], 0)
        self.assertEqual(sent, mirror["requestsReceived"])
        self.assertEqual(pair["responsesReceived"], mirror["responsesSent"])
        self.assertEqual(pair["responsesSent"], pair["requestsReceived"])
        self.assertEqual(sent, pair["responsesReceived"])
        rows = {row[0]: row for row in one.call("GetPairs")[0]}
        row = next(row for row in rows.values() if row[13])
        self.assertEqual(round(pair["currentRoundTripTime"] * 1e6), row[15])
        self.assertGreaterEqual(pair["totalRoundTripTime"] + 1e-9,
                                pair["currentRoundTripTime"])
        self.assertEqual((pair["state"], pair["nominated"]), ("succeeded", True))

    def test_consent(self):
        """A check for consent is no connectivity check."""
        one, _ = self.completed()
        before = selected(report(one))
        self.world.wait("consent", lambda:
                        selected(report(one))["consentRequestsSent"] > 0)
        after = selected(report(one))
        self.assertEqual(after["requestsSent"], before["requestsSent"])

    def test_transport(self):
        one, other = self.completed()
        for side, role in ((one, "controlling"), (other, "controlled")):
            entry = report(side)["transport-0.1"]
            self.assertEqual((entry["iceRole"], entry["iceState"]), (role, "completed"))
            self.assertEqual(entry["iceLocalUsernameFragment"], side.describe()[0])
            self.assertEqual(set(entry) - HEADS - DATA, {
                "iceRole", "iceState", "iceLocalUsernameFragment",
                "selectedCandidatePairId", "selectedCandidatePairChanges"})
            self.assertGreaterEqual(entry["selectedCandidatePairChanges"], 1)

    def test_before_a_path(self):
        entry = report(Application(self))["transport-0.1"]
        self.assertEqual((entry["iceState"], entry["selectedCandidatePairChanges"]), ("new", 0))
        self.assertNotIn("selectedCandidatePairId", entry)

    def test_candidates(self):
        """Those of the lines that were signalled, member by member."""
        one, other = self.completed()
        objects = report(one)
        for kind, side in (("local-candidate", one), ("remote-candidate", other)):
            told = set()
            for entry in of_type(objects, kind):
                if entry["candidateType"] != "host":
                    continue
                extra = f" tcptype {entry['tcpType']}" if "tcpType" in entry else ""
                told.add(f"candidate:{entry['foundation']} 1 {entry['protocol'].upper()} "
                         f"{entry['priority']} {entry['address']} {entry['port']} "
                         f"typ host{extra}")
                self.assertEqual(entry["usernameFragment"], side.describe()[0])
                self.assertEqual(entry["transportId"], "transport-0.1")
                self.assertEqual("networkType" in entry, kind == "local-candidate")
            self.assertEqual(told, {line for _, line in side.describe()[4]})

    def test_restart(self):
        """The counters are of the path, which a restart does not change."""
        one, other = self.completed()
        with one.open() as data, other.open() as sink:
            data.send(b"12345")
            sink.recv(100)
        changes = report(one)["transport-0.1"]["selectedCandidatePairChanges"]
        for side in (one, other):
            side.call("Restart")
            self.world.wait("gathering", lambda at=side: len(at.heard("GatheringDone")) == 2)
        self.assertNotIn("selectedCandidatePairId", report(one)["transport-0.1"])
        one.accept(other)
        other.accept(one)
        for side in (one, other):
            self.world.wait("selection", lambda at=side: at.states()[-1] == "completed")
        objects = report(one)
        self.assertEqual(objects["transport-0.1"]["bytesSent"], 5)
        self.assertEqual(objects["transport-0.1"]["selectedCandidatePairChanges"], changes)
        self.assertEqual(selected(objects)["bytesSent"], 5)

    def test_hidden(self):
        """What the policy keeps from the peer is in no report, nor is the port."""
        side = Application(self, {"policy": variant("s", "nohost")})
        locals_ = of_type(report(side), "local-candidate")
        self.assertTrue(locals_)
        for entry in locals_:
            self.assertFalse({"address", "port", "relatedAddress"} & set(entry))

    def test_of_the_owner(self):
        one, _ = self.completed()
        stranger = self.world.client()
        self.assert_refused(world.ACCESS_DENIED, stranger.session, one.path, "GetStatsReport")


if __name__ == "__main__":
    world.main()
