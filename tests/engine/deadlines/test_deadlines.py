"""Limits and the moments on the way to them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.engine.deadlines.calendars import Calendar, Unit
from casework.engine.deadlines.deadlines import (
    EscalationStep,
    WrittenLimit,
    count,
    left,
    may_be_set,
    of_answer,
    on_day,
    own_rule,
    own_steps,
    plan,
    recount,
    resumed,
    rule_of,
    runs_out,
    unit_of,
    usual,
)
from casework.engine.definition.grammar import Limit, calendar_days, until, working_days
from tests.engine.toys import CALENDAR, DAY, START

MINUTE = timedelta(minutes=1)


def _shanghai(text: str) -> datetime:
    return datetime.fromisoformat(text + "+08:00").astimezone(UTC)


def _nothing(name: str) -> None:
    """No form said anything."""


@pytest.mark.parametrize(
    ("limit", "said", "expected"),
    [
        (working_days(5), {}, "2026-03-09T17:00"),
        (calendar_days(5), {}, "2026-03-07T17:00"),
        (calendar_days(30, since="day"), {"day": "2026-03-10"}, "2026-04-09T17:00"),
        (working_days(2, since="day"), {"day": "2026-03-06"}, "2026-03-10T17:00"),
        (working_days(2, since="day"), {"day": "2026-03-03"}, "2026-03-05T17:00"),
        (calendar_days(-90, since="sign.expires_on"), {"sign.expires_on": "2027-03-01"}, "2026-12-01T17:00"),
        (until("day"), {"day": "2026-03-08"}, "2026-03-08T17:00"),
        (until("a.on|b.on"), {"a.on|b.on": "2026-05-04"}, "2026-05-04T17:00"),
        (until("day"), {}, None),
    ],
)
def test_a_limit_runs_out_at_close_of_business(limit: Limit, said: dict[str, Any], expected: str | None) -> None:
    wanted = _shanghai(expected) if expected else None
    assert runs_out(limit.rule(), START, CALENDAR, lambda name: said.get(name)) == wanted


def test_a_limit_runs_out_as_the_programme_has_set_it_for_what_it_is() -> None:
    limit = calendar_days(60).rule()
    what = of_answer("case", "verification", limit)
    assert what == "case.answers.verification"
    assert of_answer("case", "verification", calendar_days(5, since="accept.on").rule()) == f"{what}.accept.on"
    set_so = replace(CALENDAR, limits={what: 30})
    sooner = runs_out(calendar_days(30).rule(), START, CALENDAR, _nothing)
    assert runs_out(limit, START, set_so, _nothing, what) == sooner
    assert runs_out(limit, START, set_so, _nothing) == runs_out(limit, START, CALENDAR, _nothing) != sooner


@pytest.mark.parametrize("limit", [working_days(10), calendar_days(10), working_days(1), calendar_days(365)])
def test_the_escalation_goes_from_a_reminder_to_a_flag(limit: Limit) -> None:
    due = runs_out(limit.rule(), START, CALENDAR, _nothing)
    steps = _task(limit)
    assert [step.what for step in steps] == ["remind", "due", "escalate", "flag"]
    moments = [step.moment for step in steps]
    assert moments == sorted(moments)
    assert START < moments[0] < moments[1] == due
    assert moments[2] == CALENDAR.due(moments[1], 2, "wd")
    assert moments[3] == CALENDAR.due(moments[1], 5, "wd")


@given(st.integers(1, 60), st.integers(0, 30 * 24 * 60))
def test_the_reminder_comes_at_sixty_percent_of_the_working_time(n: int, later: int) -> None:
    start = START + later * MINUTE
    steps = {step.what: step.moment for step in count(plan({"n": n, "unit": "wd"}, usual("wd")), start, CALENDAR)}
    given = CALENDAR.working_minutes(start, steps["due"])
    assert CALENDAR.working_minutes(start, steps["remind"]) == given * 60 // 100
    for what in ("remind", "due", "escalate", "flag"):
        # Nobody is written to outside working hours: each moment is one at which, or until which, people work.
        assert CALENDAR.working_minutes(steps[what] - MINUTE, steps[what]) == 1


def test_a_day_gone_by_reminds_nobody_before_it() -> None:
    steps = count(plan(on_day("2026-02-20"), usual("cd")), START, CALENDAR)
    assert [step.what for step in steps] == ["due", "escalate", "flag"]


def test_an_own_escalation_holds_its_due_moment_in_order() -> None:
    steps = [(working_days(3).rule(), "remind"), (working_days(7).rule(), "escalate")]
    own = own_steps(steps, _nothing, CALENDAR, "referral", "sent")
    assert [step.what for step in count(plan({"n": 5, "unit": "wd"}, own), START, CALENDAR)] == [
        "remind",
        "due",
        "escalate",
    ]


def test_a_step_of_an_own_escalation_is_the_programmes_where_it_has_set_it() -> None:
    steps = [(working_days(3).rule(), "remind"), (working_days(7).rule(), "escalate")]
    calendar = replace(CALENDAR, limits={"referral.states.sent.escalation.1": 4})
    assert own_steps(steps, _nothing, calendar, "referral", "sent") == [
        ("remind", {"n": 3, "unit": "wd"}),
        ("escalate", {"n": 4, "unit": "wd", "own": "referral.states.sent.escalation.1"}),
    ]


@given(st.integers(1, 3650), st.sampled_from([-90, -1, 1, 400]))
def test_what_is_set_counts_the_way_of_the_limit_and_a_shared_one_by_its_own_name(n: int, usual: int) -> None:
    calendar = replace(CALENDAR, limits={"ip.limits.holds": n, "case.tasks.x": n + 1})
    limit = calendar_days(usual, since="on").rule()
    alone = own_rule(limit, lambda _: "2026-03-02", calendar, "case.tasks.x")
    assert alone == {"n": (n + 1) * (1 if usual > 0 else -1), "unit": "cd", "day": "2026-03-02", "own": "case.tasks.x"}
    shared = own_rule({**limit, "shared": "ip.limits.holds"}, lambda _: "2026-03-02", calendar, "case.tasks.x")
    assert shared is not None
    assert (abs(shared["n"]), shared["own"]) == (n, "ip.limits.holds")
    assert own_rule(until("on").rule(), lambda _: "2026-03-02", calendar, "case.tasks.x") == {
        "n": 0,
        "unit": "cd",
        "day": "2026-03-02",
    }


def test_what_appears_later_is_counted_from_its_day() -> None:
    steps = count(plan({"n": 5, "unit": "wd"}, usual("wd"), {"n": 30, "unit": "cd"}), START, CALENDAR)
    assert [step.what for step in steps] == ["activate", "remind", "due", "escalate", "flag"]
    moments = {step.what: step.moment for step in steps}
    assert moments["activate"] == CALENDAR.due(START, 30, "cd")
    assert moments["due"] == CALENDAR.due(moments["activate"], 5, "wd")


@pytest.mark.parametrize("unit", ["wd", "cd"])
def test_a_pause_keeps_what_is_left_of_every_step(unit: Unit) -> None:
    steps = _task(Limit(10, unit))
    paused_at = START + DAY
    kept = left(CALENDAR, steps, paused_at)
    again = resumed(CALENDAR, steps, kept, paused_at + 28 * DAY)
    assert [step.what for step in again] == [step.what for step in steps]
    assert [step.moment - 28 * DAY for step in again] == [step.moment for step in steps]


def test_counting_again_by_the_same_calendar_moves_nothing() -> None:
    steps = tuple(_task(working_days(10)))
    for fired in range(len(steps)):
        assert recount(steps, fired, START, CALENDAR) == list(steps)


def test_a_new_holiday_moves_what_lies_after_it_and_not_what_has_happened() -> None:
    steps = tuple(_task(working_days(5)))
    free = replace(CALENDAR, holidays=frozenset({date(2026, 3, 9)}))
    again = recount(steps, 1, START, free)
    assert again[0] == steps[0]
    assert again[1].moment == _shanghai("2026-03-10T17:00")
    assert again[2].moment == _shanghai("2026-03-12T17:00")


def _task(limit: Limit) -> list[EscalationStep]:
    rule = rule_of(limit.rule(), _nothing)
    assert rule is not None
    return count(plan(rule, usual(unit_of(rule))), START, CALENDAR)


@given(
    st.integers(1, 400),
    st.one_of(st.none(), st.integers(1, 400)),
    st.sampled_from(["wd", "cd", "mo"]),
    st.booleans(),
    st.booleans(),
)
def test_a_programme_sets_what_is_ours(n: int, own: int | None, unit: Any, law: bool, since: bool) -> None:
    limit: WrittenLimit = {"n": n, "unit": unit, "since": "field" if since else None}
    if law:
        limit["law"] = "some_law"
    calendar = Calendar("own", limits={} if own is None else {"case.states.one": own})

    def said(_: str) -> str:
        return "2026-03-02"

    rule, usual_rule = own_rule(limit, said, calendar, "case.states.one"), rule_of(limit, said)
    assert may_be_set(limit) == (not law)
    if own is None or law:
        assert rule == usual_rule
    else:
        day = {"day": "2026-03-02"} if since else {}
        assert rule == {"n": own, "unit": unit, "own": "case.states.one"} | day
    assert own_rule(limit, said, calendar, "case.states.other") == usual_rule
    assert own_rule(None, said, calendar, "case.states.one") is None
