#!/usr/bin/python3
"""What the library exports is what its headers declare, no more and no less.

    test_symbols.py LIBRARY HEADER-DIRECTORY
"""

import pathlib
import re
import subprocess
import sys


def exported(library):
    """The symbols that programs can link, with their versions."""
    command = ["nm", "--dynamic", "--defined-only", "--format=posix", library]
    text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    symbols = [line.split()[0] for line in text.splitlines()]
    return {s.split("@")[0]: s.partition("@@")[2] for s in symbols if s != "FRAM_1"}


def declared(directory):
    """The functions that headers mark as exported."""
    names = set()
    for header in pathlib.Path(directory).glob("fram*.h"):
        text = re.sub(r"/\*.*?\*/", "", header.read_text("utf-8"), flags=re.S)
        for macro in re.findall(r"G_DECLARE_\w+_TYPE \(\w+, (\w+)", text):
            names.add(macro + "_get_type")
        names.update(re.findall(r"FRAM_API [^;(]*?\b(fram_\w+) \(", text))
    return names


def main():
    library, directory = sys.argv[1:]
    have, want = exported(library), declared(directory)
    assert len(want) > 50, f"too few declarations were found: {want}"
    problems = [f"{name} is exported, but in no header" for name in have.keys() - want]
    problems += [f"{name} is in a header, but not exported" for name in want - have.keys()]
    problems += [f"{name} has the version “{version}”" for name, version in have.items()
                 if version != "FRAM_1"]
    for problem in sorted(problems):
        print(problem)
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
