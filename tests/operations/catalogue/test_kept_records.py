"""Needs and technologies as the office keeps them: confirmed, put right with a reason, each in a log of its own."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, text

from casework import reasons
from casework.errors import CaseworkError, InvalidForm, NotAllowed, NotFound, RecordHasMoved, Refused
from casework.operations.catalogue.kept_records import (
    confirm_field,
    confirm_source,
    correct_record,
    create_record,
    find_owner,
    read_entries,
    set_owner,
)
from casework.operations.catalogue.service import show_record
from casework.operations.catalogue.views import Need, Technology
from casework.operations.core.perform import home_of
from casework.operations.core.record_log import Kept
from casework.operations.people.registry import register_organisation
from casework.operations.verification.service import verify_all, verify_case
from casework.records.case_loader import load
from casework.records.database import transaction
from casework.records.event_log import read_register
from tests.support.world import World, new_request

NOBODY = "00000000-0000-7000-8000-000000000000"


def test_an_officer_stands_for_a_field_that_says_something(world: World, db: Connection) -> None:
    officer, need = world.actor(db, "officer"), world.needs[0]

    def confirm(field: str) -> None:
        confirm_field(db, officer, "need", need, field=field, request=new_request())

    for field, why in (
        ("provenance", reasons.catalogue.NOT_CONFIRMABLE),
        ("no_such_field", reasons.catalogue.NOT_CONFIRMABLE),
        ("sector", reasons.catalogue.NOTHING_TO_CONFIRM),
    ):
        with pytest.raises(InvalidForm) as refused:
            confirm(field)
        assert refused.value.fields == {"field": why}
    confirm("title")
    told = show_record(db, officer, Need, need).provenance
    assert (told["title"]["source"], told["title"]["confirmed_by"]) == ("catalogue", officer.person)
    assert "confirmed_by" not in told["status"]


@pytest.mark.parametrize("noun", ["need", "technology"])
def test_what_an_officer_stands_for_is_in_the_history(world: World, engine: Engine, noun: Kept) -> None:
    id = (world.needs if noun == "need" else world.technologies)[0]
    with transaction(engine) as db:
        officer = world.actor(db, "officer")
        confirm_field(db, officer, noun, id, field="title", request=new_request())
        set_owner(db, officer, noun, id, organisation=world.organisations["bank"], request=new_request())
    with transaction(engine) as db:
        told = [(event.kind, event.actor, event.effects.get("confirmed")) for event in read_register(db, id)]
    assert told[1:] == [("confirmed", officer.person, ["title"]), ("corrected", officer.person, ["owner_id"])]
    assert list(verify_all(engine)) == []


def test_of_two_who_confirm_a_value_at_once_the_first_stands_for_it(world: World, engine: Engine) -> None:
    need = world.needs[0]
    with transaction(engine) as db:
        first, second = world.actor(db, "officer"), world.actor(db, "supervisor")

    def confirm_too() -> str:
        with transaction(engine) as db:
            done = confirm_field(db, second, "need", need, field="title", request=new_request())
            return str(done.answer["provenance"]["confirmed_by"])

    with ThreadPoolExecutor(1) as pool:
        with transaction(engine) as db:
            confirm_field(db, first, "need", need, field="title", request=new_request())
            waits = pool.submit(confirm_too)
            with pytest.raises(TimeoutError):
                waits.result(0.5)
        assert waits.result(10) == first.person
    with transaction(engine) as db:
        assert [event.kind for event in read_register(db, need)] == ["recorded", "confirmed"]


def test_cases_that_are_opened_from_now_on_take_the_owner_as_their_party(world: World, db: Connection) -> None:
    officer, lab = world.actor(db, "officer"), world.organisations["lab"]
    with pytest.raises(InvalidForm):
        set_owner(db, officer, "technology", world.technologies[0], organisation=NOBODY, request=new_request())
    set_owner(db, officer, "technology", world.technologies[0], organisation=lab, request=new_request())
    shown = show_record(db, officer, Technology, world.technologies[0])
    assert (shown.owner, shown.provenance["owner_id"]["confirmed_by"]) == (lab, officer.person)
    parties = load(db, home_of(db, world.open_case(db)), "case").parties
    assert parties == {"need_owner": world.organisations["need_owner"], "technology_owner": lab}


@pytest.mark.parametrize(
    ("who", "refusal"), [("auditor", NotAllowed), ("foreign_officer", NotFound), ("provider", NotFound)]
)
def test_only_the_office_of_the_programme_writes_into_a_record(
    world: World, db: Connection, who: str, refusal: type[CaseworkError]
) -> None:
    actor, lab = world.actor(db, who), world.organisations["lab"]
    with pytest.raises(refusal):
        confirm_field(db, actor, "need", world.needs[0], field="title", request=new_request())
    with pytest.raises(refusal):
        set_owner(db, actor, "need", world.needs[0], organisation=lab, request=new_request())


def test_another_owner_takes_a_reason_once_one_was_confirmed(world: World, db: Connection) -> None:
    officer, need = world.actor(db, "officer"), world.needs[0]
    bank, lab = world.organisations["bank"], world.organisations["lab"]
    set_owner(db, officer, "need", need, organisation=bank, request=new_request())
    with pytest.raises(InvalidForm, match="reason"):
        set_owner(db, officer, "need", need, organisation=lab, reason="  ", request=new_request())
    set_owner(db, officer, "need", need, organisation=lab, reason="The works were sold.", request=new_request())
    *_, last = read_register(db, need)
    assert last.body == {"owner_id": lab, "before.owner_id": bank, "reason": "The works were sold."}
    assert verify_case(db, need) == []


def test_what_somebody_changed_from_outside_is_not_made_good_by_the_next_action(world: World, db: Connection) -> None:
    officer, need = world.actor(db, "officer"), world.needs[0]
    db.execute(text("UPDATE needs SET title = 'Mine' WHERE id = CAST(:id AS uuid)"), {"id": need})
    with pytest.raises(Refused):
        confirm_field(db, officer, "need", need, field="title", request=new_request())
    assert [event.kind for event in read_register(db, need)] == ["recorded"]
    assert [(found.table, found.column) for found in verify_case(db, need)] == [("needs", "title")]


def enter(db: Connection, world: World, who: str = "officer", **given: Any) -> str:
    asked: dict[str, Any] = {"noun": "need", "fields": {"title": "Ice"}, "source": "A call", "confirmed": False} | given
    done = create_record(db, world.actor(db, who), programme=world.programmes["BJ"], request=new_request(), **asked)
    return str(done.answer["id"])


@pytest.mark.parametrize(
    ("who", "refusal"), [("auditor", NotAllowed), ("foreign_officer", NotFound), ("provider", NotFound)]
)
def test_only_the_office_of_the_programme_enters_and_corrects(
    world: World, db: Connection, who: str, refusal: type[CaseworkError]
) -> None:
    actor, need = world.actor(db, who), world.needs[0]
    with pytest.raises(refusal):
        enter(db, world, who)
    with pytest.raises(refusal):
        correct_record(db, actor, "need", need, fields={"title": "Ice"}, source="x", reason="x", request=new_request())
    with pytest.raises(refusal):
        confirm_source(db, actor, "need", need, source="catalogue", request=new_request())
    if refusal is NotFound:
        with pytest.raises(NotFound):
            read_entries(db, actor, "need", need)


def test_what_is_entered_counts_as_said_or_as_confirmed(world: World, db: Connection) -> None:
    claimed = show_record(db, world.actor(db, "officer"), Need, enter(db, world))
    assert (claimed.title, claimed.source, claimed.external_id) == ("Ice", "A call", claimed.id)
    assert "confirmed_by" not in claimed.provenance["title"]
    stood = enter(db, world, confirmed=True, external_id="N-7")
    told = show_record(db, world.actor(db, "officer"), Need, stood).provenance
    assert told["title"]["confirmed_by"] == world.people["officer"]
    with pytest.raises(InvalidForm, match="external_id"):
        enter(db, world, external_id="N-7")
    assert verify_case(db, stood) == []


@pytest.mark.parametrize(
    ("fields", "at"),
    [
        ({}, "title"),
        ({"title": "Ice", "readiness_low": 0}, "readiness_low"),
        ({"title": "Ice", "readiness_low": 7, "readiness_high": 3}, "readiness_high"),
        ({"title": "Ice", "budget": "5"}, "budget_currency"),
        ({"title": "Ice", "owner_id": NOBODY}, "owner"),
        ({"title": "Ice", "valid_until": "2020-01-31"}, "valid_until"),
    ],
)
def test_what_contradicts_itself_is_refused(world: World, db: Connection, fields: dict[str, Any], at: str) -> None:
    with pytest.raises(InvalidForm, match=at):
        enter(db, world, fields=fields)


@pytest.mark.parametrize("address", ["javascript:alert(1)", "kiln.example", "http://", "https:// kiln.example"])
def test_a_website_begins_as_the_web_does(world: World, db: Connection, address: str) -> None:
    for good in ("https://kiln.example/en", "HTTP://kiln.example"):
        enter(db, world, noun="technology", fields={"title": "Kiln", "website": good})
    with pytest.raises(InvalidForm, match="website"):
        enter(db, world, noun="technology", fields={"title": "Kiln", "website": address})


def test_a_correction_says_what_stood_before_and_takes_a_reason_once_confirmed(world: World, db: Connection) -> None:
    officer, need = (
        world.actor(db, "officer"),
        enter(db, world, fields={"title": "Ice", "budget": "5.00", "budget_currency": "CNY"}),
    )

    def correct(reason: str | None, **fields: Any) -> None:
        correct_record(
            db,
            officer,
            "need",
            need,
            fields=fields,
            source="The works",
            reason=reason,
            request=new_request(),
            seen=None,
        )

    correct(None, title="Snow", status="met")
    with pytest.raises(InvalidForm, match="reason"):
        correct(" ", title="Hail")
    with pytest.raises(InvalidForm, match="title"):
        correct("Why not.", title=None)
    # An amount with other zeros at its end says the same.
    with pytest.raises(InvalidForm, match="reason"):
        correct("None.", budget="5")
    correct("They withdrew it.", budget=None, budget_currency=None)
    emptied, snow, recorded = read_entries(db, officer, "need", need)
    assert (snow.changes, snow.source, snow.reason) == ({"title": ("Ice", "Snow")}, "The works", None)
    assert (emptied.changes["budget"], emptied.reason) == (("5.00", None), "They withdrew it.")
    assert recorded.changes["title"] == (None, "Ice")
    assert show_record(db, officer, Need, need).status == "published"
    with pytest.raises(RecordHasMoved):
        correct_record(
            db, officer, "need", need, fields={"sector": "x"}, source="x", reason="x", request=new_request(), seen=1
        )
    assert verify_case(db, need) == []


def test_all_from_one_source_is_confirmed_at_once_and_nothing_else(world: World, db: Connection) -> None:
    officer, need = world.actor(db, "officer"), world.needs[0]
    correct_record(
        db, officer, "need", need, fields={"sector": "Brewing"}, source="A call", reason=None, request=new_request()
    )
    confirm_source(db, officer, "need", need, source="catalogue", request=new_request())
    [confirmed, *_] = read_entries(db, officer, "need", need)
    assert confirmed.confirmed == ["owner_id", "publication", "status", "title"]
    for source in ("catalogue", "A call", "nobody"):
        with pytest.raises(InvalidForm, match="source"):
            confirm_source(db, officer, "need", need, source=source, request=new_request())
    assert verify_case(db, need) == []


def test_an_owner_is_found_by_the_name_of_one_organisation(world: World, db: Connection) -> None:
    programme = world.programmes["BJ"]
    assert find_owner(db, programme, None) is None
    assert find_owner(db, programme, "Nordwind Boilers") == world.organisations["technology_owner"]
    with pytest.raises(InvalidForm, match="owner"):
        find_owner(db, programme, "Nobody's Works")
    db.execute(text("UPDATE organisations SET name_zh = 'Nordwind Boilers' WHERE name <> 'Nordwind Boilers'"))
    with pytest.raises(InvalidForm, match="owner"):
        find_owner(db, programme, "Nordwind Boilers")


def test_an_owner_is_none_of_another_programme(world: World, db: Connection) -> None:
    here, there = world.programmes["BJ"], world.programmes["SH"]
    theirs = register_organisation(db, name="Pudong Kilns", programme=there)
    assert find_owner(db, there, "Pudong Kilns") == theirs
    with pytest.raises(InvalidForm, match="owner"):
        find_owner(db, here, "Pudong Kilns")
    own = register_organisation(db, name="Pudong Kilns", programme=here)
    assert find_owner(db, here, "Pudong Kilns") == own
    need = world.needs[0]
    with pytest.raises(InvalidForm, match="owner"):
        correct_record(
            db,
            world.actor(db, "officer"),
            "need",
            need,
            fields={"owner_id": theirs},
            source="A call",
            reason="Why.",
            request=new_request(),
        )
