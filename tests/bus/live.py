"""Readers of the inspector's live tables, events and packets."""

import fcntl
import json
import socket
import sys
import termios

import world
from talk import connect
from world import INSPECTOR, MANAGER_PATH, variant

SESSION_COLUMNS = ("id path app_id app_name icon pid command label role policy state cause "
                   "explanation why why_text components n_pairs started bytes_sent "
                   "bytes_received local_type local remote_type remote protocol relay "
                   "rtt").split()
COMPONENT_COLUMNS = ("id stream component state cause explanation pair open packets_sent "
                     "packets_received bytes_sent bytes_received dropped").split()
CHANGE_COLUMNS = "id when what stream component state cause explanation".split()
CANDIDATE_COLUMNS = ("id stream component is_remote type transport address related server "
                     "foundation priority found").split()
PAIR_COLUMNS = ("id stream component local_candidate remote_candidate local local_type "
                "remote remote_type state cause explanation readable writable nominated "
                "selected past priority rtt total_rtt requests_sent requests_received "
                "responses_sent responses_received retransmissions consent_requests "
                "bytes_sent bytes_received").split()


class Row(dict):
    """A row by the names of its columns."""

    __getattr__ = dict.__getitem__


def rows(columns, table):
    for values in table:
        assert len(values) == len(columns), (columns, values)
    return {values[0]: Row(zip(columns, values)) for values in table}


def inspect(client, method, arguments=None):
    return client.call(MANAGER_PATH, INSPECTOR, method, arguments)


class Table:
    """What a reader has of the sessions, kept up to date by what it is told."""

    def __init__(self, client):
        self.client = client
        self.known, self.rows = 0, {}

    def pull(self):
        """Returns whether all was told, the ids of rows that came, and of those that went."""
        self.known, complete, table, removed = inspect(
            self.client, "GetSessions", variant("(t)", (self.known,)))
        came = rows(SESSION_COLUMNS, table)
        if complete:
            self.rows = came
        self.rows.update(came)
        for gone in removed:
            self.rows.pop(gone, None)
        return complete, sorted(came), sorted(removed)


class Detail:
    """The same of one session."""

    def __init__(self, client, session):
        self.client, self.session = client, session
        self.known = 0
        self.components, self.changes, self.candidates, self.pairs = {}, {}, {}, {}

    def pull(self):
        """Returns whether all was told, and how many rows came of each table."""
        (self.known, complete, components, changes, candidates, pairs, *removed) = inspect(
            self.client, "GetSession", variant("(tt)", (self.session, self.known)))
        came = (rows(COMPONENT_COLUMNS, components), rows(CHANGE_COLUMNS, changes),
                rows(CANDIDATE_COLUMNS, candidates), rows(PAIR_COLUMNS, pairs))
        mine = (self.components, self.changes, self.candidates, self.pairs)
        for table, new, gone in zip(mine, came, ([], *removed)):
            if complete:
                table.clear()
            table.update(new)
            for id_ in gone:
                table.pop(id_, None)
        return complete, tuple(map(len, came))


class LiveCase(world.Case):
    def setUp(self):
        super().setUp()
        self.reader = self.world.client()
        self.reader.listen(world.FRAM)

    def subscribe(self, reader=None):
        return inspect(reader or self.reader, "Subscribe")[0]

    def hints(self, reader=None):
        return (reader or self.reader).heard(MANAGER_PATH, "Changed")

    def connect(self, **more):
        """Two ends whose pair is nominated."""
        ends = connect(self, **more)
        for end in ends:
            self.world.wait("nomination", lambda e=end: e.client.get(
                e.path, world.SESSION, "State") == "completed")
        return ends

    def table(self):
        table = Table(self.reader)
        table.pull()
        return table

    def id_of(self, path):
        return next(row.id for row in self.table().rows.values() if row.path == path)

    def open_events(self, session=0, reader=None):
        _, fds = (reader or self.reader).call_fds(
            MANAGER_PATH, INSPECTOR, "OpenEvents", variant("(t)", (session,)))
        events = socket.socket(fileno=fds[0])
        self.addCleanup(events.close)
        events.setblocking(False)
        return events

    def capture(self, session, reader=None, **options):
        _, fds = (reader or self.reader).call_fds(
            MANAGER_PATH, INSPECTOR, "Capture", variant("(ta{sv})", (session, options)))
        packets = socket.socket(fileno=fds[0])
        self.addCleanup(packets.close)
        packets.setblocking(False)
        return packets


def read_events(events):
    """Returns what is there, and whether that was the end."""
    read = []
    while True:
        try:
            text = events.recv(65536)
        except BlockingIOError:
            return read, False
        if not text:
            return read, True
        assert len(text) <= 1024
        read.append(json.loads(text))


def bytes_in(events):
    """How many wait in a socket to be read."""
    return int.from_bytes(fcntl.ioctl(events, termios.FIONREAD, bytes(4)), sys.byteorder)
