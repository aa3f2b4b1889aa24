"""A side without an account on the pages of its link: it keeps what it types, says once what it thinks, and reads what comes next."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import Engine, text

from casework.engine.case_objects.programme_lists import overlay
from casework.operations.catalogue.matches import show_match
from casework.operations.links.office_links import secret_of
from casework.operations.matching import interest
from casework.operations.matching.interest import Asked
from casework.operations.matching.interest_mail import INTEREST
from casework.operations.matching.shortlist import set_shortlisted
from casework.operations.people.programme_lists import set_entry
from casework.records.database import transaction
from tests.operations.matching.test_interest import ADDRESS, shortlisted
from tests.support.web_client import Browser
from tests.support.world import World, add_match, add_technology, new_request

FORM = "/interest/form"
Enter = Callable[[str], Browser]


@pytest.fixture
def secret(app: Flask, engine: Engine, world: World) -> str:
    """The enterprise is asked, in Chinese: the secret of its link."""
    box = app.extensions["casework.secret_box"]
    with transaction(engine) as db:
        question = Asked(
            side="need_owner",
            matches=[shortlisted(db, world)],
            address=ADDRESS,
            language="zh-Hans",
            message="请看这一项。",
        )
        done = interest.ask_side(db, world.actor(db, "officer"), box, question, new_request())
    return secret_of(box, INTEREST, str(done.answer["id"]))


@pytest.fixture
def other(app: Flask, engine: Engine, secret: str, world: World) -> str:
    """The owner is asked too: the secret of that link."""
    box = app.extensions["casework.secret_box"]
    with transaction(engine) as db:
        question = Asked(
            side="technology_owner",
            matches=[world.matches[0]],
            address=ADDRESS,
            language="zh-Hans",
            message="也请看。",
            need_words="余热。",
        )
        done = interest.ask_side(db, world.actor(db, "officer"), box, question, new_request())
    return secret_of(box, INTEREST, str(done.answer["id"]))


def land(browser: Browser, secret: str) -> int:
    return browser.post("/interest", {"secret": secret}, page="/interest").status_code


def test_it_says_what_it_thinks_once_and_reads_what_comes_next(anonymous: Browser, secret: str) -> None:
    assert land(anonymous, secret) == 303
    page = anonymous.get(FORM).text
    assert 'lang="zh-Hans"' in page
    assert "请看这一项。" in page
    wrong = anonymous.post(FORM, {"f-says_0": "no", "f-words_0": "太贵了。", "f-by": "周敏"}, page=FORM)
    assert (wrong.status_code, "太贵了。" in wrong.text) == (422, True)
    asks = anonymous.post(FORM, {"f-says_0": "question", "f-by": "周敏"}, page=FORM)
    assert asks.status_code == 422
    sent = {"f-says_0": "no", "f-why_0": "too_dear", "f-words_0": "太贵了。", "f-by": "周敏"}
    after = anonymous.post(FORM, sent, page=FORM, follow=True)
    assert "谢谢" in after.text
    assert "太贵了。" not in after.text
    again = anonymous.post(FORM, {"f-says_0": "yes", "f-by": "周敏"}, page=FORM)
    assert (again.status_code, again.headers["Location"]) == (303, FORM)


def test_what_is_typed_is_kept_without_a_click_and_stands_there_again(anonymous: Browser, secret: str) -> None:
    land(anonymous, secret)
    kept = anonymous.post("/interest/draft", {"f-words_0": "半句话"}, page=FORM, headers={"X-Casework": "script"})
    assert kept.status_code == 204
    assert "半句话" in anonymous.get(FORM).text
    other = Browser(anonymous.flask.application.test_client())
    assert other.get(FORM).status_code == 404
    assert land(other, secret) == 303
    assert "半句话" in other.get(FORM).text


@pytest.mark.parametrize("path", ["/interest/form", "/interest/draft"])
def test_without_a_link_there_is_nothing(anonymous: Browser, path: str) -> None:
    assert land(anonymous, "x" * 43) == 404
    assert anonymous.post(path, {"f-by": "x"}, page="/interest", follow=True).status_code == 404
    assert anonymous.get(FORM).status_code == 404


def test_what_is_said_on_the_page_of_a_link_is_never_kept_as_said_by_another(
    anonymous: Browser, secret: str, other: str, engine: Engine
) -> None:
    """Two tabs of one browser: the later link is the one that the browser holds."""
    land(anonymous, secret)
    shown = re.search(r'name="link" value="([\w-]+)"', anonymous.get(FORM).text)
    assert shown is not None
    land(anonymous, other)
    sent = {"f-says_0": "yes", "f-words_0": "半句话", "f-by": "周敏", "link": shown[1]}
    quiet = anonymous.post("/interest/draft", sent, page=FORM, headers={"X-Casework": "script"})
    assert quiet.status_code == 404
    for path in ("/interest/draft", FORM):
        told = anonymous.post(path, sent, page=FORM, follow=True).text
        assert ("另一个链接" in told, "半句话" in told) == (True, False)
    with transaction(engine) as db:
        db.execute(text("SELECT set_config('casework.reader', 'engine', true)"))
        assert set(db.execute(text("SELECT state FROM interest_requests")).scalars()) == {"open"}


def test_where_the_programme_offers_no_reason_any_more_one_says_no_for_another(
    anonymous: Browser, secret: str, engine: Engine, world: World
) -> None:
    with transaction(engine) as db:
        actor = world.actor(db, "administrator")
        for entry in overlay([])["match_refusals"]:
            fields = {"code": entry.code, "label": entry.label, "label_zh": entry.label_zh, "retired": True}
            set_entry(
                db,
                actor,
                world.programmes["BJ"],
                "match_refusals",
                fields=fields,
                reason="None.",
                request=new_request(),
            )
    land(anonymous, secret)
    assert anonymous.post(FORM, {"f-says_0": "yes"}, page=FORM).status_code == 422
    sent = {"f-says_0": "no", "f-why_0": "other", "f-by": "周敏"}
    assert "谢谢" in anonymous.post(FORM, sent, page=FORM, follow=True).text


def test_of_a_match_that_is_decided_nothing_is_asked_any_more(
    app: Flask, anonymous: Browser, engine: Engine, world: World
) -> None:
    """The later of two: what was typed for it stays its own."""
    box = app.extensions["casework.secret_box"]
    with transaction(engine) as db:
        officer, programme, first = world.actor(db, "officer"), world.programmes["BJ"], shortlisted(db, world)
        need = show_match(db, officer, first).need.id
        second = add_match(
            db, officer, programme, need, add_technology(db, programme, "Cold", world.organisations["technology_owner"])
        )
        set_shortlisted(db, officer, second, on=True, request=new_request())
        question = Asked(side="need_owner", matches=[first, second], address=ADDRESS, language="en", message="")
        id = str(interest.ask_side(db, officer, box, question, new_request()).answer["id"])
    land(anonymous, secret_of(box, INTEREST, id))
    both = {"f-says_0": "yes", "f-says_1": "no", "f-why_1": "too_dear", "f-by": "Zhou"}
    anonymous.get(FORM)
    with transaction(engine) as db:
        set_shortlisted(db, officer, first, on=False, request=new_request())
    stale = anonymous.post(FORM, both, page=FORM)
    assert (stale.status_code, "asks no more about: Heat pump boiler" in stale.text) == (422, True)
    assert ("Nothing was sent" in stale.text, "f-says_0" in stale.text) == (True, False)
    left = {name: value for name, value in both.items() if name != "f-says_0"}
    assert "Thank you" in anonymous.post(FORM, left, page=FORM, follow=True).text
    with transaction(engine) as db:
        (answer,) = interest.show_interest(db, officer, id).answers
    assert (answer.match, answer.says) == (second, "no")


def test_of_a_technology_that_was_closed_since_the_page_tells_nothing(
    app: Flask, anonymous: Browser, engine: Engine, world: World
) -> None:
    box = app.extensions["casework.secret_box"]
    with transaction(engine) as db:
        db.execute(text("UPDATE technologies SET publication = 'public'"))
        officer, programme, first = world.actor(db, "officer"), world.programmes["BJ"], shortlisted(db, world)
        need = show_match(db, officer, first).need.id
        cold = add_technology(db, programme, "Cold store", world.organisations["technology_owner"])
        second = add_match(db, officer, programme, need, cold)
        set_shortlisted(db, officer, second, on=True, request=new_request())
        question = Asked(side="need_owner", matches=[first, second], address=ADDRESS, language="en", message="")
        db.execute(text("UPDATE technologies SET publication = 'on_request' WHERE title LIKE '%Cold store'"))
        id = str(interest.ask_side(db, officer, box, question, new_request()).answer["id"])
    land(anonymous, secret_of(box, INTEREST, id))
    assert "Cold store" in anonymous.get(FORM).text
    with transaction(engine) as db:
        db.execute(text("UPDATE technologies SET publication = 'closed' WHERE title LIKE '%Cold store'"))
    page = anonymous.get(FORM).text
    assert ("Cold store" in page, "1 technology is no longer offered" in page, "f-says_1" in page) == (
        False,
        True,
        False,
    )
    both = {"f-says_0": "yes", "f-says_1": "yes", "f-by": "Zhou"}
    stale = anonymous.post(FORM, both, page=FORM)
    assert (stale.status_code, "Cold store" in stale.text) == (422, False)
    left = {name: value for name, value in both.items() if name != "f-says_1"}
    assert "Thank you" in anonymous.post(FORM, left, page=FORM, follow=True).text
