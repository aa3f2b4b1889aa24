"""What somebody remembers who proved the whole history once: the hash of every event and reading, 32 bytes of each.

A checkpoint that was kept shows that what was before it was rewritten, and between which leaves. Whoever remembers the hashes learns which
event was the first: whatever chain, head, rows and tree it was given since, and whoever has signed them again.
"""

from __future__ import annotations

import os
import tempfile
from base64 import b64decode, b64encode
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from sqlalchemy import Connection, text

from casework import reasons
from casework.errors import LogUnusable
from casework.ledger.merkle import HASH_SIZE
from casework.operations.core.paging import FIRST_ID
from casework.operations.verification.access_log import CHAINS
from casework.operations.verification.rows import Finding
from casework.records.durable import sync

#: Of each log, and of each chain of readings, the hashes one behind the other; by what is told in the table, and by whose it is.
Hashes = dict[tuple[str, str], bytes]
_FIRST_LINE = "casework verify 1"
_AT_ONCE = 500
_TABLES = {"events": ("log_id", "seq"), **{table: (column, "n") for table, column in CHAINS.items()}}

#: The hashes of the next logs or chains, each in its order. What is no hash is none that anybody remembers.
_HASHES = """
    SELECT {column}::text AS id, string_agg(
        CASE WHEN hash ~ '^[0-9a-f]{{64}}$' THEN decode(hash, 'hex') ELSE sha256('') END, '' ORDER BY {order}
    ) AS hashes FROM {table} WHERE {column} > CAST(:after AS uuid) GROUP BY {column} ORDER BY {column} LIMIT :most
"""


def read_remembered(path: Path) -> Hashes:
    """What was kept; nothing where the file is not there yet. Raises LogUnusable."""
    if not path.exists():
        return {}
    known: Hashes = {}
    try:
        with path.open(encoding="ascii") as file:
            if file.readline().strip() != _FIRST_LINE:
                raise ValueError("it is of another form")
            for line in file:
                table, id, hashes = line.split()
                known[table, id] = b64decode(hashes, validate=True)
                if table not in _TABLES or len(known[table, id]) % HASH_SIZE:
                    raise ValueError("it is of another form")
    except (OSError, ValueError) as fault:
        raise LogUnusable(reasons.tree.UNREADABLE(file=str(path), fault=str(fault))) from fault
    return known


def compare_remembered(db: Connection, known: Mapping[tuple[str, str], bytes]) -> Iterator[Finding]:
    """Of each log and each chain of readings the first that is another than the one that is remembered, or that is missing."""
    gone = dict(known)
    for table, id, hashes in _hashes(db):
        before = gone.pop((table, id), b"")
        if not hashes.startswith(before):
            n = _first_other(before, hashes)
            yield _finding(db, table, id, n, missing=len(hashes) < n * HASH_SIZE)
    for table, id in sorted(gone):
        yield _finding(db, table, id, 1, missing=True)


def keep_remembered(db: Connection, path: Path) -> None:
    """Keep what there is now, whole or not at all, for nobody else to read. Raises LogUnusable."""
    beside = None
    try:
        with tempfile.NamedTemporaryFile("w", encoding="ascii", dir=path.parent, delete=False) as file:
            beside = file.name
            file.write(f"{_FIRST_LINE}\n")
            file.writelines(f"{table} {id} {b64encode(hashes).decode()}\n" for table, id, hashes in _hashes(db))
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, path)
        sync(path.parent)
    except OSError as fault:
        if beside is not None:
            with suppress(OSError):
                os.unlink(beside)
        raise LogUnusable(reasons.tree.UNREADABLE(file=str(path), fault=str(fault))) from fault


def _hashes(db: Connection) -> Iterator[tuple[str, str, bytes]]:
    for table, (column, order) in _TABLES.items():
        statement, after = text(_HASHES.format(table=table, column=column, order=order)), FIRST_ID
        while rows := db.execute(statement, {"after": after, "most": _AT_ONCE}).all():
            yield from ((table, row.id, bytes(row.hashes)) for row in rows)
            after = rows[-1].id


def _first_other(before: bytes, hashes: bytes) -> int:
    """The number of the first hash that is not the same in both."""
    shared = range(0, min(len(before), len(hashes)), HASH_SIZE)
    places = (n for n in shared if before[n : n + HASH_SIZE] != hashes[n : n + HASH_SIZE])
    return next(places, shared.stop // HASH_SIZE * HASH_SIZE) // HASH_SIZE + 1


def _finding(db: Connection, table: str, id: str, n: int, *, missing: bool) -> Finding:
    what = "is missing, and was there" if missing else "is not the one that was there"
    when = "when all was verified before"
    if table != "events":
        return Finding("rewritten", f"Reading {n} of {id} {what} {when}.", None, None, None, table, id)
    number = db.execute(text("SELECT number FROM cases WHERE id = CAST(:id AS uuid)"), {"id": id}).scalar_one_or_none()
    return Finding("rewritten", f"Event {n} {what} {when}.", id, number, n, table)
