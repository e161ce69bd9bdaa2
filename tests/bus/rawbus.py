"""A client of the bus that sends bytes, and so can send what no library would."""

import os
import socket

from gi.repository import Gio, GLib


class RawClient:
    def __init__(self, world):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(30)
        self.socket.connect(os.path.join(world.folder, "bus"))
        self.serial = 0
        self._received = b""
        uid = str(os.geteuid()).encode().hex()
        self.socket.sendall(b"\0AUTH EXTERNAL " + uid.encode() + b"\r\n")
        assert self._line().startswith(b"OK")
        self.socket.sendall(b"BEGIN\r\n")
        hello = self.message("org.freedesktop.DBus", "/org/freedesktop/DBus",
                             "org.freedesktop.DBus", "Hello")
        self.name = self.ask(hello).get_body().unpack()[0]

    def close(self):
        self.socket.close()

    def _line(self):
        while b"\r\n" not in self._received:
            self._received += self.socket.recv(4096)
        line, _, self._received = self._received.partition(b"\r\n")
        return line

    def message(self, destination, path, interface, member, body=None):
        """The bytes of a call, as GLib writes them."""
        message = Gio.DBusMessage.new_method_call(destination, path, interface, member)
        if body is not None:
            message.set_body(body)
        self.serial += 1
        message.set_serial(self.serial)
        return message.to_blob(Gio.DBusCapabilityFlags.NONE)

    def send(self, data):
        self.socket.sendall(data)

    def ask(self, data):
        """Sends a call; returns the answer, a Gio.DBusMessage."""
        self.send(data)
        while True:
            answer = self.receive()
            if answer.get_reply_serial() == self.serial:
                return answer

    def receive(self):
        while len(self._received) < 16:
            self._take()
        need = Gio.DBusMessage.bytes_needed(self._received[:16])
        while len(self._received) < need:
            self._take()
        blob, self._received = self._received[:need], self._received[need:]
        return Gio.DBusMessage.new_from_blob(blob, Gio.DBusCapabilityFlags.NONE)

    def watch(self, *rules):
        """Becomes a monitor: from now on all that matches is received."""
        body = GLib.Variant("(asu)", (rules, 0))
        answer = self.ask(self.message("org.freedesktop.DBus", "/org/freedesktop/DBus",
                                       "org.freedesktop.DBus.Monitoring", "BecomeMonitor",
                                       body))
        assert answer.get_message_type() == Gio.DBusMessageType.METHOD_RETURN

    def _take(self):
        data = self.socket.recv(65536)
        if not data:
            raise ConnectionError("The bus has closed the connection")
        self._received += data

    def is_thrown_out(self):
        """Waits for the bus to close the connection, as it does with who breaks its rules."""
        try:
            while True:
                self.receive()
        except (ConnectionError, GLib.Error):
            return True
