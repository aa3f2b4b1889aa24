"""What a form offers to choose from: whoever fits the field here and now, and no paper that the reader may not know."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import uuid_utils
from sqlalchemy import Connection, text

from casework import reasons
from casework.engine.state.case import Case, Fired
from casework.operations.cases.action_views import RightChoice
from casework.operations.cases.answer_names import ids_in, names_in_answers
from casework.operations.cases.case_actions import register_document
from casework.operations.cases.form_choices import choices_of
from casework.operations.core.perform import home_of
from casework.operations.core.references import reference_faults
from casework.records.case_loader import load
from tests.support.way_to_referral import to_referral
from tests.support.world import World, new_request, today
from tests.workflows.test_impact_guards import record


def case_of(db: Connection, number: str) -> Case:
    return load(db, home_of(db, number), "case")


def offered(db: Connection, world: World, case: Case, who: str = "officer", track: str = "", **rule: Any) -> list[str]:
    """The names that a field offers on a track, the main one unless it is named."""
    field = {"name": "which", "role": None, "service": None, **rule}
    place = case.tracks[track] if track else case.main
    return sorted(choice.name for choice in choices_of(db, world.actor(db, who), case, place, [field])["which"])


def test_people_hold_the_role_in_the_programme_or_at_the_provider_asked(world: World, db: Connection) -> None:
    number, referral = to_referral(world, db)
    case = case_of(db, number)
    assert offered(db, world, case, type="person", role="officer") == ["Officer", "Other Officer"]
    assert offered(db, world, case, type="people", role="compliance") == ["Compliance", "Second Compliance"]
    assert offered(db, world, case, type="person", role="provider", track=referral) == ["Provider", "Provider Lead"]
    assert offered(db, world, case, type="person", role="provider") == []
    db.execute(text("UPDATE people SET active = false WHERE email = 'other_officer@example.org'"))
    assert offered(db, world, case, type="person", role="officer") == ["Officer"]


def test_providers_offer_the_service_of_the_field_or_else_of_the_referral(world: World, db: Connection) -> None:
    number, referral = to_referral(world, db)
    case = case_of(db, number)
    every = ["Chaoyang Green Bank", "Haidian Assessment Lab", "Third Eye Verification"]
    assert offered(db, world, case, type="providers") == every
    assert offered(db, world, case, type="provider", service="pledge") == ["Chaoyang Green Bank"]
    assert offered(db, world, case, type="panel", track=referral) == ["Haidian Assessment Lab"]
    assert offered(db, world, case, type="provider", service="pledge", track=referral) == ["Chaoyang Green Bank"]


def test_parties_and_rights_are_those_of_the_case(world: World, db: Connection) -> None:
    case = case_of(db, world.open_case(db))
    assert offered(db, world, case, type="party") == ["Hebei Steam Works", "Nordwind Boilers"]
    assert offered(db, world, case, type="rights") == ["CN CN 1234567 B"]


def test_a_right_without_a_number_is_told_from_others_by_its_owner(world: World, db: Connection) -> None:
    case = case_of(db, world.open_case(db))
    rule: Any = {"name": "which", "type": "rights"}
    given = {"id": case.rights[0]}
    told = choices_of(db, world.actor(db, "officer"), case, case.main, [rule])["which"]
    assert [(one.kind, one.owner) for one in told if isinstance(one, RightChoice)] == [("invention", None)]
    db.execute(
        text("UPDATE rights SET kind = 'know_how', number = NULL, owner = 'Kiln Works' WHERE id = CAST(:id AS uuid)"),
        given,
    )
    told = choices_of(db, world.actor(db, "officer"), case, case.main, [rule])["which"]
    assert [(one.kind, one.owner) for one in told if isinstance(one, RightChoice)] == [("know_how", "Kiln Works")]


def test_of_rights_that_are_one_by_merging_the_one_that_stays_is_offered(world: World, db: Connection) -> None:
    case, actor = case_of(db, world.open_case(db)), world.actor(db, "officer")
    gone, kept = world.rights[:2]
    case = replace(case, rights=(gone, kept))

    def listed(field: str) -> list[str]:
        rule: Any = {"name": "which", "type": field}
        return [one.id for one in choices_of(db, actor, case, case.main, [rule])["which"]]

    assert set(listed("rights")) == set(listed("right")) == {gone, kept}
    merged = text("UPDATE rights SET merged_into = CAST(:kept AS uuid) WHERE id = CAST(:gone AS uuid)")
    db.execute(merged, {"gone": gone, "kept": kept})
    assert listed("rights") == listed("right") == [kept]
    # Once the record of that has expired too it is offered where either was named before, and nowhere else.
    db.execute(text("UPDATE rights SET expired_at = casework_now() WHERE id = CAST(:kept AS uuid)"), {"kept": kept})
    assert listed("rights") == []
    rule: Any = {"name": "which", "type": "rights"}
    expired = {"which": reasons.catalogue.RIGHT_EXPIRED}
    for one in (gone, kept):
        assert reference_faults(db, case, [rule], {"which": [one]}, case.main) == expired
    said = Fired(1, case.opened_at, "", None, {"rights": [gone]})
    case = replace(case, tracks={**case.tracks, case.main.id: replace(case.main, fired={"open": said})})
    assert listed("rights") == listed("right") == [kept]
    for one in (gone, kept):
        assert reference_faults(db, case, [rule], {"which": [one]}, case.main) == {}


def test_tasks_are_those_that_are_open(world: World, db: Connection) -> None:
    number = world.new_case(db)
    world.fire(db, "officer", number, "take")
    case = case_of(db, number)
    assert offered(db, world, case, type="tasks") == [
        "Check the match and declare conflicts of interest",
        "Complete the triage",
    ]


@pytest.mark.parametrize("valid", [True, False])
def test_papers_are_offered_to_whoever_may_know_them_and_while_they_are_valid(
    world: World, db: Connection, valid: bool
) -> None:
    number, referral = to_referral(world, db)
    for title, last in (("Old report", today() - timedelta(days=2)), ("New report", today() + timedelta(days=2))):
        register_document(
            db,
            world.actor(db, "officer"),
            number,
            title=title,
            kind="report",
            party=None,
            language=None,
            valid_until=last.isoformat(),
            revision=case_of(db, number).revision,
            request=new_request(),
        )
    case = case_of(db, number)
    known = ["New report"] if valid else ["New report", "Old report"]
    assert offered(db, world, case, type="documents", valid=valid) == known
    assert offered(db, world, case, type="documents", valid=valid, kinds=["letter"]) == []
    assert offered(db, world, case, who="provider", track=referral, type="documents", valid=valid) == []


def test_an_organisation_is_one_that_the_programme_knows(world: World, db: Connection) -> None:
    case, actor = case_of(db, world.open_case(db)), world.actor(db, "officer")
    rule: Any = {"name": "company", "type": "organisation", "required": False}

    def listed() -> set[str]:
        return {one.id for one in choices_of(db, actor, case, case.main, [rule])["company"]}

    def named(id: str) -> bool:
        faults = reference_faults(db, case, [rule], {"company": id}, case.main)
        assert faults in ({}, {"company": reasons.cases.NO_SUCH_ORGANISATION})
        return not faults

    kept = {row.id: row.id in case.parties.values() for row in db.execute(text("SELECT id::text FROM organisations"))}
    own = "UPDATE organisations SET programme_id = CAST(:programme AS uuid), kind = 'company' WHERE id = CAST(:id AS uuid)"
    [stranger, *_] = sorted(id for id, there in kept.items() if not there)
    db.execute(text(own), {"programme": case.programme, "id": stranger})
    kept[stranger] = True
    assert False in kept.values()
    for id, there in kept.items():
        assert (id in listed()) is named(id) is there
    # What was merged into another one is that one.
    gone, stays = sorted(id for id, there in kept.items() if there)[:2]
    db.execute(
        text("UPDATE organisations SET merged_into = CAST(:stays AS uuid) WHERE id = CAST(:gone AS uuid)"),
        {"gone": gone, "stays": stays},
    )
    assert gone not in listed()
    assert not named(gone)
    # A case that named it before goes on with the one in its place, though the record of that has expired since.
    db.execute(text("UPDATE organisations SET expired_at = casework_now() WHERE id = CAST(:id AS uuid)"), {"id": stays})
    assert stays not in listed()
    assert reference_faults(db, case, [rule], {"company": stays}, case.main) == {
        "company": reasons.catalogue.ORGANISATION_EXPIRED
    }
    said = Fired(1, case.opened_at, "", None, {"company": gone})
    case = replace(case, tracks={**case.tracks, case.main.id: replace(case.main, fired={"open": said})})
    assert stays in listed()
    assert gone not in listed()
    assert named(stays)
    assert named(gone)
    assert names_in_answers(db, case, [gone]) == {gone: names_in_answers(db, case, [stays])[stays]}


def test_a_burden_is_one_of_others_that_still_stands_on_a_right_of_the_case(world: World, db: Connection) -> None:
    case, other = case_of(db, world.open_case(db)), str(uuid_utils.uuid7())
    bank = world.organisations["bank"]

    def lies(of: str, kind: str = "licence", to: str | None = None) -> dict[str, Any]:
        return {"id": str(uuid_utils.uuid7()), "kind": kind, "case": of, "holder": bank, "from": "2026-01-05", "to": to}

    there = [lies(case.log), lies(other, "pledge"), lies(other, to="2026-02-01"), lies(other)]
    db.execute(
        text("UPDATE rights SET encumbrances = CAST(:all AS jsonb) WHERE id = CAST(:id AS uuid)"),
        {"all": json.dumps(there), "id": world.rights[0]},
    )
    # Whose case it is the officer does not know, and so nobody's name is told.
    assert offered(db, world, case, type="burden") == ["CN CN 1234567 B · 2026-01-05"]
    names = names_in_answers(db, case, [there[3]["id"], there[0]["id"]])
    assert names == dict.fromkeys((there[3]["id"], there[0]["id"]), "CN CN 1234567 B · 2026-01-05")


def test_a_row_offers_the_indicators_and_a_record_goes_by_the_name_of_its_own(world: World, db: Connection) -> None:
    case = replace(case_of(db, world.open_case(db)), impacts={"one": record("measured", id="one")})
    actor = world.actor(db, "officer")
    cell = {"name": "measure", "type": "listed", "catalogue": "indicators"}
    rules: list[dict[str, Any]] = [
        {"name": "figures", "type": "rows", "fields": [cell, {"name": "value", "type": "number"}]},
        {"name": "which", "type": "impact"},
    ]
    choices = choices_of(db, actor, case, case.main, rules)
    assert set(choices) == {"figures.measure", "which"}
    told = {one.id: (one.name, one.name_zh) for one in choices["figures.measure"]}
    # No number is printed beside an indicator; its code says no more than its words.
    assert told["pollutant/SO2 kg"] == ("Sulphur dioxide (kg)", "二氧化硫（kg）")
    assert [(one.id, one.name, one.name_zh) for one in choices["which"]] == [
        ("one", "Energy used (MWh)", "用能量（MWh）")
    ]
    named = names_in_answers(db, case, ids_in({"figures": [{"measure": "water/m3", "value": "3"}]}))
    assert named == {"water/m3": "Water used (m³)"}
