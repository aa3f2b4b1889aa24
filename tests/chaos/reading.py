"""What the database holds once all is quiet, as the history checker takes it."""

from __future__ import annotations

import struct
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine, text

from casework.ledger.leaves import ENTRY_SIZE
from casework.operations.verification.service import verify_all
from casework.records.database import transaction
from tests.chaos.history import Kept, Message, Track
from tests.jobs.sites import timers_fired
from tests.journeys.kills import Told

#: Every event of every case, in its order.
_TOLD = """
    SELECT c.number, e.seq, e.kind, e.actor_id, e.header->>'key' AS key, e.effects->>'task' AS task, e.at, e.track_id,
        e.header->'from' AS frm, e.header->'to' AS to, e.effects->>'transition' AS transition, e.header->>'organisation' AS organisation,
        CAST(e.effects->>'proposed' AS bigint) AS confirms
    FROM events e JOIN cases c ON c.id = e.log_id ORDER BY c.number, e.seq
"""
#: Of each clock that was running how many of its moments are past.
_DUE = """
    SELECT c.id, (SELECT count(*) FROM jsonb_array_elements(c.steps) s WHERE CAST(s->>0 AS timestamptz) <= casework_now()) AS past
    FROM clocks c WHERE c.id = ANY(CAST(:clocks AS uuid[]))
"""
#: What must come to its end before anybody looks.
_LEFT = """
    SELECT 'untold event' AS what, count(*) AS many FROM outbox
    UNION ALL SELECT 'queued message', count(*) FROM webhook_messages WHERE state = 'queued'
    UNION ALL SELECT 'awaited leaf', count(*) FROM awaited_leaves
    UNION ALL SELECT 'moment that has come', count(*) FROM clocks WHERE fires_at <= casework_now()
    ORDER BY what
"""


def seqs(db: Connection) -> dict[str, int]:
    """The last event of each case."""
    rows = db.execute(text("SELECT c.number, l.seq FROM cases c JOIN logs l ON l.id = c.id ORDER BY c.number"))
    return {row.number: row.seq for row in rows}


def what_is_left(db: Connection) -> list[str]:
    """What is due and not done yet, untold, or without its leaf."""
    return [f"{row.many} of: {row.what}" for row in db.execute(text(_LEFT)) if row.many]


def past_moments(db: Connection, clocks: Collection[str]) -> dict[str, int]:
    return {row.id: row.past for row in db.execute(text(_DUE), {"clocks": list(clocks)})}


def read_kept(
    engine: Engine, before: Mapping[str, int], due: Mapping[str, int], taken: Sequence[str], listener: str
) -> Kept:
    """All of it; events up to those of `before` were asked for by nobody who is in the clients' log, and nobody is told of them.
    `due`: moments that are past, by clock; `listener`: the organisation whose system is told what moves in its referrals."""
    with transaction(engine) as db:
        numbers: dict[str, str] = {row.id: row.number for row in db.execute(text("SELECT id, number FROM cases"))}
        told = [_told(row, before) for row in db.execute(text(_TOLD))]
        tracks = db.execute(text("SELECT id, log_id, states, revision, workflow, provider_id FROM tracks")).all()
        held = db.execute(text("SELECT id, holder_id FROM tasks WHERE closed_at IS NULL")).all()
        referrals = {row.id: row.provider_id for row in tracks if row.workflow == "referral"}
        entries = db.execute(text("SELECT entries FROM tree_entries ORDER BY n")).scalars()
        kept = Kept(
            told=told,
            heads=seqs(db),
            tracks={
                row.id: Track(numbers[row.log_id], tuple(row.states), row.revision)
                for row in tracks
                if row.log_id in numbers
            },
            holders={row.id: row.holder_id for row in held},
            referrals=referrals,
            due=due,
            messages=[
                Message(row.id, row.state, numbers.get(row.log_id, row.log_id), row.seq)
                for row in db.execute(text("SELECT id, state, log_id, seq FROM webhook_messages ORDER BY id"))
            ],
            owed={
                (one.case, one.seq)
                for one in told
                if one.transition and referrals.get(one.track or "") == listener and one.seq > before.get(one.case, 0)
            },
            taken=taken,
            untold=db.execute(text("SELECT count(*) FROM outbox")).scalar_one(),
            leaves=[leaf for some in entries for leaf in _leaves(some)],
            events=frozenset((row.log_id, row.seq) for row in db.execute(text("SELECT log_id, seq FROM events"))),
            sizes=list(db.execute(text("SELECT size FROM checkpoints ORDER BY n")).scalars()),
        )
    return replace(
        kept,
        fired=timers_fired(engine, due),
        findings=[str(one) for one in verify_all(engine)],
    )


def _told(row: Any, before: Mapping[str, int]) -> Told:
    return Told(
        row.number,
        row.seq,
        row.kind,
        row.actor_id,
        None if row.seq <= before.get(row.number, 0) else row.key,
        row.task,
        at=row.at,
        track=row.track_id,
        frm=tuple(row.frm or ()),
        to=tuple(row.to or ()),
        transition=row.transition if row.kind == "fired" else None,
        organisation=row.organisation,
        confirms=row.confirms,
    )


def _leaves(some: bytes) -> list[tuple[str, int]]:
    cut = [some[at : at + ENTRY_SIZE] for at in range(0, len(some), ENTRY_SIZE)]
    return [(str(UUID(bytes=one[:16])), struct.unpack(">I", one[16:])[0]) for one in cut]
