"""A definition says of each service what its provider reads of the case."""

from __future__ import annotations

import re

import pytest

from casework.definitions import load_library
from casework.engine.definition.sheets import RECORD_PARTS, TOLD_PARTS, Sheet
from casework.engine.parts import REFERRAL
from tests.support.databases import ROOT
from workflows.codes import SERVICES


def test_a_sheet_is_written_without_what_it_does_not_tell() -> None:
    assert Sheet(("need",), claim=("request.claim",)).written() == {"records": ["need"], "claim": ["request.claim"]}
    assert Sheet().written() == {"records": []}


@pytest.fixture
def sheets() -> dict[str, dict[str, list[str]]]:
    edition = load_library().playing(REFERRAL)
    assert edition is not None
    return {service: {part: list(told) for part, told in sheet.items()} for service, sheet in edition.sheets.items()}


def test_every_service_that_can_be_asked_for_has_a_sheet(sheets: dict[str, dict[str, list[str]]]) -> None:
    assert set(sheets) == set(SERVICES)
    for sheet in sheets.values():
        assert sheet["records"] or any(sheet.get(part) for part in TOLD_PARTS)
        assert set(sheet["records"]) <= set(RECORD_PARTS)


def test_what_a_sheet_tells_of_a_service_is_asked_there(sheets: dict[str, dict[str, list[str]]]) -> None:
    library = load_library()
    told = [
        (service, where)
        for service, sheet in sheets.items()
        for part in TOLD_PARTS
        for one in sheet.get(part, [])
        for where in one.split("|")
        if where.startswith("service.")
    ]
    assert told
    for service, where in told:
        edition = library.latest(service)
        assert edition is not None
        _, action, name = where.split(".")
        forms = [rule.form or "" for rule in edition.transitions if rule.name == action]
        # A word that is kept apart from what rules read would not be there to tell.
        assert any(field["name"] == name and field["fact"] for form in forms for field in edition.form(form)), where


def test_a_bank_reads_whose_patent_it_is_and_how_much_is_wanted(sheets: dict[str, dict[str, list[str]]]) -> None:
    # Neither the need nor the site: who lends on rights asks what they are worth, and what the money is for.
    assert sheets["pledge"]["records"] == ["budget", "technology", "rights"]
    assert {"need", "site"} <= set(sheets["finance"]["records"])
    assert {"amount", "borrower", "pledgor"} <= {
        where.rpartition(".")[2] for one in sheets["pledge"]["amounts"] for where in one.split("|")
    }
    # What the parties have told of their dispute, and not what the case is about.
    assert sheets["mediation"]["records"] == []


def test_the_documentation_says_what_each_service_gets(sheets: dict[str, dict[str, list[str]]]) -> None:
    told = (
        (ROOT / "docs/explanation/referrals.md")
        .read_text("utf-8")
        .partition("## The case sheet")[2]
        .partition("\n## ")[0]
    )
    rows = dict(re.findall(r"^\| (\w+) \| (.+) \|$", told, re.MULTILINE))
    assert {service for service in rows if service != "Service"} == set(sheets)
    for service, sheet in sheets.items():
        for part in (*sheet["records"], *(part for part in ("claim",) if sheet.get(part))):
            assert part in rows[service], (service, part)
