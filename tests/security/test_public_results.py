"""Two worlds that differ only in stories that are not shown give a stranger the same bytes, whatever is asked."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import Connection, Engine

from casework.operations.results.consents import withdraw_consent
from casework.records.database import transaction
from tests.operations.people.test_public_catalogues import show
from tests.support.stories import asked, consented, id_of, published, written
from tests.support.web_client import Browser
from tests.support.world import World, new_request


def _answers(app: Flask, more: tuple[str, ...] = ()) -> dict[str, tuple[int, bytes]]:
    client = app.test_client()
    told = {}
    for page in ("/results", "/results?language=zh-Hans", "/results.json", "/results.atom", *more):
        answer = client.get(page)
        assert "Set-Cookie" not in answer.headers
        told[page] = (answer.status_code, answer.data)
    return told


@pytest.mark.parametrize("what", ["draft", "asked", "consented", "withdrawn"])
def test_what_is_not_shown_leaves_no_trace(app: Flask, engine: Engine, world: World, what: str) -> None:
    with transaction(engine) as db:
        show(db, world, results=True)
    before = _answers(app)
    with transaction(engine) as db:
        id = id_of(db, _add(db, world, what))
    assert _answers(app) == before
    never = "01890000-0000-7000-8000-000000000000"
    for path in ("/results/{}", "/results/{}/picture"):
        told = _answers(app, (path.format(id), path.format(never)))
        # What is not shown is answered as what never was, but for the address in its links.
        (status, said), (other, as_never) = told[path.format(id)], told[path.format(never)]
        assert (status, said.replace(id.encode(), never.encode())) == (other, as_never)


def _add(db: Connection, world: World, what: str) -> str:
    if what == "withdrawn":
        number, said = published(db, world)
        withdraw_consent(db, world.actor(db, "officer"), said["need_owner"][0], new_request())
        return number
    number = written(db, world)
    if what == "asked":
        asked(db, world, number, "need_owner")
    if what == "consented":
        consented(db, world, number)
    return number


def test_whoever_is_signed_in_sees_the_same(app: Flask, engine: Engine, world: World) -> None:
    with transaction(engine) as db:
        show(db, world, results=True)
        number, _ = published(db, world)
        page = f"/results/{id_of(db, number)}"
    officer = Browser(app.test_client())
    assert officer.sign_in("officer@example.org").status_code == 303
    for one in ("/results", page):
        assert officer.get(one).data == app.test_client().get(one).data
