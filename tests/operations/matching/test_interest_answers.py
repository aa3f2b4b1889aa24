"""What both sides answered is told to whoever asked, of both sides at once, until somebody decides."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, text

from casework.errors import NotFound
from casework.operations.links.office_links import open_link
from casework.operations.matching import interest
from casework.operations.matching.interest_answers import answers_by_match, list_answered
from casework.operations.matching.interest_links import Says, send_interest
from casework.operations.matching.interest_mail import INTEREST
from casework.operations.matching.shortlist import set_shortlisted
from tests.operations.matching.test_interest import asked, publish
from tests.support.world import World, new_request


def answer(db: Connection, world: World, side: str, says: str) -> None:
    _, token = asked(db, world, side=side, need_words="Heat.")
    send_interest(
        db, token, open_link(db, INTEREST, token), {world.matches[0]: Says(says=says, words="Why?")}, by="Zhou"
    )


def test_that_both_said_yes_is_told_to_who_asked_until_it_is_decided(world: World, db: Connection) -> None:
    officer, other = world.actor(db, "officer"), world.actor(db, "other_officer")
    assert list_answered(db, officer) == []
    answer(db, world, "need_owner", "yes")
    (one,) = list_answered(db, officer)
    assert (one.match, dict(one.says), one.both) == (world.matches[0], {"need_owner": "yes"}, False)
    answer(db, world, "technology_owner", "yes")
    (one,) = list_answered(db, officer)
    assert one.both
    assert list_answered(db, other) == list_answered(db, world.actor(db, "auditor")) == []
    set_shortlisted(db, officer, one.match, on=False, request=new_request())
    assert list_answered(db, officer) == []


def test_what_was_asked_last_counts(world: World, db: Connection) -> None:
    answer(db, world, "need_owner", "question")
    asked(db, world)
    need = db.execute(text("SELECT need_id::text FROM matches WHERE id = CAST(:id AS uuid)"), {"id": world.matches[0]})
    requests = interest.list_interest(db, world.actor(db, "officer"), need.scalar_one())
    found, said = answers_by_match(requests)[world.matches[0], "need_owner"]
    assert (found.state, said) == ("open", None)


def test_who_may_not_read_a_closed_need_finds_nothing_of_it(world: World, db: Connection) -> None:
    publish(db, world, "closed")
    answer(db, world, "need_owner", "yes")
    (one,) = list_answered(db, world.actor(db, "officer"))
    with pytest.raises(NotFound):
        interest.list_interest(db, world.actor(db, "manager"), one.need)


def test_of_a_record_that_has_ended_nobody_decides(world: World, db: Connection) -> None:
    answer(db, world, "need_owner", "yes")
    db.execute(text("UPDATE technologies SET status = 'withdrawn'"))
    assert list_answered(db, world.actor(db, "officer")) == []
