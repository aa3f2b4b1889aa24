"""What everybody reads of a programme's results: published stories of a programme that shows them, while both parties consent."""

from __future__ import annotations

import uuid

import pytest
from sqlalchemy import Connection, Engine, text

from casework.errors import NotFound
from casework.operations.results import published as results
from casework.operations.results.consent_links import withdraw_story
from casework.operations.results.consents import withdraw_consent
from casework.operations.results.stories import take_back
from casework.records.database import reader_transaction, transaction
from tests.operations.people.test_public_catalogues import show
from tests.support.file_makers import png
from tests.support.stories import consented, id_of, own_by, published, written
from tests.support.world import World, new_request


def told(engine: Engine) -> list[str]:
    """The titles that a stranger reads."""
    with reader_transaction(engine) as db:
        try:
            return [one.told.title for one in results.list_published(db)[1]]
        except NotFound:
            return ["there is no such page"]


def test_it_is_shown_once_it_is_published_and_its_programme_shows_its_results(world: World, engine: Engine) -> None:
    with transaction(engine) as db:
        number = written(db, world)
        consented(db, world, number)
        show(db, world)
    # The catalogue alone is shown.
    assert told(engine) == ["there is no such page"]
    with transaction(engine) as db:
        show(db, world, reason="We have results.", results=True)
    # Both consent, and nobody has published it.
    assert told(engine) == []


def test_it_tells_its_words_what_was_measured_and_whom_to_ask(world: World, engine: Engine) -> None:
    with transaction(engine) as db:
        show(db, world, results=True)
        number, _ = published(db, world)
        id = id_of(db, number)
    with reader_transaction(engine) as db:
        one, office = results.show_published(db, id)
        assert (one.told.words_zh, one.has_picture, office.email) == ("锅炉已投运。", True, "office@example.org")
        assert [(row.level, row.saving) for row in one.told.impacts] == [("measured", "20")]
        assert results.picture_of(db, id) == png(1, 1)
        with pytest.raises(NotFound):
            results.show_published(db, str(uuid.uuid4()))


@pytest.mark.parametrize("how", ["by link", "by the office", "taken back", "hidden", "another owner", "reopened"])
def test_it_is_gone_for_the_next_reader(world: World, engine: Engine, how: str) -> None:
    with transaction(engine) as db:
        show(db, world, results=True)
        number, said = published(db, world)
        id = id_of(db, number)
    assert told(engine) == ["Steam from straw"]
    with transaction(engine) as db:
        _end(db, world, how, number, said)
    assert told(engine) == (["there is no such page"] if how == "hidden" else [])
    with reader_transaction(engine) as db:
        for read in (results.show_published, results.picture_of):
            with pytest.raises(NotFound):
                read(db, id)


def _end(db: Connection, world: World, how: str, number: str, said: dict[str, tuple[str, str, str]]) -> None:
    consent, token, opened = said["technology_owner"]
    if how == "by link":
        withdraw_story(db, token, opened)
    elif how == "by the office":
        withdraw_consent(db, world.actor(db, "officer"), consent, new_request())
    elif how == "taken back":
        take_back(db, world.actor(db, "officer"), number, reason="A figure.", request=new_request())
    elif how == "another owner":
        own_by(db, world.organisations["lab"])
    elif how == "reopened":
        db.execute(text("UPDATE cases SET closed_at = NULL, outcome = NULL WHERE number = :number"), {"number": number})
    else:
        show(db, world, reason="Over.", results=False)
