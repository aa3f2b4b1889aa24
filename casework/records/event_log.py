"""Logs and their events: lock one, read it again, and append what was decided."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar

from sqlalchemy import Connection, text

from casework.engine.state.effects_schema import Effects
from casework.engine.state.events import Event, LoggedEvent, RegisterEvent
from casework.engine.state.register_effects import RegisterEffects
from casework.errors import NotFound
from casework.json_values import Answers
from casework.ledger.canonical_json import instant
from casework.ledger.hash_chain import genesis, seal_event
from casework.ledger.redactable_bodies import Body, seal, values

Logged = TypeVar("Logged", bound=LoggedEvent)


@dataclass(frozen=True, slots=True)
class Log:
    """A log that this transaction has locked, and the time at which it was."""

    id: str
    kind: str
    programme: str | None
    seq: int
    head: str
    last_at: datetime
    #: The database's time after the lock; later than the last event.
    now: datetime

    def next_event(
        self,
        kind: str,
        actor: str,
        *,
        role: str | None = None,
        acting_for: str | None = None,
        organisation: str | None = None,
        effects: RegisterEffects | None = None,
        body: Answers | None = None,
    ) -> RegisterEvent:
        """What happens in it next, and now; of a register's log, where no engine decides."""
        return RegisterEvent(
            log=self.id,
            seq=self.seq + 1,
            at=self.now,
            kind=kind,
            actor=actor,
            role=role,
            acting_for=acting_for,
            organisation=organisation,
            effects=RegisterEffects() if effects is None else effects,
            body=body or {},
        )


#: In which order logs are locked: cases and mediations, then programmes, then what these keep; of each kind by their ids. Who closes a
#: case has its log before it takes the programme's turn, so that nobody who needs both may begin with the programme.
_IN_ORDER = "kind NOT IN ('case', 'mediation'), kind <> 'programme', id"
#: Locks one log, in the server's own form: with whatever else is sent in the same round trip.
LOCK = "SELECT 1 FROM logs WHERE id = $1 FOR NO KEY UPDATE"
#: Locks some logs and takes the time.
#: Materialised: the time is taken after the lock, however long one had to wait for it.
_LOCK = text(f"""
    WITH l AS MATERIALIZED (
        SELECT id, kind, programme_id, seq, head, last_at FROM logs WHERE id = ANY(CAST(:ids AS uuid[]))
        ORDER BY {_IN_ORDER} FOR NO KEY UPDATE
    )
    SELECT l.*, greatest(casework_now(), l.last_at + interval '1 microsecond') AS now FROM l ORDER BY id
""")


def lock_logs(db: Connection, ids: Sequence[str]) -> dict[str, Log]:
    """Lock several logs, always in one order. Raises NotFound unless every one is there."""
    logs = {row.id: log_of(row) for row in db.execute(_LOCK, {"ids": sorted(set(ids))})}
    if len(logs) != len(set(ids)):
        raise NotFound("log")
    return logs


def log_of(row: Any) -> Log:
    """A log from its row and the time at which it was locked."""
    return Log(row.id, row.kind, row.programme_id, row.seq, row.head, row.last_at, row.now)


def try_lock(db: Connection, id: str) -> bool:
    """Lock a log unless somebody else holds it; tells whether it is locked now."""
    statement = text("SELECT 1 FROM logs WHERE id = CAST(:id AS uuid) FOR NO KEY UPDATE SKIP LOCKED")
    return db.execute(statement, {"id": id}).first() is not None


def lock_log(db: Connection, id: str) -> Log:
    return lock_logs(db, [id])[id]


def new_log(id: str, kind: str, programme: str | None, now: datetime) -> Log:
    """A log that does not exist yet; its row is written with its first event."""
    return Log(id, kind, programme, 0, genesis(id), now, now)


def now(db: Connection) -> datetime:
    """The database's time, with the session's offset."""
    moment: datetime = db.execute(text("SELECT casework_now()")).scalar_one()
    return moment


#: No log tells of an earlier moment, and any zone has a day for this one.
_FIRST = datetime(1, 1, 3, tzinfo=UTC)


def by_now(db: Connection, until: datetime | None) -> datetime:
    """An instant that logs are read up to: now, where none is named or it is still to come."""
    moment = now(db)
    return moment if until is None else max(_FIRST, min(until, moment))


def seal_events(log: Log, events: Sequence[LoggedEvent], key: str | None = None) -> tuple[list[dict[str, Any]], str]:
    """The events as rows, each bound to the one before it, and the new head. `key` is the hash of the request's key."""
    rows, head = [], log.head
    for event in events:
        body = seal(event.body, _salts(len(event.body)).__next__)
        header: dict[str, Any] = {
            "log": event.log,
            "seq": event.seq,
            "at": instant(event.at),
            "kind": event.kind,
            "track": event.track,
            "from": list(event.frm),
            "to": list(event.to),
            "edition": event.edition,
            "actor": event.actor,
            "acting_for": event.acting_for,
            # What is hashed is plain text, no enum.
            "role": None if event.role is None else str(event.role),
            "organisation": event.organisation,
            "because": event.because,
            "key": key if event is events[0] else None,
        }
        sealed = seal_event(header, event.effects, body, head)
        head = sealed.hash
        rows.append(
            {
                "log_id": event.log,
                "seq": event.seq,
                "at": header["at"],
                "kind": event.kind,
                "track_id": event.track,
                "actor_id": event.actor,
                "header": sealed.header,
                "effects": sealed.effects,
                "body": sealed.body,
                "hash": sealed.hash,
            }
        )
    return rows, head


def _salts(count: int) -> Iterator[str]:
    """So many fresh random salts, drawn at once: an import tells of hundreds of rows in one event."""
    drawn = secrets.token_bytes(16 * count).hex()
    return (drawn[start : start + 32] for start in range(0, len(drawn), 32))


def event_of(header: Mapping[str, Any], effects: Effects, body: Body) -> Event:
    """An event of a case as the engine knows it, from its three stored parts."""
    return _event_of(Event, header, effects, body)


def register_event_of(header: Mapping[str, Any], effects: RegisterEffects, body: Body) -> RegisterEvent:
    """The same of any other log."""
    return _event_of(RegisterEvent, header, effects, body)


def _event_of(kind: type[Logged], header: Mapping[str, Any], effects: Effects | RegisterEffects, body: Body) -> Logged:
    return kind(
        log=header["log"],
        seq=header["seq"],
        at=datetime.fromisoformat(header["at"]),
        kind=header["kind"],
        actor=header["actor"],
        track=header["track"],
        frm=tuple(header["from"]),
        to=tuple(header["to"]),
        edition=header["edition"],
        acting_for=header["acting_for"],
        role=header["role"],
        organisation=header["organisation"],
        because=header["because"],
        effects=effects,
        body=values(body),
    )


#: The events of a log after one of them, in order.
_READ = text("""
    SELECT log_id, seq, at, kind, track_id, actor_id, header, effects, body, hash FROM events
    WHERE log_id = :log AND seq > :after ORDER BY seq LIMIT :most
""")


def read_rows(db: Connection, log: str, *, batch: int = 500) -> Iterator[Any]:
    """The stored rows of a log's events in order, read in short batches."""
    after = -1
    while True:
        rows = db.execute(_READ, {"log": log, "after": after, "most": batch}).all()
        yield from rows
        if len(rows) < batch:
            return
        after = rows[-1].seq


#: The events of several logs, each in order.
_READ_SEVERAL = text("""
    SELECT log_id, seq, at, kind, track_id, actor_id, header, effects, body, hash FROM events
    WHERE log_id = ANY(CAST(:logs AS uuid[])) AND seq > -1 ORDER BY log_id, seq LIMIT :most
""")


def read_logs(db: Connection, lengths: Mapping[str, int], *, batch: int = 500) -> Iterator[tuple[str, Iterable[Any]]]:
    """The stored rows of several logs, each with how many events it should have: in one statement, as far as they are no more than a
    batch in all. Longer ones, and what turns out to be longer, is read log by log, in short batches."""
    expected = sum(lengths.values())
    by_log: dict[str, list[Any]] = {log: [] for log in lengths}
    if len(lengths) > 1 and expected <= batch:
        rows = db.execute(_READ_SEVERAL, {"logs": list(lengths), "most": expected + 1}).all()
        if len(rows) <= expected:
            for row in rows:
                by_log[row.log_id].append(row)
            yield from by_log.items()
            return
    for log in lengths:
        yield log, read_rows(db, log, batch=batch)


def read_events(db: Connection, log: str) -> Iterator[Event]:
    """The events of a case's log in order."""
    return (event_of(row.header, row.effects, row.body) for row in read_rows(db, log))


def read_register(db: Connection, log: str) -> Iterator[RegisterEvent]:
    """The events of any other log in order."""
    return (register_event_of(row.header, row.effects, row.body) for row in read_rows(db, log))
