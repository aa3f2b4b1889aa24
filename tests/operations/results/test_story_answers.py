"""What a party said to a story is told to whoever wrote it or asked, until the next step is done."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, text

from casework.engine.parties import PARTIES
from casework.operations.results.consent_links import withdraw_story
from casework.operations.results.consents import withdraw_consent
from casework.operations.results.stories import publish_story, take_back
from casework.operations.results.story_answers import AnsweredStory, list_answered_stories
from casework.records.row_security import whole
from tests.support.stories import asked, consented, published, says, written
from tests.support.world import World, new_request

NEED_OWNER, TECHNOLOGY_OWNER = PARTIES


def told(db: Connection, world: World, name: str = "officer") -> list[AnsweredStory]:
    return list_answered_stories(db, world.actor(db, name))


def test_a_question_is_no_answer_and_an_answer_is_told_with_its_side(world: World, db: Connection) -> None:
    number = written(db, world)
    _, token = asked(db, world, number, NEED_OWNER)
    assert told(db, world) == []
    says(db, token)
    (one,) = told(db, world)
    assert (one.number, one.title, one.both, one.published) == (number, "Steam from straw", False, False)
    assert dict(one.says) == {NEED_OWNER: "given"}


def test_what_both_consent_to_is_told_until_it_is_published(world: World, db: Connection) -> None:
    number = written(db, world)
    consented(db, world, number)
    (one,) = told(db, world)
    assert one.both
    publish_story(db, world.actor(db, "supervisor"), number, new_request())
    assert told(db, world) == []


def test_what_a_party_refuses_is_told_until_the_story_is_taken_back(world: World, db: Connection) -> None:
    number = written(db, world)
    _, token = asked(db, world, number, TECHNOLOGY_OWNER)
    says(db, token, consents=False)
    assert [dict(one.says) for one in told(db, world)] == [{TECHNOLOGY_OWNER: "refused"}]
    take_back(db, world.actor(db, "officer"), number, reason="They want other words.", request=new_request())
    assert told(db, world) == []


def test_a_party_that_is_asked_again_has_not_answered_yet(world: World, db: Connection) -> None:
    number = written(db, world)
    _, token = asked(db, world, number, NEED_OWNER)
    says(db, token, consents=False)
    _, again = asked(db, world, number, NEED_OWNER)
    assert told(db, world) == []
    says(db, again)
    assert [dict(one.says) for one in told(db, world)] == [{NEED_OWNER: "given"}]


def test_a_consent_that_is_withdrawn_by_its_link_is_told_though_the_story_is_out(world: World, db: Connection) -> None:
    number, said = published(db, world)
    assert told(db, world) == []
    _, token, opened = said[NEED_OWNER]
    withdraw_story(db, token, opened)
    (one,) = told(db, world)
    assert (one.number, one.published, one.says[NEED_OWNER]) == (number, True, "withdrawn")


def test_what_the_office_takes_back_itself_is_no_answer(world: World, db: Connection) -> None:
    number = written(db, world)
    id, token = asked(db, world, number, NEED_OWNER)
    says(db, token)
    withdraw_consent(db, world.actor(db, "officer"), id, new_request())
    assert told(db, world) == []


@pytest.mark.parametrize("name", ["supervisor", "auditor", "manager", "foreign_officer", "observer", "provider"])
def test_who_neither_wrote_nor_asked_is_told_nothing(world: World, db: Connection, name: str) -> None:
    consented(db, world, written(db, world))
    assert told(db, world, name) == []


def test_who_asked_is_told_what_another_wrote(world: World, db: Connection) -> None:
    number = written(db, world, by="supervisor")
    consented(db, world, number)
    assert [one.number for one in told(db, world)] == [one.number for one in told(db, world, "supervisor")] == [number]


def test_who_has_an_interest_in_the_case_since_is_told_nothing(world: World, db: Connection) -> None:
    number = written(db, world)
    consented(db, world, number)
    with whole(db):
        query = "UPDATE cases SET interests = interests || CAST(:person AS text) WHERE number = :number"
        db.execute(text(query), {"number": number, "person": world.actor(db, "officer").person})
    assert told(db, world) == []
