"""A private session bus, and framd on it."""

import json
import os
import subprocess

from processes import Process

BUS_CONFIG = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path={path}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"""

# Sanitizers and coverage are steered by variables of the caller.
PASSED_ON = ("FRAM_RUN", "FRAM_DATA", "ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS", "LD_LIBRARY_PATH")


class Bus:
    """A bus of its own, at a path, which is reached from every network namespace.

    `environment` is for the programs that are to use it.
    """

    def __init__(self, stage):
        self.number = len(stage.processes)
        path = os.path.join(stage.folder, f"bus-{self.number}")
        home = os.path.join(stage.folder, f"home-{self.number}")
        os.mkdir(home, mode=0o700)
        with open(path + ".conf", "w", encoding="utf-8") as file:
            file.write(BUS_CONFIG.format(path=path))
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": home,
            "XDG_RUNTIME_DIR": home,
            "LC_ALL": "C.UTF-8",
            "G_DEBUG": "fatal-criticals",
            "DBUS_SESSION_BUS_ADDRESS": f"unix:path={path}",
        }
        for name in PASSED_ON:
            if name in os.environ:
                self.environment[name] = os.environ[name]
        command = ["dbus-daemon", f"--config-file={path}.conf", "--nofork", "--print-address"]
        self.process = Process(stage, f"bus-{self.number}", command)
        stage.wait("address of the bus", lambda: self.process.lines)


class Service:
    """framd on one host, with a bus of its own.

    What it keeps is in folders of that bus, so that it is there again after restart().
    `prepare` gets the environment before it starts.
    """

    def __init__(self, stage, host, options=(), prepare=None):
        self.stage, self.host, self.options = stage, host, options
        self.bus = Bus(stage)
        self.environment = self.bus.environment
        if prepare is not None:
            prepare(self.environment)
        self._start(f"framd-{self.bus.number}")

    def _start(self, name):
        with self.host:
            self.process = Process(
                self.stage, name, [os.environ["FRAMD"], *self.options], self.environment
            )
        command = ["gdbus", "wait", "--session", "--timeout", "30", "org.fram.Ice1"]
        # Not a process of the stage, where an end that nobody waits for is a failure.
        subprocess.run(command, env=self.environment, check=True)

    def restart(self):
        """Ends it in good order, and starts it again."""
        self.stage.dismiss(self.process)
        self._start(f"framd-{self.bus.number}-again-{len(self.stage.processes)}")

    def command(self, *words):
        """Does what `fram` is told, which has to succeed; returns what it says."""
        return subprocess.run(
            [os.environ["FRAM"], *words], env=self.environment, check=True,
            stdout=subprocess.PIPE, text=True,
        ).stdout

    def ask(self, *words):
        """What `fram` tells, with --json."""
        return json.loads(self.command(*words, "--json"))

    def udp_sockets(self):
        """How many UDP sockets framd holds, of both families."""
        process = f"/proc/{self.process.handle.pid}"
        held = set()
        for name in os.listdir(f"{process}/fd"):
            try:
                held.add(os.readlink(f"{process}/fd/{name}"))
            except FileNotFoundError:
                pass  # closed in this moment
        return sum(f"socket:[{inode}]" in held for inode in _udp_inodes(process))


def _udp_inodes(process):
    for table in ("udp", "udp6"):
        with open(f"{process}/net/{table}", encoding="ascii") as file:
            yield from (line.split()[9] for line in file.readlines()[1:])
