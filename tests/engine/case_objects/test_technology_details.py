"""Codes and reference sites of a technology: kept in one form, and refused where they are none."""

from __future__ import annotations

from typing import Any

import pytest

from casework.engine.case_objects.technology_details import MOST_SITES, codes_of, ipc_code, sdg_code, sites_of
from casework.errors import InvalidForm


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("F24D 3/08", "F24D3/08"),
        ("a01g 0025/00", "A01G25/00"),
        ("C10L", "C10L"),
        ("B61", "B61"),
        ("Y02E10/50", "Y02E10/50"),
        ("F24D3", None),
        ("Z01A1/00", None),
        ("heat pumps", None),
        ("", None),
    ],
)
def test_a_code_of_the_patent_classification_is_kept_in_one_form(words: str, code: str | None) -> None:
    assert ipc_code(words) == code


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("7", "7"),
        ("SDG 7", "7"),
        ("Goal 13: Climate action", "13"),
        ("7.2", "7.2"),
        ("07", "7"),
        ("13.A", "13.a"),
        ("18", None),
        ("0", None),
        ("clean energy", None),
    ],
)
def test_a_goal_is_kept_by_its_number(words: str, code: str | None) -> None:
    assert sdg_code(words) == code


def test_codes_are_kept_once_and_one_that_is_none_refuses_them() -> None:
    assert codes_of("ipc", ["F24D 3/08", "f24d3/08", "C10L"]) == ["F24D3/08", "C10L"]
    with pytest.raises(InvalidForm) as refused:
        codes_of("sdgs", ["7", "18"])
    assert "18" in str(refused.value.fields["sdgs"])


def test_a_site_says_where_it_is_and_perhaps_since_when_and_how_large() -> None:
    rows = [{"site": " Beijing  Haidian ", "year": 2024, "size": "2 MW"}, {"site": "Kiel", "year": "", "size": None}]
    assert sites_of(rows) == [{"site": "Beijing Haidian", "year": "2024", "size": "2 MW"}, {"site": "Kiel"}]


@pytest.mark.parametrize(
    ("given", "where"),
    [
        ([{"year": "2024"}], "reference_sites.0.site"),
        ([{"site": "Kiel", "year": "24"}], "reference_sites.0.year"),
        ([{"site": "Kiel", "colour": "red"}], "reference_sites.0.colour"),
        ([{"site": "x" * 301}], "reference_sites.0.site"),
        (["Kiel"], "reference_sites.0"),
        ("Kiel", "reference_sites"),
        ([{"site": "Kiel"}] * (MOST_SITES + 1), "reference_sites"),
    ],
)
def test_what_is_no_site_is_told_by_its_cell(given: Any, where: str) -> None:
    with pytest.raises(InvalidForm) as refused:
        sites_of(given)
    assert list(refused.value.fields) == [where]
