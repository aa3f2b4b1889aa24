"""The weights of ranked lists on their pages: proposed with a reason, agreed to by another person, told with what each version changed."""

from __future__ import annotations

import re
from collections.abc import Callable

from sqlalchemy import Engine

from casework.operations.matching.ranking import read_weights
from casework.records.database import transaction
from tests.support.web_client import Browser
from tests.support.world import World
from tests.web.cases.two_cases import words_of

BrowserFor = Callable[[str], Browser]
SHIPPED = {"f-title": "2", "f-k1": "1.2", "f-b": "0.75", "f-fusion": "60", "f-text": "1", "f-verified": "0.03"}


def at(world: World) -> str:
    return f"/programmes/{world.programmes['BJ']}/settings/weights"


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found is not None
    return found[1]


def propose(browser: Browser, world: World, **given: str) -> str:
    page = browser.get(f"{at(world)}/change").text
    sent = SHIPPED | {f"f-{name}": value for name, value in given.items()} | {"revision": hidden(page, "revision")}
    return browser.post(f"{at(world)}/change", sent, follow=True).text


def test_one_proposes_and_another_agrees(world: World, browser_for: BrowserFor, engine: Engine) -> None:
    supervisor = browser_for("supervisor")
    assert at(world) in supervisor.get(at(world).removesuffix("/weights")).text
    told = words_of(propose(supervisor, world, title="3.0", reason="The judged set gained."))
    assert "Words in the title: 2 3" in told
    assert "The judged set gained." in told
    assert "You may take it back." in told
    administrator = browser_for("administrator")
    page = administrator.get(at(world)).text
    sent = {"decision": "agree", "note": "", "seen": hidden(page, "seen")}
    done = words_of(administrator.post(at(world), sent, follow=True).text)
    assert "version 2" in done
    assert "What is proposed" not in done
    assert "Supervisor, Administrator" in done
    with transaction(engine) as db:
        assert read_weights(db, world.programmes["BJ"]).title == 3.0
    assert administrator.post(at(world), sent).status_code == 409
    settings = words_of(supervisor.get(at(world).removesuffix("/weights")).text)
    assert "Supervisor proposed other weights for ranked lists" in settings
    assert "Administrator agreed: ranked lists have other weights" in settings


def test_it_is_taken_back_with_a_reason_alone(world: World, browser_for: BrowserFor) -> None:
    supervisor = browser_for("supervisor")
    page = propose(supervisor, world, b="0.5", reason="To see.")
    sent = {"decision": "refuse", "note": "", "seen": hidden(page, "seen")}
    refused = supervisor.post(at(world), sent)
    assert refused.status_code == 422
    assert "must be answered" in words_of(refused.text) or "Enter" in words_of(refused.text)
    done = words_of(supervisor.post(at(world), sent | {"note": "A slip."}, follow=True).text)
    assert "What is proposed" not in done
    assert "A slip." in words_of(supervisor.get(at(world).removesuffix("/weights")).text)


def test_what_lies_outside_its_bounds_is_told_at_its_field_and_kept(world: World, browser_for: BrowserFor) -> None:
    page = propose(browser_for("supervisor"), world, title="11", verified="1", reason="More.")
    assert "must be at most 10" in words_of(page)
    assert "must be at most 0.2" in words_of(page)
    assert 'value="11"' in page


def test_nobody_else_finds_them(world: World, browser_for: BrowserFor) -> None:
    for name in ("officer", "provider", "auditor", "foreign_officer"):
        assert browser_for(name).get(at(world)).status_code in (403, 404)
