#!/usr/bin/python3
"""README.md's pictures are there, are what a screenshot or a drawing is, and small:
readme_picture.py ROOT"""

import pathlib
import re
import struct
import sys

LARGEST = 200_000  # bytes
SIZE = (1280, 800)
PICTURE = re.compile(r"!\[[^\]]+\]\(([^)]+)\)")


def finding(path):
    """What is wrong with it, or None."""
    if not path.is_file():
        return "is not there"
    data = path.read_bytes()
    if len(data) > LARGEST:
        return f"has {len(data)} bytes"
    if path.suffix == ".svg":
        return None if data.startswith(b"<svg") and b"<title>" in data else "is no SVG"
    if data[:8] != b"\x89PNG\r\n\x1a\n":
        return "is no PNG"
    if struct.unpack(">II", data[16:24]) != SIZE:
        return f"is not {SIZE[0]} x {SIZE[1]}, as the test's window is"
    return None


def main():
    root = pathlib.Path(sys.argv[1])
    shown = PICTURE.findall((root / "README.md").read_text(encoding="utf-8"))
    wrong = [f"{name} {finding(root / name)}" for name in shown if finding(root / name)]
    if not any(name.endswith(".png") for name in shown):
        wrong.append("README.md shows no picture of the panel")
    print("\n".join(wrong))
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
