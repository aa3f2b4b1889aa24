"""The page of one field is reached from the field, and says who said what in which entry."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape

import pytest
from sqlalchemy import Engine

from casework.records.database import transaction
from tests.operations.history.test_field_history import _play, seq_of
from tests.operations.verification.test_certificates import _erase
from tests.support.web_client import Browser

BrowserFor = Callable[[str], Browser]
pytestmark = pytest.mark.stage(play=_play)


@pytest.fixture
def entry(engine: Engine, staged: str) -> str:
    with transaction(engine) as db:
        return f"/cases/{staged}/history/{seq_of(db, staged, 'proposed')}"


def links(page: str) -> list[str]:
    return [unescape(link) for link in re.findall(r'href="(/cases/[^"]+/field\?[^"]+)"', page)]


def test_every_link_of_an_entry_leads_to_a_page_with_its_value(
    browser_for: BrowserFor, entry: str, staged: str
) -> None:
    auditor = browser_for("auditor")
    found = links(auditor.get(entry).text)
    assert any("f=finding" in link for link in found)
    assert any("c=" in link for link in found)
    for link in found:
        page = auditor.get(link)
        assert page.status_code == 200, link
        assert f'href="{entry}"' in page.text
    assert [link for link in links(auditor.get(f"/cases/{staged}/history").text) if "f=finding" in link] != []


def test_a_field_says_who_filled_it_in_and_what_was_erased(
    browser_for: BrowserFor, entry: str, superuser_engine: Engine, staged: str
) -> None:
    auditor = browser_for("auditor")
    (link,) = [link for link in links(auditor.get(entry).text) if "f=finding" in link]
    page = auditor.get(link).text
    assert "A name on a list." in page
    assert "Compliance" in page
    _erase(superuser_engine, staged, int(entry.rpartition("/")[2]), "finding")
    page = auditor.get(link).text
    assert "A name on a list." not in page
    assert "erased" in page


@pytest.mark.parametrize("query", ["", "?f=finding", "?e=x&f=finding", "?c=cases", "?c=cases.revision", "?c=.."])
def test_what_is_no_field_is_not_found(browser_for: BrowserFor, staged: str, query: str) -> None:
    assert browser_for("auditor").get(f"/cases/{staged}/field{query}").status_code == 404
