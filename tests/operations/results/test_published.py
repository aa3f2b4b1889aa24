"""What everybody reads of a programme's results: published stories of a programme that shows them, while both parties consent."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, text

from casework.errors import NotFound
from casework.operations.catalogue.kept_records import correct_record
from casework.operations.catalogue.record_merging import merge_records
from casework.operations.catalogue.service import show_record
from casework.operations.catalogue.views import Need, Technology
from casework.operations.core.record_log import Kept
from casework.operations.matching import published as catalogue
from casework.operations.results import published as results
from casework.operations.results.consent_links import withdraw_story
from casework.operations.results.consents import withdraw_consent
from casework.operations.results.stories import publish_story, take_back
from casework.records.database import reader_transaction, transaction
from tests.operations.people.test_public_catalogues import show
from tests.support.file_makers import png
from tests.support.stories import consented, id_of, own_by, published, written
from tests.support.world import World, add_record, new_request


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


def open_up(db: Connection, world: World, level: str = "public") -> None:
    """The need and the technology of the first match are published so far."""
    officer = world.actor(db, "officer")
    records: tuple[tuple[Kept, str], ...] = (("need", world.needs[0]), ("technology", world.technologies[0]))
    for noun, id in records:
        one = show_record(db, officer, Need, id) if noun == "need" else show_record(db, officer, Technology, id)
        if one.publication == level:
            continue
        given: dict[str, Any] = {"fields": {"publication": level}, "source": None, "reason": "Both agree."}
        correct_record(db, officer, noun, id, **given, request=new_request())


def of_records(engine: Engine, world: World, n: int = 0) -> list[list[str]]:
    """What a stranger reads with the need and the technology of a match: titles of stories; None where a record is not shown."""
    told = []
    records: tuple[tuple[Kept, str], ...] = (("need", world.needs[n]), ("technology", world.technologies[n]))
    with reader_transaction(engine) as db:
        for noun, id in records:
            try:
                one, _ = catalogue.show_published(db, noun, id)
            except NotFound:
                told.append(["no such record"])
                continue
            told.append([story.told.title for story in results.list_of_record(db, one, noun)])
    return told


@pytest.mark.parametrize("how", ["by link", "by the office", "taken back", "hidden", "another owner", "reopened"])
def test_its_public_records_tell_of_it_until_it_is_gone(world: World, engine: Engine, how: str) -> None:
    with transaction(engine) as db:
        show(db, world, results=True)
        open_up(db, world)
        number, said = published(db, world)
        id = id_of(db, number)
    assert of_records(engine, world) == [["Steam from straw"]] * 2
    with reader_transaction(engine) as db:
        told = results.list_published(db)[1]
        records = {"need": world.needs[0], "technology": world.technologies[0]}
        assert results.records_of(db, told) == {id: records}
    with transaction(engine) as db:
        _end(db, world, how, number, said)
    assert of_records(engine, world) == [[]] * 2


def test_a_record_tells_of_no_story_before_it_is_out_and_of_none_that_is_not_its_own(
    world: World, engine: Engine
) -> None:
    with transaction(engine) as db:
        show(db, world, results=True)
        open_up(db, world)
        number = written(db, world)
        consented(db, world, number)
    assert of_records(engine, world) == [[]] * 2
    with transaction(engine) as db:
        publish_story(db, world.actor(db, "supervisor"), number, new_request())
    assert of_records(engine, world) == [["Steam from straw"]] * 2
    assert of_records(engine, world, 1)[0] == []


@pytest.mark.parametrize(("level", "told"), [("on_request", [[]] * 2), ("closed", [["no such record"]] * 2)])
def test_a_record_that_is_not_public_tells_of_no_story_and_no_story_of_it(
    world: World, engine: Engine, level: str, told: list[list[str]]
) -> None:
    with transaction(engine) as db:
        show(db, world, results=True)
        open_up(db, world, level)
        published(db, world)
    assert of_records(engine, world) == told
    with reader_transaction(engine) as db:
        assert [*results.records_of(db, results.list_published(db)[1]).values()] == [{}]


def test_what_came_of_a_closed_need_is_not_told_of_the_public_one_into_which_it_was_merged(
    world: World, engine: Engine
) -> None:
    with transaction(engine) as db:
        show(db, world, results=True)
        published(db, world)
        officer, programme = world.actor(db, "officer"), world.programmes["BJ"]
        owner = {"owner_id": world.organisations["need_owner"], "publication": "public"}
        kept = add_record(db, programme, "need", "kept", {"title": "Steam"} | owner)
        merge_records(db, officer, "need", world.needs[0], into=kept, reason="One.", request=new_request())
        db.execute(text("UPDATE needs SET publication = 'public' WHERE id = CAST(:id AS uuid)"), {"id": kept})
    for level, told in (("closed", []), ("public", ["Steam from straw"])):
        with transaction(engine) as db:
            db.execute(
                text("UPDATE needs SET publication = :level WHERE id = CAST(:id AS uuid)"),
                {"level": level, "id": world.needs[0]},
            )
        with reader_transaction(engine) as db:
            one, _ = catalogue.show_published(db, "need", kept)
            assert [story.told.title for story in results.list_of_record(db, one, "need")] == told
            about = [*results.records_of(db, results.list_published(db)[1]).values()]
            assert [named.get("need") for named in about] == [kept if told else None]


def test_the_record_in_the_place_of_a_twin_tells_of_the_twins_story(world: World, engine: Engine) -> None:
    with transaction(engine) as db:
        show(db, world, results=True)
        published(db, world)
        officer, programme = world.actor(db, "officer"), world.programmes["BJ"]
        owner = {"owner_id": world.organisations["technology_owner"], "publication": "public"}
        kept = add_record(db, programme, "technology", "kept", {"title": "Boiler"} | owner)
        merge_records(db, officer, "technology", world.technologies[0], into=kept, reason="One.", request=new_request())
        given: dict[str, Any] = {"fields": {"publication": "public"}, "source": None, "reason": "Agreed."}
        correct_record(db, officer, "technology", kept, **given, request=new_request())
        one, _ = catalogue.show_published(db, "technology", kept)
        assert [story.told.title for story in results.list_of_record(db, one, "technology")] == ["Steam from straw"]


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
