"""Events and who came, visits and needs are told of all time and by month; past projects are a population of their own."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from casework.engine.figures.activities import activities, past_projects
from casework.engine.figures.counting import Figure, without_needs
from casework.engine.figures.register_facts import CAME_OF, PAST, VISITS, RecordFacts
from tests.engine.figures.pieces import Told, counts, line, world


def told_of(table: str, *rows: dict[str, Any]) -> dict[str, dict[str, dict[str, Any]]]:
    return {table: {str(n): row for n, row in enumerate(rows)}}


def visit(kind: str, day: str, *organisations: str | None) -> dict[str, Any]:
    return {"kind": kind, "day": day, "participants": [{"organisation": id, "name": "N"} for id in organisations]}


VISITED = told_of(
    VISITS,
    visit("event", "2026-01-20", "a", None, "b"),
    visit("visit", "2026-01-21", "a", "a"),
    visit("visit", "2026-02-02", "a", "c", None),
    visit("interview", "2026-02-03", "d"),
    # Only planned, at the time.
    visit("event", "2026-12-24", "a"),
)


def test_who_came_to_events_is_counted_and_an_enterprise_once() -> None:
    figure = activities(world(beside=VISITED, day=60))
    assert counts(figure, what="events") == (1, None)
    assert counts(figure, what="event_participants") == (3, None)
    assert counts(figure, what="enterprises_visited") == (2, None)
    assert counts(figure, what="enterprises_visited", month="2026-01") == (1, None)
    assert counts(figure, what="enterprises_visited", month="2026-02") == (2, None)
    assert {row.of.get("month") for row in figure.rows} == {None, "2026-01", "2026-02"}


def test_of_the_needs_that_stand_those_count_that_came_of_an_assessment() -> None:
    needs = [RecordFacts(id, {}, date(2026, 1, 1)) for id in "abc"] + [RecordFacts("d", {"merged_into": "a"}, None)]
    came = told_of(CAME_OF, {"need_id": "a"}, {"need_id": "d"}, {"need_id": "x"})
    figure = activities(world(needs=tuple(needs), beside=came))
    assert counts(figure, what="needs_collected") == (1, 3)


def test_whoever_reads_no_closed_needs_is_told_of_no_assessment() -> None:
    assert without_needs(activities(world(beside=VISITED))) == Figure(rows=())


def test_past_projects_stand_by_outcome_and_year_and_are_no_cases() -> None:
    projects = told_of(
        PAST,
        {"ended_on": "2019-05-01", "outcome": "dormant", "contract_value": None, "contract_currency": None},
        {"ended_on": "2020-05-01", "outcome": "agreement_only", "contract_value": "10.50", "contract_currency": "CNY"},
        {"ended_on": "2020-06-01", "outcome": "agreement_only", "contract_value": "1", "contract_currency": "EUR"},
    )
    figure = past_projects(world(Told("1").close("dormant"), beside=projects))
    assert counts(figure, what="ended") == (3, 3)
    assert counts(figure, what="ended", outcome="dormant") == (1, 3)
    assert counts(figure, what="ended", year="2020") == (2, 3)
    assert line(figure, what="ended", outcome="agreement_only").money == {"CNY": Decimal("10.50"), "EUR": Decimal(1)}
    assert all(row.cases == () for row in figure.rows)
