"""Many files as one stream: tar reads it, and what comes back is what went in."""

from __future__ import annotations

import io
import tarfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.errors import BackupUnusable
from casework.records.tar_stream import read_tar, write_tar

NAMES = st.text("abc/é", min_size=1, max_size=130).filter(lambda name: name.strip("/") == name and "//" not in name)
FILES = st.dictionaries(NAMES, st.binary(max_size=2000), max_size=5)


def _stream(files: dict[str, bytes]) -> bytes:
    return b"".join(write_tar((name, len(content), [content]) for name, content in files.items()))


@given(FILES)
def test_what_goes_in_comes_out(files: dict[str, bytes]) -> None:
    assert {name: b"".join(pieces) for name, pieces in read_tar([_stream(files)])} == files


def test_others_read_it() -> None:
    with tarfile.open(fileobj=io.BytesIO(_stream({"a/b": b"content"}))) as tar:
        assert tar.getnames() == ["a/b"]


def test_one_that_has_grown_meanwhile_is_refused() -> None:
    with pytest.raises(BackupUnusable, match="has changed while it was read"):
        list(write_tar([("a", 3, [b"four"])]))


def test_one_that_is_cut_off_is_refused() -> None:
    with pytest.raises(BackupUnusable):
        for _, pieces in read_tar([_stream({"a": b"x" * 5000})[:2000]]):
            list(pieces)


def test_what_is_no_file_is_refused() -> None:
    link = tarfile.TarInfo("a")
    link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
    with pytest.raises(BackupUnusable, match="is no file"):
        list(read_tar([link.tobuf() + bytes(1024)]))
