"""Who is to answer a finding, and by when: said by an auditor or a supervisor; the worker notes when the day has passed."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Engine, text

from casework import reasons
from casework.engine.deadlines.calendars import Calendar
from casework.engine.roles import Role
from casework.engine.state.events import SYSTEM_ACTOR
from casework.engine.state.register_effects import RegisterEffects
from casework.errors import InvalidForm
from casework.json_values import is_id
from casework.ledger.canonical_json import instant
from casework.operations.audit.finding_rights import refusal_to_answer, refusal_to_assign
from casework.operations.audit.finding_rows import ASSIGNED, FELL_DUE, OPEN, fold_again
from casework.operations.audit.findings import find_seen, lock_seen
from casework.operations.core.idempotency import Done, Request, ask, finish
from casework.operations.core.perform import calendar_of
from casework.operations.core.reader_names import called
from casework.operations.core.register_log import append
from casework.operations.core.views import Named
from casework.operations.people.role_notices import announce
from casework.permissions.actors import Actor
from casework.permissions.work import in_the_programme
from casework.reasons import Reason
from casework.records.access_sql import in_time
from casework.records.actors import find_actor
from casework.records.database import transaction
from casework.records.event_log import lock_log, now

#: Who answers findings: the case's own people, and those who look after it.
ANSWERERS = (Role.OFFICER, Role.SUPERVISOR, Role.COMPLIANCE)
#: Nobody is given longer.
LONGEST = timedelta(days=366)
#: Findings that are noted in one transaction.
_AT_ONCE = 20

#: Who may be asked to answer a finding: in such a role in its programme now, without an interest in its case, and not who raised it.
_CHOICES = text(f"""
    SELECT DISTINCT p.id::text AS id, {called("p")} AS name FROM memberships m
    JOIN people p ON p.id = m.person_id AND p.active AND NOT p.service
    WHERE m.programme_id = CAST(:programme AS uuid) AND m.role = ANY(CAST(:roles AS text[])) AND {in_time("m")}
    AND p.id <> CAST(:raiser AS uuid) AND NOT CAST(p.id AS text) = ANY(:interests)
    AND (m.role <> 'officer' OR CAST(:owner AS uuid) IS NULL OR p.id = CAST(:owner AS uuid) OR p.id = ANY(CAST(:team AS uuid[])))
    ORDER BY name, id
""")
#: Whose case it is.
_CASE = text("SELECT owner_id, team, interests FROM cases WHERE id = CAST(:id AS uuid)")


def list_choices(db: Connection, actor: Actor, finding: str) -> list[Named]:
    """Who may be asked to answer a finding. Raises NotFound."""
    row = find_seen(db, actor, finding)
    case = db.execute(_CASE, {"id": row.case_id}).one()
    given = {
        "programme": row.programme_id,
        "roles": list(ANSWERERS),
        "raiser": row.raised_by,
        "interests": list(case.interests),
        "owner": case.owner_id,
        "team": list(case.team),
    }
    return [Named(id=one.id, name=one.name) for one in db.execute(_CHOICES, given)]


def assign_finding(
    db: Connection,
    actor: Actor,
    finding: str,
    *,
    owner: str,
    due_on: date | None,
    request: Request,
    revision: int | None = None,
) -> Done:
    """Say who is to answer a finding by the end of which day; again, where that has changed.

    The day is the programme's: where nobody works on it, it is the next on which somebody does. A supervisor does not give longer than was
    given.
    """
    row = find_seen(db, actor, finding)
    if refused := refusal_to_assign(db, actor, row):
        raise refused
    calendar = calendar_of(db, row.programme_id)
    insist_owner(db, row, owner)
    due_at = closing(calendar, due_on, now(db))
    if (earlier := ask(db, actor, request)) is not None:
        return earlier
    log, row = lock_seen(db, actor, finding, ASSIGNED, wanted=OPEN, refusal=refusal_to_assign, revision=revision)
    judges = actor.in_programme(row.programme_id, (Role.AUDITOR,))
    if not judges and row.due_at is not None and due_at > row.due_at:
        raise InvalidForm(fields={"due_on": reasons.audit.NOT_LONGER})
    if (str(row.owner_id), row.due_at) == (owner, due_at):
        raise InvalidForm(fields={"owner": reasons.fields.UNCHANGED})
    effects: RegisterEffects = {
        "owner": owner,
        "due_on": calendar.local_date(due_at).isoformat(),
        "due_at": instant(due_at),
    }
    by = None if judges else in_the_programme(actor, row.programme_id, (Role.SUPERVISOR,))
    role, acting_for = (by.role, by.acting_for) if by else (Role.AUDITOR, None)
    event = log.next_event(ASSIGNED, actor.person, role=role, acting_for=acting_for, effects=effects)
    append(db, log, [event], request.key_hash)
    columns = fold_again(db, finding)
    announce(db, finding, event.seq)
    return finish(db, actor, request, Done({"id": finding, "state": columns["state"], "revision": columns["revision"]}))


def insist_owner(db: Connection, row: Any, owner: str) -> None:
    """Raises InvalidForm unless this person may answer the finding."""
    why: Reason | None = reasons.audit.NOT_AN_ANSWERER
    person = find_actor(db, owner) if is_id(owner) else None
    if person is not None and not person.service:
        why = reasons.audit.NOT_AN_ANSWERER if refusal_to_answer(db, person, row) else None
    if why is not None:
        raise InvalidForm(fields={"owner": why})


def closing(calendar: Calendar, day: date | None, moment: datetime) -> datetime:
    """When a day ends on which somebody works; the next such day's end where nobody does. Raises InvalidForm."""
    if day is None:
        raise InvalidForm(fields={"due_on": reasons.fields.REQUIRED})
    today = calendar.local_date(moment)
    if not today <= day <= today + LONGEST:
        raise InvalidForm(fields={"due_on": reasons.audit.NO_DAY})
    before = datetime.combine(day - timedelta(days=1), time(12), ZoneInfo(calendar.zone))
    at = calendar.due(before, 1, "wd")
    # Of today business may be over.
    return at if at > moment else calendar.due(moment, 1, "wd")


# --- by itself -------------------------------------------------------------------------------------------------------

#: What is not answered, and its day has passed without being noted.
_DUE = f"f.state = '{OPEN}' AND f.fell_due_at IS NULL AND f.due_at <= casework_now()"
#: Whether there is any.
_ANY = text(f"SELECT EXISTS (SELECT FROM findings f WHERE {_DUE})")
#: Some of them, the longest due first.
_TAKE = text(f"SELECT f.id::text FROM findings f WHERE {_DUE} ORDER BY f.due_at, f.id LIMIT :most")
#: Whether one of them still is, now that its log is locked.
_STILL = text(f"SELECT EXISTS (SELECT FROM findings f WHERE f.id = CAST(:id AS uuid) AND {_DUE})")


def any_fallen_due(db: Connection) -> bool:
    """Whether the day of a finding has passed, and nobody was told."""
    waiting: bool = db.execute(_ANY).scalar_one()
    return waiting


def note_due(engine: Engine) -> int:
    """Note of each finding whose day has passed that it fell due, and have its owner told; gives of how many."""
    noted = 0
    while True:
        with transaction(engine) as db:
            due = db.execute(_TAKE, {"most": _AT_ONCE}).scalars().all()
        for finding in due:
            with transaction(engine) as db:
                log = lock_log(db, finding)
                if not db.execute(_STILL, {"id": finding}).scalar_one():
                    continue
                event = log.next_event(FELL_DUE, SYSTEM_ACTOR, role=Role.SYSTEM)
                append(db, log, [event])
                fold_again(db, finding)
                announce(db, finding, event.seq)
            noted += 1
        if len(due) < _AT_ONCE:
            return noted


__all__ = ["ANSWERERS", "any_fallen_due", "assign_finding", "closing", "insist_owner", "list_choices", "note_due"]
