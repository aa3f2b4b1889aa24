"""Who is to answer a finding, and by when: said by those who may, told to whoever it is, noted when the day has passed."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import Connection, Engine, text

from casework.engine.deadlines.calendars import Calendar
from casework.errors import CaseHasMoved, InvalidForm, NotAllowed, NotFound, WrongState
from casework.operations.audit import findings
from casework.operations.audit.finding_owners import any_fallen_due, assign_finding, list_choices, note_due
from casework.operations.core.perform import calendar_of
from casework.operations.verification.service import verify_log
from casework.records.database import transaction
from casework.records.event_log import now
from tests.operations.audit.test_findings import answered, raised
from tests.support.world import World, new_request


def in_days(world: World, db: Connection, days: int) -> date:
    return calendar(world, db).local_date(now(db)) + timedelta(days=days)


def calendar(world: World, db: Connection) -> Calendar:
    return calendar_of(db, world.programmes["BJ"])


def assigned(
    world: World,
    db: Connection,
    finding: str,
    to: str = "officer",
    by: str = "auditor",
    days: int = 14,
    revision: int | None = None,
) -> None:
    assign_finding(
        db,
        world.actor(db, by),
        finding,
        owner=world.people[to],
        due_on=in_days(world, db, days),
        request=new_request(),
        revision=revision,
    )


@pytest.fixture
def number(world: World, db: Connection) -> str:
    number = world.open_case(db)
    world.fire(db, "officer", number, "take")
    return number


def test_an_auditor_says_who_answers_and_by_the_close_of_which_day(world: World, db: Connection, number: str) -> None:
    finding = raised(world, db, number)
    assigned(world, db, finding)
    shown = findings.show_finding(db, world.actor(db, "officer"), finding)
    assert shown.owner is not None
    assert (shown.owner.name, shown.late, shown.state, shown.revision) == ("Officer", False, "open", 2)
    assert shown.due_at is not None
    assert shown.due_at > now(db).isoformat()[:10]
    assert [one.kind for one in shown.actions] == ["raised", "assigned"]
    assert shown.actions[1].owner == shown.owner


def test_where_nobody_works_on_the_day_it_is_the_next_working_day(world: World, db: Connection, number: str) -> None:
    finding, working = raised(world, db, number), calendar(world, db)
    idle = next(n for n in range(7, 60) if not working.is_working_day(in_days(world, db, n)))
    assigned(world, db, finding, days=idle)
    due = db.execute(text("SELECT due_at FROM findings")).scalar_one()
    assert working.local_date(due) == working.day_off_the_holiday(in_days(world, db, idle))


def test_auditors_and_supervisors_assign_and_nobody_else(world: World, db: Connection, number: str) -> None:
    finding = raised(world, db, number)
    assigned(world, db, finding, by="supervisor")
    for name in ("officer", "manager", "compliance"):
        with pytest.raises(NotAllowed):
            assigned(world, db, finding, by=name)
    for name in ("foreign_officer", "provider", "observer", "administrator"):
        with pytest.raises(NotFound):
            assigned(world, db, finding, by=name)


def test_a_supervisor_does_not_give_longer_than_an_auditor(world: World, db: Connection, number: str) -> None:
    finding = raised(world, db, number)
    assigned(world, db, finding, days=14)
    with pytest.raises(InvalidForm) as refusal:
        assigned(world, db, finding, by="supervisor", days=40)
    assert set(refusal.value.fields) == {"due_on"}
    assigned(world, db, finding, "supervisor", by="supervisor", days=7)
    assigned(world, db, finding, "supervisor", days=40)


def test_only_somebody_who_may_answer_is_asked_to(world: World, db: Connection, number: str) -> None:
    finding = raised(world, db, number)
    for name in ("auditor", "manager", "provider", "foreign_officer", "other_officer"):
        with pytest.raises(InvalidForm) as refusal:
            assigned(world, db, finding, name)
        assert set(refusal.value.fields) == {"owner"}
    with pytest.raises(InvalidForm):
        assign_finding(
            db, world.actor(db, "auditor"), finding, owner="x", due_on=in_days(world, db, 7), request=new_request()
        )


def test_those_offered_are_those_who_may_be_asked(world: World, db: Connection, number: str) -> None:
    finding = raised(world, db, number)
    offered = {one.id for one in list_choices(db, world.actor(db, "auditor"), finding)}
    for name, person in world.people.items():
        if person in offered:
            assigned(world, db, finding, name)
        else:
            with pytest.raises(InvalidForm):
                assigned(world, db, finding, name)
    assert world.people["officer"] in offered


@pytest.mark.parametrize("days", [-1, 400])
def test_the_day_lies_ahead_and_within_a_year(world: World, db: Connection, number: str, days: int) -> None:
    finding = raised(world, db, number)
    with pytest.raises(InvalidForm) as refusal:
        assigned(world, db, finding, days=days)
    assert set(refusal.value.fields) == {"due_on"}


def test_what_is_answered_or_has_moved_is_not_assigned(world: World, db: Connection, number: str) -> None:
    finding = raised(world, db, number)
    with pytest.raises(CaseHasMoved):
        assigned(world, db, finding, revision=7)
    answered(world, db, finding)
    with pytest.raises(WrongState):
        assigned(world, db, finding)


def test_one_sees_what_one_is_to_answer_until_it_is_answered(world: World, db: Connection, number: str) -> None:
    finding, officer = raised(world, db, number), world.actor(db, "officer")
    raised(world, db, number)
    assert findings.list_mine(db, officer, most=5) == []
    assigned(world, db, finding)
    assert [one.id for one in findings.list_mine(db, officer, most=5)] == [finding]
    assert findings.list_mine(db, world.actor(db, "supervisor"), most=5) == []
    assert findings.count_findings(db, officer)["mine"] == 1
    assert [one.id for one in findings.list_findings(db, officer, owner=officer.person).items] == [finding]
    answered(world, db, finding)
    assert findings.list_mine(db, officer, most=5) == []


def test_whoever_answers_there_no_more_sees_none_of_it(world: World, db: Connection, number: str) -> None:
    finding = raised(world, db, number)
    assigned(world, db, finding)
    db.execute(
        text("UPDATE memberships SET ends_at = casework_now() WHERE person_id = CAST(:id AS uuid)"),
        {"id": world.people["officer"]},
    )
    assert findings.list_mine(db, world.actor(db, "officer"), most=5) == []


def turn_back(engine: Engine, finding: str) -> None:
    """Has the finding be due since a while, in its log as well."""
    with engine.begin() as db:
        db.execute(text("ALTER TABLE events DISABLE TRIGGER ALL"))
        db.execute(
            text("UPDATE findings SET due_at = casework_now() - interval '1 hour' WHERE id = CAST(:id AS uuid)"),
            {"id": finding},
        )
        db.execute(
            text(
                "UPDATE events SET effects = jsonb_set(effects, '{due_at}', to_jsonb(to_char((casework_now() - interval '1 hour')"
                " AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"'))) WHERE log_id = CAST(:id AS uuid) AND kind = 'assigned'"
            ),
            {"id": finding},
        )
        db.execute(text("ALTER TABLE events ENABLE TRIGGER ALL"))


def test_the_worker_notes_once_that_the_day_has_passed(world: World, engine: Engine, superuser_engine: Engine) -> None:
    with transaction(engine) as db:
        number = world.open_case(db)
        world.fire(db, "officer", number, "take")
        finding = raised(world, db, number)
        assigned(world, db, finding)
        assert not any_fallen_due(db)
    turn_back(superuser_engine, finding)
    with transaction(engine) as db:
        assert any_fallen_due(db)
        assert [one.id for one in findings.list_findings(db, world.actor(db, "auditor"), late=True).items] == [finding]
        assert findings.count_findings(db, world.actor(db, "auditor"))["late"] == 1
    assert (note_due(engine), note_due(engine)) == (1, 0)
    with transaction(engine) as db:
        assert not any_fallen_due(db)
        shown = findings.show_finding(db, world.actor(db, "officer"), finding)
        assert (shown.late, shown.actions[-1].kind) == (True, "fell_due")
        assigned(world, db, finding, days=7)
        assert findings.list_findings(db, world.actor(db, "auditor"), late=True).items == []


def test_its_log_is_verified(world: World, engine: Engine) -> None:
    with transaction(engine) as db:
        number = world.open_case(db)
        world.fire(db, "officer", number, "take")
        finding = raised(world, db, number)
        assigned(world, db, finding)
        assigned(world, db, finding, "supervisor", by="supervisor", days=7)
        answered(world, db, finding, "supervisor")
    assert verify_log(engine, finding).findings == ()
