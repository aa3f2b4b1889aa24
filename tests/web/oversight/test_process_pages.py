"""The page of how cases ran: a map with its heat and the same as a table, for who answers for a programme and nobody else."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections.abc import Callable
from html import unescape

import pytest
from sqlalchemy import Engine

from casework.definitions import load_library
from casework.operations.mediations.service import open_mediation
from casework.operations.people import registry
from casework.records.database import transaction
from tests.support.way_to_referral import to_referral
from tests.support.web_client import Browser
from tests.support.world import World, new_request
from tests.web.cases.two_cases import in_list, words_of

Enter = Callable[[str], Browser]


@pytest.fixture
def numbers(engine: Engine, world: World) -> tuple[str, str]:
    """A case that was taken and referred, and one that nobody has taken."""
    with transaction(engine) as db:
        referred, _ = to_referral(world, db)
        return referred, world.new_case(db)


def sheet(page: str, name: str) -> str:
    found = re.search(rf'<section class="sheet [^"]*" id="{name}".*?</section>', page, re.S)
    assert found is not None
    return found[0]


def hot(page: str) -> list[str]:
    """The levels of the boxes that are coloured."""
    return re.findall(r'<g class="[^"]*heat-([123])">', page)


def number_of(workflow: str) -> int:
    edition = load_library().latest(workflow)
    assert edition is not None
    return edition.number


def test_states_are_told_on_the_map_and_in_the_table(browser_for: Enter, numbers: tuple[str, str]) -> None:
    page = browser_for("supervisor").get("/process").text
    assert "2 cases in all" in page
    assert page.count('<svg class="map"') == 1
    assert "2 in all, 1 now" in page
    states = words_of(sheet(page, "states"))
    assert "Proposed 2 1" in states
    assert "Triage 1 0" in states
    assert words_of(sheet(page, "ways")).count("BJ-") == 2
    assert all(f'href="/cases/{number}"' in sheet(page, "ways") for number in numbers)
    assert "Every action was taken as its edition says." in sheet(page, "conformance")


def test_each_way_leads_to_the_list_of_its_cases(browser_for: Enter, numbers: tuple[str, str]) -> None:
    browser = browser_for("supervisor")
    ways = sheet(browser.get("/process?as_of=2199-01-01&colour=count").text, "ways")
    links = [unescape(one) for one in re.findall(r'href="(/process/cases[^"]+)"', ways)]
    assert len(links) == 2
    assert all("as_of=2199-01-01" in one and "colour=count" in one for one in links)
    pages = [browser.get(one).text for one in links]
    assert sorted(in_list(page) for page in pages) == sorted([number] for number in numbers)
    (untouched,) = [page for page in pages if in_list(page) == [numbers[1]]]
    assert "no action yet" in untouched
    assert 'href="/process?as_of=2199-01-01&amp;colour=count#ways"' in untouched


@pytest.mark.parametrize("query", ["", "?way=", "?way=0123456789abcdef", "?way=x&as_of=2001-01-01"])
def test_a_way_that_no_case_went_has_an_empty_list(browser_for: Enter, numbers: tuple[str, str], query: str) -> None:
    page = browser_for("supervisor").get(f"/process/cases{query}").text
    assert "No case stands behind it." in page
    assert in_list(page) == []


def test_what_is_no_day_has_no_list(browser_for: Enter, numbers: tuple[str, str]) -> None:
    assert browser_for("supervisor").get("/process/cases?as_of=x").status_code == 404


def test_the_cases_of_a_way_are_for_who_reads_how_cases_ran(browser_for: Enter, numbers: tuple[str, str]) -> None:
    ways = sheet(browser_for("supervisor").get("/process").text, "ways")
    (link, *_) = [unescape(one) for one in re.findall(r'href="(/process/cases[^"]+)"', ways)]
    for name in ("officer", "provider", "observer", "foreign_officer"):
        assert browser_for(name).get(link).status_code == 404


def test_the_address_says_what_colours_show(browser_for: Enter, numbers: tuple[str, str]) -> None:
    browser = browser_for("manager")
    page = browser.get("/process?colour=count").text
    assert "3" in hot(page)
    assert '<rect class="heat"' in page
    assert '<option value="count" selected>' in page
    # Nothing was late, and what colours cannot show is as if nobody had asked.
    for query in ("", "?colour=late", "?colour=nothing"):
        page = browser.get(f"/process{query}").text
        assert hot(page) == []
        assert '<option value="late" selected>' in page


def test_it_is_taken_out_with_all_cases(browser_for: Enter, numbers: tuple[str, str]) -> None:
    browser = browser_for("supervisor")
    page = browser.get("/process").text
    assert all(f'href="/process.{ending}"' in page for ending in ("csv", "xlsx", "json"))
    answer = browser.get("/process.csv")
    assert re.search(r"process-BJ-\d{4}-\d\d-\d\d\.csv", answer.headers["Content-Disposition"])
    head, *rows = csv.reader(io.StringIO(answer.data.decode("utf-8-sig")))
    states = {row[head.index("What")]: row for row in rows if row[head.index("Part")] == "Time in each state"}
    assert [states["Proposed"][head.index(name)] for name in ("Count", "There now")] == ["2", "1"]
    assert {row[head.index("Cases")] for row in rows} == {"", *numbers}
    told = json.loads(browser.get("/process.json").data)
    assert sorted(case for one in told["variants"] for case in one["cases"]) == sorted(numbers)
    with zipfile.ZipFile(io.BytesIO(browser.get("/process.xlsx").data)) as book:
        assert numbers[0] in book.read("xl/sharedStrings.xml").decode()
    assert browser.get("/process.csv?as_of=x").status_code == 404


def test_each_edition_by_which_cases_ran_has_its_map(browser_for: Enter, numbers: tuple[str, str]) -> None:
    browser = browser_for("auditor")
    referral = f"referral-{number_of('referral')}"
    first = browser.get("/process?colour=count").text
    assert re.search(rf'href="/process\?[^"]*edition={referral}[&"]', first)
    other = browser.get(f"/process?colour=count&edition={referral}").text
    assert "Proposed" in sheet(first, "states")
    assert "Proposed" not in sheet(other, "states")
    assert f'<input type="hidden" name="edition" value="{referral}">' in other
    # Of one by which no case ran there is the first.
    assert "Proposed" in sheet(browser.get("/process?edition=case-99").text, "states")


def test_a_day_before_the_first_case_tells_of_none(browser_for: Enter, numbers: tuple[str, str]) -> None:
    browser = browser_for("supervisor")
    page = browser.get("/process?as_of=2001-01-01").text
    assert "No case yet." in page
    assert '<svg class="map"' not in page
    assert "2 cases in all" in browser.get("/process?as_of=2199-01-01").text
    answer = browser.get("/process?as_of=x")
    assert answer.status_code == 422
    assert "Write the day as YYYY-MM-DD." in answer.text


@pytest.mark.parametrize("name", ["officer", "compliance", "provider", "observer", "administrator", "foreign_officer"])
def test_to_all_others_the_page_is_not_there(browser_for: Enter, world: World, name: str) -> None:
    browser = browser_for(name)
    assert browser.get("/process").status_code == 404
    assert 'href="/process"' not in browser.get("/").text


def test_it_is_found_from_the_figures_and_leads_back_to_the_same_day(
    browser_for: Enter, numbers: tuple[str, str]
) -> None:
    browser = browser_for("supervisor")
    assert 'href="/process"' in browser.get("/figures").text
    assert 'href="/process?as_of=2026-01-05"' in browser.get("/figures?as_of=2026-01-05").text
    assert 'href="/figures?as_of=2026-01-05"' in browser.get("/process?as_of=2026-01-05").text
    assert 'href="/process"' not in browser_for("officer").get("/figures").text


def test_of_several_programmes_one_is_told(
    browser_for: Enter, engine: Engine, world: World, numbers: tuple[str, str]
) -> None:
    with transaction(engine) as db:
        registry.grant_role(
            db, world.people["supervisor"], "supervisor", programme=world.programmes["SH"], organisation=None
        )
    browser = browser_for("supervisor")
    assert all(number in browser.get("/process?programme=BJ").text for number in numbers)
    page = browser.get("/process?programme=SH").text
    assert "No case yet." in page
    assert not any(number in page for number in numbers)


def test_nothing_tells_of_mediations(
    browser_for: Enter, engine: Engine, world: World, numbers: tuple[str, str]
) -> None:
    browser = browser_for("auditor")
    before = browser.get("/process").text
    with transaction(engine) as db:
        open_mediation(db, world.actor(db, "dispute_officer"), numbers[0], new_request())
    page = browser.get("/process").text
    assert "ediation" not in page
    assert words_of(sheet(page, "ways")) == words_of(sheet(before, "ways"))


def test_each_state_leads_to_the_cases_that_stand_there(browser_for: Enter, numbers: tuple[str, str]) -> None:
    browser = browser_for("supervisor")
    states = sheet(browser.get("/process").text, "states")
    links = [unescape(one) for one in re.findall(r'href="(/process/cases[^"]+)"', states)]
    proposed = next(one for one in links if "state=proposed" in one)
    page = browser.get(proposed).text
    assert in_list(page) == [numbers[1]]
    assert "Cases that stand there now" in page
    # Where nothing stands there is no way.
    assert not [one for one in links if "state=triage" in one]
    for name in ("officer", "provider", "observer"):
        assert browser_for(name).get(proposed).status_code == 404


def test_one_case_and_a_period_are_chosen_and_go_with_every_link(browser_for: Enter, numbers: tuple[str, str]) -> None:
    browser = browser_for("supervisor")
    page = browser.get(f"/process?case={numbers[1]}&opened_from=2001-01-01").text
    assert words_of(sheet(page, "ways")).count("BJ-") == 1
    assert f'value="{numbers[1]}"' in page
    files = [unescape(one) for one in re.findall(r'href="(/process\.\w+\?[^"]+)"', page)]
    assert len(files) == 3
    assert all(f"case={numbers[1]}" in one and "opened_from=2001-01-01" in one for one in files)
    assert "No case was that." in browser.get("/process?case=X-1").text
    assert browser.get("/process?opened_from=x").status_code == 422
    late = browser.get("/process?opened_from=2026-02-01&opened_to=2026-01-01")
    assert (late.status_code, "The last day comes before the first" in late.text) == (422, True)
    told = json.loads(browser.get(f"/process.json?case={numbers[0]}").data)
    assert [one["cases"] for one in told["variants"]] == [[numbers[0]]]


def test_filters_of_the_figures_go_along_and_one_that_cannot_is_named(
    browser_for: Enter, numbers: tuple[str, str]
) -> None:
    browser = browser_for("supervisor")
    figures = browser.get("/figures?source=catalogue&district=nowhere&opened_from=2001-01-01&period=last_week").text
    (link,) = (unescape(one) for one in re.findall(r'href="(/process\?[^"]+)"', figures))
    assert all(one in link for one in ("source=catalogue", "district=nowhere", "opened_from=2001-01-01"))
    page = browser.get("/process?source=catalogue&event=x").text
    assert "Filtered by: Source of the match: catalogue" in words_of(page)
    assert '<input type="hidden" name="source" value="catalogue">' in page
    assert "not told by event" in page
    assert 'href="/figures?source=catalogue"' in page
    assert re.search(r'href="/process/events\.xes\?[^"]*source=catalogue', page)
    told = json.loads(browser.get("/process.json?source=catalogue").data)
    assert sorted(case for one in told["variants"] for case in one["cases"]) == sorted(numbers)
    for query in ("source=catalogue&district=nowhere", "source=none"):
        assert "No case was that." in browser.get(f"/process?{query}").text
        assert json.loads(browser.get(f"/process.json?{query}").data)["variants"] == []
        assert json.loads(browser.get(f"/process/events.json?{query}").data)["objects"] == []
