"""Programs of the lab that are told what to do, and tell what happens, a line each."""

import os
import subprocess

import cases

# Seconds for something that was asked for; a transaction takes 39.5 to fail (RFC 8489 §6.2.1).
PATIENCE = 60


class Talker:
    """Such a program on a host."""

    def __init__(self, host, command):
        self.name = os.path.basename(command[0])
        self.process = host.popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.heard = b""

    def tell(self, *words):
        self.process.stdin.write(" ".join(words).encode() + b"\n")
        self.process.stdin.flush()

    def has_spoken(self, seconds):
        return self.heard or cases.await_readable(self.process.stdout, seconds)

    def hear(self):
        while b"\n" not in self.heard:
            if not cases.await_readable(self.process.stdout, PATIENCE):
                raise TimeoutError(f"{self.name} says nothing")
            read = os.read(self.process.stdout.fileno(), 4096)
            if not read:
                raise EOFError(f"{self.name} has ended")
            self.heard += read
        line, self.heard = self.heard.split(b"\n", 1)
        return line.decode().split()

    def expect(self, word):
        """What the next line says besides this, with which it has to begin."""
        words = self.hear()
        if not words or words[0] != word:
            raise AssertionError(f"{word} was expected, not {' '.join(words)}")
        return words[1:]
