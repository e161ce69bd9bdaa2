"""Words that stand for unfinished or shapeless work, and waiting where a test should watch
for what it waits for."""

import re

import tree

TEXT = ('.c', '.h', '.py', '.xml', '.ui', '.build', '.css', '.sh', '.md', '.in', '.txt', '')

# The patterns are written so that they do not match themselves.
ANYWHERE = [
    (re.compile(r'\b(T[O]DO|F[I]XME|X[X]X|H[A]CK)\b'), 'is a note about unfinished work'),
    (re.compile(r'^\s*#\s*if [0]\b'), 'keeps dead code'),
]
IN_TESTS = [
    (re.compile(r'\b(u|nano|clock_nano|g_u)?s[l]eep\s*\('), 'waits blindly'),
    (re.compile(r'^\s*s[l]eep\s+[\d$]'), 'waits blindly'),
    (re.compile(r'[;&|]\s*s[l]eep\s+[\d$]'), 'waits blindly'),
]
# A measurement lasts as long as it was told to.
MEASURED = 'tests/bench/'
SHAPELESS = re.compile(r'(^|[-_])(utils?|misc|helpers?|stuff)([-_.]|$)')


def findings(root, build):
    found = []
    for path in tree.files(root):
        name = tree.name(path, root)
        in_tests = name.startswith(('tests/', '.ci/')) and not name.startswith(MEASURED)
        if SHAPELESS.search(path.name):
            found.append(f'{name}: says nothing by its name')
        if path.suffix not in TEXT or path.name == 'LICENSE' or '/corpus/' in name:
            continue
        for number, line in tree.lines(path):
            found += [f'{name}:{number}: {what}'
                      for pattern, what in ANYWHERE + (IN_TESTS if in_tests else [])
                      if pattern.search(line)]
    return found
