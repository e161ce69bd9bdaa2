"""The length of files: more than 600 lines need a reason that stands here, more than 900
are refused."""

import tree

NEEDS_A_REASON = 600
REFUSED = 900
SUFFIXES = ('.c', '.h', '.py', '.xml', '.ui', '.build', '.css', '.sh', '.vala')

# The file and why it is one file.
REASONS = {
}


def findings(root, build, reasons=None):
    reasons = REASONS if reasons is None else reasons
    found, long_files = [], set()
    for path in tree.files(root, *SUFFIXES):
        name, length = tree.name(path, root), len(tree.lines(path))
        if length > NEEDS_A_REASON:
            long_files.add(name)
        if length > REFUSED:
            found.append(f'{name}: {length} lines, more than {REFUSED}')
        elif length > NEEDS_A_REASON and name not in reasons:
            found.append(f'{name}: {length} lines and no reason for them')
    return found + [f'{name}: has a reason that it does not need'
                    for name in sorted(set(reasons) - long_files)]
