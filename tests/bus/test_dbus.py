"""dbus/: what the exporter looks at before any handler, and how it answers.

The service is echo-service.c.
"""

import signal
import socket
import xml.etree.ElementTree as ElementTree

import world
from rawbus import RawClient
from world import PROPERTIES, variant

TEST = "org.fram.Test1"
ROOT = "/org/fram/Test1"
ERROR = "org.freedesktop.DBus.Error."


class EchoCase(world.Case):
    program = "ECHO_SERVICE"
    name = TEST

    def setUp(self):
        super().setUp()
        self.client = self.world.client()

    def call(self, method, arguments=None, fds=(), path=ROOT):
        return self.client.call(path, TEST, method, arguments, fds, TEST)

    def properties(self, method, arguments, path=ROOT):
        return self.client.call(path, PROPERTIES, method, arguments, destination=TEST)

    def raw(self, method, body=None):
        raw = RawClient(self.world)
        self.addCleanup(raw.close)
        return raw, raw.message(TEST, ROOT, TEST, method, body)


class Values(EchoCase):
    def test_types(self):
        for signature, value in (
            ("y", 255), ("b", True), ("n", -32768), ("q", 65535), ("i", -(2**31)),
            ("u", 2**32 - 1), ("x", -(2**63)), ("t", 2**64 - 1), ("d", 0.1),
            ("s", "Grüße, 世界"), ("o", "/a/b"), ("g", "a{sv}"), ("as", []),
            ("ab", [True, False, True]), ("ay", list(range(256))),
            ("a{s(ua{sad})}", {"k": (1, {"x": [0.5]})}),
        ):
            sent = variant(signature, value)
            got = self.call("Echo", variant("(v)", (sent,)))[0]
            self.assertEqual(got, sent.unpack(), signature)

    def test_fds(self):
        before = self.call("CountFds")[0]
        one, other = socket.socketpair()
        with one, other:
            arguments = variant("(ah)", ([0, 0, 0],))
            body, fds = self.client.call_fds(ROOT, TEST, "EchoFds", arguments,
                                             [one.fileno()], TEST)
            self.assertEqual(len(body[0]), 3)
            for fd in fds:
                with socket.socket(fileno=fd) as same:
                    same.send(b"x")
                    self.assertEqual(other.recv(2), b"x")
        self.assertEqual(self.call("CountFds")[0], before)

    def test_same_fd_many_times(self):
        """One descriptor, named by each of many elements: each would be a duplicate."""
        before = self.call("CountFds")[0]
        arguments = variant("(ah)", ([0] * 17,))
        self.assert_refused(world.INVALID_ARGS, self.call, "EchoFds", arguments, [0])
        self.assertEqual(self.call("CountFds")[0], before)

    def test_no_fd(self):
        """A handle that no descriptor came with passes libdbus and the bus."""
        for body in (variant("(ah)", ([0],)), variant("(ah)", ([4000000000 - 2**32],))):
            raw, call = self.raw("EchoFds", body)
            self.assertEqual(raw.ask(call).get_error_name(), world.INVALID_ARGS)

    def test_no_fd_inside(self):
        value = variant("a{sv}", {"deep": variant("(h)", (0,))})
        raw, call = self.raw("Echo", variant("(v)", (value,)))
        self.assertEqual(raw.ask(call).get_error_name(), world.INVALID_ARGS)

    def test_large(self):
        size = 1000 * 1024
        body, _ = self.client.call_raw(ROOT, TEST, "Echo",
                                       variant("(v)", (world.block(size),)), (), TEST)
        echoed = body.get_child_value(0).get_variant()
        self.assertEqual((echoed.get_type_string(), echoed.get_size()), ("ay", size))
        self.assert_refused(world.INVALID_ARGS, self.call, "Echo",
                            variant("(v)", (world.block(3 * size),)))

    def test_very_large(self):
        """Larger than all that libdbus may keep: the service must not leave the bus."""
        value = world.block(20 * 1024 * 1024)
        self.assert_refused(world.INVALID_ARGS, self.call, "Echo", variant("(v)", (value,)))
        self.assertEqual(self.call("Echo", variant("(v)", (variant("u", 7),)))[0], 7)

    def test_answer_that_cannot_be(self):
        for how in ("maybe", "unit"):
            self.assert_refused("org.fram.Ice1.Error.Failed", self.call, "Misbehave",
                                variant("(s)", (how,)))
        self.assert_refused(world.LIMIT_EXCEEDED, self.call, "Misbehave",
                            variant("(s)", ("huge",)))

    def test_foreign_bytes_in_error(self):
        text = self.assert_refused(
            "org.example.Foreign", self.call, "Fail",
            variant("(say)", ("org.example.Foreign", b"bad \xff\xfe bytes, 100 %s")))
        self.assertEqual(text, "bad �� bytes, 100 %s")


class Refusals(EchoCase):
    def test_wrong_signature(self):
        for arguments in (None, variant("(s)", ("x",)), variant("(vv)", (
                variant("u", 1), variant("u", 1)))):
            text = self.assert_refused(world.INVALID_ARGS, self.call, "Echo", arguments)
            self.assertIn("“v”", text)

    def test_unknown(self):
        self.assert_refused(ERROR + "UnknownMethod", self.call, "Ecco")
        self.assert_refused(ERROR + "UnknownMethod", self.properties, "Gett",
                            variant("(ss)", (TEST, "Text")))
        self.assert_refused(ERROR + "UnknownInterface", self.client.call, ROOT,
                            "org.fram.Test2", "Echo", None, (), TEST)
        self.assert_refused(ERROR + "UnknownObject", self.client.call, ROOT + "/none",
                            TEST, "Echo", None, (), TEST)

    def test_without_interface(self):
        raw = RawClient(self.world)
        self.addCleanup(raw.close)
        answer = raw.ask(raw.message(TEST, ROOT, None, "Release"))
        self.assertEqual(answer.get_body().unpack(), (0,))
        answer = raw.ask(raw.message(TEST, ROOT, None, "Introspect"))
        self.assertIn(TEST, answer.get_body().unpack()[0])
        answer = raw.ask(raw.message(TEST, ROOT, None, "Ecco"))
        self.assertEqual(answer.get_error_name(), ERROR + "UnknownMethod")

    def test_no_access(self):
        locked = ROOT + "/locked"
        self.assert_refused(world.ACCESS_DENIED, self.call, "Release", None, (), locked)
        for method, arguments in (
            ("Get", variant("(ss)", (TEST, "Text"))),
            ("GetAll", variant("(s)", (TEST,))),
            ("Set", variant("(ssv)", (TEST, "Text", variant("s", "x")))),
        ):
            self.assert_refused(world.ACCESS_DENIED, self.properties, method, arguments,
                                locked)

    def test_garbage(self):
        """The bus throws out who breaks its rules; the service does not notice."""
        for spoil in (
            lambda call: call[:0] + b"not a message at all" * 10,
            lambda call: call.replace(b"spoil\0", b"\xff\xfe\xfd\xfc\xfb\0"),
            lambda call: b"l\x01\x00\x01" + b"\xff" * (len(call) - 4),
        ):
            raw, call = self.raw("Echo", variant("(v)", (variant("s", "spoil"),)))
            raw.send(spoil(call))
            self.assertTrue(raw.is_thrown_out())
        self.assertEqual(self.call("Release"), (0,))

    def test_many_unanswered(self):
        other = self.world.client()
        waits = [self.client.begin(ROOT, TEST, "Wait", destination=TEST)
                 for _ in range(33)]
        self.world.wait("refusal", lambda: waits[-1])
        self.assertEqual(waits[-1][0].name, world.LIMITS_EXCEEDED)
        self.assertEqual(other.call(ROOT, TEST, "Release", destination=TEST), (32,))
        self.world.wait("answers", lambda: all(waits))
        self.assertEqual([answer[0] for answer in waits[:-1]], [()] * 32)
        self.assertEqual(self.call("Release"), (0,))

    def test_no_reply_wanted(self):
        for _ in range(100):
            self.client.connection.call(
                TEST, ROOT, TEST, "Release", None, None, world.Gio.DBusCallFlags.NONE,
                -1, None, None)
        self.assertEqual(self.call("Release"), (0,))


class Standard(EchoCase):
    def test_introspection(self):
        xml = self.client.call(ROOT, "org.freedesktop.DBus.Introspectable", "Introspect",
                               destination=TEST)[0]
        node = ElementTree.fromstring(xml)
        names = [interface.get("name") for interface in node.findall("interface")]
        self.assertEqual(sorted(names), [
            "org.fram.Test1", "org.freedesktop.DBus.Introspectable",
            "org.freedesktop.DBus.Peer", "org.freedesktop.DBus.Properties"])
        children = sorted(child.get("name") for child in node.findall("node"))
        self.assertEqual(children, ["brief", "locked"])

    def test_ancestors(self):
        for path, child in (("/", "org"), ("/org", "fram"), ("/org/fram", "Test1")):
            xml = self.client.call(path, "org.freedesktop.DBus.Introspectable",
                                   "Introspect", destination=TEST)[0]
            node = ElementTree.fromstring(xml)
            self.assertEqual([child.get("name") for child in node.findall("node")],
                             [child])

    def test_properties(self):
        get = variant("(ss)", (TEST, "Text"))
        self.assertEqual(self.properties("Get", get), ("nothing",))
        change = variant("(ssv)", (TEST, "Text", variant("s", "something")))
        self.assertEqual(self.properties("Set", change), ())
        self.assertEqual(self.properties("Get", get), ("something",))
        self.assertEqual(self.properties("GetAll", variant("(s)", (TEST,))),
                         ({"Text": "something", "Number": 42},))

    def test_properties_refused(self):
        for error, method, arguments in (
            ("UnknownProperty", "Get", variant("(ss)", (TEST, "None"))),
            ("UnknownInterface", "Get", variant("(ss)", ("org.fram.Test2", "Text"))),
            ("UnknownInterface", "GetAll", variant("(s)", ("",))),
            ("InvalidArgs", "Get", variant("(ss)", (TEST, "Password"))),
            ("InvalidArgs", "Get", variant("(s)", (TEST,))),
            ("PropertyReadOnly", "Set",
             variant("(ssv)", (TEST, "Number", variant("u", 1)))),
            ("InvalidArgs", "Set", variant("(ssv)", (TEST, "Text", variant("u", 1)))),
            ("UnknownProperty", "Set",
             variant("(ssv)", (TEST, "None", variant("u", 1)))),
        ):
            self.assert_refused(ERROR + error, self.properties, method, arguments)

    def test_peer(self):
        for path in (ROOT, "/", ROOT + "/none"):
            self.client.call(path, "org.freedesktop.DBus.Peer", "Ping", destination=TEST)

    def test_vanish(self):
        brief = ROOT + "/brief"
        self.assertEqual(self.call("Vanish", path=brief), ())
        self.assert_refused(ERROR + "UnknownObject", self.call, "Release", None, (), brief)
        self.assertEqual(self.call("Release"), (0,))


class Signals(EchoCase):
    def test_to_one(self):
        other = self.world.client()
        self.client.listen(TEST)
        other.listen(TEST)
        self.assertEqual(self.call("Burst", variant("(uu)", (20, 100))), (20,))
        self.world.wait("signals",
                        lambda: len(self.client.heard(ROOT, "Noise")) == 20)
        self.world.settle(other)
        self.assertEqual(other.signals, [])

    def test_high_water(self):
        """The bus stands still: signals are dropped before memory runs full."""
        self.call("BurstOnSignal", variant("(uu)", (200, 200000)))
        self.world.bus.signal(signal.SIGSTOP)
        self.world.service.signal(signal.SIGUSR1)
        self.world.wait("the burst", lambda: "dropped" in self.world.service.log())
        self.world.bus.signal(signal.SIGCONT)
        words = self.world.service.log().split()
        sent, dropped = int(words[2].rstrip(",")), int(words[4])
        self.assertEqual(sent + dropped, 200)
        # What is over the mark is one signal, and what the socket has taken.
        self.assertGreaterEqual(sent, 40)
        self.assertLess(sent, 60)
        self.assertEqual(self.call("Release"), (0,))


class Life(EchoCase):
    def test_bus_gone(self):
        self.world.bus.signal(signal.SIGTERM)
        self.world.wait("end of the service", self.ended)
        self.assertEqual(self.world.service.handle.returncode, 0)

    def ended(self):
        return self.world.service.ended()

    def test_many_clients(self):
        before = self.call("CountFds")[0]
        for _ in range(20):
            client = self.world.client()
            client.begin(ROOT, TEST, "Wait", destination=TEST)
            self.assertEqual(client.call(ROOT, TEST, "CountFds", destination=TEST)[0],
                             before)
            client.close()
        self.assertEqual(self.call("Release"), (20,))


if __name__ == "__main__":
    world.main()
