"""The list of cases, its filters and its spreadsheets, as an officer, a supervisor, an observer and others meet them."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Callable

import pytest
from sqlalchemy import Engine, text

from casework.records.database import transaction
from tests.support.pages import read_page
from tests.support.way_to_referral import complete
from tests.support.web_client import Browser
from tests.support.world import World
from tests.web.cases.two_cases import in_list, play_two_cases, words_of

Enter = Callable[[str], Browser]

pytestmark = pytest.mark.stage(play=play_two_cases)


@pytest.fixture
def numbers(staged: tuple[str, str]) -> tuple[str, str]:
    return staged


def test_the_list_has_every_case_with_what_is_next(browser_for: Enter, numbers: tuple[str, str]) -> None:
    page = browser_for("officer").get("/cases").text
    assert in_list(page) == [numbers[1], numbers[0]]
    told = words_of(page)
    assert "2 cases" in told
    assert "Haidian Assessment Lab" in told
    assert "nobody yet" in told


@pytest.mark.parametrize(
    ("query", "which"),
    [
        ("state=proposed", [1]),
        ("state=closing", []),
        ("waits_for=provider", [0]),
        ("waits_for=us", [1]),
        ("open=yes", [1, 0]),
        ("open=no", []),
        ("overdue=yes", []),
        ("q=steam", [1, 0]),
        ("q=nothing+like+this", []),
        ("sort=number", [0, 1]),
        ("sort=oldest&state=proposed", [1]),
        ("q=%25", []),
        ("outcome=dormant", []),
    ],
)
def test_filters_are_plain_addresses(
    browser_for: Enter, numbers: tuple[str, str], query: str, which: list[int]
) -> None:
    answer = browser_for("officer").get(f"/cases?{query}")
    assert answer.status_code == 200
    assert in_list(answer.text) == [numbers[n] for n in which]
    if not which:
        assert "No case is like that." in answer.text


def test_an_outcome_that_is_proposed_is_not_said_as_though_it_were_decided(
    browser_for: Enter, world: World, engine: Engine, numbers: tuple[str, str]
) -> None:
    said, proposed = "Dormant", "Dormant (proposed, not decided yet)"
    with transaction(engine) as db:
        world.fire(db, "officer", numbers[1], "take")
        checked = dict.fromkeys(("need_complete", "technology_complete", "duplicate_checked", "rationale_fits"), True)
        complete(world, db, "officer", numbers[1], "triage_check", data=checked | {"interest": "none"})
        closing = {"outcome": "dormant", "reason": "other/other", "statements": "No interest any more."}
        world.fire(db, "officer", numbers[1], "propose_close", closing)
    for who, page in (("officer", "/cases"), ("officer", f"/cases/{numbers[1]}"), ("observer", f"/cases/{numbers[1]}")):
        assert proposed in words_of(browser_for(who).get(page).text), (who, page)
    ticks = re.compile('name="case" value="([^"]*)"')
    # It is open still, and so may be handed over or put on hold with others.
    assert ticks.findall(browser_for("officer").get("/cases").text) == [numbers[1], numbers[0]]
    with transaction(engine) as db:
        closed = {"outcome": "dormant", "reason": "other/other"}
        world.fire(db, "supervisor", numbers[1], "close", closed)
    for who, page in (("officer", "/cases"), ("observer", f"/cases/{numbers[1]}")):
        told = words_of(browser_for(who).get(page).text)
        assert said in told, (who, page)
        assert proposed not in told, (who, page)
    assert ticks.findall(browser_for("officer").get("/cases").text) == [numbers[0]]


def test_filters_by_who(browser_for: Enter, world: World, numbers: tuple[str, str]) -> None:
    browser = browser_for("supervisor")
    assert in_list(browser.get(f"/cases?owner={world.people['officer']}").text) == [numbers[0]]
    assert in_list(browser.get(f"/cases?provider={world.organisations['bank']}").text) == [numbers[0]]
    assert in_list(browser.get(f"/cases?provider={world.organisations['inspectors']}").text) == []


@pytest.mark.parametrize("query", ["owner=me", "phase='", "cursor=abc", "sort=title", "sort=state&q=x"])
def test_what_no_filter_can_be_is_told(browser_for: Enter, query: str) -> None:
    answer = browser_for("officer").get(f"/cases?{query}")
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text


@pytest.mark.parametrize(
    ("sort", "column", "how"),
    [
        ("newest", "opened", "descending"),
        ("oldest", "opened", "ascending"),
        ("due", "due", "ascending"),
        ("number", "number", "ascending"),
    ],
)
def test_the_head_of_a_column_sorts_the_list(
    browser_for: Enter, numbers: tuple[str, str], sort: str, column: str, how: str
) -> None:
    page = browser_for("officer").get(f"/cases?open=yes&sort={sort}").text
    heads = {
        re.sub("<[^>]*>", "", cell).strip(): (
            re.search('aria-sort="([a-z]+)"', attributes),
            re.search('href="([^"]+)"', cell),
        )
        for attributes, cell in re.findall(r'<th role="columnheader"([^>]*)>(.*?)</th>', page, re.DOTALL)
    }
    words = {"number": "Case", "due": "Next due", "opened": "Opened"}
    assert {name: found[1] for name, (found, _) in heads.items() if found} == {words[column]: how}
    leads = {
        name: link[1].replace("&amp;", "&") for name, (_, link) in heads.items() if link and "&amp;all=" not in link[1]
    }
    assert leads == {
        "Case": "/cases?open=yes&sort=number",
        "Next due": "/cases?open=yes&sort=due",
        "Opened": "/cases?open=yes&sort=oldest" if sort == "newest" else "/cases?open=yes&sort=newest",
    }


def test_an_outline_is_not_sorted_by_what_it_does_not_say(browser_for: Enter, numbers: tuple[str, str]) -> None:
    assert "sort=due" not in browser_for("observer").get("/cases").text


def test_only_what_was_opened_since_the_visit_before_is_marked_as_new(
    browser_for: Enter, engine: Engine, numbers: tuple[str, str]
) -> None:
    with transaction(engine) as db:
        db.execute(
            text("UPDATE cases SET opened_at = opened_at - interval '3 days' WHERE number = :n"), {"n": numbers[0]}
        )
    page = browser_for("officer").get("/cases").text
    rows = {number: "new:" in row for row in page.split("<tr")[2:] for number in in_list(row)}
    assert rows == {numbers[0]: False, numbers[1]: True}


def test_open_cases_can_be_ticked_for_bulk_actions(browser_for: Enter, numbers: tuple[str, str]) -> None:
    browser = browser_for("officer")
    page = browser.get("/cases").text
    assert page.count('name="case"') == 2
    assert 'aria-label="Bulk actions"' in page
    ticked = re.compile('name="case"[^>]* checked>')
    assert not ticked.search(page)
    assert len(ticked.findall(browser.get("/cases?all=1").text)) == 2
    assert 'name="case"' not in browser_for("supervisor").get("/cases").text
    chosen = browser.get(f"/cases/bulk?case={numbers[0]}&operation=hold&page=/cases%3Fopen%3Dyes").text
    assert 'href="/cases?open=yes"' in chosen
    assert 'href="//evil' not in browser.get(f"/cases/bulk?case={numbers[0]}&page=//evil").text


def test_the_filters_stand_in_the_form_again(browser_for: Enter, numbers: tuple[str, str]) -> None:
    page = read_page(browser_for("officer").get("/cases?state=proposed&q=steam&sort=due").text)
    assert page.sent["state"] == "proposed"
    # The search of the frame has a field of this name too.
    assert "steam" in page.sent.getlist("q")
    assert page.sent["sort"] == "due"


def test_pages_follow_one_another(
    browser_for: Enter, engine: Engine, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("casework.operations.core.paging.PAGE", 2)
    with transaction(engine) as db:
        for _ in range(5):
            world.new_case(db)
    browser, seen, path = browser_for("officer"), [], "/cases?open=yes&sort=due"
    while path:
        page = browser.get(path).text
        seen += in_list(page)
        found = re.search(r'href="([^"]+)" rel="next"', page)
        path = found[1].replace("&amp;", "&") if found else ""
    assert len(seen) == 5
    assert len(set(seen)) == 5


def test_an_empty_list_says_what_comes(browser_for: Enter) -> None:
    assert "A case is opened from a match" in browser_for("officer").get("/cases").text


def test_an_observer_gets_outlines(browser_for: Enter, numbers: tuple[str, str]) -> None:
    browser = browser_for("observer")
    page = browser.get("/cases").text
    assert in_list(page) == [numbers[1], numbers[0]]
    assert "Haidian" not in page
    assert "Owner" not in words_of(page)
    outline = browser.get(f"/cases/{numbers[0]}")
    assert "Assessment" in outline.text
    for hidden in ("Haidian", "Hebei Steam Works", "Nordwind", "Task", "Consent"):
        assert hidden not in words_of(outline.text).replace("Consents", hidden)


@pytest.mark.parametrize("name", ["provider", "administrator", "verifier"])
def test_whoever_works_on_no_cases_has_no_list(browser_for: Enter, numbers: tuple[str, str], name: str) -> None:
    browser = browser_for(name)
    for path in ("/cases", "/cases.csv", "/cases.xlsx", f"/cases/{numbers[0]}"):
        assert browser.get(path).status_code == 404


def test_cases_of_another_programme_are_not_there(browser_for: Enter, numbers: tuple[str, str]) -> None:
    browser = browser_for("foreign_officer")
    assert in_list(browser.get("/cases").text) == []
    foreign, absent = browser.get(f"/cases/{numbers[0]}"), browser.get("/cases/BJ-2020-0001")
    assert (foreign.status_code, absent.status_code) == (404, 404)

    def plain(source: str) -> str:
        source = re.sub(r'value="[^"]*"|/cases/[\w-]+', "", source)
        return re.sub(r"[0-9a-f-]{36}", "", source)

    assert plain(foreign.text) == plain(absent.text)


# --- spreadsheets ----------------------------------------------------------------------------------------------------


def test_a_spreadsheet_has_what_the_list_shows(browser_for: Enter, engine: Engine, numbers: tuple[str, str]) -> None:
    with transaction(engine) as db:
        db.execute(text("UPDATE cases SET title = '=1+1' WHERE number = :n"), {"n": numbers[1]})
    browser = browser_for("officer")
    answer = browser.get("/cases.csv?state=proposed")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert "attachment" in answer.headers["Content-Disposition"]
    head, *rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert head[:4] == ["Number", "Title", "Step", "State"]
    assert [row[:4] for row in rows] == [[numbers[1], "'=1+1", "Triage", "Proposed"]]
    everything = list(csv.reader(io.StringIO(browser.get("/cases.csv?sort=number").data.decode("utf-8-sig"))))
    assert [row[0] for row in everything[1:]] == list(numbers)
    assert everything[1][7] == "Haidian Assessment Lab"
    with zipfile.ZipFile(io.BytesIO(browser.get("/cases.xlsx?state=proposed").data)) as book:
        strings = book.read("xl/sharedStrings.xml").decode()
    assert numbers[1] in strings
    assert numbers[0] not in strings
    assert "'=1+1" in strings


def test_an_observers_spreadsheet_tells_no_more(browser_for: Enter, numbers: tuple[str, str]) -> None:
    told = browser_for("observer").get("/cases.csv").data.decode("utf-8-sig")
    assert numbers[0] in told
    assert "Haidian" not in told
    assert '"Officer"' not in told
