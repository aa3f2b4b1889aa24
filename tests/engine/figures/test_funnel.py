"""The line of steps, each of those that came through the one before; and what a year of records is."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.engine.figures.funnel import days_of_steps, funnel, measured_a_year
from casework.engine.figures.register_facts import MatchFacts, RecordFacts
from casework.engine.state.impacts import Impact
from tests.engine.figures.pieces import NAMES, START, Told, counts, line, world

BEGIN = date(2026, 1, 1)


def record(seq: int, first: int, last: int, measure: str = "energy/MWh") -> Impact:
    days = [(BEGIN + timedelta(days=n)).isoformat() for n in (first, last)]
    return Impact(
        id=str(seq),
        seq=seq,
        recorded_at=START,
        track=None,
        measure=measure,
        indicator="energy",
        unit="MWh",
        level="measured",
        value="1",
        from_on=days[0],
        to_on=days[1],
    )


def given_impact(first: int, last: int, level: str = "measured") -> dict[str, Any]:
    days = [(BEGIN + timedelta(days=n)).isoformat() for n in (first, last)]
    return {
        "measure": "energy/MWh",
        "indicator": "energy",
        "unit": "MWh",
        "level": level,
        "value": "1",
        "from": days[0],
        "to": days[1],
    }


@pytest.mark.parametrize(
    ("records", "by"),
    [
        ([record(1, 0, 363)], None),
        ([record(1, 0, 364)], 1),
        # A gap of 31 days is short, one of 32 begins anew.
        ([record(1, 0, 99), record(2, 131, 364)], 2),
        ([record(1, 0, 99), record(2, 132, 400)], None),
        ([record(1, 0, 99), record(2, 132, 496)], 2),
        # Of two measures each for itself.
        ([record(1, 0, 182), record(2, 183, 364, "water/m3")], None),
        # What lies inside another adds nothing.
        ([record(1, 0, 300), record(2, 10, 20), record(3, 301, 364)], 3),
    ],
)
def test_a_year_is_measured_where_records_of_one_measure_cover_it(records: list[Impact], by: int | None) -> None:
    assert measured_a_year(records) == by


@given(st.lists(st.tuples(st.integers(0, 500), st.integers(0, 200)), max_size=8))
def test_the_days_that_are_covered_decide(spans: list[tuple[int, int]]) -> None:
    """Held against days that are ticked one by one."""
    records = [record(n, first, first + length) for n, (first, length) in enumerate(spans, 1)]
    ticked = sorted({day for first, length in spans for day in range(first, first + length + 1)})
    longest, begin = 0, 0
    for n, day in enumerate(ticked):
        if n and day - ticked[n - 1] - 1 > 31:
            begin = n
        longest = max(longest, day - ticked[begin] + 1)
    assert (measured_a_year(records) is not None) is (longest >= 365)


def test_each_step_is_of_those_that_came_through_the_one_before() -> None:
    whole = Told("1").fire("confirm_interest").fire("approve_plan").fire("sign").fire("accept_site")
    licence = Told("2").fire("confirm_interest").fire("skip_assessment").fire("sign_no_site")
    licence.add("completed", "main", 400, impacts=[given_impact(0, 364)])
    early = Told("3").fire("confirm_interest")
    twin = Told("4").fire("confirm_interest").close("duplicate")
    needs = tuple(RecordFacts(id, {}, date(2026, 1, 1)) for id in "abc")
    matches = {
        "m": MatchFacts("a", "t"),
        "n": MatchFacts("a", "u"),
        "o": MatchFacts("b", "t", refused=True),
        "p": MatchFacts("draft", "t"),
    }
    figure = funnel(world(whole, licence, early, twin, needs=needs, matches=matches))
    assert counts(figure, step="need_published") == (3, None)
    # Of a need with two matches one; cases come of matches.
    assert counts(figure, step="match_not_refused") == (1, 3)
    assert counts(figure, step="match_not_refused", what="matches") == (3, None)
    assert counts(figure, step="interest_confirmed") == (3, 3)
    assert counts(figure, step="plan_approved") == (2, 3)
    assert counts(figure, step="agreement_signed") == (2, 2)
    assert line(figure, step="site_accepted").cases == ("1",)
    # A licence has no site: it is no part of the line, and told.
    measured = line(figure, step="measured_12_months")
    assert (measured.numerator, measured.denominator, measured.parts) == (0, 1, {"otherwise": 1})
    assert figure.beside == {"cases": 3, "duplicates": 1}


def test_a_draft_and_a_need_in_whose_place_another_stands_are_not_published() -> None:
    needs = (RecordFacts("a", {}, None), RecordFacts("b", {"merged_into": "c"}, BEGIN), RecordFacts("c", {}, BEGIN))
    assert counts(funnel(world(needs=needs)), step="need_published") == (1, None)


@pytest.mark.parametrize(
    ("actions", "what"),
    [
        ((), "needed"),
        (("assessment_passed",), "passed"),
        (("waive_assessment",), "not_needed"),
        (("skip_assessment", "assessment_passed"), "passed"),
    ],
)
def test_an_assessment_was_needed_passed_or_not_needed(actions: tuple[str, ...], what: str) -> None:
    told = Told("1").fire("approve_plan")
    for name in actions:
        told.fire(name)
    figure = funnel(world(told))
    expected = {"needed": what != "not_needed", "passed": what == "passed", "not_needed": what == "not_needed"}
    for said, is_so in expected.items():
        assert line(figure, branch="assessment", what=said).numerator == is_so
    assert line(figure, branch="assessment", what="passed").denominator == expected["needed"]


@pytest.mark.parametrize(
    ("workflow", "action", "what"),
    [
        (None, None, "not_needed"),
        ("pledge", None, "needed"),
        ("finance", "cp_met", "passed"),
        ("pledge", "cp_met", "needed"),
    ],
)
def test_money_was_needed_paid_or_not_needed(workflow: str | None, action: str | None, what: str) -> None:
    told = Told("1").fire("approve_plan")
    if workflow:
        told.track("t", workflow)
    if action:
        told.fire(action, on="t")
    figure = funnel(world(told))
    assert line(figure, branch="money", what="not_needed").numerator == (what == "not_needed")
    assert line(figure, branch="money", what="passed").numerator == (what == "passed")


def test_what_was_measured_is_of_the_day_of_the_record_that_made_it_a_year() -> None:
    told = Told("1").add("completed", "main", 200, impacts=[given_impact(0, 181)])
    told.add("completed", "main", 400, impacts=[given_impact(182, 364)], happened_on="2027-01-03")
    told.add("completed", "main", 500, impacts=[given_impact(182, 364, "verified")])
    steps = days_of_steps(told.facts(), NAMES)
    assert steps == {"measured_12_months": date(2027, 1, 3), "verified": (START + timedelta(days=500)).date()}
