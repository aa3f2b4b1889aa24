"""Whose a document is, and which consent lets which provider see it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from casework.engine.parties import PARTIES
from casework.engine.state.case_documents import Consent
from tests.engine.pieces import NOW, consent, document

#: Of a paper of the need owner's: a consent, and whether the laboratory may see it.
COVERS: dict[str, tuple[Consent, bool]] = {
    "to all of it": (consent(), True),
    "to this provider": (consent(providers=("bank", "lab")), True),
    "to another provider": (consent(providers=("bank",)), False),
    "to nobody": (consent(providers=()), False),
    "of this paper": (consent(documents=("paper",)), True),
    "of another paper": (consent(documents=("plan",)), False),
    "of no paper": (consent(documents=()), False),
    "of this paper to another provider": (consent(providers=("bank",), documents=("paper",)), False),
    "the other party's": (consent(party="technology_owner"), False),
    "abroad, and it is not": (consent(not_to=("lab",)), False),
    "another is abroad": (consent(not_to=("bank",)), True),
    "agreed to go abroad": (consent(abroad=True), True),
    "ended": (consent(ended_at=NOW), False),
}


@pytest.mark.parametrize("name", COVERS)
def test_what_a_consent_covers(name: str) -> None:
    given, wanted = COVERS[name]
    assert given.covers(document(), "lab") is wanted


@pytest.mark.parametrize("name", COVERS)
def test_the_case_sheet_goes_no_further_than_the_papers(name: str) -> None:
    given, _ = COVERS[name]
    whole = replace(given, sheet=True, party="need_owner", documents=None)
    assert whole.covers_sheet("lab") is replace(given, party="need_owner", documents=None).covers(document(), "lab")
    assert not given.covers_sheet("lab")


@pytest.mark.parametrize(
    ("party", "own", "wanted"),
    [
        ("need_owner", False, ("need_owner",)),
        ("technology_owner", True, ("technology_owner",)),
        (None, False, PARTIES),
        (None, True, ()),
    ],
)
def test_whom_a_document_concerns(party: str | None, own: bool, wanted: tuple[str, ...]) -> None:
    assert document(party=party, own=own).concerns == wanted


def test_what_is_nobodys_yet_takes_a_consent_of_each_party() -> None:
    both = document(party=None)
    assert [consent(party=party).covers(both, "lab") for party in PARTIES] == [True, True]
    assert not consent().covers(document(party=None, own=True), "lab")
