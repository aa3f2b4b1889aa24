"""A case sheet holds what its service takes, by the consents that stand, from acceptance to the end; and of others nothing."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.engine.case_objects.case_sheet import (
    ComposedSheet,
    compose,
    is_open,
    kept_back,
    owners_among,
    request_fields,
    unwilling,
)
from casework.engine.definition.sheets import RECORD_PARTS, RIGHTS, TOLD_PARTS
from casework.engine.execution.sheet_consents import CONCERNED
from casework.engine.parties import PARTIES
from casework.engine.parts import ACCEPTS, SENDS
from casework.engine.state.case import Case, Track
from casework.engine.state.case_documents import Consent
from tests.engine.small_case import at, by_id, case, fired, referral, track

NEED_OWNER, TECHNOLOGY_OWNER = PARTIES
OWNERS = {"theirs": {"maker"}, "ours": {"works"}, "third": {"stranger"}, "shared": {"maker", "works"}}
SHEET = {
    "records": list(RECORD_PARTS),
    "claim": ["service.plan.claim|request.claim"],
    "amounts": ["service.apply.amount|request.amount", "service.apply.term"],
    "dispute": ["service.apply.contract"],
}
#: Of the answers every one, so that a part is missing for want of a consent alone.
SAID: dict[str, Any] = {"claim": [{"parameter": "NOx"}], "amount": "5", "term": "36", "contract": "loan"}


def consent(party: str, **more: Any) -> Consent:
    return replace(Consent(f"of {party}", party, None, None, "2026-03-01", None, sheet=True), **more)


def asked(*consents: Consent, **more: Any) -> Case:
    asking = referral("r", fired={SENDS: fired(1, **SAID)}, **more)
    work = track("work", parent="r", fired={"apply": fired(2, **SAID)})
    return case(
        asking,
        work,
        consents=by_id(*consents),
        parties={NEED_OWNER: "works", TECHNOLOGY_OWNER: "maker"},
        rights=tuple(OWNERS),
    )


def sheet(made: Case, **more: Any) -> ComposedSheet:
    return compose(made, made.tracks["r"], SHEET, OWNERS, forms={("work", "apply"): "Application"}, **more)


@pytest.mark.parametrize(
    ("plays", "ended", "read"),
    [((), False, False), ((SENDS,), False, False), ((SENDS, ACCEPTS), False, True), ((SENDS, ACCEPTS), True, False)],
)
def test_it_is_open_from_the_acceptance_to_the_end(plays: tuple[str, ...], ended: bool, read: bool) -> None:
    assert is_open(referral("r", plays=plays, ended_at=at(9) if ended else None)) is read


#: What a consent lets the laboratory read of its party's.
CONSENTS = {
    "none": (None, False),
    "all": ({}, True),
    "without the sheet": ({"sheet": False}, False),
    "to this provider": ({"providers": ("lab",)}, True),
    "to another one": ({"providers": ("bank",)}, False),
    "withdrawn": ({"ended_at": at(3), "how": "withdrawn"}, False),
    # It says of papers which; the sheet is none.
    "of one document": ({"documents": ("paper",)}, True),
}


@pytest.mark.parametrize(("need_owner", "technology_owner"), list(product(CONSENTS, CONSENTS)))
def test_each_part_takes_the_consent_of_its_party(need_owner: str, technology_owner: str) -> None:
    given_by = dict(zip(PARTIES, (need_owner, technology_owner), strict=True))
    made = asked(*(consent(party, **how) for party, one in given_by.items() if (how := CONSENTS[one][0]) is not None))
    willing = {party for party, one in given_by.items() if CONSENTS[one][1]}
    composed = sheet(made)
    for part in {*RECORD_PARTS, *TOLD_PARTS} - {RIGHTS}:
        there = part in composed.parts or part in composed.told
        assert there is (set(CONCERNED[part]) <= willing), part
        assert composed.withheld.get(part, ()) == tuple(p for p in CONCERNED[part] if p not in willing)
    whose = {"theirs": {TECHNOLOGY_OWNER}, "ours": {NEED_OWNER}, "third": set(PARTIES), "shared": set(PARTIES)}
    assert composed.rights == tuple(right for right in made.rights if whose[right] <= willing)
    assert (RIGHTS in composed.parts) is bool(composed.rights)
    missing = {party for owners in whose.values() for party in owners - willing}
    assert set(composed.withheld.get(RIGHTS, ())) == missing


@given(st.sets(st.sampled_from([*RECORD_PARTS])), st.sets(st.sampled_from(TOLD_PARTS)))
def test_a_service_gets_no_part_that_its_definition_does_not_name(records: set[str], told: set[str]) -> None:
    made = asked(*(consent(party) for party in PARTIES))
    written = {"records": sorted(records)} | {part: SHEET[part] for part in told}
    composed = compose(made, made.tracks["r"], written, OWNERS, forms={})
    assert set(composed.parts) == records
    assert set(composed.told) == told
    assert bool(composed.rights) is (RIGHTS in records)
    assert not composed.withheld


@given(st.lists(st.sampled_from(list(CONSENTS)), min_size=2, max_size=2), st.sampled_from(PARTIES))
def test_another_consent_takes_nothing_away(kinds: list[str], party: str) -> None:
    few = [
        consent(whose, **how)
        for whose, kind in zip(PARTIES, kinds, strict=True)
        if (how := CONSENTS[kind][0]) is not None
    ]
    before, after = sheet(asked(*few)), sheet(asked(*few, consent(party, id="one more")))
    assert set(before.parts) <= set(after.parts)
    assert set(before.told) <= set(after.told)
    assert set(before.rights) <= set(after.rights)


def test_what_the_service_said_stands_before_what_the_request_said() -> None:
    made = asked(*(consent(party) for party in PARTIES))
    work = replace(made.tracks["work"], fired={"apply": fired(2, amount="7")})
    composed = sheet(replace(made, tracks={**made.tracks, "work": work}))
    (amount,) = composed.told["amounts"]
    assert (amount.name, amount.value, amount.edition, amount.form) == ("amount", "7", "work", "Application")
    assert [answer.value for answer in composed.told["claim"]] == [SAID["claim"]]


def test_nothing_of_another_provider_is_told() -> None:
    made = asked(*(consent(party) for party in PARTIES))
    other = referral("other", provider="bank", fired={SENDS: fired(1, amount="9")})
    works = track("its", parent="other", fired={"apply": fired(4, amount="9", term="99", contract="sale")})
    mine = replace(made.tracks["work"], fired={})
    beside: dict[str, Track] = {"other": other, "its": works, "work": mine}
    composed = sheet(replace(made, tracks={**made.tracks, **beside}))
    assert [answer.value for answer in composed.told["amounts"]] == ["5"]
    assert "dispute" not in composed.told


def test_what_was_taken_over_by_another_provider_is_told_no_more() -> None:
    made = asked(*(consent(party) for party in PARTIES))
    gone = replace(made.tracks["work"], replaced=True)
    composed = sheet(replace(made, tracks={**made.tracks, "work": gone}))
    assert [answer.value for answer in composed.told["amounts"]] == ["5"]


def test_a_preview_is_of_what_would_be_sent() -> None:
    made = asked(consent(NEED_OWNER, providers=("bank",)), provider="lab")
    assert "amounts" not in sheet(made).told
    composed = sheet(made, provider="bank", request={"amount": "8"})
    mine = [answer.value for answer in composed.told["amounts"]]
    assert mine == ["5", "36"]
    fresh = replace(made, tracks={id: one for id, one in made.tracks.items() if id != "work"})
    assert [a.value for a in sheet(fresh, provider="bank", request={"amount": "8"}).told["amounts"]] == ["8"]


def test_whose_consent_a_right_takes() -> None:
    made = asked()
    assert owners_among(made, {"maker"}) == (TECHNOLOGY_OWNER,)
    assert owners_among(made, {"stranger", "works"}) == (NEED_OWNER,)
    assert owners_among(made, {"stranger"}) == owners_among(made, ()) == PARTIES


def test_who_is_unwilling_is_told_in_the_order_of_the_parties() -> None:
    assert unwilling(asked(), "lab", {TECHNOLOGY_OWNER, NEED_OWNER}) == PARTIES
    assert unwilling(asked(consent(NEED_OWNER)), "lab", PARTIES) == (TECHNOLOGY_OWNER,)
    assert unwilling(asked(consent(NEED_OWNER, providers=("bank",))), None, PARTIES) == PARTIES


def test_what_a_request_says_for_the_sheet() -> None:
    assert request_fields({"fix": SHEET}) == {"claim", "amount"}
    assert request_fields({}) == set()


@pytest.mark.parametrize("willing", [set(), {NEED_OWNER}, {TECHNOLOGY_OWNER}, set(PARTIES)])
def test_amounts_are_the_borrowers_and_a_value_the_pledgors(willing: set[str]) -> None:
    written = {
        "amounts": SHEET["amounts"] + ["service.valued.value"],
        "whose": ["amounts=request.borrower", "value=request.pledgor"],
    }
    made = asked(*(consent(party) for party in willing))
    said = SAID | {"borrower": TECHNOLOGY_OWNER, "pledgor": NEED_OWNER}
    asking = replace(made.tracks["r"], fired={SENDS: fired(1, **said)})
    work = replace(made.tracks["work"], fired={"apply": fired(2, **SAID), "valued": fired(3, value="9")})
    made = replace(made, tracks={**made.tracks, "r": asking, "work": work})
    composed = compose(made, asking, written, OWNERS, forms={})
    told = {answer.name for answer in composed.told.get("amounts", ())}
    assert told == {name for name, whose in WHOSE.items() if whose in willing}
    assert composed.withheld.get("amounts", ()) == tuple(party for party in PARTIES if party not in willing)
    kept = kept_back(made, asking, written, {})
    assert {name for _, name in kept.answers} == WHOSE.keys() - told


#: The answers of that sheet, and whose each is.
WHOSE = {"amount": TECHNOLOGY_OWNER, "term": TECHNOLOGY_OWNER, "value": NEED_OWNER}
