"""Figures of some cases alone: those that were something when they were opened, and nothing of what is told of a whole programme."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection

from casework.engine.figures.every import FIGURES
from casework.engine.figures.register_facts import CAME_OF, RecordFacts
from casework.engine.figures.world import World as Facts
from casework.errors import NotFound
from casework.operations.oversight.figure_scope import OF_ALL, figures_among, read_scope, told_apart_by
from casework.operations.oversight.figures import count_for_reader, count_programme
from tests.engine.figures.pieces import START, Told, world
from tests.operations.catalogue.test_assessment_needs import say
from tests.operations.catalogue.test_needs_assessments import planned, visited
from tests.support.world import World

WATER = {"need": 1, "sector": "Water", "district": "Haidian", "source": "desk", "technology_field": "24"}
WORLD = world(
    Told("B-1", phase="p1", as_opened=WATER), Told("B-2", phase="p2", as_opened=WATER), Told("B-3", as_opened=None)
)


def _opened(among: dict[str, str], of: Facts = WORLD) -> int | None:
    rows = figures_among(of, among)["conversion"].rows
    return next((row.denominator for row in rows if row.of.keys() == {"step", "next"}), None)


def test_only_the_cases_that_were_it_are_counted() -> None:
    asked: tuple[dict[str, str], ...] = ({}, {"sector": "Water"}, {"sector": "Water", "phase": "p2"}, {"phase": "p9"})
    assert [_opened(among) for among in asked] == [3, 2, 1, 0]
    assert [_opened({"technology_field": field}) for field in ("24", "2")] == [2, 0]


def test_what_is_no_count_of_cases_is_told_of_all_alone() -> None:
    assert figures_among(WORLD, {}).keys() == FIGURES.keys()
    some = figures_among(WORLD, {"phase": "p1"})
    assert some.keys() == FIGURES.keys() - OF_ALL
    assert not [row for figure in some.values() for row in figure.rows if row.of_needs]


def test_what_cases_were_is_offered_once_and_in_order() -> None:
    assert told_apart_by(WORLD) == {
        "phase": ("p1", "p2"),
        "sector": ("Water",),
        "district": ("Haidian",),
        "source": ("desk",),
        "technology_field": ("24",),
        "event": (),
    }


# --- by the days of the opening, and by what a need came of ----------------------------------------------------------


@given(st.lists(st.integers(0, 60), max_size=12), st.integers(-3, 63), st.integers(-3, 63))
def test_both_days_of_a_period_are_within_it(opened: list[int], first: int, last: int) -> None:
    told = [Told(f"B-{n:02}", opened=START + timedelta(days=day)) for n, day in enumerate(opened)]
    among = {
        name: (START.date() + timedelta(days=day)).isoformat()
        for name, day in (("opened_from", first), ("opened_to", last))
    }
    assert _opened(among, world(*told, day=90)) == sum(first <= day <= last for day in opened)


def test_what_is_no_day_is_none_and_another_way_of_writing_one_is_the_same() -> None:
    assert read_scope({"opened_from": "20260105", "phase": "", "more": "x"}) == {"opened_from": "2026-01-05"}
    for said in ("x", "2026-02-30"):
        with pytest.raises(ValueError, match=r"."):
            read_scope({"opened_to": said})


def came_of() -> Facts:
    """Of three needs one was told at a visit, one of the assessment alone, and one was merged into the first."""
    rows: dict[str, dict[str, str | None]] = {
        "1": {"need_id": "a", "assessment_id": "plan", "visit_id": "visit"},
        "2": {"need_id": "b", "assessment_id": "plan", "visit_id": None},
        "3": {"need_id": "z", "assessment_id": "other", "visit_id": "elsewhere"},
    }
    needs = tuple(
        RecordFacts(id, {"merged_into": into}, date(2026, 1, 1)) for id, into in (("a", None), ("b", None), ("c", "a"))
    )
    told = world(*(Told(f"B-{need}", need=need) for need in "abcd"))
    return replace(told, needs=needs, beside={CAME_OF: rows})


@pytest.mark.parametrize(("event", "count"), [("visit", 2), ("plan", 3), ("elsewhere", 0), ("nothing", 0)])
def test_a_case_is_of_the_event_that_its_need_came_of_and_of_the_assessment(event: str, count: int) -> None:
    assert _opened({"event": event}, came_of()) == count


def test_only_events_that_a_case_came_of_are_offered() -> None:
    assert told_apart_by(came_of())["event"] == ("plan", "visit")


def test_what_is_kept_of_logs_tells_of_a_part_what_the_logs_tell(db: Connection, world: World) -> None:
    world.open_case(db)
    visit = visited(db, world, planned(db, world))
    say(db, world, world.needs[0], visit)
    programme, officer = world.programmes["BJ"], world.actor(db, "officer")
    at = count_programme(db, programme).as_of.at
    assert count_programme(db, programme).offered["event"]
    for among in ({"event": visit}, {"opened_from": "2001-01-01"}, {"opened_to": "2001-01-01"}):
        kept, folded = (count_programme(db, programme, at, among, from_logs=whole) for whole in (False, True))
        assert kept == folded
        assert count_for_reader(db, officer, until=at, among=among).figures == folded.figures


@pytest.mark.parametrize("role", ["manager", "auditor"])
def test_to_who_reads_no_assessments_no_event_is_there(db: Connection, world: World, role: str) -> None:
    world.open_case(db)
    visit = visited(db, world, planned(db, world))
    say(db, world, world.needs[0], visit)
    reader = world.actor(db, role)
    told = count_for_reader(db, reader)
    if "event" in told.offered:
        assert count_for_reader(db, reader, among={"event": visit})
        return
    for event in (visit, "nothing"):
        with pytest.raises(NotFound):
            count_for_reader(db, reader, among={"event": event})
