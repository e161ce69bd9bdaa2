#!/usr/bin/python3
"""Runs one check over the tree: `run.py CHECK ROOT BUILD`.

A check is a module with `findings (root, build)`: sentences about what is wrong, each
beginning with the place.  None means that all is well."""

import importlib
import sys
from pathlib import Path


def main():
    check, root, build = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    found = importlib.import_module(check).findings(root, build)
    for finding in found:
        print(finding)
    print(f'{check}: {len(found)} found')
    return 1 if found else 0


if __name__ == '__main__':
    sys.exit(main())
