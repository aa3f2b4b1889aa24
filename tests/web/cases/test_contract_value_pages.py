"""The page of contract values: what is in effect, what is told apart, and who finds it."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from sqlalchemy import Engine

from casework.operations.catalogue.importer import import_records
from casework.records.database import transaction
from tests.operations.cases.contracts_scene import action, add_agreement, signed
from tests.support.web_client import Browser
from tests.support.world import World
from tests.web.cases.two_cases import words_of

Enter = Callable[[str], Browser]
PAST = "external_id,title,ended_on,outcome,contract_value,contract_currency\nP1,Boiler,2023-05-31,deployed_measured,1200000,CNY\n"
PAGE = "/contract-values"


@pytest.fixture
def number(engine: Engine, world: World) -> str:
    import_records(engine, "past_projects", io.BytesIO(PAST.encode()), programme="BJ")
    with transaction(engine) as db:
        number = world.open_case(db)
        add_agreement(db, number, {"sign_local": action(**signed("2600000.50", kind="development"))})
        add_agreement(
            db,
            number,
            {"sign_cross": action(**signed("700", currency="USD", on="2025-11-03", kind="technical_service"))},
        )
        add_agreement(db, number, {"sign_local": action(**signed(None, kind="nda"))})
        add_agreement(db, number, {"sign_local": action(**signed(None, kind="assignment"))})
        add_agreement(db, number, {"sign_local": action(**signed("40000"))})
        add_agreement(db, number, {"sign_local": action(**signed("5", kind="loi"))})
        add_agreement(db, number, {"sign_local": action(**signed("90", kind="development"))}, "ended")
    return number


def test_the_sums_are_told_and_what_does_not_count_is_told_apart(browser_for: Enter, number: str) -> None:
    for who in ("officer", "auditor", "manager"):
        told = words_of(browser_for(who).get(PAGE).text)
        assert "3 technology contracts are in effect. 1 of them says no value." in told
        assert "CNY 1 CNY 2,600,000.50" in told
        assert "USD 1 USD 700" in told
        assert "2025 1 USD 700 2026 1 CNY 2,600,000.50" in told
        assert "Development 1 CNY 2,600,000.50" in told
        assert f"{number} Steam without coal" in told
        assert "Assignment of a patent or an application" in told
        # No technology contracts: what goods cost and a letter names stands apart.
        assert (
            "Letter of intent 1 0 0 CNY 5 Non-disclosure agreement 1 1 0 Purchase of equipment 1 0 0 CNY 40,000" in told
        )
        assert "2,640,000" not in told
        assert "Of which technology 2026 1 CNY 90 Imported" in told
        assert "2023 1 CNY 1,200,000 not known" in told
        assert "2,600,790" not in told, "what has ended is not added"


def test_it_is_found_from_the_lists(browser_for: Enter, number: str) -> None:
    for who, page in (("officer", "/cases"), ("auditor", "/"), ("officer", "/past-projects")):
        assert f'href="{PAGE}"' in browser_for(who).get(page, follow_redirects=True).text, (who, page)
    assert PAGE not in browser_for("observer").get("/cases").text
    for who in ("observer", "provider"):
        assert browser_for(who).get(PAGE).status_code == 404


def test_without_agreements_it_says_when_they_count(browser_for: Enter, world: World) -> None:
    assert "No technology contract is in effect yet." in words_of(browser_for("officer").get(PAGE).text)


def test_the_list_of_cases_and_its_export_have_the_values(browser_for: Enter, number: str) -> None:
    browser = browser_for("officer")
    assert "2,600,000" not in browser.get("/cases").text, "no usual column"
    shown = words_of(browser.get("/cases?columns=contract_value,technology_value").text)
    assert "CNY 2,600,000.50" in shown
    assert "CNY 90" not in shown
    csv = browser.get("/cases.csv").data.decode("utf-8-sig")
    head, row = csv.splitlines()
    assert head.endswith('"Contract value","Of which technology","Moved past steps"')
    assert (
        '"CNY 2,600,000.50 · USD 700 · none: The owner asks nothing for it · none: The owner asks nothing for it · CNY 40,000 · CNY 5"'
        in row
    )


def test_in_chinese_it_is_the_figure_that_offices_ask_for(browser_for: Enter, number: str) -> None:
    browser = browser_for("officer")
    browser.post("/preferences", {"language": "zh-Hans", "page": PAGE}, page=PAGE)
    told = words_of(browser.get(PAGE).text)
    assert "成交额" in told
    assert "2,600,000.50" in told
