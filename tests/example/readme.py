"""Runs the Python program that README.md shows, as a reader would who copies it."""

import re
import sys
from pathlib import Path

README = Path(__file__).resolve().parents[2] / 'README.md'


def main():
    programs = re.findall(r'^```python\n(.*?)^```$', README.read_text(encoding='utf-8'),
                          re.MULTILINE | re.DOTALL)
    if len(programs) != 1:
        print(f'README.md has {len(programs)} Python programs, not one')
        return 1
    exec(compile(programs[0], str(README), 'exec'), {'__name__': '__main__'})
    return 0


if __name__ == '__main__':
    sys.exit(main())
