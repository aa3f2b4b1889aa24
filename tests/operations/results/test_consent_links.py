"""Behind its link a party reads the story as everybody will, says once whether it consents, and withdraws by the same link."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import Connection, text

from casework.errors import InvalidForm, NotFound
from casework.operations.links.office_links import open_link
from casework.operations.results.consent_links import (
    Says,
    answer_story,
    picture_behind,
    show_story_of,
    withdraw_story,
)
from casework.operations.results.consent_mail import STORY
from casework.operations.results.stories import take_back
from casework.records.event_log import now
from casework.records.row_security import whole
from tests.support.file_makers import png
from tests.support.stories import asked, own_by, published, says, written
from tests.support.world import World, new_request


def test_it_reads_the_story_and_consents_once(world: World, db: Connection) -> None:
    number = written(db, world)
    _, token = asked(db, world, number, "need_owner")
    with pytest.raises(NotFound):
        show_story_of(db, token, "another")
    opened = open_link(db, STORY, token)
    one = show_story_of(db, token, opened)
    assert one.told is not None
    assert (one.state, one.side, one.message) == ("open", "need_owner", "请看。")
    assert (one.told.title, one.has_picture) == ("Steam from straw", False)
    assert [row.level for row in one.told.impacts] == ["measured"]
    with pytest.raises(InvalidForm):
        answer_story(db, token, opened, Says(consents=True, by=" "))
    answer_story(db, token, opened, Says(consents=True, by="周敏"))
    one = show_story_of(db, token, opened)
    assert (one.state, one.told is not None) == ("given", True)
    for consents in (True, False):
        with pytest.raises(NotFound):
            answer_story(db, token, opened, Says(consents=consents, by="周敏"))


def test_the_link_of_who_consents_stays_and_that_of_who_does_not_ends_as_before(world: World, db: Connection) -> None:
    number = written(db, world)
    until = {}
    for side, consents in (("need_owner", True), ("technology_owner", False)):
        id, token = asked(db, world, number, side)
        says(db, token, consents=consents)
        with whole(db):
            query = text("SELECT until FROM office_link_secrets WHERE id = CAST(:id AS uuid)")
            until[side] = db.execute(query, {"id": id}).scalar_one() - now(db)
    assert until["need_owner"] > timedelta(days=360) > until["technology_owner"]


def test_who_refuses_reads_the_story_no_more(world: World, db: Connection) -> None:
    number = written(db, world)
    _, token = asked(db, world, number, "need_owner")
    opened = says(db, token, consents=False)
    one = show_story_of(db, token, opened)
    assert (one.state, one.told, one.has_picture) == ("refused", None, False)
    with pytest.raises(NotFound):
        withdraw_story(db, token, opened)


def test_it_withdraws_its_consent_once(world: World, db: Connection) -> None:
    _, told = published(db, world)
    _, token, opened = told["need_owner"]
    assert picture_behind(db, token, opened) == png(1, 1)
    withdraw_story(db, token, opened)
    assert show_story_of(db, token, opened).state == "withdrawn"
    for again in (withdraw_story, picture_behind):
        with pytest.raises(NotFound):
            again(db, token, opened)


def test_what_was_taken_back_is_told_no_more(world: World, db: Connection) -> None:
    number, told = published(db, world)
    take_back(db, world.actor(db, "officer"), number, reason="A figure is wrong.", request=new_request())
    for _, token, opened in told.values():
        assert show_story_of(db, token, opened).told is None


def test_who_is_no_party_any_more_reads_nothing_and_consents_to_nothing(world: World, db: Connection) -> None:
    number = written(db, world)
    _, token = asked(db, world, number, "technology_owner")
    opened = open_link(db, STORY, token)
    assert show_story_of(db, token, opened).told is not None
    own_by(db, world.organisations["lab"])
    with pytest.raises(NotFound):
        show_story_of(db, token, opened)
    with pytest.raises(NotFound):
        picture_behind(db, token, opened)
    with pytest.raises(NotFound):
        answer_story(db, token, opened, Says(consents=True, by="周敏"))


def test_who_has_consented_withdraws_though_another_is_the_party_by_now(world: World, db: Connection) -> None:
    _, told = published(db, world)
    _, token, opened = told["technology_owner"]
    own_by(db, world.organisations["lab"])
    withdraw_story(db, token, opened)
    assert show_story_of(db, token, opened).state == "withdrawn"
