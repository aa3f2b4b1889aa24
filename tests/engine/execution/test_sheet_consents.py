"""A referral rests when a consent ends by which its provider reads the case sheet."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from casework.engine.definition.sheets import RECORD_PARTS, RIGHTS, TOLD_PARTS
from casework.engine.execution.sheet_consents import CONCERNED, loses_sheet
from casework.engine.parties import PARTIES
from casework.engine.state.case import Case
from casework.engine.state.case_documents import Consent
from tests.engine.small_case import at, by_id, case, referral

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
