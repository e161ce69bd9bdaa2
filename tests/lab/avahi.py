"""Avahi on a host, with a system bus of its own: Multicast DNS as on any desktop."""

import os
import subprocess
import sys

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "interop"))

# pylint: disable=wrong-import-position
from processes import Process
from service import BUS_CONFIG

CONFIG = """[server]
host-name={name}
use-ipv4=yes
use-ipv6=yes
enable-dbus=yes
"""

# The daemon writes its number below /run, and there is one for each host; in a folder that
# belongs to a user of that name, who is here whoever runs the lab.
ALONE = ["unshare", "--user", "--map-current-user", "--keep-caps", "--mount", "sh", "-ec", """
mount -t tmpfs none /run
echo "avahi:x:$(id -u):$(id -g)::/:/bin/false" > /run/passwd
echo "avahi:x:$(id -g):" > /run/group
mount --bind /run/passwd /etc/passwd
mount --bind /run/group /etc/group
exec "$@\"""", "sh"]


class Avahi:
    """`prepare` is for a Service: it tells framd where the system bus is."""

    def __init__(self, stage, host):
        self.stage = stage
        number = len(stage.processes)
        path = os.path.join(stage.folder, f"system-bus-{number}")
        with open(path + ".conf", "w", encoding="utf-8") as file:
            file.write(BUS_CONFIG.format(path=path))
        command = ["dbus-daemon", f"--config-file={path}.conf", "--nofork", "--print-address"]
        self.bus = Process(stage, f"system-bus-{number}", command)
        stage.wait("address of the bus", lambda: self.bus.lines)
        self.environment = {"DBUS_SYSTEM_BUS_ADDRESS": f"unix:path={path}"}
        config = os.path.join(stage.folder, f"avahi-{number}.conf")
        with open(config, "w", encoding="utf-8") as file:
            file.write(CONFIG.format(name=host.name))
        command = [*ALONE, "avahi-daemon", "--file", config, "--no-drop-root", "--no-chroot",
                   "--no-rlimits"]
        environment = {**os.environ, **self.environment}
        with host:
            self.daemon = Process(stage, f"avahi-{number}", command, environment)
        subprocess.run(["gdbus", "wait", "--system", "--timeout", "30",
                        "org.freedesktop.Avahi"], env=environment, check=True)

    def prepare(self, environment):
        environment.update(self.environment)

    def stop(self):
        self.stage.dismiss(self.daemon)
