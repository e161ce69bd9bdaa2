#!/usr/bin/python3
"""Runs a program in a display of its own: panel-cost.py PROGRAM…"""

import os
import pathlib
import subprocess
import sys

sys.path.append(str(pathlib.Path(__file__).parents[1] / "gui"))
import display  # noqa: E402


def main():
    server, number = display.begin_display()
    try:
        # No assistive tool listens.
        environment = os.environ | display.settings(number) | {"GTK_A11Y": "none"}
        result = subprocess.run(sys.argv[1:], env=environment, check=False)
    finally:
        server.terminate()
        server.wait()
    sys.exit(result.returncode)


if __name__ == "__main__":
    main()
