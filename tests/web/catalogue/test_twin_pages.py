"""Likely twins on pages: proposed, compared with what differs marked, said to be two, merged and taken back; and warned of on the form."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest
from sqlalchemy import Engine

from casework.operations.catalogue import twins
from casework.operations.catalogue.record_merging import merge_records
from casework.operations.core.rate_limits import ALLOWANCES, count_use
from casework.operations.verification.service import verify_all
from casework.records.database import transaction
from casework.web.catalogue.record_merging_pages import marked
from tests.operations.catalogue.test_twins import DRYER, Catalogue
from tests.support.databases import ROOT
from tests.support.pages import read_page
from tests.support.web_client import Browser
from tests.support.world import World, new_request
from tests.web.cases.two_cases import words_of

Enter = Callable[[str], Browser]


@pytest.fixture
def catalogue(world: World, engine: Engine) -> Catalogue:
    with transaction(engine) as db:
        made = Catalogue(db, world)
    twins.search_twins(engine, made.programme)
    return made


def test_twins_are_listed_compared_and_said_to_be_two(browser_for: Enter, engine: Engine, catalogue: Catalogue) -> None:
    browser = browser_for("officer")
    assert 'href="/twins"' in browser.get("/technologies").text
    shown = browser.get("/twins").text
    one, other = sorted((catalogue.one, catalogue.other))
    assert f"/technologies/{other}/merge?into={one}" in shown
    compared = browser.get(f"/technologies/{other}/merge?into={one}").text
    assert "<mark>" in compared
    page = f"/technologies/{other}/apart/{one}"
    assert page in shown
    assert page in compared
    sent = read_page(browser.get(page).text).sent
    refused = browser.flask.post(page, data=sent)
    assert refused.status_code == 422
    done = browser.flask.post(page, data=sent | {"f-reason": "One is for hotels."}, follow_redirects=True).text
    assert "proposed as twins no more" in done
    assert "No twins are proposed." in done
    for id in (one, other):
        assert "One is for hotels." in browser.get(f"/technologies/{id}").text
    assert list(verify_all(engine)) == []


def test_a_merging_is_taken_back_on_the_page_of_the_record(
    browser_for: Enter, world: World, engine: Engine, catalogue: Catalogue
) -> None:
    browser = browser_for("officer")
    page = f"/technologies/{catalogue.other}/unmerge"
    assert browser.get(page).status_code == 409
    with transaction(engine) as db:
        merge_records(
            db,
            world.actor(db, "officer"),
            "technology",
            catalogue.other,
            into=catalogue.one,
            reason="One machine.",
            request=new_request(),
        )
    assert page in browser.get(f"/technologies/{catalogue.other}").text
    assert page not in browser_for("auditor").get(f"/technologies/{catalogue.other}").text
    sent = read_page(browser.get(page).text).sent | {"f-reason": "One is for hotels."}
    done = words_of(browser.flask.post(page, data=sent, follow_redirects=True).text)
    assert "stands for itself again" in done
    assert "took the merging into" in done
    assert "One is for hotels." in done
    assert catalogue.other in browser.get("/technologies").text
    assert list(verify_all(engine)) == []


def test_what_is_typed_is_warned_of_and_may_be_saved_anyway(browser_for: Enter, catalogue: Catalogue) -> None:
    browser = browser_for("officer")
    likely = f"/programmes/{catalogue.programme}/technologies/likely"
    warned = browser.get(f"{likely}?title=Heat pump dryer for laundries").text
    assert f"/technologies/{catalogue.one}" in warned
    assert catalogue.foreign not in warned
    assert "on record already" not in browser.get(f"{likely}?title=Wind pump").text
    page = f"/programmes/{catalogue.programme}/technologies/new"
    form = browser.get(page).text
    assert likely in form
    sent = read_page(form).sent | {
        "f-title": DRYER["title"],
        "f-description": DRYER["description"],
        "f-source": "A call",
        "f-confirmed": "no",
    }
    refused = browser.flask.post(page, data=sent)
    assert refused.status_code == 409, words_of(refused.text)
    assert "Save it anyway." in refused.text
    assert DRYER["description"][:40] in refused.text
    done = browser.flask.post(page, data=read_page(refused.text).sent | {"despite": "yes"}, follow_redirects=True).text
    assert "It is entered." in done


def test_what_the_other_one_does_not_say_is_marked() -> None:
    assert marked("A dryer for 3 <b> drums", "A dryer for 4 <b> drums") == (
        "A dryer for <mark>3 </mark>&lt;b&gt; drums",
        "A dryer for <mark>4 </mark>&lt;b&gt; drums",
    )
    assert marked("一台热泵", "两台热泵") == ("<mark>一</mark>台热泵", "<mark>两</mark>台热泵")
    for same in (("Steam", "Steam"), ("Steam", ""), ("Steam without coal", "Bricks of clay")):
        assert marked(*same) == same


def test_long_texts_and_such_as_have_nothing_in_common_are_not_held_against_each_other() -> None:
    """What it costs to compare two grows with the cube of their words: counted in lines of Python that run, not by a clock."""
    lines = 0

    def count(frame: Any, event: str, value: Any) -> Any:
        nonlocal lines
        lines += event == "line"
        assert lines < 60_000
        return count

    before = sys.gettrace()
    sys.settrace(count)
    try:
        for texts in (("水" * 1_900, "水火" * 900), ("水" * 150 + "火" * 140, "石土" * 145)):
            assert marked(*texts) == texts
    finally:
        sys.settrace(before)


def test_full_chinese_texts_go_into_one_address(browser_for: Enter, world: World) -> None:
    script = (ROOT / "casework/web/static/likely.js").read_text("utf-8")
    (most,) = re.findall(r"slice\(0, (\d+)\)", script)
    typed = dict.fromkeys(("title", "problem", "target"), "热" * int(most))
    address = f"/programmes/{world.programmes['BJ']}/needs/likely?{urlencode(typed)}"
    assert browser_for("officer").get(address).status_code == 200


def test_what_is_typed_is_asked_about_only_so_often(browser_for: Enter, engine: Engine, world: World) -> None:
    with transaction(engine) as db:
        for _ in range(ALLOWANCES["palette"].most - 1):
            count_use(db, world.people["officer"], "palette")
    browser = browser_for("officer")
    asked = [f"/programmes/{world.programmes['BJ']}/{plural}/likely?title=Pump" for plural in ("needs", "technologies")]
    assert [browser.get(address).status_code for address in asked * 2] == [200, 429, 429, 429]


def test_lists_mark_what_may_be_the_same_and_lead_who_keeps_it_to_both_side_by_side(
    browser_for: Enter, engine: Engine, catalogue: Catalogue
) -> None:
    words = "may be the same"
    for who, leads in (("officer", True), ("auditor", False)):
        page = browser_for(who).get("/technologies").text
        assert words in page
        found = re.search(r'href="(/technologies/[^"]+/merge[^"]*)"><span class="tag warn">may be the same', page)
        assert (found is not None) == leads
        if found:
            assert browser_for(who).get(found[1].replace("&amp;", "&")).status_code == 200
    assert words not in browser_for("officer").get("/needs").text


def test_the_api_tells_the_groups_of_one_record_or_of_one_kind(
    world: World, engine: Engine, catalogue: Catalogue
) -> None:
    with transaction(engine) as db:
        officer = world.actor(db, "officer")
        (first, *_) = every = twins.list_groups(db, officer)
        about = twins.list_groups(db, officer, about=first.records[0].id)
        assert about == [first]
        assert twins.list_groups(db, officer, noun="need") == [one for one in every if one.noun == "need"]
        assert twins.list_groups(db, officer, noun="technology") == [one for one in every if one.noun == "technology"]
