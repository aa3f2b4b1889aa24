"""That events are in the tree as it is published: for each its leaf, and the hashes that lead from it to the root that was signed."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text

from casework import reasons
from casework.errors import InvalidForm, Refused
from casework.json_values import JsonObject, JsonValue
from casework.ledger.canonical_json import instant
from casework.ledger.leaves import ENTRY_SIZE
from casework.ledger.merkle import HASH_SIZE, HEIGHT, WIDTH, ReadNode, node_from, prove_consistency, prove_inclusion
from casework.ledger.signed_notes import parse_checkpoint, parse_note
from casework.records.row_security import whole
from casework.records.tree_tiles import published_at, published_checkpoint

_NOTHING = bytes(HASH_SIZE)


@dataclass(frozen=True, slots=True)
class Leaf:
    """Where an event stands in the tree, and the proof that it does, from the leaf up."""

    index: int
    hashes: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class EventProofs:
    """The checkpoint that is published, as it was signed, and the proof of each event that it covers."""

    #: None where nothing was published yet.
    checkpoint: str | None
    size: int
    leaves: dict[int, Leaf] = field(default_factory=dict)
    #: Events that came after it: ask again when the minute is full.
    waiting: list[int] = field(default_factory=list)
    #: That the tree goes on from one of so many leaves, where somebody asked.
    since: tuple[int, tuple[bytes, ...]] | None = None

    @property
    def origin(self) -> str | None:
        """The name of the log of all events."""
        return None if self.checkpoint is None else parse_checkpoint(parse_note(self.checkpoint).text).origin

    def told(self) -> JsonObject:
        """As files tell it: hashes in base64, as C2SP tlog-proof writes them."""
        return {
            "checkpoint": self.checkpoint,
            "leaves": [
                {"seq": seq, "index": leaf.index, "hashes": _told(leaf.hashes)}
                for seq, leaf in sorted(self.leaves.items())
            ],
            "waiting": self.waiting,
            "earlier": [] if self.since is None else [{"size": self.since[0], "hashes": _told(self.since[1])}],
        }


def told_event(row: Any) -> JsonObject:
    """An event as files tell it, from its stored row."""
    return {
        "log": row.log_id,
        "seq": row.seq,
        "at": instant(row.at),
        "header": row.header,
        "effects": row.effects,
        "body": row.body,
        "hash": row.hash,
    }


def _told(hashes: Iterable[bytes]) -> list[JsonValue]:
    return [b64encode(one).decode() for one in hashes]


def prove_events(
    db: Connection, log: str, seqs: Iterable[int], since: int | None = None, size: int | None = None
) -> EventProofs:
    """The proofs of some events of a log, in five statements however many there are. Whoever calls it says who may know of the log. With
    `since`, that the tree goes on from one of so many leaves, too; raises InvalidForm where it is no larger.

    What is proven is what strangers are shown, the checkpoint of the last full minute: a proof tells no more of what happened since. With
    `size` it is the one that they were shown of so many leaves; raises InvalidForm where there was none.
    """
    return prove_logs(db, {log: seqs}, since, size)[log]


def prove_logs(
    db: Connection, asked: Mapping[str, Iterable[int]], since: int | None = None, size: int | None = None
) -> dict[str, EventProofs]:
    """The same of several logs, all under one checkpoint, in as few statements."""
    wanted = {log: sorted(set(seqs)) for log, seqs in asked.items()}
    with whole(db):
        published = published_checkpoint(db) if size is None else published_at(db, size)
        if size is not None and published is None:
            raise InvalidForm(fields={"size": reasons.tree.NOT_PUBLISHED})
        size = published.size if published else 0
        if since is not None and not 1 <= since <= size:
            raise InvalidForm(fields={"since": reasons.fields.BETWEEN(least=1, most=size)})
        if published is None:
            return {log: EventProofs(None, 0, waiting=seqs) for log, seqs in wanted.items()}
        events = [(log, seq) for log, seqs in wanted.items() for seq in seqs]
        places = {event: place for event, place in _places(db, events).items() if place < size}
        read = _nodes(db, places.values(), size, since)
    grown = None if since is None else (since, tuple(prove_consistency(read, since, size)))
    leaves = {event: Leaf(place, tuple(prove_inclusion(read, place, size))) for event, place in places.items()}
    return {
        log: EventProofs(
            published.note,
            size,
            {seq: leaves[log, seq] for seq in seqs if (log, seq) in leaves},
            [seq for seq in seqs if (log, seq) not in leaves],
            grown,
        )
        for log, seqs in wanted.items()
    }


def checkpoint_of(db: Connection, proofs: Mapping[str, EventProofs]) -> str:
    """The checkpoint under which all of an export is proved. Raises Refused where something of it is not published yet."""
    with whole(db):
        published = published_checkpoint(db)
    note = next((one.checkpoint for one in proofs.values()), published.note if published else None)
    if note is None or any(one.waiting for one in proofs.values()):
        raise Refused(reasons.audit.EXPORT_WAITS)
    return note


def not_published(db: Connection) -> dict[str, int] | None:
    """Of each reader the first reading that the published checkpoint does not cover; None where nothing is published."""
    with whole(db):
        published = published_checkpoint(db)
        if published is None:
            return None
        first = {row.log: int(row.seq) for row in db.execute(_ALL_AWAITED)}
        for row in db.execute(_LATER_BUNDLES, {"bundle": published.size // WIDTH}):
            for place, log, seq in _entries(row):
                if place >= published.size:
                    name = str(UUID(bytes=log))
                    first[name] = min(seq, first.get(name, seq))
        readers = db.execute(_READERS, {"logs": list(first)}).all()
    return {row.id: first[row.log] for row in readers}


#: The first of each log that waits for its leaf.
_ALL_AWAITED = text("SELECT log_id AS log, min(seq) AS seq FROM awaited_leaves GROUP BY log_id")
#: The bundles from one on.
_LATER_BUNDLES = text("SELECT n, entries FROM tree_entries WHERE n >= :bundle ORDER BY n")
#: Whose chains some logs are.
_READERS = text("SELECT id, log FROM reading_heads WHERE log = ANY(CAST(:logs AS uuid[]))")


def prove_growth(db: Connection, old: int, new: int) -> JsonValue:
    """That the tree of `new` leaves begins with that of `old`: the hashes as files tell them."""
    with whole(db):
        return _told(prove_consistency(_nodes(db, (), new, old), old, new))


#: Of more logs than so many every bundle is looked through once here, and not once for each log there.
_MANY = 20
#: The bundles that name one of some logs, or of many logs all; of those made since the first of the asked events came, or of all.
_BUNDLES = text("""
    SELECT b.n, b.entries FROM tree_entries b
    WHERE (:many OR EXISTS (SELECT FROM unnest(CAST(:names AS bytea[])) x(name) WHERE position(x.name IN b.entries) > 0))
    AND b.made_at >= coalesce((
        SELECT min(coalesce(e.at, r.at)) FROM unnest(CAST(:logs AS uuid[]), CAST(:seqs AS bigint[])) AS asked (log, seq)
        LEFT JOIN events e ON e.log_id = asked.log AND e.seq = asked.seq
        LEFT JOIN reading_heads h ON h.log = asked.log LEFT JOIN readings r ON r.person_id = h.id AND r.n = asked.seq WHERE :since
    ), '-infinity') ORDER BY b.n
""")
#: Those of some events that wait for a leaf.
_AWAITED = text("""
    SELECT w.log_id::text AS log, w.seq FROM unnest(CAST(:logs AS uuid[]), CAST(:seqs AS bigint[])) AS asked (log, seq)
    JOIN awaited_leaves w ON w.log_id = asked.log AND w.seq = asked.seq
""")
#: An event of a log.
_Event = tuple[str, int]


def _places(db: Connection, events: Collection[_Event]) -> dict[_Event, int]:
    """The leaf of each event that has one."""
    awaited = {(row.log, row.seq) for row in db.execute(_AWAITED, _named(events))}
    placed = [event for event in events if event not in awaited]
    places = _found(db, placed, since=True)
    # Of a simulation, whose clock ran ahead, all are looked through.
    return places if len(places) == len(placed) else _found(db, placed, since=False)


def _found(db: Connection, events: Collection[_Event], *, since: bool) -> dict[_Event, int]:
    wanted, logs = set(events), {bytes.fromhex(log.replace("-", "")): log for log, _ in events}
    places: dict[_Event, int] = {}
    many = len(logs) > _MANY
    given = {"names": [] if many else list(logs), "many": many, "since": since}
    for row in db.execute(_BUNDLES, {**_named(events), **given}):
        for place, log, seq in _entries(row):
            event = logs.get(log, ""), seq
            if event in wanted:
                places[event] = place
    return places


def _entries(row: Any) -> Iterator[tuple[int, bytes, int]]:
    """Of a bundle each leaf, the id of its log, and its number there."""
    entries = bytes(row.entries)
    for at in range(0, len(entries), ENTRY_SIZE):
        seq = int.from_bytes(entries[at + 16 : at + ENTRY_SIZE], "big")
        yield int(row.n) * WIDTH + at // ENTRY_SIZE, entries[at : at + 16], seq


def _named(events: Collection[_Event]) -> dict[str, Any]:
    return {"logs": [log for log, _ in events], "seqs": [seq for _, seq in events]}


#: Some tiles.
_TILES = text("""
    SELECT t.level, t.n, t.hashes FROM tree_tiles t
    JOIN unnest(CAST(:levels AS int[]), CAST(:places AS bigint[])) AS asked (level, n) ON asked.level = t.level AND asked.n = t.n
""")


def _nodes(db: Connection, indices: Iterable[int], size: int, since: int | None) -> ReadNode:
    """What reads the nodes of some proofs: all tiles that they need are read at once, and each node is worked out once."""
    needed: set[tuple[int, int]] = set()

    def note(level: int, index: int) -> bytes:
        above, within = divmod(level, HEIGHT)
        needed.add((above, (index << within) // WIDTH))
        return _NOTHING

    for index in indices:
        prove_inclusion(note, index, size)
    if since is not None:
        prove_consistency(note, since, size)
    asked = {"levels": [level for level, _ in needed], "places": [n for _, n in needed]}
    tiles = {(row.level, row.n): bytes(row.hashes) for row in db.execute(_TILES, asked)}
    from_tiles = node_from(lambda level, n: tiles.get((level, n), b""))
    known: dict[tuple[int, int], bytes] = {}

    def read(level: int, index: int) -> bytes:
        if (level, index) not in known:
            known[level, index] = from_tiles(level, index)
        return known[level, index]

    return read
