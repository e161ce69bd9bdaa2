"""An application in a process of its own: creates sessions and holds them until it dies.

Arguments: the address of the bus, how many sessions, and in hexadecimal digits the name that
the process gives itself.  Says "ready" when it has the sessions.
"""

import ctypes
import sys

import gi

gi.require_version("Gio", "2.0")
from gi.repository import Gio, GLib  # noqa: E402

PR_SET_NAME = 15

for name in sys.argv[3:]:
    ctypes.CDLL(None).prctl(PR_SET_NAME, bytes.fromhex(name))
connection = Gio.DBusConnection.new_for_address_sync(
    sys.argv[1],
    Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT
    | Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION,
    None,
    None,
)
for _ in range(int(sys.argv[2])):
    connection.call_sync(
        "org.fram.Ice1", "/org/fram/Ice1", "org.fram.Ice1.Manager", "CreateSession",
        GLib.Variant("(a{sv})", ({},)), None, Gio.DBusCallFlags.NONE, -1, None)
print("ready", flush=True)
GLib.MainLoop().run()
