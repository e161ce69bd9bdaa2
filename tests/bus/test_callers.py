"""Who may look at what other applications do: a process in a sandbox may not."""

import json
import os
import sys

import world
from rawbus import RawClient
from world import ACCESS_DENIED, INSPECTOR, MANAGER_PATH, variant


class Callers(world.Case):
    def setUp(self):
        super().setUp()
        self.owner = self.world.client()
        self.path = self.owner.create()

    def test_confined(self):
        confined = world.Process(self.world, "confined", [
            sys.executable, "-B", os.path.join(world.HERE, "confined.py"),
            self.world.address, self.path])
        self.world.wait("end of the application", confined.ended)
        said = json.loads(confined.log())
        self.assertIn("Capture", said["inspected"])
        self.assertEqual(set(said["inspected"].values()), {ACCESS_DENIED})
        self.assertEqual(said["listed"], [said["own"]])
        self.assertEqual((said["own pairs"], said["other's pairs"]), ("", ACCESS_DENIED))

    def test_free(self):
        """Another process that is not in one sees the session."""
        reader = self.world.client()
        self.assertEqual([row[0] for row in reader.sessions()], [self.path])
        sessions = reader.call(MANAGER_PATH, INSPECTOR, "GetSessions", variant("(t)", (0,)))
        self.assertEqual([row[1] for row in sessions[2]], [self.path])
        self.owner.manager("GetPairs", variant("(o)", (self.path,)))
        reader.manager("GetPairs", variant("(o)", (self.path,)))

    def test_order(self):
        """Calls that wait until it is known who calls are not overtaken."""
        reader = self.world.client()
        reader.listen(world.FRAM)
        answers = [reader.begin(MANAGER_PATH, INSPECTOR, method)
                   for method in ("Subscribe", "Unsubscribe", "GetNetwork")]
        self.world.wait("answers", lambda: all(answers))
        self.owner.create()
        self.world.settle(reader)
        self.assertEqual(reader.signals, [])

    def test_gone(self):
        """Who leaves before it is known takes nothing with it."""
        for _ in range(30):
            reader = RawClient(self.world)
            for method in ("Subscribe", "GetNetwork", "CheckNetwork"):
                body = variant("(as)", ([],)) if method == "CheckNetwork" else None
                reader.send(reader.message(world.FRAM, MANAGER_PATH, INSPECTOR, method, body))
            reader.close()
        reader = self.world.client()
        for _ in range(32):
            other = self.world.client()
            other.call(MANAGER_PATH, INSPECTOR, "Subscribe")
        self.assert_refused(world.LIMIT_EXCEEDED, reader.call, MANAGER_PATH, INSPECTOR,
                            "Subscribe")
        self.assertFalse(self.world.service.ended())


if __name__ == "__main__":
    world.main()
