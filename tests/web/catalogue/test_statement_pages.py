"""Needs that enterprises state, on the office's pages: whom it invites, and what it does with what was sent."""

from __future__ import annotations

import re
from collections.abc import Callable

from sqlalchemy import Engine, text

from casework.operations.core.paging import PAGE
from casework.records.database import transaction
from tests.operations.catalogue.test_need_statements import invited, sent
from tests.support.web_client import Browser
from tests.support.world import World

Enter = Callable[[str], Browser]


def named(engine: Engine, world: World) -> str:
    with transaction(engine) as db:
        return str(
            db.execute(
                text("SELECT name FROM organisations WHERE id = CAST(:id AS uuid)"),
                {"id": world.organisations["need_owner"]},
            ).scalar_one()
        )


def test_a_link_that_is_handed_over_is_shown_once(browser_for: Enter, engine: Engine, world: World) -> None:
    officer, page = browser_for("officer"), f"/programmes/{world.programmes['BJ']}/needs/invite"
    given = {"f-organisation": named(engine, world), "f-language": "zh-Hans", "f-days": "30"}
    wrong = officer.post(page, given | {"f-organisation": "Nobody Ltd", "f-address": "x"}, page=page)
    assert (wrong.status_code, "Nobody Ltd" in wrong.text) == (422, True)
    made = officer.post(page, given, page=page)
    secret = re.search(r"/state-need#([\w-]{43})", made.text)
    assert secret is not None
    listed = officer.get("/needs/stated").text
    assert "with the enterprise" in listed
    assert secret[1] not in listed


def test_the_list_goes_on_on_the_next_page(browser_for: Enter, engine: Engine, world: World) -> None:
    with transaction(engine) as db:
        waits, _, _ = sent(db, world)
        every = {waits, *(invited(db, world)[0] for _ in range(PAGE))}
    officer, seen, pages, url = browser_for("officer"), list[str](), 0, "/needs/stated"
    while url:
        text = officer.get(url).text
        seen, pages = [*seen, *re.findall(r'href="/needs/stated/([0-9a-f-]{36})"', text)], pages + 1
        following = re.search(r'href="(/needs/stated\?cursor=[^"]+)"', text)
        url = following[1] if following else ""
    assert (pages, seen[0], len(seen), set(seen)) == (2, waits, len(every), every)
    assert 'href="/needs/stated"' in text
    assert officer.get("/needs/stated?cursor=x").status_code == 422


def test_others_find_no_such_pages(browser_for: Enter, world: World) -> None:
    for who in ("compliance", "manager", "provider", "observer"):
        assert browser_for(who).get("/needs/stated").status_code == 404
    assert browser_for("auditor").get(f"/programmes/{world.programmes['BJ']}/needs/invite").status_code == 403
    assert browser_for("provider").get(f"/programmes/{world.programmes['BJ']}/needs/invite").status_code == 404


def test_an_answer_without_its_words_is_refused_at_its_field(browser_for: Enter, engine: Engine, world: World) -> None:
    with transaction(engine) as db:
        statement, _, _ = sent(db, world)
    officer, page = browser_for("officer"), f"/needs/stated/{statement}"
    for answer, field in (("ask", "question"), ("refuse", "reason")):
        refused = officer.post(f"{page}/{answer}", {}, page=page)
        assert refused.status_code == 422
        assert f'<details id="{answer}" open>' in refused.text
        assert f'<p class="fault" id="{field}-fault">' in refused.text
        assert refused.text.count('class="fault"') == 1
