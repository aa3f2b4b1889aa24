"""People come and go over running cases, and nothing is lost: verification is clean, and every task is seen or named."""

from __future__ import annotations

import os
import time

import pytest

from casework.operations.verification.service import verify_all
from casework.records.database import connect_engine, transaction
from casework.settings import Settings
from tests.support.case_dates import insist_on_dates
from tests.support.doubles import wrongly_told
from tests.support.inbox import insist_on_inbox
from tests.support.office_walk import Office

#: Of each of the long walks.
STEPS = int(os.environ.get("OFFICE_STEPS", "2500"))


def walk(settings: Settings, seed: int, *, cases: int, steps: int) -> Office:
    """A walk at whose end everything must hold."""
    office = Office(settings, seed, cases)
    try:
        office.run(steps)
        office.tick(0.01)
        assert office.unseen() == [], "open tasks that nobody sees and the check does not name"
        assert office.repair() == [], "what the check names and nobody can repair"
    finally:
        office.close()
    engine = connect_engine(settings)
    try:
        assert [one.sentence for one in verify_all(engine)] == []
        with transaction(engine) as db:
            insist_on_dates(db)
            insist_on_inbox(db)
            logs = [log for log, _ in office.logs(db)]
            # Whoever is told to have been able to do an action could have done it.
            assert [words for log in logs[:5] for words in wrongly_told(db, log)] == []
    finally:
        engine.dispose()
    return office


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1])
def test_people_come_and_go_and_nothing_is_lost(settings: Settings, seed: int) -> None:
    office = walk(settings, seed, cases=12, steps=150)
    # What a walk does not do it does not try.
    for action in (
        "go_away",
        "come_back",
        "give_role",
        "end_role",
        "leave",
        "reopen",
        "hand",
        "work",
        "wander",
        "script",
    ):
        assert office.counts[action], (action, office.counts)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(100, 106))
def test_people_come_and_go_for_a_long_time(settings: Settings, seed: int) -> None:
    began = time.monotonic()
    office = walk(settings, seed, cases=34, steps=STEPS)
    print(f"{STEPS} steps in {time.monotonic() - began:.0f} s: {dict(sorted(office.counts.items()))}")
    assert office.counts["hand_mediation"], office.counts
