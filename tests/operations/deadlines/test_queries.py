"""Why a case's dates are what they are, told from its events to those who may know."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import Connection

from casework.errors import NotFound
from casework.operations.deadlines.queries import explain_task, list_clocks, show_clock
from casework.operations.deadlines.views import ClockExplained
from casework.operations.tasks.service import claim_task
from casework.records.event_log import now
from tests.operations.deadlines.test_timers import Scene
from tests.support.way_to_referral import to_referral
from tests.support.world import build_world, new_request


@pytest.fixture
def scene(db: Connection) -> Scene:
    return Scene(db, build_world(db))


def _insist_whole(clock: ClockExplained) -> None:
    intervals = clock.intervals
    assert intervals
    assert [interval.until for interval in intervals[:-1]] == [interval.from_ for interval in intervals[1:]]
    begun, ends = datetime.fromisoformat(intervals[0].from_), datetime.fromisoformat(intervals[-1].until)
    assert sum(interval.minutes for interval in intervals) * timedelta(minutes=1) == ends - begun
    assert clock.due_at in (None, intervals[-1].until)
    assert clock.counted_minutes == sum(interval.minutes for interval in intervals if interval.counted)


def test_a_hold_is_told_in_the_date_of_the_step_that_waited(scene: Scene) -> None:
    number = scene.world.new_case(scene.db)
    actor = scene.world.actor(scene.db, "officer")
    scene.world.fire(scene.db, "officer", number, "take")
    scene.pass_days(1)
    day = now(scene.db).date() + timedelta(days=20)
    waits = {"reason": "budget", "waits_for": "need_owner", "waits_until": "day", "resume_by": day.isoformat()}
    scene.world.fire(scene.db, "officer", number, "hold", waits)
    scene.pass_days(2)
    clocks = list_clocks(scene.db, actor, number).items
    assert "paused" in {one.state for one in clocks}
    assert [one.due_at for one in clocks if one.state == "paused"] == [None] * sum(
        one.state == "paused" for one in clocks
    )
    scene.pass_days(25)
    task = next(one for one in scene.case(number).open_tasks() if one.type == "step")
    told = explain_task(scene.db, actor, task.id)
    _insist_whole(told)
    assert [one.because and one.because.transition for one in told.intervals if one.kind == "paused"] == ["hold"]
    assert told.due_at is not None
    assert datetime.fromisoformat(told.due_at) == task.due_at
    for one in list_clocks(scene.db, actor, number).items:
        _insist_whole(show_clock(scene.db, actor, number, one.id))


def test_a_provider_is_told_of_its_own_clocks_alone(scene: Scene) -> None:
    number, referral = to_referral(scene.world, scene.db)
    provider, officer = (scene.world.actor(scene.db, role) for role in ("provider", "officer"))
    whole, own = list_clocks(scene.db, officer, number).items, list_clocks(scene.db, provider, number).items
    assert {one.track for one in own} == {referral}
    assert len(own) < len(whole)
    hidden = next(one for one in whole if one.track != referral)
    with pytest.raises(NotFound):
        show_clock(scene.db, provider, number, hidden.id)
    with pytest.raises(NotFound):
        explain_task(scene.db, provider, str(hidden.task))
    task = next(one for one in scene.case(number).step_tasks(referral))
    claim_task(scene.db, provider, task.id, new_request())
    assert explain_task(scene.db, provider, task.id).rule == {"n": 5, "unit": "wd"}
    with pytest.raises(NotFound):
        list_clocks(scene.db, scene.world.actor(scene.db, "observer"), number)


def test_a_stopped_clock_can_still_be_asked(scene: Scene) -> None:
    number = scene.world.new_case(scene.db)
    actor = scene.world.actor(scene.db, "officer")
    before = list_clocks(scene.db, actor, number).items
    scene.world.fire(scene.db, "officer", number, "take")
    gone = next(one for one in before if one.id not in scene.case(number).clocks)
    told = show_clock(scene.db, actor, number, gone.id)
    assert told.state == "stopped"
    _insist_whole(told)
