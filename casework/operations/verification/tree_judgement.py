"""The tree over all events and readings, held against these, against what was signed of it, and against what is kept elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, text

from casework.ledger.leaves import ENTRY_SIZE, PREFIX
from casework.ledger.merkle import HASH_SIZE, HEIGHT, WIDTH, hashes_of, node_hash, root_of
from casework.ledger.signed_notes import BadNote, Checkpoint, PublicKey, open_checkpoint, parse_checkpoint, parse_note
from casework.operations.verification.rows import Finding
from casework.operations.verification.tree_memory import LEAVES, NOTHING, TreeMemory, holds_root, root_of_peaks
from casework.records import tree_tiles
from casework.records.log_keys import last_kept, public_keys
from casework.settings import Settings

#: So many events are named; where more have a fault, the first say enough.
_MOST = 100
#: Tiles that are read at once.
_AT_ONCE = 64


@dataclass(frozen=True, slots=True)
class KeptElsewhere:
    """What is known of the log beside the database: the keys that sign it, and what somebody kept of it, with whose it is; and where the
    sealed files of the archive lie."""

    keys: tuple[PublicKey, ...]
    kept: tuple[tuple[str, int, bytes], ...] = ()
    #: None where nobody looks for them.
    archive: Path | None = None


def kept_here(settings: Settings, kept: tuple[tuple[str, int, bytes], ...] = ()) -> KeptElsewhere:
    """What this machine keeps beside its database, and what somebody else kept."""
    last = last_kept(settings)
    mine = () if last is None else ((f"{settings.log_dir}/last", last.size, last.root),)
    return KeptElsewhere(public_keys(settings), (*kept, *mine), settings.archive_dir)


def check_tree(
    db: Connection, elsewhere: KeptElsewhere | None = None, since: TreeMemory = NOTHING
) -> Iterator[Finding]:
    """What is wrong with the tree; nothing where there is none yet, and nobody keeps anything of one. With `since` it reads only what came
    after a tree that was found whole once, of which `compare_memory` has told that it is still what is there."""
    roots: dict[int, bytes] = {}
    if elsewhere is not None and not elsewhere.keys:
        if db.execute(text("SELECT EXISTS (SELECT FROM checkpoints)")).scalar_one():
            yield _of_tree(
                "There are checkpoints, and here is no key to check them with: copy keys.pub of the log here.",
                "checkpoint",
            )
        elsewhere = None
    signed = list(_read_checkpoints(db, elsewhere, roots, since))
    yield from (one for one in signed if isinstance(one, Finding))
    here = max(roots, default=0)
    for whose, size, root in elsewhere.kept if elsewhere else ():
        if roots.setdefault(size, root) != root:
            yield _of_tree(f"Another root was signed of {size} leaves than {whose} says.", "checkpoint")
    yield from _earlier(db, roots, since)
    tiles = _Tiles(roots, since)
    yield from tiles.read(db)
    yield from tiles.finish(max(roots, default=0))
    for whose, size, _ in elsewhere.kept if elsewhere else ():
        # Whatever is signed is kept before anybody is shown it.
        if here < size <= tiles.size:
            yield _of_tree(
                f"{whose} has a checkpoint of {size} leaves; the newest one here is of {here}.", "checkpoint"
            )
    yield from _entries(db, tiles.size, since)
    yield from _events(db, since)
    yield from _dated_back(db, since)


def _read_checkpoints(
    db: Connection, elsewhere: KeptElsewhere | None, roots: dict[int, bytes], since: TreeMemory
) -> Iterator[Finding]:
    """What is wrong with what was signed; into `roots` goes what was signed of each size."""
    origin: str | None = None
    # What was signed last then is opened once more: what follows goes on from it.
    before: tuple[int, int, datetime | None] = (max(since.checkpoint - 1, 0), 0, None)
    signs: bytes | None = None
    for row in db.execute(_SIGNED, {"first": since.checkpoint}):
        try:
            said = _opened(row.note, elsewhere)
        except BadNote as fault:
            yield _of_tree(f"Checkpoint {row.n} does not hold: {fault}", "checkpoint", row.n, "note")
            continue
        by = [one.id for one in parse_note(row.note).signatures]
        if signs not in (None, by[0]):
            sentence = f"Checkpoint {row.n} is signed by another key than the one before, and nothing by both."
            yield _of_tree(sentence, "checkpoint", row.n, "note")
        signs = by[-1]
        origin = origin or said.origin
        if (said.origin, said.size, said.root) != (origin, row.size, bytes(row.root)):
            yield _of_tree(f"Checkpoint {row.n} says something else than its row.", "checkpoint", row.n, "note")
        n, size, made_at = before
        if row.n != n + 1 or said.size < size or (made_at is not None and row.made_at < made_at):
            yield _of_tree(f"Checkpoint {row.n} does not follow checkpoint {n}.", "checkpoint", row.n, "n")
        before = (row.n, said.size, row.made_at)
        if roots.setdefault(said.size, said.root) != said.root:
            yield _of_tree(f"Two roots were signed of {said.size} leaves.", "checkpoint", row.n, "root")


#: What was signed from one checkpoint on.
_SIGNED = text("SELECT n, size, root, note, made_at FROM checkpoints WHERE n >= :first ORDER BY n")


def _earlier(db: Connection, roots: dict[int, bytes], since: TreeMemory) -> Iterator[Finding]:
    """What was signed of leaves that are not read again: the tiles give it with few of them."""
    for size in sorted(size for size in roots if size <= since.size):
        if not holds_root(db, size, roots[size]):
            yield _of_tree(f"Another root was signed of {size} leaves than the tree has.", "tree", str(size), "hashes")


def _opened(note: str, elsewhere: KeptElsewhere | None) -> Checkpoint:
    if elsewhere is None:
        return parse_checkpoint(parse_note(note).text)
    return open_checkpoint(note, elsewhere.keys)


class _Tiles:
    """One pass over the leaves from some point on, which gives the root at each size that was signed, and what stands above them."""

    def __init__(self, roots: dict[int, bytes], since: TreeMemory) -> None:
        self.roots = roots
        self.size = self._start = since.size
        self._sizes = iter(sorted(size for size in roots if size > since.size))
        self._next = next(self._sizes, None)
        #: The roots of full subtrees so far, the largest first, each with its level.
        self._peaks = since.roots()
        self._full: list[bytes] = []
        self._wrong = False
        self._above: dict[int, list[tuple[int, bytes]]] = {}

    def read(self, db: Connection) -> Iterator[Finding]:
        short = False
        following = self._start // WIDTH
        for level, n, hashes in _tiles_since(db, self._start):
            if level:
                self._above.setdefault(level, []).append((n, hashes))
                continue
            if n != following or short:
                yield _of_tree(
                    f"The leaves from {self.size} on are missing.", "tree", f"0/{n}", "n", table="tree_tiles"
                )
                return
            short = len(hashes) < WIDTH * HASH_SIZE
            parts = hashes_of(hashes)
            for leaf in parts[max(self._start - n * WIDTH, 0) :]:
                yield from self._take(leaf)
            following += 1
            if not short:
                self._full.append(root_of(parts))

    def _take(self, leaf: bytes) -> Iterator[Finding]:
        self.size += 1
        level, root = 0, leaf
        while self._peaks and self._peaks[-1][0] == level:
            level, root = level + 1, node_hash(self._peaks.pop()[1], root)
        self._peaks.append((level, root))
        if self.size == self._next:
            yield from self._compare()
            self._next = next(self._sizes, None)

    def _compare(self) -> Iterator[Finding]:
        root = root_of_peaks(self._peaks)
        # What was changed is in all that was signed later; the first says where.
        if root != self.roots[self.size] and not self._wrong:
            self._wrong = True
            sound = max((size for size in self.roots if size < self.size), default=self._start)
            sentence = f"A leaf from {sound} to {self.size - 1} is not the one that was signed: their root is another."
            yield _of_tree(sentence, "tree", str(self.size), "hashes", table="tree_tiles")

    def finish(self, signed: int) -> Iterator[Finding]:
        if self.size != signed:
            yield _of_tree(f"The tree has {self.size} leaves, and {signed} were signed.", "tree", table="tree_tiles")
        level, below = 1, self._full
        while below or any(above >= level for above in self._above):
            there = b"".join(hashes for _, hashes in self._above.get(level, ()))
            places = [n for n, _ in self._above.get(level, ())]
            # Of the first of these tiles some hashes were there before.
            first = self._start >> HEIGHT * (level + 1)
            known = hashes_of(there)[: (self._start >> HEIGHT * level) - first * WIDTH]
            below = [*known, *below]
            if there != b"".join(below) or places != list(range(first, first + len(places))):
                yield _of_tree(f"The tiles of level {level} are not those of the leaves.", "tree", table="tree_tiles")
            full = len(below) // WIDTH * WIDTH
            below = [root_of(below[at : at + WIDTH]) for at in range(0, full, WIDTH)]
            level += 1


#: The next tiles of a level in their order.
_SOME_TILES = text("SELECT n, hashes FROM tree_tiles WHERE level = :level AND n >= :n ORDER BY n LIMIT :most")
#: The next level on which there is a tile.
_NEXT_LEVEL = text("SELECT min(level) FROM tree_tiles WHERE level > :level")


def _tiles_since(db: Connection, size: int) -> Iterator[tuple[int, int, bytes]]:
    """Level by level the tiles that have got hashes since there were so many leaves, and the one that gets the next."""
    level = -1
    while (level := db.execute(_NEXT_LEVEL, {"level": level}).scalar_one()) is not None:
        n = size >> HEIGHT * (level + 1)
        while rows := db.execute(_SOME_TILES, {"level": level, "n": n, "most": _AT_ONCE}).all():
            yield from ((level, row.n, bytes(row.hashes)) for row in rows)
            n = rows[-1].n + 1


#: How many bundles of entries there are from one on, which the last is, and how long they are together.
_BUNDLES = text("""
    SELECT count(*) AS count, max(n) AS last, sum(octet_length(entries)) AS bytes FROM tree_entries WHERE n >= :bundle
""")


def _entries(db: Connection, size: int, since: TreeMemory) -> Iterator[Finding]:
    """There are as many entries as leaves, in the same places."""
    first = since.bundle
    row = db.execute(_BUNDLES, {"bundle": first}).one()
    there = first * WIDTH + (row.bytes or 0) // ENTRY_SIZE
    if (row.bytes or 0) != (size - first * WIDTH) * ENTRY_SIZE or row.count != (
        0 if row.last is None else row.last - first + 1
    ):
        yield _of_tree(f"The tree has {size} leaves, and entries of {there}.", "tree", table="tree_entries")


#: Every leaf with what its entry says, and every event and reading, where the two do not fit: each has one leaf, which is its hash, and
#: those of a log or chain stand in its order. What came in the last moments waits for its leaf; nothing waits long after something else
#: was signed.
_MISFITS = """
    WITH RECURSIVE {leaves}, {told}, placed AS (
        SELECT l.*, l.seq - coalesce(lag(l.seq) OVER (PARTITION BY l.log_id ORDER BY l.at), m.seq, 0) AS step
        FROM leaf l LEFT JOIN memory m ON m.log_id = l.log_id
    ), event AS (
        SELECT e.log_id, e.seq, CASE WHEN e.hash ~ '^[0-9a-f]{{64}}$' THEN decode(e.hash, 'hex') END AS hash FROM told e
    ), latest AS (
        SELECT max(made_at) - interval '1 hour' AS at FROM checkpoints
    )
    SELECT x.log_id::text, x.seq, x.at, x.why, h.id::text AS chain, x.log_id IN (SELECT id FROM logs) AS known FROM (
        SELECT coalesce(p.log_id, e.log_id, w.log_id) AS log_id, coalesce(p.seq, e.seq, w.seq) AS seq, p.at, CASE
            WHEN e.seq IS NULL AND p.seq IS NULL THEN 'waits for a leaf, and is not there'
            WHEN e.seq IS NULL THEN 'has a leaf, and is not there'
            WHEN w.seq IS NOT NULL AND w.seq <= m.seq THEN 'has a leaf, and waits for another'
            WHEN p.seq IS NULL AND e.seq <= m.seq THEN NULL
            WHEN p.seq IS NULL AND w.seq IS NULL THEN 'has no leaf'
            WHEN p.seq IS NULL AND w.hash IS DISTINCT FROM e.hash THEN 'waits for the leaf of another'
            WHEN p.seq IS NULL AND w.since < (SELECT at FROM latest) THEN 'was left out, and waits for its leaf'
            WHEN p.seq IS NOT NULL AND w.seq IS NOT NULL THEN 'has a leaf, and waits for another'
            WHEN p.seq IS NULL THEN NULL
            WHEN p.hash IS DISTINCT FROM sha256('\\x00' || CAST(:prefix AS bytea) || e.hash) THEN 'is not the one of its leaf'
            WHEN p.step < 1 THEN 'has a leaf out of its turn, or two'
            WHEN p.step > 1 THEN 'has a leaf before those that come before it'
        END AS why
        FROM placed p FULL JOIN event e ON e.log_id = p.log_id AND e.seq = p.seq
        FULL JOIN awaited_leaves w ON w.log_id = coalesce(p.log_id, e.log_id) AND w.seq = coalesce(p.seq, e.seq)
        LEFT JOIN memory m ON m.log_id = coalesce(p.log_id, e.log_id, w.log_id)
    ) x LEFT JOIN reading_heads h ON h.log = x.log_id WHERE x.why IS NOT NULL ORDER BY x.at NULLS LAST, x.log_id, x.seq LIMIT :most
"""
#: All events and readings, and nothing that is remembered.
_TOLD = """
    memory AS (SELECT log_id, seq FROM verified_leaves WHERE false), told AS (
        SELECT log_id, seq, hash FROM events
        UNION ALL SELECT h.log, r.n, r.hash FROM readings r LEFT JOIN reading_heads h ON h.id = r.person_id
        UNION ALL SELECT h.log, r.n, r.hash FROM sealed_readings r LEFT JOIN reading_heads h ON h.id = r.log_id
    )
"""
#: Those of each log and chain that come after what is remembered, or have a leaf that came after it. Which logs and chains there are is
#: asked from one to the next, by the key: it reads one row of each, however long it is.
_TOLD_SINCE = """
    memory AS (SELECT log_id, seq FROM verified_leaves),
    log(id) AS (
        (SELECT log_id FROM events ORDER BY log_id LIMIT 1)
        UNION ALL SELECT (SELECT e.log_id FROM events e WHERE e.log_id > l.id ORDER BY e.log_id LIMIT 1) FROM log l WHERE l.id IS NOT NULL
    ), reader(id) AS (
        (SELECT person_id FROM readings ORDER BY person_id LIMIT 1)
        UNION ALL SELECT (SELECT r.person_id FROM readings r WHERE r.person_id > c.id ORDER BY r.person_id LIMIT 1)
        FROM reader c WHERE c.id IS NOT NULL
    ), sealed(id) AS (
        (SELECT log_id FROM sealed_readings ORDER BY log_id LIMIT 1)
        UNION ALL SELECT (SELECT r.log_id FROM sealed_readings r WHERE r.log_id > c.id ORDER BY r.log_id LIMIT 1)
        FROM sealed c WHERE c.id IS NOT NULL
    ), new AS (
        SELECT f.log_id, min(f.seq) AS seq FROM (SELECT log_id, seq FROM leaf UNION ALL SELECT log_id, seq FROM awaited_leaves) f
        GROUP BY f.log_id
    ), chain AS (
        SELECT x.kind, x.id, x.log_id, least(coalesce(m.seq, 0) + 1, n.seq) AS seq FROM (
            SELECT 'log' AS kind, l.id, l.id AS log_id FROM log l WHERE l.id IS NOT NULL
            UNION ALL SELECT 'reader', r.id, h.log FROM reader r LEFT JOIN reading_heads h ON h.id = r.id WHERE r.id IS NOT NULL
            UNION ALL SELECT 'sealed', s.id, h.log FROM sealed s LEFT JOIN reading_heads h ON h.id = s.id WHERE s.id IS NOT NULL
        ) x LEFT JOIN memory m ON m.log_id = x.log_id LEFT JOIN new n ON n.log_id = x.log_id
    ), told AS (
        SELECT c.log_id, e.seq, e.hash FROM chain c
        CROSS JOIN LATERAL (SELECT e.seq, e.hash FROM events e WHERE e.log_id = c.id AND e.seq >= c.seq OFFSET 0) e WHERE c.kind = 'log'
        UNION ALL SELECT c.log_id, r.n, r.hash FROM chain c
        CROSS JOIN LATERAL (SELECT r.n, r.hash FROM readings r WHERE r.person_id = c.id AND r.n >= c.seq OFFSET 0) r WHERE c.kind = 'reader'
        UNION ALL SELECT c.log_id, r.n, r.hash FROM chain c
        CROSS JOIN LATERAL (SELECT r.n, r.hash FROM sealed_readings r WHERE r.log_id = c.id AND r.n >= c.seq OFFSET 0) r
        WHERE c.kind = 'sealed'
    )
"""
_ALL_MISFITS = text(_MISFITS.format(leaves=LEAVES, told=_TOLD))
_NEW_MISFITS = text(_MISFITS.format(leaves=LEAVES, told=_TOLD_SINCE))


def _events(db: Connection, since: TreeMemory) -> Iterator[Finding]:
    statement = _ALL_MISFITS if since is NOTHING else _NEW_MISFITS
    given = {"prefix": PREFIX, "most": _MOST, "bundle": since.bundle, "size": since.size}
    for row in db.execute(statement, given):
        leaf = "" if row.at is None else f" (leaf {row.at})"
        if row.chain is not None:
            yield _of_tree(
                f"Reading {row.seq} of {row.chain}{leaf} {row.why}.", "leaf", row.chain, table="reading_heads"
            )
            continue
        # Of a log that is gone, too, nobody can say what it was of.
        what = "Event" if row.known else "Event or reading"
        yield Finding("leaf", f"{what} {row.seq}{leaf} {row.why}.", row.log_id, None, row.seq, "tree_entries")


#: Events that are dated more than an hour before a checkpoint, or before an event under it, and are not under it themselves: it took all
#: that waited then, unless it took as many as are taken at once.
_DATED_BACK = text(f"""
    WITH {LEAVES}, whole AS (
        SELECT c.size, c.made_at, c.size - coalesce((SELECT b.size FROM checkpoints b WHERE b.n = c.n - 1), 0) AS took
        FROM checkpoints c WHERE c.n >= :checkpoint
    ), line AS (
        SELECT l.at AS place, 1 AS what, l.log_id, l.seq, CAST(NULL AS timestamptz) AS made_at,
            (SELECT e.at FROM events e WHERE e.log_id = l.log_id AND e.seq = l.seq) AS told
        FROM leaf l
        UNION ALL SELECT size, 0, NULL, NULL, made_at, NULL FROM whole WHERE took > 0 AND took < :taken
    ), newest AS (
        SELECT *, max(told) OVER (ORDER BY place, what ROWS UNBOUNDED PRECEDING) AS last FROM line
    ), judged AS (
        SELECT *, max(CASE WHEN what = 0 THEN greatest(made_at, last) END) OVER (ORDER BY place, what ROWS UNBOUNDED PRECEDING) AS signed
        FROM newest
    )
    SELECT place, log_id::text, seq, told, signed FROM judged
    WHERE what = 1 AND told < signed - interval '1 hour' ORDER BY place LIMIT :most
""")


def _dated_back(db: Connection, since: TreeMemory) -> Iterator[Finding]:
    given = {
        "most": _MOST,
        "bundle": since.bundle,
        "size": since.size,
        "checkpoint": since.checkpoint,
        "taken": tree_tiles.MOST_TAKEN,
    }
    for row in db.execute(_DATED_BACK, given):
        sentence = (
            f"Event {row.seq} (leaf {row.place}) is dated back: it says {row.told.isoformat()}, and what was signed at"
            f" {row.signed.isoformat()}, or tells of that moment, does not have it."
        )
        yield Finding("dated", sentence, row.log_id, None, row.seq, "tree_entries")


def _of_tree(
    sentence: str, kind: str, row: object = None, column: str | None = None, *, table: str = "checkpoints"
) -> Finding:
    return Finding(kind, sentence, None, None, None, table, None if row is None else str(row), column)


def kept_of(notes: Sequence[tuple[str, str]], keys: Sequence[PublicKey]) -> tuple[tuple[str, int, bytes], ...]:
    """Checkpoints that somebody kept, by what each is called. Raises BadNote."""
    opened = [(name, open_checkpoint(note, keys)) for name, note in notes]
    return tuple((name, said.size, said.root) for name, said in opened)
