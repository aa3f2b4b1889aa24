"""Facts from outside a case: those that were asked for, as they stand, and nothing that nobody has confirmed."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from sqlalchemy import Connection, text

from casework.definitions import load_library
from casework.engine.definition.required_documents import SCANS
from casework.engine.state.case import Case, Fired
from casework.operations.core.external_facts import ALL, outside
from casework.operations.core.perform import home_of
from casework.records.case_loader import load
from tests.support.world import World


@pytest.fixture
def case(world: World, db: Connection) -> Case:
    return load(db, home_of(db, world.open_case(db)), "case")


def test_what_was_asked_for_is_told_and_nothing_else(world: World, db: Connection, case: Case) -> None:
    assert outside(db, case, ()) == {}
    assert set(outside(db, case, ["need", "match", "need"])) == {"need", "match"}
    whole = outside(db, case, ALL)
    assert set(whole) == set(ALL)
    # Each right by the record that it is now.
    [gone], kept = case.rights, next(id for id in world.rights if id not in case.rights)
    assert whole["rights"][gone]["record"] == gone
    merged = text("UPDATE rights SET merged_into = CAST(:kept AS uuid) WHERE id = CAST(:gone AS uuid)")
    db.execute(merged, {"gone": gone, "kept": kept})
    assert outside(db, case, ["rights"])["rights"][gone]["record"] == kept
    # It is kept in the event that read it.
    assert json.loads(json.dumps(whole)) == whole


def test_of_a_technology_what_somebody_has_confirmed_counts_alone(world: World, db: Connection, case: Case) -> None:
    given = {"number": "V 1", "verdict": "verified", "valid_until": "2030-01-01"}
    stands = text(
        "UPDATE technologies SET verification = CAST(:given AS jsonb), provenance = CAST(:from AS jsonb) WHERE id = :id"
    )
    told = {"verification": {"source": "catalogue"}, "title": {"confirmed_by": world.people["officer"]}}
    for confirmed, verification in ((False, None), (True, given)):
        if confirmed:
            told["verification"]["confirmed_by"] = world.people["officer"]
        db.execute(stands, {"given": json.dumps(given), "from": json.dumps(told), "id": case.technology})
        technology = outside(db, case, ["technology"])["technology"]
        assert technology["verification"] == verification
        assert technology["confirmed"]["title"] is True
        assert ("verification" in technology["confirmed"]) is confirmed


def test_other_cases_of_the_same_need_are_told_with_where_they_stand(world: World, db: Connection, case: Case) -> None:
    assert outside(db, case, ["siblings"]) == {"siblings": []}
    number = world.open_case(db, 1)
    other = home_of(db, number)
    db.execute(text("UPDATE cases SET need_id = :need WHERE id = CAST(:id AS uuid)"), {"need": case.need, "id": other})
    [sibling] = outside(db, case, ["siblings"])["siblings"]
    assert (sibling["case"], sibling["number"], sibling["signed"]) == (other, number, False)


def test_what_is_not_there_is_nothing(db: Connection, case: Case) -> None:
    db.execute(text("UPDATE needs SET valid_until = '2030-01-01'"))
    assert outside(db, case, ["need"])["need"]["valid_until"] == "2030-01-01"
    assert outside(db, case, [SCANS]) == {SCANS: {}}


def test_an_owner_who_was_not_known_at_the_opening_is_read_from_the_record(
    world: World, db: Connection, case: Case
) -> None:
    parties = {"need_owner": case.parties["need_owner"]}
    opened = replace(case, parties=parties)
    db.execute(text("UPDATE technologies SET owner_id = NULL WHERE id = :id"), {"id": case.technology})
    assert outside(db, opened, ["parties"])["parties"].keys() == {"need_owner"}
    owner = world.organisations["technology_owner"]
    db.execute(
        text("UPDATE technologies SET owner_id = :owner WHERE id = :id"), {"owner": owner, "id": case.technology}
    )
    assert outside(db, opened, ["parties"])["parties"].keys() == {"need_owner", "technology_owner"}


def test_of_a_party_its_country_and_whether_it_is_state_owned_are_told(db: Connection, case: Case) -> None:
    seller = case.parties["technology_owner"]
    parties = outside(db, case, ["parties"])["parties"]
    assert parties["technology_owner"]["state_owned"] is None
    db.execute(
        text("UPDATE organisations SET state_owned = true, country = 'CN' WHERE id = CAST(:id AS uuid)"), {"id": seller}
    )
    told = outside(db, case, ["parties"])["parties"]
    assert told["technology_owner"] == {"organisation": seller, "country": "CN", "state_owned": True}
    assert told["need_owner"] == parties["need_owner"]


def _new_organisation(db: Connection, like: str | None) -> str:
    """Another organisation, in another country."""
    row = db.execute(
        text(
            "INSERT INTO organisations (id, name, name_zh, kind, country, confirmed, programme_id)"
            " SELECT gen_random_uuid(), 'Other Ltd', NULL, kind, 'DE', true, programme_id FROM organisations"
            " WHERE id = CAST(:like AS uuid) RETURNING id::text"
        ),
        {"like": like},
    )
    return str(row.scalar_one())


def test_whoever_a_form_names_is_told_as_a_party_is(db: Connection, case: Case) -> None:
    buyer = case.parties["need_owner"]
    other, third = _new_organisation(db, buyer), _new_organisation(db, buyer)
    assert outside(db, case, ["organisations"]) == {"organisations": {}}
    # Of the form that is sent now, of whatever else it says nothing.
    sent = {"taker_signatory": other, "kind": "assignment", "number": "1-2", "rights": [third]}
    whom = {"organisation": other, "country": "DE", "state_owned": None}
    assert outside(db, case, ["organisations"], sent) == {"organisations": {other: whom}}
    # Of what was proposed before, as it stands in the case.
    agreement = load_library().latest("agreement")
    assert agreement is not None
    proposed = Fired(1, case.opened_at, "p", None, {"kind": "assignment", "taker_signatory": other})
    drafted = replace(case.main, id="deal", edition=agreement.fingerprint, fired={"propose": proposed})
    known = replace(case, tracks={**case.tracks, "deal": drafted})
    assert outside(db, known, ["organisations"]) == {"organisations": {other: whom}}
    assert outside(db, known, ["organisations"], {"giver_signatory": third})["organisations"].keys() == {other, third}
    # What is one with a party by merging is called as the case calls the party.
    db.execute(
        text("UPDATE organisations SET merged_into = CAST(:kept AS uuid) WHERE id = CAST(:gone AS uuid)"),
        {"kept": buyer, "gone": other},
    )
    assert outside(db, known, ["organisations"])["organisations"][other]["organisation"] == buyer


def test_a_party_is_whoever_the_record_names_now(db: Connection, case: Case) -> None:
    seller, buyer = case.parties["technology_owner"], case.parties["need_owner"]
    other = _new_organisation(db, seller)
    owns = text("UPDATE technologies SET owner_id = CAST(:owner AS uuid) WHERE id = :id")
    db.execute(owns, {"owner": other, "id": case.technology})
    told = outside(db, case, ["parties"])["parties"]
    assert (told["technology_owner"]["organisation"], told["technology_owner"]["country"]) == (other, "DE")
    assert told["need_owner"]["organisation"] == buyer
    # Whatever is on record under an organisation that was merged away goes by the id by which the case calls the party.
    db.execute(owns, {"owner": seller, "id": case.technology})
    db.execute(
        text("UPDATE organisations SET merged_into = CAST(:kept AS uuid) WHERE id = CAST(:gone AS uuid)"),
        {"kept": other, "gone": seller},
    )
    told = outside(db, case, ["parties"])["parties"]
    assert (told["technology_owner"]["organisation"], told["technology_owner"]["country"]) == (seller, "DE")


def test_the_owner_of_a_right_and_the_party_go_by_one_id(world: World, db: Connection, case: Case) -> None:
    """The record of the technology was corrected, and that organisation merged since: the right names any of its ids."""
    seller = case.parties["technology_owner"]
    gone, kept = _new_organisation(db, seller), _new_organisation(db, seller)
    right = world.rights[0]
    held = replace(case, rights=(right,))
    db.execute(
        text("UPDATE technologies SET owner_id = CAST(:owner AS uuid) WHERE id = :id"),
        {"owner": kept, "id": case.technology},
    )
    db.execute(
        text("UPDATE organisations SET merged_into = CAST(:kept AS uuid) WHERE id = CAST(:gone AS uuid)"),
        {"kept": kept, "gone": gone},
    )
    db.execute(
        text("INSERT INTO right_owners (right_id, organisation_id) VALUES (CAST(:right AS uuid), CAST(:gone AS uuid))"),
        {"gone": gone, "right": right},
    )
    told = outside(db, held, ["parties", "rights"])
    assert [owner["organisation"] for owner in told["rights"][right]["owners"]] == [kept]
    assert told["parties"]["technology_owner"]["organisation"] == kept


def test_who_is_abroad_is_told_by_the_records(world: World, db: Connection, case: Case) -> None:
    assert outside(db, case, ["abroad"])["abroad"] == {"parties": [], "providers": []}
    for name in ("lab", "technology_owner"):
        move = text("UPDATE organisations SET country = 'DE' WHERE id = CAST(:id AS uuid)")
        db.execute(move, {"id": world.organisations[name]})
    found = outside(db, case, ["abroad"])["abroad"]
    assert found == {"parties": ["technology_owner"], "providers": [world.organisations["lab"]]}


def test_how_whoever_a_form_names_was_screened_is_told_by_the_same_programme(
    world: World, db: Connection, case: Case
) -> None:
    other = _new_organisation(db, case.parties["need_owner"])
    sent = {"company": other}
    assert outside(db, case, ["named_screenings"]) == {"named_screenings": {}}
    assert outside(db, case, ["named_screenings"], sent) == {"named_screenings": {}}
    enter = text(
        "INSERT INTO organisation_screenings"
        " (id, organisation_id, programme_id, result, checked_on, valid_until, made_at)"
        " SELECT gen_random_uuid(), CAST(:organisation AS uuid), CAST(:programme AS uuid), :result, CAST(:on AS date),"
        " CAST(:on AS date) + 90, casework_now()"
    )
    for programme, result, on in (
        (case.programme, "hit", "2026-03-01"),
        (case.programme, "clear", "2026-03-20"),
        (world.programmes["SH"], "hit", "2026-03-25"),
    ):
        db.execute(enter, {"organisation": other, "programme": programme, "result": result, "on": on})
    told = outside(db, case, ["named_screenings"], sent)["named_screenings"]
    assert told.keys() == {other}
    assert (told[other]["result"], told[other]["checked_on"], told[other]["owners_free"]) == (
        "clear",
        "2026-03-20",
        True,
    )
    # Of what was merged it is that of the record in its place.
    gone = _new_organisation(db, case.parties["need_owner"])
    db.execute(
        text("UPDATE organisations SET merged_into = CAST(:kept AS uuid) WHERE id = CAST(:gone AS uuid)"),
        {"kept": other, "gone": gone},
    )
    merged = outside(db, case, ["named_screenings"], {"company": gone})["named_screenings"]
    assert merged == {gone: told[other]}
