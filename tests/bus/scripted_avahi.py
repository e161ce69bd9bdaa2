"""An Avahi whose answers a test decides, on a system bus of the test's own."""

import socket

from world import Client, Gio, GLib, variant

NAME = "org.freedesktop.Avahi"
SERVER = "org.freedesktop.Avahi.Server"
BROWSER = "org.freedesktop.Avahi.RecordBrowser"
GROUP = "org.freedesktop.Avahi.EntryGroup"
ESTABLISHED, COLLISION = 2, 3
A, AAAA = 1, 28
# The interface that everything comes from.
LOOPBACK = 1

INTERFACES = Gio.DBusNodeInfo.new_for_xml("""
<node>
  <interface name="org.freedesktop.Avahi.Server">
    <method name="RecordBrowserNew">
      <arg name="interface" type="i" direction="in"/>
      <arg name="protocol" type="i" direction="in"/>
      <arg name="name" type="s" direction="in"/>
      <arg name="clazz" type="q" direction="in"/>
      <arg name="type" type="q" direction="in"/>
      <arg name="flags" type="u" direction="in"/>
      <arg name="path" type="o" direction="out"/>
    </method>
    <method name="EntryGroupNew">
      <arg name="path" type="o" direction="out"/>
    </method>
  </interface>
  <interface name="org.freedesktop.Avahi.RecordBrowser">
    <method name="Free"/>
  </interface>
  <interface name="org.freedesktop.Avahi.EntryGroup">
    <method name="AddAddress">
      <arg name="interface" type="i" direction="in"/>
      <arg name="protocol" type="i" direction="in"/>
      <arg name="flags" type="u" direction="in"/>
      <arg name="name" type="s" direction="in"/>
      <arg name="address" type="s" direction="in"/>
    </method>
    <method name="Commit"/>
    <method name="Free"/>
  </interface>
</node>""")


class Browser:
    def __init__(self, avahi, owner, name, kind):
        self.avahi, self.owner, self.name, self.kind = avahi, owner, name, kind
        self.path = avahi.serve(BROWSER, self.call)

    def call(self, _connection, _sender, _path, _interface, _method, _arguments, invocation):
        self.avahi.browsers.remove(self)
        invocation.return_value(None)

    def tell(self):
        for address in self.avahi.addresses.get(self.name, ()):
            family = socket.AF_INET6 if ":" in address else socket.AF_INET
            if self.kind == (AAAA if family == socket.AF_INET6 else A):
                self.avahi.emit(self.owner, self.path, BROWSER, "ItemNew", variant(
                    "(iisqqayu)", (LOOPBACK, 0, self.name, 1, self.kind,
                                   socket.inet_pton(family, address), 0)))


class Group:
    """A name that is published when it is committed."""

    def __init__(self, avahi, owner):
        self.avahi, self.owner = avahi, owner
        self.name = self.address = self.interface = None
        self.path = avahi.serve(GROUP, self.call)

    def call(self, _connection, _sender, _path, _interface, method, arguments, invocation):
        if method == "AddAddress":
            if self.avahi.refuses:
                invocation.return_dbus_error("org.freedesktop.Avahi.NotPermittedError",
                                             "Operation not permitted")
                return
            self.interface, _, self.flags, self.name, self.address = arguments.unpack()
        invocation.return_value(None)
        if method == "Commit" and self.avahi.answers:
            self.tell(COLLISION if self.avahi.collides else ESTABLISHED)
        elif method == "Free":
            self.avahi.groups.remove(self)
            self.avahi.addresses.pop(self.name, None)

    def tell(self, state):
        if state == ESTABLISHED:
            self.avahi.addresses[self.name] = [self.address]
        self.avahi.emit(self.owner, self.path, GROUP, "StateChanged",
                        variant("(is)", (state, "")))


class Avahi:
    """`addresses`: of each name; `asked`: names that were looked for, in their order;
    `browsers` and `groups`: those that there are."""

    def __init__(self, world):
        self.client = Client(world, world.system_address)
        self.addresses, self.asked, self.browsers, self.groups = {}, [], [], []
        self.n_objects = 0
        self.answers = True
        self.refuses = self.collides = False
        self.connection = self.client.connection
        self.register("/", SERVER, self.serve_server)
        self.client.call("/org/freedesktop/DBus", "org.freedesktop.DBus", "RequestName",
                         variant("(su)", (NAME, 4)), destination="org.freedesktop.DBus")

    def stop(self):
        self.client.close()

    def register(self, path, interface, call):
        self.connection.register_object(path, INTERFACES.lookup_interface(interface), call,
                                        None, None)

    def serve(self, interface, call):
        """Returns the path of a new object."""
        self.n_objects += 1
        path = f"/Client/Object{self.n_objects}"
        self.register(path, interface, call)
        return path

    def emit(self, to, path, interface, name, body):
        self.connection.emit_signal(to, path, interface, name, body)

    def serve_server(self, _connection, sender, _path, _interface, method, arguments,
                     invocation):
        getattr(self, method)(sender, invocation, *arguments.unpack())

    def RecordBrowserNew(self, sender, invocation, _interface, _protocol, name, _class, kind,
                         _flags):
        if kind == A:
            self.asked.append(name)
        browser = Browser(self, sender, name, kind)
        self.browsers.append(browser)
        invocation.return_value(variant("(o)", (browser.path,)))
        if self.answers:
            browser.tell()

    def EntryGroupNew(self, sender, invocation):
        group = Group(self, sender)
        self.groups.append(group)
        invocation.return_value(variant("(o)", (group.path,)))
