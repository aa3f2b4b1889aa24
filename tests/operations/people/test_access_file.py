"""Files by which roles are given: none that others may write, and none that is not a file."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from casework.errors import Refused
from casework.operations.people.access_file import may_others_write, read_access_file
from casework.operations.people.staff_file import MOST_BYTES


def test_what_others_may_write_is_refused_and_what_is_no_file_is_not_waited_for(tmp_path: Path) -> None:
    for mode, told in ((0o100644, False), (0o100600, False), (0o100664, True), (0o100646, True)):
        assert [may_others_write(mode, owner, 7) for owner in (0, 7, 8)] == [told, told, True]
    path = tmp_path / "people.csv"
    path.write_bytes(b"x")
    for mode in (0o666, 0o620, 0o602):
        path.chmod(mode)
        with pytest.raises(Refused, match="chmod go-w"):
            read_access_file(path)
    path.chmod(0o640)
    os.utime(path, (5, 5))
    assert read_access_file(path) == (b"x", 5)
    path.write_bytes(bytes(MOST_BYTES + 7))
    assert len(read_access_file(path)[0]) == MOST_BYTES + 1
    os.mkfifo(pipe := tmp_path / "pipe")
    for odd in (pipe, tmp_path, tmp_path / "none", Path("/dev/null")):
        with pytest.raises(OSError, match=odd.name):
            read_access_file(odd)
