"""What a file holds is kept in pieces: it is read as it was handed in, and no process has all of it in its memory."""

from __future__ import annotations

import tracemalloc
from io import BytesIO, RawIOBase
from typing import Any

import pytest
from sqlalchemy import Connection, text

from casework.operations.catalogue import file_imports, import_content
from casework.operations.catalogue.import_content import copy_content, keep_content, open_content, size_of
from tests.support.additions import add_file
from tests.support.world import World

MEGABYTE = 1_000_000


class Made(RawIOBase):
    """A file that is made as it is read."""

    def __init__(self, size: int) -> None:
        self.size, self.at = size, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = 0, /) -> int:
        self.at = offset + (0, self.at, self.size)[whence]
        return self.at

    def readinto(self, buffer: Any, /) -> int:
        some = min(len(buffer), self.size - self.at)
        buffer[:some] = b"x" * some
        self.at += some
        return some


class Swallows(RawIOBase):
    """A file of which only its size is known."""

    size = 0

    def write(self, some: Any, /) -> int:
        self.size += len(some)
        return len(some)

    def seek(self, offset: int, whence: int = 0, /) -> int:
        return 0


def a_file(db: Connection, world: World) -> str:
    """One that holds nothing any more."""
    id = add_file(db, world, "officer", world.programmes["BJ"])
    db.execute(text("DELETE FROM import_pieces"))
    return id


@pytest.mark.parametrize("piece", [1, 3, 7, 100])
def test_it_is_read_as_it_was_handed_in_from_any_byte_on(
    db: Connection, world: World, monkeypatch: pytest.MonkeyPatch, piece: int
) -> None:
    monkeypatch.setattr(import_content, "PIECE", piece)
    id, said = a_file(db, world), "热泵, heat pump".encode()
    keep_content(db, id, BytesIO(said))
    assert open_content(db, id).read() == said
    for at in range(len(said) + 1):
        content = open_content(db, id)
        content.seek(at)
        assert content.read(2) == said[at : at + 2]
    copied = BytesIO()
    copy_content(db, id, copied)
    assert (copied.tell(), copied.getvalue()) == (0, said)


def test_a_file_that_is_kept_no_more_holds_nothing(db: Connection, world: World) -> None:
    assert open_content(db, a_file(db, world)).read() == b""


def test_no_more_of_it_than_a_few_pieces_is_ever_in_memory(db: Connection, world: World) -> None:
    id, made, copied = a_file(db, world), Made(40 * MEGABYTE), Swallows()
    assert size_of(made) == 40 * MEGABYTE  # type: ignore[arg-type]  # as any file that is open for reading
    tracemalloc.start()
    try:
        keep_content(db, id, made)  # type: ignore[arg-type]  # the same
        copy_content(db, id, copied)  # type: ignore[arg-type]  # the same, for writing
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert copied.size == 40 * MEGABYTE
    assert most < 12 * MEGABYTE


def test_a_file_goes_with_all_that_it_holds(db: Connection, world: World) -> None:
    add_file(db, world, "officer", world.programmes["BJ"])
    assert db.execute(text("SELECT count(*) FROM import_pieces")).scalar_one() > 0
    db.execute(text("UPDATE imports SET created_at = created_at - CAST('8 days' AS interval)"))
    assert file_imports.forget_looked_at(db) == 1
    assert db.execute(text("SELECT count(*) FROM import_pieces")).scalar_one() == 0
