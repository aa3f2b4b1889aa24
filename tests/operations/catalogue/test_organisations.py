"""Organisations of a programme: entered and corrected by the office with source and reason, row by row, and walled off."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Connection

from casework.errors import InvalidForm, NotAllowed, NotFound, OrganisationInDoubt, RecordHasMoved
from casework.operations.catalogue.organisation_queries import read_entries, show_organisation
from casework.operations.catalogue.organisations import (
    confirm_organisation,
    keep_row,
    read_seq,
    record_organisation,
    remove_row,
)
from casework.operations.verification.service import verify_case
from casework.permissions.actors import Actor
from tests.support.world import World, new_request

FIELDS = {"name": "Kiln Works", "name_zh": "窑炉厂", "country": "CN", "register_number": "12100000400000624D"}
LI = {"name": "Li Wen", "role": "Director", "email": "li@kiln.example", "telephone": "+86 10 1", "language": "zh"}


def record(db: Connection, world: World, by: str = "officer", *, sure: bool = False, **fields: Any) -> str:
    done = record_organisation(
        db,
        world.actor(db, by),
        programme=world.programmes["BJ"],
        fields=FIELDS | fields,
        source="Company register",
        request=replace(new_request(), sure=sure),
    )
    return str(done.answer["id"])


def confirm(db: Connection, actor: Actor, organisation: str, **given: Any) -> None:
    confirm_organisation(db, actor, organisation, source="Company register", request=new_request(), **given)


def test_the_office_enters_one_and_stands_for_it(world: World, db: Connection) -> None:
    organisation = record(db, world, size="small", state_owned=False, address="1 Kiln Road")
    shown = show_organisation(db, world.actor(db, "auditor"), organisation)
    assert (shown.name, shown.size, shown.state_owned, shown.confirmed) == ("Kiln Works", "small", False, True)
    [entry] = read_entries(db, world.actor(db, "officer"), organisation)
    assert (entry.kind, entry.who, entry.source) == ("registered", "Officer", "Company register")
    assert entry.changes["organisations.size"] == (None, "small")
    assert verify_case(db, organisation) == []
    for who in ("foreign_officer", "auditor", "compliance", "administrator", "provider"):
        with pytest.raises(NotAllowed):
            record(db, world, who, register_number=None, name="Other")


def test_a_number_is_known_once_and_a_name_like_another_one_is_asked_about(world: World, db: Connection) -> None:
    record(db, world)
    with pytest.raises(InvalidForm, match="register_number"):
        record(db, world, name="Another", register_number="1210 0000 4000 0062 4d")
    with pytest.raises(OrganisationInDoubt, match="Kiln Works"):
        record(db, world, name="Kiln Works Co., Ltd.", name_zh=None, register_number=None)
    other = record(db, world, sure=True, name="Kiln Works Co., Ltd.", name_zh=None, register_number=None)
    with pytest.raises(InvalidForm, match="register_number"):
        confirm(db, world.actor(db, "officer"), other, fields=FIELDS, reason="Seen.")


def test_what_was_confirmed_is_corrected_with_a_reason_and_by_who_saw_it(world: World, db: Connection) -> None:
    organisation, officer = record(db, world), world.actor(db, "officer")
    confirm(db, officer, organisation, fields=FIELDS)
    with pytest.raises(InvalidForm, match="reason"):
        confirm(db, officer, organisation, fields={"size": "large"})
    seen = read_seq(db, organisation)
    confirm(db, officer, organisation, fields={"size": "large", "name_zh": None}, reason="Grown.", seen=seen)
    with pytest.raises(RecordHasMoved):
        confirm(db, officer, organisation, fields={"size": "small"}, reason="Shrunk.", seen=seen)
    corrected = read_entries(db, officer, organisation)[0]
    assert corrected.changes == {"organisations.size": (None, "large"), "organisations.name_zh": ("窑炉厂", None)}
    assert corrected.reason == "Grown."
    for who, refusal in (("auditor", NotAllowed), ("foreign_officer", NotFound), ("provider", NotFound)):
        with pytest.raises(refusal):
            confirm(db, world.actor(db, who), organisation, fields={"size": "small"}, reason="Why.")
    assert verify_case(db, organisation) == []


def test_a_party_that_nobody_confirmed_is_put_right_without_a_reason(world: World, db: Connection) -> None:
    party = world.organisations["need_owner"]
    confirm(db, world.actor(db, "officer"), party, fields={"country": "CN", "name": "Hebei Steam"})
    shown = show_organisation(db, world.actor(db, "officer"), party)
    assert (shown.name, shown.country, shown.confirmed) == ("Hebei Steam", "CN", True)
    assert verify_case(db, party) == []


def test_a_number_must_be_one_of_the_country_that_is_named_now(world: World, db: Connection) -> None:
    organisation, officer = record(db, world, country="DE", register_number="HRB 1"), world.actor(db, "officer")
    with pytest.raises(InvalidForm, match="register_number"):
        confirm(db, officer, organisation, fields={"country": "CN"}, reason="Moved.")
    confirm(
        db, officer, organisation, fields={"country": "CN", "register_number": "91110000802100433B"}, reason="Moved."
    )


def test_providers_are_kept_by_administrators(world: World, db: Connection) -> None:
    bank, officer = world.organisations["bank"], world.actor(db, "officer")
    assert show_organisation(db, officer, bank).services == ["pledge", "finance"]
    with pytest.raises(NotAllowed, match="administrators"):
        confirm(db, officer, bank, fields={"size": "large"})
    with pytest.raises(InvalidForm, match="kind"):
        confirm(db, officer, record(db, world), fields={"kind": "provider"}, reason="Why.")


@pytest.mark.parametrize(
    ("what", "fields", "change"),
    [
        ("contacts", LI, {"telephone": "+86 10 2"}),
        ("owners", {"name": "Kiln Holding", "kind": "organisation", "share": "60"}, {"share": "75.5"}),
    ],
)
def test_rows_are_entered_changed_and_taken_out(
    world: World, db: Connection, what: str, fields: dict[str, str], change: dict[str, str]
) -> None:
    organisation, officer = record(db, world), world.actor(db, "officer")

    def keep(id: str | None = None, by: str = "officer", **given: Any) -> str:
        actor = world.actor(db, by)
        return str(keep_row(db, actor, organisation, what, id, request=new_request(), **given).answer["id"])

    row = keep(fields=fields, source="A call")
    with pytest.raises(InvalidForm, match="reason"):
        keep(row, fields=change)
    keep(row, fields=change, reason="Told so.")
    [shown] = getattr(show_organisation(db, officer, organisation), what)
    assert {name: getattr(shown, name) for name in {*fields, *change}} == fields | change
    assert verify_case(db, organisation) == []
    for who, refusal in (("compliance", NotAllowed), ("foreign_officer", NotFound)):
        with pytest.raises(refusal):
            keep(row, who, fields=change, reason="Why.")
    with pytest.raises(NotFound):
        keep_row(
            db,
            officer,
            world.organisations["need_owner"],
            what,
            row,
            fields=change,
            reason="Why.",
            request=new_request(),
        )
    remove_row(db, officer, organisation, what, row, reason="Left.", request=new_request())
    assert getattr(show_organisation(db, officer, organisation), what) == []
    removed, changed, entered, _ = read_entries(db, officer, organisation)
    table = f"organisation_{what}"
    [(name, value)] = change.items()
    assert changed.changes == {f"{table}.{name}": (fields[name], value)}
    assert (entered.source, changed.reason, removed.reason) == ("A call", "Told so.", "Left.")
    assert removed.changes[f"{table}.name"] == (fields["name"], None)
    assert verify_case(db, organisation) == []
