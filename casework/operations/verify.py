"""Proving the history: chains, the rows that they must add up to, and that every event was allowed when it happened."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, text

from casework.engine.cases import Case
from casework.engine.events import Event
from casework.engine.evolve import evolve
from casework.engine.rights import CONFIRMED, RECORDED, after
from casework.ledger.bodies import Erased
from casework.ledger.canonical import NotCanonical, digest
from casework.ledger.check import Head, StoredEvent, check_log
from casework.operations.allowed import Judge
from casework.operations.past import Past
from casework.records.cases import rows_of
from casework.records.database import connected
from casework.records.logs import event_of, read_rows
from casework.records.tables import metadata

Json = Any

#: Tables that hold what belongs to a case, each row with its log_id.
_PARTS = tuple(
    sorted(
        name for name, one in metadata.tables.items() if "log_id" in one.columns and name not in ("events", "requests")
    )
)
_HOMES = {
    "case": "cases", "mediation": "mediations", "programme": "programmes", "organisation": "organisations",
    "person": "people", "right": "rights",
}  # fmt: skip
_BATCH = 500


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong: in which log and where in it, of what kind, and a sentence for the auditor."""

    kind: str
    sentence: str
    log: str | None = None
    #: Of the case, where it is one.
    number: str | None = None
    seq: int | None = None
    table: str | None = None
    row: str | None = None
    column: str | None = None

    def as_json(self) -> dict[str, Json]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Checked:
    """One log that was looked at, or with `log` None what belongs to none; and what is wrong with it."""

    log: str | None
    kind: str
    number: str | None
    events: int
    findings: tuple[Finding, ...]


def verify_all(engine: Engine) -> Iterator[Finding]:
    """Everything that is wrong anywhere, as it is found; each log in a short transaction of its own."""
    for checked in verify_each(engine):
        yield from checked.findings


def verify_each(engine: Engine) -> Iterator[Checked]:
    """The same, log by log, so that progress can be shown."""
    with _snapshot(engine) as db:
        past = Past(db)
        last = db.execute(text("SELECT id FROM logs ORDER BY id DESC LIMIT 1")).scalar_one_or_none()
    done: str | None = None
    while last is not None:
        with _snapshot(engine) as db:
            ids = db.execute(_SOME_LOGS, {"after": done, "last": last, "most": _BATCH}).scalars().all()
        for log in ids:
            with _snapshot(engine) as db:
                yield check_one(db, log, past.seen_by(db))
        if len(ids) < _BATCH:
            break
        done = ids[-1]
    with _snapshot(engine) as db:
        yield Checked(None, "rest", None, 0, tuple(check_rest(db)))


def count_logs(db: Connection) -> int:
    return int(db.execute(text("SELECT count(*) FROM logs")).scalar_one())


def verify_log(engine: Engine, log: str) -> Checked:
    """One log, in a transaction of its own."""
    with _snapshot(engine) as db:
        return check_one(db, log, Past(db))


def verify_case(db: Connection, log: str) -> list[Finding]:
    """What is wrong with one log. While others write, the transaction must be REPEATABLE READ."""
    return list(check_one(db, log, Past(db)).findings)


@contextmanager
def _snapshot(engine: Engine) -> Iterator[Connection]:
    """A transaction that sees one moment, however long its statements take."""
    with connected(engine) as plain:
        db = plain.execution_options(isolation_level="REPEATABLE READ")
        with db.begin():
            db.execute(text("SET TRANSACTION READ ONLY"))
            db.execute(text("SET LOCAL statement_timeout = 0"))
            yield db


_SOME_LOGS = text("""
    SELECT id FROM logs WHERE (CAST(:after AS uuid) IS NULL OR id > CAST(:after AS uuid)) AND id <= CAST(:last AS uuid)
    ORDER BY id LIMIT :most
""")
_LOG = text("""
    SELECT l.kind, l.programme_id, l.seq, l.head, l.last_at, c.number FROM logs l LEFT JOIN cases c ON c.id = l.id
    WHERE l.id = CAST(:log AS uuid)
""")


def check_one(db: Connection, log: str, past: Past) -> Checked:
    """One log: its chain, whether its events were allowed, and the rows that they add up to."""
    row = db.execute(_LOG, {"log": log}).one_or_none()
    if row is None:
        return Checked(log, "missing", None, 0, (Finding("missing", "There is no such log.", log),))
    walk = _Walk(log, row.number, Judge(past.library, past) if row.kind in ("case", "mediation") else None)
    faults = check_log(walk.through(read_rows(db, log)), Head(log, row.seq, row.head))
    found = [Finding(f"chain.{fault.kind}", fault.sentence, log, row.number, fault.seq) for fault in faults]
    if not walk.count:
        found.append(Finding("empty", "The log has no events.", log, row.number))
    elif walk.last_at is not None and row.last_at != walk.last_at:
        found.append(Finding("head", "The log's last time is not its last event's.", log, row.number, walk.seq))
    found += walk.found
    if walk.whole and walk.count:
        home = _Rows(db, log, row.number, past)
        try:
            found += home.of_case(walk.case) if walk.case else home.of_register(row.kind, walk.events)
        except (LookupError, ValueError, TypeError) as fault:  # what was forged need not have the form that we write
            sentence = f"The log cannot be compared with its rows: {type(fault).__name__} {fault}."
            found.append(Finding("unreadable", sentence, log, row.number))
    return Checked(log, row.kind, row.number, walk.count, tuple(found))


class _Walk:
    """One pass over a log for the chain, the fold and the judge together."""

    def __init__(self, log: str, number: str | None, judge: Judge | None) -> None:
        self.log = log
        self.number = number
        self.judge = judge
        self.case: Case | None = None
        #: Of a register's log; a case's events are forgotten as they are folded.
        self.events: list[Event] = []
        self.found: list[Finding] = []
        self.count = 0
        self.seq = 0
        self.last_at: datetime | None = None
        #: False from the first event on that is out of order or cannot be read: the chain tells of that.
        self.whole = True
        self._keys: dict[tuple[str, str], int] = {}

    def through(self, rows: Iterator[Any]) -> Iterator[StoredEvent]:
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
            event = event_of(row.header, row.effects, row.body)
            self._compare_columns(row, event)
            self._compare_key(row.header.get("key"), event)
            if self.judge is None:
                self.events.append(event)
                return
            for reason in self.judge.reasons(self.case, event):
                self._blame("allowed", f"Event {row.seq} ({row.kind}) was not allowed: {reason}.")
            self.case = evolve(self.case, event)
        except Exception as fault:  # a checker that what it reads can stop would be no checker
            self.whole = False
            self._blame("unreadable", f"Event {row.seq} cannot be followed: {type(fault).__name__} {fault}.")

    def _blame(self, kind: str, sentence: str, column: str | None = None) -> None:
        table = "events" if column else None
        self.found.append(Finding(kind, sentence, self.log, self.number, self.seq, table, None, column))

    def _compare_columns(self, row: Any, event: Event) -> None:
        for column, value in (("kind", event.kind), ("track_id", event.track), ("actor_id", event.actor)):
            if getattr(row, column) != value:
                self._blame("column", f"Column and header of event {row.seq} disagree: {column}.", column)

    def _compare_key(self, key: str | None, event: Event) -> None:
        if key is None:
            return
        first = self._keys.setdefault((event.actor, key), event.seq)
        if first != event.seq:
            self._blame("twice", f"Events {first} and {event.seq} answer the same request.")


class _Rows:
    """What the tables hold of a log, against what its events add up to."""

    def __init__(self, db: Connection, log: str, number: str | None, past: Past) -> None:
        self.db = db
        self.log = log
        self.number = number
        self.past = past

    def _read(self, table: str, where: str = "log_id", order: str = "id") -> list[dict[str, Json]]:
        """A table's rows of this log. The names come from our own metadata, never from outside."""
        query = f"SELECT to_jsonb(x) FROM {table} x WHERE {where} = CAST(:log AS uuid) ORDER BY {order}"
        return list(self.db.execute(text(query), {"log": self.log}).scalars())

    def _differ(self, table: str, row: str, column: str | None, sentence: str) -> Finding:
        return Finding("rows", sentence, self.log, self.number, None, table, row, column)

    def of_case(self, case: Case) -> Iterator[Finding]:
        """Every row that the fold of the log adds up to, column by column, and none beside it."""
        wanted = rows_of(case)
        yield from self._compare(_HOMES[case.kind], wanted[_HOMES[case.kind]], self._read(_HOMES[case.kind], "id"))
        for table in _PARTS:
            placed = "position" in metadata.tables[table].columns
            rows = self._read(table, order="position, id" if placed else "id")
            made = wanted[table]
            yield from self._compare(table, made, rows)
            if table == "tracks" and [row["id"] for row in rows] != [row["id"] for row in made]:
                yield self._differ(table, self.log, "position", "The tracks are not in the order in which they opened.")
        yield from self._rights_told()

    def _rights_told(self) -> Iterator[Finding]:
        """Whatever the case said of a right stands in that right's log."""
        rows = self.db.execute(_TOLD_OF_RIGHTS, {"log": self.log})
        for row in rows:
            yield Finding(
                "rights", f"Event {row.seq} burdens or frees the right {row.right_id}, whose log does not know it.",
                self.log, self.number, row.seq, "rights", row.right_id,
            )  # fmt: skip

    def _compare(self, table: str, wanted: list[dict[str, Json]], rows: list[dict[str, Json]]) -> Iterator[Finding]:
        kept = {row["id"]: row for row in rows}
        for one in wanted:
            row = kept.pop(one["id"], None)
            if row is None:
                yield self._differ(table, one["id"], None, f"A row of {table} is missing: {one['id']}.")
                continue
            for column, value in one.items():
                # Where a row stands among others is given once, by the event that made it.
                if column != "position" and not _same(value, row.get(column)):
                    yield self._differ(
                        table, one["id"], column,
                        f"{table}.{column} of {one['id']} is {_short(row.get(column))}; the history says {_short(value)}.",
                    )  # fmt: skip
        for id in kept:
            yield self._differ(table, id, None, f"A row of {table} is in no event: {id}.")

    # --- registers ---

    def of_register(self, kind: str, events: list[Event]) -> Iterator[Finding]:
        """A programme's, organisation's, person's or right's row, and the roles held in it."""
        rows = self._read(_HOMES[kind], "id")
        if not rows:
            yield self._differ(_HOMES[kind], self.log, None, f"The log of a {kind} has no row in {_HOMES[kind]}.")
            return
        if kind == "right":
            yield from self._compare("rights", [self._right(events)], rows)
            yield from self._rights_caused()
        if kind == "programme":
            calendars = [event.effects["calendar"] for event in events if "calendar" in event.effects]
            told = {"id": self.log, "code": events[0].effects["code"], "calendar": calendars[-1]}
            yield from self._compare("programmes", [told], rows)
        if kind in ("programme", "organisation"):
            yield from self._roles(f"{kind}_id")

    def _roles(self, scope: str) -> Iterator[Finding]:
        wanted = [
            {
                "id": one.id, "person_id": one.person, "role": one.role, "deputy_for": one.deputy_for, scope: self.log,
                "starts_at": one.starts_at.isoformat(), "ends_at": one.ends_at.isoformat() if one.ends_at else None,
            }
            for one in self.past.memberships(self.log).values()
        ]  # fmt: skip
        yield from self._compare("memberships", wanted, self._read("memberships", scope))

    def _rights_caused(self) -> Iterator[Finding]:
        """Whatever a right's log says came from a case stands in that case's log."""
        for seq in self.db.execute(_CAUSES_OF_RIGHTS, {"log": self.log}).scalars():
            yield Finding("rights", f"Event {seq} names a cause that does not know this right.", self.log, None, seq)

    def _right(self, events: list[Event]) -> dict[str, Json]:
        told: dict[str, Json] = {"id": self.log}
        lying: list[dict[str, Json]] = []
        for event in events:
            lying = after(lying, event)
            if event.kind == RECORDED:
                one = event.effects["right"]
                told |= {"kind": one["kind"], "technology_id": one["technology"], "confirmed": one["confirmed"]}
                told |= event.body
            elif event.kind == CONFIRMED:
                told |= {**event.body, "confirmed": True, "checked_on": event.effects["checked_on"]}
        # What was erased can no longer be compared.
        return {name: value for name, value in told.items() if not isinstance(value, Erased)} | {"encumbrances": lying}


_TOLD_OF_RIGHTS = text("""
    SELECT e.seq, c->>'right' AS right_id FROM events e, jsonb_path_query(e.effects, 'lax $.rights[*]') c
    WHERE e.log_id = CAST(:log AS uuid) AND NOT EXISTS (
        SELECT FROM events r WHERE r.log_id = CAST(c->>'right' AS uuid)
        AND r.effects->'cause' = jsonb_build_object('log', CAST(:log AS text), 'seq', e.seq)
    ) ORDER BY e.seq
""")

_CAUSES_OF_RIGHTS = text("""
    SELECT r.seq FROM events r WHERE r.log_id = CAST(:log AS uuid) AND r.kind IN ('encumbered', 'released')
    AND NOT EXISTS (
        SELECT FROM events e WHERE e.log_id = CAST(r.effects->'cause'->>'log' AS uuid)
        AND e.seq = CAST(r.effects->'cause'->>'seq' AS bigint)
        AND e.effects->'rights' @> jsonb_build_array(jsonb_build_object('right', CAST(:log AS text)))
    ) ORDER BY r.seq
""")


def _same(wanted: Json, found: Json) -> bool:
    """Whether a column holds what the history says: a moment in whatever way it is written, what is erased as null."""
    if isinstance(wanted, Erased):
        return found is None
    if isinstance(wanted, datetime):
        return isinstance(found, str) and _moment(found) == wanted
    if isinstance(wanted, Mapping) and isinstance(found, Mapping):
        return wanted.keys() == found.keys() and all(_same(value, found[key]) for key, value in wanted.items())
    if isinstance(wanted, list | tuple) and isinstance(found, list | tuple):
        return len(wanted) == len(found) and all(_same(one, other) for one, other in zip(wanted, found, strict=True))
    if wanted == found:
        return type(wanted) is type(found)
    if isinstance(wanted, str) and isinstance(found, str) and "T" in wanted and "T" in found:
        return _moment(wanted) == _moment(found) is not None
    return False


def _moment(written: str) -> datetime | None:
    try:
        return datetime.fromisoformat(written)
    except ValueError:
        return None


def _short(value: Json) -> str:
    written = "nothing" if value is None else str(value)
    return written if len(written) <= 80 else written[:77] + "…"


# --- what belongs to no single log -----------------------------------------------------------------------------------


def check_rest(db: Connection) -> Iterator[Finding]:
    """What no single log can tell: rows without a log, editions, numbers without gaps, answered requests."""
    yield from _orphans(db)
    yield from _editions(db)
    yield from _numbers(db)
    yield from _requests(db)


def _orphans(db: Connection) -> Iterator[Finding]:
    """Rows of a log that is not there, and events likewise."""
    for kind, table in _HOMES.items():
        query = text(
            f"SELECT id FROM {table} x WHERE NOT EXISTS (SELECT FROM logs l WHERE l.id = x.id AND l.kind = :kind)"
        )
        for id in db.execute(query, {"kind": kind}).scalars():
            yield Finding("orphan", f"A row of {table} has no log: {id}.", None, None, None, table, id)
    for table in (*_PARTS, "events"):
        query = text(
            f"SELECT DISTINCT log_id FROM {table} x WHERE NOT EXISTS (SELECT FROM logs l WHERE l.id = x.log_id)"
        )
        for id in db.execute(query).scalars():
            yield Finding("orphan", f"Rows of {table} belong to a log that is not there: {id}.", id, None, None, table)
    query = text(
        "SELECT m.id FROM memberships m WHERE NOT EXISTS"
        " (SELECT FROM logs l WHERE l.id = coalesce(m.programme_id, m.organisation_id))"
    )
    for id in db.execute(query).scalars():
        yield Finding("orphan", f"A membership is held in no log: {id}.", None, None, None, "memberships", id)


def _editions(db: Connection) -> Iterator[Finding]:
    """Stored editions fit their fingerprints."""
    for row in db.execute(text("SELECT fingerprint, workflow, number, rules FROM editions ORDER BY fingerprint")):
        try:
            fits = digest(row.rules) == row.fingerprint
        except NotCanonical:
            fits = False
        if not fits:
            sentence = f"The stored edition {row.workflow} {row.number} does not fit its fingerprint."
            yield Finding("edition", sentence, None, None, None, "editions", row.fingerprint, "rules")


def _numbers(db: Connection) -> Iterator[Finding]:
    """The case numbers of each programme and year run from 1 to the counter, each once."""
    query = text("""
        WITH given AS (
            SELECT programme_id, split_part(number, '-', 2)::int AS year, split_part(number, '-', 3)::int AS n FROM cases
        ), sums AS (
            SELECT programme_id, year, count(*) AS given, count(DISTINCT n) AS different, min(n) AS low, max(n) AS high
            FROM given GROUP BY programme_id, year
        )
        SELECT programme_id, year, p.code, coalesce(s.given, 0) AS given, s.low, s.high, n.last
        FROM sums s FULL JOIN numbers n USING (programme_id, year) JOIN programmes p ON p.id = programme_id
        WHERE n.last IS NULL OR coalesce(s.given, 0) <> n.last OR s.different <> s.given OR s.low <> 1
            OR s.high <> n.last
        ORDER BY p.code, year
    """)
    for row in db.execute(query):
        sentence = (
            f"The numbers of {row.code} in {row.year} have a fault: {row.given} cases, the counter says"
            f" {row.last or 'nothing'}, the highest is {row.high or 'none'}."
        )
        yield Finding("numbers", sentence, None, None, None, "numbers", row.programme_id)


_SOME_REQUESTS = text("""
    WITH batch AS (
        SELECT * FROM requests WHERE CAST(:actor AS uuid) IS NULL OR (actor_id, key) > (CAST(:actor AS uuid), :key)
        ORDER BY actor_id, key LIMIT :most
    )
    SELECT s.actor_id, s.key, s.status, s.log_id, s.seq, s.log_id IS NULL OR EXISTS (
        SELECT FROM events e WHERE e.log_id = s.log_id AND e.seq <= s.seq AND e.actor_id = s.actor_id::text
        AND e.header->>'key' = encode(sha256(convert_to(s.key, 'UTF8')), 'hex')
    ) AS told FROM batch s ORDER BY s.actor_id, s.key
""")


def _requests(db: Connection) -> Iterator[Finding]:
    """Every request that was answered for a case has the event that carries its key's hash."""
    actor: str | None = None
    key = ""
    while True:
        rows = db.execute(_SOME_REQUESTS, {"actor": actor, "key": key, "most": _BATCH}).all()
        for row in rows:
            if not row.told:
                sentence = f"A request was answered, but no event up to {row.seq} carries its key."
                yield Finding("request", sentence, row.log_id, None, row.seq, "requests", row.actor_id)
            if row.status is None:
                yield Finding("request", "A request was kept without its answer.", row.log_id, None, None, "requests", row.actor_id)  # fmt: skip
        if len(rows) < _BATCH:
            return
        actor, key = rows[-1].actor_id, rows[-1].key
