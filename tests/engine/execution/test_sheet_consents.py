"""A referral rests when a consent ends by which its provider reads the case sheet."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from casework.engine.definition.sheets import RECORD_PARTS, RIGHTS, TOLD_PARTS
from casework.engine.execution.sheet_consents import CONCERNED, concerned, loses_sheet
from casework.engine.parties import PARTIES
from casework.engine.parts import SENDS
from casework.engine.state.case import Case
from casework.engine.state.case_documents import Consent
from tests.engine.small_case import at, by_id, case, fired, referral, track

NEED_OWNER, TECHNOLOGY_OWNER = PARTIES


def consent(party: str, **more: Any) -> Consent:
    return replace(Consent(f"of {party}", party, None, None, "2026-03-01", None, sheet=True), **more)


def asked(*consents: Consent) -> Case:
    return case(referral("r"), consents=by_id(*consents))


def test_of_every_part_but_rights_it_is_said_whose_consent_it_takes() -> None:
    assert set(CONCERNED) == {*RECORD_PARTS, *TOLD_PARTS} - {RIGHTS}
    assert all(set(parties) <= set(PARTIES) for parties in CONCERNED.values())


@pytest.mark.parametrize(
    ("what", "loses"),
    [
        ({}, True),
        ({"sheet": False}, False),
        ({"providers": ("bank",)}, False),
        ({"party": TECHNOLOGY_OWNER}, False),
    ],
)
def test_a_referral_leans_on_the_consent_by_which_its_sheet_is_read(what: dict[str, Any], loses: bool) -> None:
    ends = consent(**{"party": NEED_OWNER} | what)
    made, written = asked(ends), {"records": ["need"]}
    assert loses_sheet(made, made.tracks["r"], ends, written) is loses
    # Of a right that is nobody's of the two it is asked of both.
    assert loses_sheet(made, made.tracks["r"], ends, {"records": ["rights"]}) is (loses or "party" in what)
    # Another consent that stands bears it, and what was not sent or has ended leans on none.
    other = consent(ends.party, id="another")
    assert not loses_sheet(asked(ends, other), made.tracks["r"], ends, written)
    assert not loses_sheet(made, replace(made.tracks["r"], ended_at=at(9)), ends, written)
    assert not loses_sheet(made, replace(made.tracks["r"], played={}), ends, written)


MONEY = {
    "records": [],
    "amounts": ["service.apply.amount|request.amount", "service.valued.value"],
    "whose": ["amounts=service.apply.borrower|request.borrower", "value=service.eligible.pledgor|request.pledgor"],
}


@pytest.mark.parametrize(
    ("requested", "applied", "borrower", "pledgor"),
    [
        ({}, None, (NEED_OWNER,), (NEED_OWNER,)),
        ({"borrower": TECHNOLOGY_OWNER}, None, (TECHNOLOGY_OWNER,), (TECHNOLOGY_OWNER,)),
        ({"borrower": NEED_OWNER, "pledgor": TECHNOLOGY_OWNER}, None, (NEED_OWNER,), (TECHNOLOGY_OWNER,)),
        ({"borrower": TECHNOLOGY_OWNER, "pledgor": "other"}, None, (TECHNOLOGY_OWNER,), PARTIES),
        ({"borrower": NEED_OWNER}, {"borrower": TECHNOLOGY_OWNER}, (TECHNOLOGY_OWNER,), (TECHNOLOGY_OWNER,)),
    ],
)
def test_of_a_loan_it_is_asked_of_the_borrower_and_of_a_value_of_the_pledgor(
    requested: dict[str, Any], applied: dict[str, Any] | None, borrower: tuple[str, ...], pledgor: tuple[str, ...]
) -> None:
    said = {"apply": fired(2, **applied)} if applied else {}
    work = track("work", parent="r", fired=said)
    above = referral("r", fired={SENDS: fired(1, **requested)})
    made = case(above, work)
    amount, value = MONEY["amounts"]
    assert concerned(made, above, MONEY, "amounts", amount) == borrower
    assert concerned(made, above, MONEY, "amounts", value) == pledgor
    for party in PARTIES:
        ends = consent(party)
        stands = replace(made, consents=by_id(ends))
        assert loses_sheet(stands, above, ends, MONEY) is (party in {*borrower, *pledgor})
