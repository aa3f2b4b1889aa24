"""Carrying out a batch that two persons decided: case by case, each in a transaction of its own, judged again at its moment.

Who dies in between loses nothing and doubles nothing: what became of a case is told in the transaction that moves it. Whether the batch
goes on is asked before each, under the log of the programme, so that whoever stops it waits for one case at most.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import InterfaceError, OperationalError

from casework import reasons
from casework.definitions import load_library
from casework.engine.batches import BATCH_CASE, FAILED, MOVED, RUNNING, STAYED, Batch, under_way
from casework.engine.definition.migration_plans import MigrationPlan, plan_migration
from casework.engine.removals import digest_of_case
from casework.engine.roles import Role
from casework.engine.state.events import SYSTEM_ACTOR
from casework.engine.state.register_effects import BatchCase
from casework.errors import DatabaseUnavailable, RolesMissing
from casework.operations.core.editions import read_editions
from casework.operations.core.perform import SYSTEM, stand
from casework.operations.core.register_log import append
from casework.operations.people.case_batches import read_batches
from casework.operations.people.case_migrations import move_standing, take_back_standing
from casework.records.database import transaction
from casework.records.event_log import lock_logs

_note = logging.getLogger(__name__)
#: The programmes in which a batch goes on.
_WAITING = "SELECT p.id::text FROM programmes p WHERE p.batch->>'state' = 'running'"
#: The logs of a programme's cases.
_CASES = text("SELECT id::text FROM cases WHERE programme_id = CAST(:programme AS uuid)")
#: Whether a batch is still to go on.
_GOES_ON = text("""
    SELECT batch = jsonb_build_object('decision', CAST(:decision AS bigint), 'state', 'running') FROM programmes
    WHERE id = CAST(:programme AS uuid)
""")
#: How many of its cases a batch has come to, and whether one of them is among these.
_DONE = text("""
    SELECT count(*) AS come, coalesce(bool_or(effects->'batch_case'->>'case' = :case), false) AS this FROM events
    WHERE log_id = CAST(:programme AS uuid) AND seq > :decision AND kind = 'batch_case'
    AND effects->'batch_case'->>'decision' = CAST(:decision AS text)
""")
#: Notes that a batch has come to all of its cases.
_END = text("UPDATE programmes SET batch = '{}' WHERE id = CAST(:id AS uuid)")


@dataclass(frozen=True, slots=True)
class _Work:
    """A batch that goes on, and the logs of the cases that it has not come to."""

    programme: str
    decision: int
    plan: str
    #: None where it takes back another one.
    moves: MigrationPlan | None
    waiting: tuple[str, ...]
    #: How many cases it names.
    among: int


def list_waiting(db: Connection, *, but: str, most: int) -> list[str]:
    """The programmes in which a batch waits to be carried out; `but` leaves some out, of `p`."""
    return list(db.execute(text(f"{_WAITING} AND {but} ORDER BY p.id LIMIT :most"), {"most": most}).scalars())


def carry_on(engine: Engine, programme: str) -> int:
    """Come to every case of the batch that is carried out, from where it was left, while it goes on; gives to how many."""
    with transaction(engine) as db:
        read_editions(db)
        work = _work(db, programme)
    come = 0
    for log in work.waiting if work is not None else ():
        assert work is not None
        if not _come_to(engine, work, log):
            break
        come += 1
    return come


def _work(db: Connection, programme: str) -> _Work | None:
    one = under_way(read_batches(db, programme))
    if one is None or one.decision is None or one.state != RUNNING:
        return None
    logs = {digest_of_case(log): log for log in db.execute(_CASES, {"programme": programme}).scalars()}
    waiting = tuple(logs[named] for named in one.waiting)
    return _Work(programme, one.decision, one.asked["plan"], _plan(one), waiting, len(one.cases))


def _plan(one: Batch) -> MigrationPlan | None:
    if one.reverts is not None:
        return None
    editions = load_library().editions
    return plan_migration(editions[one.asked["from"]], editions[one.asked["to"]], one.asked["mapping"])


def _come_to(engine: Engine, work: _Work, log: str) -> bool:
    """Move a case or leave it with the reason; gives whether the batch goes on."""
    try:
        with transaction(engine) as db:
            return _carry(db, work, log)
    except (DatabaseUnavailable, RolesMissing, InterfaceError, OperationalError):
        # The database's trouble is not the case's: it is tried again.
        raise
    except Exception:
        # Without which case: its log may be named here, and others read this.
        _note.exception("a case of a batch could not be moved")
    with transaction(engine) as db:
        return _carry(db, work, log, failed=True)


def _carry(db: Connection, work: _Work, log: str, *, failed: bool = False) -> bool:
    logs = lock_logs(db, [work.programme, log])
    named = digest_of_case(log)
    if not db.execute(_GOES_ON, {"programme": work.programme, "decision": work.decision}).scalar_one():
        return False
    done = db.execute(_DONE, {"programme": work.programme, "decision": work.decision, "case": named}).one()
    if done.this:
        return True
    said: BatchCase = {"decision": work.decision, "case": named, "outcome": FAILED}
    said |= {"why": [reasons.migration.FAILED.as_json()]} if failed else _outcome(db, work, log)
    event = logs[work.programme].next_event(
        BATCH_CASE, SYSTEM_ACTOR, role=Role.SYSTEM, effects={"batch_case": said}, body={}
    )
    append(db, logs[work.programme], [event])
    if done.come + 1 == work.among:
        db.execute(_END, {"id": work.programme})
    return True


def _outcome(db: Connection, work: _Work, log: str) -> Any:
    standing = stand(db, log, "case")
    if work.moves is not None:
        verdict = move_standing(db, standing, SYSTEM, work.moves, batch=work.decision)
    else:
        verdict = take_back_standing(db, standing, SYSTEM, work.plan, batch=work.decision)
    if verdict.event is not None:
        return {"outcome": MOVED, "event": verdict.event}
    return {"outcome": STAYED, "why": [why.as_json() for why in verdict.why]}


__all__ = ["carry_on", "list_waiting"]
