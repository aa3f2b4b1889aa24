"""Pages of a list: a cursor is what was given out, each page follows the one before, and nothing else is taken."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.errors import InvalidForm
from casework.operations.core.paging import (
    MOST,
    PAGE,
    cursor_count,
    cursor_id,
    cursor_time,
    from_cursor,
    insist_limit,
    page,
    to_cursor,
)

ID = "00000000-0000-7000-8000-00000000000a"
MOMENT = datetime(2026, 3, 2, 2, 0, 0, 5, tzinfo=UTC)


@given(st.lists(st.none() | st.integers() | st.text(), max_size=4))
def test_a_cursor_gives_back_the_keys_that_it_was_made_of(keys: list[object]) -> None:
    assert from_cursor(to_cursor(*keys), len(keys)) == keys


def test_a_moment_comes_back_to_the_microsecond() -> None:
    keys = from_cursor(to_cursor(MOMENT, ID, 7), 3)
    assert keys is not None
    assert (cursor_time(keys[0]), cursor_id(keys[1]), cursor_count(keys[2])) == (MOMENT, ID, 7)


@pytest.mark.parametrize("cursor", [None, ""])
def test_without_a_cursor_one_begins_at_the_top(cursor: str | None) -> None:
    assert from_cursor(cursor, 2) is None


@pytest.mark.parametrize(
    "cursor",
    [
        "x",
        "e30",
        "bnVsbA",
        "ä",
        to_cursor(1),
        to_cursor(1, 2, 3),
        to_cursor(1, True),
        to_cursor(1, 0.5),
        to_cursor(1, [2]),
    ],
)
def test_what_we_have_not_given_out_is_refused(cursor: str) -> None:
    with pytest.raises(InvalidForm, match="cursor"):
        from_cursor(cursor, 2)


@given(st.integers(0, 60), st.integers(1, 12))
def test_pages_hold_every_row_once_and_in_order(count: int, limit: int) -> None:
    rows, cursor = list(range(count)), None
    shown: list[int] = []
    for _ in range(count + 1):
        keys = from_cursor(cursor, 1)
        left = rows if keys is None else [row for row in rows if row > keys[0]]
        items, cursor = page(left[: limit + 1], limit, lambda row: (row,))
        assert len(items) <= limit
        shown += items
        if cursor is None:
            break
    assert shown == rows


@pytest.mark.parametrize(("asked", "given"), [(None, PAGE), (1, 1), (MOST, MOST)])
def test_so_many_rows_may_be_asked_for(asked: int | None, given: int) -> None:
    assert insist_limit(asked) == given


@pytest.mark.parametrize("asked", [0, -1, MOST + 1])
def test_more_rows_and_none_are_refused(asked: int) -> None:
    with pytest.raises(InvalidForm, match="limit"):
        insist_limit(asked)


@pytest.mark.parametrize("key", [None, "yesterday", 5])
def test_what_is_no_moment_is_refused(key: object) -> None:
    with pytest.raises(InvalidForm):
        cursor_time(key)


@pytest.mark.parametrize("key", [None, "1", -1, 2**53])
def test_what_the_database_cannot_count_is_refused(key: object) -> None:
    with pytest.raises(InvalidForm):
        cursor_count(key)
    assert cursor_count(2**53 - 1) == 2**53 - 1


@pytest.mark.parametrize("key", [None, "officer", 5, ID[:-1]])
def test_what_is_no_id_is_refused(key: object) -> None:
    with pytest.raises(InvalidForm):
        cursor_id(key)
