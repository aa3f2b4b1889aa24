"""Where the browser is. None is ever downloaded beside Debian's own packages.

`make test` runs this file first, so that it ends at once, with one line, where there is none and none can be installed.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip


class NoBrowserError(Exception):
    """No Chromium is installed, and it cannot be installed from here."""

    def __init__(self) -> None:
        super().__init__(
            "No Chromium was found: install one (on Debian: apt-get install chromium), or leave these tests out: make test-fast."
        )


def may_install() -> bool:
    """Whether we are root on a Debian."""
    return os.geteuid() == 0 and Path("/etc/debian_version").exists() and shutil.which("apt-get") is not None


def find_chromium(*, install: bool) -> str:
    """The path of a Chromium, which is installed first where it is missing and may be. Raises NoBrowserError."""
    # Workers side by side: the others wait until it is there whole.
    with (Path(tempfile.gettempdir()) / f"casework-chromium-{os.geteuid()}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        found = _installed()
        if found is None and install:
            _install()
            found = _installed()
    if found is None:
        raise NoBrowserError
    return found


def _installed() -> str | None:
    return next((path for name in NAMES if (path := shutil.which(name))), None)


def _install() -> None:
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for command in (["update"], ["install", "-y", "--no-install-recommends", "chromium"]):
        # What went wrong shows when it is still not there.
        subprocess.run(["apt-get", "-qq", *command], env=environment, stdout=subprocess.DEVNULL, check=False, timeout=900)


if __name__ == "__main__":
    try:
        print(find_chromium(install=may_install()))
    except NoBrowserError as missing:
        sys.exit(str(missing))
