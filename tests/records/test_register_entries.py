"""Entries of registers: what the history tells of each row, and never a secret."""

from __future__ import annotations

import hashlib
import re

import pytest
from sqlalchemy import Connection, text

from casework.records.register_entries import (
    MARK,
    REGISTERS,
    body_of,
    entries,
    key_of,
    keys_told,
    name_of,
    rows_as_told,
    told,
)
from casework.records.tables import metadata
from tests.support.world import World

DIGEST = re.compile("[0-9a-f]{64}")


@pytest.mark.parametrize("table", REGISTERS)
def test_each_names_columns_that_there_are_and_gives_its_reason_for_what_it_leaves(table: str) -> None:
    register, columns = REGISTERS[table], {column.name for column in metadata.tables[table].columns}
    assert {*register.key, *register.secret, *register.left, *([register.home] if register.home else [])} <= columns
    assert all(register.left.values())
    assert set(told(table)) == columns - set(register.left)
    assert set(register.beside) <= set(told(table))
    assert register.whole or not register.beside


def test_a_row_is_named_by_its_table_and_its_key() -> None:
    assert name_of("people", "1") == f"people{MARK}1"
    assert key_of("phases") == 'x."id"::text'
    assert key_of("case_hygiene_days") == 'x."programme_id"::text || \':\' || x."day"::text'
    assert "sha256" in key_of("recovery_codes")


def test_of_a_secret_its_digest_alone_is_told(world: World, db: Connection) -> None:
    person = world.people["officer"]
    [row] = entries(db, "people", person).values()
    assert row["email"] == "officer@example.org"
    kept = db.execute(
        text("SELECT password_hash FROM people WHERE id = CAST(:id AS uuid)"), {"id": person}
    ).scalar_one()
    assert row["password_hash"] == hashlib.sha256(kept.encode()).hexdigest()
    [token] = entries(db, "tokens", person).values()
    assert DIGEST.fullmatch(token["hash"])


def test_what_comes_by_thousands_is_told_by_one_digest_that_changes_with_it(world: World, db: Connection) -> None:
    programme, match = world.programmes["BJ"], world.matches[0]
    before = entries(db, "matches", programme)
    assert all(DIGEST.fullmatch(told["digest"]) for told in before.values())
    # A fold must know what was matched.
    assert before[match].items() >= {"need_id": world.needs[0], "technology_id": world.technologies[0]}.items()
    assert before[match].keys() == keys_told("matches")
    db.execute(text("UPDATE matches SET rationale = rationale || '.' WHERE id = CAST(:id AS uuid)"), {"id": match})
    after = entries(db, "matches", programme)
    assert {key for key in before if before[key] != after[key]} == {match}


def test_all_of_a_row_is_told_the_same_in_any_time_zone(world: World, db: Connection) -> None:
    db.execute(text("UPDATE needs SET budget = 1000000.10, wanted_by = '2026-10-15'"))
    told = rows_as_told(db, "needs", world.needs[:1])
    row = told[world.needs[0]]
    assert (row["budget"], row["wanted_by"], row["created_at"][-1]) == ("1000000.10", "2026-10-15", "Z")
    db.execute(text("SET LOCAL TIME ZONE 'Asia/Shanghai'"))
    assert rows_as_told(db, "needs", world.needs[:1]) == told


def test_only_what_was_asked_for_is_told_and_what_is_gone_is_told_as_gone(world: World, db: Connection) -> None:
    person, gone = world.people["officer"], "00000000-0000-7000-8000-000000000000"
    assert entries(db, "people", person, keys=[person], columns=["name"]) == {person: {"name": "Officer"}}
    assert body_of(db, "people", person, [gone, person], columns=["name"]) == {
        name_of("people", gone): None,
        name_of("people", person): {"name": "Officer"},
    }
    assert entries(db, "people", world.people["supervisor"], keys=[person]) == {}


def test_a_moment_is_told_the_same_in_every_zone(world: World, db: Connection) -> None:
    told_of = []
    for zone in ("UTC", "Asia/Shanghai"):
        db.execute(text(f"SET LOCAL TIME ZONE '{zone}'"))
        told_of.append(entries(db, "tokens", world.people["officer"]))
    assert told_of[0] == told_of[1]
