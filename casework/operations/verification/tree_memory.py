"""What a night remembers of the tree and the readings that it found whole, so that the next one reads only what came since.

It is no proof: it lies in the same database, and whoever can do everything there can change it too. So it is held against what is there
first, and everything is read from the beginning once in so many nights, where it does not fit, and after any fault.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, text

from casework.ledger.leaves import PREFIX
from casework.ledger.merkle import HASH_SIZE, WIDTH, BadProof, node_hash, subtrees
from casework.operations.verification.rows import Finding
from casework.records.tree_tiles import newest_checkpoint, node_reader, root_at

#: The leaves from a bundle on, each with its log and hash. They are made before anything is looked up by them: a policy of rows is asked
#: first where a lookup calls functions that might tell of a row, and then the whole table is read for each leaf.
LEAVES = """
    bundle AS MATERIALIZED (
        SELECT b.n, b.entries || '' AS entries, coalesce(t.hashes, '') || '' AS hashes
        FROM tree_entries b LEFT JOIN tree_tiles t ON t.level = 0 AND t.n = b.n AND t.n >= :bundle
        WHERE b.n >= :bundle
    ), leaf AS MATERIALIZED (
        SELECT b.n * 256 + i AS at, CAST(encode(substr(b.entries, i * 20 + 1, 16), 'hex') AS uuid) AS log_id,
            CAST(CAST('x' || encode(substr(b.entries, i * 20 + 17, 4), 'hex') AS bit(32)) AS bigint) AS seq,
            substr(b.hashes, i * 32 + 1, 32) AS hash
        FROM bundle b CROSS JOIN generate_series(0, octet_length(b.entries) / 20 - 1) AS i
        WHERE b.n * 256 + i >= :size
    )
"""


@dataclass(frozen=True, slots=True)
class TreeMemory:
    """The tree as it was when it was found whole: how many leaves, the roots of the full subtrees that they were, what had been signed."""

    size: int = 0
    peaks: bytes = b""
    checkpoint: int = 0

    @property
    def bundle(self) -> int:
        """The first tile that has got leaves since, or gets the next one."""
        return self.size // WIDTH

    def roots(self) -> list[tuple[int, bytes]]:
        """Its full subtrees, the largest first, each with its level."""
        levels = (level for level, _ in subtrees(0, self.size))
        return [(level, self.peaks[at * HASH_SIZE : (at + 1) * HASH_SIZE]) for at, level in enumerate(levels)]


NOTHING = TreeMemory()


@dataclass(frozen=True, slots=True)
class Remembered:
    """What there is to begin with: the last tree that was found whole, and whether the whole is due again."""

    tree: TreeMemory
    due: bool
    #: By the real clock, a day before the last night ended: what was kept since was not read then. None where that night found anything
    #: that belongs to no log, so that it is found again.
    since: datetime | None = None


#: The last night in which tree and readings were whole; whether the last night of all was one, and whether all was read lately.
_LAST = text("""
    SELECT n.leaves, n.peaks, n.checkpoint,
        CASE WHEN n.faults = '[]' THEN clock_timestamp() - (casework_now() - n.at) - interval '1 day' END AS since,
        n.night = (SELECT max(l.night) FROM verification_nights l) AS sound,
        EXISTS (
            SELECT FROM verification_nights w WHERE w.from_start AND w.leaves IS NOT NULL AND w.night > CAST(:night AS date) - :turns
        ) AS lately
    FROM verification_nights n WHERE n.leaves IS NOT NULL ORDER BY n.night DESC LIMIT 1
""")


def recall(db: Connection, night: date, turns: int) -> Remembered:
    """What is remembered in a night, where all is read again once in so many."""
    row = db.execute(_LAST, {"night": night, "turns": turns}).one_or_none()
    if row is None:
        return Remembered(NOTHING, True)
    due = not (row.sound and row.lately)
    return Remembered(TreeMemory(row.leaves, bytes(row.peaks), row.checkpoint), due, None if due else row.since)


def root_of_peaks(peaks: Sequence[tuple[int, bytes]]) -> bytes:
    """The root over full subtrees, of which there is at least one."""
    root = peaks[-1][1]
    for _, left in peaks[-2::-1]:
        root = node_hash(left, root)
    return root


def compare_memory(db: Connection, tree: TreeMemory) -> Iterator[Finding]:
    """Where what is there does not begin with what is remembered: the tiles, what was signed of them, and each chain of readings."""
    if tree.size:
        root = root_of_peaks(tree.roots())
        if not holds_root(db, tree.size, root):
            yield _rewritten(f"The tree of {tree.size} leaves is not the one that was there", "tree_tiles")
        row = db.execute(_CHECKPOINT, {"n": tree.checkpoint}).one_or_none()
        if row is None or (row.size, bytes(row.root)) != (tree.size, root):
            yield _rewritten(
                f"Checkpoint {tree.checkpoint} is not the one that was there", "checkpoints", str(tree.checkpoint)
            )
    for row in db.execute(_REWRITTEN_READINGS, {"prefix": PREFIX}):
        what = "is missing, and was there" if row.missing else "is not the one that was there"
        yield _rewritten(f"Reading {row.seq} of {row.id} {what}", "reading_heads", row.id)


def holds_root(db: Connection, size: int, root: bytes) -> bool:
    """Whether the tiles give this root for their first leaves; it reads a tile of each level."""
    try:
        return root_at(db, size) == root
    except BadProof:
        return False


def _rewritten(sentence: str, table: str, row: str | None = None) -> Finding:
    return Finding("rewritten", f"{sentence} when it was read before.", None, None, None, table, row)


#: What was signed once.
_CHECKPOINT = text("SELECT size, root FROM checkpoints WHERE n = :n")
#: The chains of readings whose last remembered one is another now, or is gone. Of logs that are there or were read the other memory tells.
_REWRITTEN_READINGS = text("""
    SELECT m.seq, coalesce(h.id, m.log_id)::text AS id, e.hash IS NULL AS missing FROM verified_leaves m
    LEFT JOIN verifications v ON v.log_id = m.log_id LEFT JOIN logs l ON l.id = m.log_id
    LEFT JOIN reading_heads h ON h.log = m.log_id
    LEFT JOIN LATERAL (
        SELECT r.hash FROM readings r WHERE r.person_id = h.id AND r.n = m.seq
        UNION ALL SELECT s.hash FROM sealed_readings s WHERE s.log_id = h.id AND s.n = m.seq
    ) e ON true
    WHERE v.log_id IS NULL AND l.id IS NULL AND m.leaf IS DISTINCT FROM CASE
        WHEN e.hash ~ '^[0-9a-f]{64}$' THEN sha256('\\x00' || CAST(:prefix AS bytea) || decode(e.hash, 'hex')) END
    ORDER BY m.log_id
""")


def tree_now(db: Connection) -> TreeMemory:
    """The tree of this snapshot, which was just found whole."""
    newest = newest_checkpoint(db)
    if newest is None:
        return NOTHING
    read = node_reader(db)
    peaks = b"".join(read(level, index) for level, index in subtrees(0, newest.size))
    return TreeMemory(newest.size, peaks, newest.n)


#: Of each log and each chain of readings with leaves in a stretch of the tree, the last of them.
_REMEMBER = text(f"""
    WITH {LEAVES}
    INSERT INTO verified_leaves AS v (log_id, seq, leaf)
    SELECT DISTINCT ON (l.log_id) l.log_id, l.seq, l.hash FROM leaf l WHERE l.at < :end ORDER BY l.log_id, l.at DESC
    ON CONFLICT (log_id) DO UPDATE SET seq = excluded.seq, leaf = excluded.leaf
""")


def remember_leaves(db: Connection, before: TreeMemory, now: TreeMemory) -> None:
    """Keep which leaves the tree has got since it was read before, or all where that is nothing."""
    if before is NOTHING:
        db.execute(text("DELETE FROM verified_leaves"))
    # However many came since.
    db.execute(text("SET LOCAL statement_timeout = 0"))
    db.execute(_REMEMBER, {"bundle": before.bundle, "size": before.size, "end": now.size})


#: Up to where each chain of readings was read.
_CHAINS = text("""
    SELECT h.id::text AS id, m.seq FROM reading_heads h JOIN verified_leaves m ON m.log_id = h.log ORDER BY h.id
""")


def chains_read(db: Connection) -> dict[str, int]:
    """The last reading of each chain that was found whole."""
    return {row.id: row.seq for row in db.execute(_CHAINS)}
