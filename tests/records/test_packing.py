"""What was packed comes back; what was changed or cut does not."""

from __future__ import annotations

from contextlib import suppress
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.errors import BackupUnusable
from casework.records.packing import checked, deflated, packed, unpacked, with_digest


@given(st.lists(st.binary(max_size=200), max_size=5), st.integers(1, 50))
def test_what_was_packed_is_unpacked_however_it_comes(pieces: list[bytes], size: int) -> None:
    whole = b"".join(packed(pieces))
    again = [whole[start:end] for start, end in pairwise([*range(0, len(whole), size), len(whole)])]
    assert b"".join(unpacked(again)) == b"".join(pieces)


@given(st.binary(min_size=1, max_size=300), st.data())
def test_what_was_changed_or_cut_is_refused(content: bytes, data: st.DataObject) -> None:
    whole = b"".join(packed([content]))
    at = data.draw(st.integers(0, len(whole) - 1))
    changed = whole[:at] + bytes([whole[at] ^ data.draw(st.integers(1, 255))]) + whole[at + 1 :]
    for other in (whole[:at], whole + b"x"):
        with pytest.raises(BackupUnusable):
            list(unpacked([other]))
    # Of its head some bits say nothing of the content.
    with suppress(BackupUnusable):
        assert b"".join(unpacked([changed])) == content


def test_another_digest_is_refused() -> None:
    with pytest.raises(BackupUnusable, match="was changed"):
        list(checked([*with_digest([b"a word"])][:1] + [bytes(32)]))


def test_it_is_smaller() -> None:
    assert sum(map(len, deflated([bytes(1 << 20)]))) < 10_000
