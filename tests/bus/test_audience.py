"""Who hears of changes of the settings, and who does not."""

import test_settings
import world
from world import LIMIT_EXCEEDED, MANAGER_PATH, SETTINGS, variant


class Audience(test_settings.Case):
    """Who is told of changes."""

    def silent(self):
        """A client that would hear what is sent to everybody."""
        client = self.world.client()
        client.listen(world.FRAM)
        return client

    def test_readers(self):
        """Who has read hears what changes after that."""
        bodies = {"GetAll": None, "Get": variant("(s)", ("vpn",)), "Describe": None,
                  "ListServers": None}
        readers = {}
        for method, body in bodies.items():
            readers[method] = self.silent()
            self.call(method, body, readers[method])
        self.set(linger=61)
        self.call("AddServer", variant("(sa{sv})", ("stun:stun.example.org", {})))
        for method, reader in readers.items():
            self.assertEqual(self.changes(reader), [{"linger": 61}], method)
            self.assertEqual(len(reader.heard(MANAGER_PATH, "ServersChanged")), 1, method)

    def test_nobody_else(self):
        other, writer = self.silent(), self.silent()
        other.manager("GetStatus")
        self.set(writer, linger=61)
        self.call("AddServer", variant("(sa{sv})", ("stun:stun.example.org", {})), writer)
        self.assertEqual(self.changes(), [{"linger": 61}])
        for client in (other, writer):
            self.world.settle(client)
            self.assertEqual([row for row in client.signals if row[1] == SETTINGS], [])

    def test_unsubscribe(self):
        self.call("Unsubscribe", client=self.silent())
        self.call("Unsubscribe")
        self.set(linger=61)
        self.assertEqual(self.changes(), [])
        self.call("Subscribe")
        self.call("Subscribe")
        self.set(linger=62)
        self.assertEqual(self.changes(), [{"linger": 62}])

    def test_too_many(self):
        others = [self.listener() for _ in range(63)]
        late = self.silent()
        self.assert_refused(LIMIT_EXCEEDED, self.call, "Subscribe", None, late)
        self.assertEqual(self.call("GetAll", client=late)[0], test_settings.DEFAULTS)
        self.set(linger=61)
        self.assertEqual(self.changes(late), [])
        self.assertEqual(self.changes(others[-1]), [{"linger": 61}])
        others[0].close()
        self.world.wait("room", lambda: self.has_room(late))
        self.set(linger=62)
        self.assertEqual(self.changes(late), [{"linger": 62}])

    def has_room(self, client):
        try:
            self.call("Subscribe", client=client)
        except world.RemoteError as error:
            self.assertEqual(error.name, LIMIT_EXCEEDED)
            return False
        return True


if __name__ == "__main__":
    world.main()
