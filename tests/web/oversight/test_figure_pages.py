"""The pages of figures: each number with what it is among and the way to its cases, for who reads figures and nobody else."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections.abc import Callable
from html import unescape

import pytest
from sqlalchemy import Engine, text

from casework.operations.oversight import figure_parts
from casework.operations.oversight.kept_figures import count_ahead
from casework.records.database import transaction
from casework.web.oversight import figure_tables
from tests.operations.catalogue.test_assessment_needs import say
from tests.operations.catalogue.test_needs_assessments import planned, visited
from tests.support.days import elsewhere
from tests.support.way_to_referral import to_referral
from tests.support.web_client import Browser
from tests.support.world import World, note_records
from tests.web.cases.two_cases import in_list, words_of

Enter = Callable[[str], Browser]


@pytest.fixture
def numbers(engine: Engine, world: World) -> tuple[str, str]:
    """A case that was taken and referred, and one that nobody has taken."""
    with transaction(engine) as db:
        referred, _ = to_referral(world, db)
        return referred, world.new_case(db)


def _sheet(page: str, name: str) -> str:
    found = re.search(rf'<section class="sheet [^"]*" id="{name}".*?</section>', page, re.S)
    assert found is not None
    return found[0]


def _links(page: str) -> list[str]:
    return [unescape(link) for link in re.findall(r'href="(/figures/(?!mails|outside)[^"]+)"', page)]


def test_a_number_stands_with_what_it_is_among_and_opens_its_cases(
    browser_for: Enter, numbers: tuple[str, str]
) -> None:
    browser = browser_for("officer")
    page = browser.get("/figures").text
    funnel = words_of(_sheet(page, "funnel"))
    assert "Need published" in funnel
    assert "Interest confirmed 1 1 of" in funnel
    assert "1 of 2" in funnel, "of all cases, too"
    # Under ten there is no percentage.
    assert "%" not in words_of(_sheet(page, "conversion"))
    (link, *_) = [one for one in _links(_sheet(page, "funnel")) if "/cases" in one]
    answer = browser.get(link)
    assert in_list(answer.text) == [numbers[0]]
    assert "From need to effect Interest confirmed 1 of" in words_of(answer.text)


def test_a_long_table_is_a_link_until_it_is_opened_and_keeps_what_was_asked_for(
    browser_for: Enter, numbers: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(figure_tables, "AT_ONCE", 0)
    browser = browser_for("officer")
    closed = _sheet(browser.get("/figures?as_of=2199-01-01").text, "conversion")
    assert "<details" not in closed
    (link,) = [unescape(one) for one in re.findall(r'<p class="data"><a href="([^"]+)">By month</a>', closed)]
    assert "as_of=2199-01-01" in link
    assert link.endswith("#conversion")
    opened = _sheet(browser.get(link).text, "conversion")
    assert re.search(r'<details class="data" open>\s*<summary>By month</summary>', opened)
    assert opened.count("<details") == 1
    nothing = _sheet(browser.get("/figures?detail=conversion.nothing").text, "conversion")
    assert nothing == _sheet(browser.get("/figures").text, "conversion")


def test_what_nothing_counts_yet_says_so(browser_for: Enter, world: World) -> None:
    page = browser_for("supervisor").get("/figures").text
    assert "Nothing to count yet." in _sheet(page, "loans")
    answer = browser_for("officer").get("/figures/funnel/cases?line=step:interest_confirmed")
    assert answer.status_code == 200
    assert "No case stands behind it." in answer.text


def test_the_address_says_of_which_cases_and_as_of_which_day(browser_for: Enter, numbers: tuple[str, str]) -> None:
    browser = browser_for("officer")
    some = browser.get("/figures?district=Haidian&as_of=2199-01-01").text
    assert "What is counted for the whole programme alone is left out." in some
    assert 'id="discipline"' not in some
    assert "Need published" not in some
    assert all("district=Haidian" in link for link in _links(some))
    assert '<option value="Haidian" selected>' in some
    nobody = browser.get("/figures?district=Nowhere").text
    assert "Nothing to count yet." in _sheet(nobody, "funnel")


def test_cases_are_told_apart_by_the_field_of_their_technology(
    browser_for: Enter, world: World, engine: Engine
) -> None:
    with transaction(engine) as db:
        for id, codes in zip(world.technologies, (["F24D3/08", "A47B1/00"], ["A47B1/00"]), strict=True):
            db.execute(text("UPDATE technologies SET ipc = :codes WHERE id = :id"), {"codes": codes, "id": id})
        note_records(db, "technologies")
        for match in (0, 1):
            world.open_case(db, match)
        world.new_case(db)
    browser = browser_for("officer")
    conversion = words_of(_sheet(browser.get("/figures").text, "conversion"))
    rows = conversion.partition("By field of technology")[2]
    assert rows.index("Thermal processes and apparatus") < rows.index("Furniture, games") < rows.index("not said")
    some = browser.get("/figures?technology_field=30").text
    assert re.search(r'<option value="30" selected>\s*Thermal processes and apparatus', some)
    told = json.loads(browser.get("/figures.json?technology_field=33").data)
    assert told["as_of"]["among"] == {"technology_field": "33"}
    opened = next(row for row in told["figures"]["conversion"]["rows"] if row["of"].keys() == {"step", "next"})
    assert opened["denominator"] == 1
    assert "Nothing to count yet." in _sheet(browser.get("/figures?technology_field=1").text, "conversion")


def test_a_period_is_of_the_openings_and_goes_with_every_link(browser_for: Enter, numbers: tuple[str, str]) -> None:
    browser = browser_for("officer")
    none = browser.get("/figures?opened_to=2001-01-01").text
    assert "Nothing to count yet." in _sheet(none, "conversion")
    some = browser.get("/figures?opened_from=2001-01-01").text
    assert "2 live cases of 2 opened" in words_of(some)
    assert all("opened_from=2001-01-01" in link for link in _links(some) if "/cases" in link)
    assert 'name="opened_from" value="2001-01-01"' in some
    head, row, *_ = csv.reader(io.StringIO(browser.get("/figures.csv?opened_from=2001-01-01").data.decode("utf-8-sig")))
    assert row[head.index("Only cases with")] == "Opened from: 2001-01-01"
    assert browser.get("/figures?opened_from=x").status_code == 422
    turned = browser.get("/figures?opened_from=2026-03-02&opened_to=2026-03-01")
    assert (turned.status_code, "The last day comes before the first." in turned.text) == (422, True)


def test_by_event_who_reads_assessments_chooses_among_those_that_a_case_came_of(
    browser_for: Enter, engine: Engine, world: World
) -> None:
    with transaction(engine) as db:
        number = world.open_case(db)
        visit = visited(db, world, planned(db, world))
        say(db, world, world.needs[0], visit)
    browser = browser_for("officer")
    assert (
        f'<option value="{visit}">Heat in the north of the city · Data centre of the campus</option>'
        in browser.get("/figures").text
    )
    some = browser.get(f"/figures?event={visit}").text
    assert "1 live cases of 1 opened" in words_of(some)
    (link,) = [one for one in _links(some) if one.startswith("/figures/time_in_step/cases?") and "what=open" in one]
    assert in_list(browser.get(link).text) == [number]
    manager = browser_for("manager")
    assert visit not in manager.get("/figures").text
    told = [manager.get(f"/figures?event={event}&opened_from=2001-01-01") for event in (visit, "nothing")]
    assert [answer.status_code for answer in told] == [404, 404]
    # A view that somebody shares says so, and alike whether there is that event or not.
    assert words_of(told[0].text) == words_of(told[1].text)
    assert "These figures cannot be shown to you as this view asks for them" in told[0].text
    assert 'href="/figures?opened_from=2001-01-01">Show the figures without it' in told[0].text
    assert "1 live cases" not in words_of(told[0].text)
    for page in ("figures.csv", "figures.json", "figures/time_in_step/cases"):
        assert manager.get(f"/{page}?event={visit}&what=open").status_code == 404


@pytest.mark.parametrize(
    ("day", "fault"),
    [("2001-01-01", "The programme had not begun on that day."), ("x", "Write the day as YYYY-MM-DD.")],
)
def test_a_day_of_which_nothing_is_told_is_a_fault(browser_for: Enter, day: str, fault: str) -> None:
    answer = browser_for("officer").get(f"/figures?as_of={day}")
    assert answer.status_code == 422
    assert fault in answer.text


def test_without_closed_needs_nothing_tells_of_needs(browser_for: Enter, numbers: tuple[str, str]) -> None:
    page = browser_for("manager").get("/figures").text
    assert "Need published" not in page
    assert "Needs without a live or successful case" not in page


def test_the_main_numbers_stand_above_and_lead_to_what_is_behind_all_their_lines(
    browser_for: Enter, numbers: tuple[str, str], engine: Engine, world: World
) -> None:
    for ahead in (False, True):
        if ahead:
            count_ahead(engine, world.programmes["BJ"])
        browser = browser_for("officer")
        (strip,) = re.findall(r'<ul class="headline".*?</ul>', browser.get("/figures").text, re.S)
        assert "2 live cases of 2 opened" in words_of(strip)
        (link,) = [one for one in _links(strip) if one.startswith("/figures/time_in_step/cases")]
        answer = browser.get(link)
        assert sorted(in_list(answer.text)) == sorted(numbers)
        assert "Still there 2 cases" in words_of(answer.text)


def test_behind_several_things_stand_the_cases_of_each_once(browser_for: Enter, numbers: tuple[str, str]) -> None:
    browser = browser_for("officer")
    both = browser.get("/figures/time_in_step/cases?what=open&what=ended").text
    assert sorted(in_list(both)) == sorted(numbers)
    assert browser.get("/figures/time_in_step/cases?what=nothing").status_code == 404


@pytest.mark.parametrize("line", ["", "step:nothing", "step:interest_confirmed;what:x"])
def test_a_line_that_is_not_there_is_not_found(browser_for: Enter, line: str) -> None:
    assert browser_for("officer").get(f"/figures/funnel/cases?line={line}").status_code == 404


def test_of_several_programmes_one_is_told(browser_for: Enter, engine: Engine, world: World) -> None:
    with transaction(engine) as db:
        world.open_case(db)
    assert browser_for("foreign_officer").get("/figures").text.count("Shanghai") >= 1


def test_the_lines_are_taken_out_with_the_cases_behind_them(browser_for: Enter, numbers: tuple[str, str]) -> None:
    browser = browser_for("officer")
    answer = browser.get("/figures.csv")
    assert re.search(r"figures-BJ-\d{4}-\d\d-\d\d\.csv", answer.headers["Content-Disposition"])
    head, *rows = csv.reader(io.StringIO(answer.data.decode("utf-8-sig")))
    lines = {(row[head.index("Figure")], row[head.index("What")]): row for row in rows}
    interest = lines["From need to effect", "Interest confirmed"]
    assert (interest[head.index("Count")], interest[head.index("Cases")]) == ("1", numbers[0])
    told = json.loads(browser.get("/figures.json?district=Haidian").data)
    assert told["as_of"]["among"] == {"district": "Haidian"}
    with zipfile.ZipFile(io.BytesIO(browser.get("/figures.xlsx").data)) as book:
        assert numbers[0] in book.read("xl/sharedStrings.xml").decode()
    assert browser.get("/figures.csv?as_of=2001-01-01").status_code == 404


def test_the_file_is_called_after_the_day_where_the_programme_is(
    browser_for: Enter, engine: Engine, numbers: tuple[str, str], world: World
) -> None:
    _, zone, there = elsewhere("UTC")
    with transaction(engine) as db:
        query = "UPDATE programmes SET calendar = jsonb_set(calendar, '{zone}', to_jsonb(CAST(:zone AS text))) WHERE id = :id"
        db.execute(text(query), {"zone": zone, "id": world.programmes["BJ"]})
    named = browser_for("officer").get("/figures.csv").headers["Content-Disposition"]
    assert f"figures-BJ-{there}.csv" in named


def test_what_was_counted_ahead_says_so_and_opens_its_cases(
    browser_for: Enter, engine: Engine, world: World, numbers: tuple[str, str]
) -> None:
    browser, said = browser_for("officer"), "what has happened since that moment is not in them yet"
    before = browser.get("/figures").text
    assert said not in before
    count_ahead(engine, world.programmes["BJ"])
    with transaction(engine) as db:
        later = world.new_case(db)
    page = browser.get("/figures").text
    assert said in page
    assert words_of(_sheet(page, "funnel")) == words_of(_sheet(before, "funnel"))
    assert _links(page) == _links(before)
    (link, *_) = [one for one in _links(_sheet(page, "funnel")) if "/cases" in one]
    assert in_list(browser.get(link).text) == [numbers[0]]
    told = json.loads(browser.get("/figures.json").text)
    assert later not in json.dumps(told)
    assert numbers[0] in json.dumps(told)
    assert said not in browser.get("/figures?as_of=2199-01-01").text


def test_what_nobody_has_counted_of_a_large_programme_says_so_until_it_is_there(
    browser_for: Enter, engine: Engine, world: World, numbers: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(figure_parts, "LARGE", 0)
    browser, programme = browser_for("officer"), world.programmes["BJ"]
    waits, address = "These figures are being counted.", "/figures?opened_from=2020-01-01"
    assert waits in browser.get("/figures").text
    count_ahead(engine, programme)
    assert waits not in browser.get("/figures").text
    page = browser.get(address)
    assert page.status_code == 200
    assert waits in page.text
    assert 'value="2020-01-01"' in page.text
    assert re.findall(r'data-progress="([^"]+)"', page.text) == [address]
    behind = browser.get("/figures/funnel/cases?opened_from=2020-01-01&line=step:interest_confirmed")
    assert behind.headers["Location"] == f"{address}#funnel"
    figure_parts.count_parts(engine, programme)
    page_then = browser.get(address).text
    assert waits not in page_then
    (link, *_) = _links(_sheet(page_then, "funnel"))
    assert in_list(browser.get(link).text) == [numbers[0]]
    assert numbers[0] in browser.get("/figures.csv?opened_from=2020-01-01").text


def test_what_is_not_counted_as_too_much_waits_says_so_and_asks_no_more(
    browser_for: Enter, engine: Engine, world: World, numbers: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(figure_parts, "LARGE", 0)
    monkeypatch.setattr(figure_parts, "OF_ONE", 1)
    monkeypatch.setattr(figure_parts, "MOST", 2)
    count_ahead(engine, world.programmes["BJ"])
    address = "/figures?opened_from=2020-01-0"
    first, second = (browser_for("officer").get(f"{address}{day}").text for day in (1, 2))
    browser_for("supervisor").get(f"{address}3")
    third = browser_for("auditor").get(f"{address}4").text
    assert "data-patient" in first
    assert "You wait for as many figures as one person can" in second
    assert "Too many figures are being counted" in third
    for page in (second, third):
        assert "data-progress" not in page
        assert "These figures are being counted." not in page
