"""CreateSession: every option, and every way in which it can be wrong."""

import fcntl
import os
import re
import socket

import world
from world import INVALID_ARGUMENT, MANAGER, MANAGER_PATH, SESSION, variant

UFRAG = "abcd"
PWD = "0123456789012345678901"
HOST = "candidate:1 {} udp 2130706431 192.0.2.1 {} typ host"


def remote(ufrag=UFRAG, pwd=PWD, options=(), pacing=0):
    return variant("(ssasu)", (ufrag, pwd, list(options), pacing))


def lines(*pairs):
    return variant("a(us)", pairs)


def pipe_with(data):
    """The end to read from; the other is closed."""
    reading, writing = os.pipe()
    os.write(writing, data)
    os.close(writing)
    return reading


def memfd_with(data):
    fd = os.memfd_create("passwords", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    os.write(fd, data)
    return fd


class CreateCase(world.Case):
    def setUp(self):
        super().setUp()
        self.client = self.world.client()

    def create(self, fds=(), **options):
        named = {name.replace("_", "-"): value for name, value in options.items()}
        return self.client.create(named, fds)

    def assert_invalid(self, *words, error=INVALID_ARGUMENT, fds=(), **options):
        text = self.assert_refused(error, lambda: self.create(fds, **options))
        for word in words:
            self.assertIn(word, text)
        self.assertEqual(self.client.sessions(), [])


class Options(CreateCase):
    def test_none(self):
        path = self.create()
        sender = self.client.name.removeprefix(":").replace(".", "_")
        self.assertRegex(path, f"^/org/fram/Ice1/session/{sender}/[A-Za-z0-9_]+$")
        self.assertNotEqual(path, self.create())

    def test_unknown(self):
        self.assert_invalid("tokn", tokn=variant("s", "x"))

    def test_wrong_types(self):
        for name, value in (
            ("token", variant("u", 1)), ("label", variant("b", True)),
            ("components", variant("u", 1)), ("components", variant("ai", [1])),
            ("role", variant("u", 0)), ("policy", variant("as", ["all"])),
            ("trickle", variant("s", "true")), ("lite", variant("u", 1)), ("pacing", variant("i", 50)),
            ("servers", variant("as", ["stun:x"])), ("passwords", variant("s", "secret")),
            ("remote", variant("(ssau)", ("a", "b", []))),
            ("remote_candidates", variant("as", ["x"])), ("remote_end", variant("u", 1)),
        ):
            self.assert_invalid(f"“{name.replace('_', '-')}”", value.get_type_string(),
                                **{name: value})

    def test_twice(self):
        options = world.GLib.VariantBuilder(world.GLib.VariantType("a{sv}"))
        for label in ("one", "two"):
            options.add_value(world.GLib.Variant.new_dict_entry(
                variant("s", "label"), variant("v", variant("s", label))))
        arguments = world.GLib.Variant.new_tuple(options.end())
        self.assert_refused(INVALID_ARGUMENT, self.client.manager, "CreateSession",
                            arguments)

    def test_token(self):
        sender = self.client.name.removeprefix(":").replace(".", "_")
        for token in ("a", "Z_09", "x" * 64):
            self.assertEqual(self.create(token=variant("s", token)),
                             f"/org/fram/Ice1/session/{sender}/{token}")

    def test_token_invalid(self):
        for token in ("", "x" * 65, "a/b", "a-b", "ä", "a.b", " ", "a\n"):
            self.assert_invalid("“token”", token=variant("s", token))

    def test_label(self):
        for label in ("", "Grüße an 世界", "x" * 128):
            path = self.create(label=variant("s", label))
            self.assertEqual(self.client.get(path, SESSION, "Label"), label)

    def test_label_invalid(self):
        for label in ("x" * 129, "ä" * 65, "two\nlines", "\x1b[31mred", "\u009b31m"):
            self.assert_invalid("“label”", label=variant("s", label))

    def test_components(self):
        for counts in ([1], [4] * 8, [1, 2, 3, 4]):
            path = self.create(components=variant("au", counts))
            last = variant("(uu)", (len(counts) - 1, counts[-1]))
            _, fds = self.client.call_fds(path, SESSION, "OpenComponent", last)
            os.close(fds[0])
            beyond = variant("(uu)", (len(counts) - 1, counts[-1] + 1))
            self.assert_refused(INVALID_ARGUMENT, self.client.session, path,
                                "OpenComponent", beyond)

    def test_components_invalid(self):
        for counts in ([], [0], [5], [1] * 9, [2**32 - 1], [1, 0]):
            self.assert_invalid("“components”", components=variant("au", counts))

    def test_role(self):
        for role in ("controlling", "controlled"):
            path = self.create(role=variant("s", role))
            self.assertEqual(self.client.get(path, SESSION, "Role"), role)
        self.assertEqual(self.client.get(self.create(), SESSION, "Role"), "controlling")
        path = self.create(remote=remote())
        self.assertEqual(self.client.get(path, SESSION, "Role"), "controlled")

    def test_role_invalid(self):
        for role in ("", "Controlling", "both"):
            self.assert_invalid("“role”", role=variant("s", role))

    def test_policy(self):
        for policy in ("all", "nohost", "relay"):
            self.create(policy=variant("s", policy))

    def test_policy_invalid(self):
        for policy in ("", "ALL", "none"):
            self.assert_invalid("“policy”", policy=variant("s", policy))

    def test_policy_nohost(self):
        """Nobody is shown an address of this host, not as a related one either."""
        path = self.create(policy=variant("s", "nohost"))
        self.assertEqual(self.client.session(path, "GetLocalDescription")[4], [])
        self.assertNotEqual(self.client.session(path, "GetCandidates")[0], [])

    def test_trickle(self):
        for trickle in (False, True):
            path = self.create(trickle=variant("b", trickle))
            words = self.client.session(path, "GetLocalDescription")[2]
            self.assertEqual("trickle" in words, trickle)

    def test_lite(self):
        """It has one candidate of each family and transport, and says what it is."""
        for lite in (False, True):
            path = self.create(lite=variant("b", lite))
            words, pacing = self.client.session(path, "GetLocalDescription")[2:4]
            self.assertEqual(("ice-lite" in words, pacing), (lite, 0 if lite else 5))
        self.world.wait("end of gathering",
                        lambda: self.client.session(path, "GetLocalDescription")[5])
        lines = [line for _, line in self.client.session(path, "GetLocalDescription")[4]]
        kinds = [(":" in line.split()[4], line.split()[2].lower()) for line in lines]
        self.assertTrue(all(" typ host" in line for line in lines), lines)
        self.assertEqual(sorted(kinds), sorted(set(kinds)))

    def test_lite_policy(self):
        self.assert_invalid("lite", lite=variant("b", True), policy=variant("s", "nohost"))

    def test_dscp(self):
        for dscp in (0, 63):
            self.create(dscp=variant("u", dscp))

    def test_dscp_invalid(self):
        for dscp in (64, 2**32 - 1):
            self.assert_invalid("“dscp”", dscp=variant("u", dscp))

    def test_max_pairs(self):
        """Of more candidates, the pairs of the highest priority are left."""
        many = lines(*((0, HOST.format(1, 1000 + i)) for i in range(5)))
        for most in (1, 3, 100):
            path = self.create(max_pairs=variant("u", most), remote=remote(),
                               remote_candidates=many)
            self.world.wait("end of gathering", lambda: self.client.session(
                path, "GetLocalDescription")[5])
            n_pairs = len(self.client.session(path, "GetPairs")[0])
            if most == 100:
                self.assertGreater(n_pairs, 3)
            else:
                self.assertEqual(n_pairs, most)

    def test_max_pairs_invalid(self):
        for most in (0, 101, 2**32 - 1):
            self.assert_invalid("“max-pairs”", max_pairs=variant("u", most))

    def test_pacing(self):
        for pacing in (5, 50, 1000):
            path = self.create(pacing=variant("u", pacing))
            self.assertEqual(self.client.session(path, "GetLocalDescription")[3], pacing)
        path = self.create()
        self.assertEqual(self.client.session(path, "GetLocalDescription")[3], 5)

    def test_pacing_invalid(self):
        for pacing in (0, 4, 1001, 2**32 - 1):
            self.assert_invalid("“pacing”", pacing=variant("u", pacing))


class Remote(CreateCase):
    def test_full(self):
        path = self.create(
            components=variant("au", [1, 2]),
            remote=remote(options=["ice2", "trickle", "unknown-word"], pacing=50),
            remote_candidates=lines((0, HOST.format(1, 9001)), (1, HOST.format(1, 9002)),
                                    (1, HOST.format(2, 9003))))
        table = self.client.session(path, "GetCandidates")[0]
        theirs = sorted((row[0], row[1], row[5]) for row in table if row[2])
        self.assertEqual(theirs, [(0, 1, "192.0.2.1:9001"), (1, 1, "192.0.2.1:9002"),
                                  (1, 2, "192.0.2.1:9003")])
        self.assertEqual(self.client.get(path, SESSION, "State"), "checking")

    def test_ignorable_candidates(self):
        """By the rules of RFC 8839 these are no errors, and no candidates either."""
        path = self.create(remote=remote(), remote_candidates=lines(
            (0, "candidate:1 1 udp 1 example.local 9 typ host"),
            (0, "candidate:1 1 sctp 1 192.0.2.1 9 typ host")))
        table = self.client.session(path, "GetCandidates")[0]
        self.assertEqual([row for row in table if row[2]], [])

    def test_description_invalid(self):
        for bad in (remote(ufrag="abc"), remote(ufrag="ab cd"), remote(ufrag="x" * 257),
                    remote(pwd="short"), remote(pwd="x" * 257), remote(pwd=" " * 22)):
            self.assert_invalid(error=world.INVALID_DESCRIPTION, remote=bad)

    def test_candidates_invalid(self):
        good = (0, HOST.format(1, 9))
        for bad in ("", "candidate:", "candidate:1 1 udp 1 192.0.2.1 9 typ host extra",
                    "candidate:1 1 udp 1 192.0.2.1 99999 typ host",
                    "candidate:1 0 udp 1 192.0.2.1 9 typ host", "x" * 5000):
            self.assert_invalid(error=world.INVALID_CANDIDATE, remote=remote(),
                                remote_candidates=lines(good, (0, bad)))

    def test_stream_invalid(self):
        self.assert_invalid("stream 1", remote=remote(),
                            remote_candidates=lines((1, HOST.format(1, 9))))

    def test_too_many_candidates(self):
        most = [(0, HOST.format(1, 1024 + i)) for i in range(65)]
        self.assert_invalid(error=world.LIMIT_EXCEEDED, remote=remote(),
                            remote_candidates=lines(*most))
        self.create(remote=remote(), remote_candidates=lines(*most[:64]))

    def test_needs_remote(self):
        self.assert_invalid("“remote”", remote_candidates=lines((0, HOST.format(1, 9))))
        self.assert_invalid("“remote”", remote_end=variant("b", True))

    def test_end(self):
        """More may come or not: neither is a verdict while checks may still arrive."""
        for end in (False, True):
            path = self.create(remote=remote(), remote_end=variant("b", end))
            self.assertEqual(self.client.get(path, SESSION, "State"), "checking")


class Servers(CreateCase):
    def servers(self, *pairs):
        return variant("a(ss)", pairs)

    def test_valid(self):
        self.create(servers=self.servers(("stun:192.0.2.1", ""),
                                         ("stun:[2001:db8::1]:3479", "")))

    def test_invalid(self):
        for uri in ("", "x" * 513, "http://example.org", "stun:", "stun:a b",
                    "stun:\x1b[0m"):
            self.assert_invalid(servers=self.servers((uri, "")))

    def test_limits(self):
        self.assert_invalid("“servers”", servers=self.servers(*[("stun:192.0.2.1", "")] * 9))
        self.assert_invalid("“servers”",
                            servers=self.servers(("stun:192.0.2.1", "u" * 509)))


class Passwords(CreateCase):
    def with_passwords(self, *fds, n_servers=1, handle=0):
        """Begins a call with passwords; returns the list for its answer."""
        options = {
            "servers": variant("a(ss)", [("stun:192.0.2.1", "user")] * n_servers),
            "passwords": variant("h", handle),
        }
        return self.client.begin(MANAGER_PATH, MANAGER, "CreateSession",
                                 variant("(a{sv})", (options,)), fds)

    def answer(self, answers):
        self.world.wait("an answer", lambda: answers)
        return answers[0]

    def assert_taken(self, fd, n_servers=1):
        try:
            answer = self.answer(self.with_passwords(fd, n_servers=n_servers))
        finally:
            os.close(fd)
        self.assertIsInstance(answer, tuple, answer)
        self.client.session(answer[0], "Close")

    def assert_not_taken(self, fd, *words, n_servers=1, error=INVALID_ARGUMENT):
        try:
            answer = self.answer(self.with_passwords(fd, n_servers=n_servers))
        finally:
            os.close(fd)
        self.assertEqual(getattr(answer, "name", answer), error)
        for word in ("“passwords”", *words):
            self.assertIn(word, answer.text)
        self.assertEqual(self.client.sessions(), [])

    def test_pipe(self):
        self.assert_taken(pipe_with(b"secret\0"))
        self.assert_taken(pipe_with(b"\0"))
        self.assert_taken(pipe_with(b"one\0\0three\0"), n_servers=3)

    def test_memfd(self):
        self.assert_taken(memfd_with(b"secret\0"))

    def test_sealed_memfd(self):
        fd = memfd_with(b"secret\0")
        seals = fcntl.F_SEAL_WRITE | fcntl.F_SEAL_SHRINK
        fcntl.fcntl(fd, fcntl.F_ADD_SEALS, seals | fcntl.F_SEAL_GROW)
        self.assert_taken(fd)

    def test_in_pieces(self):
        """The writer takes its time, and others are served meanwhile."""
        reading, writing = os.pipe()
        answers = self.with_passwords(reading)
        for piece in (b"sec", b"ret", b"\0"):
            os.write(writing, piece)
            self.world.settle(self.client)
            self.assertEqual(self.world.client().sessions(), [])
        self.assertEqual(answers, [])
        os.close(writing)
        self.assertIsInstance(self.answer(answers), tuple)
        os.close(reading)

    def test_never_written(self):
        reading, writing = os.pipe()
        answers = self.with_passwords(reading)
        self.assertEqual(self.world.client().sessions(), [])
        self.assertEqual(self.answer(answers).name, INVALID_ARGUMENT)
        os.close(reading)
        os.close(writing)

    def test_made_blocking(self):
        """Who sent the pipe may still change its flags; the service must not hang."""
        reading, writing = os.pipe()
        answers = self.with_passwords(reading)
        self.world.settle(self.client)
        os.set_blocking(reading, True)
        os.write(writing, b"half")
        self.world.settle(self.client)
        self.assertEqual(self.world.client().sessions(), [])
        os.close(reading)
        os.write(writing, b"\0")
        os.close(writing)
        self.assertIsInstance(self.answer(answers), tuple)

    def test_limit(self):
        self.assert_taken(pipe_with(b"x" * 4095 + b"\0"))
        self.assert_not_taken(pipe_with(b"x" * 4096 + b"\0"), error=world.LIMIT_EXCEEDED)
        self.assert_not_taken(memfd_with(b"x" * 100000), error=world.LIMIT_EXCEEDED)

    def test_wrong_number(self):
        self.assert_not_taken(pipe_with(b""), "fewer")
        self.assert_not_taken(pipe_with(b"unended"), "fewer")
        self.assert_not_taken(pipe_with(b"one\0"), "fewer", n_servers=2)
        self.assert_not_taken(pipe_with(b"one\0two\0"), "more")
        self.assert_not_taken(pipe_with(b"one\0rest"), "more")

    def test_neither_pipe_nor_memory(self):
        self.assert_not_taken(os.open("/dev/zero", os.O_RDONLY))
        self.assert_not_taken(os.open(self.world.folder, os.O_RDONLY))
        one, other = socket.socketpair()
        with other:
            self.assert_not_taken(one.detach())

    def test_fd_not_sent(self):
        answers = self.with_passwords(n_servers=1, handle=0)
        self.assertEqual(self.answer(answers).name, world.INVALID_ARGS)

    def test_without_servers(self):
        reading = pipe_with(b"secret\0")
        self.assert_invalid("“servers”", passwords=variant("h", 0), fds=[reading])
        os.close(reading)

    def test_owner_leaves_meanwhile(self):
        leaving = self.world.client()
        reading, writing = os.pipe()
        options = {"servers": variant("a(ss)", [("stun:192.0.2.1", "")]),
                   "passwords": variant("h", 0)}
        leaving.begin(MANAGER_PATH, MANAGER, "CreateSession",
                      variant("(a{sv})", (options,)), [reading])
        self.world.settle(leaving)
        leaving.close()
        os.close(reading)
        os.write(writing, b"secret\0")
        os.close(writing)
        self.world.wait("a session that comes and goes",
                        lambda: "owner-gone" in self.world.service.log())
        self.assertEqual(self.client.sessions(), [])

    def test_secrets_are_not_logged(self):
        secrets = [b"TopSecretOne", b"TopSecretTwo"]
        self.assert_taken(pipe_with(b"\0".join(secrets) + b"\0"), n_servers=2)
        self.assert_not_taken(pipe_with(b"TopSecretThree"))
        path = self.create(remote=remote(pwd="VerySecretPasswordOfThePeer"))
        ours = self.client.session(path, "GetLocalDescription")[1]
        self.client.session(path, "Close")
        self.world.settle(self.client)
        log = self.world.service.log()
        self.assertIn("created", log)
        for secret in ("TopSecret", "VerySecret", ours):
            self.assertIsNone(re.search(re.escape(secret), log))


if __name__ == "__main__":
    world.main()
