"""People and organisations that a form names must be there, and be what the form asks for."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

import pytest
from sqlalchemy import Connection, text

from casework.engine.definition.edition_schema import WrittenField
from casework.engine.state.case import Case
from casework.json_values import JsonObject
from casework.operations.core.perform import home_of
from casework.operations.core.references import reference_faults
from casework.operations.people.programme_lists import set_entry
from casework.records.case_loader import load
from tests.support.world import World, new_request

NOBODY = "00000000-0000-7000-8000-000000000000"


def field(type: str, *, role: str | None = None, service: str | None = None) -> WrittenField:
    return cast(WrittenField, {"name": "who", "type": type, "role": role, "service": service})


@pytest.fixture
def case(world: World, db: Connection) -> Case:
    return load(db, home_of(db, world.open_case(db)), "case")


def fits(db: Connection, case: Case, rule: WrittenField, *ids: str) -> bool:
    given: object = list(ids) if rule["type"] in ("people", "providers", "panel") else ids[0]
    return "who" not in reference_faults(db, case, [rule], {"who": given}, case.main)


@pytest.mark.parametrize(
    ("who", "role", "may"),
    [
        ("officer", "officer", True),
        ("supervisor", "officer", False),
        ("foreign_officer", "officer", False),
        ("supervisor", None, True),
        ("foreign_officer", None, False),
        ("provider", "provider", False),
    ],
)
def test_a_person_has_the_role_in_the_cases_own_programme(
    world: World, db: Connection, case: Case, who: str, role: str | None, may: bool
) -> None:
    assert fits(db, case, field("person", role=role), world.people[who]) is may


def test_of_several_each_must_fit(world: World, db: Connection, case: Case) -> None:
    people = field("people", role="officer")
    assert fits(db, case, people, world.people["officer"], world.people["other_officer"])
    assert not fits(db, case, people, world.people["officer"], world.people["auditor"])
    assert not fits(db, case, people, world.people["officer"], NOBODY)
    assert not fits(db, case, people, "officer")


def test_whoever_has_left_or_mediated_meanwhile_does_not_fit(world: World, db: Connection, case: Case) -> None:
    assert not fits(db, case, field("person"), NOBODY)
    db.execute(text("UPDATE people SET active = false WHERE email = 'other_officer@example.org'"))
    assert not fits(db, case, field("person", role="officer"), world.people["other_officer"])


@pytest.mark.parametrize(
    ("who", "service", "may"), [("lab", "assessment", True), ("bank", "assessment", False), ("lab", None, True)]
)
def test_a_provider_gives_the_service(
    world: World, db: Connection, case: Case, who: str, service: str | None, may: bool
) -> None:
    assert fits(db, case, field("provider", service=service), world.organisations[who]) is may
    assert fits(db, case, field("providers", service=service), world.organisations[who]) is may


def test_what_names_nobody_is_left_to_the_forms_own_check(db: Connection, case: Case) -> None:
    for given in (None, [], 7, [7]):
        assert reference_faults(db, case, [field("person")], {"who": given}, case.main) == {}
    assert reference_faults(db, case, [field("text")], {"who": NOBODY}, case.main) == {}


CELL = {"name": "measure", "type": "listed", "catalogue": "indicators"}
FIGURES = cast(WrittenField, {"name": "figures", "type": "rows", "fields": [CELL, {"name": "value", "type": "number"}]})


def test_an_indicator_in_a_row_is_one_that_the_programme_offers(world: World, db: Connection, case: Case) -> None:
    def faults(*named: str) -> set[str]:
        rows: JsonObject = {"figures": [{"measure": key, "value": "1"} for key in named]}
        return set(reference_faults(db, case, [FIGURES], rows, case.main))

    assert faults("energy/MWh", "pollutant/SO2 kg") == set()
    assert faults("energy/MWh", "energy/steam t", "cost/USD") == {"figures.1.measure", "figures.2.measure"}
    fields: JsonObject = {"code": "steam t", "version": "energy", "label": "Steam (t)", "label_zh": "蒸汽（t）"}
    actor, reason = world.actor(db, "supervisor"), "It is metered in MWh."
    set_entry(db, actor, case.programme, "indicators", fields=fields, reason=None, request=new_request())
    assert faults("energy/steam t") == set()
    other = replace(case, programme=world.programmes["SH"])
    assert reference_faults(db, other, [FIGURES], {"figures": [{"measure": "energy/steam t"}]}, case.main)
    fields |= {"retired": True}
    set_entry(db, actor, case.programme, "indicators", fields=fields, reason=reason, request=new_request())
    assert faults("energy/steam t") == {"figures.0.measure"}
