"""Truth tables of what a right's record lets an agreement give of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.engine.case_objects.right_kinds import KINDS, has_ended, stands
from casework.engine.definition.guard_facts import Facts
from casework.engine.state.case import Track
from tests.workflows.case_facts import BOSS, BUYER, NOW, SELLER, agreed, done, facts, fired, right, track
from workflows import right_guards

TODAY = NOW.date()
ISSUED = {"issued_on": "2026-04-15"}
TERMS: dict[str, Any] = {"kind": "patent_licence", "licence": "plain", "territories": ["CN"], "rights": ["right-1"]}


def about(right: Mapping[str, Any], **terms: Any) -> Facts:
    record = {"kind": "invention", "office": "CN", "number": "1", "status": "in_force", **right}
    return facts(outside={"rights": {"right-1": record}}, data=TERMS | terms)


@pytest.mark.parametrize(
    ("right", "words"),
    [
        ({}, None),
        ({"status": "lapsed"}, "CN 1 is on record as lapsed."),
        ({"status": "invalid", "expires_on": "2040-01-01"}, "CN 1 is on record as declared invalid."),
        ({"expires_on": TODAY.isoformat()}, None),
        ({"expires_on": (TODAY - timedelta(days=1)).isoformat()}, f"CN 1 ended on {TODAY - timedelta(days=1)}."),
        ({"kind": "application", "status": "pending"}, None),
        ({"kind": "application", "status": "refused"}, "CN 1 is on record as refused."),
        ({"kind": "know_how", "status": None}, None),
        ({"kind": "know_how", "status": "disclosed"}, "CN 1 is on record as disclosed."),
    ],
)
def test_nothing_is_given_of_what_has_ended(right: dict[str, Any], words: str | None) -> None:
    guard = right_guards.rights_of_terms_have_not_ended
    now = about(right)
    assert guard.because is not None
    assert guard.holds(now) is (words is None)
    assert [str(why) for why in guard.because(now)] == ([] if words is None else [words])
    assert guard.holds(facts(outside={"rights": {}}, data={"kind": "purchase"}))
    assert guard.holds(about(right, kind="assignment")) is (words is None)


SECRECY = {"secrecy_kept": True}


@pytest.mark.parametrize(
    ("kinds", "said", "looked_up", "told"),
    [
        (["invention"], {}, False, True),
        (["invention"], {"encumbrances_checked": True}, True, True),
        (["know_how"], {}, True, False),
        (["know_how"], {"encumbrances_checked": True}, True, False),
        (["trade_secret"], SECRECY, True, True),
        (["know_how"], {"secrecy_kept": False}, True, False),
        (["know_how", "invention"], SECRECY, False, True),
        (["know_how", "invention"], SECRECY | {"encumbrances_checked": True}, True, True),
    ],
)
def test_each_kind_of_right_is_asked_its_own(
    kinds: list[str], said: dict[str, Any], looked_up: bool, told: bool
) -> None:
    records = {f"right-{n}": {"kind": kind} for n, kind in enumerate(kinds)}
    now = facts(outside={"rights": records}, data={"rights": list(records)} | said)
    assert right_guards.register_was_looked_up.holds(now) is looked_up
    assert right_guards.secrecy_is_told.holds(now) is told
    secret = {kind in ("know_how", "trade_secret") for kind in kinds}
    assert (right_guards.register_is_asked.holds(now), right_guards.secrecy_is_asked.holds(now)) == (
        False in secret,
        True in secret,
    )


@given(st.dates(date(2026, 1, 1), date(2046, 1, 1)), st.dates(date(2026, 1, 1), date(2046, 1, 1)))
def test_a_licence_ends_with_its_right_or_before_it(right: date, licence: date) -> None:
    guard = right_guards.licence_ends_with_its_rights
    now = about({"expires_on": right.isoformat()}, expires_on=licence.isoformat())
    assert guard.holds(now) is (licence <= right)
    assert guard.because is not None
    assert [str(why) for why in guard.because(now)] == ([] if licence <= right else [f"CN 1 ends on {right}."])


def test_what_has_no_end_outlives_nothing() -> None:
    guard = right_guards.licence_ends_with_its_rights
    assert guard.holds(about({"expires_on": "2030-01-01"}))
    assert guard.holds(about({"kind": "know_how"}, kind="know_how_licence", expires_on="2040-01-01"))
    assert guard.holds(about({"kind": "application", "status": "pending"}, expires_on="2040-01-01"))
    assert guard.holds(about({"kind": "software"}, kind="know_how_licence", expires_on="2040-01-01"))
    assert guard.holds(about({"expires_on": "2030-01-01"}, kind="assignment", expires_on="2040-01-01"))


@pytest.mark.parametrize(
    ("right", "until", "words"),
    [
        ({}, "2027-01-01", "CN 1: no last day is on record."),
        ({"kind": "plant_variety", "filed_on": "2020-05-01"}, "2027-01-01", "CN 1: no last day is on record."),
        ({"filed_on": "2010-05-01"}, "2030-04-30", None),
        (
            {"filed_on": "2010-05-01"},
            "2030-05-01",
            "CN 1: no last day is on record; by its filing it lasts until 2030-04-30.",
        ),
        ({"filed_on": "2010-05-01", "expires_on": "2035-05-01"}, "2035-05-01", None),
    ],
)
def test_a_licence_outlives_no_right_whose_end_nobody_has_entered(
    right: dict[str, Any], until: str, words: str | None
) -> None:
    guard = right_guards.licence_ends_with_its_rights
    now = about(right, expires_on=until)
    assert guard.because is not None
    assert guard.holds(now) is (words is None)
    assert [str(why) for why in guard.because(now)] == ([] if words is None else [words])
    # A licence without an end ends with the right.
    assert guard.holds(about(right))


@given(
    st.sampled_from([*KINDS, "unheard of"]),
    st.sampled_from([None, *{status for kind in KINDS.values() for status in kind.statuses}]),
    st.none() | st.dates(date(2026, 1, 1), date(2027, 1, 1)),
)
def test_nothing_that_stands_has_ended(kind: str, status: str | None, ends: date | None) -> None:
    right = {"kind": kind, "status": status, "expires_on": ends and ends.isoformat()}
    today = TODAY.isoformat()
    assert not (stands(right, today) and has_ended(right, today))


# --- the check of the rights -----------------------------------------------------------------------------------------


def checked(*owners: str, **data: Any) -> Facts:
    record = {"kind": "invention", "owners": [{"organisation": one, "share": None} for one in owners]}
    return facts(outside={"rights": {"right-1": record}}, data={"rights": ["right-1"]} | data)


@pytest.mark.parametrize(
    ("now", "holds"),
    [
        (checked(SELLER), True),
        (checked("stranger", SELLER), True),
        (checked(BUYER), True),
        (checked("stranger"), False),
        # What the record says is not asked: nobody's answer stands against it.
        (checked("stranger", owner_seen=True), False),
        (checked(), False),
        (checked(owner_seen=False), False),
        (checked(owner_seen=True), True),
    ],
)
def test_whose_a_right_is_is_asked_only_where_the_record_names_nobody(now: Facts, holds: bool) -> None:
    assert right_guards.a_party_has_each_right.holds(now) is holds


def checking(age: int, state: str = "clear") -> Track:
    day = (TODAY - timedelta(days=age)).isoformat()
    return track("ip", state, fired={"confirm": fired(5, checked_on=day)})


@pytest.mark.parametrize(
    ("check", "holds"),
    [
        (checking(0), True),
        (checking(90), True),
        (checking(91), False),
        (checking(10, "checking"), False),
        (checking(10, "ended"), True),
        (checking(91, "ended"), False),
        (track("ip", "ended"), False),
        (track("ip", "checking"), False),
    ],
)
def test_before_the_signing_the_check_is_no_older_than_ninety_days(check: Track, holds: bool) -> None:
    guard = right_guards.check_of_rights_is_fresh
    assert guard.holds(facts(check, data=TERMS)) is holds
    # What gives nothing of a right rests on no check.
    assert guard.holds(facts(check, data={"kind": "purchase"}))
    waiver = (
        done("ask_waiver", 11, what="ip"),
        done("decide_waiver", 12, by=BOSS, what="ip", granted=True),
    )
    assert guard.holds(facts(check, tasks=waiver, data=TERMS))


def test_no_check_at_all_is_none() -> None:
    assert not right_guards.check_of_rights_is_fresh.holds(facts(data=TERMS))


# --- what the terms name ---------------------------------------------------------------------------------------------


def naming(
    *rights: str, check: Track | None = None, owners: Mapping[str, list[str]] | None = None, **terms: Any
) -> Facts:
    known = {right: {"owners": [{"organisation": one} for one in all]} for right, all in (owners or {}).items()}
    return facts(*([check] if check else []), outside={"rights": known}, data=TERMS | {"rights": list(rights)} | terms)


def clear(*rights: str, **said: Any) -> Track:
    return track("ip", "clear", fired={"confirm": fired(5, rights=list(rights), **said)})


@pytest.mark.parametrize(
    ("now", "holds"),
    [
        (naming("right-1", check=clear("right-1")), True),
        (naming("right-1", check=clear("right-1", "right-2")), True),
        (naming("right-2", check=clear("right-1")), False),
        (naming("right-1", "right-2", check=clear("right-1")), False),
        (naming("right-1"), False),
        # Without a name nothing was named that was not checked, and a purchase gives nothing.
        (naming(check=clear("right-1")), True),
        (naming("right-2", check=clear("right-1"), kind="purchase"), True),
    ],
)
def test_what_the_terms_name_was_checked(now: Facts, holds: bool) -> None:
    assert right_guards.rights_named_were_checked.holds(now) is holds


@given(
    st.lists(st.sampled_from(["gone", "kept", "other"]), min_size=1),
    st.lists(st.sampled_from(["gone", "kept", "other"])),
)
def test_a_merged_right_counts_as_the_one_in_its_place(named: list[str], checked: list[str]) -> None:
    one = {"gone": "kept", "kept": "kept", "other": "other"}
    now = naming(*named, check=clear(*checked))
    now = replace(now, outside={**now.outside, "rights": {right: {"record": record} for right, record in one.items()}})
    was = {one[right] for right in named} <= {one[right] for right in checked}
    assert right_guards.rights_named_were_checked.holds(now) is was


@pytest.mark.parametrize(
    ("now", "holds"),
    [
        (naming("right-1", owners={"right-1": [SELLER]}), True),
        (naming("right-1", owners={"right-1": ["stranger", SELLER]}), True),
        # The other party gives nothing, although it is a party of the case.
        (naming("right-1", owners={"right-1": [BUYER]}), False),
        (naming("right-1", "right-2", owners={"right-1": [SELLER], "right-2": [BUYER]}), False),
        (naming("right-1", owners={"right-1": [BUYER]}, check=clear("right-1", owner_seen=True)), False),
        (naming("right-1", owners={"right-1": []}, check=clear("right-1", owner_seen=True)), True),
        (naming("right-1", owners={"right-1": []}, check=clear("right-1")), False),
        (naming("right-1"), False),
        (naming("right-1", owners={"right-1": [BUYER]}, kind="purchase"), True),
    ],
)
def test_nobody_gives_what_another_owns(now: Facts, holds: bool) -> None:
    assert right_guards.giver_may_give_each_right.holds(now) is holds


def test_a_waiver_of_the_check_frees_from_the_check_and_not_from_the_record() -> None:
    waiver = (done("ask_waiver", 11, what="ip"), done("decide_waiver", 12, by=BOSS, what="ip", granted=True))
    ours, theirs = ({"rights": {"right-1": {"owners": [{"organisation": one}]}}} for one in (SELLER, BUYER))
    now = facts(tasks=waiver, data=TERMS, outside=ours)
    assert right_guards.rights_named_were_checked.holds(now)
    assert right_guards.giver_may_give_each_right.holds(now)
    assert not right_guards.giver_may_give_each_right.holds(facts(tasks=waiver, data=TERMS, outside=theirs))
    assert right_guards.giver_may_give_each_right.holds(facts(tasks=waiver, data=TERMS, outside={"rights": {}}))


# --- what is others' as well -----------------------------------------------------------------------------------------

SHARED = {"right-1": [SELLER, "institute"]}
ALONE: tuple[dict[str, Any], ...] = (
    {},
    {"kind": "know_how_licence"},
    {"kind": "joint_venture", "contribution": "plain"},
    {"kind": "joint_venture", "contribution": "none"},
    {"kind": "purchase"},
)
TOGETHER: tuple[dict[str, Any], ...] = (
    {"licence": "exclusive"},
    {"licence": "sole"},
    {"kind": "know_how_licence", "licence": "exclusive"},
    {"kind": "assignment"},
    {"kind": "joint_venture", "contribution": "assigned"},
    {"kind": "joint_venture", "contribution": "sole"},
)


@pytest.mark.parametrize("terms", [*ALONE, *TOGETHER])
def test_one_co_owner_alone_gives_plain_licences(terms: dict[str, Any]) -> None:
    guard = right_guards.co_owners_have_consented
    now = naming("right-1", owners=SHARED, **terms)
    assert guard.holds(now) is (terms in ALONE)
    assert guard.because is not None
    assert len(guard.because(now)) == (0 if terms in ALONE else 1)
    assert guard.holds(naming("right-1", owners=SHARED, co_owner_consent=["paper"], **terms))
    assert guard.holds(naming("right-1", owners=SHARED, co_owner_consent=[], **terms)) is not (terms in TOGETHER)
    # It is asked for as long as the kind of the licence, or of what goes into a company, is not said.
    asked = terms.get("kind") != "purchase" and terms.get("contribution") != "none"
    assert right_guards.co_owners_are_to_consent.holds(now) is asked
    began = replace(now, data={key: said for key, said in now.data.items() if key not in ("licence", "contribution")})
    assert right_guards.co_owners_are_to_consent.holds(began) is (terms.get("kind") != "purchase")


@pytest.mark.parametrize(
    ("owners", "said", "holds"),
    [
        ([SELLER], {}, True),
        ([], {}, True),
        # Who takes it signs, and so does whoever signs in the place of a party.
        ([SELLER, BUYER], {}, True),
        ([SELLER, "plant"], {"taker_signatory": "plant"}, True),
        ([SELLER, "works"], {"giver_signatory": "works"}, True),
        ([SELLER, BUYER, "institute"], {}, False),
        # Of what is nobody's here another guard speaks.
        (["institute", "stranger"], {}, True),
    ],
)
def test_the_consent_is_of_those_who_do_not_sign(owners: list[str], said: dict[str, Any], holds: bool) -> None:
    now = naming("right-1", owners={"right-1": owners}, kind="assignment", **said)
    named = {one: {"organisation": one, "country": "CN"} for one in ("plant", "works")}
    now = replace(now, outside={**now.outside, "organisations": named})
    assert right_guards.co_owners_have_consented.holds(now) is holds
    assert right_guards.co_owners_are_to_consent.holds(now) is not holds


# --- what rests on it ------------------------------------------------------------------------------------------------


def loan(**below: Any) -> list[Track]:
    above = track("referral", "in_progress", kind="pledge", id="loan")
    return [above, track("pledge", **below, parent="loan")] if below else [above]


@pytest.mark.parametrize(
    ("tracks", "settled"),
    [
        ([], False),
        ([agreed("signing", "patent_licence")], False),
        ([agreed("in_force", "patent_licence")], True),
        ([agreed("in_force", "purchase")], True),
        # What only prepares another is followed by one that gives rights.
        ([agreed("in_force", "loi")], False),
        ([agreed("in_force", "patent_licence", "a"), agreed("drafting", "patent_licence", "b")], False),
        ([agreed("in_force", "patent_licence"), *loan()], False),
        ([agreed("in_force", "patent_licence"), *loan(state="contracts")], False),
        ([agreed("in_force", "patent_licence"), *loan(state="servicing", fired={"registered": fired(9)})], True),
        ([agreed("in_force", "patent_licence"), *loan(state="refused", ended=True)], True),
    ],
)
def test_the_check_ends_where_nothing_rests_on_it(tracks: list[Track], settled: bool) -> None:
    now = facts(*tracks)
    assert right_guards.nothing_rests_on_the_check.holds(now) is settled
    assert right_guards.something_rests_on_the_check.holds(now) is not settled


def test_no_check_of_rights_ends_well_where_the_case_is_about_none() -> None:
    now = facts()
    assert right_guards.case_is_about_a_right.holds(replace(now, case=replace(now.case, rights=("right-1",))))
    assert not right_guards.case_is_about_a_right.holds(replace(now, case=replace(now.case, rights=())))


def owned(by: str, *burdens: Mapping[str, Any]) -> dict[str, Any]:
    known = right(*burdens)["rights"]["right-1"]
    return {"rights": {"right-1": {**known, "owners": [{"organisation": by, "share": None}]}}}


def shared(*names: str) -> dict[str, Any]:
    known = right()["rights"]["right-1"]
    return {"rights": {"right-1": {**known, "owners": [{"organisation": one, "share": None} for one in names]}}}


@pytest.mark.parametrize(("owner", "holds"), [("other", True), (SELLER, False)])
def test_the_giver_is_whom_the_record_names_now(owner: str, holds: bool) -> None:
    """The case was opened with another owner of the technology: the record was corrected since."""
    outside = owned(owner) | {"parties": {"technology_owner": {"organisation": "other", "country": "CN"}}}
    waiver = [done("decide_waiver", what="ip", granted=True)]
    assert right_guards.giver_may_give_each_right.holds(facts(tasks=waiver, data=TERMS, outside=outside)) is holds
