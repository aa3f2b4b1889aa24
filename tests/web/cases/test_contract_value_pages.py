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
        add_agreement(db, number, {"sign_local": action(**signed("2600000.50"))})
        add_agreement(db, number, {"sign_cross": action(**signed("700", currency="USD", on="2025-11-03"))})
        add_agreement(db, number, {"sign_local": action(**signed(None, kind="nda"))})
        add_agreement(db, number, {"sign_local": action(**signed("90"))}, "ended")
    return number


def test_the_sums_are_told_and_what_does_not_count_is_told_apart(browser_for: Enter, number: str) -> None:
    for who in ("officer", "auditor", "manager"):
        told = words_of(browser_for(who).get(PAGE).text)
        assert "3 agreements are in effect. 1 of them says no value." in told
        assert "CNY 1 CNY 2,600,000.50" in told
        assert "USD 1 USD 700" in told
        assert "2025 1 USD 700 2026 1 CNY 2,600,000.50" in told
        assert "Purchase of equipment 1 CNY 2,600,000.50" in told
        assert f"{number} Steam without coal" in told
        assert "Non-disclosure agreement" in told
        assert "Of which technology 2026 1 CNY 90 Imported" in told
        assert "2023 1 CNY 1,200,000" in told
        assert "2,600,790" not in told, "what has ended is not added"


def test_it_is_found_from_the_lists(browser_for: Enter, number: str) -> None:
    for who, page in (("officer", "/cases"), ("auditor", "/"), ("officer", "/past-projects")):
        assert f'href="{PAGE}"' in browser_for(who).get(page, follow_redirects=True).text, (who, page)
    assert PAGE not in browser_for("observer").get("/cases").text
    for who in ("observer", "provider"):
        assert browser_for(who).get(PAGE).status_code == 404


def test_without_agreements_it_says_when_they_count(browser_for: Enter, world: World) -> None:
    assert "No agreement is in effect yet." in words_of(browser_for("officer").get(PAGE).text)


def test_the_list_of_cases_and_its_export_have_the_values(browser_for: Enter, number: str) -> None:
    browser = browser_for("officer")
    assert "2,600,000" not in browser.get("/cases").text, "no usual column"
    shown = words_of(browser.get("/cases?columns=contract_value,technology_value").text)
    assert "CNY 2,600,000.50" in shown
    assert "CNY 90" not in shown
    csv = browser.get("/cases.csv").data.decode("utf-8-sig")
    head, row = csv.splitlines()
    assert head.endswith('"Contract value","Of which technology"')
    assert '"CNY 2,600,000.50 · USD 700 · none: The owner asks nothing for it"' in row


def test_in_chinese_it_is_the_figure_that_offices_ask_for(browser_for: Enter, number: str) -> None:
    browser = browser_for("officer")
    browser.post("/preferences", {"language": "zh-Hans", "page": PAGE}, page=PAGE)
    told = words_of(browser.get(PAGE).text)
    assert "成交额" in told
    assert "2,600,000.50" in told
