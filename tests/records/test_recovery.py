"""A copy of a cluster laid out; that one comes to a moment `test_moments` shows."""

from __future__ import annotations

import io
import tarfile
from pathlib import Path

import pytest
from sqlalchemy import make_url

from casework.errors import BackupUnusable
from casework.records.recovery import SEGMENT, Copied, copy_cluster, lay_log, unpack
from casework.records.server_process import Server


def test_the_log_is_laid_over_what_the_copy_has(tmp_path: Path) -> None:
    """From the middle of one file of the log into the next, and the rest stays as it was."""
    server = Server(tmp_path)
    folder = server.data / "pg_wal"
    folder.mkdir(parents=True)
    first = folder / f"{2:08X}{0:08X}{255:08X}"
    first.write_bytes(b"a" * SEGMENT)
    lay_log(server, 2, 256 * SEGMENT - 3, [b"bc", b"defg"])
    assert first.read_bytes()[-5:] == b"aabcd"
    second = (folder / f"{2:08X}{1:08X}{0:08X}").read_bytes()
    assert (second[:4], len(second)) == (b"efg\0", SEGMENT)


@pytest.mark.parametrize("name", ["../outside", "/outside", "link"])
def test_a_copy_writes_nowhere_else(tmp_path: Path, name: str) -> None:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w") as tar:
        member = tarfile.TarInfo(name)
        if name == "link":
            member.type, member.linkname = tarfile.SYMTYPE, "/etc"
        tar.addfile(member)
    with pytest.raises(BackupUnusable):
        unpack(Server(tmp_path / "home"), [made.getvalue()])
    assert not (tmp_path / "outside").exists()
    assert not Path("/outside").exists()


def test_a_server_that_is_not_there_is_copied_by_nobody(tmp_path: Path) -> None:
    url = make_url(f"postgresql+psycopg://postgres@/postgres?host={tmp_path}&port=1")
    with pytest.raises(BackupUnusable, match="pg_basebackup: connection to server"):
        list(copy_cluster(url, Copied()))
