"""The results in public: read without an account or a cookie, as page, feed and JSON, and gone with a consent."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
from flask import Flask
from sqlalchemy import Engine

from casework.operations.core.rate_limits import ALLOWANCES
from casework.operations.results.consent_links import withdraw_story
from casework.records.database import transaction
from tests.operations.people.test_public_catalogues import show
from tests.support.file_makers import png
from tests.support.stories import id_of, published
from tests.support.world import World

Out = tuple[str, str, str]
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def out(engine: Engine, world: World) -> Out:
    """A story that is shown: its id, and the secrets by which a party withdraws."""
    with transaction(engine) as db:
        show(db, world, results=True)
        number, said = published(db, world)
        _, token, opened = said["need_owner"]
        return id_of(db, number), token, opened


def pages(id: str) -> tuple[str, ...]:
    return ("/results", f"/results/{id}", f"/results/{id}/picture", "/results.json", "/results.atom")


def test_there_is_no_such_page_until_a_programme_shows_its_results(app: Flask, engine: Engine, world: World) -> None:
    client = app.test_client()
    with transaction(engine) as db:
        number, _ = published(db, world)
        id = id_of(db, number)
    assert {client.get(page).status_code for page in pages(id)} == {404}
    assert "/results" not in client.get("/robots.txt").text
    with transaction(engine) as db:
        show(db, world, open=False, results=True)
    assert {client.get(page).status_code for page in pages(id)} == {200}
    assert "Allow: /results\n" in client.get("/robots.txt").text
    assert "Allow: /catalogue" not in client.get("/robots.txt").text


def test_it_tells_the_story_in_both_languages_and_names_no_party(app: Flask, engine: Engine, out: Out) -> None:
    client = app.test_client()
    assert "Steam from straw" in client.get("/results").text
    page = client.get(f"/results/{out[0]}").text
    for words in ("It burns straw.", "The boiler", "measured", "Office 3", 'href="mailto:office@example.org"'):
        assert words in page
    assert "BJ-2" not in page
    assert "周敏" not in page
    chinese = client.get(f"/results/{out[0]}?language=zh-Hans").text
    assert "锅炉已投运。" in chinese
    assert "It burns straw." not in chinese
    picture = client.get(f"/results/{out[0]}/picture")
    assert (picture.mimetype, picture.data) == ("image/png", png(1, 1))


def test_programs_read_the_same(app: Flask, out: Out) -> None:
    client = app.test_client()
    told = client.get("/results.json").json
    assert told is not None
    (story,) = told["stories"]
    assert (story["id"], story["title_zh"], story["programme"]) == (out[0], "秸秆制汽", "BJ")
    assert (story["measured"][0]["level"], story["measured"][0]["saving"]) == ("measured", "20")
    assert story["url"].endswith(f"/results/{out[0]}")
    answer = client.get("/results.atom?language=zh-Hans")
    assert answer.mimetype == "application/atom+xml"
    root = ElementTree.fromstring(answer.data)
    (entry,) = root.findall(f"{ATOM}entry")
    assert entry.findtext(f"{ATOM}title") == "秸秆制汽"
    assert entry.findtext(f"{ATOM}id") == f"urn:uuid:{out[0]}"
    assert {f"{ATOM}id", f"{ATOM}title", f"{ATOM}updated"} <= {child.tag for child in root}


def test_a_withdrawn_consent_takes_it_down_at_once(app: Flask, engine: Engine, out: Out) -> None:
    client = app.test_client()
    before = client.get(f"/results/{out[0]}")
    # Nobody keeps it without asking again, and whoever asks with what it has is not told that it still stands.
    assert before.headers["Cache-Control"] == "no-cache"
    known = {"If-None-Match": before.headers["ETag"]}
    with transaction(engine) as db:
        withdraw_story(db, out[1], out[2])
    for page in (f"/results/{out[0]}", f"/results/{out[0]}/picture"):
        assert client.get(page, headers=known).status_code == 404
    for page in ("/results", "/results.json", "/results.atom"):
        answer = client.get(page)
        assert (answer.status_code, "Steam from straw" in answer.text, "秸秆" in answer.text) == (200, False, False)


def test_no_cookie_is_set_and_who_asks_too_often_waits(app: Flask, out: Out) -> None:
    client = app.test_client()
    for page in pages(out[0]):
        assert "Set-Cookie" not in client.get(page).headers
    last = [client.get("/results").status_code for _ in range(ALLOWANCES["public"].most)][-1]
    assert last == 429
