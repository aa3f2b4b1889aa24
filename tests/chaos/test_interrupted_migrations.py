"""`casework db upgrade` killed in the middle, again and again: the next one finishes, and nothing of it is there by half."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time

from sqlalchemy import create_engine, make_url, text

from casework.records import migrate
from casework.records.database import connect_engine, connected
from casework.settings import Settings
from tests.jobs.processes import wait_until
from tests.support.databases import ROOT, DatabaseServer, run_casework
from tests.support.samples import by_default

SEED = 20261202


@by_default("kills", 2, whole=20)
def test_an_upgrade_that_was_killed_is_done_by_the_next_one(
    database_server: DatabaseServer, empty_database_url: str, kills: int
) -> None:
    chance, met = random.Random(SEED), 0
    look = create_engine(empty_database_url.replace("postgresql://", "postgresql+psycopg://"))
    environment = {"DATABASE_URL": empty_database_url, "CASEWORK_PROFILE": "test"}

    def at_it() -> bool:
        with look.connect() as db:
            owners = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'casework owner'"
            return bool(db.execute(text(owners)).scalar_one())

    def tables() -> int:
        with look.connect() as db:
            return int(db.execute(text("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")).scalar_one())

    for _ in range(kills):
        upgrade = subprocess.Popen(
            [sys.executable, "-m", "casework", "db", "upgrade"],
            cwd=ROOT,
            env={"PATH": os.environ["PATH"], **environment},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        wait_until(lambda: at_it() or upgrade.poll() is not None, "the upgrade")  # noqa: B023  waited for here
        # All of it takes about a second: the sum of kills falls all over it.
        time.sleep(chance.random() * 0.6)
        met += upgrade.poll() is None
        upgrade.send_signal(signal.SIGKILL)
        upgrade.wait()
        wait_until(lambda: not at_it(), "the end of its connection")
        # All steps are one transaction: before its end there is nothing at all.
        assert tables() == 0 or _faults(database_server, empty_database_url) == []
    assert run_casework("db", "upgrade", environment=environment).returncode == 0
    assert _faults(database_server, empty_database_url) == []
    look.dispose()
    print(f"seed {SEED}: {kills} kills, {met} in the middle")
    assert met


def _faults(server: DatabaseServer, url: str) -> list[str]:
    """What is wrong with the form of the database, but for what the tests' server leaves out."""
    name = str(make_url(url).database)
    engine = connect_engine(Settings(profile="test", database_url=server.app_url(name)))
    try:
        with connected(engine) as db:
            return [one for one in migrate.check(db) if not one.startswith(("fsync is off", "full_page_writes is off"))]
    finally:
        engine.dispose()
