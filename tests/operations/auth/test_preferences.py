"""How a person wants the pages to be: one of what there is, and kept in the history."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, text

from casework.errors import InvalidForm
from casework.operations.auth.preferences import COLUMNS, LANGUAGES, THEMES, set_columns, set_preferences, zones
from casework.operations.verification.service import verify_case
from tests.support.world import World

KEPT = text("SELECT language, zone, theme FROM people WHERE id = CAST(:id AS uuid)")
KEPT_COLUMNS = text("SELECT list_columns FROM people WHERE id = CAST(:id AS uuid)")


def test_zones_are_those_of_places_in_order() -> None:
    assert {"Asia/Shanghai", "Europe/Berlin", "UTC"} <= set(zones())
    assert not {"Etc/GMT+8", "EST", "posixrules"} & set(zones())
    assert list(zones()[:-1]) == sorted(zones()[:-1])


def test_what_is_given_is_kept_and_the_rest_stays(world: World, db: Connection) -> None:
    officer = world.actor(db, "officer")
    _, zone, theme = db.execute(KEPT, {"id": officer.person}).one()
    set_preferences(db, officer, {"language": LANGUAGES[1]})
    assert tuple(db.execute(KEPT, {"id": officer.person}).one()) == (LANGUAGES[1], zone, theme)
    set_preferences(db, officer, {"zone": "Europe/Berlin", "theme": THEMES[2]})
    set_preferences(db, officer, {})
    assert tuple(db.execute(KEPT, {"id": officer.person}).one()) == (LANGUAGES[1], "Europe/Berlin", THEMES[2])
    assert verify_case(db, officer.person) == []


def test_columns_are_kept_by_list_until_the_usual_ones_will_do(world: World, db: Connection) -> None:
    officer = world.actor(db, "officer")
    set_columns(db, officer, "cases", ["phase", "state"])
    set_columns(db, officer, "queues", [])
    assert db.execute(KEPT_COLUMNS, {"id": officer.person}).scalar_one() == {"cases": ["state", "phase"], "queues": []}
    assert db.execute(KEPT_COLUMNS, {"id": world.people["supervisor"]}).scalar_one() == {}
    set_columns(db, officer, "cases", None)
    assert db.execute(KEPT_COLUMNS, {"id": officer.person}).scalar_one() == {"queues": []}
    assert verify_case(db, officer.person) == []


@pytest.mark.parametrize(
    ("page", "columns", "fault"),
    [
        ("cases", ["state", "title"], "columns"),
        ("cases", ["number"], "columns"),
        ("queues", ["state"], "columns"),
        ("people", [], "list"),
    ],
)
def test_a_column_that_a_list_has_not_is_refused_and_nothing_kept(
    world: World, db: Connection, page: str, columns: list[str], fault: str
) -> None:
    officer = world.actor(db, "officer")
    set_columns(db, officer, "cases", ["phase"])
    with pytest.raises(InvalidForm) as refused:
        set_columns(db, officer, page, columns)
    assert set(refused.value.fields) == {fault}
    assert db.execute(KEPT_COLUMNS, {"id": officer.person}).scalar_one() == {"cases": ["phase"]}


def test_each_list_has_usual_columns_and_others() -> None:
    assert {page: {column.usual for column in columns.values()} for page, columns in COLUMNS.items()} == {
        "cases": {True, False},
        "queues": {True, False},
    }


@pytest.mark.parametrize(
    ("wanted", "fault"),
    [
        ({"language": "tlh"}, "language"),
        ({"zone": "Mars/Olympus"}, "zone"),
        ({"theme": "loud", "zone": "UTC"}, "theme"),
    ],
)
def test_what_there_is_not_is_refused_and_nothing_kept(
    world: World, db: Connection, wanted: dict[str, str], fault: str
) -> None:
    officer = world.actor(db, "officer")
    before = db.execute(KEPT, {"id": officer.person}).one()
    with pytest.raises(InvalidForm) as refused:
        set_preferences(db, officer, wanted)
    assert set(refused.value.fields) == {fault}
    assert db.execute(KEPT, {"id": officer.person}).one() == before
