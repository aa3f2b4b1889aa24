"""Whoever serves from the embedded server starts it again when it was killed, with a worker and without one."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from casework.records import embedded, server_process
from tests.journeys.kills import Victim, ask
from tests.support.databases import run_casework

#: Whatever is wrong, nothing waits longer than this.
PATIENCE_S = 60.0
KILLS = 5

pytestmark = pytest.mark.slow


@pytest.fixture
def victim(var_dir: Path) -> Iterator[Victim]:
    environment = {"CASEWORK_VAR": str(var_dir), "CASEWORK_PROFILE": "test"}
    assert run_casework("init", environment=environment).returncode == 0
    made = Victim(environment)
    made.start()
    yield made
    made.kill()


def test_a_killed_database_comes_back_under_who_serves(victim: Victim, var_dir: Path) -> None:
    server = server_process.server_at(var_dir)
    for kill in range(KILLS):
        pid = embedded.running_pid(server)
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        begun = time.monotonic()
        # What answered before that is still true for a moment.
        while (now := embedded.running_pid(server)) in (None, pid) or ask(victim.port, "GET", "/health")[0] != 200:
            assert time.monotonic() - begun < PATIENCE_S, f"after {kill} kills: {now}"
            time.sleep(0.1)


def test_a_database_that_was_stopped_stays_so(victim: Victim, var_dir: Path) -> None:
    assert embedded.stop(var_dir)
    time.sleep(6 * embedded.WATCHED_EVERY_S)
    assert embedded.running_pid(server_process.server_at(var_dir)) is None
