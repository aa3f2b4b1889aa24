"""Both sides of a referral read one account of the time, and what stands still is charged to nobody."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import Connection

from casework.operations.core.perform import calendar_of
from casework.operations.oversight.case_hygiene import find_breaches
from casework.operations.referrals.service import show_referral
from casework.records.event_log import now
from tests.operations.deadlines.test_timers import Scene
from tests.support.way_to_referral import to_referral
from tests.support.world import build_world


@pytest.fixture
def scene(db: Connection) -> Scene:
    return Scene(db, build_world(db))


def test_both_sides_of_a_referral_read_the_same_account(scene: Scene) -> None:
    number, referral = to_referral(scene.world, scene.db)
    scene.pass_days(4)
    scene.world.fire(scene.db, "provider", number, "ask_info", {"items": "The drawings"}, track=referral)
    scene.pass_days(20)
    shown = [
        show_referral(scene.db, scene.world.actor(scene.db, role), referral).sides for role in ("provider", "officer")
    ]
    assert shown[0] == shown[1]
    told = shown[0]
    assert [turn.side for turn in told.turns] == ["provider", "office"]
    assert [turn.because and turn.because.transition for turn in told.turns] == ["send", "ask_info"]
    assert (told.provider.running, told.office.running) == (False, True)
    assert told.provider.task is None
    assert (told.office.given_days, told.office.unit) == (5, "wd")
    assert told.office.used_days == 5
    passed = (now(scene.db).replace(second=0, microsecond=0) - _minute(told.offered_at)) // timedelta(minutes=1)
    assert told.provider.minutes + told.office.minutes == passed


def _minute(written: str | None) -> datetime:
    return datetime.fromisoformat(written or "").replace(second=0, microsecond=0)


def test_while_a_referral_is_suspended_the_clocks_of_its_service_stand_still(scene: Scene) -> None:
    number, referral = to_referral(scene.world, scene.db)
    scene.world.accept(scene.db, number, referral, now(scene.db).date() + timedelta(days=90))
    scene.world.fire(scene.db, "provider", number, "start", track=referral)
    child = next(one for one in scene.case(number).tracks.values() if one.parent == referral)
    step = scene.case(number).step_tasks(child.id)[0]
    scene.pass_days(3)
    before = _remaining(scene, number, step.id)
    scene.world.fire(
        scene.db, "officer", number, "suspend", {"reason": "fee", "note": "The fee is open."}, track=referral
    )
    scene.pass_days(50)
    assert "stands_still" not in {one.kind for one in find_breaches(scene.db)}
    told = show_referral(scene.db, scene.world.actor(scene.db, "provider"), referral).sides
    assert (told.provider.task, told.provider.running, told.office.running) == (None, False, True)
    assert not {"remind", "due", "escalate"} & set(scene.timers_fired(number, child.id))
    scene.world.fire(scene.db, "officer", number, "continue", track=referral)
    assert _remaining(scene, number, step.id) == before


def _remaining(scene: Scene, number: str, task: str) -> int:
    case = scene.case(number)
    due = case.tasks[task].due_at
    assert due is not None
    return calendar_of(scene.db, case.programme).working_minutes(now(scene.db), due)
