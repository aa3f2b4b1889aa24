"""The yardstick is worth something only while it writes what the operations write."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from benchmarks import ours
from benchmarks.actions import first_case
from benchmarks.world import STEPS, World, world
from benchmarks.yardstick import Yardstick

#: Every table of ours.
_TABLES = "SELECT relname FROM pg_stat_user_tables WHERE schemaname = 'public' AND relname NOT LIKE 'procrastinate%' ORDER BY relname"


def rows(made: World) -> dict[str, int]:
    with made.superuser() as db:
        names = [str(row[0]) for row in db.execute(_TABLES).fetchall()]
        counts: dict[str, int] = {}
        for name in names:
            found = db.execute(f"SELECT count(*) FROM {name}".encode()).fetchone()
            assert found is not None
            counts[name] = found[0]
        return counts


def added(made: World, act: Callable[[], Any]) -> dict[str, int]:
    before = rows(made)
    act()
    after = rows(made)
    return {name: after[name] - before[name] for name in after if after[name] != before[name]}


@pytest.mark.slow
def test_the_yardstick_adds_the_rows_that_the_operations_add() -> None:
    with world() as made:
        mine = ours.Ours(made)
        theirs = Yardstick(made, first_case(made, mine))
        one, other = made.make_matches(mine.engine, 2)

        def by_operations() -> None:
            hand = mine.open(one)
            for _ in range(3):
                mine.find_task(hand)
                mine.claim(hand)
                mine.complete(hand)

        def by_hand() -> None:
            hand = theirs.open(other)
            for _ in range(3):
                theirs.find_task(hand)
                theirs.claim(hand)
                theirs.complete(hand, STEPS)

        try:
            assert added(made, by_hand) == added(made, by_operations)
        finally:
            theirs.close()
            mine.close()
