"""Write the rows of a case: the difference between what it was before an event and what it is after."""

from __future__ import annotations

from collections.abc import Callable, Collection, Container, Mapping
from typing import Any, TypeAlias

from sqlalchemy import Connection

from casework.engine.execution.context import Library
from casework.engine.state.case import Case, Clock, Fired, Opening, Proposal, Task, Track
from casework.engine.state.case_documents import Consent, Document, File, Grant
from casework.engine.state.party_links import PartyLink
from casework.engine.tasks.queue_order import turn
from casework.ledger.canonical_json import instant
from casework.records.case_loader import HOME, array_of
from casework.records.database import run_later, sealing_of
from casework.records.event_log import Log
from casework.records.field_encryption import insist_unsealed
from casework.records.impact_rows import impact_row, statement_row
from casework.records.list_rows import dates_row, may_be_dated_otherwise, moved, place_row
from casework.records.write_statements import Written, columns_of, json_of, time_of, write_statement

#: A row of a table, by column; who writes it down knows the type of each.
Row: TypeAlias = dict[str, Any]


def _home_row(case: Case) -> Row:
    row = {
        "id": case.log,
        "programme_id": case.programme,
        "title": case.title if isinstance(case.title, str) else None,
        "parties": dict(case.parties),
        "rights": list(case.rights),
        "owner_id": case.owner,
        "team": list(case.team),
        "revision": case.revision,
        "interests": sorted(case.interests),
        "hold": case.hold,
        "frozen": case.frozen,
        "outcome": case.outcome,
        "reasons": list(case.reasons),
        "opened_at": time_of(case.opened_at),
        "closed_at": time_of(case.closed_at),
    }
    if case.kind == "mediation":
        return row | {"case_id": case.about}
    return row | {
        "number": case.number,
        "match_id": case.match,
        "need_id": case.need,
        "technology_id": case.technology,
        "phase_id": case.phase,
        "follows_from_id": case.follows_from,
        "state": case.main.states[0],
        "removed_at": time_of(case.removed_at),
        "archived_as": case.archived_as,
        "joins": [join.written() for join in case.joins.values()],
        "related": [link.written() for link in case.related.values()],
    }


#: Columns that follow from others, for lists and walls: no part of what happened. Where a row lies in an inbox also depends on
#: editions, which are not known everywhere.
FOLLOWING = frozenset({"inbox", "inbox_at", "sealed", "shown_to", "shut_out", "common"})


def _walls(case: Case, track: Track | None) -> Row:
    """What row security asks of what is on a track; `casework_wall` says the same of all rows of a log where it changes."""
    above = case.referral_of(track) if track is not None else None
    shown_to = above.provider if above is not None and above.is_referral and above.sent else None
    return {
        "programme_id": case.programme,
        "sealed": case.kind == "mediation",
        "shown_to": shown_to,
        "shut_out": None if above is None or shown_to is None else sorted(above.barred | case.interests),
    }


def _track_row(case: Case, track: Track, position: int) -> Row:
    return {
        "id": track.id,
        "log_id": case.log,
        **_walls(case, track),
        "workflow": track.workflow,
        "edition": track.edition,
        "kind": track.kind,
        "parent_id": track.parent,
        "provider_id": track.provider,
        "states": list(track.states),
        "entered_at": time_of(track.entered_at),
        "opened_at": time_of(track.opened_at),
        "position": position,
        "revision": track.revision,
        "ended_at": time_of(track.ended_at),
        "outcome": track.outcome,
        "replaced": track.replaced,
        "came_from": {state: list(before) for state, before in track.came_from.items()},
        "fired": {name: _fired_row(action) for name, action in track.fired.items()},
        "given": dict(track.given),
        "barred": sorted(track.barred),
        "named": track.named,
        "received": dict(track.received),
        "objections": dict(track.objections),
        "part": track.part,
        "played": dict(track.played),
    }


def _fired_row(action: Fired) -> Row:
    return {
        "count": action.count,
        "at": instant(action.at),
        "actor": action.actor,
        "acting_for": action.acting_for,
        "data": dict(action.data),
    }


def _dict(values: Mapping[str, Any] | None) -> dict[str, Any] | None:
    return None if values is None else dict(values)


def _task_row(case: Case, task: Task, position: int) -> Row:
    track = case.tracks.get(task.track)
    return {
        "id": task.id,
        "log_id": case.log,
        **_walls(case, track),
        "common": track is not None and not track.is_referral and track.parent is None,
        "track_id": task.track,
        "name": task.name,
        "edition": task.edition,
        "rule": task.rule,
        "type": task.type,
        "queue": task.queue,
        "organisation_id": task.organisation,
        "state": task.state,
        "opened_at": time_of(task.opened_at),
        "due_at": time_of(task.due_at),
        "holder_id": task.holder,
        "about": task.about,
        "of": task.of,
        "closed_at": time_of(task.closed_at),
        "closed_by": task.closed_by,
        "acted_for": task.acted_for,
        "result": dict(task.result),
        "flagged": task.flagged,
        "aftercare": task.aftercare,
        "awaits": task.awaits,
        "before": task.before,
        "initiator": task.initiator,
        "priority": task.priority,
        "handed": _dict(task.handed),
        "wait": _dict(task.wait),
        "items": {id: dict(item) for id, item in task.items.items()},
        "turn_at": time_of(turn(task.opened_at, task.due_at, task.priority)),
        # Order of opening; the id settles it among those of one event.
        "position": position,
    }


def _clock_row(case: Case, clock: Clock, position: int) -> Row:
    return {
        "id": clock.id,
        "log_id": case.log,
        "track_id": clock.track,
        "task_id": clock.task,
        "consent_id": clock.consent,
        "grant_id": clock.grant,
        "unit": clock.unit,
        "of": clock.of,
        "steps": [[instant(step.moment), step.what, dict(step.rule)] for step in clock.steps],
        "start": time_of(clock.start),
        "calendar": clock.calendar,
        "next": clock.next,
        "state": clock.state,
        "left": list(clock.left),
        "fires_at": time_of(clock.fires_at),
    }


def _proposal_row(case: Case, proposal: Proposal, position: int) -> Row:
    return {
        "id": proposal.id,
        "log_id": case.log,
        "track_id": proposal.track,
        "transition": proposal.transition,
        "actor_id": proposal.actor,
        "acting_for": proposal.acting_for,
        "seq": proposal.seq,
        "data": dict(proposal.data),
        "task_id": proposal.task,
    }


def _consent_row(case: Case, consent: Consent, position: int) -> Row:
    return {
        "id": consent.id,
        "log_id": case.log,
        "party": consent.party,
        "providers": None if consent.providers is None else list(consent.providers),
        "documents": None if consent.documents is None else list(consent.documents),
        "given_on": consent.given_on,
        "expires_on": consent.expires_on,
        "ended_at": time_of(consent.ended_at),
        "how": consent.how,
        "sheet": consent.sheet,
        "abroad": consent.abroad,
        "not_to": list(consent.not_to) or None,
    }


def _document_row(case: Case, document: Document, position: int) -> Row:
    return {
        "id": document.id,
        "log_id": case.log,
        "party": document.party,
        "kind": document.kind,
        "registered_at": time_of(document.registered_at),
        "valid_until": document.valid_until,
        "track_id": document.track,
        "withdrawn_at": time_of(document.withdrawn_at),
        "own": document.own,
        "letter": document.letter,
        "numbered": document.numbered,
        "dispatched_how": document.dispatched_how,
        "dispatched_on": document.dispatched_on,
    }


def _file_row(case: Case, file: File, position: int) -> Row:
    return {
        "id": file.id,
        "log_id": case.log,
        "document_id": file.document,
        "version": file.version,
        "type": file.type,
        "size": file.size,
        "filed_at": time_of(file.filed_at),
        "filed_by": file.filed_by,
        "name": _word_or_none(file.name),
        "digest": _word_or_none(file.digest),
    }


def _word_or_none(value: Any) -> str | None:
    """A word; nothing of what was erased."""
    return value if isinstance(value, str) else None


def _grant_row(case: Case, grant: Grant, position: int) -> Row:
    return {
        "id": grant.id,
        "log_id": case.log,
        "track_id": grant.track,
        "document_id": grant.document,
        "consents": list(grant.consents),
        "given_at": time_of(grant.given_at),
        "ended_at": time_of(grant.ended_at),
        "returned_at": time_of(grant.returned_at),
        "until": grant.until,
    }


def _opening_row(case: Case, opening: Opening, position: int) -> Row:
    return {
        "id": opening.id,
        "log_id": case.log,
        "kind": opening.kind,
        "state": opening.state,
        "reader_id": opening.reader,
        "asker_id": opening.asker,
        "decider_id": opening.decider,
        "asked_at": time_of(opening.asked_at),
        "days": opening.days,
        "until": time_of(opening.until),
        "decided_at": time_of(opening.decided_at),
        "ended_at": time_of(opening.ended_at),
        "told_on": opening.told_on,
    }


def _party_link_row(case: Case, link: PartyLink, position: int) -> Row:
    return {
        "id": link.id,
        "log_id": case.log,
        "task_id": link.task,
        "party": link.party,
        "organisation_id": link.organisation,
        "given_by": link.given_by,
        "given_at": time_of(link.given_at),
        "until": time_of(link.until),
        "language": link.language,
        "documents": list(link.documents),
        "providers": list(link.providers),
        "code": link.code,
        "mail": link.mail,
        "state": link.state,
        "ended_at": time_of(link.ended_at),
    }


_ROWS: Mapping[str, Callable[[Case, Any, int], Row]] = {
    "tracks": _track_row,
    "tasks": _task_row,
    "clocks": _clock_row,
    "proposals": _proposal_row,
    "consents": _consent_row,
    "documents": _document_row,
    "files": _file_row,
    "grants": _grant_row,
    "openings": _opening_row,
    "party_links": _party_link_row,
    "impacts": impact_row,
    "statements": statement_row,
}


def _row(name: str, case: Case, record: Any, position: int, library: Library) -> Row:
    row = _ROWS[name](case, record, position)
    return row | place_row(case, record, library) if name == "tracks" else row


def difference(before: Case | None, after: Case, library: Library) -> tuple[dict[str, list[Row]], dict[str, list[str]]]:
    """(rows to write by table, ids to remove by table). What is the same object has not changed; of a row that was there before
    there is its id and what of it is another value."""
    rows: dict[str, list[Row]] = {}
    gone: dict[str, list[str]] = {}
    elsewhere = moved(before, after, library)
    for name in _ROWS:
        old: Mapping[str, Any] = getattr(before, name) if before else {}
        new: Mapping[str, Any] = getattr(after, name)
        if old is new and not (elsewhere and name == "tracks"):
            continue
        changed = []
        for n, (id, record) in enumerate(new.items()):
            was = old.get(id)
            if was is record and id not in elsewhere:
                continue
            row = _row(name, after, record, after.seq * 1000 + n, library)
            if before is None or was is None:
                changed.append(row)
            elif another := _changed(_row(name, before, was, 0, library), row):
                changed.append(another)
        if changed:
            rows[name] = changed
        if removed := [id for id in old if id not in new]:
            gone[name] = removed
    homes = {HOME[after.kind]: _home_row} | ({"case_dates": dates_row} if may_be_dated_otherwise(before, after) else {})
    for table, make_home in homes.items():
        home = make_home(after)
        if before is None:
            rows[table] = [home]
        elif another := _changed(make_home(before), home):
            rows[table] = [another]
    return rows, gone


def _changed(was: Row, row: Row) -> Row | None:
    """What of a row is another value, with its id; nothing where nothing is. A position is given once, when the row is made."""
    changed = {"id": row["id"]}
    for name, value in row.items():
        before = was[name]
        # Within JSON 1 and true are equal here, and not there.
        if value == before and (not value or type(value) not in _JSON or json_of(value) == json_of(before)):
            continue
        if name != "position":
            changed[name] = value
    return changed if len(changed) > 1 else None


_JSON = (dict, list)


def save(
    db: Connection,
    log: Log,
    before: Case | None,
    after: Case,
    *,
    events: list[Row],
    head: str,
    library: Library,
    answer: Mapping[str, Any] | None = None,
    owing: Collection[int] = (),
) -> None:
    """Write events and the difference that they make, with what is sent next. `answer` finishes a request: asker, key, status,
    answer; `owing` are the seqs of events that may owe somebody a notice."""
    rows, gone = difference(before, after, library)
    if log.kind == "mediation":
        sealing = sealing_of(db)
        events = [event | {"body": sealing.seal_body(log.id, event["body"])} for event in events]
    seq, last_at = str(after.seq), instant(after.last_at)
    values: list[str | None] = [log.id, log.kind, log.programme] if before is None else []
    values += [seq, head, last_at] if before is None else [seq, head, last_at, log.id]
    shape: list[Written] = []
    outbox = [{"log_id": log.id, "seq": owed} for owed in owing]
    for table, written in {"events": events, "outbox": outbox, **rows}.items():
        columns, kept = columns_of(table), _kept(before, table)
        added = [row for row in written if row.get("id") not in kept]
        changed = [row for row in written if row.get("id") in kept]
        shape.append((table, len(added), tuple(tuple(row)[1:] for row in changed)))
        for row in added:
            values += [write(row[name]) for name, write in columns.items()]
        for row in changed:
            values += [columns[name](value) for name, value in [*row.items()][1:]]
            values.append(row["id"])
    values += [array_of(ids) for ids in gone.values()]
    if log.kind != "mediation":
        insist_unsealed(*values)
    if answer is not None:
        values += [str(answer["status"]), json_of(answer["answer"]), log.id, seq, answer["asker"], answer["key"]]
    run_later(db, write_statement(tuple(shape), tuple(gone), opens=before is None, asked=answer is not None), values)


def _kept(before: Case | None, table: str) -> Container[str | None]:
    """Ids of the rows that a table has already."""
    if before is None or table in ("events", "outbox"):
        return ()
    return getattr(before, table) if table in _ROWS else (before.log,)


def rows_of(case: Case, library: Library) -> dict[str, list[Row]]:
    """Every row that a case adds up to, by table; a check compares them with the rows there are."""
    rows = {HOME[case.kind]: [_home_row(case)]}
    if case.kind == "case":
        rows["case_dates"] = [dates_row(case)]
    for name in _ROWS:
        rows[name] = [_row(name, case, record, n, library) for n, record in enumerate(getattr(case, name).values())]
    return rows
