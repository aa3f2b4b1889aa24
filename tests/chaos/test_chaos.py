"""Everything that runs is killed, frozen, starved and misled under load: nothing that was answered is lost, nothing happens twice.

`make chaos` runs the whole; the seed of a run is printed, and CHAOS_SEED takes it up again.
"""

from __future__ import annotations

import os
import random
import time
from collections.abc import Sequence
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from casework.records import log_keys, server_process
from casework.records.blob_store import Store, new_key
from casework.records.key_ring import secret_key
from casework.settings import Settings
from tests.chaos import nemeses
from tests.chaos.disk import Disk, NoDiskError
from tests.chaos.nemeses import Nemesis
from tests.chaos.office import office
from tests.jobs.processes import wait_until
from tests.journeys.kills import summary

SEED = int(os.environ.get("CHAOS_SEED", "20261202"))
#: Of what `make chaos` does, in a minute: what is answered by other ways, and costs no waiting.
SHORT = (
    nemeses.kill_database,
    nemeses.fail_statements_rarely,
    nemeses.freeze_database_briefly,
    nemeses.kill_all,
)
WHOLE = (
    nemeses.kill_web,
    nemeses.kill_worker,
    nemeses.kill_database,
    nemeses.kill_all,
    nemeses.freeze_web,
    nemeses.freeze_database,
    nemeses.exhaust_pool,
    nemeses.fail_statements,
    nemeses.jump_clock,
)
ROUNDS = 5
KINDS = frozenset({"accept", "claim", "hold", "note", "release", "say"})


@pytest.mark.slow
@pytest.mark.parametrize(
    "harm",
    [
        pytest.param(SHORT, id="sample"),
        *(pytest.param((one,) * ROUNDS, id=one.__name__, marks=pytest.mark.long) for one in WHOLE),
        pytest.param(WHOLE, id="one after the other", marks=pytest.mark.long),
    ],
)
def test_whatever_goes_wrong_nothing_is_lost_and_nothing_happens_twice(
    var_dir: Path, tmp_path: Path, harm: Sequence[Nemesis]
) -> None:
    _insist_nothing_lost(var_dir, tmp_path, harm)


@pytest.fixture
def disk() -> Disk:
    try:
        return Disk()
    except NoDiskError as fault:
        pytest.fail(f"No disk that can be filled, or lose its power: {fault}", pytrace=False)


@pytest.mark.long
@pytest.mark.parametrize("harm", [nemeses.fill_disk, nemeses.cut_power], ids=lambda one: one.__name__)
def test_a_full_disk_and_a_power_cut_lose_nothing(tmp_path: Path, disk: Disk, harm: object) -> None:
    assert callable(harm)
    try:
        _insist_nothing_lost(disk.folder, tmp_path, [harm(disk)] * ROUNDS)
    finally:
        disk.remove()


@pytest.mark.long
def test_a_power_cut_takes_what_was_not_waited_for_and_nothing_else(disk: Disk) -> None:
    key, settings = new_key(), Settings(profile="test", var=disk.folder)
    try:
        Store(f"file://{disk.folder}/documents").put("log/ab/abcd", key, [b"content"])
        made = (secret_key(settings), log_keys.ensure_key(settings))
        # What shows that it is one.
        (disk.folder / "careless").write_text("content")
        disk.cut()
        disk.unmount()
        disk.mount()
        careless = disk.folder / "careless"
        assert not careless.exists() or careless.read_text() == ""
        assert b"".join(Store(f"file://{disk.folder}/documents").read("log/ab/abcd", key)) == b"content"
        assert (secret_key(settings), log_keys.read_key(settings)) == made
    finally:
        disk.remove()


@pytest.mark.long
def test_the_checker_notices_what_a_power_cut_takes_from_a_careless_database(tmp_path: Path, disk: Disk) -> None:
    """One that answers before the disk has it."""
    try:
        with office(disk.folder, tmp_path, SEED) as at_work:
            careless = {"synchronous_commit": "off", "wal_writer_delay": "10s"}
            with psycopg.connect(at_work.postgres.url(user=server_process.SUPERUSER), autocommit=True) as db:
                for name, value in careless.items():
                    db.execute(sql.SQL("ALTER SYSTEM SET {} = {}").format(sql.Identifier(name), value))
                db.execute("SELECT pg_reload_conf()")
            at_work.proceed("the start", least=40)
            nemeses.cut_power(disk)(at_work, random.Random(SEED))
            at_work.proceed("a power cut")
            faults = at_work.faults()
    finally:
        disk.remove()
    assert any(one.startswith("I1: lost") for one in faults), faults


def _insist_nothing_lost(var: Path, folder: Path, harm: Sequence[Nemesis]) -> None:
    chance = random.Random(SEED)
    with office(var, folder, SEED) as at_work:
        # Each kind of action, before a clock that jumps ends the sessions.
        wait_until(lambda: at_work.crowd.errors or at_work.crowd.kinds() >= KINDS, "each kind of action")
        at_work.worker.listen()
        for one in harm:
            begun = time.monotonic()
            one(at_work, chance)
            at_work.proceed(one.__name__, begun)
        faults = at_work.faults()
        ops, healed = at_work.crowd.ops, at_work.healed.items()
        print(f"seed {SEED}: {summary(ops)}; {sum(op.unknown for op in ops)} unknown")
        print("until people worked again, at most: " + ", ".join(f"{name} {max(took):.1f} s" for name, took in healed))
    assert not faults, "\n".join(faults)
    # Otherwise it came when nothing was under way, and proved nothing.
    assert at_work.caught or any(op.attempts > 1 or op.unknown for op in ops)
