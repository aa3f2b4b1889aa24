"""Files where they lie: what comes back is what was put there, or nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.errors import FileDamaged, FileMissing, InvalidSettings
from casework.records.blob_store import PIECE, Store, name_of, new_key, seal, unseal


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(f"file://{tmp_path}/documents")


def sealed(folder: Path) -> list[Path]:
    return [one for one in folder.rglob("*") if one.is_file()]


@given(st.lists(st.binary(max_size=300)), st.integers(0, 4))
def test_what_is_sealed_opens_again(pieces: list[bytes], large: int) -> None:
    key, pieces = new_key(), [*pieces, b"x" * (large * PIECE // 2)]
    assert b"".join(unseal(key, "a", seal(key, "a", pieces))) == b"".join(pieces)


@pytest.mark.parametrize("size", [0, 1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE, 3 * PIECE + 7])
def test_a_file_comes_back_as_it_was(store: Store, size: int) -> None:
    key, content = new_key(), bytes(range(256)) * (size // 256 + 1)
    store.put("a/b", key, [content[:size]])
    assert b"".join(store.read("a/b", key)) == content[:size]


def test_what_lies_there_does_not_show_what_is_in_it(store: Store, tmp_path: Path) -> None:
    store.put("a/b", new_key(), [b"canary" * 5_000])
    assert [one for one in sealed(tmp_path) if b"canary" in one.read_bytes()] == []


def test_another_key_opens_nothing(store: Store) -> None:
    store.put("a", new_key(), [b"words"])
    with pytest.raises(FileDamaged):
        list(store.read("a", new_key()))


@pytest.mark.parametrize("at", [0, 10, 30, PIECE + 40, -1])
def test_a_changed_byte_is_found(store: Store, tmp_path: Path, at: int) -> None:
    key = new_key()
    store.put("a", key, [b"x" * (2 * PIECE)])
    (file,) = sealed(tmp_path)
    content = bytearray(file.read_bytes())
    content[at] ^= 1
    file.write_bytes(content)
    with pytest.raises(FileDamaged):
        list(store.read("a", key))


def test_an_end_that_was_cut_off_is_found(store: Store, tmp_path: Path) -> None:
    key = new_key()
    store.put("a", key, [b"x" * (2 * PIECE)])
    (file,) = sealed(tmp_path)
    # Just behind the first piece: what is left is whole in itself.
    file.write_bytes(file.read_bytes()[: 20 + PIECE + 16])
    with pytest.raises(FileDamaged):
        list(store.read("a", key))


def test_a_file_put_in_the_place_of_another_is_found(store: Store, tmp_path: Path) -> None:
    key = new_key()
    store.put("a", key, [b"one"])
    store.put("b", key, [b"two"])
    (tmp_path / "documents/a").write_bytes((tmp_path / "documents/b").read_bytes())
    with pytest.raises(FileDamaged):
        list(store.read("a", key))


def test_a_file_that_stops_halfway_is_not_there(store: Store, tmp_path: Path) -> None:
    def broken() -> Iterator[bytes]:
        yield b"x" * 20_000_000
        raise OSError("the line is gone")

    with pytest.raises(Exception, match="the line is gone"):
        store.put("a", new_key(), broken())
    assert list(store.places()) == []


def test_an_absent_file_says_so_at_once(store: Store) -> None:
    with pytest.raises(FileMissing):
        store.read("a", new_key())


def test_what_is_deleted_is_gone_and_may_be_deleted_again(store: Store) -> None:
    store.put("a", new_key(), [b"x"])
    store.delete("a")
    store.delete("a")
    assert list(store.places()) == []


def test_names_differ_by_key_for_the_same_content() -> None:
    digest = "00" * 32
    one, other = new_key(), new_key()
    assert name_of(one, digest) == name_of(one, digest) != name_of(other, digest)


def test_a_store_that_nobody_knows_is_refused() -> None:
    with pytest.raises(InvalidSettings, match="CASEWORK_DOCUMENTS_URL"):
        Store("gopher://x")
