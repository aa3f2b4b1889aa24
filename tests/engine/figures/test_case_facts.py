"""What a case has come to by an instant, on the day of each fact, as it is known then."""

from __future__ import annotations

from dataclasses import fields
from datetime import date
from typing import Any

import pytest

from casework.engine.figures.case_facts import DIMENSIONS, READ, read_case
from tests.engine.figures.pieces import CALENDAR, NAMES, START, Told


def test_a_fact_is_of_the_day_that_was_put_down_else_of_its_recording() -> None:
    told = Told("1").fire("confirm_interest", 3).fire("approve_plan", 9, happened_on="2026-01-09")
    reached = told.facts().reached(NAMES)
    assert {step: one.on for step, one in reached.items()} == {
        "interest_confirmed": date(2026, 1, 8),
        "plan_approved": date(2026, 1, 9),
    }


def test_a_step_is_reached_the_first_time() -> None:
    told = Told("1").fire("sign", 3).fire("sign", 50)
    assert told.facts().reached(NAMES)["agreement_signed"].on == date(2026, 1, 8)


@pytest.mark.parametrize(("day", "reached"), [(2.9, False), (3.1, True)])
def test_what_comes_after_the_instant_is_not_there(day: float, reached: bool) -> None:
    assert ("agreement_signed" in Told("1").fire("sign", 3).facts(day).reached(NAMES)) is reached


def test_before_its_opening_there_is_no_case_and_a_mediation_is_none() -> None:
    told = Told("1")
    assert read_case(told.events, START.replace(year=2025), CALENDAR, NAMES) is None
    told.events[0].effects["case"]["kind"] = "mediation"
    assert read_case(told.events, START.replace(year=2027), CALENDAR, NAMES) is None


def test_what_was_corrected_says_what_is_right() -> None:
    told = Told("1").track("a", "agreement").fire("sign_local", 3, on="a", data={"kind": "loi"})
    told.add("corrected", "a", 4, transition="sign_local", of=3, data={"kind": "purchase"})
    (signed,) = told.facts().on_track("a")
    assert signed.data == {"kind": "purchase"}


def test_an_outcome_is_one_once_the_case_is_closed() -> None:
    told = Told("1").fire("propose_close", 3, outcome="dormant")
    assert told.facts().outcome is None
    assert told.close("dormant", 4).facts().outcome == "dormant"


def test_a_reopened_case_is_one_case_with_its_latest_outcome() -> None:
    told = Told("1").close("dormant", 3).fire("reopen", 9, outcome=None, reasons=[], closed=False, reopened=True)
    assert (told.facts().closed, told.facts().outcome) == (False, None)
    assert told.close("agreement_no_site", 20).facts().outcome == "agreement_no_site"


def test_a_case_is_told_apart_by_what_it_was_at_its_opening() -> None:
    as_opened = {"need": 1, "sector": "Energy", "district": "Haidian", "source": "BJ", "technology_field": "30"}
    facts = Told("1", phase="one", as_opened=as_opened).facts()
    assert [facts.of(name) for name in DIMENSIONS] == ["one", "Energy", "Haidian", "BJ", "30"]
    assert [Told("1").facts().of(name) for name in DIMENSIONS] == [None] * 5
    assert facts.month == "2026-01"


def test_a_case_that_was_opened_before_fields_of_technology_were_told_is_of_none() -> None:
    as_opened = {"need": 1, "sector": "Energy", "district": "Haidian", "source": "BJ"}
    assert Told("1", as_opened=as_opened).facts().of("technology_field") is None


def test_what_no_figure_reads_is_not_in_the_facts_of_a_case() -> None:
    """What is kept of a case has none of it, so a fold has none of it either."""
    told = (
        Told("1").fire("sign", 3).task("t", "another", 4, result={"a": 1}).task("u", NAMES.clause, 5, result={"b": 1})
    )
    told.task("v", "another", 6)
    facts = told.facts().case
    assert [*facts.tasks] == ["u", "v"]
    assert facts.main.fired == {}
    assert facts.revision == 0


@pytest.mark.parametrize("name", [*READ])
def test_what_figures_read_are_fields(name: Any) -> None:
    assert set(READ[name]) < {one.name for one in fields(name)}
