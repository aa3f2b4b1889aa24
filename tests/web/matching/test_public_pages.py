"""The catalogue in public: read without an account or a cookie, the same for everybody, and silent of what is not published."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine, text

from casework.operations.core.rate_limits import ALLOWANCES
from casework.operations.results.consents import withdraw_consent
from casework.records.database import transaction
from tests.operations.matching.test_published import TOLD, ids_of
from tests.operations.people.test_public_catalogues import show
from tests.operations.results.test_published import open_up
from tests.support.days import elsewhere
from tests.support.stories import id_of, published
from tests.support.web_client import Browser
from tests.support.world import World, add_record, new_request

Enter = Callable[[str], Browser]
ODD = (
    "?_external=1", "?_scheme=javascript", "?endpoint=x", "?values=x", "?_anchor=x", "?cursor=W10", "?cursor=%00", "?q=%00",
    "?q='+|+*:*", "?readiness=%27", "?kind=cases", "?technology=x", "?country=%3Cscript%3E", "?q=" + "x" * 5_000,
    "?q=&readiness=unknown",
)  # fmt: skip


@pytest.fixture
def shop(engine: Engine, world: World) -> World:
    """The world with its catalogue shown in public and a technology of each level."""
    with transaction(engine) as db:
        show(db, world, contact_zh="三号办公室")
        for level in ("public", "on_request", "closed"):
            fields = TOLD | {
                "publication": level,
                "title": f"Boiler of straw, {level}",
                "title_zh": f"秸秆锅炉 {level}",
            }
            fields |= {"owner_id": world.organisations["lab"]}
            add_record(db, world.programmes["BJ"], "technology", level, fields)
    return world


def page_of(engine: Engine, level: str) -> str:
    with transaction(engine) as db:
        return f"/catalogue/technologies/{ids_of(db)[level]}"


def test_a_record_tells_what_came_of_it_and_is_asked_for_again_each_time(
    app: Flask, engine: Engine, world: World
) -> None:
    client, address = app.test_client(), f"/catalogue/technologies/{world.technologies[0]}"
    with transaction(engine) as db:
        show(db, world, results=True)
        open_up(db, world)
        number, said = published(db, world)
    page = client.get(address)
    assert page.headers["Cache-Control"] == "no-cache"
    assert "What came of it" in page.text
    assert f'<a href="/results/{_story(engine, number)}">Steam from straw</a>' in page.text
    assert "周敏" not in page.text
    (story,) = json.loads(client.get("/results.json").text)["stories"]
    assert (story["technology"], story["need"]) == (
        f"http://localhost{address}",
        f"http://localhost/catalogue/needs/{world.needs[0]}",
    )
    with transaction(engine) as db:
        withdraw_consent(db, world.actor(db, "officer"), said["need_owner"][0], new_request())
    page = client.get(address)
    assert page.headers["Cache-Control"] == "public, max-age=60"
    assert "What came of it" not in page.text
    assert "Steam from straw" not in page.text


def _story(engine: Engine, number: str) -> str:
    with transaction(engine) as db:
        return id_of(db, number)


def test_there_is_no_such_page_until_a_programme_shows_its_catalogue(app: Flask, engine: Engine, world: World) -> None:
    client = app.test_client()
    assert client.get("/catalogue").status_code == 404
    assert client.get("/robots.txt").text == "User-agent: *\nDisallow: /\n"
    with transaction(engine) as db:
        show(db, world)
    assert client.get("/catalogue").status_code == 200
    assert "Allow: /catalogue\n" in client.get("/robots.txt").text
    with transaction(engine) as db:
        show(db, world, open=False, reason="Over.")
    assert client.get("/catalogue").status_code == 404


def test_it_lists_what_is_published_and_says_whom_to_ask(app: Flask, engine: Engine, shop: World) -> None:
    client = app.test_client()
    listed = client.get("/catalogue").text
    assert "Boiler of straw, public" in listed
    assert "more on request" in listed
    assert "Boiler of straw, closed" not in listed
    whole = client.get(page_of(engine, "public")).text
    assert "Burns barley." in whole
    assert "Ask about this technology" in whole
    assert "Office 3" in whole
    assert 'href="mailto:office@example.org"' in whole
    outline = client.get(page_of(engine, "on_request")).text
    assert "Burns barley." not in outline
    assert "This is its outline." in outline
    with transaction(engine) as db:
        lab = db.execute(
            text("SELECT name FROM organisations WHERE id = :id"), {"id": shop.organisations["lab"]}
        ).scalar_one()
    for page in (listed, whole, outline):
        assert lab not in page
        assert "Two patents." not in page or page is whole


def test_a_certificate_expires_by_the_day_of_its_programme(app: Flask, engine: Engine, shop: World) -> None:
    beijing, zone, there = elsewhere("Asia/Shanghai")
    last = min(beijing, there)
    with transaction(engine) as db:
        query = "UPDATE programmes SET calendar = jsonb_set(calendar, '{zone}', to_jsonb(CAST(:zone AS text))) WHERE id = :id"
        db.execute(text(query), {"zone": zone, "id": shop.programmes["BJ"]})
        query = "UPDATE technologies SET standards = jsonb_build_array(jsonb_build_object('name', 'CE', 'valid_until', CAST(:day AS text)))"
        db.execute(text(query), {"day": last.isoformat()})
    words = "valid until" if there <= last else "expired on"
    assert f"{words} {last}" in app.test_client().get(page_of(engine, "public")).text


def test_what_is_not_published_is_answered_as_what_never_was(app: Flask, engine: Engine, shop: World) -> None:
    client = app.test_client()
    closed, none = page_of(engine, "closed"), "/catalogue/technologies/00000000-0000-4000-8000-000000000000"
    answers = [client.get(page) for page in (closed, none)]
    assert {answer.status_code for answer in answers} == {404}
    assert answers[0].text.replace(closed, "·") == answers[1].text.replace(none, "·")
    assert client.get(page_of(engine, "public").replace("technologies", "needs")).status_code == 404


def test_nothing_of_a_session_is_read_or_set(app: Flask, engine: Engine, shop: World, browser_for: Enter) -> None:
    browser = browser_for("officer")
    for page in ("/catalogue", "/catalogue?q=straw", page_of(engine, "public"), page_of(engine, "closed")):
        stranger, known = app.test_client().get(page), browser.get(page)
        assert stranger.text == known.text
        assert "Set-Cookie" not in stranger.headers
        assert "csrf" not in stranger.text


def test_it_may_be_kept_for_a_moment_and_asked_for_again(app: Flask, engine: Engine, shop: World) -> None:
    client = app.test_client()
    first = client.get("/catalogue")
    assert first.headers["Cache-Control"] == "public, max-age=60"
    assert client.get("/catalogue", headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
    assert client.get(page_of(engine, "closed")).headers["Cache-Control"] == "no-store"
    # Of searches there is no end.
    assert "X-Robots-Tag" not in first.headers
    assert client.get("/catalogue?q=straw").headers["X-Robots-Tag"] == "noindex"


def test_it_is_read_in_chinese_by_its_address_alone(app: Flask, engine: Engine, shop: World) -> None:
    client = app.test_client()
    listed = client.get("/catalogue?language=zh-Hans").text
    assert '<html lang="zh-Hans"' in listed
    assert "秸秆锅炉 public" in listed
    page = page_of(engine, "public")
    assert f'href="{page}?language=zh-Hans"' in listed
    assert "三号办公室" in client.get(f"{page}?language=zh-Hans").text
    assert '<html lang="en"' in client.get("/catalogue?language=xx").text


@pytest.mark.parametrize("query", ODD)
def test_no_address_breaks_it(app: Flask, shop: World, query: str) -> None:
    answer = app.test_client().get(f"/catalogue{query}")
    assert answer.status_code in (200, 400, 404)
    assert "<script>" not in answer.text.replace("<script src", "")
    assert "javascript:" not in answer.text


def test_what_a_source_wrote_is_text(app: Flask, engine: Engine, shop: World) -> None:
    bad: dict[str, Any] = {
        "title": "<b>Boiler</b>",
        "description": "<script>alert(1)</script>",
        "website": "javascript:alert(1)",
    }
    with transaction(engine) as db:
        one = add_record(db, shop.programmes["BJ"], "technology", "bad", bad | {"publication": "public"})
    page = app.test_client().get(f"/catalogue/technologies/{one}").text
    assert "<b>Boiler" not in page
    assert "<script>alert" not in page
    assert 'href="javascript' not in page


def test_a_network_that_asks_without_end_waits(app: Flask, shop: World, monkeypatch: pytest.MonkeyPatch) -> None:
    few = type(ALLOWANCES["public"])(3, ALLOWANCES["public"].within, "few")
    monkeypatch.setitem(ALLOWANCES, "public", few)
    client = app.test_client()
    answers = [client.get("/catalogue?q=straw").status_code for _ in range(4)]
    assert answers == [200, 200, 200, 429]
    assert client.get("/catalogue", environ_base={"REMOTE_ADDR": "192.0.2.77"}).status_code == 200


# --- for programs ----------------------------------------------------------------------------------------------------


def test_programs_read_the_same_as_people(app: Flask, engine: Engine, shop: World) -> None:
    client = app.test_client()
    told = client.get("/catalogue.json?q=straw").json
    assert told is not None
    titles = {one["title"]: one for one in told["items"]}
    assert titles.keys() == {"Boiler of straw, public", "Boiler of straw, on_request"}
    assert told["records"] == 2
    assert told["next"] is None
    one = titles["Boiler of straw, public"]
    assert one["title_zh"] == "秸秆锅炉 public"
    assert client.get(page_of(engine, "public") + ".json").json == one
    outline = titles["Boiler of straw, on_request"]
    assert (one["on_request"], outline["on_request"]) == (False, True)
    assert outline["fields"].keys() < one["fields"].keys()
    assert client.get(one["page"]).status_code == 200


def test_programs_are_told_of_nothing_that_is_closed(app: Flask, engine: Engine, shop: World) -> None:
    client = app.test_client()
    closed = client.get(page_of(engine, "closed") + ".json")
    absent = client.get("/catalogue/technologies/00000000-0000-0000-0000-000000000000.json")
    assert (closed.status_code, closed.json) == (absent.status_code, absent.json) == (404, {"error": "not_found"})
    assert "closed" not in client.get("/catalogue.json").text


def test_programs_come_to_the_next_part(app: Flask, engine: Engine, shop: World) -> None:
    with transaction(engine) as db:
        for n in range(60):
            add_record(db, shop.programmes["BJ"], "technology", f"N-{n}", TOLD | {"publication": "public"})
    client, address, seen = app.test_client(), "/catalogue.json", list[str]()
    while address:
        told = client.get(address).json
        assert told is not None
        seen += [one["id"] for one in told["items"]]
        address = told["next"]
    assert len(seen) == len(set(seen)) == 62


@pytest.mark.parametrize("query", ODD)
def test_programs_that_ask_oddly_get_an_answer(app: Flask, shop: World, query: str) -> None:
    answer = app.test_client().get(f"/catalogue.json{query}")
    assert answer.status_code in (200, 400, 404)
    if answer.status_code != 400:
        assert answer.is_json
        assert "Set-Cookie" not in answer.headers


def test_programs_find_nothing_where_no_programme_shows_its_catalogue(app: Flask, world: World) -> None:
    assert app.test_client().get("/catalogue.json").status_code == 404
