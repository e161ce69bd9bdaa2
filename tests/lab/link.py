"""Cables between namespaces, and what may be wrong with them."""

import os
import selectors
import subprocess
from dataclasses import dataclass

import namespace
import programs

# Milliseconds for a delay box to say that it is ready; it takes two or three.
READY = 10000


@dataclass(frozen=True)
class Quality:
    """What a link does to packets, in each direction.

    Milliseconds of delay, by how much it varies both ways, percent of packets lost, kbit/s.
    Packets overtake each other where the delay varies.
    """

    delay_ms: float = 0
    jitter_ms: float = 0
    loss: float = 0
    rate: float = 0
    seed: int = 1

    def options(self):
        return [
            f"--delay-ms={self.delay_ms}",
            f"--jitter-ms={self.jitter_ms}",
            f"--loss={self.loss}",
            f"--rate={self.rate}",
            f"--seed={self.seed}",
        ]


@dataclass(frozen=True)
class End:
    """One end of a cable: an interface."""

    space: namespace.Namespace
    name: str

    @property
    def up(self):
        return f"link set {self.name} up"


class Link:
    """A cable.  It can be cut, which neither end notices but by the silence.

    The commands of ip(8) set up the ends once they are there.
    """

    def __init__(self, lab, near, far, quality, near_commands, far_commands):
        self.near, self.far = near, far
        if quality is None:
            join(near, far, near_commands, far_commands)
        else:
            self._put_box_between(lab, quality, near_commands, far_commands)

    def _put_box_between(self, lab, quality, near_commands, far_commands):
        space = lab.add_namespace(f"box of {self.near.space.name} {self.near.name}")
        inner, outer = End(space, "near"), End(space, "far")
        # Loss and rate are for packets, not for the long runs that the kernel makes.
        single = "link set {} gso_max_segs 1"
        join(
            self.near, inner,
            [single.format(self.near.name), *near_commands], [single.format("near"), inner.up],
        )
        join(
            outer, self.far,
            [single.format("far"), outer.up], [single.format(self.far.name), *far_commands],
        )
        with space:
            box = programs.start(
                [delay_box(), *quality.options(), inner.name, outer.name],
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                capable=True,
            )
        lab.processes.append(box)
        await_line(box, "ready")

    def settle(self):
        """To be called when both ends are up."""
        for end in (self.near, self.far):
            end.space.settle(end.name)

    def cut(self):
        """Nothing passes any more; the interfaces stay up and see a carrier."""
        for end in (self.near, self.far):
            end.space.nft(
                f"table netdev cut_{end.name} {{ chain cut {{ type filter hook ingress"
                f' device "{end.name}" priority -400; policy drop; }}\n}}\n'
            )

    def mend(self):
        for end in (self.near, self.far):
            end.space.nft(f"delete table netdev cut_{end.name}\n")

    def remove(self):
        self.near.space.ip(f"link delete {self.near.name}")


def join(one, other, one_commands, other_commands):
    """A plain cable, whose ends have no addresses but those that the commands give them."""
    one.space.ip(
        f"link add {one.name} type veth peer name {other.name} netns {other.space.path}",
        f"link set {one.name} addrgenmode none",
        *one_commands,
        peer=other.space,
    )
    other.space.ip(f"link set {other.name} addrgenmode none", *other_commands)


def delay_box():
    """The program, which Meson builds; LAB_DELAY_BOX says where it is if not in build/."""
    here = os.path.dirname(os.path.abspath(__file__))
    built = os.path.join(here, "..", "..", "build", "tests", "lab", "delay-box")
    path = os.environ.get("LAB_DELAY_BOX", built)
    if not os.access(path, os.X_OK):
        raise FileNotFoundError(
            f"There is no delay box at {path}: `ninja -C build tests/lab/delay-box` builds"
            " it, LAB_DELAY_BOX names another place"
        )
    return path


def await_line(process, word):
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        line = process.stdout.readline() if selector.select(READY / 1000) else b""
    if line.strip() != word.encode():
        raise namespace.Refused(f"{line.decode().strip() or process.args}: it is not {word}")
