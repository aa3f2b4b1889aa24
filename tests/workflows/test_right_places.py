"""A right holds in the country of its office alone: who signs terms that reach further is told, and not refused."""

from __future__ import annotations

from typing import Any

import pytest

from casework.engine.definition.registry import GUARDS
from tests.workflows.case_facts import facts
from workflows.right_places import country_of, where_it_holds

PATENT = {"kind": "invention", "office": "CNIPA"}


@pytest.mark.parametrize(
    ("right", "country"),
    [
        (PATENT, "CN"),
        ({"kind": "application", "office": " cn "}, "CN"),
        ({"kind": "utility_model", "office": "国家知识产权局"}, "CN"),
        ({"kind": "design", "office": "DE"}, "DE"),
        ({"kind": "invention", "office": "USPTO"}, "US"),
        # One office for several countries, one that nobody knows, and none.
        ({"kind": "invention", "office": "EPO"}, None),
        ({"kind": "invention", "office": "EP"}, None),
        ({"kind": "invention", "office": "WORLD"}, None),
        ({"kind": "invention", "office": "World"}, None),
        ({"kind": "invention", "office": None}, None),
        ({"kind": "know_how", "office": "CN"}, None),
        ({"kind": "software", "office": "CN"}, None),
    ],
)
def test_the_country_follows_from_the_office(right: dict[str, Any], country: str | None) -> None:
    assert country_of(right) == country


@pytest.mark.parametrize(
    ("right", "terms", "holds", "words"),
    [
        (PATENT, {}, True, "by its office it holds in one country alone: China"),
        (PATENT, {"territories": ["CN"]}, True, "by its office it holds in one country alone: China"),
        (
            PATENT,
            {"territories": ["CN", "DE", "FR"]},
            None,
            "by its office it holds in one country alone: China; of it the terms give nothing in: Germany, France",
        ),
        (
            PATENT,
            {"venture_territories": ["HK"]},
            None,
            "by its office it holds in one country alone: China; of it the terms give nothing in: Hong Kong, China",
        ),
        (PATENT, {"territories": ["WORLD"]}, None, "by its office it holds in one country alone: China"),
        ({"kind": "know_how"}, {"territories": ["DE"]}, True, "kind: know-how"),
    ],
)
def test_terms_that_reach_further_are_a_hint(
    right: dict[str, Any], terms: dict[str, Any], holds: bool | None, words: str
) -> None:
    told = where_it_holds(facts(data=terms), right)
    assert (told.holds, str(told.by)) == (holds, words)
    # It refuses nothing.
    guard = GUARDS["rights_fit_the_kind"]
    assert guard.tells is where_it_holds
    kind = "know_how_licence" if right["kind"] == "know_how" else "patent_licence"
    assert guard.holds(
        facts(data={"kind": kind, "rights": ["right-1"], **terms}, outside={"rights": {"right-1": right}})
    )
