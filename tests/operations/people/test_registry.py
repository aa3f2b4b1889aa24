"""People and organisations as they are registered: under names of every script, in which nothing is hidden."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, text

from casework.errors import InvalidForm
from casework.operations.people import registry
from tests.support.world import World


@pytest.mark.parametrize(
    "bad", ["\u202eeve", "Li\u200bWen", "a\u2066b\u2069", "x\ufeffy", "tab\u0007", "\u3164", "two\u2028lines", "\ue000"]
)
def test_a_name_has_no_letter_that_nobody_sees(db: Connection, world: World, bad: str) -> None:
    with pytest.raises(InvalidForm):
        registry.register_person(db, email="somebody@example.org", name=bad)
    with pytest.raises(InvalidForm):
        registry.register_person(db, email="somebody@example.org", name="Somebody", name_zh=bad)
    with pytest.raises(InvalidForm):
        registry.register_organisation(db, name=bad)
    with pytest.raises(InvalidForm):
        registry.register_person(db, email=f"{bad}@example.org", name="Somebody")


@pytest.mark.parametrize(
    "good", ["王小明", "Łukasz O’Neill-Öberg", "Müller & Söhne (Shanghai) Co., Ltd.", "José 何", "Ólafur Þór", "हिन्दी"]
)
def test_names_of_all_scripts_are_taken(db: Connection, good: str) -> None:
    person = registry.register_person(db, email="somebody@example.org", name=f"  {good} ")
    kept = text("SELECT name FROM people WHERE id = CAST(:id AS uuid)")
    assert db.execute(kept, {"id": person}).scalar_one() == good
