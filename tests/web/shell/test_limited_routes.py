"""What costs much may be asked for so often and no more, by each person alone, whatever process answers."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import Engine, text

from casework.api import ROUTES
from casework.operations.core.rate_limits import ALLOWANCES, Kind, count_use
from casework.records.database import transaction
from casework.web.shell.limited_routes import LIMITED
from tests.support.file_makers import PDF
from tests.support.web_client import Browser
from tests.support.world import World

Enter = Callable[[str], Browser]
FORM = "multipart/form-data"


@pytest.fixture
def use_up(engine: Engine) -> Callable[[str, Kind], None]:
    """As if somebody had asked all the other times that one may, elsewhere."""

    def done(who: str, kind: Kind) -> None:
        with transaction(engine) as db:
            for _ in range(ALLOWANCES[kind].most - 1):
                count_use(db, who, kind)

    return done


def test_a_person_who_searches_on_and_on_is_told_to_wait(app: Flask, world: World, browser_for: Enter) -> None:
    officer, supervisor = browser_for("officer"), browser_for("supervisor")
    asked = [officer.get("/search?q=boiler") for _ in range(ALLOWANCES["search"].most + 1)]
    assert {one.status_code for one in asked[:-1]} == {200}
    assert asked[-1].status_code == 429
    assert 1 <= int(asked[-1].headers["Retry-After"]) <= 60
    assert "too often in a short time" in asked[-1].text
    # A program of the same person gets no more of it.
    token = {"Authorization": f"Bearer {world.tokens['officer']}"}
    assert officer.get("/api/v1/search?words=boiler", headers=token).status_code == 429
    # Nobody else waits for that, and nothing else does.
    assert supervisor.get("/search?q=boiler").status_code == 200
    assert officer.get("/queues").status_code == 200


def test_a_program_searches_the_catalogue_no_more_often_than_a_person(
    app: Flask, world: World, browser_for: Enter, use_up: Callable[[str, Kind], None]
) -> None:
    officer, client = browser_for("officer"), app.test_client()
    token, need = {"Authorization": f"Bearer {world.tokens['officer']}"}, world.needs[0]
    assert client.get("/api/v1/needs?q=steam", headers=token).status_code == 200
    use_up(world.people["officer"], "search")
    for path in ("needs", "technologies"):
        assert client.get(f"/api/v1/{path}?q=steam", headers=token).status_code == 429
        # A list that is read page by page is no search.
        assert client.get(f"/api/v1/{path}", headers=token).status_code == 200
    # A search for a need is one, wherever it is asked for.
    run = client.post(f"/api/v1/needs/{need}/match-runs", json={}, headers=token | {"Idempotency-Key": "k" * 24})
    assert run.status_code == 429
    page = f"/needs/{need}/desk"
    assert officer.post(page, {}, page=page).status_code == 429


def test_who_asks_for_heads_alone_is_counted_as_well(
    browser_for: Enter, use_up: Callable[[str, Kind], None], world: World
) -> None:
    officer = browser_for("officer")
    use_up(world.people["officer"], "search")
    assert officer.flask.head("/search?q=boiler").status_code == 200
    assert officer.flask.head("/search?q=boiler").status_code == 429


@pytest.mark.parametrize(("path", "kind"), [("/cases.csv", "export"), ("/cases.xlsx", "export")])
def test_lists_are_taken_out_so_often(
    world: World, browser_for: Enter, use_up: Callable[[str, Kind], None], path: str, kind: Kind
) -> None:
    officer = browser_for("officer")
    assert officer.get(path).status_code == 200
    use_up(world.people["officer"], kind)
    assert officer.get(path).status_code == 429


def test_a_case_and_its_letters_are_taken_out_so_often(
    app: Flask, engine: Engine, world: World, use_up: Callable[[str, Kind], None]
) -> None:
    with transaction(engine) as db:
        number = world.open_case(db)
    client, token = app.test_client(), {"Authorization": f"Bearer {world.tokens['officer']}"}
    taken_out: dict[str, Kind] = {f"/cases/{number}/file": "case_file", f"/cases/{number}/verify": "verification"}
    for path, kind in taken_out.items():
        assert client.get(f"/api/v1{path}", headers=token).status_code == 200
        use_up(world.people["officer"], kind)
        answer = client.get(f"/api/v1{path}", headers=token)
        assert answer.status_code == 429
        assert answer.mimetype == "application/problem+json"
        assert answer.headers["Retry-After"]


def test_a_stranger_cannot_fill_a_table_with_questions_to_passkeys(app: Flask, engine: Engine, world: World) -> None:
    browser = Browser(app.test_client())
    browser.get("/sign-in")
    last = 0
    for _ in range(ALLOWANCES["passkey"].most + 1):
        last = browser.post("/sign-in/passkey/options", page="/sign-in").status_code
    assert last == 429
    with transaction(engine) as db:
        assert db.execute(text("SELECT count(*) FROM challenges")).scalar_one() == ALLOWANCES["passkey"].most


def test_the_table_names_pages_and_routes_that_there_are(app: Flask) -> None:
    assert set(LIMITED) <= set(app.view_functions)
    assert set(LIMITED.values()) == set(ALLOWANCES)


def test_every_file_that_goes_in_or_out_by_the_api_is_limited() -> None:
    """Single documents go out as they are, piece by piece, and cost no more than a page."""
    files = {f"api.{one.name}" for one in ROUTES if one.takes or one.gives_file} - {
        "api.take_document_version",
        "api.take_evidence",
        "api.take_need_file",
    }
    assert files <= set(LIMITED)


def test_a_form_that_takes_files_is_counted_only_where_it_brings_some(
    browser_for: Enter, world: World, use_up: Callable[[str, Kind], None], engine: Engine
) -> None:
    with transaction(engine) as db:
        number = world.new_case(db)
    officer, path = browser_for("officer"), f"/cases/{number}/documents"
    use_up(world.people["officer"], "upload")

    def send(*file: object) -> int:
        sent = {"f-kind": "report", "f-whose": "both", "files": file}
        return officer.post(path, sent, page=path, content_type=FORM).status_code

    assert [send(io.BytesIO(b""), "") for _ in range(3)] == [422] * 3
    assert [send(io.BytesIO(PDF), "a.pdf") for _ in range(2)] == [303, 429]
