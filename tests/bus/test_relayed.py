"""org.fram.Ice1.Inspector: sessions that go by a relay, in its tables and packets."""

import test_server_tests
import world
from live import Detail, Table
from packets import PacketCase
from talk import connect
from test_servers import SECRET
from test_server_tests import SERVER
from world import INSPECTOR, MANAGER, MANAGER_PATH, variant


class Relayed(PacketCase, test_server_tests.Case):
    def setUp(self):
        super().setUp()
        self.uri = self.start_server("user")
        self.set_secret(self.add(self.uri, credential="long-term", username="alice"))

    def test_path(self):
        """The relay is named: of the session, of its candidates; and the packets to it."""
        events = self.open_events()
        one, other = connect(self, policy=variant("s", "relay"))
        for end in (one, other):
            self.world.wait("nomination", lambda e=end: e.client.get(
                e.path, world.SESSION, "State") == "completed")
        table = Table(self.reader)
        table.pull()
        row = next(row for row in table.rows.values() if row.path == one.path)
        self.assertEqual((row.policy, row.why, row.local_type), ("relay", "relayed", "relay"))
        self.assertEqual((row.relay, row.protocol), (self.uri, "udp"))
        detail = Detail(self.reader, row.id)
        detail.pull()
        servers = {c.server for c in detail.candidates.values()
                   if c.type == "relay" and not c.is_remote}
        self.assertEqual(servers, {self.uri})

        stream = self.capture(row.id, data=variant("b", True), snap=variant("u", 65535))
        self.talk(one, other, 500)
        one.call("Restart")
        one.call("Close")
        self.world.settle(self.reader)
        data, over = self.read_all(stream)
        self.assertTrue(over)
        packets = self.packets_of(data)
        self.assertIn(b"x" * 500, [packet.payload for packet in packets])
        self.check_with_tshark(data, len(packets))
        whole = data + b"".join(self.read_texts(events))
        self.assertIn(SERVER.encode(), whole)
        self.assertNotIn(SECRET.encode(), whole)

    def test_failure(self):
        """Why there is no relay is told by one word, wherever the session is looked at."""
        self.set_secret(self.ids()[0], SECRET[::-1])
        end = self.fail_by_relay()
        _, word, sentence, _ = end.heard("StateChanged")[-1]
        self.assertEqual(word, "relay-wrong-credentials")
        self.assertIn(f"{SERVER} refuses the user name or the password", sentence)
        row, = self.client.call(MANAGER_PATH, MANAGER, "ListSessions")[0]
        self.assertEqual((row[4], row[5]), ("failed", word))
        table = Table(self.reader)
        table.pull()
        row, = table.rows.values()
        self.assertEqual((row.cause, row.explanation), (word, sentence))
        self.assertEqual((row.why, row.why_text), (word, sentence))
        detail = Detail(self.reader, row.id)
        detail.pull()
        self.assertIn(("session", "failed", word, sentence),
                      [(change.what, change.state, change.cause, change.explanation)
                       for change in detail.changes.values()])
        # What is put right later does not change what was told.
        self.set_secret(self.ids()[0])
        self.world.wait("relay", lambda: [
            row for row in self.client.call(MANAGER_PATH, INSPECTOR, "GetAllocations")[0]
            if row[10] == "there"])
        row, = self.client.call(MANAGER_PATH, MANAGER, "ListSessions")[0]
        self.assertEqual((row[4], row[5]), ("failed", word))
        end.call("Close")
        row, = self.client.call(MANAGER_PATH, INSPECTOR, "ListHistory",
                                variant("(xu)", (0, 10)))[0]
        self.assertEqual((row[5], row[6]), ("failed", word))

    @staticmethod
    def read_texts(events):
        texts = []
        while True:
            try:
                texts.append(events.recv(65536))
            except BlockingIOError:
                return texts


if __name__ == "__main__":
    world.main()
