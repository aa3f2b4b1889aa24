"""Retention classes on their pages: proposed with a reason, agreed to by another person, and told at a closed case."""

from __future__ import annotations

import re
from collections.abc import Callable

from sqlalchemy import Engine

from casework.operations.privacy.kept_cases import read_classes
from casework.records.database import transaction
from tests.support.followed import closed_case
from tests.support.web_client import Browser
from tests.support.world import World
from tests.web.cases.two_cases import words_of

BrowserFor = Callable[[str], Browser]


def at(world: World) -> str:
    return f"/programmes/{world.programmes['BJ']}/settings/retention"


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found is not None
    return found[1]


def propose(browser: Browser, world: World, of: str = "", **given: str) -> str:
    form = f"{at(world)}/change" + (f"?class={of}" if of else "")
    page = browser.get(form).text
    sent = (
        {"f-fate": "removed"}
        | {f"f-{name}": value for name, value in given.items()}
        | {"revision": hidden(page, "revision")}
    )
    return browser.post(form, sent, follow=True).text


def agree(browser: Browser, world: World) -> str:
    sent = {"decision": "agree", "note": "", "seen": hidden(browser.get(at(world)).text, "seen")}
    return browser.post(at(world), sent, follow=True).text


OTHERS = {"name": "All other cases", "name_zh": "其他案件", "reason": "Our rules."}


def test_one_proposes_another_agrees_and_a_closed_case_tells_it(
    world: World, browser_for: BrowserFor, engine: Engine
) -> None:
    with transaction(engine) as db:
        number = closed_case(world, db)[0]
    supervisor = browser_for("supervisor")
    assert at(world) in supervisor.get(at(world).removesuffix("/retention")).text
    assert "Kept for good: All other cases" in words_of(supervisor.get(f"/cases/{number}").text)
    told = words_of(propose(supervisor, world, "other", years="5", fate="archived", **OTHERS))
    assert "5 years after closing, then in the archive" in told
    assert "You may take it back." in told
    done = words_of(agree(browser_for("administrator"), world))
    assert "version 2" in done
    assert "Supervisor, Administrator" in done
    page = words_of(supervisor.get(f"/cases/{number}").text)
    assert "Kept until" in page
    assert "Kept for good" not in page
    settings = words_of(supervisor.get(at(world).removesuffix("/retention")).text)
    assert "Supervisor proposed other retention classes" in settings
    assert "Administrator agreed: closed cases are kept by other classes" in settings


def test_a_class_is_added_by_how_cases_ended_and_ended_again(
    world: World, browser_for: BrowserFor, engine: Engine
) -> None:
    supervisor, administrator = browser_for("supervisor"), browser_for("administrator")
    given = {"code": "stopped", "name": "Stopped", "name_zh": "中止", "years": "2", "reason": "Short."}
    told = words_of(propose(supervisor, world, **given, outcomes="compliance_stop"))
    assert "Stopped" in told
    agree(administrator, world)
    with transaction(engine) as db:
        codes = [one.code for one in read_classes(db, world.programmes["BJ"])]
    assert codes == ["financing", "other", "stopped"]
    del given["code"]
    propose(supervisor, world, "stopped", **given, outcomes="compliance_stop", ends="yes")
    agree(administrator, world)
    with transaction(engine) as db:
        assert [one.code for one in read_classes(db, world.programmes["BJ"])] == ["financing", "other"]


def test_what_is_wrong_is_told_and_what_was_typed_is_kept(world: World, browser_for: BrowserFor) -> None:
    supervisor = browser_for("supervisor")
    page = propose(supervisor, world, years="200", **OTHERS)
    assert "must be at most 100" in words_of(page)
    assert 'value="200"' in page
    page = propose(supervisor, world, **OTHERS | {"name": "Empty"}, years="3")
    assert 'value="Empty"' in page


def test_there_is_no_form_of_a_class_that_is_not_there(world: World, browser_for: BrowserFor) -> None:
    assert browser_for("supervisor").get(f"{at(world)}/change?class=none").status_code == 404


def test_nobody_else_finds_them(world: World, browser_for: BrowserFor) -> None:
    for name in ("officer", "provider", "auditor", "foreign_officer"):
        assert browser_for(name).get(at(world)).status_code in (403, 404)
