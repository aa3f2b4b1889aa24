"""My work: what is one's own to do, what waits for others, and what one lets wait."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from sqlalchemy import Connection, text

from casework.engine.deadlines.calendars import Calendar
from casework.engine.roles import Role
from casework.errors import InvalidForm
from casework.operations.core.national_holidays import china
from casework.operations.core.perform import home_calendar, home_of
from casework.operations.tasks.my_work import (
    GROUPS,
    OWN,
    count_days,
    count_work,
    days,
    kinds_of,
    list_groups,
    list_holds,
    list_work,
)
from casework.operations.tasks.service import claim_task, suspend_task
from casework.permissions.actors import focused
from casework.records.case_loader import load
from casework.records.event_log import now
from tests.support.way_to_referral import to_referral
from tests.support.world import World, new_request, today

pytestmark = pytest.mark.stage(play=to_referral)
#: What can be listed alone.
LISTED = ("open", *GROUPS)


def task_called(db: Connection, number: str, name: str) -> str:
    return next(one.id for one in load(db, home_of(db, number), "case").open_tasks() if one.name == name)


def tabs(db: Connection, world: World, who: str) -> dict[str, set[str]]:
    """What each tab lists, which is as much as is counted there and what is grouped; each of one's own is in one group."""
    actor = world.actor(db, who)
    listed = {tab: [one.id for one in list_work(db, actor, tab=tab, limit=100).items] for tab in LISTED}
    assert {tab: len(ids) for tab, ids in listed.items()} == count_work(db, actor)
    assert sorted(id for tab in OWN for id in listed[tab]) == sorted(listed["open"])
    grouped = {group.name: [one.id for one in group.items] for group in list_groups(db, actor, most=100)}
    assert grouped == {tab: listed[tab] for tab in GROUPS if listed[tab]}
    for group in list_groups(db, actor, most=1):
        assert (group.count, [one.id for one in group.items]) == (len(listed[group.name]), listed[group.name][:1])
    return {tab: set(ids) for tab, ids in listed.items()}


@pytest.mark.parametrize(
    ("now", "tomorrow", "monday"),
    [
        ("2026-11-25T02:00", "2026-11-25T16:00", "2026-11-29T16:00"),
        ("2026-11-29T15:59", "2026-11-29T16:00", "2026-11-29T16:00"),
        ("2026-11-29T16:00", "2026-11-30T16:00", "2026-12-06T16:00"),
    ],
)
def test_a_day_and_a_week_end_where_the_programme_is(now: str, tomorrow: str, monday: str) -> None:
    def moment(words: str) -> datetime:
        return datetime.fromisoformat(words).replace(tzinfo=UTC)

    found = days(moment(now), china([2026]))
    assert (found.tomorrow, found.monday) == (moment(tomorrow), moment(monday))


def test_the_owners_tasks_are_ones_own_and_those_of_others_wait(
    world: World, db: Connection, staged: tuple[str, str]
) -> None:
    kick_off, sent = (task_called(db, staged[0], name) for name in ("kick_off", "sent"))
    mine = tabs(db, world, "officer")
    assert (kick_off in mine["open"], sent in mine["open"]) == (True, False)
    assert (kick_off in mine["waiting"], sent in mine["waiting"]) == (False, True)
    assert tabs(db, world, "other_officer") == {tab: set() for tab in LISTED}


def test_what_another_has_taken_is_theirs_and_waits_for_them(
    world: World, db: Connection, staged: tuple[str, str]
) -> None:
    kick_off = task_called(db, staged[0], "kick_off")
    claim_task(db, world.actor(db, "supervisor"), kick_off, new_request())
    mine = tabs(db, world, "officer")
    assert (kick_off in mine["open"], kick_off in mine["waiting"]) == (False, True)
    assert tabs(db, world, "supervisor")["open"] == {kick_off}


def test_a_late_task_stands_under_overdue_unless_its_clock_stands_still(
    world: World, db: Connection, staged: tuple[str, str]
) -> None:
    kick_off = task_called(db, staged[0], "kick_off")
    assert tabs(db, world, "officer")["overdue"] == set()
    given = {"id": kick_off}
    db.execute(text("UPDATE tasks SET due_at = casework_now() - interval '1 day' WHERE id = CAST(:id AS uuid)"), given)
    assert tabs(db, world, "officer")["overdue"] == {kick_off}
    paused = "UPDATE clocks SET state = 'paused', fires_at = NULL WHERE task_id = CAST(:id AS uuid)"
    assert db.execute(text(paused), given).rowcount
    mine = tabs(db, world, "officer")
    assert (mine["overdue"], kick_off in mine["frozen"]) == (set(), True)


def test_what_runs_on_after_the_closing_is_still_ones_own(world: World, db: Connection) -> None:
    number = world.new_case(db)
    world.fire(db, "officer", number, "take")
    step = db.execute(
        text(
            "SELECT t.id FROM tasks t JOIN cases c ON c.id = t.log_id WHERE c.number = :number AND t.type = 'step' AND t.closed_at IS NULL"
        ),
        {"number": number},
    ).scalar_one()
    db.execute(text("UPDATE cases SET closed_at = casework_now() WHERE number = :number"), {"number": number})
    mine = tabs(db, world, "officer")
    # The track of an agreement, say, that the office follows for years; what was asked for the closed case alone is over.
    assert str(step) in mine["open"]
    assert task_called(db, number, "triage_check") not in mine["open"]


@pytest.mark.parametrize("seed", range(6))
def test_groups_are_apart_and_together_all_there_is(world: World, db: Connection, seed: int) -> None:
    """Random days, holders, states and clocks: each task is where reading it by hand puts it."""
    draw = Random(seed)
    for _ in range(4):
        world.fire(db, "officer", world.new_case(db), "take")
    moment = now(db)
    ends = days(moment, home_calendar(db, world.actor(db, "officer")) or Calendar("none"))
    moments = [
        None,
        moment - timedelta(days=3),
        moment + (ends.tomorrow - moment) / 2,
        ends.tomorrow,
        ends.monday - timedelta(seconds=1),
        ends.monday,
        moment + timedelta(days=60),
    ]
    people = [None, world.people["officer"], world.people["supervisor"]]
    given = text(
        "UPDATE tasks SET due_at = :due, holder_id = :holder, state = :state, queue = :queue WHERE id = CAST(:id AS uuid)"
    )
    for id in db.execute(text("SELECT id FROM tasks WHERE closed_at IS NULL ORDER BY id")).scalars().all():
        holder = draw.choice(people)
        state = "Ready" if holder is None else draw.choice(["Reserved", "InProgress"])
        queue = draw.choice(["officer", "supervisor"])
        db.execute(given, {"id": id, "due": draw.choice(moments), "holder": holder, "state": state, "queue": queue})
        if draw.random() < 0.3:
            paused = "UPDATE clocks SET state = 'paused', fires_at = NULL WHERE task_id = CAST(:id AS uuid)"
            db.execute(text(paused), {"id": id})
    held = draw.choice(db.execute(text("SELECT id FROM cases ORDER BY id")).scalars().all())
    db.execute(text("UPDATE cases SET hold = '{}' WHERE id = :id"), {"id": held})
    expected: dict[str, set[str]] = {name: set() for name in GROUPS}
    clocks = db.execute(text("SELECT task_id, state FROM clocks WHERE task_id IS NOT NULL")).all()
    tasks = db.execute(
        text("SELECT t.*, c.hold IS NOT NULL AS held FROM tasks t JOIN cases c ON c.id = t.log_id")
    ).all()
    for task in tasks:
        if task.state not in ("Ready", "Reserved", "InProgress"):
            continue
        mine = task.holder_id == world.people["officer"]
        if not mine and (task.holder_id or task.queue != "officer"):
            expected["waiting"].add(task.id)
            continue
        states = {clock.state for clock in clocks if clock.task_id == task.id}
        if "paused" in states or task.held and "running" not in states:
            expected["frozen"].add(task.id)
        elif task.due_at is None:
            expected["undated"].add(task.id)
        elif task.due_at < moment:
            expected["overdue"].add(task.id)
        elif task.due_at < ends.tomorrow:
            expected["today"].add(task.id)
        elif task.due_at < ends.monday:
            expected["week"].add(task.id)
        else:
            expected["later"].add(task.id)
    shown = tabs(db, world, "officer")
    assert {name: shown[name] for name in GROUPS} == expected
    due = [task.due_at for task in tasks if task.id in shown["open"] - shown["frozen"] and task.due_at]
    monday = ends.monday - timedelta(days=7)
    weeks = count_days(db, world.actor(db, "officer"))
    assert [day.count for day in weeks] == [
        sum(monday + timedelta(days=n) <= at < monday + timedelta(days=n + 1) for at in due) for n in range(28)
    ]
    assert [day.today for day in weeks].index(True) == (moment - monday).days


def test_every_row_is_shown_once_over_the_pages(world: World, db: Connection) -> None:
    for _ in range(3):
        world.fire(db, "officer", world.new_case(db), "take")
    actor = world.actor(db, "officer")
    # What has no date comes last, over several pages too.
    db.execute(text("UPDATE tasks SET due_at = NULL WHERE id IN (SELECT id FROM tasks ORDER BY id DESC LIMIT 4)"))
    seen, cursor = [], None
    while True:
        part = list_work(db, actor, cursor=cursor, limit=2)
        seen += [one.id for one in part.items]
        cursor = part.next
        if cursor is None:
            break
    assert len(seen) == len(set(seen)) == count_work(db, actor)["open"] == 6


def test_what_one_lets_wait_is_listed_apart(world: World, db: Connection, staged: tuple[str, str]) -> None:
    officer, kick_off = world.actor(db, "officer"), task_called(db, staged[0], "kick_off")
    suspend_task(
        db, officer, kick_off, until="2099-01-04", waits_for="need_owner", reason="Away.", request=new_request()
    )
    (resting,) = list_work(db, officer, tab="snoozed").items
    assert resting.wait
    assert (resting.id, resting.wait.until, resting.wait.reason) == (kick_off, "2099-01-04", "Away.")
    assert tabs(db, world, "officer")["snoozed"] == {kick_off}
    assert kick_off not in tabs(db, world, "officer")["open"]
    assert list_work(db, focused(officer, world.programmes["SH"]), tab="snoozed").items == []


def test_a_case_on_hold_says_for_whom_and_until_when(world: World, db: Connection, staged: tuple[str, str]) -> None:
    until = (today() + timedelta(days=30)).isoformat()
    waits = {"reason": "budget", "waits_for": "need_owner", "waits_until": "day", "resume_by": until}
    world.fire(db, "officer", staged[0], "hold", waits)
    officer = world.actor(db, "officer")
    assert [(one.number, one.waits_for, one.resume_by) for one in list_holds(db, officer)] == [
        (staged[0], "need_owner", until)
    ]
    mine = tabs(db, world, "officer")
    # What the hold itself asks for goes on.
    assert (mine["frozen"], len(mine["open"] - mine["frozen"])) == ({task_called(db, staged[0], "kick_off")}, 1)
    assert list_holds(db, focused(officer, world.programmes["SH"])) == []
    assert list_holds(db, world.actor(db, "other_officer")) == []


def test_a_tab_that_lists_no_tasks_is_refused(world: World, db: Connection) -> None:
    for tab in ("hold", "done", "nonsense"):
        with pytest.raises(InvalidForm):
            list_work(db, world.actor(db, "officer"), tab=tab)


def test_whose_cases_may_be_ones_own_is_a_matter_of_role(world: World, db: Connection) -> None:
    kinds = {who: kinds_of(world.actor(db, who)) for who in ("officer", "dispute_officer", "supervisor", "provider")}
    assert kinds == {
        "officer": (Role.OFFICER,),
        "dispute_officer": (Role.DISPUTE_OFFICER,),
        "supervisor": (),
        "provider": (),
    }
