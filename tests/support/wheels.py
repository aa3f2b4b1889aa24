"""Wheels of the tree, as `make wheel` makes them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
SOURCES = [
    "casework",
    "workflows",
    "templates",
    "migrations",
    "pyproject.toml",
    "setup.py",
    "setup.cfg",
    "README.md",
    "LICENSE",
]


def run(*command: str | Path, cwd: Path, **environment: str) -> str:
    """What a command prints, which must end well."""
    finished = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env={"PATH": os.environ["PATH"], **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert finished.returncode == 0, finished.stdout + finished.stderr
    return finished.stdout


def built(folder: Path, version: str | None = None) -> Path:
    """The wheel; as it would be called in another version."""
    # From a copy: setuptools leaves a build folder behind, whose old files would get into the next wheel.
    source = folder / "source"
    source.mkdir()
    for name in SOURCES:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / name, source / name)
    if version:
        written = (source / "setup.cfg").read_text("utf-8").splitlines(keepends=True)
        changed = [f"version = {version}\n" if line.startswith("version = ") else line for line in written]
        (source / "setup.cfg").write_text("".join(changed), "utf-8")
    run(
        *(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder / "dist", source),
        cwd=folder,
        SOURCE_DATE_EPOCH="1767225600",
    )
    (made,) = (folder / "dist").glob("*.whl")
    return made
