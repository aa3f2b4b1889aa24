"""What is changed of an account stands in its person's log, and its person is told."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, text

from casework.operations.auth import account_log
from casework.operations.auth.account_log import ACCOUNT, WHAT, note_account, what_of
from casework.operations.verification.service import verify_case
from casework.records.event_log import read_register
from tests.support.world import World

OWING = text("SELECT seq FROM outbox WHERE log_id = CAST(:log AS uuid)")


def test_everything_that_can_be_noted_is_listed_once() -> None:
    named = {
        value
        for name, value in vars(account_log).items()
        if name.isupper() and isinstance(value, str) and name != "ACCOUNT"
    }
    assert named == set(WHAT)
    assert len(WHAT) == len(set(WHAT))


@pytest.mark.parametrize("what", [account_log.PASSWORD_CHANGED, account_log.TOKEN_MADE, account_log.CLOSED])
def test_it_is_written_down_with_who_did_it_and_owed_to_its_person(world: World, db: Connection, what: str) -> None:
    person, administrator = world.people["officer"], world.people["administrator"]
    note_account(db, person, what, administrator)
    last = list(read_register(db, person))[-1]
    assert (last.kind, last.actor, what_of(last.effects)) == (ACCOUNT, administrator, what)
    assert db.execute(OWING, {"log": person}).scalars().all() == [last.seq]
    assert verify_case(db, person) == []
