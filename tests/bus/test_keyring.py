"""Secrets of servers and the user's keyring: GNOME Keyring open, locked, unlocked later, come
later, and services that never answer."""

import os
import signal

import test_servers
import world
from rawbus import RawClient
from test_servers import SECRET
from world import MANAGER_PATH, SETTINGS, GLib, variant

SERVICE = "org.freedesktop.secrets"
ROOT = "/org/freedesktop/secrets"
LOGIN = "/org/freedesktop/secrets/collection/login"
MASTER = b"the password of the keyring"


class Case(test_servers.Case):
    """A framd on a bus where there may be a keyring."""

    def keyring(self, method, arguments, path=ROOT,
                interface="org.freedesktop.Secret.Service"):
        return self.client.call(path, interface, method, arguments, destination=SERVICE)

    def is_there(self):
        return self.client.call(
            "/org/freedesktop/DBus", "org.freedesktop.DBus", "NameHasOwner",
            variant("(s)", (SERVICE,)), destination="org.freedesktop.DBus")[0]

    def is_locked(self):
        """None: it is not there yet."""
        try:
            return self.client.get(LOGIN, "org.freedesktop.Secret.Collection", "Locked",
                                   SERVICE)
        except world.RemoteError:
            return None

    def start_keyring(self, unlocked):
        """Its prompter is not there: nobody can be asked, of which it warns."""
        environment = {name: value for name, value in self.world.environment.items()
                       if not name.startswith("G_")}
        command = ["gnome-keyring-daemon", "--foreground", "--components=secrets",
                   "--unlock" if unlocked else "--start"]
        self.daemon = world.Process(self.world, "keyring", command, environment,
                                    given=MASTER if unlocked else b"")
        self.world.wait("keyring", self.is_there, self.daemon)
        self.world.wait("its collection", lambda: self.is_locked() == (not unlocked),
                        self.daemon)

    def stop_keyring(self):
        self.daemon.stop()
        self.world.processes.remove(self.daemon)
        self.world.wait("end of the keyring", lambda: not self.is_there())

    def lock_keyring(self):
        """As it is after a login without a password."""
        self.stop_keyring()
        self.start_keyring(False)

    def unlock_keyring(self):
        _, session = self.keyring("OpenSession",
                                  variant("(sv)", ("plain", variant("s", ""))))
        self.keyring("UnlockWithMasterPassword", variant(
            "(o(oayays))", (LOGIN, (session, b"", MASTER, "text/plain"))),
            interface="org.gnome.keyring.InternalUnsupportedGuiltRiddenInterface")

    def items(self, server):
        """What the keyring has of its secrets."""
        found, locked = self.keyring("SearchItems",
                                     variant("(a{ss})", ({"fram-id": server},)))
        return found + locked

    def attributes(self, server):
        item, = self.items(server)
        return self.client.get(item, "org.freedesktop.Secret.Item", "Attributes", SERVICE)

    def add_with_user(self):
        return self.add(credential="long-term", username="alice")

    def state(self, server):
        row = self.row(server)
        return row["known"], row["storage"]

    def wait_for_state(self, server, *state):
        self.world.wait(f"{state}", lambda: self.state(server) == state)


class Open(Case):
    def setUp(self):
        super().setUp()
        self.start_keyring(True)

    def test_kept(self):
        server = self.add_with_user()
        self.assertEqual(self.set_secret(server), "keyring")
        self.assertEqual(self.state(server), (True, "keyring"))
        item = self.attributes(server)
        self.assertEqual(item["xdg:schema"], "org.fram.Fram.Server")
        self.assertEqual(item["server"], "turn:turn.example.org:3478")
        self.assertEqual(item["user"], "alice")
        self.assertEqual(self.set_secret(server, "another"), "keyring")
        self.assertEqual(len(self.items(server)), 1)

        self.restart(signal.SIGKILL)
        self.wait_for_state(server, True, "keyring")
        self.remove(server)
        self.world.wait("end of the item", lambda: self.items(server) == [])

    def test_another_user_name(self):
        server = self.add_with_user()
        self.set_secret(server)
        self.change(server, username="bob")
        self.assertEqual(self.state(server), (True, "keyring"))
        self.set_secret(server, "another")
        self.assertEqual(self.attributes(server)["user"], "bob")

    def test_forgotten(self):
        server = self.add_with_user()
        self.set_secret(server)
        self.assertEqual(self.set_secret(server, ""), "")
        self.assertEqual(self.items(server), [])
        self.assertEqual(self.state(server), (False, ""))
        self.restart()
        self.assertEqual(self.state(server), (False, ""))

    def test_another_host(self):
        server = self.add_with_user()
        self.set_secret(server)
        self.change(server, uri="turn:other.example.org")
        self.assertEqual(self.state(server), (False, ""))
        self.world.wait("end of the item", lambda: self.items(server) == [])

    def test_file_given_up(self):
        """What was in the file moves into the keyring."""
        self.set_raw({"secrets-file": variant("b", True)})
        server = self.add_with_user()
        self.assertEqual(self.set_secret(server), "file")
        self.assertEqual(self.items(server), [])
        self.set_raw({"secrets-file": variant("b", False)})
        self.wait_for_state(server, True, "keyring")
        self.assertEqual(len(self.items(server)), 1)
        self.assertFalse(os.path.exists(self.secrets_file()))

    def test_file_instead(self):
        server = self.add_with_user()
        self.set_secret(server)
        self.set_raw({"secrets-file": variant("b", True)})
        self.assertEqual(self.state(server), (True, "keyring"))
        self.assertEqual(self.set_secret(server, "another"), "file")
        self.world.wait("end of the item", lambda: self.items(server) == [])

    def test_nothing_in_clear(self):
        """Neither the bus nor the log gets to see it, on its way there and back."""
        capture = world.Process(self.world, "monitor", [
            "dbus-monitor", "--address", self.world.address, "--pcap"])
        self.world.wait("the monitor", lambda: b"NameAcquired" in self.read(capture))
        server = self.add_with_user()
        self.set_secret(server)
        self.restart()
        self.wait_for_state(server, True, "keyring")
        self.remove(server)
        self.world.wait("the end", lambda: b"RemoveServer" in self.read(capture))
        for method in (b"AddServer", b"SetSecret", b"CreateItem", b"GetSecrets"):
            self.assertIn(method, self.read(capture))
        self.assertNotIn(SECRET.encode(), self.read(capture))
        for process in self.world.processes:
            self.assertNotIn(SECRET, process.log(), process.name)

    @staticmethod
    def read(process):
        with open(process.path, "rb") as file:
            return file.read()


class Locked(Case):
    """A secret is in the keyring, and the keyring is locked."""

    def setUp(self):
        super().setUp()
        self.start_keyring(True)
        self.server = self.add_with_user()
        self.assertEqual(self.set_secret(self.server), "keyring")
        self.lock_keyring()
        self.restart()

    def test_unlocked_later(self):
        self.wait_for_state(self.server, False, "keyring")
        hints = self.hints()
        self.unlock_keyring()
        self.wait_for_state(self.server, True, "keyring")
        self.world.wait("hint", lambda: self.hints() > hints)

    def test_in_memory(self):
        """What is set meanwhile is kept until the service ends."""
        self.wait_for_state(self.server, False, "keyring")
        self.assertEqual(self.set_secret(self.server, "another"), "memory")
        self.assertEqual(self.state(self.server), (True, "memory"))

    def test_forgotten(self):
        """What cannot be removed is still there."""
        self.wait_for_state(self.server, False, "keyring")
        self.assertEqual(self.set_secret(self.server, ""), "keyring")
        self.unlock_keyring()
        self.wait_for_state(self.server, True, "keyring")
        self.assertEqual(self.set_secret(self.server, ""), "")
        self.assertEqual(self.items(self.server), [])

    def test_nobody_waits(self):
        self.client.create()
        self.set(linger=5)
        self.add("stun:stun.example.org")
        self.assertEqual(self.world.service.stop(), 0)
        self.world.start()


class Late(Case):
    def test_keyring_comes_later(self):
        """What is in memory then stays there; what is set then goes into it."""
        server = self.add_with_user()
        self.assertEqual(self.set_secret(server), "memory")
        self.start_keyring(True)
        self.assertEqual(self.state(server), (True, "memory"))
        self.assertEqual(self.set_secret(server), "keyring")
        self.restart()
        self.wait_for_state(server, True, "keyring")

    def test_found_when_it_comes(self):
        self.start_keyring(True)
        server = self.add_with_user()
        self.set_secret(server)
        self.stop_keyring()
        self.restart()
        self.wait_for_state(server, False, "")
        self.start_keyring(True)
        self.wait_for_state(server, True, "keyring")


class Silent(Case):
    """Somebody has the name of a keyring, and does not answer."""

    def setUp(self):
        super().setUp()
        self.silent = RawClient(self.world)
        self.addCleanup(self.silent.close)
        self.silent.ask(self.silent.message(
            "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
            "RequestName", variant("(su)", (SERVICE, 0))))
        self.server = self.add_with_user()

    def test_bounded(self):
        """It is known at once, and the answer says after a while where it is kept."""
        fd = test_servers.memory(SECRET.encode())
        answers = self.client.begin(MANAGER_PATH, SETTINGS, "SetSecret",
                                    variant("(sh)", (self.server, 0)), [fd])
        os.close(fd)
        self.wait_for_state(self.server, True, "memory")
        self.assertEqual(answers, [])
        self.set(linger=5)
        self.client.create()
        begun = GLib.get_monotonic_time()
        self.world.wait("answer", lambda: answers)
        self.assertEqual(answers, [("memory",)])
        self.assertLess(GLib.get_monotonic_time() - begun, 20e6)

    def test_end(self):
        """The end of the service does not wait for it either."""
        fd = test_servers.memory(SECRET.encode())
        answers = self.client.begin(MANAGER_PATH, SETTINGS, "SetSecret",
                                    variant("(sh)", (self.server, 0)), [fd])
        os.close(fd)
        self.wait_for_state(self.server, True, "memory")
        self.world.service.signal(signal.SIGTERM)
        self.world.wait("answer", lambda: answers)
        self.assertEqual(answers[0].name, "org.fram.Ice1.Error.Failed")
        self.assertEqual(self.world.service.handle.wait(world.PATIENCE), 0)
        self.world.start()

    def test_removed_meanwhile(self):
        fd = test_servers.memory(SECRET.encode())
        answers = self.client.begin(MANAGER_PATH, SETTINGS, "SetSecret",
                                    variant("(sh)", (self.server, 0)), [fd])
        os.close(fd)
        self.wait_for_state(self.server, True, "memory")
        self.remove(self.server)
        self.world.wait("answer", lambda: answers)
        self.assertEqual(self.rows(), [])


if __name__ == "__main__":
    world.main()
