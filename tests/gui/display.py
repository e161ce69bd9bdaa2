#!/usr/bin/python3
"""Runs a program in a display, on a bus and in directories of its own: display.py PROGRAM…

The display is Xvfb's, the bus knows no services, and nothing of it outlives the program.
"""

import os
import pathlib
import subprocess
import sys
import tempfile

BUS = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:dir={place}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"""


def settings(display):
    """What makes GTK the same on every computer.

    What draws is cairo: OpenGL would only be looked for, and Mesa leaks where it is.
    """
    return {
        "DISPLAY": display,
        "GDK_BACKEND": "x11",
        "GSK_RENDERER": "cairo",
        "GSETTINGS_BACKEND": "memory",
        "GTK_CSD": "1",
        "GDK_DEBUG": "default-settings,gl-disable",
        "GIO_USE_VOLUME_MONITOR": "unix",
        "ADW_DISABLE_PORTAL": "1",
        "LANG": "C.UTF-8",
        "LC_ALL": "C.UTF-8",
        "TZ": "UTC",
    }


def environment(place, display):
    values = dict(os.environ)
    for name in ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME",
                 "XDG_CACHE_HOME", "XDG_RUNTIME_DIR"):
        folder = place / name.lower()
        folder.mkdir(mode=0o700)
        values[name] = str(folder)
    values |= settings(display)
    values.setdefault("GTK_A11Y", "test")
    values.setdefault("G_DEBUG", "fatal-warnings")
    return values


def begin_display():
    """Xvfb chooses a number that is free, and says it when it is ready."""
    ours, theirs = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(theirs), "-screen", "0", "1600x1200x24",
         "-nolisten", "tcp", "-noreset"],
        pass_fds=[theirs], stderr=subprocess.DEVNULL)
    os.close(theirs)
    with os.fdopen(ours) as pipe:
        number = pipe.readline().strip()
    if not number:
        sys.exit("display.py: Xvfb did not begin")
    return server, f":{number}"


def main():
    with tempfile.TemporaryDirectory(prefix="fram-gui.") as name:
        place = pathlib.Path(name)
        (place / "bus.conf").write_text(BUS.format(place=place), encoding="utf-8")
        server, display = begin_display()
        try:
            result = subprocess.run(
                ["dbus-run-session", f"--config-file={place / 'bus.conf'}", "--",
                 *sys.argv[1:]],
                env=environment(place, display), check=False)
        finally:
            server.terminate()
            server.wait()
    sys.exit(result.returncode if result.returncode >= 0 else 128 - result.returncode)


if __name__ == "__main__":
    main()
