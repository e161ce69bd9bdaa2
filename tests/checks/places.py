"""What lies at the top of the tree: folders and files that everybody expects there, and nothing that
a program wrote or that somebody put down for a moment.  What is hidden may be an editor's."""

import tree

EXPECTED = (
    'LICENSE', 'README.md', 'dbus', 'gui', 'libclient', 'meson.build', 'meson_options.txt',
    'service', 'tests',
)


def findings(root, build):
    return [f'{path.name}: nobody expects it at the top of the tree'
            for path in sorted(root.iterdir())
            if path.name not in EXPECTED and not path.name.startswith('.')
            and path.name not in tree.LEFT_OUT and not tree.is_build(path)]
