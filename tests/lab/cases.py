"""How the tests of the lab are run: each case is a test of its own for Meson."""

import select
import signal
import sys
import unittest

from lab import Lab


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
    """Runs the cases named on the command line; `--list` prints the names of all."""
    if sys.argv[1:] == ["--list"]:
        for suite in unittest.defaultTestLoader.loadTestsFromName("__main__"):
            for case in suite:
                print(case.id().removeprefix("__main__."))
        return
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, interrupt)
    unittest.main(verbosity=2)


def interrupt(number, _):
    # Unlike SystemExit it is not taken by unittest for the failure of a single test.
    raise KeyboardInterrupt(signal.Signals(number).name)
