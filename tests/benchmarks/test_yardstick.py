"""A yardstick is worth something only while it writes what the operations write."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from benchmarks import ours, tables
from benchmarks.actions import first_case
from benchmarks.fewest import TABLES, FewestRows
from benchmarks.one_statement import OneStatement
from benchmarks.world import STEPS, World
from benchmarks.yardstick import SameRows

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


def walk(hands: Any, match: str) -> Callable[[], None]:
    """A case of which three steps are done, whatever hands it is in."""

    def steps() -> None:
        hand = hands.open(match)
        for _ in range(3):
            if hasattr(hands, "find_task"):
                hands.find_task(hand)
            hands.claim(hand)
            hands.complete(hand, STEPS)

    return steps


@pytest.mark.slow
@pytest.mark.parametrize("yardstick", [SameRows, OneStatement])
def test_a_yardstick_of_the_same_rows_adds_the_rows_that_the_operations_add(yardstick: Any, fresh: World) -> None:
    mine = ours.Ours(fresh)
    theirs = yardstick(fresh, first_case(fresh, mine))
    matches = fresh.make_matches(mine.engine, 3)
    # A need of which a case runs is known to the index: whoever opens the first one adds what it is found by.
    mine.open(matches[2])
    try:
        assert added(fresh, walk(theirs, matches[0])) == added(fresh, walk(mine, matches[1]))
    finally:
        theirs.close()
        mine.close()


@pytest.mark.slow
def test_the_yardstick_of_the_fewest_rows_adds_no_row_to_ours(fresh: World) -> None:
    with fresh.superuser() as db:
        db.execute(TABLES)
    theirs = FewestRows(fresh)
    try:
        assert added(fresh, walk(theirs, "")) == {}
    finally:
        theirs.close()
    with fresh.superuser() as db:
        counts = "SELECT (SELECT count(*) FROM bench.cases), (SELECT count(*) FROM bench.tasks), (SELECT count(*) FROM bench.history)"
        assert db.execute(counts).fetchone() == (1, 4, 7)


@pytest.mark.slow
@pytest.mark.parametrize("yardstick", [SameRows, OneStatement, FewestRows])
def test_no_policy_binds_a_yardstick(yardstick: Any, fresh: World) -> None:
    mine = ours.Ours(fresh)
    theirs = yardstick(fresh, first_case(fresh, mine))
    try:
        assert theirs.db.execute("SELECT current_setting('is_superuser')").fetchone() == ("on",)
    finally:
        theirs.close()
        mine.close()


def test_the_rows_of_a_table_by_hand_are_those_that_it_left(fresh: World) -> None:
    engine = fresh.engine()
    actor = fresh.actor(engine, fresh.officer)
    names = "\n".join(("name", *tables.OWNERS, tables.HOLDER))
    tables.bring(engine, actor, fresh.programme, "organisations", names)
    with fresh.unbound() as db:
        before = tables.moment(db)
        new = added(fresh, lambda: tables.bring(engine, actor, fresh.programme, "rights", tables.table_of(0, 3)))
        left = tables.rows_since(db, before)
        counts = {one.table: len(one.rows) for one in left}
        assert (new["rights"], new["right_owners"], new["logs"]) == (3, 6, 3)
        # Beside them stand the rows that were there and were changed: the programme's log.
        assert {name: counts[name] for name in new} == {**new, "logs": new["logs"] + 1}
        tables.make_room(db, left)
        tables.write(db, left)
        for name, count in counts.items():
            found = db.execute(f"SELECT count(*) FROM by_hand.{name}".encode()).fetchone()
            assert found == (count,)
    engine.dispose()
