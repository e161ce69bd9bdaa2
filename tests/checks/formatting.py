"""Formatting: clang-format finds nothing to change in any C file."""

import subprocess
from pathlib import Path

import tree


def findings(root, build):
    paths = tree.files(root, '.c', '.h')
    if not paths:
        return [f'{root}: has no C file']
    result = subprocess.run(
        ['clang-format', '--style=file', '--dry-run', '-Werror', *paths],
        cwd=root, capture_output=True, text=True, check=False)
    found = {}
    for line in result.stderr.splitlines():
        if ': error:' in line:
            path, number = line.split(':')[:2]
            found.setdefault(path, number)
    if result.returncode != 0 and not found:
        return [result.stderr.strip() or 'clang-format failed']
    return [f'{tree.name(Path(path), root)}:{number}: is where clang-format begins to differ'
            for path, number in found.items()]
