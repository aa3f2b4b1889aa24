"""What a finding's log adds up to is its row."""

from __future__ import annotations

from sqlalchemy import Connection, text

from casework.operations.audit.finding_rows import COLUMNS, fold, fold_again
from casework.records.event_log import read_register
from tests.operations.audit.test_findings import answered, raised
from tests.support.world import World


def test_a_row_is_what_its_log_adds_up_to_however_it_stood(world: World, db: Connection) -> None:
    number = world.open_case(db)
    world.fire(db, "officer", number, "take")
    finding = raised(world, db, number)
    answered(world, db, finding)
    told = fold(list(read_register(db, finding)))
    assert set(told) == set(COLUMNS)
    db.execute(text("UPDATE findings SET state = 'closed', answer = 'no'"))
    assert fold_again(db, finding) == told
    assert db.execute(text("SELECT state, answer FROM findings")).one() == ("answered", "The letter was late.")
