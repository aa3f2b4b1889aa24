"""From the outbox to notifications: who an event's notices are for, and when each of them goes by mail."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Engine, text

from casework.definitions import load_library
from casework.engine.analysis.notification_rules import Notice, first_of, notices
from casework.engine.deadlines.calendars import Calendar
from casework.engine.definition.editions import TransitionRule
from casework.engine.roles import QUEUE_ROLES
from casework.engine.state.case import Case
from casework.engine.state.events import COMPLETED, FIRED, Event
from casework.operations.auth.account_mail import tell_owner
from casework.operations.core.event_views import data_of, done_key, form_of_task
from casework.operations.core.notification_preferences import DIGEST, NONE, choice_of
from casework.operations.core.perform import calendar_of, new_id
from casework.operations.core.references import IN_FORCE, KEPT, opened_at_of
from casework.operations.core.views import TaskKey, row_as
from casework.operations.integrations.webhooks import queue_message
from casework.operations.notifications.finding_notices import tell_of_finding
from casework.operations.notifications.follows import shares_of_followers
from casework.operations.notifications.mail_queue import next_digest, next_working, queue_mail
from casework.operations.people.absences import substitutes_of
from casework.operations.people.role_notices import tell_readers
from casework.records.case_loader import load
from casework.records.database import transaction
from casework.records.event_log import event_of, register_event_of

#: Events whose notices are written in one transaction.
BATCH = 20


def any_untold(db: Connection) -> bool:
    """Whether the outbox holds anything."""
    waiting: bool = db.execute(text("SELECT EXISTS (SELECT FROM outbox)")).scalar_one()
    return waiting


def tell_due(engine: Engine, *, mailing: bool) -> int:
    """Write the notices of every event in the outbox; gives how many events. Several may do it at once.

    `mailing`: mails are queued for them too, as each person wants it.
    """
    count = 0
    while True:
        with transaction(engine) as db:
            batch = _tell_batch(db, mailing)
        count += batch
        if batch < BATCH:
            return count


#: Takes the next events out of those that nobody was told of yet.
#: Of a log all or nothing, in order: what another transaction holds is left to it.
_TAKE = text("""
    WITH taken AS (SELECT log_id, seq FROM outbox ORDER BY log_id, seq LIMIT :most FOR UPDATE SKIP LOCKED),
    gone AS (DELETE FROM outbox o USING taken t WHERE o.log_id = t.log_id AND o.seq = t.seq)
    SELECT e.log_id, e.header, e.effects, l.kind, casework_now() AS now FROM taken t
    JOIN events e ON e.log_id = t.log_id AND e.seq = t.seq JOIN logs l ON l.id = t.log_id ORDER BY e.log_id, e.seq
""")


def _tell_batch(db: Connection, mailing: bool) -> int:
    rows = db.execute(_TAKE, {"most": BATCH}).all()
    cases: dict[str, Case] = {}
    for row in rows:
        if row.kind == "person":
            tell_owner(db, register_event_of(row.header, row.effects, {}), row.now, mailing=mailing)
            continue
        if row.kind == "programme":
            tell_readers(db, register_event_of(row.header, row.effects, {}), row.now, mailing=mailing)
            continue
        if row.kind == "finding":
            tell_of_finding(db, register_event_of(row.header, row.effects, {}), row.now, mailing=mailing)
            continue
        if row.log_id not in cases:
            cases[row.log_id] = load(db, row.log_id, row.kind)
        case, event = cases[row.log_id], event_of(row.header, row.effects, {})
        queue_message(db, case, event, row.now)
        owed = notices(event, case, _rule(event), _answered(case, event))
        if owed:
            shares = shares_of(db, case, owed, {event.actor, event.acting_for}, event.track)
            calendar = calendar_of(db, case.programme) if mailing and shares else None
            for reader, share in shares:
                _write(db, case, event.seq, event.at, reader=reader, share=share, calendar=calendar, now=row.now)
    return len(rows)


def _rule(event: Event) -> TransitionRule | None:
    """By which rule a transition fired: an edition says who hears of it."""
    if event.kind != FIRED or event.edition is None:
        return None
    # Where this program does not know the edition, everybody else is told all the same.
    edition = load_library().editions.get(event.edition)
    match = edition.find(event.effects["transition"], event.frm) if edition else None
    return match[0] if match else None


def _answered(case: Case, event: Event) -> tuple[str, str] | None:
    """The text that says how a task was answered, in the words of the history."""
    task = case.tasks.get(event.effects.get("task") or "") if event.kind == COMPLETED else None
    if task is None:
        return None
    key, library = row_as(TaskKey, task), load_library()
    return done_key(library.editions, key, form_of_task(library, key), data_of(event.effects))


# --- for whom --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Reader:
    """A person who is told something, and how that person wants it."""

    id: str
    zone: str
    choices: Mapping[str, str]
    quiet: bool
    #: Whoever is away is told for later; the mail goes to the substitute.
    away: bool = False


#: Who works some queues by a role that holds now.
_MEMBERS = text(f"""
    SELECT q.queue, q.scope, m.person_id FROM jsonb_to_recordset(CAST(:queues AS jsonb)) AS q(queue text, scope uuid, roles jsonb)
    JOIN memberships m ON m.role IN (SELECT jsonb_array_elements_text(q.roles)) AND q.scope IN (m.programme_id, m.organisation_id)
    WHERE {IN_FORCE} AND NOT {KEPT}
""")
#: How some people want to be told.
_READERS = text("""
    SELECT p.id, p.zone, coalesce(n.choices, '{}') AS choices, coalesce(n.quiet, false) AS quiet
    FROM people p LEFT JOIN notification_preferences n ON n.person_id = p.id
    WHERE p.id = ANY(CAST(:ids AS uuid[])) AND p.active AND NOT p.service ORDER BY p.id
""")


def shares_of(
    db: Connection, case: Case, owed: Iterable[Notice], without: set[str | None], track: str | None
) -> list[tuple[Reader, list[Notice]]]:
    """What each person is told of an event, and who follows the case. Whoever did it, or may not see it, is told nothing."""
    owed = list(owed)
    members = _members(db, case, owed)
    away = _away(db, case)
    shares: dict[str, list[Notice]] = defaultdict(list)
    for notice in owed:
        people = set(notice.people)
        for queue, organisation in notice.queues:
            of_queue = members.get((queue, organisation or case.programme), set())
            # Of a sealed mediation nobody of the programme is told but those named for it.
            people |= of_queue if organisation or case.kind != "mediation" else of_queue & _named(case)
        people |= {away[person] for person in people if person in away}
        shut_out = case.interests | _barred(case, notice.track or track)
        for person in people - without - shut_out:
            shares[person].append(notice)
    for person, notice in shares_of_followers(db, case, owed, {*without, *shares}).items():
        if person not in _barred(case, notice.track or track):
            shares[person].append(notice)
    rows = db.execute(_READERS, {"ids": sorted(shares)})
    return [
        (Reader(row.id, row.zone, row.choices, row.quiet, row.id in away), first_of(shares[row.id])) for row in rows
    ]


def _away(db: Connection, case: Case) -> dict[str, str]:
    """By person who is away now, who stands in. A sealed mediation knows no substitutes."""
    if case.kind == "mediation":
        return {}
    named = {track.provider for track in case.tracks.values() if track.provider}
    return substitutes_of(db, {case.programme, *named})


def _named(case: Case) -> set[str]:
    return {person for person in (case.owner, *case.team) if person}


def _barred(case: Case, track: str | None) -> frozenset[str]:
    concerned = case.tracks.get(track or "")
    above = case.referral_of(concerned) if concerned else None
    return above.barred if above else frozenset()


def _members(db: Connection, case: Case, owed: Iterable[Notice]) -> dict[tuple[str, str], set[str]]:
    wanted = {(queue, organisation or case.programme) for notice in owed for queue, organisation in notice.queues}
    if not wanted:
        return {}
    queues = [
        {"queue": queue, "scope": scope, "roles": sorted(QUEUE_ROLES.get(queue, {queue}))}
        for queue, scope in sorted(wanted)
    ]
    people: dict[tuple[str, str], set[str]] = defaultdict(set)
    for row in db.execute(_MEMBERS, {"queues": json.dumps(queues), "opened_at": opened_at_of(case)}):
        people[row.queue, row.scope].add(row.person_id)
    return people


# --- written ---------------------------------------------------------------------------------------------------------

#: Tells a person of something, once for each event.
_NOTIFY = text("""
    INSERT INTO notifications (id, person_id, log_id, seq, kind, about, at, edition, words, track_id, task_id, due_at, mail_id)
    VALUES (:id, :person, :log, :seq, :kind, :about, :at, :edition, :words, :track, :task, :due, :mail)
    ON CONFLICT DO NOTHING
""")


def _write(
    db: Connection,
    case: Case,
    seq: int,
    at: datetime,
    *,
    reader: Reader,
    share: list[Notice],
    calendar: Calendar | None,
    now: datetime,
) -> None:
    for notice in share:
        mail = (
            None
            if calendar is None or reader.away
            else _mail(db, case, seq, reader, notice, calendar=calendar, now=now)
        )
        db.execute(
            _NOTIFY,
            {
                "id": new_id(),
                "person": reader.id,
                "log": case.log,
                "seq": seq,
                "kind": notice.kind,
                "about": notice.about,
                "at": at,
                "edition": notice.edition,
                "words": notice.words,
                "track": notice.track,
                "task": notice.task,
                "due": notice.due,
                "mail": mail,
            },
        )


def _mail(
    db: Connection, case: Case, seq: int, reader: Reader, notice: Notice, *, calendar: Calendar, now: datetime
) -> str | None:
    how, sealed = choice_of(notice.kind, reader.choices), case.kind == "mediation"
    if how == NONE:
        return None
    if how == DIGEST:
        send_at = next_digest(now, reader.zone, calendar)
        # What is sealed has a digest of its own: of the other one the administrator's log tells.
        key, kind = f"digest {reader.id} {send_at.isoformat()}{' sealed' if sealed else ''}", DIGEST
    else:
        send_at = next_working(now, calendar) if reader.quiet else now
        key, kind = f"{reader.id} {case.log} {seq} {notice.kind} {notice.about}", notice.kind
    return queue_mail(db, reader.id, key, kind, at=now, send_at=send_at, sealed=sealed)
