"""How fast a table of rights comes in, each with two owners and a pledge, beside the very rows that it left, written by hand.

The hand's rows are taken from the database once a table has come in, so that it cannot fall behind: each goes in again by a statement
of its own, prepared, in one transaction and under the same indexes, but by no policy and no foreign key.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy import Engine

from benchmarks.figures import Figure, Scale, ms, spread, timed
from benchmarks.world import World, request
from casework.operations.catalogue.table_import import import_table
from casework.operations.catalogue.table_schemas import Table
from casework.permissions.actors import Actor
from casework.records.database import transaction

OWNERS, HOLDER = ("Heat Works", "City University"), "Kiln Bank"
#: Where the hand writes.
_APART = "by_hand"


@dataclass(frozen=True)
class Rows:
    """What an import left in one table, as it stood at its end."""

    table: str
    columns: Sequence[str]
    rows: Sequence[tuple[Any, ...]]


def measure(world: World, scale: Scale) -> Iterator[Figure]:
    engine = world.engine()
    actor = world.actor(engine, world.officer)
    names = "".join(f"{name}\n" for name in ("name", *OWNERS, HOLDER))
    bring(engine, actor, world.programme, "organisations", names)
    with world.unbound() as db:
        ratios, ours, hand = [], [], []
        for repetition in range(scale.repetitions + 1):
            before = moment(db)
            took = timed(bring, engine, actor, world.programme, "rights", table_of(repetition, scale.rights))
            left = rows_since(db, before)
            make_room(db, left)
            beside = timed(write, db, left)
            if repetition:
                ratios.append(beside / took)
                ours.append(took)
                hand.append(beside)
    engine.dispose()
    count = sum(len(one.rows) for one in left)
    detail = f"{spread(ratios)}; {ms(median(ours))} against {ms(median(hand))} for {count:,} rows"
    yield Figure(f"table of {scale.rights:,} rights", median(ratios), "of the same rows", detail=detail)
    yield Figure(f"table of {scale.rights:,} rights, a second", scale.rights / median(ours), "rights/s")


def table_of(repetition: int, count: int) -> str:
    """So many rights that no other repetition has."""
    written = io.StringIO()
    table = csv.writer(written)
    table.writerow(
        ["kind", "office", "number", "filed_on", "granted_on", "status", "owners", "encumbrance", "holder", "begins_on"]
    )
    owners = f"{OWNERS[0]} 60%; {OWNERS[1]} 40%"
    for n in range(count):
        number = f"CN{10_000_000 + repetition * 100_000 + n}B"
        table.writerow(
            ["invention", "CN", number, "2021-03-01", "2023-06-01", "in_force", owners, "pledge", HOLDER, "2024-02-01"]
        )
    return written.getvalue()


def bring(engine: Engine, actor: Actor, programme: str, table: Table, content: str) -> None:
    with transaction(engine) as db:
        report = import_table(
            db,
            actor,
            programme=programme,
            table=table,
            content=content.encode(),
            source="A register",
            request=request(),
        ).answer
    assert report["created"] == report["rows"], report["faults"][:3]


# --- by hand -------------------------------------------------------------------------------------------------------------


def moment(db: psycopg.Connection[Any]) -> int:
    """The number of the next transaction."""
    with db.transaction():
        row = db.execute("SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint").fetchone()
    assert row is not None
    return int(row[0])


def rows_since(db: psycopg.Connection[Any], moment: int) -> list[Rows]:
    """Every row that was written since, by its table."""
    left = []
    with db.transaction():
        for (table,) in db.execute(_TABLES).fetchall():
            columns = [name for (name,) in db.execute(_COLUMNS, [table]).fetchall()]
            # As text, which any column takes.
            texts = sql.SQL(", ").join(sql.SQL("{}::text").format(sql.Identifier(name)) for name in columns)
            asked = sql.SQL("SELECT {} FROM {} WHERE xmin::text::bigint >= %s").format(texts, sql.Identifier(table))
            if rows := db.execute(asked, [moment]).fetchall():
                left.append(Rows(table, columns, rows))
    return left


def make_room(db: psycopg.Connection[Any], left: Sequence[Rows]) -> None:
    """Empty tables of the same columns and indexes."""
    with db.transaction():
        db.execute(sql.SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(sql.Identifier(_APART)))
        db.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(_APART)))
        for one in left:
            db.execute(
                sql.SQL("CREATE TABLE {} (LIKE {} INCLUDING ALL)").format(_apart(one), sql.Identifier(one.table))
            )


def write(db: psycopg.Connection[Any], left: Sequence[Rows]) -> None:
    """Each row by a statement of its own, in one transaction."""
    with db.transaction():
        for one in left:
            columns = sql.SQL(", ").join(map(sql.Identifier, one.columns))
            gaps = sql.SQL(", ").join([sql.Placeholder()] * len(one.columns))
            statement = sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(_apart(one), columns, gaps)
            for row in one.rows:
                db.execute(statement, row)


def _apart(one: Rows) -> sql.Identifier:
    return sql.Identifier(_APART, one.table)


_TABLES = "SELECT tablename::text FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
#: What is generated nobody writes.
_COLUMNS = """
    SELECT attname::text FROM pg_attribute WHERE attrelid = CAST(%s AS regclass) AND attnum > 0 AND NOT attisdropped
    AND attgenerated = '' ORDER BY attnum
"""
