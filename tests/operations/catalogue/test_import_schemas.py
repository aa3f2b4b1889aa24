"""What a cell of an import may hold, cleaned, and what is said of every other one."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any, get_args

import pytest

from casework.engine.case_objects.right_kinds import KINDS as RIGHTS
from casework.json_values import JsonMapping
from casework.operations.catalogue.import_schemas import (
    MODELS,
    MOST_RIGHTS,
    REQUIRED,
    SIDES,
    Kind,
    Technology,
    known_columns,
    read,
    said,
)

NEED = {"external_id": "N-1", "title": "Steam"}
TECHNOLOGY = {"external_id": "T-1", "title": "Pump"}
PATENT = {"kind": "invention", "office": "CNIPA", "number": "CN 1", "status": "in_force", "filed_on": "2020-05-01"}
KINDS: tuple[Kind, ...] = get_args(Kind)


def parse(kind: Kind, values: JsonMapping, *given: str, semicolons: bool = False) -> tuple[Any, list[tuple[str, str]]]:
    """The record of a row, or what is wrong with each field, in English."""
    record, faults = read(kind, values, *given, semicolons=semicolons)
    return record, [(name, str(why)) for name, why in faults]


def need(**cells: Any) -> tuple[Any, list[tuple[str, str]]]:
    return parse("needs", NEED | cells)


@pytest.mark.parametrize(
    ("field", "cell", "kept"),
    [
        ("title", "  Steam \n without  coal ", "Steam without coal"),
        ("title", "Mu\u0308ller", "M\u00fcller"),
        ("title", "=1+1", "=1+1"),
        ("problem", "One.\r\n\r\n\r\n\r\n Two  words. ", "One.\n\nTwo words."),
        ("budget", "1,234,567.50", Decimal("1234567.50")),
        ("budget", " 2e3 ", Decimal("2e3")),
        ("budget", 12, Decimal(12)),
        ("readiness_low", " 5 ", 5),
        ("owner_country", " gb ", "GB"),
        ("wanted_by", "2026-12-31", date(2026, 12, 31)),
        ("wanted_by", "31.12.2026", date(2026, 12, 31)),
        ("budget", "1.234,50", Decimal("1234.50")),
        ("title", "Steam &amp; <b>heat</b> <script>x()</script>", "Steam & heat"),
        ("external_id", "A&amp;B", "A&amp;B"),
        ("problem", "<p>One &lt; two.</p><p>Three.</p>", "One < two.\n\nThree."),
        ("problem", "It leaks. It leaks. Badly.", "It leaks. Badly."),
        ("problem", "N/A", None),
        ("sector", " none ", None),
        ("readiness_low", "-", None),
        ("owner_country", "NA", "NA"),
        ("district", "NA", None),
    ],
)
def test_a_cell_is_kept_as_what_it_says(field: str, cell: object, kept: object) -> None:
    record, faults = need(**{"budget_currency": "CNY", field: cell})
    assert faults == []
    assert getattr(record, field) == kept


@pytest.mark.parametrize(
    ("field", "cell", "why"),
    [
        ("title", "\u200b", "has a character that nobody sees"),
        ("title", "a\u202eb", "turns the order of letters, U+202E"),
        ("title", "a\x07b", "a control character, U+0007"),
        ("title", "a\0b", "has a NUL character"),
        ("title", "\ud800", "half of a character"),
        ("title", "x" * 1_001, "has 1,001 characters; at most 1,000"),
        ("title", True, "must be a text"),
        ("title", ["Steam"], "must be a text"),
        ("sector", "x" * 301, "at most 300"),
        ("budget", "1,50,000", "is not a number; write the decimals after a point"),
        ("budget", "much", "write a number, such as 12.5"),
        ("budget", "-1", "must not be negative"),
        ("budget", "1e15", "has too many digits"),
        ("budget", "0.0000001", "has too many digits"),
        ("budget_currency", "RMB", "write CNY"),
        ("owner_country", "UK", "is no code of a country or region"),
        ("owner_country", "EU", "is no code of a country or region"),
        ("owner_country", "China", "is no code of a country or region"),
        ("country", "Mongolia", "is no code of a country or region"),
        ("budget_currency", "XAU", "is no currency code"),
        ("readiness_low", "0", "from 1 to 9"),
        ("readiness_low", "10", "from 1 to 9"),
        ("readiness_low", "5.5", "from 1 to 9"),
        ("wanted_by", "end of 2026", "YYYY-MM-DD"),
        ("wanted_by", "03/04/2026", "may be 2026-04-03 or 2026-03-04"),
        ("wanted_by", "2026-02-30", "is no day of the calendar"),
        ("wanted_by", "1899-12-31", "between 1900 and 2199"),
        ("external_id", " x" * 200, "at most 200"),
    ],
)
def test_a_cell_that_says_something_else_is_told_with_its_field(field: str, cell: object, why: str) -> None:
    record, faults = need(**{field: cell})
    assert record is None
    assert [name for name, _ in faults] == [field]
    assert why in faults[0][1]


def test_what_belongs_together_is_looked_at_together() -> None:
    assert need(budget="1")[1] == [("budget_currency", "is missing beside the budget")]
    assert need(readiness_low="6", readiness_high="5")[1] == [("readiness_low", "must not be above readiness_high")]
    assert need(readiness_low="5", readiness_high="5")[1] == []


@pytest.mark.parametrize(
    ("words", "low", "high"),
    [
        ("Prototype (TRL 5-6)", 5, 6),
        ("TRL 7", 7, 7),
        ("trl 3 to TRL 4", 3, 4),
        ("8", 8, 8),
        ("2–3", 2, 3),
        ("Demonstrated in 2019", None, None),
        ("mature", None, None),
    ],
)
def test_readiness_in_words_is_kept_and_understood_where_it_has_numbers(
    words: str, low: int | None, high: int | None
) -> None:
    record: Any = parse("technologies", TECHNOLOGY | {"readiness": words})[0]
    assert (record.readiness, record.readiness_low, record.readiness_high) == (words, low, high)


def test_numbers_beside_the_words_count_and_impossible_words_are_refused() -> None:
    record: Any = parse("technologies", TECHNOLOGY | {"readiness": "TRL 5", "readiness_low": "2"})[0]
    assert (record.readiness_low, record.readiness_high) == (2, None)
    assert parse("technologies", TECHNOLOGY | {"readiness": "TRL 6-5"})[1] == [("readiness", "must be from 1 to 9")]


@pytest.mark.parametrize(
    ("cell", "kept"),
    [
        ("https://example.org/a see there", "https://example.org/a"),
        ("example.org", "example.org"),
        ("javascript:alert(1)", None),
        ("ftp://example.org", None),
        ("nowhere", None),
    ],
)
def test_an_address_leads_to_a_page_or_is_refused(cell: str, kept: str | None) -> None:
    record: Any
    record, faults = parse("technologies", TECHNOLOGY | {"website": cell})
    assert (record and record.website) == kept
    assert bool(faults) is (kept is None)


def test_lists_are_parted_and_hold_each_entry_once() -> None:
    given = {"developed_in": "CN; DE ;CN;", "deployed_in": ["CN", " DE "], "benefits": "less coal, less water"}
    record: Any = parse("technologies", TECHNOLOGY | given)[0]
    assert record.developed_in == record.deployed_in == ["CN", "DE"]
    assert record.benefits == ["less coal", "less water"]


def test_codes_and_sites_of_a_technology_are_read_in_one_form() -> None:
    given = {
        "ipc": "F24D 3/08, C10L",
        "sdgs": "SDG 7; 13.a",
        "green_topics": "Heat pumps; Boilers",
        "reference_sites": "Beijing | 2024 | 2 MW; Kiel",
        "problem": "Waste heat is lost.",
        "published_on": "1 March 2024",
    }
    record: Any = parse("technologies", TECHNOLOGY | given)[0]
    assert (record.ipc, record.sdgs, record.green_topics) == (
        ["F24D3/08", "C10L"],
        ["7", "13.a"],
        ["Heat pumps", "Boilers"],
    )
    assert record.reference_sites == [{"site": "Beijing", "year": "2024", "size": "2 MW"}, {"site": "Kiel"}]
    assert (record.problem, record.published_on) == ("Waste heat is lost.", date(2024, 3, 1))
    ((field, why),) = parse("technologies", TECHNOLOGY | {"ipc": "heat"})[1]
    assert (field, "heat" in why) == ("ipc", True)
    priced: Any = parse("technologies", TECHNOLOGY | {"cost": "900,000", "cost_currency": "CNY"})[0]
    assert (priced.cost, priced.cost_currency) == (900_000, "CNY")
    ((field, _),) = parse("technologies", TECHNOLOGY | {"cost": "9"})[1]
    assert field == "cost_currency"
    need: Any = parse("needs", {"external_id": "n-1", "title": "Steam", "ipc": "f24d3/08, F24D"})[0]
    assert need.ipc == ["F24D3/08", "F24D"]
    ((field, why),) = parse("technologies", TECHNOLOGY | {"reference_sites": "Kiel | soon"})[1]
    assert (field, why.startswith("row 1, year:")) == ("reference_sites", True)


def test_licences_and_standards_are_read_from_one_cell_or_as_rows() -> None:
    given = {
        "licences": "Plain; exclusive",
        "standards": "ISO 9001 | 12 | TÜV | 2027-03-31; CE; UL 1 | | | | no",
        "publication": "Public",
    }
    record: Any = parse("technologies", TECHNOLOGY | given)[0]
    assert record.licences == ["exclusive", "plain"]
    assert record.standards == [
        {"name": "ISO 9001", "number": "12", "body": "TÜV", "valid_until": "2027-03-31"},
        {"name": "CE"},
        {"name": "UL 1", "held": "no"},
    ]
    assert record.publication == "public"
    rows: Any = parse("technologies", TECHNOLOGY | {"licences": ["sole"], "standards": [{"name": "CE"}]})[0]
    assert (rows.licences, rows.standards) == (["sole"], [{"name": "CE"}])
    for field, value in (
        ("licences", "none; plain"),
        ("licences", "free"),
        ("standards", "CE | 1 | TÜV | soon"),
        ("standards", "a | b | c | d | e | f"),
        ("standards", "CE | | | | perhaps"),
        ("restrictions", "secret | CN"),
        ("restrictions", "export_control | China"),
        ("restrictions", "none; other | | Sanctions"),
        ("publication", "everybody"),
    ):
        ((told, _),) = parse("technologies", TECHNOLOGY | {field: value})[1]
        assert told == field


def test_what_came_inside_is_told_by_its_place() -> None:
    rights = [{"kind": "invention", "status": "in_force"}, {"kind": "idea"}, {"kind": "design", "colour": "red"}]
    assert parse("technologies", TECHNOLOGY | {"rights": rights})[1] == [
        ("rights.1.kind", f"must be one of {', '.join(RIGHTS)}"),
        ("rights.2.colour", "is not known here"),
    ]
    assert parse("technologies", TECHNOLOGY | {"verification": "verified"})[1] == [
        ("verification", "must be a JSON object")
    ]


@pytest.mark.parametrize(
    ("right", "field", "why"),
    [
        ({"kind": "know_how", "number": "CN 1"}, "number", "a right of the kind know_how has none"),
        ({"kind": "application", "status": "in_force"}, "status", "must be one of pending, refused, withdrawn"),
        (PATENT | {"granted_on": "2020-04-30"}, "granted_on", "lies before the day of filing"),
        (PATENT | {"filed_on": "2026-03-17"}, "filed_on", "must not lie in the future"),
        (PATENT | {"expires_on": "2040-05-01", "fee_paid_to": "2041-05-01"}, "fee_paid_to", "lies after the last day"),
        (
            PATENT | {"expires_on": "2050-05-01"},
            "expires_on",
            "lies beyond the longest term of such a right, which ends",
        ),
    ],
)
def test_a_right_says_nothing_that_its_kind_does_not_have_or_that_cannot_be(
    right: dict[str, str], field: str, why: str
) -> None:
    ((where, said),) = parse("technologies", TECHNOLOGY | {"rights": [right]}, "2026-03-16")[1]
    assert where == f"rights.0.{field}"
    assert said.startswith(why)
    sound = {"kind": "application", "application_number": "CN 2022 1", "status": "pending"}
    assert parse("technologies", TECHNOLOGY | {"rights": [sound, PATENT, {"kind": "know_how"}]})[1] == []


def test_the_kind_of_a_right_is_read_as_in_a_table_of_rights() -> None:
    record, faults = parse("technologies", TECHNOLOGY | {"rights": [PATENT | {"kind": " Invention"}]})
    assert isinstance(record, Technology)
    assert (faults, [right.kind for right in record.rights or ()]) == ([], ["invention"])
    others: tuple[Any, ...] = (["invention"], {}, 7, True)
    for strange in others:
        ((field, said),) = parse("technologies", TECHNOLOGY | {"rights": [{"kind": strange}]})[1]
        assert (field, said) == ("rights.0.kind", f"must be one of {', '.join(RIGHTS)}")


def test_what_is_to_come_has_not_happened() -> None:
    project = {"external_id": "p", "title": "Boiler", "ended_on": "2026-03-17", "outcome": "no_agreement"}
    match = {"external_id": "m", "proposed_on": "2026-03-17"}
    for kind, row, field in (("past_projects", project, "ended_on"), ("matches", match, "proposed_on")):
        told: Any = kind
        assert parse(told, row, "2026-03-16")[1] == [(field, "must not lie in the future")]
        assert parse(told, row, "2026-03-17")[1] == []


def test_an_empty_cell_says_nothing() -> None:
    assert said({"a": "", "b": "  ", "c": None, "d": [], "e": 0, "f": "x"}) == {"e": 0, "f": "x"}
    assert said({"title_en": "Steam"}) == {"title": "Steam"}
    assert said({"title_en": "Steam", "title": "Heat"}) == {"title_en": "Steam", "title": "Heat"}
    assert need(title=" ")[1] == need(title="n/a")[1] == [("title", "is missing")]


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_knows_the_columns_that_it_must_have(kind: Kind) -> None:
    for names in REQUIRED[kind]:
        assert set(names.split("|")) & known_columns(kind)
    assert set(MODELS[kind].model_fields) <= known_columns(kind)
    assert (set(SIDES) <= known_columns(kind)) is (kind == "matches")


def test_a_mark_before_three_digits_is_not_guessed_at_beside_semicolons() -> None:
    given = NEED | {"budget": "1,234", "budget_currency": "CNY"}
    assert parse("needs", given)[1] == []
    ((field, why),) = parse("needs", given, semicolons=True)[1]
    assert (field, "thousands or a fraction" in why) == ("budget", True)


def test_a_row_names_so_many_rights_and_no_more() -> None:
    rights = [{"kind": "invention", "office": "CNIPA", "number": f"CN {n}"} for n in range(MOST_RIGHTS + 1)]
    told = {"external_id": "1", "title": "Kiln", "rights": rights}
    assert parse("technologies", told)[1] == [("rights", "may list at most 100 rights")]
    assert parse("technologies", told | {"rights": rights[1:]})[1] == []
