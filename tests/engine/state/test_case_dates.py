"""By when a case must be gone on with, since when it is late, and whom it waits for."""

from __future__ import annotations

from datetime import datetime
from itertools import product

import pytest

from casework.engine.state.case import CREATED, OPEN, PAUSED, RUNNING, SUSPENDED, TASK_STATES, Task
from casework.engine.state.case_dates import HOLD, NOBODY, OUTSIDE, PROVIDER, US, awaited, dates_of
from tests.engine.pieces import DAY, HOUR, NOW, case, clock, referral, task, track

THEIRS = task("theirs", track="referral", queue="provider", organisation="lab", due_at=NOW + DAY)
OURS = task("ours", due_at=NOW + 2 * DAY)


def test_a_case_without_tasks_has_no_day_and_waits_for_us() -> None:
    dates = dates_of(case())
    assert (dates.due_at, dates.late_at, dates.waits_for) == (None, None, US)


@pytest.mark.parametrize("state", TASK_STATES)
def test_what_is_open_counts(state: str) -> None:
    dates = dates_of(case(tasks=(task(state=state, due_at=NOW),)))
    counts = state in OPEN and state != CREATED
    assert dates.due_at == (NOW if counts else None)
    # What somebody lets wait is nobody's delay.
    assert dates.late_at == (NOW if counts and state != SUSPENDED else None)


def test_our_side_has_a_day_and_either_side_may_be_late() -> None:
    dates = dates_of(case(track(), referral(), tasks=(OURS, THEIRS)))
    assert (dates.due_at, dates.late_at, dates.waits_for) == (OURS.due_at, THEIRS.due_at, PROVIDER)


def test_what_somebody_lets_wait_comes_after_what_can_be_worked_on() -> None:
    waits = task("waits", state=SUSPENDED, due_at=NOW)
    assert dates_of(case(tasks=(waits, OURS))).due_at == OURS.due_at
    assert dates_of(case(tasks=(waits, task("undated")))).due_at == NOW


@pytest.mark.parametrize(("state", "of"), list(product((RUNNING, PAUSED), ("task", "other"))))
def test_what_stands_still_is_nobodys_delay(state: str, of: str) -> None:
    dates = dates_of(case(tasks=(task(due_at=NOW),), clocks=(clock(task=of, state=state),)))
    assert dates.due_at == NOW
    assert dates.late_at == (None if (state, of) == (PAUSED, "task") else NOW)


@pytest.mark.parametrize("state", TASK_STATES)
def test_it_waits_for_a_body_outside_that_has_the_next_word(state: str) -> None:
    licence = task("licence", state=state, due_at=NOW + DAY, awaits="authority")
    waits = state in OPEN and state != CREATED
    # A step that is due later stands beside it.
    later = task("later", type="step", due_at=NOW + 2 * DAY)
    assert dates_of(case(tasks=(licence, later))).waits_for == (OUTSIDE if waits else US)
    # A provider is called by its name, and comes first.
    assert dates_of(case(track(), referral(), tasks=(licence, THEIRS))).waits_for == PROVIDER
    assert dates_of(case(tasks=(licence,), hold={"reason": "other"})).waits_for == HOLD


@pytest.mark.parametrize(
    ("ours", "turn"),
    [
        (OURS, US),
        (task("undated"), US),
        (task("step", type="step", due_at=NOW + HOUR), US),
        (task("snoozed", state=SUSPENDED, due_at=NOW), OUTSIDE),
        (task("second", due_at=NOW, awaits="register"), OUTSIDE),
    ],
    ids=lambda one: one if isinstance(one, str) else one.id,
)
def test_what_is_asked_of_us_comes_before_a_body_outside(ours: Task, turn: str) -> None:
    here = case(tasks=(task("licence", due_at=NOW + DAY, awaits="authority"), ours))
    assert dates_of(here).waits_for == turn
    # It is named all the same.
    assert "licence" in [one.id for one in awaited(here)]


@pytest.mark.parametrize("closed_at", [None, NOW])
def test_what_a_register_says_after_closing_is_awaited_from_then_on(closed_at: datetime | None) -> None:
    registration = task("registration", awaits="register", aftercare=True)
    here = case(tasks=(registration, OURS), closed_at=closed_at)
    assert dates_of(here).waits_for == (US if closed_at is None else NOBODY)
    assert awaited(here) == ([] if closed_at is None else [registration])


def test_on_hold_it_waits_for_what_the_hold_names() -> None:
    tasks = (
        task("side", due_at=NOW - HOUR),
        task("step", type="step", due_at=NOW + DAY),
        task("elsewhere", type="step", track="referral", due_at=NOW - HOUR),
        THEIRS,
    )
    dates = dates_of(case(track(), referral(), tasks=tasks, hold={"reason": "other"}))
    assert (dates.due_at, dates.late_at, dates.waits_for) == (NOW + DAY, NOW + DAY, HOLD)


@pytest.mark.parametrize(("closed_at", "day"), [(None, None), (NOW, NOW - HOUR)])
def test_what_is_asked_afterwards_counts_once_the_case_is_closed(
    closed_at: datetime | None, day: datetime | None
) -> None:
    dates = dates_of(case(tasks=(task(aftercare=True, due_at=NOW - HOUR),), closed_at=closed_at))
    assert (dates.due_at, dates.late_at, dates.waits_for) == (day, day, US if closed_at is None else NOBODY)


@pytest.mark.parametrize("ago", [-1, 0, 1])
def test_a_case_is_late_from_that_moment_on(ago: int) -> None:
    here = case(track(), referral(), tasks=(OURS, THEIRS, task("soon", due_at=NOW - ago * HOUR)))
    late_at = dates_of(here).late_at
    assert late_at is not None
    assert here.late(NOW) is (late_at < NOW)
