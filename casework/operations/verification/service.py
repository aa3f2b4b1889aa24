"""Proving the history: chains, the rows that they must add up to, and that every event was allowed when it happened."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, TextClause, text

from casework.engine.state.case import Case
from casework.engine.state.events import ERASED, LoggedEvent, RegisterEvent
from casework.engine.state.projection import evolve
from casework.ledger.integrity import Fault, Head, StoredEvent, check_log
from casework.ledger.redactable_bodies import ERASED as GONE
from casework.operations.core.paging import FIRST_ID
from casework.operations.history.point_in_time import Past
from casework.operations.verification.access_log import check_readings
from casework.operations.verification.archiving import check_sealed
from casework.operations.verification.authorization.evidence import Evidence
from casework.operations.verification.authorization.judge import reasons_against
from casework.operations.verification.database import check_rest
from casework.operations.verification.hold_judgement import was_held
from casework.operations.verification.kept_rows import KeptRows, read_kept
from casework.operations.verification.key_rotations import check_rotations
from casework.operations.verification.removal_judgement import why_not_erased
from casework.operations.verification.rows import Finding, Rows, later_than_head
from casework.operations.verification.tree_judgement import KeptElsewhere, check_tree
from casework.operations.verification.witness_judgement import check_witnesses
from casework.records.event_log import event_of, read_logs, register_event_of
from casework.records.row_security import in_snapshot, whole

_BATCH = 500
#: More than so many save hardly a round trip more.
_LOGS_AT_ONCE = 20


@dataclass(frozen=True, slots=True)
class Checked:
    """One log that was looked at, or with `log` None what belongs to none; and what is wrong with it."""

    log: str | None
    kind: str
    number: str | None
    events: int
    findings: tuple[Finding, ...]
    #: Values that were taken out by an erasure; no fault.
    erased: int = 0


def verify_all(engine: Engine, elsewhere: KeptElsewhere | None = None) -> Iterator[Finding]:
    """Everything that is wrong anywhere, as it is found; each log in a short transaction of its own. `elsewhere`: what is kept of the
    log of all events beside the database; signatures are checked with it."""
    for checked in verify_each(engine, elsewhere):
        yield from checked.findings


def verify_each(engine: Engine, elsewhere: KeptElsewhere | None = None) -> Iterator[Checked]:
    """The same, log by log, so that progress can be shown; short ones are read several at a time."""
    with in_snapshot(engine) as db:
        past = Past(db)
        last = db.execute(text("SELECT id FROM logs ORDER BY id DESC LIMIT 1")).scalar_one_or_none()
    for logs in logs_at_once(engine, _SOME_LOGS, last=last):
        with in_snapshot(engine) as db:
            checked = check_some(db, logs, past.seen_by(db))
        yield from checked
    yield Checked(None, "rest", None, 0, tuple(check_what_is_left(engine, past, elsewhere)))


def check_what_is_left(engine: Engine, past: Past, elsewhere: KeptElsewhere | None) -> list[Finding]:
    """What is wrong that no single log can tell: with rows without one, with witnesses, with readings, with the tree over all events."""
    with in_snapshot(engine) as db:
        here = past.seen_by(db)
        rest = [*check_rest(db), *check_witnesses(db, here), *check_sealed(db, elsewhere)]
        rest += check_rotations(db, elsewhere.keys if elsewhere else ())
        return [*rest, *check_readings(db, here), *check_tree(db, elsewhere)]


def logs_at_once(engine: Engine, statement: TextClause, **given: Any) -> Iterator[list[str]]:
    """The logs of a statement that gives the next ones after an id, each with how long it is: those that are read at once."""
    after = FIRST_ID
    while True:
        with in_snapshot(engine) as db:
            rows = db.execute(statement, {**given, "after": after, "most": _BATCH}).all()
        yield from groups_of_logs((row.id, row.seq) for row in rows)
        if len(rows) < _BATCH:
            return
        after = rows[-1].id


def groups_of_logs(logs: Iterable[tuple[str, int]]) -> Iterator[list[str]]:
    """Logs with how long each is, in their order: those that are read at once, which together are no longer than a long one's batch."""
    some: list[str] = []
    length = 0
    for log, events in logs:
        if some and (len(some) == _LOGS_AT_ONCE or length + events > _BATCH):
            yield some
            some, length = [], 0
        some.append(log)
        length += events
    if some:
        yield some


def count_logs(db: Connection) -> int:
    return int(db.execute(text("SELECT count(*) FROM logs")).scalar_one())


def verify_log(engine: Engine, log: str) -> Checked:
    """One log, in a transaction of its own."""
    with in_snapshot(engine) as db:
        checked = check_one(db, log, Past(db))
        return replace(checked, findings=(*checked.findings, *later_than_head(db, log)))


def verify_case(db: Connection, log: str) -> list[Finding]:
    """What is wrong with one log. While others write, the transaction must be REPEATABLE READ."""
    # Whoever asks: with an interest in the case one would be told that its documents are missing.
    with whole(db):
        return [*check_one(db, log, Past(db)).findings, *later_than_head(db, log)]


#: The next logs, up to the last that was there at the beginning.
_SOME_LOGS = text("""
    SELECT id, seq FROM logs WHERE id > CAST(:after AS uuid) AND id <= CAST(:last AS uuid) ORDER BY id LIMIT :most
""")
#: What each of some logs is, where it ends, and the number of its case.
_LOGS = text("""
    SELECT l.id, l.kind, l.programme_id, l.seq, l.head, l.last_at, c.number FROM logs l LEFT JOIN cases c ON c.id = l.id
    WHERE l.id = ANY(CAST(:logs AS uuid[]))
""")


def check_one(db: Connection, log: str, past: Past) -> Checked:
    """One log: its chain, whether its events were allowed, and the rows that they add up to."""
    return check_some(db, [log], past)[0]


def check_some(db: Connection, logs: Sequence[str], past: Past) -> list[Checked]:
    """The same of several, which together are short: each as if it were alone."""
    heads = {row.id: row for row in db.execute(_LOGS, {"logs": list(logs)})}
    lengths = {log: head.seq for log, head in heads.items()}
    walks = {log: _walk(heads[log], rows, past) for log, rows in read_logs(db, lengths)}
    cases = [log for log, walk in walks.items() if walk.whole and walk.count and walk.case]
    try:
        kept = read_kept(db, cases)
    except (LookupError, ValueError, TypeError):  # what was forged in one of them is told of it alone
        kept = {}
    return [
        _checked(db, heads[log], walks[log], kept.get(log), past)
        if log in heads
        else Checked(log, "missing", None, 0, (Finding("missing", "There is no such log.", log),))
        for log in logs
    ]


def _walk(head: Any, rows: Iterable[Any], past: Past) -> _Walk:
    """What a log's events say, and what is wrong with them and their chain."""
    evidence = Evidence(past.library, past) if head.kind in ("case", "mediation") else None
    walk = _Walk(head.id, head.number, evidence)
    walk.faults = check_log(walk.through(rows), Head(head.id, head.seq, head.head))
    return walk


def _checked(db: Connection, head: Any, walk: _Walk, kept: KeptRows | None, past: Past) -> Checked:
    log, number = head.id, head.number
    findings = [Finding(f"chain.{fault.kind}", fault.sentence, log, number, fault.seq) for fault in walk.faults]
    if not walk.count:
        findings.append(Finding("empty", "The log has no events.", log, number))
    elif walk.last_at is not None and head.last_at != walk.last_at:
        findings.append(Finding("head", "The log's last time is not its last event's.", log, number, walk.seq))
    if walk.whole and walk.count and (programme := _programme_told(db, head.kind, walk)) != head.programme_id:
        words = f"The log lies in the programme {head.programme_id}; its events say {programme}."
        findings.append(Finding("head", words, log, number))
    findings += walk.found
    findings += walk.judge_erasures(past)
    if walk.whole and walk.count:
        home = Rows(db, log, number, past)
        try:
            if walk.case:
                findings += home.of_case(walk.case, kept or read_kept(db, [log])[log])
            else:
                findings += home.of_register(head.kind, walk.events)
        except (LookupError, ValueError, TypeError) as fault:  # what was forged need not have the form that we write
            sentence = f"The log cannot be compared with its rows: {type(fault).__name__} {fault}."
            findings.append(Finding("unreadable", sentence, log, number))
    return Checked(log, head.kind, number, walk.count, tuple(findings), len(walk.gone))


def _programme_told(db: Connection, kind: str, walk: _Walk) -> str | None:
    """The programme that a log belongs to by what it tells."""
    if walk.case is not None:
        return walk.case.programme
    first = walk.events[0].effects
    match PROGRAMME_OF[kind]:
        case "itself":
            return walk.log
        case "effects":
            return str(first.get("programme"))
        case "record":
            return str(first.get("record", {}).get("programme"))
        case "keeper":
            return first.get("programme")
        case "right":
            if (said := first.get("right", {}).get("programme")) is not None:
                return str(said)
            programme = db.execute(
                _HOME_OF_TECHNOLOGY, {"id": first.get("right", {}).get("technology")}
            ).scalar_one_or_none()
            return None if programme is None else str(programme)
    return None


#: By kind of log, what says to which programme it belongs: its events, also that it is of none, or the technology of a right that does
#: not say so; None of those of no programme.
PROGRAMME_OF: Mapping[str, str | None] = {
    "case": "effects", "mediation": "effects", "programme": "itself", "finding": "effects", "right": "right",
    "need": "record", "technology": "record", "organisation": "keeper", "person": None, "erasure": None, "installation": None,
}  # fmt: skip
#: The programme of a technology.
_HOME_OF_TECHNOLOGY = text("SELECT programme_id::text FROM technologies WHERE id = CAST(:id AS uuid)")


class _Walk:
    """One pass over a log for the chain, the fold and the judge together."""

    def __init__(self, log: str, number: str | None, evidence: Evidence | None) -> None:
        self.log = log
        self.number = number
        self.evidence = evidence
        self.case: Case | None = None
        #: Of a register's log; a case's events are forgotten as they are folded.
        self.events: list[RegisterEvent] = []
        self.found: list[Finding] = []
        #: Of the chain.
        self.faults: list[Fault] = []
        self.count = 0
        self.seq = 0
        self.last_at: datetime | None = None
        #: False from the first event on that is out of order or cannot be read: the chain tells of that.
        self.whole = True
        self._keys: dict[tuple[str, str], int] = {}
        #: Fields of which the hash alone is there, and those of which an event says so.
        self.gone: set[tuple[int, str]] = set()
        self._told: dict[int, LoggedEvent] = {}

    def through(self, rows: Iterable[Any]) -> Iterator[StoredEvent]:
        for row in rows:
            self.count += 1
            self.last_at = row.at
            if self.whole:
                self._take(row)
            yield StoredEvent(row.log_id, row.seq, row.at, row.header, row.effects, row.body, row.hash)

    def _take(self, row: Any) -> None:
        if row.seq != self.seq + 1:
            self.whole = False
            return
        self.seq = row.seq
        try:
            if self.evidence is None:
                entry = register_event_of(row.header, row.effects, row.body)
                self._look_at(row, entry)
                self.events.append(entry)
                return
            event = event_of(row.header, row.effects, row.body)
            self._look_at(row, event)
            for reason in reasons_against(self.evidence, self.case, event):
                self._blame("allowed", f"Event {row.seq} ({row.kind}) was not allowed: {reason}.")
            self.case = evolve(self.case, event)
        except Exception as fault:  # a checker that what it reads can stop would be no checker
            self.whole = False
            self._blame("unreadable", f"Event {row.seq} cannot be followed: {type(fault).__name__} {fault}.")

    def _look_at(self, row: Any, event: LoggedEvent) -> None:
        self._compare_columns(row, event)
        self._compare_key(row.header.get("key"), event)
        self.gone |= {(event.seq, name) for name, value in event.body.items() if value is GONE}
        if event.kind == ERASED:
            self._told[event.seq] = event

    def judge_erasures(self, past: Past) -> Iterator[Finding]:
        """What is gone went by an erasure to which two persons had agreed, and what is said to be gone is gone."""
        explained: set[tuple[int, str]] = set()
        for seq, event in self._told.items():
            fields = {(of, name) for of, name in event.effects["erased"]["fields"] if of < seq}
            for of, name in sorted(fields - self.gone):
                yield Finding(
                    "erased",
                    f"Event {seq} says that {name} of event {of} was erased, and it is there.",
                    self.log,
                    self.number,
                    seq,
                )
            if (why := why_not_erased(past, event)) is not None:
                yield Finding("erased", f"Event {seq} (erased) was not allowed: {why}.", self.log, self.number, seq)
            if was_held(past.db, self.log, event.at):
                why = "a legal hold was on the case"
                yield Finding("erased", f"Event {seq} (erased) was not allowed: {why}.", self.log, self.number, seq)
            explained |= fields
        for of, name in sorted(self.gone - explained):
            yield Finding(
                "erased", f"{name} of event {of} was taken out without an erasure.", self.log, self.number, of
            )

    def _blame(self, kind: str, sentence: str, column: str | None = None) -> None:
        table = "events" if column else None
        self.found.append(Finding(kind, sentence, self.log, self.number, self.seq, table, None, column))

    def _compare_columns(self, row: Any, event: LoggedEvent) -> None:
        for column, value in (("kind", event.kind), ("track_id", event.track), ("actor_id", event.actor)):
            if getattr(row, column) != value:
                self._blame("column", f"Column and header of event {row.seq} disagree: {column}.", column)

    def _compare_key(self, key: str | None, event: LoggedEvent) -> None:
        if key is None:
            return
        first = self._keys.setdefault((event.actor, key), event.seq)
        if first != event.seq:
            self._blame("twice", f"Events {first} and {event.seq} answer the same request.")
