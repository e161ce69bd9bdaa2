"""framd is killed two hundred times while it writes: cache.db can always be read, by it and by
others, and what it has shown to somebody is in it."""

import os
import random
import shutil
import signal
import sqlite3
import subprocess

import world
from world import INSPECTOR, MANAGER, MANAGER_PATH, SESSION, GLib, variant

ROUNDS = 200
# Of so many lives one ends before the service has its name, and one only after a session was
# shown; a life's last milliseconds begin then.
KINDS = 5
LIFE = 60

# A network that can be told, so that facts are written too: a gateway with a link address.
NETWORK = """
link add eth0 type veth peer name eth1
address add 192.0.2.2/24 dev eth0
link set eth1 up
link set eth0 up
neighbour add 192.0.2.1 lladdr 02:00:00:00:00:01 dev eth0 nud permanent
route add default via 192.0.2.1
"""


class Kill(world.Case):
    def setUp(self):
        subprocess.run(["ip", "-batch", "-"], input=NETWORK, text=True, check=True)
        super().setUp()
        self.end()
        self.client = self.world.client()
        # Wakes who waits for an owner.
        self.client.connection.signal_subscribe(
            "org.freedesktop.DBus", "org.freedesktop.DBus", "NameOwnerChanged", None,
            world.FRAM, world.Gio.DBusSignalFlags.NONE, lambda *_: None)
        self.shown = 0

    def end(self, number=signal.SIGKILL):
        self.world.service.signal(number)
        self.world.service.handle.wait()
        self.world.processes.remove(self.world.service)

    def owner(self):
        """The process that has the service's name, or none."""
        try:
            return self.client.call(
                "/org/freedesktop/DBus", "org.freedesktop.DBus", "GetConnectionUnixProcessID",
                variant("(s)", (world.FRAM,)), destination="org.freedesktop.DBus")[0]
        except world.RemoteError:
            return None

    def wait_for(self, condition, patience=world.PATIENCE * 1000):
        """Runs the main loop until it is true, or for so many milliseconds."""
        over = []
        timer = GLib.timeout_add(patience, lambda: over.append(True))
        while not condition() and not over:
            GLib.MainContext.default().iteration(True)
        if not over:
            GLib.source_remove(timer)
        return not over

    def begin(self, path, interface, method, arguments, done):
        def finish(connection, result):
            try:
                done(connection.call_finish(result).unpack())
            except GLib.Error:
                pass  # It was killed before it answered.

        self.client.connection.call(
            world.FRAM, path, interface, method, arguments, None,
            world.Gio.DBusCallFlags.NO_AUTO_START, world.PATIENCE * 1000, None, finish)

    def drive(self):
        """A session is made and closed, the history is read, which writes it; and again."""
        options = variant("(a{sv})", ({"label": variant("s", "x" * 100)},))
        self.begin(MANAGER_PATH, MANAGER, "CreateSession", options, self.on_created)

    def on_created(self, answer):
        self.begin(answer[0], SESSION, "Close", None, lambda _: None)
        self.begin(MANAGER_PATH, INSPECTOR, "ListHistory", variant("(xu)", (0, 1)),
                   self.on_history)

    def on_history(self, answer):
        self.shown = max(self.shown, answer[0][0][0])
        self.drive()

    def live_and_die(self, early, late):
        # The bus may hear of the end of the one before only now.
        self.assertTrue(self.wait_for(lambda: not self.owner()), "The name is not given up")
        self.world.service = world.Process(self.world, "service", self.world.program)
        try:
            if not early:
                pid = self.world.service.handle.pid
                self.assertTrue(self.wait_for(lambda: self.owner() == pid),
                                "It does not begin")
                self.drive()
            if late:
                shown = self.shown
                self.assertTrue(self.wait_for(lambda: self.shown > shown), "Nothing is shown")
            self.wait_for(lambda: False, random.randint(1, LIFE))
        finally:
            log = self.world.service.log()
            os.remove(self.world.service.path)
            self.end()
        self.assertNotIn("begun afresh", log)

    def check(self):
        """Looks at a copy, so that the next framd finds what this one has left."""
        folder = os.path.join(self.world.environment["XDG_CACHE_HOME"], "fram")
        if not os.path.exists(os.path.join(folder, "cache.db")):
            self.assertEqual(self.shown, 0)
            return 0
        self.assertEqual([name for name in os.listdir(folder) if "corrupt" in name], [])
        copy = os.path.join(self.world.folder, "copy")
        shutil.copytree(folder, copy)
        with sqlite3.connect(os.path.join(copy, "cache.db")) as database:
            verdict = database.execute("PRAGMA integrity_check").fetchall()
            # The first lives may end before there are any tables.
            is_begun, = database.execute("PRAGMA user_version").fetchone()
            last, networks = database.execute(
                "SELECT max (id), (SELECT count (*) FROM networks) FROM sessions"
            ).fetchone() if is_begun else (0, 0)
        database.close()
        shutil.rmtree(copy)
        self.assertEqual(verdict, [("ok",)])
        self.assertGreaterEqual(last or 0, self.shown)
        return networks

    def test_two_hundred_times(self):
        seed = random.randrange(1 << 32)
        random.seed(seed)
        networks = 0
        for number in range(ROUNDS):
            with self.subTest(number=number, seed=seed):
                self.live_and_die(number % KINDS == 0, number % KINDS == 1)
                networks = max(networks, self.check())
        print(f"{ROUNDS} kills, {self.shown} sessions written")
        self.assertGreaterEqual(self.shown, ROUNDS / KINDS)
        self.assertEqual(networks, 1)


if __name__ == "__main__":
    world.main()
