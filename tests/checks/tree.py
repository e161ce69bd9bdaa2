"""The files of the tree as the checks see them: what the repository holds, and not what a
build or an editor left beside it."""

from pathlib import Path

LEFT_OUT = ('.git', '__pycache__')


def files(root, *suffixes):
    """All files below `root` with one of the suffixes (all files if none is given), sorted."""
    found = []
    for path in sorted(Path(root).iterdir()):
        if path.name in LEFT_OUT or is_build(path):
            continue
        if path.is_dir() and not path.is_symlink():
            found += files(path, *suffixes)
        elif path.is_file() and (not suffixes or path.suffix in suffixes):
            found.append(path)
    return found


def is_build(path):
    """A build directory of Meson, by whatever name."""
    return (path / 'meson-private').is_dir() or (path / 'meson-info').is_dir()


def lines(path):
    """The numbered lines of a text file; none for a binary file."""
    try:
        text = path.read_text(encoding='utf-8')
    except UnicodeDecodeError:
        return []
    return list(enumerate(text.splitlines(), start=1))


def name(path, root):
    return str(path.relative_to(root))
