"""An application in a sandbox: creates a session, and tries what tells of other applications.

Arguments: the address of the bus, and the path of another application's session.  Says in one
line of JSON what each method of the inspector answered (a name of an error, or empty), and what
the manager did.
"""

import json
import sys

import world

# An argument of each type that those methods take: the first session, few, nothing in particular.
VALUES = {"t": 1, "x": 0, "u": 1, "as": [], "a{sv}": {}}


def answer_of(client, interface, method, signature="", values=()):
    try:
        client.call(world.MANAGER_PATH, interface, method,
                    world.variant(f"({signature})", values) if signature else None)
    except world.RemoteError as error:
        return error.name
    return ""


def main():
    world.kernel.leave_mounts()
    there = type("There", (), {"address": sys.argv[1]})
    client = world.Client(there)
    own = client.create()
    xml = client.call(world.MANAGER_PATH, "org.freedesktop.DBus.Introspectable", "Introspect")[0]
    inspector = world.Gio.DBusNodeInfo.new_for_xml(xml).lookup_interface(world.INSPECTOR)
    inspected = {}
    for method in inspector.methods:
        types = [argument.signature for argument in method.in_args]
        inspected[method.name] = answer_of(client, world.INSPECTOR, method.name,
                                           "".join(types), tuple(map(VALUES.get, types)))
    print(json.dumps({
        "own": own,
        "inspected": inspected,
        "listed": [row[0] for row in client.sessions()],
        "own pairs": answer_of(client, world.MANAGER, "GetPairs", "o", (own,)),
        "other's pairs": answer_of(client, world.MANAGER, "GetPairs", "o", (sys.argv[2],)),
    }), flush=True)


if __name__ == "__main__":
    main()
