"""The page of a sample that is kept: drawn, kept, looked at, and named in an attestation."""

from __future__ import annotations

import html
import re
from collections.abc import Callable

import pytest
from sqlalchemy import Engine

from casework.records.database import transaction
from tests.support.web_client import Browser
from tests.support.world import World

BrowserFor = Callable[[str], Browser]
DRAWN = {"seed": "spring", "size": "2", "as_of": "2099-01-01T00:00:00Z"}


@pytest.fixture
def address(engine: Engine, world: World) -> str:
    """Where the samples of a programme with three cases lie."""
    with transaction(engine) as db:
        for _ in range(3):
            world.new_case(db)
    return f"/programmes/{world.programmes['BJ']}/samples"


def keep(browser: Browser, address: str) -> None:
    assert browser.post(address, DRAWN, page="/sample").status_code == 303


def test_what_was_drawn_is_kept_by_a_button_and_listed(browser_for: BrowserFor, address: str) -> None:
    browser = browser_for("auditor")
    assert "Keep this sample" in browser.get("/sample").text
    keep(browser, address)
    assert f'href="{address}/1"' in browser.get("/sample").text


def test_it_is_said_of_each_case_what_came_of_it(browser_for: BrowserFor, address: str) -> None:
    browser = browser_for("auditor")
    keep(browser, address)
    page = html.unescape(browser.get(f"{address}/1").text)
    assert "0 of 2: 0 in order, 0 with a finding" in page
    number = re.findall(r"<option[^>]*>(BJ-[\d-]+)</option>", page)[0]
    answer = browser.post(f"{address}/1/look", {"case": number, "result": "in_order"}, page=f"{address}/1")
    assert answer.status_code == 303
    assert "1 of 2: 1 in order, 0 with a finding" in html.unescape(browser.get(f"{address}/1").text)


@pytest.mark.parametrize("sent", [{}, {"result": "finding"}, {"result": "well"}])
def test_what_is_missing_is_said_beside_its_field(browser_for: BrowserFor, address: str, sent: dict[str, str]) -> None:
    browser = browser_for("auditor")
    keep(browser, address)
    answer = browser.post(f"{address}/1/look", sent, page=f"{address}/1")
    assert answer.status_code == 422
    assert 'class="fault"' in answer.text


@pytest.mark.parametrize("sent", [{"size": "x"}, {"as_of": "soon"}, {"as_of": "2026-01-01T00:00:00"}, {"seed": ""}])
def test_what_cannot_be_drawn_is_not_kept(browser_for: BrowserFor, address: str, sent: dict[str, str]) -> None:
    browser = browser_for("auditor")
    assert browser.post(address, DRAWN | sent, page="/sample").status_code == 303
    assert browser.get(f"{address}/1").status_code == 404


def test_an_attestation_can_be_of_it(browser_for: BrowserFor, address: str) -> None:
    browser = browser_for("auditor")
    keep(browser, address)
    page = browser.get(address.replace("samples", "attestations/new"), query_string={"sample": "1"}).text
    assert "drawn with the seed spring" in html.unescape(page)


@pytest.mark.parametrize("by", ["supervisor", "manager", "provider"])
def test_for_others_there_is_none(browser_for: BrowserFor, address: str, by: str) -> None:
    keep(browser_for("auditor"), address)
    assert browser_for(by).get(f"{address}/1").status_code == 404
