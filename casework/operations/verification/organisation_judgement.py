"""Whether what an organisation's log says of its record was entered, corrected and taken out as it may be."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import orjson
from sqlalchemy import Connection, text

from casework.engine.case_objects.evidence import EVIDENCE_FILED, faults_of
from casework.engine.case_objects.organisations import (
    CONFIRMED,
    EDITORS,
    IMPORTED,
    KEPT,
    MERGED,
    MERGERS,
    REASON,
    REMOVED,
    ROW_MERGED,
    SCREENED,
    SCREENERS,
    TOOK_OVER,
)
from casework.engine.case_objects.record_expiry import BROUGHT_BACK, EXPIRED, expiry_faults
from casework.engine.roles import Role
from casework.engine.state.events import RegisterEvent
from casework.engine.state.register_effects import Merger
from casework.json_values import JsonObject
from casework.ledger.canonical_json import instant
from casework.ledger.redactable_bodies import ERASED_WORDS
from casework.operations.core.register_entries import fold
from casework.operations.core.register_log import REGISTERED
from casework.operations.history.point_in_time import Past
from casework.records.register_entries import MARK, name_of
from casework.records.row_security import whole

#: By what was done, who does it.
_DOERS: Mapping[str, Sequence[Role]] = {
    CONFIRMED: EDITORS, IMPORTED: EDITORS, KEPT: EDITORS, REMOVED: EDITORS, ROW_MERGED: EDITORS, MERGED: MERGERS, TOOK_OVER: MERGERS,
    SCREENED: SCREENERS, EVIDENCE_FILED: SCREENERS, EXPIRED: EDITORS, BROUGHT_BACK: EDITORS,
}  # fmt: skip


def organisation_faults(past: Past, events: Iterable[RegisterEvent]) -> Iterator[tuple[int, str]]:
    """What in an organisation's log could not have happened so: the number of the event, and why.

    What an import or an administrator enters is confirmed by nobody.
    """
    before: list[RegisterEvent] = []
    gone = False
    for event in events:
        doers = _doers(event)
        if doers:
            yield from ((event.seq, why) for why in _actor_against(past, event, doers))
            # The one in its place may be merged itself: then both stand for a third.
            if gone and event.kind != MERGED:
                yield event.seq, "another organisation stood in its place by then"
            if event.kind in (MERGED, TOOK_OVER) and REASON not in event.body:
                yield event.seq, "it does not say why the two are one"
            if event.kind == SCREENED:
                yield from ((event.seq, why) for why in _screening_against(past, before, event))
            if event.kind == EVIDENCE_FILED:
                yield from ((event.seq, why) for why in _evidence_against(before, event))
            if event.kind == ROW_MERGED:
                yield from ((event.seq, why) for why in _contacts_against(before, event))
            yield from ((event.seq, why) for why in _use_against(before, event))
            if _corrects(before, event) and REASON not in event.body:
                yield event.seq, "it changes what was confirmed before, and does not say why"
        gone = gone or event.kind == MERGED
        before.append(event)


def _doers(event: RegisterEvent) -> Sequence[Role]:
    if event.kind == REGISTERED:
        return EDITORS if _row(event).get("confirmed") is True else ()
    return _DOERS.get(event.kind, ())


def _row(event: RegisterEvent) -> JsonObject:
    """What an event tells of the organisation itself."""
    told = event.body.get(name_of("organisations", event.log))
    return dict(told) if isinstance(told, Mapping) else {}


def _corrects(before: list[RegisterEvent], event: RegisterEvent) -> bool:
    """Whether it says of something that a person stood for something else than before, or takes it out."""
    if event.kind in (REMOVED, ROW_MERGED):
        return True
    state = fold(before)
    if event.kind == KEPT:
        names = (name.partition(MARK) for name in event.body)
        return any(key in state.get(table, {}) for table, mark, key in names if mark)
    stood = state.get("organisations", {}).get(event.log)
    if event.kind not in (CONFIRMED, IMPORTED) or not isinstance(stood, Mapping) or stood.get("confirmed") is not True:
        return False
    return any(stood.get(column) != value for column, value in _row(event).items())


def _contacts_against(before: list[RegisterEvent], event: RegisterEvent) -> Iterator[str]:
    """Of two contacts on record one stays as it stood, and takes over what it did not say; nobody knows what an erased one said."""
    stood = fold(before).get("organisation_contacts", {})
    told = {key: row for name, row in event.body.items() for table, mark, key in [name.partition(MARK)] if mark}
    kept = [key for key, row in told.items() if row is not None]
    if len(told) != 2 or len(kept) != 1 or any(stood.get(key) is None for key in told):
        yield "it does not merge two contacts that stood on record"
        return
    known, row = stood[kept[0]], told[kept[0]]
    if not isinstance(known, Mapping) or not isinstance(row, Mapping):
        return
    if any(known.get(column) not in (None, "", value) for column, value in row.items()):
        yield "it changes what the contact that stays said before"


def _use_against(before: list[RegisterEvent], event: RegisterEvent) -> Iterator[str]:
    """A record expires at the moment at which somebody says so and why, and stands until then; only bringing it back ends that."""
    row = _row(event)
    if event.kind not in (EXPIRED, BROUGHT_BACK):
        if row.get("expired_at") is not None:
            yield "the record expires by something else than saying so"
        return
    stood = fold(before).get("organisations", {}).get(event.log)
    expired = isinstance(stood, Mapping) and stood.get("expired_at") is not None
    yield from expiry_faults(event.kind, expired=expired, reasoned=REASON in event.body)
    if row != {"expired_at": instant(event.at) if event.kind == EXPIRED else None}:
        yield "what it says of how the record stands is not what was done"


def _screening_against(past: Past, before: list[RegisterEvent], event: RegisterEvent) -> Iterator[str]:
    """A screening is entered once, of a day that had come, and with every owner on record then."""
    stood = fold(before)
    programme = event.effects.get("programme")
    screened = {
        name.partition(MARK)[2]: told for name, told in event.body.items() if name.startswith("organisation_screenings")
    }
    if len(screened) != 1 or screened.keys() & stood.get("organisation_screenings", {}).keys():
        yield "it does not enter one screening, or changes another one"
    for told in screened.values():
        if isinstance(told, Mapping) and programme is not None:
            today = past.calendar(programme, event.at).local_date(event.at).isoformat()
            if str(told.get("checked_on")) > today:
                yield "the lists were looked through on a day that was to come"
    owners = {
        key
        for key, row in stood.get("organisation_owners", {}).items()
        # Whose name was erased is nobody who could be looked for.
        if isinstance(row, Mapping) and row.get("programme_id") == programme and row.get("name") != ERASED_WORDS
    }
    if missed := owners - {name.partition(MARK)[2] for name in event.body if name.startswith("organisation_owners")}:
        yield f"it leaves out the owner {', '.join(sorted(missed))}"


def _evidence_against(before: list[RegisterEvent], event: RegisterEvent) -> Iterator[str]:
    """A file shows a screening of the same programme that was recorded before."""
    yield from faults_of(event)
    about = str(event.effects.get("evidence", {}).get("about"))
    known = fold(before).get("organisation_screenings", {}).get(about)
    if known is None or isinstance(known, Mapping) and known.get("programme_id") != event.effects.get("programme"):
        yield "it files what shows no screening of its programme"


def _actor_against(past: Past, event: RegisterEvent, doers: Sequence[Role]) -> Iterator[str]:
    programme = event.effects.get("programme")
    if event.role not in doers:
        yield f"it is done by {' or '.join(doers)}, not by {event.role}"
    elif programme is None or event.role is None:
        yield "it does not say for which programme"
    elif not past.held(programme, event.actor, event.role, event.acting_for, event.at):
        yield f"its actor did not hold the role {event.role} at that moment"


#: What moves by a merging and has a log of its own.
_MOVED = ("needs", "technologies", "rights")


def merging_faults(db: Connection, log: str, events: Iterable[RegisterEvent]) -> Iterator[tuple[int, str]]:
    """Mergings of which another log should tell as well, and does not: of both records, and of what moved by it."""
    for event in events:
        merger = event.effects.get("merger")
        if merger is None:
            continue
        if not _told(db, merger["gone"], MERGED, _both(merger)):
            yield event.seq, "it names a merging of which the log of the record that went does not tell"
        if event.kind in (MERGED, TOOK_OVER) and not _told(db, merger["kept"], TOOK_OVER, _both(merger)):
            yield event.seq, "it names a merging of which the log of the record that stays does not tell"
        if event.kind not in (MERGED, TOOK_OVER) and not _moved(db, merger, log):
            yield event.seq, "it moved by a merging that does not name it"
        some: Mapping[str, Any] = merger
        for id in (id for name in _MOVED for id in some.get(name, [])):
            if not _told(db, id, None, _both(merger)):
                yield event.seq, f"it says that {id} moved, and that one's log does not"


def _both(merger: Merger) -> JsonObject:
    return {"merger": {"gone": merger["gone"], "kept": merger["kept"]}}


def _moved(db: Connection, merger: Merger, log: str) -> bool:
    return any(
        _told(db, merger["gone"], MERGED, {"merger": {**_both(merger)["merger"], name: [log]}}) for name in _MOVED
    )


def _told(db: Connection, log: str, kind: str | None, effects: JsonObject) -> bool:
    """Whether a log has an event of a kind, or of any, whose effects say so."""
    given = {"log": log, "kind": kind, "effects": orjson.dumps(effects).decode()}
    with whole(db):
        return db.execute(_TOLD, given).first() is not None


#: An event of a log, of a kind or of any, whose effects hold some others.
_TOLD = text("""
    SELECT 1 FROM events WHERE log_id = CAST(:log AS uuid) AND kind = coalesce(:kind, kind) AND effects @> CAST(:effects AS jsonb) LIMIT 1
""")
