"""That events are in the tree as it is published: for each its leaf, and the hashes that lead from it to the root that was signed."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection, text

from casework import reasons
from casework.errors import InvalidForm
from casework.json_values import JsonObject, JsonValue
from casework.ledger.leaves import ENTRY_SIZE
from casework.ledger.merkle import HASH_SIZE, HEIGHT, WIDTH, ReadNode, node_from, prove_consistency, prove_inclusion
from casework.ledger.signed_notes import parse_checkpoint, parse_note
from casework.records.row_security import whole
from casework.records.tree_tiles import StoredCheckpoint, published_checkpoint

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


def _told(hashes: Iterable[bytes]) -> list[JsonValue]:
    return [b64encode(one).decode() for one in hashes]


def prove_events(db: Connection, log: str, seqs: Iterable[int], since: int | None = None) -> EventProofs:
    """The proofs of some events of a log, in four statements however many there are. Whoever calls it says who may know of the log. With
    `since`, that the tree goes on from one of so many leaves, too; raises InvalidForm where it is no larger.

    What is proven is what strangers are shown, the checkpoint of the last full minute: a proof tells no more of what happened since.
    """
    return prove_logs(db, {log: seqs}, since)[log]


def prove_logs(db: Connection, asked: Mapping[str, Iterable[int]], since: int | None = None) -> dict[str, EventProofs]:
    """The same of several logs, all under one checkpoint."""
    wanted = {log: sorted(set(seqs)) for log, seqs in asked.items()}
    with whole(db):
        published = published_checkpoint(db)
        size = published.size if published else 0
        if since is not None and not 1 <= since <= size:
            raise InvalidForm(fields={"since": reasons.fields.BETWEEN(least=1, most=size)})
        if published is None:
            return {log: EventProofs(None, 0, waiting=seqs) for log, seqs in wanted.items()}
        places = _places(db, wanted)
        covered = [place for found in places.values() for place in found.values() if place < size]
        read = _nodes(db, covered, size, since)
    grown = None if since is None else (since, tuple(prove_consistency(read, since, size)))
    return {
        log: _proven(published, seqs, {seq: place for seq, place in places[log].items() if place < size}, read, grown)
        for log, seqs in wanted.items()
    }


def _proven(
    published: StoredCheckpoint,
    seqs: Sequence[int],
    places: Mapping[int, int],
    read: ReadNode,
    grown: tuple[int, tuple[bytes, ...]] | None,
) -> EventProofs:
    leaves = {seq: Leaf(place, tuple(prove_inclusion(read, place, published.size))) for seq, place in places.items()}
    return EventProofs(published.note, published.size, leaves, [seq for seq in seqs if seq not in leaves], grown)


#: The bundles that name one of some logs.
_BUNDLES = text("""
    SELECT b.n, b.entries FROM tree_entries b
    WHERE EXISTS (SELECT FROM unnest(CAST(:names AS bytea[])) x(name) WHERE position(x.name IN b.entries) > 0) ORDER BY b.n
""")


def _places(db: Connection, wanted: Mapping[str, Sequence[int]]) -> dict[str, dict[int, int]]:
    """By log the leaf of each event that has one."""
    named = {bytes.fromhex(log.replace("-", "")): log for log in wanted}
    seqs = {log: set(listed) for log, listed in wanted.items()}
    places: dict[str, dict[int, int]] = {log: {} for log in wanted}
    for row in db.execute(_BUNDLES, {"names": list(named)}):
        entries = bytes(row.entries)
        for at in range(0, len(entries), ENTRY_SIZE):
            log = named.get(entries[at : at + 16])
            seq = int.from_bytes(entries[at + 16 : at + ENTRY_SIZE], "big")
            if log is not None and seq in seqs[log]:
                places[log][seq] = int(row.n) * WIDTH + at // ENTRY_SIZE
    return places


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
