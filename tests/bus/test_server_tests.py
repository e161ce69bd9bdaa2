"""Servers that are tried for real, and used by sessions: coturn with a user and with a shared
secret; and that no secret is seen on the way."""

import base64
import hashlib
import hmac
import os
import socket
import subprocess
import time

import test_servers
import world
from asking import answers
from talk import Application, connect
from test_servers import SECRET, TYPES
from world import (INSPECTOR, INVALID_ARGUMENT, LIMIT_EXCEEDED, MANAGER_PATH, NO_SERVER,
                   SETTINGS, variant)

NETWORK = """
link add eth0 type veth peer name eth1
address add 192.0.2.2/24 dev eth0
link set eth1 up
link set eth0 up
"""
SERVER = "192.0.2.2"
# Of the server with a user, and of the one with a shared secret.
PORTS = {"user": 3478, "shared": 3479}
KEYS = {"user": ("--lt-cred-mech", f"--user=alice:{SECRET}"),
        "shared": ("--use-auth-secret", f"--static-auth-secret={SECRET}")}


class Case(test_servers.Case):
    def setUp(self):
        subprocess.run(["ip", "-batch", "-"], input=NETWORK, text=True, check=True)
        self.addCleanup(subprocess.run, ["ip", "link", "delete", "eth0"], check=True)
        super().setUp()

    def start_server(self, kind, *more):
        """Returns its URI."""
        port = PORTS[kind]
        world.Process(self.world, f"coturn-{kind}", [
            "turnserver", "-c", "/dev/null", f"--listening-ip={SERVER}",
            f"--relay-ip={SERVER}", f"--listening-port={port}", "--realm=example.org",
            "--no-tls", "--no-dtls", "--no-cli", "--fingerprint", "--log-file=stdout",
            f"--pidfile={self.world.folder}/{kind}.pid",
            f"--db={self.world.folder}/{kind}.db", *KEYS[kind], *more])
        self.world.wait("coturn", lambda: answers(SERVER, port))
        return f"turn:{SERVER}:{port}"

    def try_server(self, server="", secret=None, **options):
        """Returns what was found."""
        fds = []
        values = test_servers.typed(options)
        if secret is not None:
            fds = [test_servers.memory(secret.encode())]
            values["secret"] = variant(TYPES["secret"], 0)
        try:
            return self.client.call(MANAGER_PATH, SETTINGS, "TestServer",
                                    variant("(sa{sv})", (server, values)), fds)[0]
        finally:
            for fd in fds:
                os.close(fd)

    def fail_by_relay(self):
        """Returns a session that has failed, for it finds no relay."""
        application = Application(self, {"policy": variant("s", "relay")})
        application.call("SetRemoteDescription", variant(
            "(ssasua(us)b)", ("nobody", "x" * 22, [], 0, [], True)))
        self.world.wait("failure", lambda: application.states()[-1:] == ["failed"])
        return application

    def assert_good(self, found):
        self.assertEqual((found["ok"], found["step"], found["cause"], found["advice"]),
                         (True, "done", "", ""))


class Tests(Case):
    def test_by_user(self):
        uri = self.start_server("user")
        found = self.try_server(uri=uri, credential="long-term", username="alice",
                                secret=SECRET)
        self.assert_good(found)
        self.assertEqual(found["transport"], "udp")
        self.assertEqual(found["server"], f"{SERVER}:3478")
        self.assertTrue(found["mapped"].startswith("192.0.2.2:"), found)
        self.assertTrue(found["relayed"].startswith("192.0.2.2:"), found)
        self.assertGreater(found["rtt"], 0)
        self.assertGreaterEqual(found["took"], found["rtt"])
        self.assertGreaterEqual(found["lifetime"], 600)
        self.assert_good(self.try_server(
            uri=uri + "?transport=tcp", credential="long-term", username="alice",
            secret=SECRET))
        self.assert_good(self.try_server(uri=f"stun:{SERVER}"))
        # Nothing was kept of it.
        self.assertEqual(self.rows(), [])
        self.assertEqual(self.hints(), 0)

    def test_by_shared_secret(self):
        uri = self.start_server("shared")
        for username in ("", "alice"):
            self.assert_good(self.try_server(uri=uri, credential="shared-secret",
                                             username=username, secret=SECRET))
        found = self.try_server(uri=uri, credential="shared-secret", secret="another")
        self.assertEqual((found["ok"], found["cause"]), (False, "wrong-credentials"))

    def test_what_is_kept(self):
        uri = self.start_server("user")
        server = self.add(uri, credential="long-term", username="alice")
        found = self.try_server(server)
        self.assertEqual((found["ok"], found["step"]), (False, "allocate"))
        self.assertIn("does not know the password", found["advice"])
        self.set_secret(server)
        self.assert_good(self.try_server(server))
        self.assert_good(self.try_server(server, uri=uri + "?transport=tcp"))
        # What is to be tried takes the place of what is kept, and is not kept itself.
        found = self.try_server(server, secret="another")
        self.assertEqual((found["ok"], found["step"], found["cause"]),
                         (False, "allocate", "wrong-credentials"))
        found = self.try_server(server, username="bob")
        self.assertEqual(found["cause"], "wrong-credentials")
        self.assertGreater(len(found["advice"]), 20)
        self.assert_good(self.try_server(server))

    def test_kept_secret_stays_at_home(self):
        """Whoever has another server tried does not make the secret travel there."""
        uri = self.start_server("user")
        self.start_server("shared")
        server = self.add(uri, credential="long-term", username="alice")
        self.set_secret(server)
        found = self.try_server(server, uri=f"turn:{SERVER}:3479",
                                credential="shared-secret", username="")
        self.assertFalse(found["ok"])
        self.assertIn("does not know the password", found["advice"])

    def test_unreachable(self):
        found = self.try_server(uri=f"turn:{SERVER}:9", credential="long-term",
                                username="alice", secret=SECRET)
        self.assertFalse(found["ok"])
        self.assertIn(found["cause"], ("unreachable", "silent"))
        self.assertEqual(found["rtt"], -1)
        self.assertEqual(found["lifetime"], 0)
        self.assertNotIn("relayed", found)

    def test_administrators(self):
        uri = self.start_server("user")
        self.administrate("a.conf", f"[Server office]\nuri={uri}\nusername=alice\n"
                                    f"password={SECRET}\n")
        self.world.wait("server", self.rows)
        self.assert_good(self.try_server("admin-office"))

    def test_refused(self):
        for name, server, options in (
            (NO_SERVER, "nothing", {}),
            (INVALID_ARGUMENT, "", {}),
            (INVALID_ARGUMENT, "", {"uri": "http://example.org"}),
            (INVALID_ARGUMENT, "", {"uri": "stun:a", "name": "x"}),
            (INVALID_ARGUMENT, "", {"uri": "stun:a", "enabled": True}),
            (INVALID_ARGUMENT, "", {"uri": "stun:a", "position": 0}),
            (INVALID_ARGUMENT, "", {"uri": "turn:a", "credential": "long-term"}),
            (INVALID_ARGUMENT, "", {"uri": "turn:a", "credential": "long-term",
                                    "username": "alice", "secret": "a\0b"}),
        ):
            self.assert_refused(name, lambda: self.try_server(server, **options))

    def test_limit(self):
        """Somebody who takes all tests of one application leaves those of others."""
        silent = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        silent.bind((SERVER, 4000))
        self.addCleanup(silent.close)
        options = {"uri": variant("s", f"turn:{SERVER}:4000?transport=udp")}
        other = self.world.client()
        answers = [client.begin(MANAGER_PATH, SETTINGS, "TestServer",
                                variant("(sa{sv})", ("", options)))
                   for client in (self.client,) * 5 + (other,)]
        self.world.settle(self.client)
        self.assertEqual([bool(answer) for answer in answers],
                         [False] * 4 + [True, False])
        self.assertEqual(answers[4][0].name, LIMIT_EXCEEDED)
        other.close()
        self.world.clients.remove(other)
        self.world.service.signal(world.signal.SIGTERM)
        self.world.wait("answers", lambda: all(answers[:4]))
        self.assertEqual({answer[0].name for answer in answers[:4]},
                         {"org.fram.Ice1.Error.Failed"})
        self.assertEqual(self.world.service.handle.wait(world.PATIENCE), 0)
        self.world.start()


class Sessions(Case):
    """The servers of the settings are those of every session."""

    def relayed(self, options=None):
        """The relayed candidates of a session."""
        application = Application(self, options)
        lines = [line for _, line in application.describe()[4] if "typ relay" in line]
        return application, lines

    def allocations(self):
        return self.client.call(MANAGER_PATH, INSPECTOR, "GetAllocations")[0]

    def test_used(self):
        server = self.add(self.start_server("user"), credential="long-term",
                          username="alice")
        self.assertEqual(self.relayed()[1], [])
        self.set_secret(server)
        _, lines = self.relayed()
        self.assertNotEqual(lines, [])
        row, = self.allocations()
        self.assertEqual(row[0], f"turn:{SERVER}:3478")
        self.assertEqual(row[4], "udp")
        self.assertEqual((row[10], row[11], row[12]), ("there", "", ""))
        self.assertEqual(row[13], 1)
        self.assertTrue(any(row[8] in line.replace(" ", ":", 5) or
                            row[8].split(":")[1] in line for line in lines))

        _, lines = self.relayed({"settings-servers": variant("b", False)})
        self.assertEqual(lines, [])
        self.change(server, enabled=False)
        self.assertEqual(self.relayed()[1], [])
        self.change(server, enabled=True)
        self.assertNotEqual(self.relayed()[1], [])

    def test_shared_secret(self):
        server = self.add(self.start_server("shared"), credential="shared-secret",
                          username="alice")
        self.set_secret(server)
        self.assertNotEqual(self.relayed()[1], [])
        # Another session has the same credential, and so the same allocation.
        self.change(server, name="Ours")
        self.assertNotEqual(self.relayed()[1], [])
        self.assertEqual(len(self.allocations()), 1)

    def test_after_a_restart(self):
        self.set_raw({"secrets-file": variant("b", True)})
        server = self.add(self.start_server("user"), credential="long-term",
                          username="alice")
        self.set_secret(server)
        self.restart()
        self.assertNotEqual(self.relayed()[1], [])

    def test_administrators(self):
        uri = self.start_server("user")
        self.administrate("a.conf", f"[Server office]\nuri={uri}\nusername=alice\n"
                                    f"password={SECRET}\n[Locked]\npolicy=relay\n")
        self.world.wait("server", self.rows)
        # No session is less strict than that.
        for options in (None, {"policy": variant("s", "all")}):
            application, lines = self.relayed(options)
            self.assertNotEqual(lines, [])
            self.assertEqual(len(lines), len(application.describe()[4]))


class Unseen(Case):
    """What no other process of the user may see."""

    def capture(self):
        monitor = world.Process(self.world, "monitor", [
            "dbus-monitor", "--address", self.world.address, "--pcap"])

        def read():
            with open(monitor.path, "rb") as file:
                return file.read()

        self.world.wait("the monitor", lambda: b"NameAcquired" in read())
        return read

    @staticmethod
    def passwords(since):
        """What may have been made of the shared secret since then, and the secret itself."""
        yield SECRET.encode()
        yield SECRET[::-1].encode()
        yield base64.b64encode(SECRET.encode())
        for now in range(since, int(time.time()) + 2):
            name = f"{now + 86400}:alice".encode()
            yield base64.b64encode(hmac.digest(SECRET.encode(), name, hashlib.sha1))

    def test_on_the_bus_and_in_the_log(self):
        since = int(time.time()) - 1
        read = self.capture()
        servers = [
            self.add(self.start_server("user"), credential="long-term", username="alice"),
            self.add(self.start_server("shared"), credential="shared-secret",
                     username="alice")]
        for server in servers:
            self.set_secret(server)
            self.assertTrue(self.try_server(server)["ok"])
            self.assertTrue(self.try_server(server, secret=SECRET)["ok"])
            self.assertFalse(self.try_server(server, secret=SECRET[::-1])["ok"])
        # One that finds no relay, for its server's password is another one.
        self.change(servers[1], enabled=False)
        self.set_secret(servers[0], SECRET[::-1])
        self.fail_by_relay()
        self.set_secret(servers[0])
        self.change(servers[1], enabled=True)
        one, other = connect(self, policy=variant("s", "relay"))
        self.assertIn("typ relay", str(one.describe()))
        with one.open() as mouth, other.open() as ears:
            mouth.send(b"by relay")
            self.assertEqual(ears.recv(100), b"by relay")
        for end in (one, other):
            end.call("GetPairs")
            end.call("Close")
        for interface, method in ((INSPECTOR, "GetAllocations"), (INSPECTOR, "GetNetwork"),
                                  (SETTINGS, "Describe"), (SETTINGS, "ListServers")):
            self.client.call(MANAGER_PATH, interface, method)
        self.assert_refused(INVALID_ARGUMENT, self.set_secret, servers[0],
                            SECRET.encode() + b"\0")
        for server in servers:
            self.remove(server)
        self.assertEqual(self.world.service.stop(), 0)
        self.world.wait("the end", lambda: read().count(b"RemoveServer") >= 2)
        seen = read()
        for method in (b"SetSecret", b"TestServer", b"CreateSession", b"GetAllocations"):
            self.assertIn(method, seen)
        log = self.world.service.log().encode()
        self.assertIn(b"DEBUG", log)
        for password in self.passwords(since):
            self.assertNotIn(password, seen)
            self.assertNotIn(password, log)
        self.world.start()


if __name__ == "__main__":
    world.main()
