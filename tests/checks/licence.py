"""The licence: its text lies in LICENSE, and Meson names the same."""

import re

TITLE = 'GNU LESSER GENERAL PUBLIC LICENSE'
VERSION = 'Version 2.1, February 1999'
NAME = 'LGPL-2.1-or-later'
ENTIRE = 20000


def findings(root, build):
    found = []
    path = root / 'LICENSE'
    text = path.read_text(encoding='utf-8') if path.is_file() else ''
    if TITLE not in text or VERSION not in text or len(text) < ENTIRE:
        found.append('LICENSE: is not the whole text of the LGPL 2.1')
    named = re.search(r"license\s*:\s*'([^']*)'", (root / 'meson.build').read_text())
    if named is None or named[1] != NAME:
        found.append(f'meson.build: does not name {NAME}')
    return found
