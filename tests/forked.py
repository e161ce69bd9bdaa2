"""Runs the cases of a Python test, each in a process of its own, which begins with all modules
loaded, and tells of them in the Test Anything Protocol.

    FILE --tap TEST [CASE…]     all cases, or some; what Meson starts, by the name TEST
    FILE [CASE…]                the same in this process, for a debugger
    FILE --list                 the names of the cases

A case that crashes, hangs or exits has failed, and the next one runs.  CASES_AT_ONCE in the
environment tells how many run at one time, where they wait more than they compute.
"""

import ctypes
import os
import select
import signal
import sys
import tempfile
import time
import unittest

# Seconds: more than any case takes under a sanitizer on a busy machine, as they only end a
# hang; and for a case that was told to end.
LIMIT = 480
GRACE = 10

# The exit status of a case that passed: whoever just exits has failed.
PASSED = 100

PR_SET_PDEATHSIG = 1


def main(prepare=lambda: None, without=()):
    """Does what the command line says.  `prepare` is called in the process of each case, and
    `without` are cases for which there is nothing to be tested."""
    if sys.argv[1:] == ["--list"]:
        print("\n".join(all_cases()))
    elif sys.argv[1:2] == ["--tap"]:
        test, *chosen = sys.argv[2:]
        signal.signal(signal.SIGTERM, interrupt)
        signal.signal(signal.SIGHUP, interrupt)
        chosen = chosen or [name for name in all_cases() if name not in without]
        sys.exit(run_all(test, chosen, prepare))
    else:
        prepare()
        unittest.main(verbosity=2)


def interrupt(number, _):
    raise KeyboardInterrupt(signal.Signals(number).name)


def all_cases():
    suites = unittest.defaultTestLoader.loadTestsFromName("__main__")
    return [case.id().removeprefix("__main__.") for suite in suites for case in suite]


def run_all(test, names, prepare):
    """Returns the exit status; in the process of a case it does not return."""
    print(f"1..{len(names)}", flush=True)
    at_once = int(os.environ.get("CASES_AT_ONCE", "1"))
    waiting = list(names)
    running = {}
    told = failed = 0
    try:
        while waiting or running:
            while waiting and len(running) < at_once:
                case = Case(waiting.pop(0))
                if case.part():
                    running.clear()  # They are not this process's to end.
                    sys.exit(run(case.name, prepare))
                running[case.descriptor] = case
            for case in take_ended(running):
                told += 1
                failed += not case.tell(told, test)
    except KeyboardInterrupt:
        for case in running.values():
            case.end()
        raise
    return 1 if failed or not told else 0


def take_ended(running):
    """Waits until a case has ended, or has to be."""
    poll = select.poll()
    for descriptor in running:
        poll.register(descriptor, select.POLLIN)
    nearest = min(case.deadline for case in running.values())
    ended = {descriptor for descriptor, _ in poll.poll(milliseconds_until(nearest))}
    for descriptor, case in list(running.items()):
        if descriptor in ended or time.monotonic() >= case.deadline:
            yield running.pop(descriptor)


def milliseconds_until(moment):
    return 1000 * max(0, moment - time.monotonic())


def run(name, prepare):
    """Runs one case in this process; returns the exit status."""
    try:
        prepare()
        suite = unittest.defaultTestLoader.loadTestsFromName(name, sys.modules["__main__"])
        result = unittest.TextTestRunner(verbosity=2).run(suite)
    except KeyboardInterrupt as interruption:
        print(f"interrupted: {interruption}", file=sys.stderr)
        return 1
    # What was left out was not tested.
    passed = result.wasSuccessful() and result.testsRun == 1 and not result.skipped
    return PASSED if passed else 1


class Case:
    """A case as it is seen by the process that waits for it."""

    def __init__(self, name):
        self.name = name
        # pylint: disable-next=consider-using-with
        self.output = tempfile.TemporaryFile()
        self.process = self.descriptor = None
        self.computed = 0
        self.begun = time.monotonic()
        self.deadline = self.begun + LIMIT

    def part(self):
        """Forks; returns whether this is the process of the case."""
        parent = os.getpid()
        self.process = os.fork()
        if self.process != 0:
            self.descriptor = os.pidfd_open(self.process)
            return False
        for number in (signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_DFL)
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:
            os.kill(os.getpid(), signal.SIGTERM)
        for stream in (1, 2):
            os.dup2(self.output.fileno(), stream)
        return True

    def tell(self, number, test):
        """Tells how it ended, which it has to by now; returns whether it was well."""
        outcome = self.end()
        print(f"{'not ok' if outcome else 'ok'} {number} {self.name}")
        seconds = time.monotonic() - self.begun
        print(f"# {seconds:.2f} s, {self.computed:.2f} s of a processor{outcome}")
        self.output.seek(0)
        for line in self.output.read().decode(errors="replace").splitlines():
            print(f"# {line}")
        self.output.close()
        if outcome:
            print(f"# To repeat it: meson test -C build {test} --test-args {self.name}")
        sys.stdout.flush()
        return not outcome

    def end(self):
        """Ends it where it has not ended; returns what was wrong with it, or nothing."""
        wrong = ""
        for number, patience in ((signal.SIGTERM, GRACE), (signal.SIGKILL, None)):
            if select.select([self.descriptor], [], [], 0)[0]:
                break
            wrong = f", did not end within {LIMIT} s"
            signal.pidfd_send_signal(self.descriptor, number)
            select.select([self.descriptor], [], [], patience)
        _, status, used = os.wait4(self.process, 0)
        status = os.waitstatus_to_exitcode(status)
        self.computed = used.ru_utime + used.ru_stime
        os.close(self.descriptor)
        if status < 0 and not wrong:
            wrong = f", killed by {signal.Signals(-status).name}"
        return wrong or ("" if status == PASSED else f", exit status {status}")
