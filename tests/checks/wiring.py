"""The build as Meson describes it: no source is left out, every test has a tier, every
Python test is run, every fuzz target has a corpus."""

import json
from pathlib import Path

import tree

TIERS = ['unit', 'io', 'store', 'simulation', 'bus', 'client', 'gui', 'lab', 'interop',
         'fuzz', 'bench', 'checks']


def findings(root, build):
    info = build / 'meson-info'
    targets = json.loads((info / 'intro-targets.json').read_text())
    tests = json.loads((info / 'intro-tests.json').read_text())
    return (left_out(root, targets) + without_tier(tests) + not_run(root, tests)
            + without_corpus(root))


def left_out(root, targets):
    compiled = {Path(source).resolve() for target in targets
                for part in target['target_sources'] for source in part['sources']}
    return [f'{tree.name(path, root)}: belongs to no target'
            for path in tree.files(root, '.c') if path.resolve() not in compiled]


def without_tier(tests):
    found = []
    for test in tests:
        tiers = [suite.split(':')[-1] for suite in test['suite']]
        if len(tiers) != 1 or tiers[0] not in TIERS:
            found.append(f'test {test["name"]}: is in {tiers}, not in one tier')
    return found


def not_run(root, tests):
    """A Python test counts as run if a command of Meson names its file or its module."""
    words = {Path(word).name for test in tests for word in test['cmd']}
    modules = {word.split('.')[0] for word in words}
    return [f'{tree.name(path, root)}: is run by no test'
            for path in tree.files(root / 'tests', '.py')
            if path.name.startswith('test_') and path.stem not in modules]


def without_corpus(root):
    fuzz = root / 'tests' / 'fuzz'
    if not fuzz.is_dir():
        return []
    found = []
    for path in sorted(fuzz.glob('fuzz-*.c')):
        corpus = fuzz / 'corpus' / path.stem.removeprefix('fuzz-')
        if not corpus.is_dir() or not any(corpus.iterdir()):
            found.append(f'{tree.name(path, root)}: has no corpus')
    return found
