"""A file that was chosen survives whatever is wrong with its form, and is a document only once the form is accepted."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy import Engine, text

from casework.operations.core.perform import home_of
from casework.operations.verification.service import verify_case
from casework.records.database import transaction
from tests.support.file_makers import PDF, SCRIPT
from tests.support.pages import read_page
from tests.support.way_to_referral import to_accepted
from tests.support.web_client import Browser
from tests.support.world import World

Enter = Callable[[str], Browser]
pytestmark = pytest.mark.stage(play=to_accepted)


@pytest.fixture
def scene(staged: tuple[str, str], engine: Engine, world: World) -> tuple[str, str]:
    with transaction(engine) as db:
        world.fire(db, "provider", staged[0], "start", track=staged[1])
    return staged


def path_of(referral: str) -> str:
    return f"/referrals/{referral}/{referral}/deliver_part"


def send(browser: Browser, referral: str, page: str | None = None, **more: Any) -> Any:
    """The form as the page has it, with `more`."""
    read = read_page(page or browser.get(path_of(referral)).text)
    sent: dict[str, Any] = {name: read.sent.getlist(name) for name in read.sent}
    return browser.flask.post(path_of(referral), data=sent | more, content_type="multipart/form-data")


def file(name: str = "first half.pdf", content: bytes = PDF) -> tuple[io.BytesIO, str]:
    return io.BytesIO(content), name


def refused(browser: Browser, referral: str, *files: tuple[io.BytesIO, str]) -> Any:
    """The form with its files and without what it asks for."""
    chosen: dict[str, Any] = {"f-part": "", "u-documents": list(files or [file()])}
    answer = send(browser, referral, **chosen)
    assert answer.status_code == 422
    return answer


def tokens(page: str) -> list[str]:
    return re.findall(r'name="held-documents" value="([^"]+)"', page)


def titles(engine: Engine) -> list[str]:
    with transaction(engine) as db:
        return list(db.execute(text("SELECT name FROM files ORDER BY name")).scalars())


def delivered(engine: Engine, referral: str) -> list[str] | None:
    with transaction(engine) as db:
        statement = text("SELECT fired->'deliver_part'->'data'->'documents' FROM tracks WHERE id = CAST(:id AS uuid)")
        given: list[str] | None = db.execute(statement, {"id": referral}).scalar_one()
    return given


def test_a_chosen_file_is_kept_and_named_and_registered_only_with_the_action(
    browser_for: Enter, engine: Engine, scene: tuple[str, str]
) -> None:
    provider = browser_for("provider")
    page = refused(provider, scene[1]).text
    assert "first half.pdf" in page
    assert "kept from your first try" in page
    assert titles(engine) == []
    # A second fault keeps it once.
    again = send(provider, scene[1], page, **{"f-part": ""}).text
    assert len(tokens(again)) == 1
    assert send(provider, scene[1], again, **{"f-part": "The first half"}).status_code == 303
    assert titles(engine) == ["first half.pdf"]
    assert len(delivered(engine, scene[1]) or ()) == 1
    with transaction(engine) as db:
        assert verify_case(db, home_of(db, scene[0])) == []


def test_what_is_taken_out_is_not_handed_in(browser_for: Enter, engine: Engine, scene: tuple[str, str]) -> None:
    provider = browser_for("provider")
    page = refused(provider, scene[1], file(), file("other.pdf", PDF + b"\n")).text
    [first, _] = tokens(page)
    assert send(provider, scene[1], page, **{"f-part": "One", "held-out": first}).status_code == 303
    assert titles(engine) == ["other.pdf"]


def test_a_file_that_is_refused_takes_no_other_one_with_it(browser_for: Enter, scene: tuple[str, str]) -> None:
    page = refused(browser_for("provider"), scene[1], file(), file("bad.pdf", SCRIPT)).text
    assert "its content is not what its name says." in page
    assert len(tokens(page)) == 1


def test_a_second_click_registers_nothing_twice(browser_for: Enter, engine: Engine, scene: tuple[str, str]) -> None:
    provider = browser_for("provider")
    page = refused(provider, scene[1]).text
    for _ in range(2):
        assert send(provider, scene[1], page, **{"f-part": "The first half"}).status_code == 303
    assert titles(engine) == ["first half.pdf"]


def test_a_forged_an_old_and_a_strangers_file_are_not_there(
    browser_for: Enter, app: Flask, engine: Engine, scene: tuple[str, str], world: World
) -> None:
    provider = browser_for("provider")
    page = refused(provider, scene[1]).text
    [good] = tokens(page)
    signing = URLSafeTimedSerializer(app.config["SECRET_KEY"], salt="held-file")
    person, referral, form, field, code, blob, told = signing.loads(good)
    another = world.people["officer"]
    others = [
        signing.dumps([another, referral, form, field, code, blob, told]),
        signing.dumps([person, another, form, field, code, blob, told]),
        signing.dumps([person, referral, "task:another", field, code, blob, told]),
        signing.dumps([person, referral, form, "another", code, blob, told]),
        URLSafeTimedSerializer("another key", salt="held-file").dumps(
            [person, referral, form, field, code, blob, told]
        ),
        good[:-2] + ("A" if good[-2] != "A" else "B") + good[-1],
        "nothing",
    ]
    answer = send(provider, scene[1], page, **{"f-part": "The first half", "held-documents": others})
    assert answer.status_code == 303
    assert (titles(engine), delivered(engine, scene[1])) == ([], None)


def test_what_the_store_would_sweep_is_chosen_anew(
    browser_for: Enter, engine: Engine, scene: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    provider = browser_for("provider")
    page = refused(provider, scene[1]).text
    real = URLSafeTimedSerializer.loads

    def later(self: Any, token: Any, max_age: int | None = None, **more: Any) -> Any:
        """As if it were read a day later."""
        return real(self, token, max_age=None if max_age is None else max_age - 86_400, **more)

    monkeypatch.setattr(URLSafeTimedSerializer, "loads", later)
    assert send(provider, scene[1], page, **{"f-part": "The first half"}).status_code == 303
    assert titles(engine) == []


def test_a_file_that_was_kept_is_still_there_in_the_draft(
    browser_for: Enter, engine: Engine, scene: tuple[str, str]
) -> None:
    provider = browser_for("provider")
    page = refused(provider, scene[1]).text
    read = read_page(page).sent
    provider.flask.post("/drafts", data={name: read.getlist(name) for name in read} | {"f-part": "The first"})
    opened = provider.get(path_of(scene[1])).text
    assert tokens(opened) == tokens(page) != []
    assert send(provider, scene[1], opened).status_code == 303
    assert titles(engine) == ["first half.pdf"]
