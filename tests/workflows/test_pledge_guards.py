"""Truth tables of what must be so before rights are pledged, and before a pledge ends."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from casework.engine.definition.publisher import publish
from casework.engine.definition.registry import Effect, Guard
from casework.engine.execution.guard_refusals import refused_by
from casework.engine.execution.withheld import as_told
from casework.engine.parts import ACCEPTS
from casework.engine.roles import Role
from casework.engine.state.case_documents import Consent
from tests.workflows.test_service_guards import (
    ENDED_PLEDGE,
    PLEDGE,
    REGISTERED,
    RIGHT,
    TODAY,
    YESTERDAY,
    facts,
    licence,
    named,
    right,
)
from workflows import pledge_guards as guards
from workflows import service_effects as effects
from workflows.pledge import Pledge
from workflows.referral import Referral

REFERRAL, PLEDGES = publish(Referral), publish(Pledge)
FORM_TABLE: list[tuple[Guard, dict[str, Any], bool]] = [
    (guards.shares_make_a_hundred, {"bank_share": "100"}, True),
    (guards.shares_make_a_hundred, {"bank_share": "20", "pool_share": "50", "insurer_share": "30"}, True),
    (guards.shares_make_a_hundred, {"bank_share": "33.3", "pool_share": "33.3", "guarantor_share": "33.3"}, False),
    (guards.shares_make_a_hundred, {"bank_share": "60", "pool_share": "50"}, False),
]


@pytest.mark.parametrize(("guard", "data", "holds"), FORM_TABLE)
def test_what_a_form_says_decides(guard: Guard, data: dict[str, Any], holds: bool) -> None:
    assert guard.holds(facts(data)) is holds


WAYS = {
    "repaid": guards.way_in_was_repayment, "disposed": guards.way_in_was_disposal,
    "no_value": guards.way_in_was_no_value, "not_paid": guards.way_in_was_not_paid,
    "withdraw": guards.way_in_was_withdrawal,
}  # fmt: skip


@pytest.mark.parametrize("way", WAYS)
def test_a_pledge_clears_only_as_what_led_there(way: str) -> None:
    assert [name for name, guard in WAYS.items() if guard.holds(facts(fired={way: {}}))] == [way]


def test_the_last_way_into_deregistration_counts() -> None:
    assert [n for n, guard in WAYS.items() if guard.holds(facts(fired={"not_paid": {}, "repaid": {}}))] == ["repaid"]


def test_no_pledge_clears_before_something_led_there() -> None:
    assert not any(guard.holds(facts()) for guard in WAYS.values())


@pytest.mark.parametrize(("until", "holds"), [(None, False), (TODAY, False), (YESTERDAY, True)])
def test_a_seizure_stands_until_its_last_day_has_passed(until: str | None, holds: bool) -> None:
    seizure = {"kind": "seizure", "case": None, "from": YESTERDAY, "until": until, "to": None}
    assert guards.rights_are_not_seized.holds(facts(named(), rights=right(encumbrances=[seizure]))) is holds


@pytest.mark.parametrize(
    ("known", "confirmed", "free"),
    [
        (right(), True, True),
        (right(confirmed=False), False, True),
        (right(encumbrances=[PLEDGE]), True, False),
        (right(encumbrances=[ENDED_PLEDGE]), True, True),
        (right(encumbrances=[ENDED_PLEDGE, REGISTERED]), True, False),
    ],
)
def test_registration_looks_at_the_rights_of_the_application(
    known: dict[str, Any], confirmed: bool, free: bool
) -> None:
    now = facts(fired={"apply": named()}, rights=known)
    assert guards.applied_rights_are_confirmed.holds(now) is confirmed
    assert guards.applied_rights_are_not_pledged.holds(now) is free


@pytest.mark.parametrize(
    ("lying", "holds"),
    [
        ([], True),
        # None of the twelve points of the register: the lender decides.
        (licence(licence="exclusive"), True),
        ([PLEDGE], True),
        ([{"kind": "transfer", "case": "other-case", "from": YESTERDAY, "to": None}], False),
        ([{"kind": "assignment", "case": "other-case", "from": YESTERDAY, "to": None}], False),
        ([{"kind": "assignment", "case": "other-case", "from": YESTERDAY, "to": YESTERDAY}], True),
    ],
)
def test_what_is_given_away_is_no_security(lying: list[dict[str, Any]], holds: bool) -> None:
    assert guards.rights_are_not_given_away.holds(facts(named(), rights=right(encumbrances=lying))) is holds


@pytest.mark.parametrize(
    ("known", "lying", "asked"),
    [
        ({}, [], False),
        ({}, licence(licence="exclusive"), True),
        ({}, licence(licence="sole"), True),
        ({}, licence(licence="plain"), False),
        ({}, licence(licence="exclusive", to=YESTERDAY), False),
        # Its last day has passed, and nobody has recorded its end; it lasts to the end of its last day.
        ({}, licence(licence="exclusive", until=YESTERDAY), False),
        ({}, licence(licence="exclusive", until=TODAY), True),
        # Of a patent of this country a licence abroad takes nothing.
        ({"office": "CNIPA"}, licence(licence="exclusive", territories=["DE"]), False),
        ({"office": "CNIPA"}, licence(licence="exclusive", territories=["DE", "CN"]), True),
        ({"office": "CNIPA"}, licence(licence="exclusive", territories=[]), True),
        ({"office": "CNIPA"}, licence(licence="exclusive", territories=["WORLD"]), True),
        ({"office": "DPMA"}, licence(licence="exclusive", territories=["DE"]), True),
        ({"office": "EPO"}, licence(licence="exclusive", territories=["DE"]), True),
        ({"kind": "software", "office": "CNIPA"}, licence(licence="exclusive", territories=["DE"]), True),
        ({}, [{"kind": "transfer", "case": None, "from": YESTERDAY, "to": None}], False),
    ],
)
def test_of_a_licence_that_leaves_no_other_the_lender_decides(
    known: dict[str, Any], lying: list[dict[str, Any]], asked: bool
) -> None:
    rights = right(encumbrances=lying, **known)
    silent, accepted = (facts(said, rights=rights) for said in (named(), named(licensed=True)))
    assert guards.licence_is_asked.holds(silent) is asked
    assert guards.licences_are_accepted.holds(silent) is not asked
    assert guards.licences_are_accepted.holds(accepted)
    assert guards.licences_agree_with_the_record.holds(accepted) is asked
    assert guards.licences_agree_with_the_record.holds(silent)


@pytest.mark.parametrize("kind", ["exclusive", "sole"])
def test_the_refusal_names_the_licence_by_its_kind(kind: str) -> None:
    because = guards.licences_are_accepted.because
    assert because is not None
    lying = [*licence(licence=kind, **{"from": YESTERDAY}), *licence(licence=kind, to=YESTERDAY, **{"from": YESTERDAY})]
    [why] = because(facts(named(), rights=right(office="CNIPA", number="ZL1", encumbrances=lying)))
    assert str(why) == f"CNIPA ZL1: on record: {kind} licence since {YESTERDAY}."


@pytest.mark.parametrize(("owner", "holds"), [("buyer", True), ("seller", False)])
def test_what_was_transferred_to_its_present_owner_is_security(owner: str, holds: bool) -> None:
    transfer = {"kind": "transfer", "case": None, "holder": "buyer", "from": YESTERDAY, "to": None}
    owners = [{"organisation": owner, "share": None}]
    known = right(encumbrances=[transfer], owners=owners)
    assert guards.rights_are_not_given_away.holds(facts(named(), rights=known)) is holds


@pytest.mark.parametrize(
    ("said", "ends", "holds"),
    [
        ({"term_months": "12"}, "2027-03-16", True),
        ({"term_months": "600000"}, "2027-03-16", False),
        ({"term_months": "12"}, "2027-03-15", False),
        ({"term_months": "10"}, "2027-01-16", True),
        ({"final_due_on": "2028-01-01"}, "2027-12-31", False),
        ({"until_on": "2028-01-01"}, "2028-01-01", True),
        ({"until_on": "2028-01-02"}, "2028-01-01", False),
        # How long it lasts nobody knows, and nothing tells it.
        ({"term_months": "12"}, None, False),
        ({"until_on": "2026-03-17"}, None, False),
        ({}, None, True),
        ({}, "2020-01-01", True),
    ],
)
def test_a_debt_ends_before_its_security(said: dict[str, Any], ends: str | None, holds: bool) -> None:
    known = right(expires_on=ends)
    assert guards.rights_outlive_the_debt.holds(facts(named(**said), rights=known)) is holds
    # Later forms do not name the rights again.
    assert guards.rights_outlive_the_debt.holds(facts(said, fired={"apply": named()}, rights=known)) is holds


@pytest.mark.parametrize(
    ("known", "until", "holds"),
    [
        ({"filed_on": "2010-05-01", "office": "CNIPA"}, "2030-04-30", True),
        ({"filed_on": "2010-05-01", "office": "CNIPA"}, "2030-05-01", False),
        ({"filed_on": "2010-05-01", "office": "EPO"}, "2030-04-30", True),
        # What is on record counts.
        ({"filed_on": "2010-05-01", "office": "CNIPA", "expires_on": "2029-01-01"}, "2030-04-30", False),
        ({"kind": "utility_model", "filed_on": "2020-05-01", "office": "CNIPA"}, "2030-04-30", True),
        ({"kind": "utility_model", "filed_on": "2020-05-01", "office": "CNIPA"}, "2030-05-01", False),
        ({"kind": "utility_model", "filed_on": "2020-05-01", "office": "DPMA"}, "2026-04-01", False),
        ({"kind": "software", "filed_on": "2020-05-01", "office": "CNIPA"}, "2026-04-01", False),
    ],
)
def test_where_no_last_day_is_on_record_the_filing_tells_how_long_a_right_lasts(
    known: dict[str, Any], until: str, holds: bool
) -> None:
    now = facts(named(until_on=until), rights=right(**known))
    assert guards.rights_outlive_the_debt.holds(now) is holds
    assert guards.rights_outlive_the_debt.because is not None
    assert bool(guards.rights_outlive_the_debt.because(now)) is not holds


def test_a_refusal_says_how_far_a_right_is_known_to_last() -> None:
    because = guards.rights_outlive_the_debt.because
    assert because is not None
    for known, words in (
        ({"expires_on": "2029-01-01"}, "last day: 2029-01-01"),
        ({"filed_on": "2010-05-01"}, "no last day is on record; by its filing it lasts until 2030-04-30"),
        ({}, "no last day is on record"),
    ):
        told = right(office="CNIPA", number="ZL1", **known)
        assert [str(why) for why in because(facts(named(until_on="2040-01-01"), rights=told))] == [
            f"CNIPA ZL1: {words}."
        ]


def owned(*owners: str) -> dict[str, Any]:
    return right(owners=[{"organisation": one, "share": None} for one in owners])


@pytest.mark.parametrize(
    ("known", "pledgor", "seen", "holds"),
    [
        (owned("buyer"), "need_owner", None, True),
        (owned("maker"), "need_owner", None, False),
        (owned("maker", "buyer"), "need_owner", None, True),
        (owned("maker"), "technology_owner", None, True),
        # The record knows better than whoever looked.
        (owned("maker"), "need_owner", True, False),
        (right(), "need_owner", True, True),
        (right(), "need_owner", None, False),
        (right(), "need_owner", False, False),
        (owned("parent"), "other", None, True),
        (owned("buyer"), "other", None, False),
        (right(), "other", True, False),
    ],
)
def test_the_pledgor_owns_what_is_pledged(known: dict[str, Any], pledgor: str, seen: bool | None, holds: bool) -> None:
    said = named(pledgor=pledgor, owner_seen=seen)
    assert guards.pledgor_owns_each_right.holds(facts(said, rights=known)) is holds
    # The application names the rights again, the registration does not: who pledges them was said before.
    assert guards.pledgor_owns_each_right.holds(facts(named(), fired={"eligible": said}, rights=known)) is holds
    applied = facts({}, fired={"eligible": said, "apply": named()}, rights=known)
    assert guards.pledgor_owns_each_right.holds(applied) is holds


def test_a_right_that_nobody_looked_up_is_nobodys() -> None:
    """Of a right that the application adds nobody has said what the register says."""
    said = named(pledgor="need_owner", owner_seen=True)
    added = facts({"rights": [RIGHT, "another"]}, fired={"eligible": said}, rights=right() | {"another": {}})
    assert not guards.pledgor_owns_each_right.holds(added)


# --- effects ---------------------------------------------------------------------------------------------------------


def test_a_registered_pledge_stands_on_the_rights_of_the_application() -> None:
    secured = {"amount": "2400000.00", "currency": "CNY"}
    said = {"apply": named(lender="a bank"), "bank_approved": {"amount": secured}}
    now = facts({"registered_on": TODAY}, fired=said)
    here = {"from": TODAY, "track": now.track.id}
    assert effects.pledge_stands.follows(now) == {
        "rights": [
            change
            for kind in ("pledge", "pledge_registration")
            for change in (
                {"right": RIGHT, "add": {"kind": kind, "holder": "a bank", "amount": secured} | here},
                {"right": RIGHT, "inscribe": {"kind": kind, "on": TODAY, "number_in": "number"} | here},
            )
        ]
    }


SECURED = {"amount": "1800000.00", "currency": "CNY"}


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ({"what": ["amount"], "amount": SECURED}, {"amount": SECURED}),
        ({"what": ["term"], "until_on": "2031-05-01"}, {"until": "2031-05-01"}),
        (
            {"what": ["amount", "term"], "amount": SECURED, "until_on": "2031-05-01"},
            {"amount": SECURED, "until": "2031-05-01"},
        ),
        ({"what": ["pledgor"]}, {}),
    ],
)
def test_a_changed_registration_says_so_on_the_rights(said: dict[str, Any], written: dict[str, Any]) -> None:
    now = facts({"changed_on": TODAY, **said}, fired={"apply": named(), "registered": {"registered_on": YESTERDAY}})
    assert guards.changed_amount_is_said.holds(now)
    assert guards.changed_term_is_said.holds(now)
    here = {"from": YESTERDAY, "track": now.track.id, "on": TODAY}
    assert effects.registration_is_changed.follows(now) == {
        "rights": [
            {"right": RIGHT, "change": {"kind": kind} | here | written} for kind in ("pledge", "pledge_registration")
        ]
    }


@pytest.mark.parametrize(
    ("guard", "said"),
    [
        (guards.changed_amount_is_said, {"what": ["amount"]}),
        (guards.changed_amount_is_said, {"what": ["term"], "amount": SECURED}),
        (guards.changed_term_is_said, {"what": ["term"]}),
        (guards.changed_term_is_said, {"what": ["other"], "until_on": "2031-05-01"}),
    ],
)
def test_what_is_changed_is_said_and_nothing_else(guard: Guard, said: dict[str, Any]) -> None:
    assert not guard.holds(facts(said))


@pytest.mark.parametrize(("on", "holds"), [(None, True), (YESTERDAY, False), (TODAY, True)])
def test_a_registration_is_changed_once_it_is_made(on: str | None, holds: bool) -> None:
    now = facts({"changed_on": on}, fired={"registered": {"registered_on": TODAY}})
    assert guards.change_follows_the_registration.holds(now) is holds


def test_a_checked_fee_is_recorded_of_the_rights_named_that_have_fees() -> None:
    known = right(kind="invention") | {"copyright": {"kind": "software"}}
    now = facts({"rights": [RIGHT, "copyright"], "paid_to": "2027-03-01"}, rights=known)
    assert effects.fee_is_recorded.follows(now) == {"rights": [{"right": RIGHT, "fee": {"paid_to": "2027-03-01"}}]}
    assert effects.fee_is_recorded.follows(facts({"rights": ["copyright"], "paid_to": TODAY}, rights=known)) == {}


def test_a_fee_is_checked_of_pledged_rights() -> None:
    applied = {"apply": {"rights": [RIGHT]}}
    assert guards.named_rights_are_pledged.holds(facts({"rights": [RIGHT]}, fired=applied))
    assert not guards.named_rights_are_pledged.holds(facts({"rights": [RIGHT, "other"]}, fired=applied))
    # What it was merged into is the same right.
    merged = {RIGHT: {"record": "kept"}, "kept": {"record": "kept"}}
    assert guards.named_rights_are_pledged.holds(facts({"rights": ["kept"]}, fired=applied, rights=merged))
    assert guards.named_rights_are_pledged.holds(
        facts({"rights": [RIGHT]}, fired={"apply": {"rights": ["kept"]}}, rights=merged)
    )


@pytest.mark.parametrize(
    ("effect", "kinds"),
    [
        (effects.pledge_ends_with_its_debt, ["pledge"]),
        (effects.registration_is_cancelled, ["pledge", "pledge_registration"]),
    ],
)
def test_a_pledge_ends_with_its_debt_and_its_registration_after(effect: Effect, kinds: list[str]) -> None:
    now = facts(fired={"apply": named(), "registered": {"registered_on": YESTERDAY}})
    here = {"from": YESTERDAY, "track": now.track.id}
    assert effect.follows(now) == {"rights": [{"right": RIGHT, "end": {"kind": kind} | here} for kind in kinds]}


def test_an_extended_debt_is_followed_until_its_new_day() -> None:
    assert effects.debt_is_extended.follows(facts({"until_on": TODAY})) == {"extend": TODAY}


ONE, TWO = [{"organisation": "maker"}], [{"organisation": "maker"}, {"organisation": "parent"}]
ASKED = [{"kind": "invalidation", "case": None, "from": YESTERDAY, "to": None}]
ANSWERS: list[tuple[Guard, dict[str, Any], dict[str, Any], bool]] = [
    (guards.co_owners_have_agreed, right(owners=ONE), {}, True),
    (guards.co_owners_have_agreed, right(owners=TWO), {}, False),
    (guards.co_owners_have_agreed, right(owners=TWO), {"co_owners": True}, True),
    (guards.co_owners_have_agreed, right(), {}, False),
    (guards.co_owners_have_agreed, right(), {"co_owners": True}, True),
    (guards.twin_is_answered, right(), {}, False),
    (guards.twin_is_answered, right(), {"twin": "none"}, True),
    (guards.twin_is_answered, right(kind="design"), {}, True),
    (guards.twin_agrees_with_the_record, right(twin="CN1"), {"twin": "none"}, False),
    (guards.twin_agrees_with_the_record, right(twin="CN1"), {"twin": "accepted"}, True),
    (guards.twin_agrees_with_the_record, right(), {"twin": "none"}, True),
    (guards.requests_for_invalidation_are_accepted, right(encumbrances=ASKED), {}, False),
    (guards.requests_for_invalidation_are_accepted, right(encumbrances=ASKED), {"invalidation": True}, True),
    (guards.requests_for_invalidation_are_accepted, right(), {}, True),
    (guards.invalidation_agrees_with_the_record, right(), {"invalidation": True}, False),
    (guards.invalidation_agrees_with_the_record, right(encumbrances=ASKED), {"invalidation": True}, True),
    (guards.invalidation_agrees_with_the_record, right(), {}, True),
    (guards.points_agree_with_the_record, right(), {"points": ["fee"]}, False),
    (guards.points_agree_with_the_record, right(fee_paid_to=YESTERDAY), {"points": ["fee"]}, True),
    (guards.points_agree_with_the_record, right(), {"points": ["pledged"]}, False),
    (guards.points_agree_with_the_record, right(encumbrances=[PLEDGE]), {"points": ["pledged"]}, True),
    (guards.points_agree_with_the_record, right(), {"points": ["ended"]}, False),
    (guards.points_agree_with_the_record, right(), {"points": ["not_granted"]}, False),
    (guards.points_agree_with_the_record, right(kind="application"), {"points": ["not_granted"]}, True),
    # What no record tells is a person's word.
    (guards.points_agree_with_the_record, right(), {"points": ["dispute", "contract", "other"]}, True),
]


@pytest.mark.parametrize(("guard", "known", "said", "holds"), ANSWERS)
def test_answers_and_the_record_agree(guard: Guard, known: dict[str, Any], said: dict[str, Any], holds: bool) -> None:
    assert guard.holds(facts(named(**said), rights=known)) is holds


@pytest.mark.parametrize(
    ("willing", "holds"),
    [
        # Whose no party's is takes both.
        (("need_owner", "technology_owner"), False),
        (("technology_owner",), True),
        ((), True),
    ],
)
def test_a_refusal_tells_of_no_right_that_the_case_sheet_keeps_back(willing: tuple[str, ...], holds: bool) -> None:
    at_hand = facts({"points": ["fee"]}, rights=right())
    consents = {party: Consent(party, party, None, None, "2026-03-01", None, sheet=True) for party in willing}
    asking = replace(
        at_hand.track,
        id="asked",
        workflow="referral",
        edition="referral",
        kind="pledge",
        provider="bank",
        played={ACCEPTS: "accept"},
    )
    below = replace(at_hand.track, parent="asked")
    case = replace(at_hand.case, tracks={"asked": asking, below.id: below}, consents=consents)
    at_hand = as_told(replace(at_hand, case=case, track=below), {"referral": REFERRAL}, Role.PROVIDER)
    said = refused_by(PLEDGES, ["points_agree_with_the_record"], (), at_hand).reasons
    assert (said == []) is holds


@pytest.mark.parametrize(
    ("guard", "known", "said", "named_so"),
    [
        (guards.twin_agrees_with_the_record, right(twin="CN1"), {"twin": "none"}, "twin on record: CN1"),
        (guards.points_agree_with_the_record, right(), {"points": ["fee"]}, "The annual fee is unpaid: the record"),
        (guards.co_owners_have_agreed, right(owners=TWO), {}, "owners on record: 2"),
        (guards.pledgor_owns_each_right, owned("parent"), {"pledgor": "need_owner"}, "somebody beside the parties"),
    ],
)
def test_a_contradiction_is_named(guard: Guard, known: dict[str, Any], said: dict[str, Any], named_so: str) -> None:
    assert guard.because is not None
    [why] = guard.because(facts(named(**said), rights=known))
    assert named_so in str(why)


@pytest.mark.parametrize(("way", "valued"), [("valued", True), ("no_valuation", False)])
def test_a_right_is_valued_again_only_where_it_was_valued(way: str, valued: bool) -> None:
    assert guards.rights_were_valued.holds(facts(fired={way: {}})) is valued


@pytest.mark.parametrize(
    ("kind", "due"),
    [
        ("invention", True),
        ("utility_model", True),
        ("design", True),
        ("software", False),
        ("know_how", False),
        (None, False),
    ],
)
def test_fees_are_checked_only_of_what_has_some(kind: str | None, due: bool) -> None:
    asked = {"apply": {"rights": [RIGHT]}}
    assert guards.fees_are_due_for_a_right.holds(facts(fired=asked, rights=right(kind=kind))) is due
    assert not guards.fees_are_due_for_a_right.holds(facts(fired=asked, rights={}))
