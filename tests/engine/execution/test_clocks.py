"""Clocks of a case: what an event tells of them, when they are counted again, and more time for a task."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from casework.engine.deadlines.calendars import Calendar
from casework.engine.deadlines.deadlines import A_FORTNIGHT, EscalationStep
from casework.engine.execution.clocks import (
    count_again,
    due_of,
    extend_task,
    is_wake,
    moves_clocks,
    recount_clock,
    set_due,
    stop_clocks_of_consent,
    stop_clocks_of_grant,
    written,
)
from casework.engine.execution.event_builder import EventBuilder
from casework.engine.state.case import CREATED, PAUSED, READY, RUNNING, STOPPED, SUSPENDED, Case, Clock
from casework.ledger.canonical_json import instant
from tests.engine.pieces import DAY, NOW, case, clock, step, task
from tests.engine.toy_case import Toy
from tests.engine.toys import CALENDAR, OFFICER, Play

#: The same weeks, in which Wednesday the fourth is a holiday.
ANOTHER = Calendar("test", 2, holidays=frozenset({date(2026, 3, 4)}))


def building(stands: Case, calendar: Calendar = CALENDAR) -> EventBuilder:
    """An event of this case that is being made."""
    play = Play(Toy, now=NOW, calendar=calendar)
    builder = EventBuilder(play.library, stands, play.context(OFFICER))
    builder.begin("noted", None, {})
    return builder


def counted(by: Calendar, days: int = 5, **said: Any) -> Clock:
    """A clock of the task that was counted by this calendar."""
    due = EscalationStep(by.due(NOW, days, "wd"), "due", {"n": days, "unit": "wd"})
    return clock(**{"task": "task", "steps": (due,), "calendar": by.digest, **said})


def test_an_event_tells_moments_that_come_back_as_they_were() -> None:
    steps = (step(NOW, "remind"), step(NOW + DAY))
    assert [tuple(one) for one in written(steps)] == [(instant(one.moment), one.what, one.rule) for one in steps]
    assert due_of(steps) == instant(NOW + DAY)
    assert due_of(steps[:1]) is None


def test_only_what_wakes_a_task_is_no_clock_of_its_time() -> None:
    assert is_wake(clock(steps=(step(what="wake"),)))
    assert not is_wake(clock())


def test_a_clock_is_counted_again_by_another_calendar_alone() -> None:
    kept = counted(CALENDAR)
    assert count_again(building(case(clocks=(kept,))), kept) is None
    again = count_again(building(case(clocks=(kept,)), ANOTHER), kept)
    assert again is not None
    assert again[0].moment == ANOTHER.due(NOW, 5, "wd") == kept.steps[0].moment + DAY


@pytest.mark.parametrize("state", [RUNNING, PAUSED])
def test_counting_again_moves_a_running_clock_and_its_tasks_day(state: str) -> None:
    kept = counted(CALENDAR, state=state)
    builder = building(case(tasks=(task(),), clocks=(kept,)), ANOTHER)
    recount_clock(builder, kept)
    assert moves_clocks(builder) is (state == RUNNING)
    due = [change["due"] for change in builder.effects.get("task_states", ())]
    assert due == ([instant(ANOTHER.due(NOW, 5, "wd"))] if state == RUNNING else [])


def test_a_calendar_that_comes_to_the_same_moments_moves_nothing() -> None:
    kept = counted(CALENDAR, days=1)
    builder = building(case(tasks=(task(),), clocks=(kept,)), ANOTHER)
    recount_clock(builder, kept)
    assert not moves_clocks(builder)


def test_a_day_is_set_for_the_task_of_the_clock_and_not_for_one_that_is_being_opened() -> None:
    builder = building(case(tasks=(task(),)))
    steps = [step()]
    set_due(builder, clock(), steps, None)
    set_due(builder, clock(task="task"), steps, "new")
    set_due(builder, clock(task="task"), [step(what="remind")], None)
    assert "task_states" not in builder.effects
    set_due(builder, clock(task="task"), steps, None)
    assert builder.effects["task_states"] == [{"id": "task", "due": instant(NOW + DAY)}]


def test_with_a_consent_or_an_access_its_own_clocks_stop() -> None:
    clocks = (clock("a", consent="c"), clock("b", consent="d"), clock("c", grant="g"), clock("d"))
    for stop, of, wanted in ((stop_clocks_of_consent, "c", "a"), (stop_clocks_of_grant, "g", "c")):
        builder = building(case(clocks=clocks))
        stop(builder, of)
        assert builder.effects["clock_states"] == [{"id": wanted, "state": STOPPED}]


# --- more time for a task ------------------------------------------------------------------------------------------------

ANEW = (A_FORTNIGHT, None)


@pytest.fixture
def late() -> Play:
    """A case whose step has been flagged: its clock has fired for the last time."""
    play = Play(Toy).start()
    play.wait(40 * DAY)
    assert play.task("a").flagged
    return play


def extend(play: Play, name: str, day: str | None) -> EventBuilder:
    builder = EventBuilder(play.library, play.case, play.context(OFFICER))
    builder.begin("noted", play.case.main, {})
    one = play.task(name)
    extend_task(builder, one, day, (A_FORTNIGHT, None))
    return builder


def test_a_task_has_until_the_close_of_the_day_and_its_escalation_begins_anew() -> None:
    play = Play(Toy).start()
    (change,) = (builder := extend(play, "a", "2026-06-01")).effects["task_states"]
    assert change == {"id": play.task("a").id, "due": "2026-06-01T09:00:00.000000Z", "flagged": False}
    (running,) = builder.effects["clock_states"]
    assert (running["state"], running["next"]) == (RUNNING, 0)
    assert [what for _, what, _ in running["steps"]] == ["remind", "due", "escalate", "flag"]


def test_without_a_day_it_has_its_whole_limit_from_now() -> None:
    play = Play(Toy).start()
    play.wait(3 * DAY)
    (change,) = extend(play, "a", None).effects["task_states"]
    assert change["due"] == instant(CALENDAR.due(play.now, 10, "wd"))


def test_a_clock_that_has_fired_for_the_last_time_is_followed_by_another(late: Play) -> None:
    builder = extend(late, "a", "2026-06-01")
    assert "clock_states" not in builder.effects
    (new,) = builder.effects["clocks"]
    assert (new["task"], new["of"]) == (late.task("a").id, "a")
    assert builder.effects["task_states"][0]["flagged"] is False


@pytest.mark.parametrize("state", [CREATED, SUSPENDED, READY])
def test_what_has_not_begun_or_stands_still_has_no_day_to_move(state: str) -> None:
    play = Play(Toy).start()
    stands = case(play.case.main, tasks=(task(state=state, edition=play.case.main.edition),))
    builder = EventBuilder(play.library, stands, play.context(OFFICER))
    builder.begin("noted", play.case.main, {})
    extend_task(builder, stands.tasks["task"], "2026-06-01", ANEW)
    assert ("task_states" in builder.effects) is (state == READY)


def test_what_is_paused_gets_what_is_left_when_it_goes_on() -> None:
    play = Play(Toy).start()
    stands = case(play.case.main, tasks=(task(),), clocks=(counted(CALENDAR, state=PAUSED),))
    builder = EventBuilder(play.library, stands, play.context(OFFICER))
    builder.begin("noted", play.case.main, {})
    extend_task(builder, stands.tasks["task"], "2026-06-01", ANEW)
    assert builder.effects == {}
