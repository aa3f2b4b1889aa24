"""From how much of the past something is told, and whom it lies with."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from casework.engine.forecast.past import NO_OTHER, THIN, Past
from casework.engine.forecast.past_stays import Stay
from casework.engine.parts import MAIN, REFERRAL
from tests.engine.forecast.pieces import START, many, stay, step

LATER = START + timedelta(days=900)


@pytest.mark.parametrize(
    ("ended", "cases", "why_not"), [(20, 10, None), (19, 19, THIN), (40, 9, THIN), (20, 20, None), (0, 0, THIN)]
)
def test_too_few_stays_and_stays_of_too_few_cases_tell_nothing(ended: int, cases: int, why_not: str | None) -> None:
    stays = [stay(f"case {n % cases}", 10 + n) for n in range(ended)]
    going_on = [stay(f"open {n}", 10, open=True) for n in range(100)]
    assert Past([*stays, *going_on], LATER).known(step("a")).why_not == why_not


def request(case: str, provider: str, *, open: bool = False) -> Stay:
    return stay(case, 100, by=[provider], part=REFERRAL, open=open)


def test_a_case_stops_with_the_provider_of_its_live_request() -> None:
    mine, others = stay("mine", 100, open=True), stay("others", 100, open=True)
    past = Past([mine, others, request("mine", "x", open=True), request("others", "x")], LATER, without="x")
    assert past.stops(mine)
    # That request has ended.
    assert not past.stops(others)
    assert past.stops(request("mine", "x", open=True))
    assert not Past([mine, request("mine", "x", open=True)], LATER, without="y").stops(mine)
    assert not Past([mine, request("mine", "x", open=True)], LATER).stops(mine)


def test_a_step_that_only_one_provider_ever_did_has_no_other() -> None:
    stays = [*many(30, by=["x"], part=REFERRAL)]
    assert Past(stays, LATER).known(stays[0].step).why_not is None
    assert Past(stays, LATER, "x").known(stays[0].step).why_not == NO_OTHER
    assert Past([*stays, request("one more", "y")], LATER, "x").known(stays[0].step).why_not == THIN
    assert Past([*stays, *many(20, by=["y"], part=REFERRAL, name="y")], LATER, "x").known(stays[0].step).why_not is None


def test_a_request_that_is_asked_anew_begins_where_another_providers_did() -> None:
    draft = replace(request("old", "y"), step=step("draft", "r"))
    newer = replace(request("new", "x"), step=step("sent", "r"), begin=START + timedelta(days=5))
    assert Past([draft, newer], LATER, "x").first_step(step("work", "r")) == draft.step
    assert Past([newer], LATER, "x").first_step(step("work", "r")) == step("work", "r")


def test_tracks_that_go_on_come_in_the_order_of_their_stays() -> None:
    first, second = stay("b", 10, open=True), stay("a", 10, open=True, begin=START + timedelta(days=1))
    past = Past([second, first, stay("c", 10), request("a", "x", open=True)], LATER)
    assert past.going_on(MAIN) == [first, second]
    assert [one.case for one in past.going_on(REFERRAL)] == ["a"]
    assert past.of_track("nowhere") == []
