"""The page of a source: what is known of it, how it is read, what it has no more, and who may read that."""

from __future__ import annotations

import io
from collections.abc import Callable

from sqlalchemy import Engine, text

from casework.operations.catalogue.importer import import_records
from casework.operations.catalogue.sources import SOURCE_CHANGED, named_source, set_source
from casework.operations.verification.service import verify_all
from casework.records.database import transaction
from tests.support.web_client import Browser
from tests.support.world import World
from tests.web.cases.two_cases import words_of

Enter = Callable[[str], Browser]


def bring(engine: Engine, noun: str, *rows: str) -> None:
    told = "\n".join(["external_id,title,Colour", *rows]) + "\n"
    import_records(engine, noun, io.BytesIO(told.encode()), programme="BJ", source="A fair", complete=True)  # type: ignore[arg-type]  # as given


def test_a_source_tells_what_is_known_of_it_and_its_records_lead_to_it(
    browser_for: Enter, world: World, engine: Engine
) -> None:
    programme = world.programmes["BJ"]
    bring(engine, "technologies", "T1,Pump,red", "T2,Valve,red")
    bring(engine, "technologies", "T1,Pump,red")
    with transaction(engine) as db:
        known = named_source(db, programme, "A fair")
        assert known is not None
        fields: dict[str, str | None] = {"colour": "description", "size": None}
        for _ in range(2):
            set_source(
                db, world.actor(db, "officer"), programme, known.id, "technologies", licence="CC BY 4.0", fields=fields
            )
        changes = "SELECT count(*) FROM events WHERE log_id = CAST(:log AS uuid) AND kind = :kind"
        # What is said again is no change.
        assert db.execute(text(changes), {"log": programme, "kind": SOURCE_CHANGED}).scalar_one() == 1
        id = db.execute(text("SELECT id::text FROM technologies WHERE external_id = 'T1'")).scalar_one()
    page = f"/programmes/{programme}/sources/{known.id}"
    assert page in browser_for("auditor").get(f"/technologies/{id}").text
    said = words_of(browser_for("auditor").get(page).text)
    assert "Licence of its data CC BY 4.0" in said
    assert "colour Description size the column is not read" in said
    assert "Records 2 No longer at the source 1" in said
    assert "Valve T2" in said
    assert browser_for("foreign_officer").get(page).status_code == 404
    assert list(verify_all(engine)) == []
    with transaction(engine) as db:
        db.execute(text("UPDATE sources SET licence = 'None' WHERE id = CAST(:id AS uuid)"), {"id": known.id})
    (found,) = verify_all(engine)
    assert "sources" in str(found)


def test_of_closed_needs_a_source_tells_nothing_to_who_reads_none(
    browser_for: Enter, world: World, engine: Engine
) -> None:
    bring(engine, "needs", "N1,Pump wanted,red", "N2,Valve wanted,red")
    bring(engine, "needs", "N1,Pump wanted,red")
    with transaction(engine) as db:
        known = named_source(db, world.programmes["BJ"], "A fair")
    assert known is not None
    page = f"/programmes/{world.programmes['BJ']}/sources/{known.id}"
    assert "Records 2 No longer at the source 1" in words_of(browser_for("officer").get(page).text)
    # A source of closed needs alone would tell that there is one.
    answer = browser_for("manager").get(page)
    assert answer.status_code == 404
    assert "A fair" not in answer.text
