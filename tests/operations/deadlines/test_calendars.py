"""A changed calendar: what the preview shows is what happens, case by case, once, and in the history."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, text

from casework.engine.deadlines.calendars import Calendar
from casework.errors import CaseHasMoved, NotAllowed, NotFound, Refused
from casework.operations.deadlines.calendars import (
    change_calendar,
    moves,
    preview_calendar,
    recount_next,
    show_calendar,
)
from casework.operations.deadlines.timers import fire_due_timers_on, next_moment
from casework.operations.deadlines.views import ProgrammeCalendar
from casework.operations.mediations.service import open_mediation
from casework.operations.verification.service import verify_case
from casework.records.event_log import now
from tests.operations.deadlines.test_timers import Scene
from tests.support.way_to_referral import to_referral
from tests.support.world import build_world, new_request


@pytest.fixture
def scene(db: Connection) -> Scene:
    """Three cases at different steps, one of them with a provider, one on hold; and a sealed mediation beside."""
    scene = Scene(db, build_world(db))
    number, _ = to_referral(scene.world, scene.db)
    scene.world.new_case(db)
    held = scene.world.new_case(db)
    scene.world.fire(db, "officer", held, "take")
    day = now(db).date() + timedelta(days=20)
    waits = {"reason": "budget", "waits_for": "need_owner", "waits_until": "day", "resume_by": day.isoformat()}
    scene.world.fire(db, "officer", held, "hold", waits)
    open_mediation(db, scene.world.actor(db, "dispute_officer"), number, new_request())
    return scene


def present(scene: Scene) -> Calendar:
    return Calendar.from_json(show(scene).calendar)


def show(scene: Scene) -> ProgrammeCalendar:
    return show_calendar(scene.db, scene.world.actor(scene.db, "administrator"), scene.world.programmes["BJ"])


def apply(scene: Scene, calendar: Calendar) -> int:
    """Make the change, and count everything again; gives how many cases had something moved."""
    actor = scene.world.actor(scene.db, "administrator")
    change_calendar(
        scene.db, actor, scene.world.programmes["BJ"], calendar, seen=present(scene).digest, request=new_request()
    )
    moved = 0
    while (made := recount_next(scene.db)) is not None:
        moved += made.kind == "case" and made.moved
    return moved


def moments(scene: Scene) -> dict[tuple[str, str, str], datetime]:
    """Each moment to come of each running clock of a case."""
    rows = scene.db.execute(
        text("SELECT id, steps, next FROM clocks WHERE fires_at IS NOT NULL AND log_id IN (SELECT id FROM cases)")
    )
    return {
        (row.id, str(what), str(rule)): datetime.fromisoformat(at)
        for row in rows
        for at, what, rule in row.steps[row.next :]
    }


@st.composite
def changes(draw: st.DrawFn) -> tuple[list[tuple[int, bool]], str, int]:
    """Days from now that become free or worked, a zone, and the hour at which people stop."""
    days = draw(st.lists(st.tuples(st.integers(0, 40), st.booleans()), max_size=6))
    return days, draw(st.sampled_from(["Asia/Shanghai", "Europe/Berlin", "UTC"])), draw(st.integers(15, 19))


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(changes())
def test_the_preview_is_the_result(scene: Scene, change: tuple[list[tuple[int, bool]], str, int]) -> None:
    days, zone, closes = change
    with scene.db.begin_nested() as undo:
        calendar, today = present(scene), now(scene.db).date()
        for offset, worked in days:
            day = today + timedelta(days=offset)
            free = calendar.holidays - {day} if worked else calendar.holidays | {day}
            made = calendar.make_up | {day} if worked else calendar.make_up - {day}
            calendar = replace(calendar, holidays=free, make_up=made)
        slots = {weekday: ((time(9), time(12)), (time(13), time(closes))) for weekday in range(5)}
        calendar = replace(calendar, version=calendar.version + 1, zone=zone, slots=slots)
        before = moments(scene)
        actor, programme = scene.world.actor(scene.db, "administrator"), scene.world.programmes["BJ"]
        told = list(moves(scene.db, programme, calendar))
        preview = preview_calendar(scene.db, actor, programme, calendar)
        assert preview.cases == apply(scene, calendar)
        after = moments(scene)
        assert sorted((one.clock, one.what, one.before, str(one.after)) for one in told) == sorted(
            (*key[:2], before[key], str(after.get(key))) for key in before if before[key] != after.get(key)
        )
        assert preview.count + preview.reminders == len(told)
        tasks = scene.db.execute(
            text(
                "SELECT t.due_at, g.step->>0 AS due FROM clocks k JOIN tasks t ON t.id = k.task_id CROSS JOIN"
                " jsonb_array_elements(k.steps) AS g(step) WHERE g.step->>1 = 'due' AND k.fires_at IS NOT NULL"
            )
        ).all()
        assert tasks
        assert all(row.due_at == datetime.fromisoformat(row.due) for row in tasks)
        undo.rollback()


def test_a_change_is_a_version_with_who_made_it_and_every_case_keeps_a_valid_history(
    scene: Scene, db: Connection
) -> None:
    first = present(scene)
    day = next(d for d in (now(db).date() + timedelta(days=n) for n in range(1, 9)) if first.is_working_day(d))
    apply(scene, replace(first, holidays=first.holidays | {day}, names={**first.names, day: {"en": "Storm"}}))
    told = show(scene)
    versions = told.versions
    assert [one.version for one in versions] == [first.version + 1, first.version]
    assert versions[0].by is not None
    assert versions[1].digest == first.digest
    assert told.counting is False
    recounted = db.execute(text("SELECT effects FROM events WHERE kind = 'recounted'")).scalars().all()
    assert recounted
    assert {one["calendar"] for one in recounted} == {versions[0].digest}
    for log in db.execute(text("SELECT id FROM cases")).scalars().all():
        assert verify_case(db, log) == []


def test_counting_again_twice_moves_nothing_more(scene: Scene, db: Connection) -> None:
    calendar = present(scene)
    apply(
        scene, replace(calendar, holidays=calendar.holidays | {now(db).date() + timedelta(days=n) for n in range(1, 4)})
    )
    before = moments(scene)
    db.execute(text("UPDATE programmes SET recount_after = '00000000-0000-0000-0000-000000000000'"))
    while (made := recount_next(db)) is not None:
        assert not made.moved
    assert moments(scene) == before


def test_a_clock_that_was_not_counted_again_yet_does_not_fire_too_early(scene: Scene, db: Connection) -> None:
    """The change is made, and the server dies before a case was counted again: the clock itself looks."""
    first = next_moment(db)
    assert first is not None
    calendar = present(scene)
    days = {now(db).date() + timedelta(days=n) for n in range(12)}
    actor = scene.world.actor(db, "administrator")
    free = replace(calendar, holidays=calendar.holidays | days, make_up=calendar.make_up - days)
    change_calendar(db, actor, scene.world.programmes["BJ"], free, seen=calendar.digest, request=new_request())
    db.execute(text("UPDATE programmes SET recount_after = NULL"))
    scene.set_clock(first)
    fire_due_timers_on(db)
    fired = db.execute(
        text("SELECT at FROM events WHERE kind = 'timer_fired' AND at >= :first"), {"first": first}
    ).all()
    assert fired == []
    assert db.execute(text("SELECT count(*) FROM events WHERE kind = 'recounted'")).scalar_one() > 0


def test_nobody_overwrites_a_version_that_they_have_not_seen(scene: Scene, db: Connection) -> None:
    actor, programme = scene.world.actor(db, "administrator"), scene.world.programmes["BJ"]
    first = present(scene)
    free = replace(first, holidays=first.holidays | {date(2027, 7, 1)})
    change_calendar(db, actor, programme, free, seen=first.digest, request=new_request())
    with pytest.raises(CaseHasMoved):
        change_calendar(db, actor, programme, first, seen=first.digest, request=new_request())
    with pytest.raises(Refused):
        change_calendar(db, actor, programme, free, seen=present(scene).digest, request=new_request())


def test_the_same_request_changes_it_once(scene: Scene, db: Connection) -> None:
    actor, programme, request = scene.world.actor(db, "administrator"), scene.world.programmes["BJ"], new_request()
    first = present(scene)
    free = replace(first, holidays=first.holidays | {date(2027, 7, 1)})
    done = change_calendar(db, actor, programme, free, seen=first.digest, request=request)
    again = change_calendar(db, actor, programme, free, seen=first.digest, request=request)
    assert again.repeated
    assert again.answer == done.answer


@pytest.mark.parametrize("role", ["officer", "supervisor", "auditor", "provider"])
def test_only_who_administers_the_programme_changes_its_calendar(scene: Scene, db: Connection, role: str) -> None:
    actor, first = scene.world.actor(db, role), present(scene)
    with pytest.raises((NotAllowed, NotFound)):
        preview_calendar(db, actor, scene.world.programmes["BJ"], first)
    with pytest.raises((NotAllowed, NotFound)):
        change_calendar(db, actor, scene.world.programmes["BJ"], first, seen=first.digest, request=new_request())
