"""An application that may live apart: creates a session, and tries what is not for everybody.

Arguments: `sandbox` (it goes to one) or `free`; the address of the bus; the path of another
application's session.  Says in one line of JSON what each method of the inspector and of the
settings answered (a name of an error, or empty), and what the manager did; and in another one, when
somebody has taken the name DONE on the bus, which signals it has heard that are not its session's.
"""

import json
import os
import sys

import world

DONE = "org.fram.Test.Done"
# An argument of each type that those methods take: the first session, few, nothing in particular.
VALUES = {"t": 1, "x": 0, "u": 1, "as": [], "a{sv}": {}, "s": "linger", "h": 0}
ARGUMENTS = {
    "Set": ({"vpn": world.variant("b", False)},),
    "AddServer": ("stun:confined.example.org", {}),
}


def answer_of(client, interface, method, signature="", values=()):
    null = os.open(os.devnull, os.O_RDONLY)
    try:
        client.call(world.MANAGER_PATH, interface, method,
                    world.variant(f"({signature})", values) if signature else None,
                    [null] if "h" in signature else ())
    except world.RemoteError as error:
        return error.name
    finally:
        os.close(null)
    return ""


def try_all(client, node, name):
    """What each method of the interface answers."""
    answers = {}
    for method in node.lookup_interface(name).methods:
        types = [argument.signature for argument in method.in_args]
        values = ARGUMENTS.get(method.name, tuple(map(VALUES.get, types)))
        answers[method.name] = answer_of(client, name, method.name, "".join(types), values)
    return answers


def try_properties(client, interface, name):
    """What is answered to each way to use them."""
    value = world.variant("s", "")
    return [answer_of(client, world.PROPERTIES, *how) for how in (
        ("Get", "ss", (interface, name)), ("GetAll", "s", (interface,)),
        ("Set", "ssv", (interface, name, value)), ("Get", "ss", (interface, "Nothing")))]


def main():
    how, address, other = sys.argv[1:]
    if how == "sandbox":
        world.kernel.leave_mounts()
    # A bus that is there already.
    there = world.World(program="framd")
    there.address = address
    client = world.Client(there)
    client.listen(world.FRAM)
    taken = []
    client.connection.signal_subscribe(
        "org.freedesktop.DBus", "org.freedesktop.DBus", "NameOwnerChanged",
        "/org/freedesktop/DBus", DONE, world.Gio.DBusSignalFlags.NONE,
        lambda *_: taken.append(True))
    own = client.create()
    xml = client.call(world.MANAGER_PATH, "org.freedesktop.DBus.Introspectable", "Introspect")[0]
    node = world.Gio.DBusNodeInfo.new_for_xml(xml)
    print(json.dumps({
        "own": own,
        "inspected": try_all(client, node, world.INSPECTOR),
        "settings": try_all(client, node, world.SETTINGS),
        "problems": try_properties(client, world.SETTINGS, "Problems"),
        "listed": [row[0] for row in client.sessions()],
        "own pairs": answer_of(client, world.MANAGER, "GetPairs", "o", (own,)),
        "other's pairs": answer_of(client, world.MANAGER, "GetPairs", "o", (other,)),
    }), flush=True)
    there.wait("end", lambda: taken)
    there.settle(client)
    print(json.dumps([signal[1:3] for signal in client.signals if signal[0] != own]),
          flush=True)


if __name__ == "__main__":
    main()
