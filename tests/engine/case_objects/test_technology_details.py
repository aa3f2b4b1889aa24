"""Codes and reference sites of a technology: kept in one form, and refused where they are none."""

from __future__ import annotations

from typing import Any

import pytest

from casework import reasons
from casework.engine.case_objects.technology_details import (
    MOST_RESTRICTIONS,
    MOST_SITES,
    MOST_STANDARDS,
    codes_of,
    countries_of,
    in_force,
    ipc_code,
    lacked,
    licence_to_be_had,
    licences_of,
    misspelt,
    restrictions_of,
    sdg_code,
    sites_of,
    standard_key,
    standards_of,
    verification_of,
)
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


def test_licences_stand_in_one_order_and_none_stands_alone() -> None:
    assert licences_of(["plain", " Exclusive ", "plain"]) == ["exclusive", "plain"]
    assert licences_of(["none"]) == ["none"]
    for given in (["none", "plain"], ["free"]):
        with pytest.raises(InvalidForm) as refused:
            licences_of(given)
        assert list(refused.value.fields) == ["licences"]


def test_that_nobody_has_said_is_not_no() -> None:
    assert (licence_to_be_had([]), licence_to_be_had(["none"]), licence_to_be_had(["sole"])) == (None, False, True)


def test_a_standard_has_a_name_and_perhaps_a_number_who_gave_it_and_its_last_day() -> None:
    rows = [{"name": " ISO  9001 ", "number": "", "body": "TÜV", "valid_until": "2027-03-31"}, {"name": "CE"}]
    assert standards_of(rows) == [{"name": "ISO 9001", "body": "TÜV", "valid_until": "2027-03-31"}, {"name": "CE"}]


@pytest.mark.parametrize(
    ("given", "where"),
    [
        ([{"number": "1"}], "standards.0.name"),
        ([{"name": "CE", "valid_until": "2027-02-30"}], "standards.0.valid_until"),
        ([{"name": "CE", "valid_until": "20270228"}], "standards.0.valid_until"),
        ([{"name": "CE"}, {"name": "x" * 201}], "standards.1.name"),
        ([{"name": "CE", "colour": "red"}], "standards.0.colour"),
        ([{"name": "CE", "held": "no, no"}], "standards.0.held"),
        ([{"name": "CE", "held": "so"}], "standards.0.held"),
        ([{"name": "CE", "held": "no", "number": "12"}], "standards.0.held"),
        ([{"name": "CE"}, {"name": "ce", "held": "no"}], "standards.1.held"),
        (["CE"], "standards.0"),
        ("CE", "standards"),
        ([{"name": "CE"}] * (MOST_STANDARDS + 1), "standards"),
    ],
)
def test_what_is_no_standard_is_told_by_its_cell(given: Any, where: str) -> None:
    with pytest.raises(InvalidForm) as refused:
        standards_of(given)
    assert list(refused.value.fields) == [where]


def test_a_standard_that_is_known_to_be_lacked_counts_as_none_that_it_has() -> None:
    rows = standards_of([{"name": "CE", "held": "No"}, {"name": "UL 1", "held": "yes"}])
    assert rows == [{"name": "CE", "held": "no"}, {"name": "UL 1"}]
    assert (in_force(rows, "2026-01-01"), lacked(rows)) == (["ul 1"], ["ce"])


def test_a_restriction_has_a_kind_and_perhaps_countries_and_words() -> None:
    rows = [
        {"kind": "Export control", "countries": " cn;ru，CN", "words": " Annex  I "},
        {"kind": "territory", "countries": "DE"},
        {"kind": "field_of_use", "countries": None, "words": "Ships"},
    ]
    assert restrictions_of(rows) == [
        {"kind": "export_control", "countries": "CN, RU", "words": "Annex I"},
        {"kind": "territory", "countries": "DE"},
        {"kind": "field_of_use", "words": "Ships"},
    ]
    assert restrictions_of([{"kind": "none", "words": "Asked the owner"}]) == [
        {"kind": "none", "words": "Asked the owner"}
    ]
    assert countries_of({"countries": "CN, RU"}) == ["CN", "RU"]
    assert countries_of({"kind": "other"}) == []


@pytest.mark.parametrize(
    ("given", "where"),
    [
        ([{"words": "Sanctions"}], "restrictions.0.kind"),
        ([{"kind": "secret"}], "restrictions.0.kind"),
        ([{"kind": "export_control", "countries": "EU"}], "restrictions.0.countries"),
        ([{"kind": "territory"}], "restrictions.0.countries"),
        ([{"kind": "none", "countries": "CN"}], "restrictions.0.countries"),
        ([{"kind": "other"}], "restrictions.0.words"),
        ([{"kind": "export_control"}, {"kind": "field_of_use"}], "restrictions.1.words"),
        ([{"kind": "export_control", "words": "x" * 501}], "restrictions.0.words"),
        ([{"kind": "none", "colour": "red"}], "restrictions.0.colour"),
        ([{"kind": "none"}, {"kind": "export_control"}], "restrictions"),
        (["none"], "restrictions.0"),
        ("none", "restrictions"),
        ([{"kind": "export_control"}] * (MOST_RESTRICTIONS + 1), "restrictions"),
    ],
)
def test_what_is_no_restriction_is_told_by_its_cell(given: Any, where: str) -> None:
    with pytest.raises(InvalidForm) as refused:
        restrictions_of(given)
    assert list(refused.value.fields) == [where]


def test_a_statement_of_verification_has_a_number_a_verdict_and_perhaps_a_last_day() -> None:
    assert verification_of({"number": " V  1 ", "verdict": "verified", "valid_until": None}) == {
        "number": "V 1",
        "verdict": "verified",
    }
    told = {"number": "V 1", "verdict": "verified_with_limits", "valid_until": "2027-01-31"}
    assert verification_of(told) == told


@pytest.mark.parametrize(
    ("given", "where"),
    [
        ({"verdict": "verified"}, "verification.number"),
        ({"number": "V 1"}, "verification.verdict"),
        ({"number": "V 1", "verdict": "good"}, "verification.verdict"),
        ({"number": "V" * 301, "verdict": "verified"}, "verification.number"),
        ({"number": "V 1", "verdict": "verified", "valid_until": "2027-02-30"}, "verification.valid_until"),
        ({"number": "V 1", "verdict": "verified", "colour": "red"}, "verification.colour"),
        ("V 1", "verification"),
        (["V 1"], "verification"),
    ],
)
def test_what_is_no_statement_of_verification_is_told_by_its_part(given: Any, where: str) -> None:
    with pytest.raises(InvalidForm) as refused:
        verification_of(given)
    assert list(refused.value.fields) == [where]


def test_what_has_run_out_counts_no_more() -> None:
    rows = [{"name": "ISO 9001", "valid_until": "2026-01-01"}, {"name": "CE"}, {"name": "iso  9001"}, {"name": "GB 1"}]
    assert in_force(rows, "2026-01-01") == ["iso 9001", "ce", "gb 1"]
    assert in_force(rows[:2], "2026-01-02") == [standard_key(" Ce ")]


def test_a_page_is_an_address_of_the_web_and_a_currency_one_that_there_is() -> None:
    assert misspelt({"website": "https://a.example", "source_page": "HTTP://b.example/1", "title": "x"}) == {}
    assert misspelt({"total_cost_currency": "EUR"}) == {}
    wrong = misspelt({"website": "javascript:alert(1)", "source_page": "a page", "total_cost_currency": "XQX"})
    assert wrong == {
        "website": reasons.catalogue.NO_WEB_ADDRESS,
        "source_page": reasons.catalogue.NO_WEB_ADDRESS,
        "total_cost_currency": reasons.imports.NO_CURRENCY,
    }
