"""A success story is written of a case that went well, changes no more once a party is asked, and is published by another person."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, text

from casework import reasons
from casework.engine.state.events import RegisterEvent
from casework.errors import InvalidForm, NotAllowed, NotFound, RecordHasMoved, Refused
from casework.operations.cases.queries import find_case
from casework.operations.core.register_entries import differences
from casework.operations.history.point_in_time import Past
from casework.operations.results import stories
from casework.operations.results.consent_links import CONSENTED
from casework.operations.results.stories import LET_OUT, publish_story, set_picture, show_story, take_back, write_story
from casework.operations.verification.programme_judgement import settings_faults
from casework.records.database import transaction
from casework.records.event_log import read_register
from casework.records.row_security import whole
from tests.support.file_makers import png
from tests.support.stories import TEXT, asked, consented, end_well, id_of, own_by, published, says, written
from tests.support.world import World, new_request


def why(refusal: pytest.ExceptionInfo[Refused]) -> list[object]:
    return list(refusal.value.reasons)


def test_a_story_is_told_of_a_closed_case_that_went_well(world: World, db: Connection) -> None:
    number = world.open_case(db)
    officer = world.actor(db, "officer")
    with pytest.raises(Refused) as refusal:
        write_story(db, officer, number, fields=TEXT, request=new_request())
    assert why(refusal) == [reasons.results.NOT_YET]
    end_well(db, number, outcome="no_agreement")
    assert show_story(db, officer, number).went_well is False
    with whole(db):
        db.execute(text("UPDATE cases SET outcome = 'deployed_verified' WHERE number = :number"), {"number": number})
    write_story(db, officer, number, fields=TEXT, request=new_request())
    one = show_story(db, officer, number)
    assert one.story is not None
    assert (one.story.state, one.story.told.title_zh, one.story.written_by) == ("draft", "秸秆制汽", "Officer")
    # What adds up of the effect, with its level: a baseline saves nothing.
    assert [(row.level, row.value, row.saving) for row in one.story.told.impacts] == [("measured", "80", "20")]
    assert set(one.parties) == {"need_owner", "technology_owner"}


def test_both_languages_are_asked_for(world: World, db: Connection) -> None:
    number = world.open_case(db)
    end_well(db, number)
    with pytest.raises(InvalidForm) as refusal:
        fields = TEXT | {"words_zh": " ", "title": "x" * (stories.TITLE + 1)}
        write_story(db, world.actor(db, "officer"), number, fields=fields, request=new_request())
    assert set(refusal.value.fields) == {"words_zh", "title"}


def test_who_reads_the_case_and_writes_no_story_and_who_sees_nothing(world: World, db: Connection) -> None:
    number = written(db, world)
    for name in ("compliance", "auditor", "manager"):
        with pytest.raises(NotAllowed):
            show_story(db, world.actor(db, name), number)
    for name in ("foreign_officer", "observer", "provider", "administrator"):
        with pytest.raises(NotFound):
            show_story(db, world.actor(db, name), number)
    assert [one.number for one in stories.list_stories(db, world.actor(db, "supervisor"))] == [number]
    assert stories.list_stories(db, world.actor(db, "foreign_officer")) == []
    with pytest.raises(NotFound):
        stories.list_stories(db, world.actor(db, "auditor"))


def test_a_change_that_was_not_seen_is_not_overwritten(world: World, db: Connection) -> None:
    number = written(db, world)
    officer = world.actor(db, "officer")
    for seen in (0, 2):
        with pytest.raises(RecordHasMoved):
            write_story(db, officer, number, fields=TEXT, request=new_request(), seen=seen)
    write_story(db, officer, number, fields=TEXT | {"title": "Other"}, request=new_request(), seen=1)
    story = show_story(db, officer, number).story
    assert story is not None
    assert (story.revision, story.told.title) == (2, "Other")


def test_once_a_party_is_asked_nothing_of_it_changes(world: World, db: Connection) -> None:
    number = written(db, world)
    asked(db, world, number, "need_owner")
    officer = world.actor(db, "officer")
    changes: tuple[Callable[[], object], ...] = (
        lambda: write_story(db, officer, number, fields=TEXT, request=new_request()),
        lambda: set_picture(db, officer, number, picture=None, fields={}, request=new_request()),
    )
    for change in changes:
        with pytest.raises(Refused) as refusal:
            change()
        assert why(refusal) == [reasons.results.FIXED]


def test_a_picture_has_words_below_it_and_is_not_too_large(world: World, db: Connection) -> None:
    number, officer = written(db, world), world.actor(db, "officer")
    with pytest.raises(InvalidForm) as refusal:
        set_picture(db, officer, number, picture=png(2, 2), fields={"caption": "Boiler"}, request=new_request())
    assert set(refusal.value.fields) == {"caption_zh"}
    caption = {"caption": "Boiler", "caption_zh": "锅炉"}
    with pytest.raises(InvalidForm) as refusal:
        large = b"x" * (stories.PICTURE + 1)
        set_picture(db, officer, number, picture=large, fields=caption, request=new_request())
    assert set(refusal.value.fields) == {"paper"}
    set_picture(db, officer, number, picture=png(2, 2), fields=caption, request=new_request())
    assert stories.picture_of(db, officer, number) == png(2, 2)
    set_picture(db, officer, number, picture=None, fields={}, request=new_request())
    with pytest.raises(NotFound):
        stories.picture_of(db, officer, number)


def test_whoever_has_written_of_it_does_not_publish_it(world: World, db: Connection) -> None:
    number = written(db, world, by="supervisor")
    # That somebody has written after them changes nothing.
    write_story(db, world.actor(db, "officer"), number, fields=TEXT, request=new_request())
    consented(db, world, number)
    assert show_story(db, world.actor(db, "supervisor"), number).publishes is False
    with pytest.raises(NotAllowed):
        publish_story(db, world.actor(db, "supervisor"), number, new_request())


def test_it_is_published_with_both_consents_by_a_supervisor(world: World, db: Connection) -> None:
    number = written(db, world)
    supervisor = world.actor(db, "supervisor")
    consented(db, world, number)
    with pytest.raises(NotAllowed):
        publish_story(db, world.actor(db, "officer"), number, new_request())
    take_back(db, supervisor, number, reason="Words.", request=new_request())
    write_story(db, world.actor(db, "officer"), number, fields=TEXT, request=new_request())
    # What was said to the former text counts no more.
    with pytest.raises(Refused) as refusal:
        publish_story(db, supervisor, number, new_request())
    assert why(refusal) == [reasons.results.BOTH_CONSENT]
    _, token = asked(db, world, number, "need_owner")
    says(db, token)
    _, other = asked(db, world, number, "technology_owner")
    says(db, other, consents=False)
    with pytest.raises(Refused):
        publish_story(db, supervisor, number, new_request())
    _, again = asked(db, world, number, "technology_owner")
    says(db, again)
    publish_story(db, supervisor, number, new_request())
    one = show_story(db, supervisor, number)
    assert one.story is not None
    assert (one.story.state, one.story.published_by, one.story.consented) == ("published", "Supervisor", True)
    with pytest.raises(Refused) as refusal:
        publish_story(db, supervisor, number, new_request())
    assert why(refusal) == [reasons.results.PUBLISHED_ALREADY]


def test_a_consent_of_who_is_no_party_any_more_publishes_nothing(world: World, db: Connection) -> None:
    number = written(db, world)
    consented(db, world, number)
    own_by(db, world.organisations["lab"])
    with pytest.raises(Refused) as refusal:
        publish_story(db, world.actor(db, "supervisor"), number, new_request())
    assert why(refusal) == [reasons.results.BOTH_CONSENT]


def test_a_consent_of_who_was_merged_into_the_party_holds(world: World, db: Connection) -> None:
    number = written(db, world)
    told = consented(db, world, number)
    with whole(db):
        query = text("""
            UPDATE organisations SET merged_into = CAST(:lab AS uuid)
            WHERE id = (SELECT organisation_id FROM story_consents WHERE id = CAST(:id AS uuid))
        """)
        db.execute(query, {"lab": world.organisations["lab"], "id": told["technology_owner"][0]})
    own_by(db, world.organisations["lab"])
    supervisor = world.actor(db, "supervisor")
    publish_story(db, supervisor, number, new_request())
    one = show_story(db, supervisor, number)
    assert one.story is not None
    assert (one.story.state, one.story.consented) == ("published", True)


def test_nobody_tells_of_a_case_in_the_place_of_who_has_an_interest(world: World, db: Connection) -> None:
    number = written(db, world)
    case, _ = find_case(db, world.actor(db, "supervisor"), number)
    actor = world.actor(db, "supervisor")
    deputy = replace(actor, memberships=tuple(replace(one, deputy_for="other") for one in actor.memberships))
    for interests, may in (((), True), (("other",), False)):
        by = stories._capacity(deputy, replace(case, interests=frozenset(interests)), stories.PUBLISHERS)
        assert (by is not None) is may


def test_taken_back_it_is_a_draft_and_the_log_says_why(world: World, engine: Engine) -> None:
    with transaction(engine) as db:
        number, _ = published(db, world)
    with transaction(engine) as db:
        officer, programme = world.actor(db, "officer"), world.programmes["BJ"]
        with pytest.raises(InvalidForm):
            take_back(db, officer, number, reason=" ", request=new_request())
        take_back(db, officer, number, reason="A figure is wrong.", request=new_request())
        one = show_story(db, officer, number)
        assert one.story is not None
        assert (one.story.state, one.story.published_at) == ("draft", None)
        assert {said.state for said in one.consents} == {"withdrawn"}
        with pytest.raises(Refused) as refusal:
            take_back(db, officer, number, reason="Again.", request=new_request())
        assert why(refusal) == [reasons.results.NO_DRAFT]
        with whole(db):
            events = [event for event in read_register(db, programme) if event.kind.startswith("story_")]
        kinds = [event.kind for event in events]
        assert kinds[:3] == ["story_written", "story_pictured", "story_fixed"]
        assert kinds.count("story_consented") == 2
        assert kinds[-3:] == ["story_published", "story_taken_back", "story_taken_back"]
        assert events[-2].body["reason"] == "A figure is wrong."


def test_the_history_knows_each_row(world: World, engine: Engine) -> None:
    with transaction(engine) as db:
        number, _ = published(db, world)
        programme = world.programmes["BJ"]

    def found(db: Connection) -> set[str]:
        with whole(db):
            told = differences(db, "programme", programme, read_register(db, programme))
            return {table for table, *_ in told if table in ("success_stories", "story_consents")}

    with transaction(engine) as db:
        assert found(db) == set()
        db.execute(
            text("UPDATE success_stories SET words = 'Otherwise.' WHERE id = CAST(:id AS uuid)"),
            {"id": id_of(db, number)},
        )
        db.execute(text("UPDATE story_consents SET state = 'refused' WHERE side = 'need_owner'"))
        assert found(db) == {"success_stories", "story_consents"}


def test_verification_finds_a_story_that_its_writer_or_no_supervisor_has_published(
    world: World, engine: Engine
) -> None:
    programme = world.programmes["BJ"]
    with transaction(engine) as db:
        published(db, world)
    with transaction(engine) as db:
        events, past = list(read_register(db, programme)), Past(db)
        assert list(settings_faults(past, programme, events)) == []
        (place,) = [n for n, event in enumerate(events) if event.kind == "story_published"]

        def found(**forged: Any) -> list[str]:
            told = [*events[:place], replace(events[place], **forged), *events[place + 1 :]]
            return [why for _, why in settings_faults(past, programme, told)]

        assert found(role="officer") == ["it is done by supervisor, not by officer"]
        assert found(actor=world.people["officer"]) == [
            "its actor did not hold the role supervisor at that moment",
            "it publishes a story of which its actor has written",
        ]


def test_verification_finds_a_story_that_was_published_without_a_consent(world: World, engine: Engine) -> None:
    with transaction(engine) as db:
        published(db, world)
    with transaction(engine) as db:
        events = list(read_register(db, world.programmes["BJ"]))
        out = next(event for event in events if event.kind == LET_OUT)
        written_, *_, last = [e for e in events if e.kind in ("story_written", CONSENTED)]

        def found(told: list[RegisterEvent]) -> list[str]:
            return [why for _, why in settings_faults(Past(db), world.programmes["BJ"], told)]

        missing = "it publishes a story to which not both parties consented then"
        assert found(events) == []
        assert found([event for event in events if event is not last]) == [missing]
        withdrawn = replace(last, kind="story_consent_withdrawn")
        assert found([*events[: events.index(out)], withdrawn, out]) == [missing]
        officer = world.people["officer"]
        assert found([replace(event, actor=officer) if event is last else event for event in events]) == [
            "it consents in the place of a party"
        ]
        assert found([*events, written_]) == ["it changes a story to which a party consents"]
