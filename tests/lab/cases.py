"""How the tests of the lab are run."""

import os
import select
import signal
import sys
import unittest

from lab import Lab
from programs import interrupt

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import forked  # noqa: E402


class LabCase(unittest.TestCase):
    """A case with a lab of its own, which has to be left as it was made: with no programs in
    it but those it knows of."""

    def setUp(self):
        self.lab = Lab()
        self.addCleanup(self.close)

    def close(self):
        self.assertEqual(self.lab.close(), [], "These had to be killed")


def await_readable(descriptor, seconds):
    """Whether something is there to be read in time; of a process, its end."""
    return bool(select.select([descriptor], [], [], seconds)[0])


def main():
    forked.main(heed_signals)


def heed_signals():
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, interrupt)
