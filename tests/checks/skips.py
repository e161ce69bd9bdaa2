"""Tests that do not test: what is skipped, expected to fail, or built only where some
optional thing is found, may be broken unseen."""

import re

import tree

# The patterns are written so that they do not match themselves.
IN_SOURCES = [
    (r'\bg_test_(skip|incomplete)\b', 'skips a test'),
    (r'\b(skip(If|Unless|Test)|Skip[T]est|expected[F]ailure)\b', 'skips a test'),
    (r'\bunittest\.(skip)\b', 'skips a test'),
    (r'\b(pytest\.(mark\.)?)(skip|xfail)\b', 'skips a test'),
    (r'\b(exit|_exit|return)\s*\(?\s*7[7]\b', 'ends with the code of a skipped test'),
    (r'\b[o]k \d+ # (skip|todo)', 'prints a skipped test'),
]
IN_MESON = [
    (r'\bshould_fail\s*:', 'expects a test to fail'),
    (r'\brequired\s*:\s*false\b', 'makes tests depend on what is installed'),
    (r'\bdisabler\b', 'switches tests off'),
]


def findings(root, build):
    found = []
    for path in tree.files(root / 'tests'):
        patterns = IN_MESON if path.name == 'meson.build' else IN_SOURCES
        for number, line in tree.lines(path):
            found += [f'{tree.name(path, root)}:{number}: {what}'
                      for pattern, what in patterns
                      if re.search(pattern, line, re.IGNORECASE)]
    return found
