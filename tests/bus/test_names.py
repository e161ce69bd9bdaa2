"""Peers that hide their addresses behind names of Multicast DNS: Avahi that finds them, that
does not, that is not there, and that goes."""

import world
from scripted_avahi import Avahi
from talk import Application, answer_options, connect
from world import INSPECTOR, MANAGER, MANAGER_PATH, SETTINGS, variant

NAME = "9b36eaac-bb2e-49bb-bb78-21c41c499900.local"
HIDDEN = "127.0.0.1"


class Case(world.Case):
    def setUp(self):
        super().setUp()
        self.start_system_bus()
        # So that the host has one address, which a test hides.
        self.world.clients[0].call(MANAGER_PATH, SETTINGS, "Set", variant(
            "(a{sv})", ({"families": variant("s", "ipv4")},)))

    def start_system_bus(self):
        self.world.start_system_bus()

    def hide(self, candidates):
        """The lines of a peer that shows a name instead of its only address."""
        return [(stream, line.replace(HIDDEN, NAME)) for stream, line in candidates]

    def call_by_name(self):
        """The answerer knows the offerer by its name alone."""
        offerer = Application(self)
        options = answer_options(offerer)
        options["remote-candidates"] = variant("a(us)", self.hide(offerer.describe()[4]))
        answerer = Application(self, options)
        return offerer, answerer

    def status(self):
        return self.world.clients[0].manager("GetStatus")[0]

    def remotes(self, application):
        """The addresses of the peer that it is told of."""
        return [row[5] for row in application.call("GetCandidates")[0] if row[2]]


class Found(Case):
    def setUp(self):
        super().setUp()
        self.avahi = Avahi(self.world)
        self.addCleanup(self.avahi.stop)
        self.avahi.addresses[NAME] = [HIDDEN]

    def test_connects(self):
        """By the name alone, and without its address in anything that applications are told."""
        offerer, answerer = self.call_by_name()
        self.world.wait("candidate", lambda: self.remotes(answerer))
        offerer.accept(answerer)
        self.world.wait("connection", lambda: offerer.is_up() and answerer.is_up())
        self.world.wait("path", lambda: answerer.heard("SelectedPairChanged"))
        selected = answerer.heard("SelectedPairChanged")[-1]
        self.assertTrue(selected[3].startswith(NAME + ":"), selected)
        looker = self.world.client()
        told = [
            self.remotes(answerer),
            [row[5] for row in answerer.call("GetPairs")[0]],
            [row[5] for row in looker.call(MANAGER_PATH, MANAGER, "GetPairs",
                                           variant("(o)", (answerer.path,)))[0]],
            [row[6].split(" -> ")[1] for row in looker.sessions()
             if row[0] == answerer.path],
        ]
        for table in told:
            self.assertTrue(table, told)
            for address in table:
                self.assertTrue(address.startswith(NAME + ":"), told)
        self.assertNotIn("names-problem", self.status())
        self.assertEqual(self.avahi.browsers, [])

    def test_once(self):
        """One question for all applications; browsers are given back."""
        self.avahi.answers = False
        first, second = self.call_by_name()[1], self.call_by_name()[1]
        self.world.wait("question", lambda: len(self.avahi.browsers) == 2)
        self.assertEqual(self.avahi.asked, [NAME])
        for browser in list(self.avahi.browsers):
            browser.tell()
        self.world.wait("candidates",
                        lambda: self.remotes(first) and self.remotes(second))
        self.world.wait("end of the browsers", lambda: not self.avahi.browsers)

    def check_ignored(self, addresses):
        """draft-ietf-mmusic-mdns-ice-candidates §3.2.2: whose name has several is ignored."""
        self.avahi.addresses[NAME] = addresses
        answerer = self.call_by_name()[1]
        self.world.wait("end of the question",
                        lambda: self.avahi.asked and not self.avahi.browsers)
        self.world.settle(answerer.client)
        self.assertEqual(self.remotes(answerer), [])

    def test_two_addresses(self):
        self.check_ignored(["192.0.2.1", "192.0.2.2"])

    def test_addresses_of_both_families(self):
        self.check_ignored([HIDDEN, "2001:db8::1"])

    def test_closed(self):
        """Nobody asks for what nobody waits for."""
        self.avahi.answers = False
        answerer = self.call_by_name()[1]
        self.world.wait("question", lambda: len(self.avahi.browsers) == 2)
        answerer.call("Close")
        self.world.wait("end of the browsers", lambda: not self.avahi.browsers)

    def test_restarted(self):
        """An Avahi that goes takes its questions along, one that comes is asked."""
        self.avahi.answers = False
        self.call_by_name()
        self.world.wait("question", lambda: len(self.avahi.browsers) == 2)
        self.avahi.stop()
        self.world.wait("note", lambda: "names-problem" in self.status())
        self.avahi = Avahi(self.world)
        self.addCleanup(self.avahi.stop)
        self.avahi.addresses[NAME] = [HIDDEN]
        self.world.wait("its name", lambda: "names-problem" not in self.status())
        answerer = self.call_by_name()[1]
        self.world.wait("candidate", lambda: self.remotes(answerer))


class Missing(Case):
    def test_not_running(self):
        """A clear note, and no failure: what has an address connects."""
        offerer, answerer = self.call_by_name()
        self.world.wait("note", lambda: "names-problem" in self.status())
        self.assertIn("avahi-daemon", self.status()["names-problem"])
        self.assertEqual(self.remotes(answerer), [])
        offerer.accept(answerer)
        self.world.wait("connection", lambda: offerer.is_up() and answerer.is_up())
        for address in self.remotes(answerer):
            self.assertNotIn(HIDDEN, address)


class NoBus(Case):
    def start_system_bus(self):
        pass

    def test_no_system_bus(self):
        offerer, answerer = self.call_by_name()
        self.world.wait("note", lambda: "names-problem" in self.status())
        self.assertIn("system bus", self.status()["names-problem"])
        offerer.accept(answerer)
        self.world.wait("connection", lambda: offerer.is_up() and answerer.is_up())


MDNS = {"policy": variant("s", "mdns")}


class Published(Case):
    """Sessions that hide this host's addresses."""

    def setUp(self):
        super().setUp()
        self.avahi = Avahi(self.world)
        self.addCleanup(self.avahi.stop)

    def lines(self, application):
        return [line for _, line in application.describe()[4]]

    def test_connects(self):
        """Two applications, and no address in anything that they or others are told."""
        one, other = connect(self, **MDNS)
        names = {group.name for group in self.avahi.groups}
        self.assertEqual(len(names), 2)
        for line in self.lines(one) + self.lines(other):
            self.assertIn(line.split()[4], names)
        self.world.wait("path", lambda: one.heard("SelectedPairChanged"))
        looker = self.world.client()
        told = [side.call(method) for side in (one, other)
                for method in ("GetCandidates", "GetPairs", "GetLocalDescription",
                               "GetStatsReport")]
        told += [side.heard(name) for side in (one, other)
                 for name in ("LocalCandidate", "SelectedPairChanged", "StateChanged")]
        told += [looker.sessions(),
                 looker.call(MANAGER_PATH, INSPECTOR, "Subscribe"),
                 looker.call(MANAGER_PATH, INSPECTOR, "GetSessions", variant("(t)", (0,)))]
        told += [looker.manager("GetPairs", variant("(o)", (one.path,)))]
        self.assertNotIn(HIDDEN, repr(told))
        for name in names:
            self.assertIn(name, repr(told))

    def test_entries(self):
        """As the draft asks for: not probed; and without a way back from the address."""
        application = Application(self, MDNS)
        group, = self.avahi.groups
        self.assertEqual(group.address, HIDDEN)
        self.assertEqual(group.interface, 1)
        self.assertEqual(group.flags, 2 | 16)
        self.assertEqual({line.split()[4] for line in self.lines(application)},
                         {group.name})
        self.assertEqual(len(application.heard("LocalCandidate")),
                         len(self.lines(application)))

    def test_withdrawn(self):
        self.set_linger(0)
        application = Application(self, MDNS)
        self.assertEqual(len(self.avahi.groups), 1)
        application.call("Close")
        self.world.wait("end of the name", lambda: not self.avahi.groups)

    def set_linger(self, seconds):
        self.world.clients[0].call(MANAGER_PATH, SETTINGS, "Set", variant(
            "(a{sv})", ({"linger": variant("i", seconds)},)))

    def check_nothing_shown(self):
        application = Application(self, MDNS)
        self.assertEqual(self.lines(application), [])
        self.assertEqual(application.states(), [])

    def test_collides(self):
        self.avahi.collides = True
        self.check_nothing_shown()

    def test_refused(self):
        self.avahi.refuses = True
        self.check_nothing_shown()

    def test_silent(self):
        self.avahi.answers = False
        self.check_nothing_shown()

    def test_restarted(self):
        """An Avahi that comes again gets the names again."""
        application = Application(self, {**MDNS, "trickle": variant("b", True)})
        name = self.avahi.groups[0].name
        self.avahi.stop()
        self.world.wait("end of the lines", lambda: not self.lines(application))
        self.avahi = Avahi(self.world)
        self.addCleanup(self.avahi.stop)
        self.world.wait("its lines", lambda: self.lines(application))
        self.assertEqual([group.name for group in self.avahi.groups], [name])

    def test_late(self):
        """One that comes late is of use to who takes candidates later."""
        self.avahi.stop()
        application = Application(self, {**MDNS, "trickle": variant("b", True)})
        self.assertEqual(self.lines(application), [])
        self.avahi = Avahi(self.world)
        self.addCleanup(self.avahi.stop)
        self.world.wait("candidates", lambda: application.heard("LocalCandidate"))


class Unpublished(Case):
    def test_not_running(self):
        """As `nohost`, with a note."""
        application = Application(self, MDNS)
        self.assertEqual(application.describe()[4], [])
        self.assertIn("avahi-daemon", self.status()["names-problem"])


if __name__ == "__main__":
    world.main()
