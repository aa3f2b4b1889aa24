"""Needs and technologies as the office keeps them: confirmed, put right with a reason, each in a log of its own."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Connection, Engine, text

from casework import reasons
from casework.errors import CaseworkError, InvalidForm, NotAllowed, NotFound, Refused
from casework.operations.catalogue.kept_records import confirm_field, set_owner
from casework.operations.catalogue.service import show_record
from casework.operations.catalogue.views import Need, Technology
from casework.operations.core.perform import home_of
from casework.operations.core.record_log import Kept
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
