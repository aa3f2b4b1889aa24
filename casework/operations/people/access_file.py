"""A file by which whoever can write it gives and takes roles: of who joins and leaves, and of groups."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from casework import reasons
from casework.errors import Refused
from casework.operations.people.staff_file import MOST_BYTES


def read_access_file(path: Path) -> tuple[bytes, float]:
    """What stands there, and when that very file was written (seconds since 1970).

    At most one byte more than such a file may have. Raises OSError, of what is no file too; and Refused for what others may write.
    """
    with open(path, "rb", opener=_open) as file:
        found = os.fstat(file.fileno())
        if not stat.S_ISREG(found.st_mode):
            raise FileNotFoundError(path)
        if may_others_write(found.st_mode, found.st_uid, os.geteuid()):
            raise Refused(reasons.people.OTHERS_WRITE_FILE)
        content = file.read(MOST_BYTES + 1)
        # Only now, so that whatever was written meanwhile is young.
        return content, os.fstat(file.fileno()).st_mtime


def _open(path: str, flags: int) -> int:
    """What waits for a writer, as a pipe does, is no file, and is not waited for."""
    return os.open(path, flags | os.O_NONBLOCK)


def may_others_write(mode: int, owner: int, user: int) -> bool:
    """Whether anybody but root and the user that runs this may write what has this mode and owner."""
    return owner not in (0, user) or bool(mode & (stat.S_IWGRP | stat.S_IWOTH))


__all__ = ["may_others_write", "read_access_file"]
