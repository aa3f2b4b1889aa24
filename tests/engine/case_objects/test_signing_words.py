"""What is wrong with the screening of whoever signs, in words."""

from __future__ import annotations

import pytest

from casework.engine.case_objects.screenings import Looked
from casework.engine.case_objects.signing_words import say_lacking
from casework.reasons.rights import Holder


@pytest.mark.parametrize(
    ("looked", "told"),
    [
        (None, "Not screened yet: the need owner."),
        (Looked(False, True, "2026-03-01", "2026-05-30"), "On a list by the screening of 2026-03-01: the need owner."),
        (
            Looked(True, False, "2026-03-01", "2026-05-30"),
            "With an owner who stands on a list, or is not screened yet: the need owner.",
        ),
        (
            Looked(True, True, "2026-03-01", "2026-05-30"),
            "Screened on 2026-03-01; that held until 2026-05-30: the need owner.",
        ),
    ],
)
def test_what_is_wrong_is_told(looked: Looked | None, told: str) -> None:
    assert str(say_lacking("need_owner", "buyer", looked)) == told


@pytest.mark.parametrize(
    ("part", "called"),
    [
        ("need_owner", "the need owner"),
        ("technology_owner", "the technology owner"),
        ("signatory", "who signs in the place of a party"),
        ("company", "the company of the joint venture"),
    ],
)
@pytest.mark.parametrize("organisation", ["of-SG", None])
def test_of_whom_it_is_told_by_their_part_until_the_name_is_known(
    part: str, called: str, organisation: str | None
) -> None:
    why = say_lacking(part, organisation, None)
    assert str(why) == f"Not screened yet: {called}."
    who = why.values["who"]
    assert isinstance(who, Holder)
    assert (who.organisation, who.case) == (organisation or "", "")
