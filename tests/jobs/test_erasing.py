"""A worker carries an erasure out by itself, as soon as a second person has agreed."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from casework.operations.core.perform import home_of
from casework.operations.people import registry
from casework.operations.privacy.erasure_requests import ask_erasure, decide_erasure
from casework.operations.verification.service import verify_all
from casework.records.case_loader import load
from casework.records.database import transaction
from casework.settings import Settings
from tests.jobs.processes import hands, wait_until
from tests.jobs.sites import Site, build_site
from tests.support.world import new_request, note_rows

NAME = "Quentin Zephyrine"


@pytest.fixture
def site(engine: Engine, settings: Settings, database_url: str) -> Site:
    return build_site(engine, settings, database_url, 1)


def test_a_worker_erases_whom_two_persons_agreed_on(site: Site, tmp_path: Path) -> None:
    world = site.world
    with transaction(site.engine) as db:
        person = registry.register_person(db, email="q.zephyrine@canary.example", name=NAME)
        world.write(db, "officer", load(db, home_of(db, site.numbers[0]), "case"), words=f"Ask {NAME}.")
        db.execute(text("UPDATE people SET active = false WHERE id = CAST(:id AS uuid)"), {"id": person})
        note_rows(db, "people")
        erasure = str(
            ask_erasure(
                db,
                world.actor(db, "administrator"),
                programme=world.programmes["BJ"],
                person=person,
                words=[],
                basis="request",
                reason="As asked.",
                request=new_request(),
            ).answer["id"]
        )
        decide_erasure(db, world.actor(db, "compliance"), erasure, agree=True, note="", request=new_request())
    worker = site.hand(tmp_path)
    with hands(worker):
        worker.start()
        wait_until(lambda: _state(site.engine, erasure) == "done", "the erasure")
        assert worker.stop() == 0
    with transaction(site.engine) as db:
        left = db.execute(
            text("SELECT count(*) FROM events WHERE body::text LIKE :name"), {"name": f"%{NAME}%"}
        ).scalar_one()
    assert left == 0
    assert list(verify_all(site.engine)) == []
    assert "1 persons erased" in worker.log.read_text()


def _state(engine: Engine, erasure: str) -> str:
    with transaction(engine) as db:
        return str(
            db.execute(text("SELECT state FROM erasures WHERE id = CAST(:id AS uuid)"), {"id": erasure}).scalar_one()
        )
