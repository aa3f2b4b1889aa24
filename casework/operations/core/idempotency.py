"""What was asked once is not done twice: request keys, recorded first in the transaction of the action."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import uuid_utils
from sqlalchemy import Connection, text

from casework.errors import KeyReused, NotFound
from casework.json_values import JsonMapping, JsonObject
from casework.operations.core.access_queries import case_log, reaches, seen_case, seen_task
from casework.operations.core.reader_names import insist_registered_names
from casework.permissions.actors import Actor
from casework.records.case_loader import loading, loading_locked
from casework.records.database import run
from casework.records.event_log import Log
from casework.records.row_security import whole_after
from casework.records.wire import Row, Statement


@dataclass(frozen=True)
class Request:
    """The key that came with a request, and the digest of what it asked for."""

    key: str
    digest: str
    #: Whoever asked was told what may follow, and wants it done.
    sure: bool = False

    @classmethod
    def anew(cls) -> Request:
        """One that nobody sends again."""
        return cls(str(uuid_utils.uuid7()), "")

    @property
    def key_hash(self) -> str:
        """What the history keeps of the key."""
        return hashlib.sha256(self.key.encode()).hexdigest()


@dataclass(frozen=True)
class Done:
    """The answer to an action; `repeated` when it was given before and nothing was done this time."""

    answer: JsonMapping
    status: int = 200
    repeated: bool = False


def digest_of(method: str, path: str, body: Any) -> str:
    """What makes two requests the same."""
    return hashlib.sha256(json.dumps([method, path, body], sort_keys=True).encode()).hexdigest()


#: Records a request's key: 1 where it is new, 0 where it was done before.
_ASK = """
    WITH r AS (
        INSERT INTO requests (actor_id, key, digest) VALUES (CAST($1 AS uuid), $2, $3) ON CONFLICT DO NOTHING RETURNING 1
    )
    SELECT count(*) FROM r
"""
#: Records a request's key, and where it is new locks the logs and takes the time.
#: The key first, then the logs in the order of their ids; the time is taken after both, however long one had to wait.
_ASK_AND_LOCK = """
    WITH r AS (
        INSERT INTO requests (actor_id, key, digest) VALUES (CAST($1 AS uuid), $2, $3) ON CONFLICT DO NOTHING RETURNING 1
    ),
    l AS MATERIALIZED (
        SELECT id, kind, programme_id, seq, head, last_at FROM logs
        WHERE id = {} AND (SELECT count(*) FROM r) > 0 ORDER BY id FOR NO KEY UPDATE
    )
    SELECT (SELECT count(*) FROM r) AS fresh, set_config('casework.locked', coalesce(l.id::text, ''), true), l.*,
        greatest(casework_now(), l.last_at + interval '1 microsecond') AS now
    FROM (SELECT) one LEFT JOIN l ON true ORDER BY l.id
"""
#: The same for logs that are named.
_OF_LOGS = _ASK_AND_LOCK.format("ANY(CAST($4 AS uuid[]))")
#: The same for the log of a task.
#: A task never changes its log, so that may be read before the lock; whoever may not see it locks nothing.
_OF_TASK = _ASK_AND_LOCK.format(f"(SELECT seen.id FROM ({seen_task(which=4, person=1, reaches=5)}) seen)")
#: The same for the log of a case by its number, which never changes either.
_OF_CASE = _ASK_AND_LOCK.format(f"(SELECT seen.id FROM ({seen_case(which=4, person=1, reaches=5)}) seen)")
#: What was answered to a key before, and to which request. Where there is such an answer, the transaction takes a number, so that its
#: COMMIT waits for the standbys as that of the action did: they have both then, whatever became of the first.
_EARLIER = text("""
    SELECT digest, status, answer, pg_current_xact_id() FROM requests WHERE actor_id = CAST(:actor AS uuid) AND key = :key
""")
#: Keeps the answer to a request.
_FINISH = text(
    "UPDATE requests SET status = :status, answer = CAST(:answer AS jsonb)"
    " WHERE actor_id = CAST(:actor AS uuid) AND key = :key"
)


def ask(db: Connection, actor: Actor, request: Request) -> Done | None:
    """Record the key; the earlier answer if the same was asked before. Raises KeyReused for another body.

    A second request with the key waits here until the first one's transaction has ended.
    """
    insist_registered_names(db)
    if run(db, _ASK, _asking(actor, request))[0][0]:
        return None
    return _earlier(db, actor, request)


def find_done(db: Connection, actor: Actor, request: Request) -> Done | None:
    """What was answered to the same request, if it was done before; records nothing. Raises KeyReused for another body."""
    asked = {"actor": actor.person, "key": request.key}
    return None if db.execute(_EARLIER, asked).first() is None else _earlier(db, actor, request)


@dataclass(frozen=True)
class Locked:
    """A log that an action has locked; `rows` is what was loaded of its case in the same round trip, if anything was."""

    log: Log
    rows: Sequence[Row] = ()


@contextmanager
def asked_and_locked(
    db: Connection, actor: Actor, request: Request, log: str, *, kind: str, others: Sequence[str] = ()
) -> Iterator[tuple[Done | None, dict[str, Locked]]]:
    """`ask`, and the logs locked if nothing was asked before, and the case or mediation of `log` loaded. Raises NotFound unless all
    are there.

    Within the block the engine reads, after it whoever read before.
    """
    wanted = sorted({log, *others})
    lock = _OF_LOGS, (*_asking(actor, request), f"{{{','.join(wanted)}}}")
    with _asked_and_locked(db, actor, request, lock, loading(log, kind)) as (earlier, logs, rows):
        if earlier is None and len(logs) != len(wanted):
            raise NotFound("log")
        yield earlier, {each.id: Locked(each, rows if each.id == log else ()) for each in logs}


@contextmanager
def asked_and_locked_of_task(
    db: Connection, actor: Actor, request: Request, task: str
) -> Iterator[tuple[Done | None, Locked | None]]:
    """The same for the log of a task. Raises NotFound where there is none that the actor sees."""
    lock = _OF_TASK, (*_asking(actor, request), task, *reaches(actor))
    with _asked_and_locked(db, actor, request, lock, loading_locked()) as (earlier, logs, rows):
        if earlier is None and not logs:
            raise NotFound("task")
        yield earlier, Locked(logs[0], rows) if logs else None


@contextmanager
def asked_and_locked_of_case(
    db: Connection, actor: Actor, request: Request, number: str
) -> Iterator[tuple[Done | None, Locked | None]]:
    """The same for the log of a case by its number. Raises NotFound where there is none that the actor sees anything of."""
    lock = _OF_CASE, (*_asking(actor, request), number, *reaches(actor))
    with _asked_and_locked(db, actor, request, lock, loading_locked(), seen=number) as (earlier, logs, rows):
        if earlier is None and not logs:
            raise NotFound("case")
        yield earlier, Locked(logs[0], rows) if logs else None


@contextmanager
def _asked_and_locked(
    db: Connection, actor: Actor, request: Request, lock: Statement, load: Statement, *, seen: str | None = None
) -> Iterator[tuple[Done | None, list[Log], list[Row]]]:
    insist_registered_names(db)
    # Before it asks, so that the server plans all of it as the engine's (`records.row_security`).
    with whole_after(db, [lock, load]) as (rows, loaded):
        if rows[0][0]:
            yield None, [Log(*row) for _, _, *row in rows if row[0] is not None], loaded
            return
        if seen is not None:
            # Whoever no longer sees the case is told nothing of what was answered either.
            case_log(db, actor, seen)
        yield _earlier(db, actor, request), [], []


def _asking(actor: Actor, request: Request) -> tuple[str, ...]:
    return actor.person, request.key, request.digest


def _earlier(db: Connection, actor: Actor, request: Request) -> Done:
    earlier = db.execute(_EARLIER, {"actor": actor.person, "key": request.key}).one()
    if earlier.digest != request.digest:
        raise KeyReused
    return Done(earlier.answer, earlier.status, repeated=True)


def finish(db: Connection, actor: Actor, request: Request, done: Done) -> Done:
    """Keep the answer of an action that has no log of a case."""
    answer = json.dumps(done.answer)
    db.execute(_FINISH, {"actor": actor.person, "key": request.key, "status": done.status, "answer": answer})
    return done


def finished(actor: Actor, request: Request, done: Done) -> JsonObject:
    """The same, as part of the statement that writes a case."""
    return {"asker": actor.person, "key": request.key, "status": done.status, "answer": done.answer}
