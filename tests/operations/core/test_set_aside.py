"""What is set aside is read as it was written, once, and the file goes with its reader."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from casework.operations.core.set_aside import set_aside


def test_what_is_set_aside_comes_back_in_pieces() -> None:
    written = [b"x" * 70_000, b"", b"y" * 3]
    kept = set_aside(iter(written))
    pieces = list(kept.pieces())
    assert kept.size == 70_003
    assert b"".join(pieces) == b"".join(written)
    assert len(pieces) == 2
    assert kept.file.closed


def test_nothing_at_all_has_no_pieces() -> None:
    kept = set_aside([])
    assert (kept.size, list(kept.pieces())) == (0, [])


def test_it_goes_where_nobody_begins_to_read_it() -> None:
    kept = set_aside([b"some"])
    pieces: Iterator[bytes] | None = kept.pieces()
    assert not kept.file.closed
    pieces = None
    assert (pieces, kept.file.closed) == (None, True)


def test_what_breaks_off_leaves_no_file_open() -> None:
    """Else it is told of as the process looks for what nobody holds any more, and that is an error here."""

    def broken() -> Iterator[bytes]:
        yield b"some"
        raise ValueError("no more")

    with pytest.raises(ValueError, match="no more"):
        set_aside(broken())
    gc.collect()
