"""A worker that is killed while it carries out a batch: every case once, none half, whole in both verifiers, and back as it was."""

from __future__ import annotations

import random
import time
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from casework.engine.batches import BATCH_RESUMED, BATCH_SUSPENDED
from casework.operations.people.case_batch_worker import list_waiting
from casework.operations.people.case_migrations import stands_alike
from casework.operations.verification.service import verify_all
from casework.records.database import transaction
from casework.settings import Settings
from tests.jobs.processes import Hand, hands, wait_until
from tests.operations.people.batch_scene import Batching, set_batching
from tests.support.world import World

KILLS = 2
#: Each case takes a while as its end is written.
_SLOW = """
    CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(0.25); RETURN NEW; END $$;
    CREATE TRIGGER slow BEFORE INSERT ON events FOR EACH ROW WHEN (NEW.kind = 'batch_case') EXECUTE FUNCTION slow();
"""
#: One case can never be moved.
_BROKEN = """
    CREATE FUNCTION broken() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'no' USING ERRCODE = 'integrity_constraint_violation'; END $$;
    CREATE TRIGGER broken BEFORE INSERT ON events FOR EACH ROW
    WHEN (NEW.kind = 'migrated' AND NEW.log_id = '{log}') EXECUTE FUNCTION broken();
"""


def _told(superuser: Engine, batching: Batching) -> list[str]:
    """The cases that the worker says that it has come to."""
    with superuser.connect() as db:
        statement = text(
            "SELECT effects->'batch_case'->>'case' FROM events WHERE log_id = CAST(:log AS uuid) AND kind = 'batch_case' ORDER BY seq"
        )
        return list(db.execute(statement, {"log": batching.programme}).scalars())


@pytest.mark.slow
def test_a_killed_worker_moves_each_case_once(
    engine: Engine,
    owner_engine: Engine,
    superuser_engine: Engine,
    settings: Settings,
    database_url: str,
    world: World,
    tmp_path: Path,
) -> None:
    batching = set_batching(engine, owner_engine, world)
    before = batching.cases()
    id = batching.agree()
    log = tmp_path / "worker.log"
    log.touch()
    environment = {"DATABASE_URL": database_url, "CASEWORK_PROFILE": "test", "CASEWORK_VAR": str(settings.var)}
    worker, dice = Hand(environment, 0, log), random.Random(18)
    # Slow enough that a kill falls between two cases, or into one.
    with superuser_engine.begin() as db:
        db.execute(text(_SLOW))
    with hands(worker):
        for n in range(KILLS):
            worker.start()
            wait_until(lambda before=n: len(_told(superuser_engine, batching)) > before, "a case")  # type: ignore[misc]  # bound at once
            time.sleep(dice.random() * 0.3)
            worker.kill()
        assert batching.steer(id, BATCH_SUSPENDED) == "suspended"
        come = len(_told(superuser_engine, batching))
        assert come < batching.show(id).cases
        worker.start()
        with transaction(engine) as db:
            assert list_waiting(db, but="true", most=9) == []
        batching.steer(id, BATCH_RESUMED)
        wait_until(lambda: batching.show(id).state == "ended", "the last case")
        assert worker.stop() == 0
    told = _told(superuser_engine, batching)
    assert len(set(told)) == len(told) == batching.show(id).moved
    assert {case.main.edition for case in batching.cases().values()} == {batching.plan.new.fingerprint}
    assert list(verify_all(engine)) == []
    batching.revert(id)
    batching.carry_on()
    after = batching.cases()
    assert all(stands_alike(before[name], after[name]) for name in before)
    assert list(verify_all(engine)) == []


def test_a_case_that_cannot_be_moved_holds_up_no_other(
    engine: Engine, owner_engine: Engine, superuser_engine: Engine, world: World
) -> None:
    batching = set_batching(engine, owner_engine, world)
    before = batching.cases()
    with superuser_engine.begin() as db:
        db.exec_driver_sql(_BROKEN.replace("{log}", batching.homes["consent"]))
    id = batching.agree()
    batching.carry_on()
    shown = batching.show(id)
    (failed,) = (one for one in shown.outcomes if one.state == "failed")
    assert (failed.number, shown.state, shown.moved) == (batching.numbers["consent"], "ended", shown.cases - 1)
    assert "nothing of the case was changed" in str(failed.why[0])
    assert batching.cases()["consent"] == before["consent"]
    assert list(verify_all(engine)) == []
