"""Technologies and organisations are found by what they are called, in either language, and never guessed."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, text

from casework.errors import InvalidForm
from casework.operations.catalogue.right_names import organisations_named, technologies_named
from casework.operations.people.registry import register_organisation
from tests.support.world import World, add_technology


def test_a_technology_is_found_by_title_and_number_in_its_programme(world: World, db: Connection) -> None:
    programme = world.programmes["BJ"]
    id = add_technology(db, programme, "t-77", None)
    db.execute(text("UPDATE technologies SET title_zh = '热泵七十七' WHERE id = CAST(:id AS uuid)"), {"id": id})
    assert technologies_named(db, programme, ["heat pump boiler, T-77", "热泵七十七", " t-77 "]) == [id] * 3
    with pytest.raises(InvalidForm, match="technologies"):
        technologies_named(db, world.programmes["SH"], ["t-77"])


def test_an_organisation_is_found_by_its_name_and_one_of_several_is_not_guessed(world: World, db: Connection) -> None:
    id = register_organisation(db, name="Kiln Works", name_zh="窑炉厂", programme=world.programmes["BJ"])
    for stranger in (None, world.programmes["SH"]):
        register_organisation(db, name="Kiln Works", name_zh="窑炉厂", programme=stranger)
    assert organisations_named(db, world.programmes["BJ"], ["kiln works", "窑炉厂"]) == [id, id]
    with pytest.raises(InvalidForm, match="owners"):
        organisations_named(db, world.programmes["BJ"], ["Nobody Ltd"])
    register_organisation(db, name="Kiln Works", programme=world.programmes["BJ"])
    with pytest.raises(InvalidForm, match="owners"):
        organisations_named(db, world.programmes["BJ"], ["Kiln Works"])
