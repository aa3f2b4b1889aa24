"""What a log tells of the entries of registers, and where the rows are not what it tells."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import Connection, text

from casework.engine.state.events import RegisterEvent
from casework.ledger.redactable_bodies import ERASED
from casework.operations.core.register_entries import differences, fold, note_entries
from casework.records.event_log import lock_log, read_register
from casework.records.register_entries import name_of, told
from tests.support.world import World

NAME = name_of("phases", "1")


def folded(*bodies: dict[str, Any]) -> Any:
    """What is told of the one row."""
    start = datetime(2026, 3, 2, tzinfo=UTC)
    events = [
        RegisterEvent(log="l", seq=seq, at=start, kind="changed", actor="somebody", body=body)
        for seq, body in enumerate(bodies, 1)
    ]
    return fold(events).get("phases", {}).get("1")


def test_later_words_of_a_row_add_to_what_was_told_before() -> None:
    assert folded({NAME: {"name": "One", "ends_on": None}}) == {"name": "One", "ends_on": None}
    assert folded({NAME: {"name": "One", "ends_on": None}}, {NAME: {"name": "Two"}}) == {"name": "Two", "ends_on": None}
    assert folded({NAME: {"name": "One"}}, {NAME: None}) is None
    assert folded({NAME: "a digest"}, {NAME: "another"}) == "another"
    # A field of a form has no such name.
    assert folded({"note": "phases"}) is None


def test_after_an_erasure_the_whole_row_is_told_again_or_nothing() -> None:
    assert folded({NAME: {"name": "One"}}, {NAME: ERASED}) is ERASED
    assert folded({NAME: ERASED}, {NAME: {"name": "Two"}}) is ERASED
    whole = dict.fromkeys(told("phases"), "again")
    assert folded({NAME: ERASED}, {NAME: whole}) == whole


@pytest.mark.parametrize(
    ("change", "column", "says"),
    [
        (
            "UPDATE people SET name = 'Somebody else' WHERE id = CAST(:id AS uuid)",
            "name",
            "is Somebody else; the history says Officer",
        ),
        (
            "UPDATE people SET name_zh = repeat('名', 100) WHERE id = CAST(:id AS uuid)",
            "name_zh",
            "…; the history says nothing",
        ),
        ("INSERT INTO recovery_codes (person_id, hash) VALUES (CAST(:id AS uuid), '\\x00')", None, "is in no event"),
    ],
)
def test_a_row_that_is_not_what_the_log_tells_is_named(
    world: World, db: Connection, change: str, column: str | None, says: str
) -> None:
    person = world.people["officer"]
    events = list(read_register(db, person))
    assert list(differences(db, "person", person, events)) == []
    db.execute(text(change), {"id": person})
    [(_, _, where, sentence)] = differences(db, "person", person, events)
    assert where == column
    assert says in sentence


def test_a_change_tells_of_its_columns_alone_so_that_nothing_else_is_made_good(world: World, db: Connection) -> None:
    person = world.people["officer"]
    db.execute(text("UPDATE people SET name = 'Forged', theme = 'dark' WHERE id = CAST(:id AS uuid)"), {"id": person})
    note_entries(db, "people", person, [person], kind="preferences_set", by=person, columns=["theme"])
    found = list(differences(db, "person", person, list(read_register(db, person))))
    assert [column for _, _, column, _ in found] == ["name"]


def test_of_no_rows_nothing_is_written(world: World, db: Connection) -> None:
    before = lock_log(db, world.people["officer"]).seq
    note_entries(db, "tokens", world.people["officer"], [], kind="tokens_revoked")
    assert lock_log(db, world.people["officer"]).seq == before
