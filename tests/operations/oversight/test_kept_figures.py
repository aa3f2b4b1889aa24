"""Figures of a large programme are counted ahead: they are those of the moment that they name, and made again once anything happens."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, Engine, text

from casework.jobs.dispatcher import dispatch
from casework.operations.oversight import figure_parts
from casework.operations.oversight.figures import (
    Counted,
    cases_behind,
    count_for_reader,
    count_programme,
    read_ahead,
    show_counted,
)
from casework.operations.oversight.kept_figures import count_ahead, find_wrong, list_due
from casework.records.database import transaction
from casework.records.event_log import now
from casework.records.row_security import read_as
from tests.support.way_to_referral import to_referral
from tests.support.world import World


@pytest.fixture
def programme(engine: Engine, world: World) -> str:
    with transaction(engine) as db:
        to_referral(world, db)
    return world.programmes["BJ"]


def ahead(db: Connection, programme: str) -> Counted:
    counted = read_ahead(db, programme, with_cases=True)
    assert counted is not None
    return counted


def cases(counted: Counted) -> int | None:
    """How many were opened by then."""
    return next(row.denominator for row in counted.figures["conversion"].rows if row.of["step"] == "opened")


def test_what_was_counted_ahead_is_what_is_counted_as_of_its_moment(
    engine: Engine, world: World, programme: str
) -> None:
    assert count_ahead(engine, programme)
    with transaction(engine) as db:
        world.new_case(db)
    with transaction(engine) as db:
        counted = ahead(db, programme)
        assert counted.ahead
        assert counted.as_of.at < now(db)
        at = counted.as_of.at
        assert show_counted(counted) == show_counted(count_programme(db, programme, at, from_logs=True))
        assert counted.offered == count_programme(db, programme, at).offered


def test_it_is_counted_again_once_anything_has_happened(engine: Engine, world: World, programme: str) -> None:
    assert count_ahead(engine, programme)
    assert not count_ahead(engine, programme)
    with transaction(engine) as db:
        before = ahead(db, programme)
        world.new_case(db)
        assert cases(ahead(db, programme)) == cases(before) == 1
        assert cases(count_programme(db, programme)) == 2
    assert count_ahead(engine, programme)
    with transaction(engine) as db:
        after = ahead(db, programme)
        assert cases(after) == 2
        assert after.as_of.at > before.as_of.at


def test_a_large_programme_is_due_now_and_then_and_others_never(
    engine: Engine, world: World, programme: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with transaction(engine) as db:
        assert list_due(db) == []
    monkeypatch.setattr(figure_parts, "LARGE", 0)
    with transaction(engine) as db:
        # The other programme has no case at all.
        assert list_due(db) == [programme]
    dispatch(engine, mailing=False)
    with transaction(engine) as db:
        jobs = "SELECT queueing_lock FROM procrastinate_jobs WHERE task_name = 'casework:count_figures'"
        assert list(db.execute(text(jobs)).scalars()) == [f"count_figures {programme}"]
    count_ahead(engine, programme)
    with transaction(engine) as db:
        assert list_due(db) == []
        db.execute(text("UPDATE kept_figures SET looked_at = looked_at - interval '16 minutes'"))
        assert list_due(db) == [programme]
    # Nothing has happened: it is looked at, and that is all.
    assert not count_ahead(engine, programme)
    with transaction(engine) as db:
        assert list_due(db) == []


def test_what_was_counted_by_other_rules_is_not_told(engine: Engine, programme: str) -> None:
    count_ahead(engine, programme)
    with transaction(engine) as db:
        db.execute(text("UPDATE kept_figures SET rules = 'another'"))
        assert read_ahead(db, programme, with_cases=True) is None
        assert list_due(db) == [programme]
    assert count_ahead(engine, programme)
    with transaction(engine) as db:
        ahead(db, programme)


def test_a_reader_is_told_what_was_counted_ahead_unless_a_day_or_a_part_is_asked_for(
    engine: Engine, world: World, programme: str
) -> None:
    count_ahead(engine, programme)
    with transaction(engine) as db:
        world.new_case(db)
        officer = world.actor(db, "officer")
        assert cases(count_for_reader(db, officer)) == 1
        assert cases(count_for_reader(db, officer, until=now(db))) == 2
        part = count_for_reader(db, officer, among={"district": "Nowhere"})
        assert not part.ahead


def test_whoever_reads_no_closed_needs_is_told_none_of_them_ahead_either(
    engine: Engine, world: World, programme: str
) -> None:
    count_ahead(engine, programme)
    with transaction(engine) as db:
        for with_cases in (True, False):
            told = count_for_reader(db, world.actor(db, "manager"), with_cases=with_cases)
            assert told.as_of.logs is None
            steps = {row.of.get("step") for row in told.figures["funnel"].rows}
            assert "need_published" not in steps


def test_each_line_says_how_many_cases_are_behind_it_and_they_are_found(
    engine: Engine, world: World, programme: str
) -> None:
    count_ahead(engine, programme)
    with transaction(engine) as db:
        whole = ahead(db, programme)
        officer = world.actor(db, "officer")
        counted = count_for_reader(db, officer, with_cases=False)
        read_as(db, officer.person)
        behind = 0
        for name, figure in counted.figures.items():
            for row, other in zip(figure.rows, whole.figures[name].rows, strict=True):
                assert row.cases == ()
                assert row.behind == len(other.cases)
                assert cases_behind(db, counted, name, row) == other.cases
                behind += row.behind
        assert behind > 0


def test_of_figures_that_were_not_counted_ahead_the_cases_are_in_the_line(
    engine: Engine, world: World, programme: str
) -> None:
    with transaction(engine) as db:
        counted = count_for_reader(db, world.actor(db, "officer"), with_cases=False)
        rows = counted.figures["funnel"].rows
        assert [cases_behind(db, counted, "funnel", row) for row in rows] == [row.cases for row in rows]
        assert any(row.cases for row in rows)


@pytest.mark.parametrize(
    ("statement", "wrong"),
    [
        ("UPDATE kept_figure_lines SET cases = '{}'", ["figures"]),
        ("UPDATE kept_figures SET told = replace(told, '\"opened\"', '\"opened \"')", ["figures"]),
        ("UPDATE kept_figures SET followed = '[[1,1,1,1,1,1]]'", ["figures"]),
        ("UPDATE kept_figures SET process = replace(process, '\"proposed\"', '\"proposed \"')", ["figures"]),
        ("UPDATE kept_figures SET ways = '[[],[]]'", ["figures"]),
        ("UPDATE figure_facts SET run = NULL WHERE log_id = CAST(:log AS uuid)", ["log"]),
        ("UPDATE figure_facts SET facts = 'null' WHERE log_id = CAST(:log AS uuid)", ["log"]),
    ],
)
def test_what_is_kept_and_not_what_the_logs_tell_is_found_and_made_again(
    engine: Engine, programme: str, statement: str, wrong: list[str]
) -> None:
    count_ahead(engine, programme)
    assert find_wrong(engine, programme) == []
    with transaction(engine) as db:
        log = db.execute(text("SELECT id::text FROM cases")).scalar_one()
        db.execute(text(statement), {"log": log} if ":log" in statement else {})
    assert find_wrong(engine, programme) == [log if one == "log" else one for one in wrong]
    assert find_wrong(engine, programme) == []
    count_ahead(engine, programme)
    with transaction(engine) as db:
        ahead(db, programme)


def test_where_nothing_is_kept_nothing_is_wrong(engine: Engine, programme: str) -> None:
    assert find_wrong(engine, programme) == []


def test_what_was_being_written_while_they_were_counted_is_no_fault(
    engine: Engine, world: World, programme: str
) -> None:
    with transaction(engine) as db:
        world.new_case(db)
        count_ahead(engine, programme)
    assert find_wrong(engine, programme) == []
    with transaction(engine) as db:
        assert read_ahead(db, programme, with_cases=True) is None
