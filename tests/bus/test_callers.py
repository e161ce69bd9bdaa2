"""Who may look at what other applications do: a process in a sandbox may not."""

import json
import os
import sys

import world
from rawbus import RawClient
from world import ACCESS_DENIED, INSPECTOR, MANAGER_PATH, PROPERTIES, SETTINGS, variant

SERVER = variant("(sa{sv})", ("stun:stun.example.org", {}))


def linger(value):
    return variant("(a{sv})", ({"linger": variant("i", value)},))


class Callers(world.Case):
    def setUp(self):
        super().setUp()
        self.owner = self.world.client()
        self.path = self.owner.create()

    def start_apart(self, how):
        return world.Process(self.world, "confined", [
            sys.executable, "-B", os.path.join(world.HERE, "confined.py"), how,
            self.world.address, self.path])

    def follow(self, application):
        """What the application was answered, and the signals that it heard while somebody else
        changed settings and servers."""
        self.world.wait("answers", lambda: "\n" in application.log(), application)
        self.owner.listen(world.FRAM)
        for method, body in (("Subscribe", None), ("Set", linger(61)), ("AddServer", SERVER)):
            self.owner.call(MANAGER_PATH, SETTINGS, method, body)
        self.world.wait("the signals", lambda: all(
            self.owner.heard(MANAGER_PATH, name) for name in ("Changed", "ServersChanged")))
        self.owner.call("/org/freedesktop/DBus", "org.freedesktop.DBus", "RequestName",
                        variant("(su)", ("org.fram.Test.Done", 0)),
                        destination="org.freedesktop.DBus")
        self.world.wait("end of the application", application.ended)
        return map(json.loads, application.log().splitlines())

    def settings(self, method):
        return self.owner.call(MANAGER_PATH, SETTINGS, method)[0]

    def test_confined(self):
        said, heard = self.follow(self.start_apart("sandbox"))
        self.assertIn("Capture", said["inspected"])
        self.assertEqual(set(said["inspected"].values()), {ACCESS_DENIED})
        self.assertIn("SetSecret", said["settings"])
        self.assertEqual(set(said["settings"].values()), {ACCESS_DENIED})
        self.assertEqual(said["problems"], [ACCESS_DENIED] * 4)
        self.assertEqual(said["listed"], [said["own"]])
        self.assertEqual((said["own pairs"], said["other's pairs"]), ("", ACCESS_DENIED))
        self.assertEqual(heard, [])
        self.assertTrue(self.settings("GetAll")["vpn"])
        self.assertEqual([row[1] for row in self.settings("ListServers")],
                         ["stun:stun.example.org"])

    def test_other_network(self):
        """A network of its own alone is no sandbox."""
        ours = world.kernel.open_network()
        self.addCleanup(os.close, ours)
        world.kernel.leave_network()
        try:
            application = self.start_apart("free")
        finally:
            world.kernel.enter_network(ours)
        said, heard = self.follow(application)
        self.assertNotIn(ACCESS_DENIED, said["inspected"].values())
        self.assertNotIn(ACCESS_DENIED, said["settings"].values())
        self.assertEqual(said["problems"], [
            "", "", "org.freedesktop.DBus.Error.PropertyReadOnly",
            "org.freedesktop.DBus.Error.UnknownProperty"])
        self.assertIn(self.path, said["listed"])
        self.assertIn([SETTINGS, "Changed"], heard)
        self.assertIn([SETTINGS, "ServersChanged"], heard)
        self.assertFalse(self.settings("GetAll")["vpn"])

    def test_free(self):
        """Another process that is not in one sees the session."""
        reader = self.world.client()
        self.assertEqual([row[0] for row in reader.sessions()], [self.path])
        sessions = reader.call(MANAGER_PATH, INSPECTOR, "GetSessions", variant("(t)", (0,)))
        self.assertEqual([row[1] for row in sessions[2]], [self.path])
        self.owner.manager("GetPairs", variant("(o)", (self.path,)))
        reader.manager("GetPairs", variant("(o)", (self.path,)))
        self.assertEqual(reader.get(MANAGER_PATH, SETTINGS, "Problems"), [])

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

    def test_order_of_settings(self):
        """Also where a property is read, which is answered from a table."""
        other = self.world.client()
        answers = [other.begin(MANAGER_PATH, SETTINGS, "Set", linger(7)),
                   other.begin(MANAGER_PATH, PROPERTIES, "GetAll", variant("(s)", (SETTINGS,))),
                   other.begin(MANAGER_PATH, SETTINGS, "Get", variant("(s)", ("linger",)))]
        self.world.wait("answers", lambda: all(answers))
        self.assertEqual([answer[0] for answer in answers],
                         [(), ({"Problems": []},), (7,)])

    def test_gone(self):
        """Who leaves before it is known takes nothing with it."""
        for _ in range(30):
            reader = RawClient(self.world)
            for method in ("Subscribe", "GetNetwork", "CheckNetwork"):
                body = variant("(as)", ([],)) if method == "CheckNetwork" else None
                reader.send(reader.message(world.FRAM, MANAGER_PATH, INSPECTOR, method, body))
            reader.send(reader.message(world.FRAM, MANAGER_PATH, SETTINGS, "Describe", None))
            reader.send(reader.message(world.FRAM, MANAGER_PATH, PROPERTIES, "GetAll",
                                       variant("(s)", (SETTINGS,))))
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
