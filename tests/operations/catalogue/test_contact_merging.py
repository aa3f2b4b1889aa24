"""One person whom an organisation has twice as a contact is one: what is known is kept, the log tells of it, and who may not is refused."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection

from casework.engine.case_objects.organisations import ROW_MERGED
from casework.errors import InvalidForm, NotAllowed, NotFound
from casework.operations.catalogue.contact_merging import merge_contacts
from casework.operations.catalogue.organisation_queries import read_entries, show_organisation
from casework.operations.catalogue.organisations import keep_row, remove_row
from casework.operations.verification.service import verify_case
from tests.support.additions import add_party
from tests.support.world import World, new_request


@pytest.fixture
def party(db: Connection, world: World) -> dict[str, str]:
    """A works with a contact of whom no more than the name is known, and the same person once more."""
    made = add_party(db, world, "officer", world.programmes["BJ"])
    return made | {"twice": contact(db, world, made["party"], email="li@kiln.example", name="Ms Li", role="Buyer")}


def contact(db: Connection, world: World, party: str, **fields: str) -> str:
    officer = world.actor(db, "officer")
    done = keep_row(db, officer, party, "contacts", None, fields=fields, source="A call", request=new_request())
    return str(done.answer["id"])


def merge(db: Connection, world: World, party: dict[str, str], by: str = "officer", **other: str) -> None:
    given = {"into": party["contact"], "reason": "One card, one number."} | other
    merge_contacts(db, world.actor(db, by), party["party"], party["twice"], request=new_request(), **given)  # type: ignore[arg-type]  # words alone


def test_the_one_that_stays_takes_over_what_it_did_not_say(db: Connection, world: World, party: dict[str, str]) -> None:
    merge(db, world, party)
    officer = world.actor(db, "officer")
    [one] = show_organisation(db, officer, party["party"]).contacts
    assert (one.id, one.name, one.role, one.email) == (party["contact"], "Li Wen", "Buyer", "li@kiln.example")
    entry = read_entries(db, officer, party["party"])[0]
    assert (entry.kind, entry.what, entry.reason) == (ROW_MERGED, "contacts", "One card, one number.")
    assert verify_case(db, party["party"]) == []


def test_a_repeated_request_is_given_its_answer(db: Connection, world: World, party: dict[str, str]) -> None:
    request, officer = new_request(), world.actor(db, "officer")
    merge_contacts(db, officer, party["party"], party["twice"], into=party["contact"], reason="One.", request=request)
    with pytest.raises(NotFound):
        merge(db, world, party)


@pytest.mark.parametrize("into", ["", "itself", "another's", "owner"])
def test_only_another_contact_of_the_same_organisation_stays(
    db: Connection, world: World, party: dict[str, str], into: str
) -> None:
    elsewhere = add_party(db, world, "foreign_officer", world.programmes["SH"])
    ids = {"": "", "itself": party["twice"], "another's": elsewhere["contact"], "owner": party["owner"]}
    with pytest.raises(InvalidForm) as refused:
        merge(db, world, party, into=ids[into])
    assert refused.value.fields.keys() == {"into"}


def test_it_has_a_reason_and_is_for_who_keeps_the_record(db: Connection, world: World, party: dict[str, str]) -> None:
    with pytest.raises(InvalidForm):
        merge(db, world, party, reason=" ")
    with pytest.raises(NotAllowed):
        merge(db, world, party, by="compliance")
    with pytest.raises(NotFound):
        merge(db, world, party, by="foreign_officer")
    remove_row(
        db,
        world.actor(db, "officer"),
        party["party"],
        "contacts",
        party["twice"],
        reason="Left.",
        request=new_request(),
    )
    with pytest.raises(NotFound):
        merge(db, world, party)
