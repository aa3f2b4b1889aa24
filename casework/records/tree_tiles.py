"""The tree over all events where it is stored: read, and made to grow by the one sequencer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, text

from casework.ledger.leaves import Awaited, entry_of, in_leaf_order, leaf_of
from casework.ledger.merkle import WIDTH, ReadNode, grow, node_from, prove_inclusion, root_between
from casework.records.server_process import SEQUENCER_ROLE

#: Any number: whoever makes the tree grow holds it, until the end of its transaction.
_ADVISORY_LOCK = 4_215_807_166


class StoredCheckpoint(NamedTuple):
    """What was signed of the tree once."""

    n: int
    size: int
    root: bytes
    note: str
    made_at: datetime


def try_leading(db: Connection) -> bool:
    """From here to the end of the transaction this one alone makes the tree grow, in its own role; False where another does."""
    act_as_sequencer(db)
    # A batch of a large import may take longer than a statement of a page.
    db.execute(text("SET LOCAL statement_timeout = '60s'"))
    return bool(db.execute(text("SELECT pg_try_advisory_xact_lock(:key)"), {"key": _ADVISORY_LOCK}).scalar_one())


def lead(db: Connection) -> None:
    """The same after whoever leads now, in the role of before, which may write events: `act_as_sequencer` comes after these."""
    db.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ADVISORY_LOCK})


def act_as_sequencer(db: Connection) -> None:
    """From here to the end of the transaction it is in the role that alone may write to the tree, and may do nothing else."""
    db.execute(text(f"SET LOCAL ROLE {SEQUENCER_ROLE}"))


#: So many leaves are given at once, which takes seconds: a long backlog gets them in several transactions.
MOST_TAKEN = 20_000
#: Takes events that wait. Of a log its first ones.
_TAKE = text("""
    DELETE FROM awaited_leaves WHERE (log_id, seq) IN (SELECT log_id, seq FROM awaited_leaves ORDER BY log_id, seq LIMIT :most)
    RETURNING log_id, seq, hash
""")


def any_awaited(db: Connection) -> bool:
    """Whether an event waits for a leaf."""
    return bool(db.execute(text("SELECT EXISTS (SELECT FROM awaited_leaves)")).scalar_one())


def take_awaited(db: Connection) -> list[Awaited]:
    """Events that wait for a leaf, which they get in this transaction. Of one log without a gap: a log's events are there in their order,
    as each is written under the log's lock."""
    rows = db.execute(_TAKE, {"most": MOST_TAKEN})
    return [Awaited(row.log_id, row.seq, bytes(row.hash)) for row in rows]


def append_leaves(db: Connection, size: int, events: Sequence[Awaited]) -> tuple[int, bytes]:
    """Give events their leaves, after `size` others; the tree's new size and root."""
    ordered = in_leaf_order(events)
    growth = grow(size, tile_reader(db), [leaf_of(event.hash) for event in ordered])
    _write(db, _TILE, [{"level": level, "n": n, "more": more} for (level, n), more in growth.pieces.items()])
    entries: dict[int, bytes] = {}
    for leaf, event in enumerate(ordered, start=size):
        entries[leaf // WIDTH] = entries.get(leaf // WIDTH, b"") + entry_of(event.log, event.seq)
    _write(db, _ENTRIES, [{"n": n, "more": more} for n, more in entries.items()])
    return growth.size, growth.root


#: A tile gets more hashes.
_TILE = """
    INSERT INTO tree_tiles AS t (level, n, hashes) VALUES (:level, :n, :more)
    ON CONFLICT (level, n) DO UPDATE SET hashes = t.hashes || excluded.hashes
"""
#: And so do the entries beside it.
_ENTRIES = """
    INSERT INTO tree_entries AS t (n, entries) VALUES (:n, :more)
    ON CONFLICT (n) DO UPDATE SET entries = t.entries || excluded.entries, made_at = clock_timestamp()
"""


def _write(db: Connection, statement: str, rows: Sequence[dict[str, object]]) -> None:
    if rows:
        db.execute(text(statement), rows)


#: What was signed, now or at a moment of a simulated time.
_KEEP = text("""
    INSERT INTO checkpoints (n, size, root, note, made_at)
    VALUES (:n, :size, :root, :note, coalesce(CAST(:made_at AS timestamptz), clock_timestamp()))
""")


def keep_checkpoint(
    db: Connection, n: int, size: int, root: bytes, note: str, *, made_at: datetime | None = None
) -> None:
    db.execute(_KEEP, {"n": n, "size": size, "root": root, "note": note, "made_at": made_at})


#: What was signed last, by then.
_NEWEST = """
    SELECT n, size, root, note, made_at FROM checkpoints {where} ORDER BY n DESC LIMIT 1
"""


def newest_checkpoint(db: Connection) -> StoredCheckpoint | None:
    """What was signed of the tree last."""
    return _checkpoint(db, _NEWEST.format(where=""))


def published_checkpoint(db: Connection) -> StoredCheckpoint | None:
    """What was signed last before this minute began: what strangers see changes once a minute, however much happens in it."""
    return _checkpoint(db, _NEWEST.format(where="WHERE made_at < date_trunc('minute', clock_timestamp())"))


def list_handovers(db: Connection) -> list[StoredCheckpoint]:
    """What the key before and the one that took over from it signed together, the newest first."""
    return [_stored(row) for row in db.execute(_HANDOVERS)]


#: The checkpoints that two keys signed: the note of such a one has a sixth line.
_HANDOVERS = text("""
    SELECT n, size, root, note, made_at FROM checkpoints WHERE split_part(note, chr(10), 6) <> '' ORDER BY n DESC
""")


def published_handovers(db: Connection) -> list[str]:
    """The same, once its minute is over: as signed."""
    return [row.note for row in db.execute(_PUBLISHED_HANDOVERS)]


#: The same of what was signed before this minute began.
_PUBLISHED_HANDOVERS = text("""
    SELECT note FROM checkpoints
    WHERE split_part(note, chr(10), 6) <> '' AND made_at < date_trunc('minute', clock_timestamp()) ORDER BY n DESC
""")


#: What was published of so many leaves, the first of it: a minute had begun, and nothing else had been signed by then. Where a key
#: changed, the same tree was signed again.
_PUBLISHED_AT = """
    SELECT n, size, root, note, made_at FROM checkpoints c
    WHERE size = :size AND made_at < date_trunc('minute', clock_timestamp()) AND NOT EXISTS (
        SELECT FROM checkpoints x WHERE x.n = c.n + 1 AND x.made_at < date_trunc('minute', c.made_at) + interval '1 minute'
    ) ORDER BY n LIMIT 1
"""


def published_at(db: Connection, size: int) -> StoredCheckpoint | None:
    """What strangers were shown of the tree when it had so many leaves; None where they were shown none of that size."""
    return _checkpoint(db, _PUBLISHED_AT, size=size)


def _checkpoint(db: Connection, statement: str, **given: int) -> StoredCheckpoint | None:
    row = db.execute(text(statement), given).one_or_none()
    return None if row is None else _stored(row)


def _stored(row: Any) -> StoredCheckpoint:
    return StoredCheckpoint(row.n, row.size, bytes(row.root), row.note, row.made_at)


def read_tile(db: Connection, level: int, n: int) -> bytes:
    """The hashes of a tile as far as it is filled, or nothing."""
    statement = text("SELECT hashes FROM tree_tiles WHERE level = :level AND n = :n")
    return bytes(db.execute(statement, {"level": level, "n": n}).scalar_one_or_none() or b"")


def tile_reader(db: Connection) -> Callable[[int, int], bytes]:
    """The same, each tile read once."""
    kept: dict[tuple[int, int], bytes] = {}

    def read(level: int, n: int) -> bytes:
        if (level, n) not in kept:
            kept[level, n] = read_tile(db, level, n)
        return kept[level, n]

    return read


def node_reader(db: Connection) -> ReadNode:
    """What proofs are made from. Raises BadProof where a tile is too short."""
    return node_from(tile_reader(db))


def root_at(db: Connection, size: int) -> bytes:
    """The root that the tiles give for the tree when it had so many leaves. Raises BadProof where it never had."""
    return root_between(node_reader(db), 0, size)


#: The bundle in which an event's entry stands: made no earlier than the event, where the clock was the real one.
_BUNDLE = text("""
    SELECT n, entries FROM tree_entries WHERE made_at >= CAST(:since AS timestamptz) AND position(:entry IN entries) > 0 ORDER BY n
""")


def find_leaf(db: Connection, log: str, seq: int, at: datetime) -> int | None:
    """Which leaf an event of that time has; None while it waits for one. Only the engine may ask."""
    entry = entry_of(log, seq)
    for since in (at, None):
        # Of a simulation, whose clock ran ahead, all are looked through.
        for row in db.execute(_BUNDLE, {"since": since or "-infinity", "entry": entry}):
            entries = bytes(row.entries)
            for place in range(0, len(entries), len(entry)):
                if entries[place : place + len(entry)] == entry:
                    return int(row.n) * WIDTH + place // len(entry)
    return None


def prove_leaf(db: Connection, leaf: int, size: int) -> list[bytes]:
    """That a leaf is in the tree of so many."""
    return prove_inclusion(node_reader(db), leaf, size)
