"""Clocks fire what is due, once and in order, and what is not due does not fire."""

from __future__ import annotations

from datetime import date

import pytest

from casework.engine.deadlines.calendars import Calendar
from casework.engine.execution.commands import FireTimer, Recount
from casework.engine.execution.context import By
from casework.engine.execution.record_commands import ChangeGrantDay
from casework.engine.state.case import CREATED, READY
from casework.errors import WrongState
from tests.engine.toy_case import LAB, accept, paper
from tests.engine.toys import DAY, HOUR, Play


def test_a_clock_fires_at_its_moment_and_not_before(play: Play) -> None:
    (clock,) = play.case.clocks.values()
    first = clock.steps[0].moment
    play.now = first - HOUR / 60
    with pytest.raises(WrongState):
        play.do(FireTimer(clock.id), By())
    play.now = first
    (event,) = play.do(FireTimer(clock.id), By())
    assert (event.kind, event.effects["what"], event.effects["task"]) == ("timer_fired", "remind", play.task("a").id)


def test_what_has_fired_does_not_fire_again_and_a_clock_that_is_gone_not_at_all(play: Play) -> None:
    (clock,) = play.case.clocks.values()
    play.now = clock.steps[0].moment
    play.do(FireTimer(clock.id), By())
    for id in (clock.id, "nowhere"):
        with pytest.raises(WrongState):
            play.do(FireTimer(id), By())


def test_a_task_is_flagged_at_the_last_step_and_its_clock_is_done(play: Play) -> None:
    assert play.wait(40 * DAY) == ["remind", "due", "escalate", "flag"]
    assert play.task("a").flagged
    assert not play.case.clocks


def test_what_begins_later_becomes_ready_at_its_day_alone(play: Play) -> None:
    play.fire("later")
    said = play.wait(29 * DAY)
    assert "activate" not in said
    assert play.task("look").state == CREATED
    assert "activate" in play.wait(2 * DAY)
    assert (play.task("look").state, play.events[-1].kind) == (READY, "activated")


def test_an_access_ends_when_its_last_day_is_over(play: Play) -> None:
    play.fire("give", data={"party": "need_owner"})
    accept(play, paper(play))
    (grant,) = play.case.grants
    play.do(ChangeGrantDay(grant, "2026-03-04"))
    play.wait(2 * DAY)
    assert play.case.grants[grant].ended_at is None
    assert "end_access" in play.wait(DAY)
    assert play.case.grants[grant].ended_at is not None
    assert play.track("referral").given["documents"] == []
    assert play.track("referral").provider == LAB


def test_clocks_are_counted_again_only_where_the_calendar_moves_them(play: Play) -> None:
    before = play.task("a").due_at
    assert play.do(Recount(), By()) == []
    play.calendar = Calendar("test", 2, holidays=frozenset({date(2026, 3, 4)}))
    (event,) = play.do(Recount(), By())
    assert (event.kind, event.effects["calendar"]) == ("recounted", play.calendar.digest)
    after = play.task("a").due_at
    assert before is not None
    assert after is not None
    assert after == before + DAY
    assert play.do(Recount(), By()) == []


def test_a_way_that_is_gone_stops_its_clock(play: Play) -> None:
    play.fire("hold", data={"day": "2026-03-20"})
    clock = next(one for one in play.case.clocks.values() if one.steps[0].what.startswith("fire:"))
    play.fire("resume")
    assert clock.id not in play.case.clocks
    with pytest.raises(WrongState):
        play.do(FireTimer(clock.id), By())
    assert play.states == ("a",)
