#!/usr/bin/python3
"""A service that speaks the contract and can be told to misbehave.

It owns org.fram.Ice1 on the session bus, from the XML of the contract, and carries no data
but its own answers: what an application writes comes back with `mock:` before it.  Each call
is told on standard output as a line of JSON.

    mock_framd.py CONTRACT-DIRECTORY [METHOD=FAULT…]

Faults: `die` ends the service in the middle of the call, `hang` never answers,
`error:NAME` answers with that error of the bus; `CreateSession=path` puts the session where
nobody expects it, `OpenComponent=no-fd` answers without a socket,
`ListSessions=relayed` has sessions that are, `SetRemoteDescription=fail` finds no way to the peer, `CheckNetwork=nothing` knows nothing,
`GetNetwork=type` and `ListServers=type` answer with what the contract does not say,
`Settings=none` is a service without settings; what is told of servers stands in
mock_servers.py.
"""

import fcntl
import json
import os
import pathlib
import signal
import socket
import sys

from gi.repository import Gio, GLib

import mock_network
import mock_servers
from mock_servers import Refusal

ROOT = "/org/fram/Ice1"
LINES = (
    "candidate:1 1 UDP 2130706431 192.0.2.1 9000 typ host",
    "candidate:2 1 UDP 1694498815 198.51.100.1 9001 typ srflx raddr 192.0.2.1 rport 9000",
)


def tell(**what):
    print(json.dumps(what), flush=True)


class Session:
    def __init__(self, service, owner, path, options):
        self.service = service
        self.owner = owner
        self.path = path
        self.label = options.get("label", "")
        self.role = options.get("role", "controlled" if "remote" in options else "controlling")
        self.state = "new"
        self.generation = 0
        self.described = False
        self.data = None

    def emit(self, name, signature=None, *values):
        body = GLib.Variant(signature, values) if signature else None
        self.service.bus.emit_signal(
            self.owner, self.path, "org.fram.Ice1.Session", name, body
        )

    @property
    def ufrag(self):
        return f"mock{self.generation}"

    def gather(self):
        for line in LINES:
            self.emit("LocalCandidate", "(sus)", self.ufrag, 0, line)
        self.emit("GatheringDone", "(st)", self.ufrag, 1500)

    def change(self, state, cause, sentence, duration=0):
        self.state = state
        self.emit("StateChanged", "(ssst)", state, cause, sentence, duration)

    # Methods, by their names on the bus.  Each returns its answer's signature and values.

    def GetLocalDescription(self):
        lines = [(0, line) for line in LINES]
        return "(ssasua(us)b)", (
            self.ufrag, "p" * 22, ["ice2", "trickle"], 5, lines, True,
        )

    def SetRemoteDescription(self, ufrag, pwd, options, pacing, candidates, end):
        if len(ufrag) < 4 or len(pwd) < 22:
            raise Refusal("InvalidDescription", "The ufrag or the pwd is too short.")
        self.AddRemoteCandidates(ufrag, candidates)
        if self.described:
            raise Refusal("WrongState", "The peer is known already.")
        self.described = True
        self.change("checking", "remote-description", "The peer became known.", 0)
        self.emit("PairsChanged")
        if self.service.faults.get("SetRemoteDescription") == "fail":
            self.change("failed", "no-pair-succeeded", "No way to the peer works.", 3000)
            return
        if self.service.faults.get("SetRemoteDescription") == "advise":
            self.emit("RestartAdvised", "(ss)", "no-pair-left", "The path was lost.")
        self.emit("ComponentStateChanged", "(uusss)", 0, 1, "connected", "valid-pair", "Yes.")
        self.role = "controlled"  # as after a role conflict
        self.change("connected", "valid-pair", "A pair works.", 2500)
        self.emit("SelectedPairChanged", "(uuss)", 0, 1, "192.0.2.1:9 host udp",
                  "198.51.100.2:9 srflx udp")
        self.change("completed", "nominated", "The peer agreed.", 4000)

    def AddRemoteCandidates(self, ufrag, candidates):
        for _, line in candidates:
            if not line.startswith("candidate:"):
                raise Refusal("InvalidCandidate", f"“{line}” is no candidate.")

    def EndRemoteCandidates(self, ufrag):
        if not self.described:
            raise Refusal("WrongState", "The peer is not known yet.")

    def Restart(self):
        self.generation += 1
        self.described = False
        self.change("checking", "restart", "A new generation began.", 5000)
        self.gather()

    def GetStatsReport(self):
        return "(a{sa{sv}})", ({"pair-7": {
            "type": GLib.Variant("s", "candidate-pair"),
            "bytesSent": GLib.Variant("t", 1 << 40),
            "currentRoundTripTime": GLib.Variant("d", 0.00125),
        }},)

    def SetDscp(self, stream, component, dscp):
        if dscp > 63:
            raise Refusal("InvalidArgument", "A code point is 0 to 63.")

    def RemoveStream(self, stream):
        if stream != 1:
            raise Refusal("WrongState", "It is the last stream.")
        self.emit("ComponentStateChanged", "(uusss)", 1, 1, "closed", "stream-removed", "Gone.")

    def OpenComponent(self, stream, component):
        if (stream, component) != (0, 1):
            raise Refusal("InvalidArgument", "There is no such component.")
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        if self.data is not None:
            self.stop_data()
        self.data = ours
        self.watch = GLib.unix_fd_add_full(
            GLib.PRIORITY_DEFAULT, ours.fileno(), GLib.IOCondition.IN, self.on_data
        )
        return "h", theirs

    def on_data(self, _fd, _condition):
        datagram = self.data.recv(65536)
        if not datagram:
            self.data.close()
            self.data = None
            return False
        self.data.send(b"mock:" + datagram)
        return True

    def stop_data(self):
        GLib.source_remove(self.watch)
        self.data.close()
        self.data = None

    def GetCandidates(self):
        return "(a(uubsssssu))", ([
            (0, 1, False, "host", "udp", "192.0.2.1:9", "", "1", 2130706431),
            (0, 1, True, "srflx", "udp", "[2001:db8::1]:9", "192.0.2.9:9", "2", 1694498815),
        ],)

    def GetPairs(self):
        return "(a(uuusssssssbbbbtxuuuuuu))", ([
            (7, 0, 1, "192.0.2.1:9", "host", "198.51.100.2:9", "srflx", "succeeded",
             "response", "It was answered.", True, True, True, True,
             9151314442783293438, 1250, 2, 3, 3, 2, 1, 4),
            (8, 0, 1, "192.0.2.1:9", "host", "198.51.100.2:10", "relay", "in-progress",
             "ordinary-check", "Its turn came.", False, False, False, False,
             1, -1, 1, 0, 0, 0, 0, 0),
        ],)

    def GetStats(self):
        counters = {"packets-sent": 1, "bytes-sent": 2, "dropped-no-path": 3}
        return "(a{sa{st}})", ({"0.1": counters},)

    def Close(self):
        self.service.forget(self)
        if self.data is not None:
            self.stop_data()
        self.change("closed", "closed-by-application", "The application closed it.", 6000)
        self.emit("Closed", "(ss)", "closed-by-application", "The application closed it.")


class Service(mock_servers.Servers):
    def __init__(self, contract, faults):
        super().__init__(faults)
        self.interfaces = {}
        for name in ("Manager", "Inspector", "Session", "Settings"):
            xml = pathlib.Path(contract, f"org.fram.Ice1.{name}.xml").read_text("utf-8")
            if faults.get("GetNetwork") == "type":
                xml = xml.replace(mock_network.NETWORK_TYPE[-10:-1], "s")
            if faults.get("ListServers") == "type":
                xml = xml.replace(mock_servers.SERVERS_TYPE[1:-1], "s")
            self.interfaces[name] = Gio.DBusNodeInfo.new_for_xml(xml).interfaces[0]
        self.sessions = {}
        self.bus = Gio.bus_get_sync(Gio.BusType.SESSION)
        self.bus.register_object(
            ROOT, self.interfaces["Manager"], self.on_manager_call, self.on_manager_get, None
        )
        self.bus.register_object(
            ROOT, self.interfaces["Inspector"], self.on_manager_call, None, None
        )
        if faults.get("Settings") != "none":
            self.bus.register_object(
                ROOT, self.interfaces["Settings"], self.on_manager_call, None, None
            )

    # --- The manager

    def on_manager_get(self, _bus, _sender, _path, _interface, _property):
        return GLib.Variant("s", "9.9.9")

    def on_manager_call(self, _bus, sender, _path, interface, method, arguments, call):
        # Those of the settings alone: their signals are for everybody here.
        if (interface, method) == (mock_servers.SETTINGS, "Subscribe"):
            call.return_value(None)
        else:
            self.serve(self, method, sender, arguments, call)

    def CreateSession(self, sender, arguments, call):
        options = arguments.unpack()[0]
        token = options.get("token", "chosen")
        path = f"{ROOT}/session/{sender[1:].replace('.', '_')}/{token}"
        if "label" in options and len(options["label"].encode()) > 128:
            raise Refusal("InvalidArgument", "The label is longer than 128 bytes.")
        if self.faults.get("CreateSession") == "path":
            path += "_"
        session = Session(self, sender, path, options)
        session.registration = self.bus.register_object(
            path, self.interfaces["Session"], self.on_session_call, self.on_session_get, None
        )
        self.sessions[path] = session
        call.return_value(GLib.Variant("(o)", (path,)))
        session.gather()

    def ListSessions(self, _sender, _arguments, _call):
        selected = mock_network.RELAYED if self.faults.get("ListSessions") == "relayed" else ""
        rows = [
            (s.path, "mock", s.label, s.role, s.state, "created", selected, -1, 12)
            for s in self.sessions.values()
        ]
        return "(a(ossssssxt))", (rows,)

    def GetPairs(self, _sender, arguments, _call):
        session = self.sessions.get(arguments.unpack()[0])
        if session is None:
            raise Refusal("NoSession", "There is no such session.")
        return session.GetPairs()

    def GetStatus(self, _sender, _arguments, _call):
        return "(a{sv})", ({
            "sessions": GLib.Variant("u", len(self.sessions)),
            "packets-in": GLib.Variant("t", 1 << 40),
            "features": GLib.Variant("as", ["gro", "gso"]),
        },)

    # --- The inspector

    def GetNetwork(self, _sender, _arguments, _call):
        if self.faults.get("GetNetwork") == "type":
            return (mock_network.NETWORK_TYPE[:-10] + "s)",
                    (*mock_network.NETWORK[:-1], "no table"))
        return mock_network.NETWORK_TYPE, mock_network.NETWORK

    def GetAllocations(self, _sender, _arguments, _call):
        return mock_network.ALLOCATIONS_TYPE, (mock_network.ALLOCATIONS,)

    def CheckNetwork(self, _sender, arguments, _call):
        for uri in arguments.unpack()[0]:
            if not uri.startswith("stun"):
                raise Refusal("InvalidArgument", f"“{uri}” is no server.")
        nothing = self.faults.get("CheckNetwork") == "nothing"
        return (mock_network.NETWORK_TYPE,
                mock_network.NOTHING if nothing else mock_network.NETWORK)

    def ListHistory(self, _sender, arguments, _call):
        before, limit = arguments.unpack()
        rows = [row for row in mock_network.HISTORY if before == 0 or row[0] < before]
        return mock_network.HISTORY_TYPE, (rows[:limit],)

    # --- Sessions

    def on_session_get(self, _bus, _sender, path, _interface, name):
        session = self.sessions[path]
        values = {"State": session.state, "Role": session.role, "Label": session.label}
        return GLib.Variant("s", values[name])

    def on_session_call(self, _bus, sender, path, _interface, method, arguments, call):
        session = self.sessions.get(path)
        if session is None or session.owner != sender:
            call.return_dbus_error("org.freedesktop.DBus.Error.AccessDenied", "Not yours.")
            return
        self.serve(session, method, sender, arguments, call)

    def forget(self, session):
        del self.sessions[session.path]
        self.bus.unregister_object(session.registration)

    # --- All calls

    def serve(self, target, method, sender, arguments, call):
        told = {"call": method, "arguments": readable(arguments)}
        descriptors = call.get_message().get_unix_fd_list()
        if descriptors is not None:
            told["seals"], told["descriptors"] = zip(*map(read_all, descriptors.steal_fds()))
        tell(**told)
        self.given = told.get("descriptors", ())
        if not hasattr(target, method):  # as a service that is older than the contract
            call.return_dbus_error("org.freedesktop.DBus.Error.UnknownMethod", "Never heard of.")
            return
        fault = self.faults.get(method, "")
        if fault == "die":
            os.kill(os.getpid(), signal.SIGKILL)
        if fault == "hang":
            self.hanging = call
            return
        if fault.startswith("error:"):
            call.return_dbus_error(fault.removeprefix("error:"), "As it was told to.")
            return
        try:
            if target is self:
                answer = getattr(self, method)(sender, arguments, call)
                if method == "CreateSession":
                    return
            else:
                answer = getattr(target, method)(*arguments.unpack())
        except Refusal as refusal:
            call.return_dbus_error(refusal.name, str(refusal))
            return
        self.answer(call, answer, fault)

    def answer(self, call, answer, fault):
        if answer is None:
            call.return_value(None)
        elif answer[0] == "h":
            descriptors = Gio.UnixFDList.new()
            if fault != "no-fd":
                descriptors.append(answer[1].fileno())
            answer[1].close()
            call.return_value_with_unix_fd_list(GLib.Variant("(h)", (0,)), descriptors)
        else:
            call.return_value(GLib.Variant(*answer))


def readable(arguments):
    return json.loads(json.dumps(arguments.unpack(), default=str))


def read_all(fd):
    """Returns how it is sealed, and what it holds."""
    with os.fdopen(fd, "rb") as file:
        return fcntl.fcntl(fd, fcntl.F_GET_SEALS), file.read().decode()


def main():
    faults = dict(argument.split("=", 1) for argument in sys.argv[2:])
    loop = GLib.MainLoop()
    service = Service(sys.argv[1], faults)
    Gio.bus_own_name_on_connection(
        service.bus, "org.fram.Ice1", Gio.BusNameOwnerFlags.NONE,
        lambda *_: tell(ready=True), lambda *_: loop.quit(),
    )
    service.bus.set_exit_on_close(True)
    loop.run()


if __name__ == "__main__":
    main()
