"""The case sheet: to its provider from acceptance to the end, as far as the parties consent; to the office as a preview."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

import pytest
from sqlalchemy import Connection, text

from casework.definitions import load_library
from casework.errors import NotFound
from casework.json_values import JsonObject
from casework.operations.cases.case_actions import withdraw_consent
from casework.operations.cases.case_rights import add_rights
from casework.operations.cases.side_tasks import add_task
from casework.operations.catalogue.right_use import bring_right_back, expire_right
from casework.operations.core.access_log import list_readings
from casework.operations.core.perform import home_of
from casework.operations.people.programme_lists import set_entry
from casework.operations.referrals.service import find_referral, list_referral_events, show_referral
from casework.operations.referrals.sheet import sheet_of, show_sheet
from casework.operations.referrals.sheet_views import CaseSheet
from casework.operations.verification.service import verify_case
from casework.records.case_loader import load
from tests.operations.verification.forger import not_allowed
from tests.support.way_to_referral import complete, to_accepted, to_both, to_referral, to_request
from tests.support.world import FOR_THE_SHEET, World, new_request, today

pytestmark = pytest.mark.stage(play=to_referral)


def enrich(world: World, db: Connection, number: str) -> None:
    """What the records of the case say, one value confirmed; and a right that it is about."""
    actor = world.actor(db, "officer")
    add_rights(db, actor, number, rights=[world.rights[0]], reason="Named late.", revision=None, request=new_request())
    stands = json.dumps({"target": {"source": "form", "confirmed_by": "officer"}})
    db.execute(
        text(
            "UPDATE needs SET problem = 'Coal', target = '180 degC', district = 'Haidian', readiness_low = 7, readiness_high = 9,"
            " budget = 6000000, budget_currency = 'CNY', provenance = CAST(:stands AS jsonb)"
            " WHERE id = (SELECT need_id FROM cases WHERE number = :n)"
        ),
        {"stands": stands, "n": number},
    )
    db.execute(
        text(
            "UPDATE technologies SET description = 'A heat pump', deployed_in = '{DE}'"
            " WHERE id = (SELECT technology_id FROM cases WHERE number = :n)"
        ),
        {"n": number},
    )


def sheet(world: World, db: Connection, who: str, referral: str) -> CaseSheet:
    return show_sheet(db, world.actor(db, who), referral)


def test_before_the_acceptance_its_provider_reads_nothing_of_it(
    world: World, db: Connection, staged: tuple[str, str]
) -> None:
    number, referral = staged
    for who in ("provider", "provider_lead", "foreign_provider", "observer", "foreign_officer"):
        with pytest.raises(NotFound):
            sheet(world, db, who, referral)
    # Nor from the request itself, though that was sent.
    told = (
        show_referral(db, world.actor(db, "provider"), referral),
        list_referral_events(db, world.actor(db, "provider"), referral),
    )
    assert "degC" not in str(told)
    assert "degC" in str(list_referral_events(db, world.actor(db, "officer"), referral))
    preview = sheet(world, db, "officer", referral)
    assert (preview.open, preview.ours, preview.withheld) == (False, False, [])
    world.accept(db, number, referral)
    assert sheet(world, db, "provider", referral).open


def test_an_assessor_finds_need_technology_rights_and_the_claim_as_rows(world: World, db: Connection) -> None:
    number, referral = to_accepted(world, db)
    enrich(world, db, number)
    read = sheet(world, db, "provider", referral)
    assert (read.case, read.service, read.question) == (number, "assessment", "Does it reach 180 degrees?")
    assert read.need is not None
    assert read.site is not None
    assert [(one.name, one.value, one.unit, one.confirmed) for one in read.need.figures] == [
        ("target", "180 degC", None, True),
        ("readiness", "7–9", None, False),
    ]
    assert (read.need.problem, read.site.district) == ("Coal", "Haidian")
    assert read.technology is not None
    assert (read.technology.description, read.technology.deployed_in) == ("A heat pump", ["DE"])
    (right,) = read.rights
    assert (right.number, right.confirmed, right.burdens) == ("CN 1234567 B", True, [])
    (claim,) = read.claim
    assert (claim.label, claim.value) == ("What the technology claims to do", FOR_THE_SHEET["assessment"]["claim"])
    # What it does not need for its work.
    assert (read.budget, read.amounts, read.effect, read.dispute) == ([], [], [], [])


def test_a_right_whose_record_has_expired_is_told_as_such(world: World, db: Connection) -> None:
    number, referral = to_accepted(world, db)
    enrich(world, db, number)
    assert [right.expired for right in sheet(world, db, "provider", referral).rights] == [False]
    officer = world.actor(db, "officer")
    expire_right(db, officer, world.rights[0], reason="Nobody renews it.", request=new_request())
    for who in ("provider", "officer"):
        assert [(right.number, right.expired) for right in sheet(world, db, who, referral).rights] == [
            ("CN 1234567 B", True)
        ]
    bring_right_back(db, officer, world.rights[0], reason="A slip.", request=new_request())
    assert [right.expired for right in sheet(world, db, "provider", referral).rights] == [False]


def test_the_figures_of_the_need_are_rows_within_the_consent_for_the_need(world: World, db: Connection) -> None:
    number, referral, bank = to_both(world, db)
    world.accept(db, number, referral)
    enrich(world, db, number)
    rows = [
        {"parameter": "Steam temperature", "unit": "degC", "now": "150", "comparison": "at_least", "target": "180"},
        {"parameter": "Chimneys", "now": "12", "condition": "in winter"},
    ]
    db.execute(
        text(
            "UPDATE needs SET figures = CAST(:rows AS jsonb) WHERE id = (SELECT need_id FROM cases WHERE number = :n)"
        ),
        {"rows": json.dumps(rows), "n": number},
    )
    read = sheet(world, db, "provider", referral)
    assert read.need is not None
    empty = dict.fromkeys(("unit", "now", "comparison", "target", "condition"))
    assert [asdict(one) for one in read.need.targets] == [{**empty, **row, "confirmed": False} for row in rows]
    # A bank reads nothing of the need, and with the consent the rows are gone.
    fire_accept(world, db, number, bank)
    assert "Chimneys" not in str(asdict(sheet(world, db, "foreign_provider", bank)))
    db.execute(text("UPDATE consents SET sheet = false WHERE party = 'need_owner'"))
    assert "Chimneys" not in str(asdict(sheet(world, db, "provider", referral)))


def test_a_bank_finds_number_owner_and_amount(world: World, db: Connection) -> None:
    number, _, bank = to_both(world, db)
    enrich(world, db, number)
    db.execute(
        text("INSERT INTO right_owners VALUES (CAST(:r AS uuid), CAST(:o AS uuid), 60)"),
        {"r": world.rights[0], "o": world.organisations["technology_owner"]},
    )
    fire_accept(world, db, number, bank)
    read = sheet(world, db, "foreign_provider", bank)
    assert {answer.name: answer.value for answer in read.amounts} == FOR_THE_SHEET["pledge"]
    (right,) = read.rights
    assert right.number == "CN 1234567 B"
    assert [(owner.share, bool(owner.name)) for owner in right.owners] == [("60", True)]
    assert [(one.value, one.unit) for one in read.budget] == [("6000000", "CNY")]
    assert (read.need, read.site, read.claim) == (None, None, [])
    with pytest.raises(NotFound):
        sheet(world, db, "provider", bank)


def test_words_of_the_lists_are_called_what_the_programme_calls_them(world: World, db: Connection) -> None:
    number, referral = to_accepted(world, db)
    enrich(world, db, number)
    written = (
        ("sectors", "steel", "Iron and steel", "钢铁"),
        ("districts", "binhai", "Binhai", "滨海新区"),
        ("wanted_forms", "lease", "Lease", "租赁"),
        ("benefits", "Water", "Water kept clean", "水质"),
    )
    for name, code, label, label_zh in written:
        fields: JsonObject = {"code": code, "label": label, "label_zh": label_zh}
        actor, programme = world.actor(db, "administrator"), world.programmes["BJ"]
        set_entry(db, actor, programme, name, fields=fields, reason="So we say.", request=new_request())
    db.execute(text("UPDATE needs SET sector = 'steel', district = 'binhai', wanted_form = 'lease'"))
    db.execute(text("UPDATE technologies SET benefits = '{Water,Energy,Beauty}'"))
    read = sheet(world, db, "provider", referral)
    called = {field: {word: names.name_zh for word, names in of.items()} for field, of in read.called.items()}
    assert called == {
        "sector": {"steel": "钢铁"},
        "district": {"binhai": "滨海新区"},
        "wanted_form": {"lease": "租赁"},
        "benefits": {"Water": "水质", "Energy": "能源"},
    }


def fire_accept(world: World, db: Connection, number: str, referral: str) -> None:
    data: dict[str, Any] = {
        "interest": False,
        "confidentiality": True,
        "service": "pledge",
        "person": world.people["foreign_provider"],
        "planned_on": "2030-01-04",
    }
    world.fire(db, "foreign_provider", number, "accept", data, track=referral)


def test_a_withdrawn_consent_takes_its_parts_at_once(world: World, db: Connection) -> None:
    number, referral = to_accepted(world, db)
    case = load(db, home_of(db, number), "case")
    of = {consent.party: consent.id for consent in case.consents.values()}
    actor = world.actor(db, "officer")
    withdraw_consent(
        db,
        actor,
        number,
        of["need_owner"],
        reason="They changed their mind.",
        revision=case.revision,
        request=new_request(),
    )
    read = sheet(world, db, "provider", referral)
    assert (read.need, read.site, read.withheld) == (None, None, [])
    assert read.technology is not None
    assert "Steam without coal" not in str(asdict(read) | {"title": None})
    told = {one.part: one.parties for one in sheet(world, db, "officer", referral).withheld}
    assert told["need"] == told["site"] == ["need_owner"]


def test_with_the_referral_it_ends(world: World, db: Connection) -> None:
    number, referral = to_accepted(world, db)
    data = {"reason": "not_needed", "fees_settled": True}
    world.fire(db, "officer", number, "cancel", data, track=referral)
    with pytest.raises(NotFound):
        sheet(world, db, "provider", referral)
    assert not sheet(world, db, "officer", referral).open


def test_of_what_lies_on_a_right_a_provider_reads_no_case_and_no_licensee(world: World, db: Connection) -> None:
    number, referral = to_accepted(world, db)
    enrich(world, db, number)
    bank = world.organisations["bank"]
    burdens = [
        {"id": "p", "kind": "pledge", "case": "elsewhere", "holder": bank, "from": "2026-01-05", "to": None},
        {
            "id": "l",
            "kind": "licence",
            "case": "elsewhere",
            "holder": bank,
            "licence": "sole",
            "from": "2026-02-05",
            "to": None,
        },
        {"id": "t", "kind": "transfer", "case": "elsewhere", "holder": bank, "from": "2026-01-05", "to": "2026-02-01"},
    ]
    db.execute(
        text("UPDATE rights SET encumbrances = CAST(:all AS jsonb) WHERE id = CAST(:id AS uuid)"),
        {"all": json.dumps(burdens), "id": world.rights[0]},
    )
    (right,) = sheet(world, db, "provider", referral).rights
    assert [(one.kind, one.licence, one.holder) for one in right.burdens] == [
        ("pledge", None, "Chaoyang Green Bank"),
        ("licence", "sole", None),
    ]
    assert "elsewhere" not in str(right)


def test_of_a_pledge_of_another_providers_track_neither_lender_nor_amount_is_told(world: World, db: Connection) -> None:
    number, lab, bank = to_both(world, db)
    world.accept(db, number, lab)
    enrich(world, db, number)
    case = load(db, home_of(db, number), "case")
    lender = world.organisations["bank"]
    pledge = {"kind": "pledge", "holder": lender, "amount": {"amount": "5.00", "currency": "CNY"}, "from": "2026-01-05"}
    burdens = [
        {**pledge, "id": "a", "case": case.log, "track": bank, "to": None},
        {**pledge, "id": "b", "case": case.log, "track": lab, "to": None},
        {**pledge, "id": "c", "case": None, "to": None},
        {**pledge, "id": "d", "case": "elsewhere", "track": "there", "to": None},
    ]
    db.execute(
        text("UPDATE rights SET encumbrances = CAST(:all AS jsonb) WHERE id = CAST(:id AS uuid)"),
        {"all": json.dumps(burdens), "id": world.rights[0]},
    )
    (right,) = sheet(world, db, "provider", lab).rights
    assert [(one.since, one.holder, one.amount is not None) for one in right.burdens] == [
        ("2026-01-05", None, False),
        ("2026-01-05", "Chaoyang Green Bank", True),
        ("2026-01-05", "Chaoyang Green Bank", True),
        ("2026-01-05", "Chaoyang Green Bank", False),
    ]


def test_that_a_provider_read_it_is_kept_as_of_a_document(world: World, db: Connection) -> None:
    number, referral = to_accepted(world, db)
    sheet(world, db, "officer", referral)
    sheet(world, db, "provider", referral)
    read = list_readings(db, world.actor(db, "auditor"), number=number).items
    assert [(one.name, one.address) for one in read] == [("Provider", f"/referrals/{referral}/sheet")]


def test_an_officer_is_shown_what_would_be_sent_before_it_is(world: World, db: Connection) -> None:
    number, draft = to_request(world, db)
    actor = world.actor(db, "officer")
    case, track = find_referral(db, actor, draft)
    claim = [{"parameter": "NOx", "value": "28", "unit": "mg/m3"}]
    preview = sheet_of(
        db, actor, case, track, office=True, provider=world.organisations["lab"], request={"claim": claim}
    )
    assert [answer.value for answer in preview.claim] == [claim]
    assert (preview.open, preview.withheld) == (False, [])
    assert preview.technology is not None
    with pytest.raises(NotFound):
        sheet(world, db, "provider", draft)


def test_a_referral_without_a_file_rests_when_the_consent_to_its_sheet_is_withdrawn(
    world: World, db: Connection
) -> None:
    number, referral = to_accepted(world, db)
    case = load(db, home_of(db, number), "case")
    consent = next(one.id for one in case.consents.values() if one.party == "technology_owner")
    withdraw_consent(
        db, world.actor(db, "officer"), number, consent, reason="", revision=case.revision, request=new_request()
    )
    after = load(db, home_of(db, number), "case")
    assert after.tracks[referral].states == ("suspended",)
    assert [task.name for task in after.open_tasks() if task.about == consent] == ["consent_lost"]


def test_what_a_party_keeps_from_abroad_no_provider_there_reads_or_learns_of(world: World, db: Connection) -> None:
    db.execute(text("UPDATE organisations SET country = 'DE' WHERE id = :id"), {"id": world.organisations["lab"]})
    number, referral = to_request(world, db)
    world.send(db, number, referral, "assessment")
    world.accept(db, number, referral)
    enrich(world, db, number)
    read, kept = sheet(world, db, "provider", referral), sheet(world, db, "officer", referral)
    assert (read.need, read.technology, read.rights, read.claim, read.withheld) == (None, None, [], [], [])
    assert {one.part for one in kept.withheld} >= {"need", "technology", "rights", "claim"}
    told = str(list_referral_events(db, world.actor(db, "provider"), referral))
    assert "abroad" not in told
    assert "not_to" not in told
    case = load(db, home_of(db, number), "case")
    assert {consent.not_to for consent in case.consents.values()} == {(world.organisations["lab"],)}
    # A new consent that says so lets it through, of the one party what is its own.
    officer, log = world.actor(db, "officer"), home_of(db, number)
    add_task(db, officer, log, "case", case.main.id, task="renew_consent", about=None, request=new_request())
    said = {
        "agreed": True,
        "person": "The director",
        "given_on": today().isoformat(),
        "channel": "meeting",
        "sheet": True,
    }
    renewed = said | {"party": "technology_owner", "abroad": True}
    complete(world, db, "officer", number, "renew_consent", data=renewed)
    again = sheet(world, db, "provider", referral)
    assert again.technology is not None
    assert again.need is None
    assert not_allowed(verify_case(db, log)) == []


def test_where_a_party_is_abroad_it_is_asked_so(world: World, db: Connection) -> None:
    db.execute(
        text("UPDATE organisations SET country = 'DE' WHERE id = :id"), {"id": world.organisations["technology_owner"]}
    )
    number = world.new_case(db)
    world.fire(db, "officer", number, "take")
    checked = {"need_complete": True, "technology_complete": True, "duplicate_checked": True, "rationale_fits": True}
    complete(world, db, "officer", number, "triage_check", data=checked | {"interest": "none"})
    world.fire(db, "officer", number, "pass_triage")
    case = load(db, home_of(db, number), "case")
    asked = [one for one in case.open_tasks() if one.name == "record_consent"]
    edition = load_library()[case.main.edition]
    assert [one.about for one in asked] == ["need_owner", "technology_owner"]
    assert {edition.tasks[one.rule].form for one in asked} == {"ConsentAbroad"}
