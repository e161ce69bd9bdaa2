#!/usr/bin/python3
"""The headers as applications meet them: one to include, from C and from C++.

    test_headers.py HEADER-DIRECTORY C-COMPILER…
"""

import pathlib
import shlex
import subprocess
import sys
import unittest

DIRECTORY, *COMPILER = sys.argv[1:]
FLAGS = shlex.split(subprocess.run(["pkg-config", "--cflags", "gio-2.0"], check=True,
                                   capture_output=True, text=True).stdout)


def compile_text(text, *flags):
    """Returns what the compiler complains of, or an empty text."""
    command = [*COMPILER, *flags, "-Wall", "-Wextra", "-Werror", "-fsyntax-only",
               "-I", DIRECTORY, *FLAGS, "-"]
    done = subprocess.run(command, input=text, capture_output=True, text=True)
    return "" if done.returncode == 0 else done.stderr or "failed"


class Headers(unittest.TestCase):
    USE = """
    #include <fram.h>
    FramState state_of (FramSession *session) { return fram_session_get_state (session); }
    """

    def test_c(self):
        self.assertEqual(compile_text(self.USE, "-x", "c", "-std=c11"), "")

    def test_cpp(self):
        self.assertEqual(compile_text(self.USE, "-x", "c++", "-std=c++17"), "")

    def test_single_include(self):
        headers = sorted(path.name for path in pathlib.Path(DIRECTORY).glob("fram-*.h"))
        self.assertGreater(len(headers), 5)
        for header in headers:
            said = compile_text(f"#include <{header}>\n", "-x", "c")
            self.assertIn("Only <fram.h> can be included directly", said, header)

    def test_umbrella_is_whole(self):
        umbrella = pathlib.Path(DIRECTORY, "fram.h").read_text("utf-8")
        for path in pathlib.Path(DIRECTORY).glob("fram-*.h"):
            self.assertIn(f"#include <{path.name}>", umbrella)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
