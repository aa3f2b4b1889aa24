"""Clocks stand still and go on: that of a step which is left for a while, and those of the tasks beside it."""

from __future__ import annotations

from casework.engine.state.case import PAUSED, RUNNING
from tests.engine.toy_case import GREEN
from tests.engine.toys import CALENDAR, DAY, SUPERVISOR, Play


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
