"""The lab at a terminal or in a script: a line is a command of its own or of a host."""

import contextlib
import shlex
import subprocess
import sys

import proxies
import topology
from namespace import Refused
from node import Node
from router import Router

HELP = """\
HOST COMMAND…       runs the command on the host
show                who is where
lose NAT            the NAT forgets its mappings
renumber NAME       the host, or the NAT on the outside, gets another address
forbid NAT WHAT     its hosts may not send that: udp, all-but-web, nothing
down NAME, up NAME  the first interface of a host or router, as if unplugged and plugged in
cut NAME, mend NAME the cable there, which nobody notices but by the silence
add DESCRIPTION     more hosts
help, quit"""


class Console:
    def __init__(self, lab, server, environment):
        self.lab, self.server, self.environment = lab, server, environment
        self.status = 0
        self.input = None

    def serve(self, stream):
        """Does what the lines say, to their end; returns the status of what failed last."""
        prompt = "lab> " if stream.isatty() else ""
        # A script is for us; at a terminal people talk to the program that they started.
        self.input = None if stream.isatty() else subprocess.DEVNULL
        print(prompt, end="", flush=True)
        for line in stream:
            try:
                words = shlex.split(line, comments=True)
                if words == ["quit"]:
                    break
                if words:
                    self.do(*words)
            except (ValueError, Refused) as error:
                self.fail(error)
            except KeyboardInterrupt:
                print()
            print(prompt, end="", flush=True)
        return self.status

    def fail(self, reason, status=1):
        self.status = status
        print(f"lab: {reason}", file=sys.stderr, flush=True)

    def do(self, first, *rest):
        if first in self.lab.nodes:
            if not rest:
                raise ValueError(f"What is {first} to do?")
            self.run(first, list(rest))
        elif first in COMMANDS:
            method, count = COMMANDS[first]
            if len(rest) != count:
                raise ValueError(f"{first} takes {count} words; `help` tells which")
            method(self, *rest)
        else:
            raise ValueError(f"{first} is neither a command nor a host; `help` tells the commands")

    def run(self, name, command):
        status = run_here(self.lab.nodes[name], command, self.environment, self.input)
        if status != 0:
            self.status = status

    def show(self):
        print(topology.describe(self.lab, self.server))

    def help(self):
        print(HELP)

    def node(self, name, kind=Node):
        node = self.lab.nodes.get(name)
        if not isinstance(node, kind):
            raise ValueError(f"{name} is no {'NAT' if kind is Router else 'host or router'}")
        return node

    def lose(self, name):
        self.node(name, Router).lose_mappings()

    def renumber(self, name):
        node = self.node(name)
        if isinstance(node, Router):
            print(node.change_public_address())
        else:
            print(node.interface.change_address())

    def forbid(self, name, what):
        self.node(name, Router).forbid(None if what == "nothing" else what)

    def add(self, words):
        topology.build(self.lab, words)

    def down(self, name):
        self.node(name).interface.down()

    def up(self, name):
        self.node(name).interface.up()

    def cut(self, name):
        self.node(name).interface.cut()

    def mend(self, name):
        self.node(name).interface.mend()


COMMANDS = {
    "show": (Console.show, 0),
    "help": (Console.help, 0),
    "lose": (Console.lose, 1),
    "renumber": (Console.renumber, 1),
    "forbid": (Console.forbid, 2),
    "add": (Console.add, 1),
    "down": (Console.down, 1),
    "up": (Console.up, 1),
    "cut": (Console.cut, 1),
    "mend": (Console.mend, 1),
}


def run_here(host, command, environment, stdin=None):
    """Runs it with our output; returns its status as shells do."""
    tell = proxies.settings_of(host)
    if tell is not None:
        environment = dict(environment)
        tell(environment)
    with host.popen(command, env=environment, stdin=stdin) as process:
        while process.poll() is None:
            # The terminal tells the program too; whether that ends it is its own affair.
            with contextlib.suppress(KeyboardInterrupt):
                process.wait()
    host.lab.processes.remove(process)
    return process.returncode if process.returncode >= 0 else 128 - process.returncode
