"""Includes: in the service and the panel each names its layer, and goes to its own or a lower
one; what is private stays within its folder; every quoted include leads to a file."""

import json
import re

import tree

# From the lowest to the highest.
LAYERS = ['base', 'stun', 'turn', 'nat', 'ice', 'broker', 'io', 'store', 'rpc']
# The same of the panel.
GUI_LAYERS = ['model', 'widgets', 'pages', 'shell']
# The layers that speak on the bus, and so may use its adapter.
ON_THE_BUS = ['rpc']
# What a folder beside the service may name besides its own files.
ELSEWHERE = {
    'dbus': ['dbus'],
    'libclient': ['dbus'],
    'tests': LAYERS + ['dbus'],
}
INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"')


def findings(root, build):
    built = generated(build)
    found = []
    for path in tree.files(root, '.c', '.h'):
        for number, line in tree.lines(path):
            match = INCLUDE.match(line)
            if match is None:
                continue
            reason = direction(path, match[1], root) or target(path, match[1], root, built)
            if reason:
                found.append(f'{tree.name(path, root)}:{number}: "{match[1]}" {reason}')
    return found


def direction(path, include, root):
    """Why `path` may not name this file, or None."""
    folders = path.relative_to(root).parts[:-1]
    layer = include.split('/')[0] if '/' in include else None
    if folders[:1] == ('service',):
        return in_service(folders[1] if len(folders) > 1 else None, layer, include)
    if folders[:1] == ('gui',):
        return in_gui(folders[1] if len(folders) > 1 else None, layer)
    if layer in LAYERS + ['dbus'] and layer not in ELSEWHERE.get(folders[0], []):
        return f'is not for {folders[0]}/'
    return None


def in_service(own, layer, include):
    if layer is None:
        return 'does not name its layer'
    if layer == 'dbus':
        return None if own in ON_THE_BUS + [None] else f'is not for {own}/'
    if layer not in LAYERS:
        return 'is in no layer'
    if own is None:
        return None
    if own not in LAYERS:
        return f'stands in {own}/, which is no layer'
    if LAYERS.index(layer) > LAYERS.index(own):
        return f'goes up from {own}/'
    if include.endswith('-private.h') and layer != own:
        return f'is private to {layer}/'
    return None


def in_gui(own, layer):
    if layer not in GUI_LAYERS:
        return 'is in no layer of the panel'
    if own is not None and GUI_LAYERS.index(layer) > GUI_LAYERS.index(own):
        return f'goes up from {own}/'
    return None


def target(path, include, root, built):
    """Why the include leads nowhere, or None."""
    places = [path.parent, root, root / 'service', root / 'libclient', root / 'gui']
    if any((place / include).is_file() for place in places):
        return None
    if any(output.endswith('/' + include) for output in built):
        return None
    return 'does not exist'


def generated(build):
    """The files that the build makes."""
    info = build / 'meson-info' / 'intro-targets.json'
    if not info.is_file():
        return []
    return [name for item in json.loads(info.read_text())
            if item['type'] == 'custom' for name in item['filename']]
