"""A worker that is killed again and again while it removes: every case once, none half, and every log verifies."""

from __future__ import annotations

import random
import time
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from casework.operations.documents.storage import DocumentStore
from casework.operations.verification.service import verify_all
from casework.settings import Settings
from tests.jobs.processes import Hand, hands, wait_until
from tests.operations.privacy.removal_scene import CANARY, LATER, PAPER, Scene, set_scene
from tests.support.world import World

CASES, KILLS = 8, 3


def _come_to(scene: Scene) -> int:
    return len(scene.told("case_removed")) + len(scene.told("case_left"))


@pytest.mark.slow
def test_a_killed_worker_removes_each_case_once(
    engine: Engine,
    superuser_engine: Engine,
    settings: Settings,
    database_url: str,
    world: World,
    document_store: DocumentStore,
    tmp_path: Path,
) -> None:
    scene = set_scene(engine, superuser_engine, settings, world, document_store, count=CASES)
    scene.agree()
    log = tmp_path / "worker.log"
    log.touch()
    environment = {
        "DATABASE_URL": database_url,
        "CASEWORK_PROFILE": "test",
        "CASEWORK_VAR": str(settings.var),
        "CASEWORK_CLOCK_OFFSET": str(LATER),
    }
    worker, dice = Hand(environment, 0, log), random.Random(16)
    # Slow enough that a kill falls between two cases, or into one.
    with superuser_engine.begin() as db:
        db.execute(text(_SLOW))
    with hands(worker):
        for n in range(KILLS):
            worker.start()
            wait_until(lambda before=n: _come_to(scene) > before, "a case")  # type: ignore[misc]  # bound at once
            time.sleep(dice.random() * 0.3)
            worker.kill()
        worker.start()
        wait_until(lambda: _come_to(scene) == CASES, "the last case")
        assert worker.stop() == 0
    assert len({one["case"] for one in scene.told("case_removed")}) == len(scene.told("case_removed")) == CASES
    assert scene.found(CANARY, PAPER) == {}
    assert list(verify_all(scene.engine)) == []
    scene.engine.dispose()


#: Each case takes a while as its end is written.
_SLOW = """
    CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(0.25); RETURN NEW; END $$;
    CREATE TRIGGER slow BEFORE INSERT ON events FOR EACH ROW WHEN (NEW.kind = 'case_removed') EXECUTE FUNCTION slow();
"""
