"""What is to be sent: the earliest first, tried once at a time, put off, given up or taken; and what is known of each try."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import Connection, text

from casework.operations.core.outbox import (
    CANCELLED,
    FAILED,
    QUEUED,
    Outbox,
    begin,
    cancel,
    give_up,
    list_due,
    postpone,
    queue_again,
    taken,
)
from casework.operations.notifications.mail_outbox import MAILS
from tests.support.additions import add_mail
from tests.support.world import World

MINUTE = timedelta(minutes=1)


@pytest.fixture
def mail(world: World, db: Connection) -> str:
    """A mail that is due."""
    id = add_mail(db, world.people["officer"])
    db.execute(text("UPDATE mails SET state = 'queued', send_at = casework_now(), tries = '[]'"))
    return id


def due(db: Connection) -> list[str]:
    return [id for id, _ in list_due(db, MAILS, but="true", most=10)]


def state(db: Connection, mail: str) -> tuple[str, list[str]]:
    row = db.execute(text("SELECT state, tries FROM mails WHERE id = CAST(:id AS uuid)"), {"id": mail}).one()
    return row.state, [one["what"] for one in row.tries]


def test_what_is_due_is_listed_the_earliest_first_and_no_more_than_asked_for(
    world: World, db: Connection, mail: str
) -> None:
    earlier, later = add_mail(db, world.people["auditor"]), add_mail(db, world.people["manager"])
    moved = text(
        "UPDATE mails SET state = 'queued', send_at = casework_now() + CAST(:by AS interval) WHERE id = CAST(:id AS uuid)"
    )
    db.execute(moved, {"id": earlier, "by": -MINUTE})
    db.execute(moved, {"id": later, "by": MINUTE})
    assert due(db) == [earlier, mail]
    assert [id for id, _ in list_due(db, MAILS, but="true", most=1)] == [earlier]
    assert list_due(db, MAILS, but="false", most=10) == []


def test_a_try_is_noted_before_it_goes_and_settled_when_it_ends(db: Connection, mail: str) -> None:
    assert begin(db, MAILS, mail) is False
    assert state(db, mail) == (QUEUED, ["begun"])
    taken(db, MAILS, mail, "250 thanks")
    assert state(db, mail) == (MAILS.taken, ["250 thanks"])
    assert due(db) == []


def test_of_a_try_whose_end_nobody_knows_the_next_one_is_told(db: Connection, mail: str) -> None:
    begin(db, MAILS, mail)
    assert begin(db, MAILS, mail) is True
    assert state(db, mail) == (QUEUED, ["begun, and its end is not known", "begun"])
    postpone(db, MAILS, mail, "451 later", rest=lambda tried, age: MINUTE)
    assert begin(db, MAILS, mail) is False


def test_it_is_put_off_by_how_often_it_was_tried_or_given_up(db: Connection, mail: str) -> None:
    counted: list[int] = []

    def rest(tried: int, age: timedelta) -> timedelta | None:
        counted.append(tried)
        assert age >= timedelta(0)
        return MINUTE if tried < 2 else None

    for _ in range(3):
        begin(db, MAILS, mail)
        postpone(db, MAILS, mail, "451 later", rest=rest)
    assert counted == [0, 1, 2]
    assert state(db, mail) == (FAILED, ["451 later"] * 3)
    assert due(db) == []


def test_an_answer_is_kept_up_to_its_longest(db: Connection, mail: str) -> None:
    begin(db, MAILS, mail)
    postpone(db, MAILS, mail, "x" * (MAILS.longest + 1), rest=lambda tried, age: MINUTE)
    assert [len(what) for what in state(db, mail)[1]] == [MAILS.longest]


End = Callable[[Connection, Outbox, str, str], None]


@pytest.mark.parametrize(("end", "ends_as"), [(give_up, FAILED), (cancel, CANCELLED)])
def test_what_has_ended_stays_so_until_it_is_queued_again(db: Connection, mail: str, end: End, ends_as: str) -> None:
    end(db, MAILS, mail, "No.")
    assert state(db, mail) == (ends_as, ["No."])
    taken(db, MAILS, mail, "250 thanks")
    postpone(db, MAILS, mail, "451 later", rest=lambda tried, age: MINUTE)
    assert state(db, mail) == (ends_as, ["No."])
    queue_again(db, MAILS, mail)
    assert due(db) == [mail]
