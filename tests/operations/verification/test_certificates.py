"""Certificates of a case: for whom, of what, when not yet, and what they leave out."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Engine, text

from casework import reasons
from casework.errors import InvalidForm, NotAllowed, NotFound, Refused
from casework.ledger.certificates import check
from casework.ledger.redactable_bodies import erase
from casework.operations.cases.case_actions import declare_interest
from casework.operations.cases.queries import find_case
from casework.operations.core.perform import home_of
from casework.operations.messages.service import send_message
from casework.operations.verification.certificates import Certificate, Wish, show_choice, take_certificate
from casework.operations.verification.sequencer import rotate_key, sequence
from casework.records import log_keys
from casework.records.database import transaction
from casework.settings import Settings
from tests.support.published import publish, sign_and_publish
from tests.support.world import World, new_request

Take = Callable[..., Certificate]
ADDRESS = "/cases/N/certificate"


@pytest.fixture
def number(engine: Engine, world: World) -> str:
    """A case that one person proposed to stop and another stopped."""
    with transaction(engine) as db:
        number = world.new_case(db)
        world.fire(db, "officer", number, "take")
        stop = {
            "reason": "regulation",
            "found_on": "2026-01-05",
            "source": "A list",
            "finding": "Canary of the finding",
        }
        world.fire(db, "compliance", number, "compliance_stop", stop)
    with transaction(engine) as db:
        world.fire(db, "second_compliance", number, "compliance_stop")
    return number


@pytest.fixture
def take(engine: Engine, world: World, number: str) -> Take:
    def taken(by: str = "officer", **wish: Any) -> Certificate:
        with transaction(engine) as db:
            return take_certificate(db, world.actor(db, by), number, Wish(**wish), address=ADDRESS)

    return taken


@pytest.fixture
def published(engine: Engine, superuser_engine: Engine, settings: Settings, number: str) -> None:
    sign_and_publish(engine, superuser_engine, settings)


def seq_of(engine: Engine, number: str, kind: str) -> int:
    statement = "SELECT max(seq) FROM events WHERE log_id = CAST(:log AS uuid) AND kind = :kind"
    with transaction(engine) as db:
        return int(db.execute(text(statement), {"log": home_of(db, number), "kind": kind}).scalar_one())


def test_the_opening_can_be_certified(take: Take, published: None, settings: Settings) -> None:
    told = check(take(event=1).data, log_keys.public_keys(settings))
    assert told.events[0].header["kind"] == "opened"


def test_two_persons_can_be_certified(
    take: Take, published: None, settings: Settings, engine: Engine, number: str
) -> None:
    made = take(event=seq_of(engine, number, "fired"), claim="two_persons")
    told = check(made.data, log_keys.public_keys(settings))
    assert len({event.header["actor"] for event in told.events}) == 2


def test_what_was_not_chosen_stands_not_in_it(take: Take, published: None, engine: Engine, number: str) -> None:
    asked = seq_of(engine, number, "proposed")
    assert "Canary" in take(event=asked, claim="fact", fields=("finding",)).data.decode()
    assert "Canary" not in take(event=asked, claim="fact", fields=("source",)).data.decode()


def test_neither_the_number_nor_the_title_of_the_case_stands_in_it(take: Take, published: None, number: str) -> None:
    made = take(event=1)
    assert number not in made.data.decode()
    assert made.choice.title is not None
    assert made.choice.title not in made.data.decode()


def test_an_event_without_a_published_leaf_has_to_wait(take: Take) -> None:
    with pytest.raises(Refused) as refused:
        take(event=1)
    assert refused.value.reasons == [reasons.certificates.WAITS]


def test_the_page_says_that_it_has_to_wait(engine: Engine, world: World, number: str) -> None:
    with transaction(engine) as db:
        assert show_choice(db, world.actor(db, "officer"), number, 1).waits


def test_one_of_a_size_is_the_same_bytes_whenever_it_is_made(
    engine: Engine, superuser_engine: Engine, settings: Settings, world: World, number: str, take: Take, published: None
) -> None:
    first = take(event=1)
    _note(engine, world, number)
    sign_and_publish(engine, superuser_engine, settings)
    assert take(event=1).size > first.size
    assert take(event=1).digest != first.digest
    assert take(event=1, size=first.size).data == first.data


def test_a_key_that_changes_changes_no_certificate(
    engine: Engine, superuser_engine: Engine, settings: Settings, take: Take, published: None
) -> None:
    first = take(event=1)
    rotate_key(engine, settings)
    publish(superuser_engine)
    # The newest checkpoint is of the same size, and signed by two keys.
    assert take(event=1).data == take(event=1, size=first.size).data == first.data


@pytest.mark.parametrize("more", [-1, 1, 2**50])
def test_a_size_that_was_not_published_proves_nothing(take: Take, published: None, more: int) -> None:
    size = take(event=1).size + more
    with pytest.raises(InvalidForm) as refused:
        take(event=1, size=size)
    assert refused.value.fields == {"size": reasons.tree.NOT_PUBLISHED}


def test_what_was_signed_and_not_published_is_of_no_size(
    engine: Engine, superuser_engine: Engine, settings: Settings, world: World, number: str, take: Take, published: None
) -> None:
    """Nobody learns how the tree grew within a minute."""
    size = take(event=1).size
    sizes = []
    for _ in range(2):
        _note(engine, world, number)
        grown = sequence(engine, settings)
        assert grown is not None
        sizes.append(grown.size)
        with pytest.raises(InvalidForm):
            take(event=1, size=grown.size)
    _within_one_minute(superuser_engine, size)
    with pytest.raises(InvalidForm):
        take(event=1, size=sizes[0])
    assert take(event=1, size=sizes[1]).size == sizes[1]


def _within_one_minute(superuser_engine: Engine, size: int) -> None:
    """As if what was signed after that size had been in the minute before last."""
    with superuser_engine.begin() as db:
        db.execute(text("ALTER TABLE checkpoints DISABLE TRIGGER USER"))
        moved = (
            "UPDATE checkpoints SET made_at = date_trunc('minute', now()) - interval '2 minutes' + n * interval '1 ms'"
        )
        db.execute(text(f"{moved} WHERE size > :size"), {"size": size})
        db.execute(text("ALTER TABLE checkpoints ENABLE TRIGGER USER"))


def test_a_checkpoint_from_before_the_event_proves_nothing_of_it(
    engine: Engine, superuser_engine: Engine, settings: Settings, world: World, number: str, take: Take, published: None
) -> None:
    size = take(event=1).size
    _note(engine, world, number)
    sign_and_publish(engine, superuser_engine, settings)
    with pytest.raises(InvalidForm) as refused:
        take(event=seq_of(engine, number, "noted"), effects=True, size=size)
    assert refused.value.fields == {"size": reasons.certificates.TOO_SMALL}


def test_a_checkpoint_that_still_waits_for_the_event_says_so(
    engine: Engine, world: World, number: str, take: Take, published: None
) -> None:
    size = take(event=1).size
    _note(engine, world, number)
    with pytest.raises(Refused) as refused:
        take(event=seq_of(engine, number, "noted"), effects=True, size=size)
    assert refused.value.reasons == [reasons.certificates.WAITS]


@pytest.mark.parametrize(
    ("wish", "parameter"),
    [
        ({"claim": "two_persons"}, "claim"),
        ({"claim": "fact"}, "field"),
        ({"claim": "fact", "fields": ("salary",)}, "field"),
    ],
)
def test_a_refusal_names_what_was_asked_for_in_vain(take: Take, published: None, wish: Any, parameter: str) -> None:
    with pytest.raises(Refused) as refused:
        take(event=1, **wish)
    assert refused.value.at == {parameter: refused.value.reasons}


def test_what_the_form_said_to_the_guards_is_shown_with_what_followed_alone(
    take: Take, published: None, engine: Engine, number: str, settings: Settings
) -> None:
    asked = seq_of(engine, number, "proposed")
    with pytest.raises(Refused) as refused:
        take(event=asked, claim="fact", fields=("found_on",))
    why = reasons.certificates.WITH_EFFECTS(field="found_on")
    assert (refused.value.reasons, refused.value.at) == ([why], {"effects": [why]})
    made = take(event=asked, claim="fact", fields=("found_on",), effects=True)
    (event,) = check(made.data, log_keys.public_keys(settings)).events
    assert event.values == {"found_on": "2026-01-05"}
    assert "Canary" not in made.data.decode()


def test_fields_are_shown_by_a_fact_alone(take: Take, published: None, engine: Engine, number: str) -> None:
    with pytest.raises(InvalidForm) as refused:
        take(event=seq_of(engine, number, "proposed"), fields=("source",))
    assert refused.value.fields == {"field": reasons.certificates.ONLY_FACTS}


@pytest.mark.parametrize(
    ("wish", "why"),
    [
        ({"event": 1, "claim": "two_persons"}, reasons.certificates.NOT_TWO_PERSONS),
        ({"event": 1, "claim": "fact"}, reasons.certificates.NO_FIELD),
        ({"event": 1, "claim": "fact", "fields": ("salary",)}, reasons.certificates.NOTHING_TO_SHOW(field="salary")),
    ],
)
def test_what_an_event_does_not_show_is_refused(take: Take, published: None, wish: Any, why: Any) -> None:
    with pytest.raises(Refused) as refused:
        take(**wish)
    assert refused.value.reasons == [why]


def test_an_event_that_led_nowhere_has_no_state(
    engine: Engine, superuser_engine: Engine, settings: Settings, world: World, number: str, take: Take
) -> None:
    _note(engine, world, number)
    sign_and_publish(engine, superuser_engine, settings)
    with pytest.raises(Refused) as refused:
        take(event=seq_of(engine, number, "noted"), claim="state", effects=True)
    assert refused.value.reasons == [reasons.certificates.NO_STATE]


def test_effects_that_could_be_guessed_are_shown_or_nothing_is(
    engine: Engine, superuser_engine: Engine, settings: Settings, world: World, number: str, take: Take
) -> None:
    _note(engine, world, number)
    sign_and_publish(engine, superuser_engine, settings)
    seq = seq_of(engine, number, "noted")
    with pytest.raises(Refused) as refused:
        take(event=seq)
    assert refused.value.reasons == [reasons.certificates.GUESSABLE]
    assert json.loads(take(event=seq, effects=True).data)["events"][0]["effects"]


def _note(engine: Engine, world: World, number: str) -> None:
    with transaction(engine) as db:
        officer = world.actor(db, "officer")
        case, _ = find_case(db, officer, number)
        asked = new_request()
        send_message(db, officer, case, audience="internal", referral=None, words="A word.", request=asked)


def test_an_erased_field_cannot_be_chosen_and_the_rest_can(
    engine: Engine, superuser_engine: Engine, published: None, take: Take, number: str, settings: Settings
) -> None:
    asked = seq_of(engine, number, "proposed")
    before = take(event=asked, claim="fact", fields=("finding",))
    _erase(superuser_engine, number, asked, "finding")
    with pytest.raises(Refused):
        take(event=asked, claim="fact", fields=("finding",))
    keys = log_keys.public_keys(settings)
    assert check(take(event=asked, claim="fact", fields=("source",)).data, keys).events[0].hidden
    # What was handed out before is as good as it was.
    assert check(before.data, keys).events[0].values["finding"] == "Canary of the finding"


def _erase(superuser_engine: Engine, number: str, seq: int, field: str) -> None:
    with superuser_engine.begin() as db:
        log = home_of(db, number)
        db.execute(text("ALTER TABLE events DISABLE TRIGGER USER"))
        body = db.execute(
            text("SELECT body FROM events WHERE log_id = :log AND seq = :seq"), {"log": log, "seq": seq}
        ).scalar_one()
        given = {"body": json.dumps(erase(body, [field])), "log": log, "seq": seq}
        db.execute(text("UPDATE events SET body = CAST(:body AS jsonb) WHERE log_id = :log AND seq = :seq"), given)
        db.execute(text("ALTER TABLE events ENABLE TRIGGER USER"))


@pytest.mark.parametrize("who", ["provider", "foreign_officer"])
def test_who_does_not_read_the_case_whole_gets_none(take: Take, published: None, who: str) -> None:
    with pytest.raises(NotFound):
        take(who, event=1)


def test_an_event_that_is_not_there_has_none(take: Take, published: None) -> None:
    with pytest.raises(NotFound):
        take(event=400)


def test_who_declared_an_interest_takes_nothing_out(
    engine: Engine, world: World, number: str, take: Take, published: None
) -> None:
    with transaction(engine) as db:
        declare_interest(db, world.actor(db, "supervisor"), number, nature="Family.", request=new_request())
    with pytest.raises(NotAllowed):
        take("supervisor", event=1)


def test_it_is_noted_who_took_it_out(engine: Engine, world: World, take: Take, published: None, number: str) -> None:
    take(event=1)
    with transaction(engine) as db:
        statement = "SELECT number FROM readings WHERE address = :address AND person_id = CAST(:person AS uuid)"
        noted = db.execute(text(statement), {"address": ADDRESS, "person": world.people["officer"]}).scalars().all()
    assert noted == [number]
