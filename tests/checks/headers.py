"""Headers: each begins with a comment that says what it is for, is guarded by the pragma,
and includes nothing that includes it."""

import re

import tree

INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"', re.MULTILINE)


def findings(root, build):
    found, graph = [], {}
    for path in tree.files(root, '.h'):
        text = path.read_text(encoding='utf-8')
        name = tree.name(path, root)
        if not text.startswith('/*'):
            found.append(f'{name}:1: does not begin with its purpose')
        if '\n#pragma once\n' not in text:
            found.append(f'{name}:1: has no "#pragma once"')
        graph[path] = [other for include in INCLUDE.findall(text)
                       for other in resolve(path, include, root)]
    return found + [f'{tree.name(path, root)}:1: includes itself through others'
                    for path in graph if reaches(graph, path)]


def resolve(path, include, root):
    for place in (path.parent, root / 'service', root / 'libclient', root / 'gui', root):
        if (place / include).is_file():
            return [(place / include).resolve()]
    return []


def reaches(graph, start):
    """Whether a walk along the includes of `start` comes back to it."""
    graph = {path.resolve(): others for path, others in graph.items()}
    start = start.resolve()
    waiting, seen = list(graph[start]), set()
    while waiting:
        path = waiting.pop()
        if path == start:
            return True
        if path not in seen:
            seen.add(path)
            waiting += graph.get(path, [])
    return False
