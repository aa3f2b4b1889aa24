"""What an auditor asks first: waivers, decisions of two persons, late recordings, extensions, reopenings, stops; a sample.

Reads only. What counts as a waiver, an extension or a stop each definition says of its transitions and tasks.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import Connection, text

from casework import reasons
from casework.definitions import load_audited, load_library
from casework.engine.definition.grammar import EXTENSION, STOP, WAIVER
from casework.engine.roles import Role
from casework.errors import InvalidForm, NotFound
from casework.ledger.canonical_json import instant
from casework.operations.audit.views import AuditEvent, Sample, SampledCase
from casework.operations.core.event_views import data_of, form_of_task, task_key
from casework.operations.core.paging import Page, cursor_count, cursor_id, cursor_time, from_cursor, insist_limit, page
from casework.operations.core.perform import calendar_of
from casework.operations.core.presenters import names_of
from casework.operations.core.reader_names import called, titled
from casework.operations.core.views import Named
from casework.operations.history.timeline import LATE_AFTER
from casework.permissions.actors import Actor
from casework.records.event_log import now
from casework.records.tables.history import EXCEPTIONAL

#: Each question; what is asked for must also be EXCEPTIONAL, which an index holds.
QUESTIONS = ("waivers", "four_eyes", "late", "extensions", "reopenings", "stops")
MOST_COUNTED = 1000
#: To each event `e` its case and its programme.
_HOME = "JOIN cases c ON c.id = e.log_id JOIN programmes p ON p.id = c.programme_id"


def _said(question: str, kinds: str) -> str:
    """Transitions of some kinds of event, and side tasks that were finished, of which a definition says so."""
    return (
        f"e.kind IN ({kinds}) AND e.effects->>'transition' = ANY(CAST(:{question}_transitions AS text[]))"
        f" OR e.kind = 'completed' AND e.effects @> ANY(CAST(CAST(:{question}_tasks AS text[]) AS jsonb[]))"
    )


#: Each question as a condition on an event.
_CONDITIONS = {
    "waivers": _said("waivers", "'fired'"),
    "four_eyes": "e.kind IN ('proposed', 'refused') OR e.effects ? 'proposed'",
    "late": (
        "e.effects ? 'happened_on' AND CAST(e.effects->>'happened_on' AS date) "
        "< CAST(e.at AT TIME ZONE (p.calendar->>'zone') AS date) - :late"
    ),
    "extensions": _said("extensions", "'fired'"),
    "reopenings": "e.effects ? 'reopened'",
    # A stop that is not confirmed yet stands still already.
    "stops": _said("stops", "'fired', 'proposed', 'refused'"),
}
_AUDITED = {"waivers": WAIVER, "extensions": EXTENSION, "stops": STOP}


@cache
def _values() -> Mapping[str, object]:
    """What conditions ask for by name: transitions, and side tasks with what was answered."""
    values: dict[str, object] = {"late": LATE_AFTER + 2}
    for question, audited in _AUDITED.items():
        rules = [rule for rule in load_audited() if rule.question == audited]
        values[f"{question}_transitions"] = [rule.name for rule in rules if rule.what == "transition"]
        values[f"{question}_tasks"] = [
            json.dumps(
                {"name": rule.name} | ({"task_states": [{"result": {rule.field: rule.value}}]} if rule.field else {})
            )
            for rule in rules
            if rule.what != "transition"
        ]
    return values


def _programmes(actor: Actor) -> list[str]:
    """Where the actor audits. Raises NotFound for whoever does not."""
    programmes = sorted({m.programme for m in actor.memberships if m.programme and m.role == Role.AUDITOR})
    if not programmes:
        raise NotFound("page")
    return programmes


def count_questions(db: Connection, actor: Actor) -> dict[str, int]:
    """How many events there are to each question; nobody needs to count beyond a thousand."""
    given = {**_values(), "programmes": _programmes(actor), "most": MOST_COUNTED}
    parts = ", ".join(
        f"(SELECT count(*) FROM (SELECT FROM events e {_HOME} WHERE {_where(name)} LIMIT :most) x) AS {name}"
        for name in QUESTIONS
    )
    return dict(db.execute(text(f"SELECT {parts}"), given).one()._mapping)


def _where(name: str) -> str:
    return f"({EXCEPTIONAL}) AND ({_CONDITIONS[name]}) AND c.programme_id = ANY(CAST(:programmes AS uuid[]))"


def list_answers(
    db: Connection, actor: Actor, question: str, *, cursor: str | None = None, limit: int | None = None
) -> Page[AuditEvent]:
    """The events that answer a question, the newest first. Raises NotFound."""
    most = insist_limit(limit)
    if question not in QUESTIONS:
        raise NotFound("question")
    given: dict[str, Any] = {**_values(), "programmes": _programmes(actor), "most": most + 1}
    more = ""
    if keys := from_cursor(cursor, 3):
        more = " AND (e.at, e.log_id, e.seq) < (:at, CAST(:log AS uuid), :seq)"
        given |= {"at": cursor_time(keys[0]), "log": cursor_id(keys[1]), "seq": cursor_count(keys[2])}
    rows = db.execute(
        text(
            "SELECT e.log_id, e.seq, e.at, e.kind, e.track_id, e.actor_id, e.header, e.effects, c.number,"
            f" {titled('c')} AS title,"
            f" c.programme_id, t.kind AS track_kind, to_jsonb(k) AS task FROM events e {_HOME}"
            " LEFT JOIN tracks t ON t.id = e.track_id LEFT JOIN tasks k ON k.id = CAST(e.effects->>'task' AS uuid)"
            f" WHERE {_where(question)}{more}"
            " ORDER BY e.at DESC, e.log_id DESC, e.seq DESC LIMIT :most"
        ),
        given,
    ).all()
    shown, following = page(rows, most, lambda row: (row.at, str(row.log_id), row.seq))
    names = names_of(db, {row.actor_id for row in shown})
    return Page(items=[_shown(db, row, names) for row in shown], next=following)


def _shown(db: Connection, row: Any, names: Mapping[str, str]) -> AuditEvent:
    happened = row.effects.get("happened_on")
    late = 0
    if happened:
        calendar = calendar_of(db, row.programme_id)
        day, recorded = date.fromisoformat(happened), calendar.local_date(row.at)
        days = (day + timedelta(days=n) for n in range(1, min((recorded - day).days, 400) + 1))
        late = sum(calendar.is_working_day(day) for day in days)
    task = task_key(row.task)
    return AuditEvent(
        number=row.number,
        title=row.title,
        seq=row.seq,
        at=instant(row.at),
        kind=row.kind,
        transition=row.effects.get("transition"),
        name=row.effects.get("name"),
        task=task,
        form=form_of_task(load_library(), task),
        data=data_of(row.effects),
        what=row.effects.get("what"),
        agreed="proposed" in row.effects,
        edition=row.header["edition"],
        role=row.header["role"],
        actor=Named(
            id=row.actor_id,
            name=names.get(row.actor_id),
        ),
        by_system=row.actor_id == "system",
        track_kind=row.track_kind,
        happened_on=happened,
        late=late if late > LATE_AFTER else 0,
    )


#: Cases opened by a moment in some programmes, in the order that a seed gives them, and how many there are.
_DRAWN = f"""
    SELECT c.number, {titled("c")} AS title, c.state, c.opened_at, c.closed_at, {called("p")} AS owner, count(*) OVER () AS population
    FROM cases c LEFT JOIN people p ON p.id = c.owner_id
    WHERE c.programme_id = ANY(CAST(:programmes AS uuid[])) AND c.opened_at <= :as_of
    ORDER BY sha256(convert_to(CAST(:seed AS text) || c.number, 'UTF8')), c.number LIMIT :size
"""


def draw_sample(
    db: Connection,
    actor: Actor,
    *,
    seed: str,
    size: int,
    as_of: datetime | None = None,
    programme: str | None = None,
) -> Sample:
    """Cases drawn at random by a seed from those that had been opened by a moment, or by now: who draws again with the same seed and
    moment gets the same ones, whatever was opened since. Of one programme, or of all that the actor audits."""
    programmes = [one for one in _programmes(actor) if programme in (None, one)]
    if not 1 <= size <= 50:
        raise InvalidForm(fields={"size": reasons.fields.BETWEEN(least=1, most=50)})
    moment = now(db) if as_of is None else min(as_of, now(db))
    rows = db.execute(text(_DRAWN), {"programmes": programmes, "seed": seed[:100], "size": size, "as_of": moment}).all()
    cases = [
        SampledCase(
            number=row.number,
            title=row.title,
            state=row.state,
            owner=row.owner,
            opened_at=instant(row.opened_at),
            closed_at=instant(row.closed_at) if row.closed_at else None,
        )
        for row in rows
    ]
    return Sample(items=cases, population=rows[0].population if rows else 0, as_of=instant(moment))
