"""The worker killed again and again while events come: each event has one leaf, and what was signed holds."""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text

from casework.operations.verification.sequencer import sequence
from casework.operations.verification.tree_judgement import KeptElsewhere, check_tree
from casework.records import log_keys
from casework.records.database import connect_engine, transaction
from casework.settings import Settings
from tests.jobs.processes import hands, wait_until
from tests.jobs.sites import build_site
from tests.support.samples import by_default

SEED = 20261201
#: Each sequencer is a process that is begun anew from one that has everything imported already.
_BEGUN = multiprocessing.get_context("forkserver")
_BEGUN.set_forkserver_preload(["casework.operations.verification.sequencer", __name__])


def _work(address: str, var: Path) -> None:
    """What the worker does with the tree, until somebody kills it."""
    settings = Settings(profile="test", var=var, database_url=address)
    engine = connect_engine(settings)
    while True:
        sequence(engine, settings)
        time.sleep(0.02)


@pytest.mark.slow
@by_default("kills", 20, whole=50)
def test_kills_of_the_sequencer_leave_no_event_out_and_none_twice(
    engine: Engine, settings: Settings, database_url: str, tmp_path: Path, kills: int
) -> None:
    site = build_site(engine, settings, database_url, 1)
    over, dice, met = threading.Event(), random.Random(SEED), 0
    (tmp_path / "hands").mkdir()
    worker = site.hand(tmp_path / "hands")

    def load() -> None:
        while not over.is_set():
            with transaction(engine) as db:
                site.world.new_case(db)

    def begin() -> Any:
        process = _BEGUN.Process(target=_work, args=(database_url, settings.var), daemon=True)
        process.start()
        return process

    two = [begin(), begin()]
    loads = threading.Thread(target=load)
    with hands(worker):
        loads.start()
        try:
            for n in range(kills):
                signed = _count(engine, "checkpoints")
                # While it is at it: not before the tree has grown since the last kill.
                wait_until(lambda: _count(engine, "checkpoints") > signed, "a batch")  # noqa: B023  waited for here
                time.sleep(dice.random() * 0.1)
                met += _at_it(engine)
                os.kill(two[n % 2].pid, signal.SIGKILL)
                two[n % 2].join()
                two[n % 2] = begin()
        finally:
            over.set()
            loads.join()
            for process in two:
                process.kill()
                process.join()
        # What they left the worker does.
        with transaction(engine) as db:
            site.world.new_case(db)
        worker.start()
        wait_until(lambda: _count(engine, "awaited_leaves") == 0, "the last leaf")
        assert worker.stop() == 0
    # The worker may have recorded something itself after its last batch: what it did not get to is done here.
    sequence(engine, settings)
    with transaction(engine) as db:
        faults = list(check_tree(db, KeptElsewhere(log_keys.public_keys(settings))))
        leaves = db.execute(text("SELECT sum(octet_length(entries)) / 20 FROM tree_entries")).scalar_one()
    signed = _count(engine, "checkpoints")
    print(f"seed {SEED}: {kills} kills, {met} while the tree grew, {leaves} leaves, {signed} checkpoints")
    assert faults == []
    assert leaves == _count(engine, "events")


def _at_it(engine: Engine) -> bool:
    """Whether somebody makes the tree grow just now."""
    with transaction(engine) as db:
        held = "SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND objid = 4215807166)"
        return bool(db.execute(text(held)).scalar_one())


def _count(engine: Engine, table: str) -> int:
    with transaction(engine) as db:
        return int(db.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())
