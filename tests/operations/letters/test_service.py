"""Letters in the history: what is recorded verifies, and what could not have been sent is found."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import Engine, text

from casework.definitions import load_library
from casework.engine.case_objects.letters import recipients
from casework.engine.state.events import Event
from casework.engine.state.projection import evolve
from casework.errors import CaseHasMoved, InvalidForm, NotAllowed, NotFound, WrongState
from casework.operations.core.perform import home_of
from casework.operations.documents.storage import DocumentStore
from casework.operations.history.point_in_time import Past
from casework.operations.letters.service import Written, compose_letter, list_letters, send_letter
from casework.operations.verification.authorization.evidence import Evidence
from casework.operations.verification.authorization.judge import reasons_against
from casework.operations.verification.service import verify_all
from casework.records.case_loader import load
from casework.records.database import transaction
from casework.records.event_log import event_of, read_rows
from tests.operations.links.scene import to_consent
from tests.support.papers import words_of
from tests.support.way_to_referral import to_referral
from tests.support.world import World, new_request

pytestmark = pytest.mark.stage(play=to_referral)


@pytest.fixture
def sent(engine: Engine, world: World, document_store: DocumentStore, staged: tuple[str, str]) -> tuple[str, str]:
    """A case with a letter to its provider: (number, referral)."""
    number, referral = staged
    world.send_letter(document_store, number, Written("referral", referral, "en"))
    return number, referral


def test_a_letter_that_was_sent_verifies(engine: Engine, sent: tuple[str, str]) -> None:
    assert list(verify_all(engine)) == []


@pytest.mark.parametrize("name", ["provider", "auditor", "compliance", "other_officer"])
def test_who_sends_no_letters_is_refused(
    engine: Engine, world: World, document_store: DocumentStore, sent: tuple[str, str], name: str
) -> None:
    number, referral = sent
    with pytest.raises((NotAllowed, NotFound)):
        world.send_letter(document_store, number, Written("referral", referral, "en"), name)


def test_what_would_say_something_else_by_now_is_not_sent(
    engine: Engine, world: World, document_store: DocumentStore, sent: tuple[str, str]
) -> None:
    number, referral = sent
    with transaction(engine) as db:
        composed = compose_letter(db, world.actor(db, "officer"), number, Written("reminder", referral, "en"))
    kept = composed.keep(document_store)
    with transaction(engine) as db:
        db.execute(text("UPDATE organisations SET name = 'Haidian Laboratory' WHERE name = 'Haidian Assessment Lab'"))
    with pytest.raises(CaseHasMoved), transaction(engine) as db:
        send_letter(db, world.actor(db, "officer"), document_store, composed, kept, request=new_request())
    with transaction(engine) as db:
        assert len(list_letters(db, world.actor(db, "officer"), number).items) == 1


@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_is_looked_at_is_what_is_filed(
    engine: Engine, world: World, document_store: DocumentStore, sent: tuple[str, str], language: str
) -> None:
    """Each letter that can go from a case, to each whom it can reach: the same bytes; and what cannot go is refused alike."""
    number, officer = sent[0], "officer"
    with transaction(engine) as db:
        possible = [(one.kind, one.to) for one in list_letters(db, world.actor(db, officer), number).possible]
    for kind, to in [
        (kind, to)
        for kind in ("invitation", "question", "progress", "referral", "reminder", "closing")
        for to in ("need_owner", "technology_owner", sent[1])
    ]:
        written = Written(kind, to, language, words="As we said.")
        try:
            with transaction(engine) as db:
                seen = compose_letter(db, world.actor(db, officer), number, written).print()
        except WrongState as refusal:
            assert (kind, to) not in possible
            with pytest.raises(WrongState, match=re.escape(str(refusal))):
                world.send_letter(document_store, number, written)
            continue
        assert (kind, to) in possible
        assert (
            world.send_letter(document_store, number, written, sure=True).answer["sha256"]
            == hashlib.sha256(seen).hexdigest()
        )


def test_a_chinese_letter_names_what_has_a_chinese_name_so(engine: Engine, world: World, sent: tuple[str, str]) -> None:
    with transaction(engine) as db:
        db.execute(text("UPDATE needs SET title_zh = '工艺蒸汽'"))
        db.execute(text("UPDATE technologies SET title_zh = '高温热泵'"))
        db.execute(text("UPDATE people SET name_zh = '李娜'"))
        letter = compose_letter(db, world.actor(db, "officer"), sent[0], Written("progress", "need_owner", "zh"))
    said = words_of(letter.print()).replace(" ", "")
    for words in ("“工艺蒸汽”", "“高温热泵”", "经办人：李娜"):
        assert words in said


def test_a_party_is_asked_in_the_words_of_its_link_and_on_a_day_on_which_people_work(
    engine: Engine, world: World
) -> None:
    """It consents: the letter says what it consents to, and a Saturday that somebody types becomes the Monday after it."""
    with transaction(engine) as db:
        world.set_letterhead(db)
        number = to_consent(world, db)
        officer = world.actor(db, "officer")
        words = words_of(compose_letter(db, officer, number, Written("reminder", "need_owner", "en")).print())
        edition = load_library().latest("case")
        assert edition is not None
        assert f"wait for your answer: {edition.texts['tasks.record_consent.asks']}" in words
        saturday = date(2030, 1, 5)
        letter = compose_letter(db, officer, number, Written("invitation", "need_owner", "en", by=saturday.isoformat()))
        assert letter.content.by == date(2030, 1, 7)


def test_a_letter_that_asks_nothing_names_no_day(engine: Engine, world: World, sent: tuple[str, str]) -> None:
    with transaction(engine) as db:
        officer = world.actor(db, "officer")
        with pytest.raises(InvalidForm) as refused:
            compose_letter(db, officer, sent[0], Written("progress", "need_owner", "en", by="2030-01-31"))
        assert set(refused.value.fields) == {"by"}
        assert {one.by for one in list_letters(db, officer, sent[0]).possible if one.kind == "progress"} == {None}


def test_a_mediation_has_no_letters(engine: Engine, world: World, sent: tuple[str, str]) -> None:
    with transaction(engine) as db:
        case = load(db, home_of(db, sent[0]), "case")
    assert list(recipients(case))
    assert list(recipients(replace(case, kind="mediation"))) == []


def test_nothing_goes_out_while_a_stop_is_decided(engine: Engine, world: World, sent: tuple[str, str]) -> None:
    with transaction(engine) as db:
        case = load(db, home_of(db, sent[0]), "case")
    assert list(recipients(replace(case, frozen=True))) == []


def test_what_was_sent_is_listed_with_whom_it_went_to(engine: Engine, world: World, sent: tuple[str, str]) -> None:
    with transaction(engine) as db:
        told = list_letters(db, world.actor(db, "auditor"), sent[0])
    assert [(one.letter, one.to) for one in told.items] == [("referral", "Haidian Assessment Lab")]
    assert told.possible == []


def _to_a_party(event: Event) -> Event:
    (one,) = event.effects["documents"]
    return replace(event, track=None, effects={**event.effects, "documents": [{**one, "party": "need_owner"}]})


def _two_files(event: Event) -> Event:
    return replace(event, effects={**event.effects, "files": event.effects["files"] * 2})


def _another_kind(event: Event) -> Event:
    (one,) = event.effects["documents"]
    return replace(event, effects={**event.effects, "documents": [{**one, "kind": "report"}]})


FORGED: dict[str, tuple[Callable[[Event], Event], str]] = {
    "by a provider": (lambda event: replace(event, role="provider"), "could not be sent so"),
    "to whom it could not go": (_to_a_party, "could not be sent so"),
    "with two files": (_two_files, "one document with one file"),
    "filed as another paper": (_another_kind, "filed as something else"),
}


@pytest.mark.parametrize("forged", FORGED)
def test_what_could_not_have_been_sent_is_found(engine: Engine, sent: tuple[str, str], forged: str) -> None:
    change, told = FORGED[forged]
    with transaction(engine) as db:
        past, before = Past(db), None
        evidence = Evidence(past.library, past)
        *earlier, last = [event_of(row.header, row.effects, row.body) for row in read_rows(db, home_of(db, sent[0]))]
        for event in earlier:
            reasons_against(evidence, before, event)
            before = evolve(before, event)
        assert reasons_against(evidence, before, last) == []
        reasons = reasons_against(evidence, before, change(last))
    assert any(told in one for one in reasons), reasons
