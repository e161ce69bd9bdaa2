"""Hosts: who is at the ends of cables, and what programs run on."""

import subprocess

import programs
from interface import Interface

# Seconds for a command that is run to its end.
PATIENCE = 60


class Node:
    """A host.  `with` it to open sockets and to start programs there.

    `behind` is where an interface is plugged in: the internet or a router.
    """

    def __init__(self, lab, name, settings=()):
        self.lab, self.name = lab, name
        self.space = lab.add_namespace(name, settings)
        self.interfaces = []
        self._count = 0

    def __repr__(self):
        return f"<{type(self).__name__} {self.name}>"

    def __enter__(self):
        self.space.__enter__()
        return self

    def __exit__(self, *error):
        self.space.__exit__(*error)

    def attach(self, behind=None, name=None, **options):
        """One interface more; the options are those of Interface."""
        name = name or f"eth{self._count}"
        self._count += 1
        interface = Interface(self, name, behind or self.lab.internet, **options)
        self.interfaces.append(interface)
        return interface

    @property
    def interface(self):
        return self.interfaces[0]

    @property
    def address(self):
        return self.interface.address

    @property
    def address6(self):
        return self.interface.address6

    def popen(self, command, **options):
        """Starts a program that ends with the lab; the options are those of subprocess.Popen."""
        with self.space:
            process = programs.start(command, **options)
        self.lab.processes.append(process)
        return process

    def run(self, command, patience=PATIENCE, **options):
        """Runs a program to its end: a subprocess.CompletedProcess with text.

        What lasts longer than `patience` (seconds) is a subprocess.TimeoutExpired.
        """
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
        with self.popen(command, text=True, **{**pipes, **options}) as process:
            try:
                text, _ = process.communicate(timeout=patience)
            except subprocess.TimeoutExpired as error:
                process.kill()
                error.output, _ = process.communicate()
                raise
            finally:
                self.lab.processes.remove(process)
        return subprocess.CompletedProcess(command, process.returncode, text)
