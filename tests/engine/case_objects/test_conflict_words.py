"""What stands in the way of an agreement is told with its right, its kind, its reach, its end and its holder."""

from __future__ import annotations

from typing import Any

import pytest

from casework.engine.case_objects.conflict_words import say_conflicts
from casework.reasons import Text
from casework.reasons.rights import Holder

RIGHT = {"kind": "invention", "office": "CNIPA", "number": "ZL1"}
BURDEN = {"kind": "licence", "licence": "sole", "from": "2026-03-01", "case": "c", "holder": "o"}
PLACES, USES = ("territories", {"CN": "China", "DE": "Germany"}), ("uses", {"water": "Water"})


@pytest.mark.parametrize(
    ("right", "change", "words"),
    [
        (
            {},
            {},
            "CNIPA ZL1: sole licence since 2026-03-01 (every country; every use; without an end), held by another case.",
        ),
        (
            {},
            {"territories": ["CN", "DE"], "fields": ["water"], "until": "2027-01-01", "licence": "exclusive"},
            "CNIPA ZL1: exclusive licence since 2026-03-01 (China, Germany; Water; until 2027-01-01), held by another case.",
        ),
        (
            {"office": None, "number": None, "kind": "know_how"},
            {"kind": "assignment", "licence": None},
            "know-how without a number: assignment, not registered since 2026-03-01"
            " (every country; every use; without an end), held by another case.",
        ),
    ],
)
def test_each_is_told_in_a_sentence(right: dict[str, Any], change: dict[str, Any], words: str) -> None:
    (why,) = say_conflicts([(RIGHT | right, BURDEN | change)], "agreement.forms.Signature", PLACES, USES)
    assert str(why) == words
    assert why.values["holder"] == Holder(organisation="o", case="c")


def test_territories_are_called_as_the_form_calls_them() -> None:
    (why,) = say_conflicts([(RIGHT, BURDEN | {"territories": ["CN"]})], "agreement.forms.Signature", PLACES, USES)
    assert why.values["where"] == [Text("agreement.forms.Signature.territories.choices.CN", "China")]
