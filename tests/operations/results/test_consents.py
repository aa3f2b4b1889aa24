"""The office asks a party about the story of its case, once at a time, and records that it consents no longer."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection

from casework import reasons
from casework.errors import InvalidForm, NotFound, Refused
from casework.operations.links.office_links import open_link
from casework.operations.results.consent_links import Says, answer_story
from casework.operations.results.consent_mail import STORY
from casework.operations.results.consents import Asking, ask_party, withdraw_consent
from casework.operations.results.stories import show_story
from tests.support.stories import ADDRESS, BOX, asked, end_well, published, says, written
from tests.support.world import World, new_request


def test_a_party_is_asked_once_at_a_time(world: World, db: Connection) -> None:
    number = written(db, world)
    id, token = asked(db, world, number, "need_owner")
    with pytest.raises(Refused) as refusal:
        asked(db, world, number, "need_owner")
    assert list(refusal.value.reasons) == [reasons.results.ASKED_ALREADY]
    one = show_story(db, world.actor(db, "officer"), number)
    assert one.story is not None
    assert one.story.state == "asked"
    (said,) = one.consents
    assert (said.id, said.state, said.address) == (id, "open", ADDRESS)
    says(db, token, consents=False)
    (said,) = show_story(db, world.actor(db, "officer"), number).consents
    # Once answered the office keeps no address.
    assert (said.state, said.by, said.address) == ("refused", "周敏", None)
    asked(db, world, number, "need_owner")


def test_nobody_is_asked_before_a_story_is_written(world: World, db: Connection) -> None:
    number = world.open_case(db)
    end_well(db, number)
    with pytest.raises(Refused) as refusal:
        asked(db, world, number, "need_owner")
    assert list(refusal.value.reasons) == [reasons.results.NOT_WRITTEN]


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({"address": "nobody"}, "address"),
        ({"language": "xx"}, "language"),
        ({"days": 0}, "days"),
        ({"message": "x" * 4_001}, "message"),
        ({"side": "lab"}, "side"),
    ],
)
def test_what_cannot_be_sent_is_said_at_its_field(
    world: World, db: Connection, fields: dict[str, object], fault: str
) -> None:
    number = written(db, world)
    given: dict[str, object] = {"side": "need_owner", "address": ADDRESS, "language": "en", "message": ""}
    with pytest.raises(InvalidForm) as refusal:
        asking = Asking(**(given | fields))  # type: ignore[arg-type]  # one of them is what cannot be
        ask_party(db, world.actor(db, "officer"), BOX, number, asking, request=new_request())
    assert set(refusal.value.fields) == {fault}


def test_the_office_records_that_a_party_consents_no_longer(world: World, db: Connection) -> None:
    number, told = published(db, world)
    id, token, opened = told["technology_owner"]
    for name in ("auditor", "foreign_officer", "provider"):
        with pytest.raises(NotFound):
            withdraw_consent(db, world.actor(db, name), id, new_request())
    withdraw_consent(db, world.actor(db, "officer"), id, new_request())
    one = show_story(db, world.actor(db, "officer"), number)
    assert one.story is not None
    assert (one.story.state, one.story.consented) == ("published", False)
    with pytest.raises(Refused) as refusal:
        withdraw_consent(db, world.actor(db, "officer"), id, new_request())
    assert list(refusal.value.reasons) == [reasons.results.CONSENT_ENDED]
    with pytest.raises(NotFound):
        answer_story(db, token, opened, Says(consents=True, by="周敏"))


def test_a_question_is_taken_back_before_it_is_answered(world: World, db: Connection) -> None:
    number = written(db, world)
    id, token = asked(db, world, number, "need_owner")
    withdraw_consent(db, world.actor(db, "officer"), id, new_request())
    with pytest.raises(NotFound):
        answer_story(db, token, open_link(db, STORY, token), Says(consents=True, by="周敏"))
    asked(db, world, number, "need_owner")
