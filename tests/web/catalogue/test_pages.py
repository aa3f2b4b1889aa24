"""Matches to triage: what is confirmed of each side, and opening a case from one."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import Engine, text

from casework.records.database import transaction
from casework.web.catalogue.pages import say_value
from tests.support.pages import read_page
from tests.support.web_client import Browser
from tests.support.world import World

Enter = Callable[[str], Browser]


def test_matches_to_triage_stand_with_both_sides(browser_for: Enter, world: World) -> None:
    page = browser_for("officer").get("/matches").text
    assert page.count("Open a case") == 2
    assert "Steam without coal, need-1" in page
    assert "Heat pump boiler, technology-1" in page
    assert "0 of 3 values confirmed" in page
    # The machine's rationale is folded away.
    assert re.search(r"<details><summary>Why they fit</summary><p[^>]*>The need asks for steam", page)


def test_a_case_is_opened_once_however_often_the_button_is_pressed(
    browser_for: Enter, engine: Engine, world: World
) -> None:
    browser = browser_for("officer")
    browser.get("/matches")
    path, sent = f"/matches/{world.matches[0]}/open", read_page(browser.get("/matches").text).sent
    first = browser.flask.post(path, data={"csrf_token": sent["csrf_token"], "key": sent.getlist("key")[0]})
    second = browser.flask.post(path, data={"csrf_token": sent["csrf_token"], "key": sent.getlist("key")[0]})
    assert first.status_code == second.status_code == 303
    assert first.headers["Location"] == second.headers["Location"]
    with transaction(engine) as db:
        assert db.execute(text("SELECT count(*) FROM cases")).scalar_one() == 1
    shown = browser.get(first.headers["Location"]).text
    assert "is open. Next: Assign or take the case" in shown
    assert browser.post(path, page="/matches").status_code == 409
    listed = browser.get("/matches?view=opened").text
    assert first.headers["Location"] in listed
    assert browser.get("/matches").text.count("Open a case") == 1


def test_a_value_of_one_plain_word_and_an_amount_are_said_as_they_are(
    browser_for: Enter, engine: Engine, world: World
) -> None:
    with transaction(engine) as db:
        db.execute(
            text(
                "UPDATE needs SET budget = 6000000, budget_currency = 'CNY', sector = 'steam'"
                " WHERE id = (SELECT need_id FROM matches WHERE id = CAST(:id AS uuid))"
            ),
            {"id": world.matches[0]},
        )
    page = browser_for("officer").get(f"/matches/{world.matches[0]}").text
    said = re.findall(r'<span class="muted">([^<]+)</span>\s*<div class="words">([^<]*)</div>', page)
    assert {("Budget", "6,000,000"), ("Currency", "CNY"), ("Sector", "steam")} <= set(said)


def test_a_known_word_of_a_record_is_said_in_the_readers_language(
    browser_for: Enter, engine: Engine, world: World
) -> None:
    with transaction(engine) as db:
        db.execute(
            text("UPDATE needs SET sector = 'Farming and forestry', district = 'Pinggu', wanted_form = 'barter'")
        )
        db.execute(text("UPDATE people SET language = 'zh-Hans'"))
    page = browser_for("officer").get(f"/matches/{world.matches[0]}").text
    said = re.findall(r'<div class="words">([^<]*)</div>', page)
    assert {"农林业", "平谷区", "barter"} <= set(said)


@pytest.mark.parametrize(
    ("language", "verdict", "words"),
    [
        ("en", "not_verified", "verdict: not verified"),
        ("en", "verified_with_limits", "verdict: verified within limits"),
        ("zh-CN", "not_verified", "结论：未通过核证"),
        ("zh-CN", "verified_with_limits", "结论：在限定范围内核证"),
    ],
)
def test_what_a_technology_was_stated_to_be_is_said_in_words_and_the_unknown_not_at_all(
    app: Flask, language: str, verdict: str, words: str
) -> None:
    with app.test_request_context(headers={"Accept-Language": language}):
        assert str(say_value({"number": "V-1", "verdict": verdict}, "verification", {})).endswith(words)
        assert say_value(None, "verification", {}) == ""


@pytest.mark.parametrize(
    ("day", "words"), [("2020-01-31", "expired on 2020-01-31"), ("2999-01-31", "valid until 2999-01-31"), (None, "")]
)
def test_of_a_certificate_it_is_said_whether_it_has_expired(app: Flask, day: str | None, words: str) -> None:
    with app.test_request_context(headers={"Accept-Language": "en"}):
        said = str(say_value([{"name": "CE", "valid_until": day}], "standards", {}))
    assert said == ", ".join(filter(None, ["CE", words]))


def test_all_values_from_one_source_are_confirmed_at_once(browser_for: Enter, world: World) -> None:
    page, browser = f"/matches/{world.matches[0]}", browser_for("officer")
    (source,) = set(re.findall(r'name="source" value="([^"]*)"', browser.get(page).text))
    done = browser.post(f"{page}/confirm", {"noun": "need", "source": source}, page=page, follow=True)
    assert done.text.count('name="source"') == 1
    assert "4 of 4 values confirmed" in browser.get("/matches").text
    assert browser.post(f"{page}/confirm", {"noun": "need", "source": "another"}, page=page).status_code == 422


def test_a_value_is_confirmed(browser_for: Enter, world: World) -> None:
    browser, page = browser_for("officer"), f"/matches/{world.matches[0]}"
    shown = browser.get(page).text
    assert "not confirmed" in shown
    done = browser.post(f"{page}/confirm", {"noun": "need", "field": "title"}, page=page, follow=True)
    assert "Confirmed: from now on rules may rely on it." in done.text
    assert re.search(r'class="tag good">confirmed</span> <span class="muted">Officer', done.text)
    assert "1 of 4 values confirmed" in browser.get("/matches").text
    assert browser.post(f"{page}/confirm", {"noun": "need", "field": "id"}, page=page).status_code == 422
    assert browser.post(f"{page}/confirm", {"noun": "house", "field": "title"}, page=page).status_code == 422


@pytest.mark.parametrize("name", ["auditor", "manager", "compliance"])
def test_who_may_only_read_opens_nothing(browser_for: Enter, engine: Engine, world: World, name: str) -> None:
    browser = browser_for(name)
    page = browser.get("/matches").text
    assert "need-1" in page
    assert "Open a case" not in page
    assert browser.post(f"/matches/{world.matches[0]}/open").status_code == 403
    assert browser.post(f"/matches/{world.matches[0]}/confirm", {"noun": "need", "field": "title"}).status_code == 403


@pytest.mark.parametrize("name", ["provider", "observer", "administrator", "dispute_officer"])
def test_for_others_there_are_no_matches(browser_for: Enter, world: World, name: str) -> None:
    browser = browser_for(name)
    for path in ("/matches", f"/matches/{world.matches[0]}"):
        assert browser.get(path).status_code == 404


def test_an_empty_list_says_what_comes(browser_for: Enter) -> None:
    browser = browser_for("foreign_officer")
    assert "No match waits for triage." in browser.get("/matches").text
    assert "There are no such matches." in browser.get("/matches?view=opened").text


@pytest.mark.parametrize("language", ["en", "zh-Hans"])
def test_pages_keep_to_the_rules_of_the_frame(browser_for: Enter, world: World, language: str) -> None:
    browser = browser_for("officer")
    browser.post("/account/preferences", {"language": language})
    for path in ("/matches", f"/matches/{world.matches[0]}"):
        page = read_page(browser.get(path).text)
        assert page.tags.count("h1") == 1
        assert page.handlers == []
        assert len(page.ids) == len(set(page.ids))
        assert set(page.controls) <= page.labelled


def test_from_its_row_a_match_is_refused_with_its_form_open(browser_for: Enter, world: World) -> None:
    page = f"/matches/{world.matches[1]}"
    officer = browser_for("officer")
    assert f'href="{page}?refuse=yes#refuse"' in officer.get("/matches").text
    assert '<details id="refuse" open>' in officer.get(f"{page}?refuse=yes").text
    assert '<details id="refuse">' in officer.get(page).text
    assert "?refuse=yes" not in browser_for("auditor").get("/matches").text


def test_a_poor_match_is_refused_on_its_page_and_listed_so(browser_for: Enter, world: World) -> None:
    browser, page = browser_for("officer"), f"/matches/{world.matches[0]}"
    done = browser.post(
        f"{page}/judge",
        {"refused": "yes", "code": "does_not_fit", "reason": "It needs <b>no</b> steam."},
        page=page,
        follow=True,
    )
    assert "The match is refused." in done.text
    assert "It needs &lt;b&gt;no&lt;/b&gt; steam." in done.text
    assert "<strong>It does not fit the site</strong>" in done.text
    assert "Open a case" not in done.text
    assert page not in browser.get("/matches").text
    assert page in browser.get("/matches?view=refused").text
    assert (
        browser.post(f"{page}/judge", {"refused": "yes", "code": "other", "reason": "Again."}, page=page).status_code
        == 409
    )
    done = browser.post(f"{page}/judge", {"refused": "no", "reason": "It does."}, page=page, follow=True)
    assert "The match waits for triage again." in done.text
    assert (
        browser.post(f"{page}/judge", {"refused": "yes", "code": "other", "reason": " "}, page=page).status_code == 422
    )
    assert browser.post(f"{page}/judge", {"refused": "yes", "reason": "Why."}, page=page).status_code == 422
