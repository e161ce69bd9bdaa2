"""What the mock keeps of servers, and what it finds when it tests them.

The host of a URI tells how a test of it ends: see TESTS.  `SetSecret=memory` has no keyring,
`ListServers=locked` has one that is locked.
"""

from gi.repository import GLib

SERVERS_TYPE = "(a(sssbssbsss))"
SETTINGS = "org.fram.Ice1.Settings"
OPTIONS = {"uri": str, "name": str, "enabled": bool, "credential": str, "username": str,
           "authority": str, "position": int}
ADMINISTRATOR = "/etc/fram/conf.d/office.conf"

FOUND = {
    "ok": ("b", True), "step": ("s", "done"), "cause": ("s", ""), "advice": ("s", ""),
    "transport": ("s", "udp"), "server": ("s", "203.0.113.1:3478"),
    "mapped": ("s", "198.51.100.7:40000"), "relayed": ("s", "203.0.113.1:49160"),
    "relayed-6": ("s", "[2001:db8::1]:49161"), "rtt": ("x", 12_500), "took": ("x", 80_000),
    "lifetime": ("u", 600), "of-the-future": ("as", ["ignored"]),
}
NO_RELAY = {"relayed": ("s", ""), "relayed-6": ("s", ""), "lifetime": ("u", 0)}
NO_ANSWER = {**NO_RELAY, "mapped": ("s", ""), "rtt": ("x", -1), "ok": ("b", False)}

# By host; the rest is as in FOUND.
TESTS = {
    "stun.example.org": NO_RELAY,
    "tls.example.org": {"transport": ("s", "tls")},
    "wrong.example.org": {
        **NO_RELAY, "ok": ("b", False), "step": ("s", "allocate"),
        "cause": ("s", "wrong-credentials"),
        "advice": ("s", "The server does not take the user name or the password. "
                        "Check both.")},
    "silent.example.org": {**NO_ANSWER, "step": ("s", "answer"), "cause": ("s", "silent"),
                           "advice": ("s", "Nothing answers there.")},
    "nowhere.example.org": {**NO_ANSWER, "step": ("s", "resolve"), "server": ("s", ""),
                            "cause": ("s", "no-such-name"),
                            "advice": ("s", "There is no host of that name.")},
    "certificate.example.org": {
        **NO_ANSWER, "step": ("s", "connect"), "transport": ("s", "tls"),
        "cause": ("s", "certificate"), "advice": ("s", "It is not the server's name.")},
    "short.example.org": None,  # says nothing but whether all is well
    "strange.example.org": {**NO_ANSWER, "step": ("s", "beam"), "cause": ("s", "fog")},
}


class Refusal(Exception):
    """An error of the contract."""

    def __init__(self, name, message):
        super().__init__(message)
        self.name = "org.fram.Ice1.Error." + name


def host_of(uri):
    return uri.split(":")[1].split("?")[0]


class Servers:
    def __init__(self, faults):
        self.faults = faults
        self.given = ()
        self.next_id = 0
        self.servers = []
        if "administrator" in faults:
            self.servers.append({
                "id": "admin-office", "uri": "turn:office.example.org", "name": "Office",
                "enabled": True, "credential": "shared-secret", "username": "",
                "secret": "given", "authority": "", "file": ADMINISTRATOR})

    def tell_servers_changed(self):
        self.bus.emit_signal(None, "/org/fram/Ice1", SETTINGS, "ServersChanged", None)

    def find(self, id):
        for server in self.servers:
            if server["id"] == id:
                return server
        raise Refusal("NoServer", f"There is no server “{id}”.")

    def find_own(self, id):
        server = self.find(id)
        if server["file"]:
            raise Refusal("Locked", f"{server['file']} gives this server.")
        return server

    def storage_of(self, server):
        if self.faults.get("ListServers") == "locked":
            return "keyring"
        if not server["secret"]:
            return ""
        if server["file"]:
            return "administrator"
        return self.faults.get("SetSecret", "keyring")

    def change(self, server, options):
        for key, value in options.items():
            if not isinstance(value, OPTIONS.get(key, ())):
                raise Refusal("InvalidArgument", f"There is no option “{key}”.")
        if options.get("uri", server["uri"]) != server["uri"]:
            server["secret"] = ""
        place = options.pop("position", None)
        server.update(options)
        if place is not None:
            self.servers.remove(server)
            own = [each for each in self.servers if not each["file"]]
            first = len(self.servers) - len(own)
            self.servers.insert(first + min(place, len(own)), server)

    # Methods, by their names on the bus.

    def ListServers(self, _sender, _arguments, _call):
        if self.faults.get("ListServers") == "type":
            return "(s)", ("no table",)
        return SERVERS_TYPE, ([
            (s["id"], s["uri"], s["name"], s["enabled"], s["credential"], s["username"],
             bool(s["secret"]) and self.faults.get("ListServers") != "locked", self.storage_of(s), s["authority"], s["file"])
            for s in self.servers],)

    def AddServer(self, _sender, arguments, _call):
        uri, options = arguments.unpack()
        if not uri.startswith(("stun:", "stuns:", "turn:", "turns:")):
            raise Refusal("InvalidArgument", f"“{uri}” is no server.")
        server = {"id": f"{self.next_id + 0xa10:x}f", "uri": uri, "name": "", "enabled": True,
                  "credential": "none", "username": "", "secret": "", "authority": "",
                  "file": ""}
        self.servers.append(server)
        try:
            self.change(server, options)
        except Refusal:
            self.servers.remove(server)
            raise
        self.next_id += 1
        self.tell_servers_changed()
        return "(s)", (server["id"],)

    def ChangeServer(self, _sender, arguments, _call):
        id, options = arguments.unpack()
        server = self.find(id) if list(options) == ["enabled"] else self.find_own(id)
        self.change(server, options)
        self.tell_servers_changed()

    def RemoveServer(self, _sender, arguments, _call):
        self.servers.remove(self.find_own(arguments.unpack()[0]))
        self.tell_servers_changed()

    def SetSecret(self, _sender, arguments, _call):
        server = self.find_own(arguments.unpack()[0])
        server["secret"], = self.given
        self.tell_servers_changed()
        return "(s)", (self.storage_of(server),)

    def TestServer(self, _sender, arguments, _call):
        id, options = arguments.unpack()
        uri = options.get("uri") or self.find(id)["uri"]
        other = TESTS.get(host_of(uri), {})
        found = {"ok": ("b", True)} if other is None else {**FOUND, **other}
        return "(a{sv})", ({key: GLib.Variant(*value) for key, value in found.items()},)
