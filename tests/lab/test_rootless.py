#!/usr/bin/python3
"""The lab of a plain user.  If the tests are root's, they become nobody."""

import os
import shutil
import signal
import subprocess
import tempfile
import unittest

import cases
import link

HERE = os.path.dirname(os.path.abspath(__file__))
PATIENCE = 60
NOBODY = 65534

BUS = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><listen>unix:path={path}</listen><auth>EXTERNAL</auth><policy context="default">
<allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/>
</policy></busconfig>
"""

# In a user namespace that may have none below it, and without rights in it.
POWERLESS = (
    "echo 0 >/proc/sys/user/max_user_namespaces && exec setpriv --inh-caps -all"
    " --ambient-caps -all --bounding-set -all --no-new-privs \"$@\""
)


class Rootless(unittest.TestCase):
    """What a plain user needs is where every user may read it."""

    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="fram-rootless-")
        self.addCleanup(shutil.rmtree, self.folder)
        self.become = []
        self.user = os.geteuid()
        for path in os.listdir(HERE):
            if path.endswith(".py") or path == "lab":
                shutil.copy(os.path.join(HERE, path), self.folder)
        shutil.copy(link.delay_box(), self.folder)
        if self.user == 0:
            self.user = NOBODY
            self.become = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
            os.chmod(self.folder, 0o755)
            os.mkdir(os.path.join(self.folder, "tmp"))
            os.chmod(os.path.join(self.folder, "tmp"), 0o777)
        else:
            os.mkdir(os.path.join(self.folder, "tmp"))
        self.environment = {
            "PATH": "/usr/bin:/bin",
            "TMPDIR": os.path.join(self.folder, "tmp"),
            "LAB_DELAY_BOX": os.path.join(self.folder, "delay-box"),
        }

    def start(self, *command, **options):
        program = subprocess.Popen(
            [*self.become, *command], env=self.environment, cwd=self.folder, text=True, **options
        )
        self.addCleanup(program.wait)
        self.addCleanup(program.kill)
        return program

    def lab(self, *words, script=""):
        pipes = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
        with self.start(os.path.join(self.folder, "lab"), *words, **pipes) as program:
            out, errors = program.communicate(script, timeout=PATIENCE)
        self.assertEqual((program.returncode, errors), (0, ""), out)
        return out

    def test_everything_works(self):
        script = """
            anna sh -c 'stun 203.0.113.2; true'
            bert sh -c 'stun 203.0.113.2; true'
            renumber port-restricted-of-anna
            lose port-restricted-of-anna
            cut bert
            mend bert
            anna sh -c 'stun 203.0.113.2; true'
        """
        out = self.lab(
            "up", "anna=port-restricted,ipv6,lifetime=20", "bert=full-cone,delay=5,hairpin",
            script=script,
        )
        self.assertEqual(out.count("Port Dependent Filter"), 2, out)
        self.assertIn("Independent Filter, random port, will hairpin", out)

    def test_commands_are_the_user_and_no_more(self):
        script = "anna id -u\nanna grep -E ^Cap(Inh|Prm|Eff|Amb): /proc/self/status\n"
        out = self.lab("up", "anna=open", script=script).splitlines()
        self.assertIn(str(self.user), out)
        sets = [line.split()[1] for line in out if line.startswith("Cap")]
        self.assertEqual(sets, ["0" * 16] * 4)

    def test_bus_outside(self):
        """A message bus at a path outside knows the user in a lab's host."""
        path = os.path.join(self.folder, "tmp", "bus")
        with open(path + ".conf", "w", encoding="ascii") as file:
            file.write(BUS.format(path=path))
        bus = self.start(
            "dbus-daemon", f"--config-file={path}.conf", "--nofork", "--print-address",
            stdout=subprocess.PIPE,
        )
        self.addCleanup(bus.stdout.close)
        self.assertIn(path, bus.stdout.readline())
        self.environment["DBUS_SESSION_BUS_ADDRESS"] = f"unix:path={path}"
        out = self.lab(
            "run", "--nat", "symmetric", "--", "gdbus", "call", "--session",
            "--dest", "org.freedesktop.DBus", "--object-path", "/", "--method",
            "org.freedesktop.DBus.GetConnectionUnixUser", "org.freedesktop.DBus",
        )
        self.assertIn(str(self.user), out)

    def test_killed(self):
        program = self.start(
            os.path.join(self.folder, "lab"), "up", "anna=port-restricted",
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )
        self.addCleanup(program.stdin.close)
        self.addCleanup(program.stdout.close)
        self.assertIn("stun:", program.stdout.readline())
        inside = descendants(program.pid)
        self.assertGreaterEqual(len(inside), 2, "a guard and coturn")
        program.send_signal(signal.SIGKILL)
        for descriptor in inside.values():
            self.assertTrue(cases.await_readable(descriptor, PATIENCE))
            os.close(descriptor)
        self.assertEqual(
            [name for name in os.listdir(self.environment["TMPDIR"]) if "fram-lab" in name], []
        )

    def test_not_permitted(self):
        """Who may not have a lab is told so, and it is a failure."""
        done = subprocess.run(
            [*self.become, "unshare", "--user", "--map-current-user", "--keep-caps", "sh", "-c",
             POWERLESS, "sh", os.path.join(self.folder, "lab"), "run", "--", "true"],
            env=self.environment, capture_output=True, text=True, timeout=PATIENCE, check=False,
        )
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn("The lab needs network namespaces", done.stderr)


def descendants(pid):
    """The children of a process and theirs, each with a descriptor that tells its end."""
    found = {}
    with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as file:
        for child in map(int, file.read().split()):
            found[child] = os.pidfd_open(child)
            found.update(descendants(child))
    return found


if __name__ == "__main__":
    cases.main()
