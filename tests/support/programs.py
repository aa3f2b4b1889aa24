"""The programs of other makers that tests look with: a browser, a spreadsheet, readers of PDF, units, figures, a database, a proxy
and a cluster. All are Debian's packages.

`make test` runs this file first, so that it ends at once, with one line, where one is missing and cannot be installed.
"""

from __future__ import annotations

import fcntl
import glob
import os
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Program:
    """What it is called in a sentence, by which names it may be found, and Debian's package of it, or packages."""

    title: str
    names: tuple[str, ...]
    package: str
    #: Where it is looked for first, of several the last: a pattern.
    besides: str = ""


#: A whole Chromium does as well; without windows, tabs and menus of its own it takes a quarter less time.
CHROMIUM = Program(
    "Chromium",
    ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"),
    "chromium-headless-shell",
)
#: Calc without a screen: 89 MB to fetch, where all of LibreOffice would be several times as much.
CALC = Program("LibreOffice", ("soffice", "libreoffice"), "libreoffice-calc-nogui")
POPPLER = Program("pdftotext", ("pdftotext",), "poppler-utils")
#: Reads units as it would start them; it need not be what started the machine.
SYSTEMD = Program("systemd-analyze", ("systemd-analyze",), "systemd")
#: Scrapes what we tell, and reads our alerts; its package brings promtool too.
PROMETHEUS = Program("Prometheus", ("prometheus",), "prometheus")
#: A server of one's own, of Debian's version, whose other programs lie beside.
POSTGRESQL = Program("PostgreSQL", ("initdb",), "postgresql", "/usr/lib/postgresql/*/bin")
#: The proxy that speaks TLS; it lies where only administrators look.
NGINX = Program("nginx", ("nginx",), "nginx", "/usr/sbin")
#: What docs/tutorial/operate.md types besides.
CURL = Program("curl", ("curl",), "curl")
OPENSSL = Program("openssl", ("openssl",), "openssl")
#: Keeps a cluster of three nodes, and where it keeps who leads; it speaks to that by a library that Debian leaves to whoever installs it.
PATRONI = Program("Patroni", ("patroni",), "patroni python3-etcd")
ETCD = Program("etcd", ("etcd",), "etcd-server")
PROGRAMS = (CHROMIUM, CALC, POPPLER, SYSTEMD, PROMETHEUS, POSTGRESQL, NGINX, CURL, OPENSSL, PATRONI, ETCD)


class NoProgramError(Exception):
    """A program is not installed, and it cannot be installed from here."""

    def __init__(self, program: Program) -> None:
        super().__init__(
            f"No {program.title} was found: install one (on Debian: apt-get install {program.package}),"
            " or leave out the tests that need it: make test-fast."
        )


def may_install() -> bool:
    """Whether we are root on a Debian."""
    return os.geteuid() == 0 and Path("/etc/debian_version").exists() and shutil.which("apt-get") is not None


def find_program(program: Program, *, install: bool) -> str:
    """The path of a program, which is installed first where it is missing and may be. Raises NoProgramError."""
    # Workers side by side: the others wait until it is there whole.
    with (Path(tempfile.gettempdir()) / f"casework-programs-{os.geteuid()}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        found = _installed(program)
        if found is None and install:
            _install(program)
            found = _installed(program)
    if found is None:
        raise NoProgramError(program)
    return found


def _installed(program: Program) -> str | None:
    # Versions as numbers: 9 comes before 17.
    besides = sorted(glob.glob(program.besides), key=lambda path: [int(one) for one in re.findall(r"\d+", path)])
    places = os.pathsep.join([*reversed(besides), os.environ.get("PATH", os.defpath)])
    return next((path for name in program.names if (path := shutil.which(name, path=places))), None)


def _install(program: Program) -> None:
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for command in (["update"], ["install", "-y", "--no-install-recommends", *program.package.split()]):
        # What went wrong shows when it is still not there.
        subprocess.run(
            ["apt-get", "-qq", *command], env=environment, stdout=subprocess.DEVNULL, check=False, timeout=900
        )


if __name__ == "__main__":
    try:
        for one in PROGRAMS:
            print(find_program(one, install=may_install()))
    except NoProgramError as missing:
        sys.exit(str(missing))
