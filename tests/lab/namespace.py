"""Network namespaces that nothing but descriptors of this process holds.

They have no names and no mounts: when the process is gone, however it went, the kernel
takes them away with the links in them.
"""

import os
import select
import subprocess
import time

import kernel

# A plain user's PATH often lacks the folders of ip(8) and nft(8).
TOOLS = {"PATH": os.environ.get("PATH", "/usr/bin:/bin") + ":/usr/sbin:/sbin", "LC_ALL": "C"}

# Seconds for what the kernel does by and by, and between two looks whether it has.
PATIENCE = 5
INTERVAL = 0.001

SETTINGS = {
    # A duplicate address could only be our own, and detection takes a second or two.
    "ipv6/conf/default/accept_dad": 0,
    "ipv6/conf/all/accept_dad": 0,
    "ipv6/conf/default/accept_ra": 0,
    "ipv6/conf/default/router_solicitations": 0,
    # An interface that comes back has its IPv6 address as it has its IPv4 address.
    "ipv6/conf/default/keep_addr_on_down": 1,
    # The machine's own settings, which a namespace inherits, are not the lab's.
    "ipv4/conf/all/rp_filter": 0,
    "ipv4/conf/default/rp_filter": 0,
    "ipv4/ip_forward": 0,
    # Servers are where people expect them, without being root's.
    "ipv4/ip_unprivileged_port_start": 0,
}


class Refused(Exception):
    """A tool did not do what the lab asked for; says what and why."""


class Namespace:
    """One network; `with` it to be inside, and to open sockets and start programs there."""

    def __init__(self, name, settings=()):
        self.name = name
        before = kernel.open_network()
        try:
            kernel.leave_network()
            self.descriptor = kernel.open_network()
            self._outside = []
            self.set({**SETTINGS, **dict(settings)})
            # Everybody may ping.
            self.set({"ipv4/ping_group_range": f"{os.getegid()} {os.getegid()}"})
            kernel.raise_link("lo")
        finally:
            kernel.enter_network(before)
            os.close(before)

    def __repr__(self):
        return f"<Namespace {self.name}>"

    @property
    def inode(self):
        """What tells it from all others, in /proc/PID/ns/net too."""
        return os.fstat(self.descriptor).st_ino

    @property
    def path(self):
        """Where a program that inherits `descriptor` finds it."""
        return f"/proc/self/fd/{self.descriptor}"

    def __enter__(self):
        self._outside.append(kernel.open_network())
        kernel.enter_network(self.descriptor)
        return self

    def __exit__(self, *_):
        outside = self._outside.pop()
        kernel.enter_network(outside)
        os.close(outside)

    def close(self):
        os.close(self.descriptor)

    def set(self, settings):
        """Writes files below /proc/sys/net."""
        with self:
            for name, value in settings.items():
                with open(f"/proc/sys/net/{name}", "w", encoding="ascii") as file:
                    file.write(str(value))

    def ip(self, *lines, peer=None):
        """Does what the lines say, which are commands of ip(8); all or an error.

        They may name the namespace `peer` by its `path`.
        """
        keep = () if peer is None else (peer.descriptor,)
        self._feed(["ip", "-batch", "-"], "\n".join(lines) + "\n", keep)

    def nft(self, text):
        """Loads rules, all at once or not at all."""
        self._feed(["nft", "-f", "-"], text)

    def forget_flows(self):
        """The kernel forgets every connection it tracks here, translations included."""
        self._feed(["conntrack", "-F"], "")

    def settle(self, interface):
        with self:
            kernel.settle_link(interface)

    def await_solicitable(self, interface, address):
        """Waits until neighbours that ask for the IPv6 address are heard.

        The kernel joins the group that they ask some time after the address is there; who
        asks in vain asks again a second later.
        """
        group = f"ff02{1:020x}ff{int(address) & 0xFFFFFF:06x}"
        deadline = time.monotonic() + PATIENCE
        with self:
            while not _is_member(interface, group):
                if time.monotonic() > deadline:
                    raise Refused(f"{interface} of {self.name} does not join {group}")
                select.select([], [], [], INTERVAL)

    def _feed(self, command, text, keep=()):
        with self:
            done = subprocess.run(
                command, input=text, text=True, capture_output=True, env=TOOLS,
                pass_fds=keep, check=False,
            )
        if done.returncode != 0:
            raise Refused(f"{command[0]} in {self.name}: {done.stderr.strip()}\n{text}")


def _is_member(interface, group):
    with open("/proc/thread-self/net/igmp6", encoding="ascii") as file:
        return any(line.split()[1:3] == [interface, group] for line in file)
