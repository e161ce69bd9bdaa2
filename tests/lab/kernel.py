"""What is asked of the kernel itself: to be in a namespace, and what programs may do there.

Everything is about the calling thread; programs it starts inherit it.
"""

import ctypes
import errno
import fcntl
import os
import socket
import struct

CLONE_NEWNS = 0x00020000
CLONE_NEWUSER = 0x10000000
CLONE_NEWNET = 0x40000000
OWN_NETWORK = "/proc/thread-self/ns/net"

PR_CAP_AMBIENT = 47
PR_CAP_AMBIENT_RAISE = 2
CAPABILITY_VERSION_3 = 0x20080522

SIOCSIFFLAGS = 0x8914
IFF_UP = 1
SIOCETHTOOL = 0x8946
ETHTOOL_GLINK = 0x0000000A
ETHTOOL_GGRO = 0x0000002B
ETHTOOL_SGRO = 0x0000002C
ETHTOOL_GTXCSUM = 0x00000016
ETHTOOL_STXCSUM = 0x00000017

_libc = ctypes.CDLL(None, use_errno=True)


class NotPermitted(Exception):
    """Neither this user nor a user namespace of theirs may make networks."""


def _check(result, call):
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{call}: {os.strerror(number)}")


def open_network():
    """A descriptor of the network namespace the caller is in."""
    return os.open(OWN_NETWORK, os.O_RDONLY)


def enter_network(descriptor):
    _check(_libc.setns(descriptor, CLONE_NEWNET), "setns")


def leave_network():
    """Goes to a network namespace that is new and empty."""
    _check(_libc.unshare(CLONE_NEWNET), "unshare")


def leave_mounts():
    """Goes to mounts of its own, as programs in sandboxes have them.

    Who may not do that gets a user namespace for it.  That needs a process with one thread.
    """
    try:
        _check(_libc.unshare(CLONE_NEWNS), "unshare")
    except PermissionError:
        _become_able()
        _check(_libc.unshare(CLONE_NEWNS), "unshare")


def isolate():
    """Leaves the network of the machine for an empty one, for good.

    Who may not do that gets a user namespace first, in which they may.  They keep their
    user id there: a message bus outside goes on knowing them.  That needs a process with
    one thread.
    """
    try:
        leave_network()
    except PermissionError:
        try:
            _become_able()
            leave_network()
        except OSError as error:
            raise NotPermitted(
                "The lab needs network namespaces.  This user may not make them, nor in a"
                f" user namespace ({error}).  Be root, or see that the kernel lets users"
                " have user namespaces (user.max_user_namespaces, in Debian also"
                " kernel.unprivileged_userns_clone; containers may forbid them)."
            ) from error


def _become_able():
    uid, gid = os.geteuid(), os.getegid()
    _check(_libc.unshare(CLONE_NEWUSER), "unshare")
    for name, text in (
        ("setgroups", "deny"),
        ("uid_map", f"{uid} {uid} 1"),
        ("gid_map", f"{gid} {gid} 1"),
    ):
        with open(f"/proc/self/{name}", "w", encoding="ascii") as file:
            file.write(text)
    _pass_capabilities_on()


def _pass_capabilities_on():
    """Lets ip(8) and nft(8) inherit what we may: without it only root's programs would."""
    header = struct.pack("Ii", CAPABILITY_VERSION_3, 0)
    data = ctypes.create_string_buffer(24)
    _check(_libc.capget(header, data), "capget")
    # Two halves of 32 bits, each with the effective, permitted and inheritable set.
    low, high = struct.unpack("3I3I", data.raw[:24])[1::3]
    _check(_libc.capset(header, struct.pack("6I", low, low, low, high, high, high)), "capset")
    for capability in range(64):
        if (high << 32 | low) >> capability & 1:
            _check(
                _libc.prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capability, 0, 0), "prctl"
            )


def raise_link(interface):
    """What `ip link set up` does, without a program for it."""
    request = struct.pack("16sH", interface.encode(), IFF_UP).ljust(40, b"\0")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as link:
        fcntl.ioctl(link, SIOCSIFFLAGS, request)


def settle_link(interface):
    """Asks for the carrier, which makes the kernel bring the state of the link up to date.

    Otherwise an interface that was raised before its other end may be without carrier for
    up to a second after both are up, and loses what is sent meanwhile.
    """
    if _ask_card(interface, ETHTOOL_GLINK, 0) != 1:
        raise OSError(errno.ENETDOWN, f"{interface} has no carrier")


def let_join(interface, joins):
    """Whether the interface joins packets of one flow before anybody sees them (GRO)."""
    _ask_card(interface, ETHTOOL_SGRO, int(joins))
    if _ask_card(interface, ETHTOOL_GGRO, 0) != int(joins):
        raise OSError(errno.EOPNOTSUPP, f"{interface} cannot be told to join packets")


def send_plainly(interface):
    """The interface is given packets as they are on a wire: with their checksums, and none that
    is still to be cut.  A pair of virtual ones passes all others on as they are, past GRO."""
    _ask_card(interface, ETHTOOL_STXCSUM, 0)
    if _ask_card(interface, ETHTOOL_GTXCSUM, 0) != 0:
        raise OSError(errno.EOPNOTSUPP, f"{interface} insists on joined packets")


def _ask_card(interface, command, value):
    value = ctypes.create_string_buffer(struct.pack("II", command, value))
    request = struct.pack("16sP", interface.encode(), ctypes.addressof(value))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        fcntl.ioctl(probe, SIOCETHTOOL, request.ljust(40, b"\0"))
    return struct.unpack("II", value.raw[:8])[1]
