"""Programs in the lab: they end with whoever started them."""

import contextlib
import os
import signal
import subprocess
import time

# Seconds for programs to end when they are asked to.
PATIENCE = 5


def interrupt(number, _):
    """What a signal does to whoever started them, so that all is taken down."""
    # Unlike SystemExit it is not taken by unittest for the failure of a single test.
    raise KeyboardInterrupt(signal.Signals(number).name)


def start(command, capable=False, **options):
    """Starts it where the caller is.  The options are those of subprocess.Popen.

    Unless it has to be `capable`, it has no rights over the lab but those of its user.
    """
    wrap = ["setpriv", "--pdeathsig", "KILL"]
    if not capable and os.geteuid() != 0:
        wrap += ["--inh-caps", "-all", "--ambient-caps", "-all"]
    # pylint: disable-next=consider-using-with
    return subprocess.Popen(wrap + command, **options)


def end(processes):
    """Ends all of them, the last started first, and reads no more from them."""
    running = [process for process in reversed(processes) if process.poll() is None]
    for process in running:
        process.terminate()
    deadline = time.monotonic() + PATIENCE
    for process in running:
        try:
            process.wait(max(0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    for process in processes:
        for stream in (process.stdin, process.stdout, process.stderr):
            if stream is not None:
                # What was to be written to one that has ended is lost.
                with contextlib.suppress(BrokenPipeError):
                    stream.close()
