"""The XML files and the live objects say the same."""

import os
import subprocess
import sys
from xml.dom import minidom

import world
from world import INSPECTOR, MANAGER, MANAGER_PATH, SESSION, SETTINGS, Gio

XML = os.path.join(world.HERE, "..", "..", "dbus")
STANDARD = {"org.freedesktop.DBus.Introspectable", "org.freedesktop.DBus.Properties",
            "org.freedesktop.DBus.Peer"}


def describe_arguments(arguments):
    return [(argument.name, argument.signature) for argument in arguments]


def describe_annotations(annotations):
    """Those for the generator of C code do not go over the bus."""
    return sorted((note.key, note.value) for note in annotations
                  if not note.key.startswith("org.gtk.GDBus."))


def describe(interface):
    """An interface as a value that can be compared."""
    return {
        "methods": {
            method.name: (describe_arguments(method.in_args),
                          describe_arguments(method.out_args),
                          describe_annotations(method.annotations))
            for method in interface.methods},
        "signals": {
            signal.name: (describe_arguments(signal.args),
                          describe_annotations(signal.annotations))
            for signal in interface.signals},
        "properties": {
            found.name: (found.signature, int(found.flags),
                         describe_annotations(found.annotations))
            for found in interface.properties},
    }


def read_file(name):
    with open(os.path.join(XML, f"{name}.xml"), encoding="utf-8") as file:
        return Gio.DBusNodeInfo.new_for_xml(file.read())


class Example(world.Case):
    def test_as_written(self):
        """The programs in the documentation do what is said of them."""
        with open(os.path.join(XML, "conventions.md"), encoding="utf-8") as file:
            programs = [part.split("```")[0] for part in file.read().split("```python\n")[1:]]
        environment = {**self.world.environment, "G_MESSAGES_DEBUG": ""}
        done = subprocess.run(
            [sys.executable, "-c", "\n".join(programs)], env=environment,
            stdout=subprocess.PIPE, timeout=world.PATIENCE, check=True)
        self.assertEqual(done.stdout, b"hello\nhello past the service\n")


class Contract(world.Case):
    def introspect(self, client, path):
        xml = client.call(path, "org.freedesktop.DBus.Introspectable", "Introspect")[0]
        return Gio.DBusNodeInfo.new_for_xml(xml)

    def assert_same(self, node, *names):
        for name in names:
            live = node.lookup_interface(name)
            written = read_file(name).lookup_interface(name)
            self.assertEqual(describe(live), describe(written))
        self.assertEqual({interface.name for interface in node.interfaces},
                         STANDARD | set(names))

    def test_manager(self):
        client = self.world.client()
        self.assert_same(self.introspect(client, MANAGER_PATH), MANAGER, INSPECTOR,
                         SETTINGS)

    def test_session(self):
        client = self.world.client()
        self.assert_same(self.introspect(client, client.create()), SESSION)

    def test_session_seen_by_others(self):
        """What a session can do is no secret; what it does is."""
        path = self.world.client().create()
        self.assert_same(self.introspect(self.world.client(), path), SESSION)

    def test_tree(self):
        client = self.world.client()
        client.create({"token": world.variant("s", "one")})
        sender = client.name.removeprefix(":").replace(".", "_")
        for path, children in (
            ("/org/fram/Ice1", ["session"]),
            ("/org/fram/Ice1/session", [sender]),
            (f"/org/fram/Ice1/session/{sender}", ["one"]),
        ):
            node = self.introspect(client, path)
            self.assertEqual([child.path for child in node.nodes], children)

    def test_files(self):
        """Each file is for the one interface that it is named after."""
        found = [name.removesuffix(".xml") for name in os.listdir(XML)
                 if name.startswith("org.fram.") and name.endswith(".xml")]
        self.assertEqual(sorted(found), [INSPECTOR, MANAGER, SESSION, SETTINGS])
        for name in found:
            node = read_file(name)
            self.assertEqual([interface.name for interface in node.interfaces], [name])

    def test_documentation(self):
        """Every member has a comment of its own, and every argument a line in it."""
        n_members = 0
        for name in (INSPECTOR, MANAGER, SESSION, SETTINGS):
            document = minidom.parse(os.path.join(XML, f"{name}.xml"))
            for kind in ("method", "signal", "property"):
                for member in document.getElementsByTagName(kind):
                    n_members += 1
                    self.assert_documented(member)
        self.assertGreater(n_members, 20)

    def assert_documented(self, member):
        name = member.getAttribute("name")
        comment = member.previousSibling
        while comment is not None and comment.nodeType == comment.TEXT_NODE:
            comment = comment.previousSibling
        self.assertEqual(comment and comment.nodeType, member.COMMENT_NODE, name)
        words = comment.data.split()
        self.assertEqual(words[0], f"{name}:")
        for argument in member.getElementsByTagName("arg"):
            self.assertIn(f"@{argument.getAttribute('name')}:", words, name)

    def test_properties(self):
        client = self.world.client()
        path = client.create({"label": world.variant("s", "a label")})
        for at, interface, expected in (
            (MANAGER_PATH, MANAGER, {"Version": os.environ["FRAM_VERSION"]}),
            (path, SESSION,
             {"State": "new", "Role": "controlling", "Label": "a label"}),
        ):
            got = client.call(at, world.PROPERTIES, "GetAll",
                              world.variant("(s)", (interface,)))
            self.assertEqual(got, (expected,))
            for name, value in expected.items():
                self.assertEqual(client.get(at, interface, name), value)


if __name__ == "__main__":
    world.main()
