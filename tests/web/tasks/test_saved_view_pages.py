"""Views under a name: kept, renamed, shared with the office of a programme, deleted; and that they betray nothing to anybody else."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import get_args
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from sqlalchemy import Engine, text

from casework.api.search.schemas import Page as ApiPage
from casework.matching.facets import FACETS
from casework.operations.auth.preferences import COLUMNS
from casework.operations.cases.saved_views import SHARED_AMONG, change_view, list_views, save_view
from casework.records.database import transaction
from casework.web.cases.list_page import FILTERS
from casework.web.tasks.saved_view_pages import LISTS
from tests.support.web_client import Browser
from tests.support.world import World, new_request
from tests.web.cases.two_cases import in_list, play_two_cases

Enter = Callable[[str], Browser]

pytestmark = pytest.mark.stage(play=play_two_cases)


@pytest.fixture
def numbers(staged: tuple[str, str]) -> tuple[str, str]:
    return staged


@pytest.fixture
def share(engine: Engine, world: World) -> Callable[..., str]:
    """Keeps a view of the officer and shares it with the office."""

    def keep(page: str, name: str, query: str, who: str = "officer", programme: str = "BJ") -> str:
        with transaction(engine) as db:
            actor = world.actor(db, who)
            id = str(save_view(db, actor, page, name=name, query=query, request=new_request()).answer["id"])
            change_view(db, actor, id, name=name, shared_with=world.programmes[programme], request=new_request())
        return id

    return keep


def views(source: str) -> dict[str, str]:
    """The views above a list: their words by address."""
    bar = re.search(r'<nav class="saved-views" aria-label="Saved views">(.*?)</nav>', source, re.DOTALL)
    links = re.findall(r'<a href="([^"]+)"[^>]*>(.*?)</a>', bar[1], re.DOTALL) if bar else []
    return {url.replace("&amp;", "&"): " ".join(re.sub("<[^>]*>", "", words).split()) for url, words in links}


def test_a_view_may_ask_for_whatever_its_list_can() -> None:
    assert LISTS["cases"].names == (*FILTERS, "sort", "columns")


@pytest.mark.parametrize(("page", "noun"), [("needs", "need"), ("technologies", "technology")])
def test_a_saved_search_keeps_whatever_its_list_is_narrowed_to(browser_for: Enter, page: str, noun: str) -> None:
    officer = browser_for("officer")
    asked = {"q": "heat", **dict.fromkeys(FACETS[noun], "unknown")}
    kept = officer.post("/views", {"list": page, "query": urlencode(asked), "name": "Narrow"}).headers["Location"]
    assert dict(parse_qsl(urlsplit(kept).query)) == asked
    assert {url for url, words in views(officer.get(kept).text).items() if words == "Narrow"} == {kept}


def test_what_has_views_has_sharing_and_the_api() -> None:
    assert set(LISTS) == set(SHARED_AMONG) == set(get_args(ApiPage)) >= set(COLUMNS)


def test_many_shared_views_stand_in_a_menu_and_none_is_left_out(
    browser_for: Enter, world: World, share: Callable[..., str]
) -> None:
    for n in range(7):
        share("cases", f"View {n}", f"q={n}", "supervisor" if n % 2 else "officer")

    def parts(who: str, path: str) -> list[str]:
        """What stands above the list, and what in its menu."""
        bar = re.search(r'<nav class="saved-views".*?</nav>', browser_for(who).get(path).text, re.DOTALL)
        return bar[0].split("<details") if bar else []

    pills, menu = parts("manager", "/cases?q=3")
    assert re.findall(r"View \d", pills) == ["View 3"]
    assert re.findall(r"View \d", menu) == [f"View {n}" for n in range(7)]
    assert ">7</span>" in menu
    # Of others the officer has three, which need no menu.
    [pills] = parts("officer", "/cases")
    assert re.findall(r"View \d", pills) == [f"View {n}" for n in (0, 2, 4, 6, 1, 3, 5)]


def test_a_view_is_kept_renamed_and_deleted(browser_for: Enter, numbers: tuple[str, str]) -> None:
    browser = browser_for("officer")
    page = "/cases?state=proposed&sort=due"
    body = {"list": "cases", "name": "Fresh ones", "query": "state=proposed&sort=due"}
    assert "The view is saved." in browser.post("/views", body, page=page, follow=True).text
    assert views(browser.get("/cases").text) == {"/cases?sort=due&state=proposed": "Fresh ones"}
    assert "Fresh ones" not in browser_for("other_officer").get("/cases").text
    link = re.search(r'href="(/views/[^"]+)"', browser.get("/cases?sort=due&state=proposed").text)
    assert link
    assert "Edit view: Fresh ones" in browser.get(link[1]).text
    assert browser.post(link[1], {"name": " "}, page=link[1]).status_code == 422
    assert (
        browser.post(link[1], {"name": "Newest"}, page=link[1]).headers["Location"] == "/cases?sort=due&state=proposed"
    )
    assert list(views(browser.get("/cases").text).values()) == ["Newest"]
    assert "The view is deleted." in browser.post(f"{link[1]}/drop", page=link[1], follow=True).text
    assert views(browser.get("/cases").text) == {}
    assert browser.post(f"{link[1]}/drop", page="/cases").status_code == 404


@pytest.mark.parametrize("page", sorted(LISTS))
def test_a_second_click_on_delete_says_the_same(browser_for: Enter, share: Callable[..., str], page: str) -> None:
    browser, path = browser_for("officer"), f"/views/{share(page, 'Late', '')}"
    answers = [browser.post(f"{path}/drop", {"key": "a-second-click-of-one"}, page="/cases") for _ in range(2)]
    assert [(one.status_code, one.headers["Location"]) for one in answers] == [(303, f"/{page}")] * 2


def test_a_view_is_not_replaced_before_that_is_confirmed(browser_for: Enter, share: Callable[..., str]) -> None:
    browser, id = browser_for("officer"), share("cases", "Late", "overdue=yes")
    body = {"list": "cases", "name": "Late", "query": "state=triage"}
    asked = browser.post("/views", body, page="/cases?state=triage")
    assert asked.status_code == 422
    assert "Replace the view “Late”?" in asked.text
    assert re.search("It stays shared: for the office of [^<]+ it changes, too", asked.text)
    assert list(views(browser.get("/cases").text)) == ["/cases?overdue=yes"]
    replaced = browser.post("/views", body | {"replace": "yes"}, page="/cases?state=triage", follow=True).text
    assert re.search("The view is replaced. It is still shared with the office of ", replaced)
    assert list(views(browser.get("/cases").text)) == ["/cases?state=triage"]
    browser.post(f"/views/{id}", {"name": "Late", "shared_with": ""}, page="/cases")
    own = browser.post("/views", body | {"query": "state=closed"}, page="/cases")
    assert own.status_code == 422
    assert "It stays shared" not in own.text


def test_a_view_leads_nowhere_else(browser_for: Enter) -> None:
    browser = browser_for("officer")
    body = {"list": "cases", "name": "Odd", "query": "x=1&state=triage&next=//evil"}
    assert browser.post("/views", body, page="/cases?state=triage").headers["Location"] == "/cases?state=triage"
    assert browser.post("/views", body | {"list": "people"}, page="/cases?state=triage").status_code == 422


def test_a_view_without_a_name_is_not_kept(browser_for: Enter) -> None:
    body = {"list": "cases", "name": " ", "query": "q=x"}
    assert "The view was not saved." in browser_for("officer").post("/views", body, page="/cases?q=x", follow=True).text


def test_a_view_keeps_the_columns_that_stand_there(browser_for: Enter, numbers: tuple[str, str]) -> None:
    browser = browser_for("officer")
    kept = re.search(r'name="query" value="([^"]+)"', browser.get("/cases?columns=state,phase").text)
    assert kept
    assert kept[1] == "columns=state%2Cphase"
    browser.post(
        "/views",
        {"list": "cases", "name": "Phases", "query": "columns=state%2Cphase"},
        page="/cases?columns=state,phase",
    )
    (url,) = views(browser.get("/cases").text)
    assert 'aria-current="page">Phases' in browser.get(url).text
    assert ">Phase</th>" in browser.get(url).text


def test_queues_have_views_too(browser_for: Enter, numbers: tuple[str, str]) -> None:
    browser = browser_for("officer")
    browser.post(
        "/views", {"list": "queues", "name": "New", "query": "queue=intake&state=x"}, page="/queues?queue=intake"
    )
    assert views(browser.get("/queues").text) == {"/queues?queue=intake": "New"}
    assert views(browser.get("/cases").text) == {}
    provider = browser_for("provider")
    provider.post(
        "/views", {"list": "queues", "name": "Ours", "query": "queue=provider"}, page="/queues?queue=provider"
    )
    assert list(views(provider.get("/queues").text).values()) == ["Ours"]
    link = re.search(r'href="(/views/[^"]+)"', provider.get("/queues?queue=provider").text)
    assert link
    # Providers share with nobody.
    assert "Who may use it" not in provider.get(link[1]).text


def test_a_shared_view_names_its_owner_and_shows_what_its_reader_sees(
    browser_for: Enter, world: World, numbers: tuple[str, str], share: Callable[..., str]
) -> None:
    share("cases", "Of the officer", f"owner={world.people['officer']}")
    seen = browser_for("supervisor")
    assert views(seen.get("/cases").text) == {f"/cases?owner={world.people['officer']}": "Of the officer by Officer"}
    (url,) = views(seen.get("/cases").text)
    page = seen.get(url).text
    assert in_list(page) == [numbers[0]]
    assert "Edit view" not in page
    assert views(browser_for("officer").get("/cases").text) == {url: "Of the officer shared"}


def test_somebody_elses_view_is_not_there(browser_for: Enter, share: Callable[..., str]) -> None:
    shared, absent = share("cases", "Late", "overdue=yes"), "01900000-0000-7000-8000-000000000000"
    for who in ("supervisor", "observer", "provider", "foreign_officer"):
        browser = browser_for(who)
        for view in (shared, absent):
            assert browser.get(f"/views/{view}").status_code == 404
            for path in (f"/views/{view}", f"/views/{view}/drop"):
                assert browser.post(path, {"name": "Mine", "shared_with": ""}, page="/queues").status_code == 404


def test_nobody_shares_with_an_office_that_is_not_theirs(
    browser_for: Enter, world: World, share: Callable[..., str]
) -> None:
    path = f"/views/{share('cases', 'Late', 'overdue=yes')}"
    browser = browser_for("officer")
    foreign, absent = (
        browser.post(path, {"name": "Late", "shared_with": one}, page=path)
        for one in (world.programmes["SH"], "01900000-0000-7000-8000-000000000000")
    )
    assert foreign.status_code == absent.status_code == 422
    assert re.findall('role="alert".*?</div>', foreign.text) == re.findall('role="alert".*?</div>', absent.text)
    assert browser.post(path, {"name": "Late", "shared_with": "x"}, page=path).status_code == 422


@pytest.mark.parametrize(
    "who", ["observer", "dispute_officer", "provider", "provider_lead", "verifier", "administrator", "foreign_officer"]
)
def test_two_worlds_with_and_without_shared_views_look_the_same_to_everybody_else(
    browser_for: Enter, engine: Engine, world: World, numbers: tuple[str, str], share: Callable[..., str], who: str
) -> None:
    """What an office shares within itself is nothing to those who see its cases in outline, or not at all."""

    def seen() -> list[tuple[int, str]]:
        browser = browser_for(who)
        answers = [browser.get(path) for path in ("/cases", "/cases?overdue=yes", "/queues", "/")]
        plain = [re.sub(r'value="[^"]*"|[0-9a-f]{8}-[0-9a-f-]{27}', "", answer.text) for answer in answers]
        with transaction(engine) as db:
            listed = [str(list_views(db, world.actor(db, who), page)) for page in LISTS]
        return [*zip([answer.status_code for answer in answers], plain, strict=True), (0, "".join(listed))]

    seen()
    before = seen()
    share("cases", "Haidian is late", "overdue=yes")
    share("queues", "Hebei first", "queue=officer")
    assert seen() == before


def test_a_view_is_shared_as_long_as_its_owner_belongs_to_the_office(
    engine: Engine, world: World, share: Callable[..., str]
) -> None:
    share("cases", "Late", "overdue=yes")
    with transaction(engine) as db:
        assert [one.name for one in list_views(db, world.actor(db, "manager"), "cases")] == ["Late"]
        db.execute(
            text("UPDATE memberships SET ends_at = casework_now() WHERE person_id = CAST(:id AS uuid)"),
            {"id": world.people["officer"]},
        )
    with transaction(engine) as db:
        assert list_views(db, world.actor(db, "manager"), "cases") == []
