"""The log of readings is whole: a chain for each reader, and one for each sealed mediation."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, text

from casework.operations.history.point_in_time import Past
from casework.operations.verification.rows import Finding
from casework.records.event_log import now

_BATCH = 2_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NONE = "0" * 64
#: The column that names the chain of a reading, by table.
CHAINS = {"readings": "person_id", "sealed_readings": "log_id"}


def check_readings(db: Connection, past: Past) -> Iterator[Finding]:
    """What was changed in the readings, taken out of them, or put between them."""
    heads = {row.id: (row.n, row.head) for row in db.execute(text("SELECT id, n, head FROM reading_heads"))}
    moment = now(db)
    for table, column in CHAINS.items():
        last = dict[str, tuple[int, str]]()
        for row in _rows(db, table, column):
            n, head = last.get(row.chain, (0, _NONE))
            yield from _judge(table, row, n, head, past, moment=moment)
            last[row.chain] = (row.n, row.hash)
        for chain, (n, head) in last.items():
            if heads.pop(chain, None) != (n, head):
                yield _finding(
                    "reading_heads",
                    chain,
                    f"The readings of {chain} end with number {n}, which is not where they ended.",
                )
    for chain, (n, _) in heads.items():
        yield _finding("reading_heads", chain, f"All {n} readings of {chain} are missing.")


def _judge(table: str, row: Any, n: int, head: str, past: Past, *, moment: datetime) -> Iterator[Finding]:
    if row.n != n + 1:
        yield _finding(table, row.chain, f"Readings {n + 1} to {row.n - 1} of {row.chain} are missing.")
    elif row.hash != _hash(row, head):
        yield _finding(table, row.id, f"Reading {row.n} of {row.chain} was changed.")
    if row.salt is not None:
        if row.erasure_id is not None or row.query != hashlib.sha256((row.salt + row.asked).encode()).hexdigest():
            yield _finding(table, row.id, f"What reading {row.n} of {row.chain} asked for was changed.")
    elif row.erasure_id is None or row.asked or past.why_not_erased(row.erasure_id, moment) is not None:
        yield _finding(
            table, row.id, f"What reading {row.n} of {row.chain} asked for was taken out without an erasure."
        )


def _hash(row: Any, head: str) -> str:
    """As the database makes it when the reading is written."""
    parts = (
        row.chain,
        str(row.n),
        head,
        row.person_id,
        str((row.at - _EPOCH) // timedelta(microseconds=1)),
        row.number,
        row.path,
        row.query,
        row.document_id,
    )
    line = ",".join("-" if part is None else f"{len(part)}:{part}" for part in parts)
    return hashlib.sha256(line.encode()).hexdigest()


def _rows(db: Connection, table: str, column: str) -> Iterator[Any]:
    more = "number, document_id" if table == "readings" else "NULL::text AS number, NULL::uuid AS document_id"
    query = text(
        f"SELECT id, {column} AS chain, n, person_id, at, {more}, split_part(address, '?', 1) AS path,"
        " substr(address, length(split_part(address, '?', 1)) + 1) AS asked, salt, query, hash, erasure_id"
        f" FROM {table} WHERE CAST(:chain AS uuid) IS NULL OR ({column}, n) > (CAST(:chain AS uuid), :n)"
        f" ORDER BY {column}, n LIMIT :most"
    )
    after: dict[str, Any] = {"chain": None, "n": 0}
    while rows := db.execute(query, after | {"most": _BATCH}).all():
        yield from rows
        after = {"chain": rows[-1].chain, "n": rows[-1].n}


def _finding(table: str, row: object, sentence: str) -> Finding:
    return Finding("readings", sentence, None, None, None, table, str(row))
