"""Clocks stand still and go on: that of a step which is left for a while, and those of the tasks beside it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from casework.engine.deadlines.calendars import Calendar
from casework.engine.execution.task_commands import Resume, Suspend
from casework.engine.state.case import PAUSED, RUNNING
from tests.engine.toy_case import GREEN, LAB, accept
from tests.engine.toys import CALENDAR, DAY, PROVIDER, SUPERVISOR, Play


def test_a_pause_keeps_what_was_left_of_the_step(play: Play) -> None:
    before = play.task("a").due_at
    assert before is not None
    play.wait(2 * DAY)
    play.fire("hold")
    assert play.states == ("held",)
    paused = next(clock for clock in play.case.clocks.values() if clock.of == "a")
    assert paused.state == PAUSED
    play.wait(7 * DAY)
    play.fire("resume")
    assert play.states == ("a",)
    after = play.task("a").due_at
    assert after is not None
    # A week later, and a minute for each action; what ran out meanwhile did not run.
    assert 0 <= CALENDAR.working_minutes(before + 7 * DAY, after) < 10
    assert next(clock for clock in play.case.clocks.values() if clock.of == "a").state == RUNNING


def test_the_tasks_beside_wait_too_and_go_on(play: Play) -> None:
    play.add("check")
    before = play.task("check").due_at
    play.fire("hold")
    paused = next(clock for clock in play.case.clocks.values() if clock.task == play.task("check").id)
    assert paused.state == PAUSED
    play.wait(7 * DAY)
    play.fire("resume")
    after = play.task("check").due_at
    assert before is not None
    assert after is not None
    assert 0 <= CALENDAR.working_minutes(before + 7 * DAY, after) < 10
    assert play.case.hold is None


def test_a_hold_ends_on_the_day_named(play: Play) -> None:
    play.fire("hold", data={"day": "2026-03-20"})
    play.wait(20 * DAY)
    assert play.states == ("a",)
    assert play.case.main.fired["resume_due"].actor == "system"


def test_a_hold_without_a_day_stays(play: Play) -> None:
    play.fire("hold")
    play.wait(300 * DAY)
    assert play.states == ("held",)


def test_leaving_a_side_state_for_good_forgets_what_waited(play: Play) -> None:
    play.fire("go", data=GREEN)
    play.fire("hold")
    play.fire("resume")
    play.fire("back", SUPERVISOR)
    assert play.states == ("a",)
    assert {clock.of for clock in play.case.clocks.values()} == {"a"}


def test_while_the_case_is_on_hold_a_providers_clocks_go_on(play: Play) -> None:
    accept(play)
    play.fire("weigh", PROVIDER, on=play.track("fix"))
    play.add("check")
    play.fire("hold")
    states = {play.case.tasks[clock.task].name: clock.state for clock in play.case.clocks.values() if clock.task}
    assert (states["weighing"], states["look"], states["check"]) == (RUNNING, RUNNING, PAUSED)


def test_a_provider_goes_on_with_its_own_while_the_case_is_on_hold(play: Play) -> None:
    accept(play)
    play.fire("weigh", PROVIDER, on=play.track("fix"))
    weighing, of_lab = play.task("weighing").id, replace(PROVIDER, organisation=LAB)
    play.do(Suspend(weighing, "2026-03-20", "other", "They are away."), of_lab)
    play.fire("hold")
    held = play.case.held_clocks
    play.do(Resume(weighing), of_lab)
    assert [clock.state for clock in play.case.clocks.values() if clock.task == weighing] == [RUNNING]
    assert play.case.held_clocks == held


def test_what_somebody_lets_wait_waits_on_when_the_case_goes_on(play: Play) -> None:
    play.add("check")
    play.fire("hold")
    play.do(Suspend(play.task("check").id, "2026-03-20", "other", "They are away."))
    play.fire("resume")
    (own,) = (
        one for one in play.case.clocks.values() if one.task == play.task("check").id and one.steps[0].what != "wake"
    )
    assert own.state == PAUSED
    play.wait(20 * DAY)
    assert play.case.clocks[own.id].state == RUNNING


def test_a_pause_is_counted_by_the_calendar_as_it_is_now(play: Play) -> None:
    """A holiday that was entered since is no working time that is left."""
    before = play.task("a").due_at
    play.calendar = Calendar("test", 2, holidays=frozenset({date(2026, 3, 4)}))
    play.fire("hold")
    paused = next(one for one in play.case.clocks.values() if one.of == "a")
    assert paused.calendar == play.calendar.digest
    play.fire("resume")
    after = play.task("a").due_at
    assert before is not None
    assert after is not None
    assert 0 <= CALENDAR.working_minutes(before + DAY, after) < 10
