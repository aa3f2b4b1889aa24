"""The palette leads to what one may see and do, and to nothing else."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from tests.support.way_to_referral import to_referral
from tests.support.web_client import Browser

BrowserFor = Callable[[str], Browser]
pytestmark = pytest.mark.stage(play=to_referral)
SCRIPT = {"X-Casework": "script"}


@pytest.fixture
def number(staged: tuple[str, str]) -> str:
    return staged[0]


def ways(browser: Browser, **asked: str) -> dict[str, str]:
    """Address of each way, by what it is called."""
    answer = browser.get("/go", query_string=asked, headers=SCRIPT)
    assert answer.status_code == 200
    found = re.findall(r'<a href="([^"]+)">([^<]+?)(?: <span[^>]*>[^<]*</span>)?</a>', answer.text)
    return {words: url for url, words in found}


def test_without_words_it_leads_to_the_pages_of_the_role(browser_for: BrowserFor, number: str) -> None:
    assert ways(browser_for("officer"))["Queues"] == "/queues"
    assert "Queues" not in ways(browser_for("auditor"))


def test_letters_choose_among_pages(browser_for: BrowserFor, number: str) -> None:
    assert list(ways(browser_for("officer"), q="quEu")) == ["Queues"]


def test_a_number_leads_to_the_case_and_to_what_may_be_done_there(browser_for: BrowserFor, number: str) -> None:
    officer = browser_for("officer")
    found = ways(officer, q=number.lower())
    assert found[number] == f"/cases/{number}"
    offered = {url for url in found.values() if url.startswith(f"/cases/{number}/tracks/")}
    page = officer.get(f"/cases/{number}").text
    assert offered
    assert all(f'href="{url}"' in page for url in offered)
    assert all(officer.get(url).status_code == 200 for url in offered)


def test_on_the_page_of_a_case_its_actions_are_found_by_their_words(browser_for: BrowserFor, number: str) -> None:
    officer = browser_for("officer")
    every = {words for words, url in ways(officer, case=number).items() if "/tracks/" in url}
    some = {words for words, url in ways(officer, case=number, q="hold").items() if "/tracks/" in url}
    assert some == {words for words in every if "hold" in words.lower()} != set()


def test_what_one_may_ask_for_in_a_case_is_found_by_its_words(browser_for: BrowserFor, number: str) -> None:
    officer = browser_for("officer")
    asked = [url for url in ways(officer, case=number, q="more time").values() if url.endswith("/tasks/ask_more_time")]
    assert len(asked) == 1
    assert officer.get(asked[0]).status_code == 200
    for role in ("auditor", "supervisor", "foreign_officer", "provider"):
        assert "ask_more_time" not in str(ways(browser_for(role), case=number, q="more time"))


@pytest.mark.parametrize(
    "query", ["{} hold", "hold {}", "steam hold", "hold steam", "steam\u3000hold", "hold\t {}", "\u3000hold  steam"]
)
def test_outside_a_case_words_name_the_case_and_what_to_do_there(
    browser_for: BrowserFor, number: str, query: str
) -> None:
    officer = browser_for("officer")
    found = [url for url in ways(officer, q=query.format(number)).values() if "/tracks/" in url]
    inside = [url for url in ways(officer, case=number, q="hold").values() if "/tracks/" in url]
    assert found == inside != []
    assert any("/tracks/" in url for url in ways(officer, q="steam").values())
    assert not [url for url in ways(browser_for("observer"), q=query.format(number)).values() if "/tracks/" in url]


@pytest.mark.parametrize("role", ["foreign_officer", "provider", "administrator", "observer"])
def test_a_case_that_one_does_not_see_whole_is_as_none(browser_for: BrowserFor, number: str, role: str) -> None:
    browser = browser_for(role)
    real = browser.get("/go", query_string={"case": number}, headers=SCRIPT).text
    none = browser.get("/go", query_string={"case": "BJ-2099-0001"}, headers=SCRIPT).text
    assert real == none
    assert "/tracks/" not in browser.get("/go", query_string={"q": number}, headers=SCRIPT).text


def test_an_auditor_is_led_to_no_action(browser_for: BrowserFor, number: str) -> None:
    found = ways(browser_for("auditor"), q=number)
    assert found[number] == f"/cases/{number}"
    assert not [url for url in found.values() if "/tracks/" in url]


def test_without_a_script_it_is_a_page(browser_for: BrowserFor, number: str) -> None:
    page = browser_for("officer").get("/go", query_string={"q": number}).text
    assert "<h1>Go to</h1>" in page
    assert f'href="/cases/{number}"' in page.split("<main")[1]


def test_nothing_found_says_what_to_do(browser_for: BrowserFor, number: str) -> None:
    page = browser_for("officer").get("/go", query_string={"q": "xyzzy"}, headers=SCRIPT).text
    assert "Try fewer letters" in page


def test_a_provider_finds_the_referral(browser_for: BrowserFor, staged: tuple[str, str]) -> None:
    assert f"/referrals/{staged[1]}" in ways(browser_for("provider"), q="hebei").values()
