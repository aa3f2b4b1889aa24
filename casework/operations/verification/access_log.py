"""The log of readings is whole: a chain for each reader, and one for each sealed mediation."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, TextClause, text

from casework.operations.history.point_in_time import Past
from casework.operations.verification.rows import Finding
from casework.records.event_log import now

_BATCH = 2_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
#: Where each chain begins.
GENESIS = "0" * 64
#: No reading has a lower number, whoever made it up.
_LEAST = -(2**63)
#: The column that names the chain of a reading, by table.
CHAINS = {"readings": "person_id", "sealed_readings": "log_id"}


def check_readings(db: Connection, past: Past, since: Mapping[str, int] | None = None) -> Iterator[Finding]:
    """What was changed in the readings, taken out of them, or put between them. With `since` it begins in each chain that this names at
    the reading with that number, of which `compare_memory` has told that it is still what is there."""
    heads = {row.id: (row.n, row.head) for row in db.execute(text("SELECT id, n, head FROM reading_heads"))}
    moment = now(db)
    for table, column in CHAINS.items():
        last = dict[str, tuple[int, str]]()
        for row in _rows(db, table, column) if since is None else _rows_since(db, table, column):
            n, head = last.get(row.chain, (0, GENESIS))
            begins = since is not None and row.chain not in last and row.n == since.get(row.chain)
            if not begins:
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


def place_of(nonce: str, chain: str, n: int, head: str) -> str:
    """What binds a reading to its chain: its place there, and where the chain ended before it."""
    return _hash_of(nonce, chain, str(n), head)


def _hash(row: Any, head: str) -> str:
    """As the database makes it when the reading is written."""
    at = str((row.at - _EPOCH) // timedelta(microseconds=1))
    place = place_of(row.nonce, row.chain, row.n, head)
    return _hash_of(place, row.person_id, at, row.number, row.path, row.query, row.document_id)


def _hash_of(*parts: str | None) -> str:
    line = ",".join("-" if part is None else f"{len(part)}:{part}" for part in parts)
    return hashlib.sha256(line.encode()).hexdigest()


def _rows(db: Connection, table: str, column: str) -> Iterator[Any]:
    query = text(
        f"SELECT {_told(table, column)}"
        f" FROM {table} r WHERE CAST(:chain AS uuid) IS NULL OR ({column}, n) > (CAST(:chain AS uuid), :n)"
        f" ORDER BY {column}, n LIMIT :most"
    )
    return _page_by_page(db, query)


def _rows_since(db: Connection, table: str, column: str) -> Iterator[Any]:
    """Of each chain the last reading that is remembered, and those after it. Which chains there are is asked from one to the next."""
    query = text(f"""
        WITH RECURSIVE chain(id) AS (
            (SELECT {column} FROM {table} WHERE CAST(:chain AS uuid) IS NULL OR {column} >= CAST(:chain AS uuid) ORDER BY {column} LIMIT 1)
            UNION ALL SELECT (SELECT r.{column} FROM {table} r WHERE r.{column} > c.id ORDER BY r.{column} LIMIT 1)
            FROM chain c WHERE c.id IS NOT NULL
        )
        SELECT r.* FROM chain c LEFT JOIN reading_heads h ON h.id = c.id LEFT JOIN verified_leaves m ON m.log_id = h.log
        CROSS JOIN LATERAL (
            SELECT {_told(table, column)} FROM {table} r WHERE r.{column} = c.id AND r.n >= coalesce(m.seq, {_LEAST})
            AND (CAST(:chain AS uuid) IS NULL OR r.{column} <> CAST(:chain AS uuid) OR r.n > :n) ORDER BY r.n LIMIT :most
        ) r ORDER BY r.chain, r.n LIMIT :most
    """)
    return _page_by_page(db, query)


def _told(table: str, column: str) -> str:
    """What is read of a reading."""
    more = "number, document_id" if table == "readings" else "NULL::text AS number, NULL::uuid AS document_id"
    return (
        f"id, {column} AS chain, n, nonce, person_id, at, {more}, split_part(address, '?', 1) AS path,"
        " substr(address, length(split_part(address, '?', 1)) + 1) AS asked, salt, query, hash, erasure_id"
    )


def _page_by_page(db: Connection, query: TextClause) -> Iterator[Any]:
    after: dict[str, Any] = {"chain": None, "n": 0}
    while rows := db.execute(query, after | {"most": _BATCH}).all():
        yield from rows
        after = {"chain": rows[-1].chain, "n": rows[-1].n}


def _finding(table: str, row: object, sentence: str) -> Finding:
    return Finding("readings", sentence, None, None, None, table, str(row))
