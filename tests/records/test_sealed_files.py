"""Sealed files on disk: what is read is what was written, and nothing else passes for it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.errors import FileDamaged, FileMissing
from casework.records.blob_store import new_key
from casework.records.sealed_files import (
    SealedFile,
    find_sealed,
    list_sealed,
    put_back,
    read_all,
    read_sealed,
    write_sealed,
)

LOG = "01a2359d-5c4d-74a2-a955-c12868e4cc2e"
KEY = new_key()
CONTENT = b"words of a case " * 9_000


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> SealedFile:
    return write_sealed(tmp_path_factory.mktemp("archive"), LOG, {"log": LOG, "events": 7}, KEY, [CONTENT])


def _other(written: SealedFile, content: bytes) -> SealedFile:
    path = written.path.with_name(f"{LOG}.{'0' * 64}.sealed")
    path.write_bytes(content)
    return SealedFile(path, written.manifest)


def test_what_was_written_is_read_back(written: SealedFile) -> None:
    found = find_sealed(written.path.parent, LOG, written.name)
    assert (found.log, found.manifest, found.digest()) == (LOG, {"log": LOG, "events": 7}, written.name)
    assert hashlib.sha256(found.path.read_bytes()).hexdigest() == found.name
    assert b"".join(found.pieces(KEY)) == CONTENT
    assert b"words" not in found.path.read_bytes()


@given(st.data())
def test_no_byte_can_be_another_and_none_be_missing(written: SealedFile, data: st.DataObject) -> None:
    """Its digest tells, and whoever has no digest of it does not open it either."""
    whole = written.path.read_bytes()
    at = data.draw(st.integers(0, len(whole) - 1))
    changed = data.draw(st.sampled_from([whole[:at], whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :]]))
    other = _other(written, changed)
    assert other.digest() != written.name
    with pytest.raises(FileDamaged):
        list(other.pieces(KEY))


def test_another_key_opens_nothing(written: SealedFile) -> None:
    with pytest.raises(FileDamaged):
        list(written.pieces(new_key()))


@pytest.mark.parametrize(
    "content", [b"", b"casework sealed file 1\n", b"casework sealed file 1\n[]\n", b"PK\x03\x04 and so on\n"]
)
def test_what_is_no_sealed_file_is_told(written: SealedFile, content: bytes) -> None:
    with pytest.raises(FileDamaged):
        read_sealed(_other(written, content).path)


def test_a_file_that_is_not_there_is_missing(written: SealedFile, tmp_path: Path) -> None:
    assert list_sealed(tmp_path / "nowhere") == []
    with pytest.raises(FileMissing):
        find_sealed(tmp_path, LOG, written.name)
    with pytest.raises(FileMissing):
        SealedFile(tmp_path / "none", {}).digest()


def test_it_is_written_over_what_somebody_began_and_is_its_owners_alone(tmp_path: Path) -> None:
    root = tmp_path / "archive"
    root.mkdir()
    (root / f".half-{LOG}").write_bytes(b"half" * 100_000)
    made = write_sealed(root, LOG, {"log": LOG}, KEY, [b"little"])
    assert [path.name for path in root.iterdir()] == [made.path.name]
    assert made.path.stat().st_mode & 0o077 == 0
    assert b"".join(made.pieces(KEY)) == b"little"


def test_all_of_them_go_into_a_backup_and_come_back(written: SealedFile, tmp_path: Path) -> None:
    for name, size, pieces in read_all(written.path.parent):
        content = b"".join(pieces)
        assert len(content) == size
        put_back(tmp_path / "there", name, [content])
    assert find_sealed(tmp_path / "there", LOG, written.name).digest() == written.name


def test_a_backup_that_breaks_off_leaves_what_is_there(written: SealedFile) -> None:
    def broken() -> Iterator[bytes]:
        yield b"half"
        raise OSError("the tape is at its end")

    there = list_sealed(written.path.parent)
    with pytest.raises(OSError, match="tape"):
        put_back(written.path.parent, written.path.name, broken())
    assert find_sealed(written.path.parent, LOG, written.name).digest() == written.name
    assert list_sealed(written.path.parent) == there


@pytest.mark.parametrize("name", ["../x.sealed", f"{LOG}.{'0' * 63}.sealed", ".half", f"{LOG}.{'0' * 64}.sealed\n"])
def test_nothing_else_comes_back_from_a_backup(tmp_path: Path, name: str) -> None:
    with pytest.raises(FileDamaged):
        put_back(tmp_path, name, [b"x"])
