"""What lies in files is there after a power cut once these have returned: a file that is only written may be empty then, or gone."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


def sync(path: Path) -> None:
    """Wait until the disk has what is in a file; of a folder, which files are in it and what they are called."""
    number = os.open(path, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


def sync_below(root: Path, path: Path) -> None:
    """Wait for a file, and for every folder that leads to it from the root."""
    sync(path)
    for folder in path.parents:
        sync(folder)
        if folder == root:
            return


def make_folder(path: Path, mode: int = 0o777) -> None:
    """Make a folder and those above it, where they are missing; only the folder itself gets these rights."""
    missing = [one for one in (path, *path.parents) if not one.exists()]
    path.mkdir(parents=True, exist_ok=True, mode=mode)
    for one in missing:
        # Where one may make a folder and yet not list what is there, nothing can be waited for.
        with suppress(PermissionError):
            sync(one.parent)


@contextmanager
def written_beside(folder: Path, words: str, mode: int) -> Iterator[Path]:
    """A file beside, whole and with these rights, to be put in its place within the block; it is there by its name afterwards."""
    make_folder(folder)
    beside = folder / f".{secrets.token_hex(8)}"
    number = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        with os.fdopen(number, "w", encoding="utf-8") as file:
            file.write(words)
            file.flush()
            os.fsync(file.fileno())
        yield beside
        sync(folder)
    finally:
        beside.unlink(missing_ok=True)


def put_whole(path: Path, words: str, mode: int) -> None:
    """Put a file there with these rights: all of it, or what was there before."""
    with written_beside(path.parent, words, mode) as beside:
        # Whatever the process withholds from files of its own.
        beside.chmod(mode)
        sync(beside)
        os.replace(beside, path)
