"""service/RFCs: every entry that claims something names tests, and the tests exist."""

import fnmatch
import json
import re
import subprocess

ENTRY = re.compile(r'^([-+~o]) (\S.*)$')
CLAIMS = '+~'


def findings(root, build):
    path = root / 'service' / 'RFCs'
    known = names(build)
    found = []
    for number, mark, tests in entries(path.read_text(encoding='utf-8')):
        place = f'service/RFCs:{number}'
        if mark in CLAIMS and not tests:
            found.append(f'{place}: names no test')
        found += [f'{place}: there is no test {test}' for test in tests
                  if not fnmatch.filter(known, test)]
    return found


def entries(text):
    """Line number, mark, and the tests of each entry; the key above them is none."""
    found, by = [], False
    for number, line in enumerate(text.splitlines(), start=1):
        match = ENTRY.match(line)
        if match:
            found.append((number, match[1], []))
            by = False
        elif found and line.startswith('          '):
            words = line.strip()
            by = by or words.startswith('by:')
            if by:
                found[-1][2].extend(re.split(r'[,\s]+', words.removeprefix('by:').strip(', ')))
    return [(number, mark, [test for test in tests if test])
            for number, mark, tests in found]


def names(build):
    """The tests as Meson names them, and the cases that their programs list."""
    known = []
    for test in json.loads((build / 'meson-info' / 'intro-tests.json').read_text()):
        known.append(test['name'])
        program = test['cmd'][0]
        if program.startswith(str(build)) and '/test-' in program:
            listed = subprocess.run([program, '-l'], capture_output=True, text=True,
                                    timeout=60, check=False)
            known += [line for line in listed.stdout.splitlines() if line.startswith('/')]
    return known
