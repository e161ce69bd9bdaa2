"""Network namespaces that only file descriptors of this process hold.

Nothing has to be cleaned up: when the process is gone, however it went, its descriptors
are closed and the kernel takes the namespaces, with the links in them, away.
"""

import ctypes
import errno
import fcntl
import os
import socket
import struct
import subprocess

CLONE_NEWUSER = 0x10000000
CLONE_NEWNET = 0x40000000
SIOCETHTOOL = 0x8946
ETHTOOL_GLINK = 0x0000000A
OWN_NAMESPACE = "/proc/thread-self/ns/net"

_libc = ctypes.CDLL(None, use_errno=True)


def _check(result, call):
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{call}: {os.strerror(number)}")


def isolate():
    """Leaves the host's network for an empty namespace, for good.

    A user who may not do that becomes root of a user namespace of his own first.
    """
    try:
        _check(_libc.unshare(CLONE_NEWNET), "unshare")
    except OSError as error:
        if error.errno != errno.EPERM:
            raise
        uid, gid = os.geteuid(), os.getegid()
        _check(_libc.unshare(CLONE_NEWUSER | CLONE_NEWNET), "unshare")
        for name, text in (
            ("setgroups", "deny"),
            ("uid_map", f"0 {uid} 1"),
            ("gid_map", f"0 {gid} 1"),
        ):
            with open(f"/proc/self/{name}", "w", encoding="ascii") as file:
                file.write(text)


class Namespace:
    """One network namespace; `with` it to be inside, and to start programs inside."""

    def __init__(self):
        before = os.open(OWN_NAMESPACE, os.O_RDONLY)
        try:
            _check(_libc.unshare(CLONE_NEWNET), "unshare")
            self.descriptor = os.open(OWN_NAMESPACE, os.O_RDONLY)
            self._outside = []
            self.ip("link", "set", "lo", "up")
        finally:
            self._move_to(before)
            os.close(before)

    @staticmethod
    def _move_to(descriptor):
        _check(_libc.setns(descriptor, CLONE_NEWNET), "setns")

    def __enter__(self):
        self._outside.append(os.open(OWN_NAMESPACE, os.O_RDONLY))
        self._move_to(self.descriptor)
        return self

    def __exit__(self, *_):
        outside = self._outside.pop()
        self._move_to(outside)
        os.close(outside)

    def close(self):
        os.close(self.descriptor)

    def ip(self, *arguments, keep=()):
        """Runs ip(8) in the namespace of the caller."""
        subprocess.run(("ip",) + arguments, check=True, pass_fds=keep)

    def add_address(self, interface, address):
        with self:
            # A duplicate address could only be our own, and detection takes a second.
            extra = ("nodad",) if ":" in address else ()
            self.ip("address", "add", address, "dev", interface, *extra)


def join(one, other, interface="lan0"):
    """Joins two namespaces by a cable whose ends both have the name `interface`."""
    with one:
        path = f"/proc/self/fd/{other.descriptor}"
        one.ip(
            *("link", "add", interface, "type", "veth"),
            *("peer", "name", interface, "netns", path),
            keep=(other.descriptor,),
        )
    for namespace in (one, other):
        with namespace:
            # Without a link-local address there is no detection of duplicates to wait for.
            namespace.ip("link", "set", interface, "addrgenmode", "none")
            namespace.ip("link", "set", interface, "up")
    for namespace in (one, other):
        with namespace:
            _await_carrier(interface)


def _await_carrier(interface):
    """Asks for the state of the link, which makes the kernel bring it up to date at once.

    Otherwise it may stay without carrier for up to a second after both ends are up.
    """
    value = ctypes.create_string_buffer(struct.pack("II", ETHTOOL_GLINK, 0))
    request = struct.pack("16sP", interface.encode(), ctypes.addressof(value))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        fcntl.ioctl(probe, SIOCETHTOOL, request.ljust(40, b"\0"))
    if struct.unpack("II", value.raw[:8])[1] != 1:
        raise OSError(errno.ENETDOWN, f"{interface} has no carrier")
