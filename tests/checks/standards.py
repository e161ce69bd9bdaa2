"""service/RFCs: every entry that claims something names tests, and the tests exist."""

import fnmatch
import json
import os
import re
import subprocess

ENTRY = re.compile(r'^([-+~o]) (\S.*)$')
CLAIMS = '+~'


def findings(root, build):
    claimed = entries((root / 'service' / 'RFCs').read_text(encoding='utf-8'))
    known = names(build, {test.split('.')[0] for _, _, tests in claimed for test in tests})
    found = []
    for number, mark, tests in claimed:
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


def names(build, wanted):
    """The tests as Meson names them, and the cases that their programs list; of a Python test,
    if it is wanted, as TEST.CLASS.CASE."""
    known = []
    for test in json.loads((build / 'meson-info' / 'intro-tests.json').read_text()):
        known.append(test['name'])
        command = test['cmd']
        if command[0].startswith(str(build)) and '/test-' in command[0]:
            known += [line for line in listed([command[0], '-l']) if line.startswith('/')]
        elif '--tap' in command and test['name'] in wanted:
            script = command[:command.index('--tap')]
            known += [f'{test["name"]}.{line.replace(".test_", ".")}'
                      for line in listed([*script, '--list'], test['env'])]
    return known


def listed(command, environment=()):
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False,
                          env={**os.environ, **dict(environment)})
    return done.stdout.splitlines()
