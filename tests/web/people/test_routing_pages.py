"""A programme's routing table on its pages: rows as forms, a table from a file, a trial on past tasks, and the word of a second person."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Engine

from casework.engine.decision_tables.dmn import from_dmn, to_dmn
from casework.records.database import transaction
from tests.operations.people.test_programme_routing import set_table, shown, table_of
from tests.operations.tasks.test_allocation import rule, settle
from tests.support.web_client import Browser
from tests.support.world import World
from tests.web.cases.two_cases import words_of

BrowserFor = Callable[[str], Browser]


def at(world: World) -> str:
    return f"/programmes/{world.programmes['BJ']}/settings/routing"


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found is not None
    return found[1]


def send(browser: Browser, world: World, row: str = "", **given: Any) -> str:
    """Propose a row as its form has it."""
    where = f"{at(world)}/row" + (f"?row={row}" if row else "")
    page = browser.get(where).text
    usual = {"f-to": "anybody", "f-number": "1", "f-hit_policy": "unique", "f-reason": "They know it."}
    sent = usual | {f"f-{name}": value for name, value in given.items()} | {"revision": hidden(page, "revision")}
    return browser.post(where, sent, follow=True).text


def agree(browser: Browser, world: World) -> str:
    page = browser.get(at(world)).text
    sent = {"decision": "agree", "note": "", "seen": hidden(page, "seen")}
    return words_of(browser.post(at(world), sent, follow=True).text)


def test_a_row_is_proposed_as_a_form_and_agreed_to(world: World, browser_for: BrowserFor, engine: Engine) -> None:
    supervisor = browser_for("supervisor")
    empty = words_of(supervisor.get(at(world)).text)
    assert "The table has no rows yet" in empty
    assert at(world) in supervisor.get(at(world).removesuffix("/routing")).text
    who = world.people["officer"]
    given: dict[str, Any] = {
        "queue": ["intake", "officer"],
        "service": ["pledge"],
        "amount_from": "1000000",
        "to": who,
        "note": "Large ones.",
    }
    told = words_of(send(supervisor, world, **given))
    assert "Amount wanted: from CNY 1,000,000" in told
    assert "give no task by themselves" in told
    done = agree(browser_for("administrator"), world)
    assert "version 2" in done
    assert "Large ones." in done
    assert "What is proposed" not in done
    with transaction(engine) as db:
        (row,) = shown(db, world).shown.rows
    assert (row.cells["queue"], row.cells["service"], row.cells["amount"]) == (
        '"intake", "officer"',
        '"pledge"',
        ">= 1000000",
    )
    assert row.to.id == who
    settings = words_of(supervisor.get(at(world).removesuffix("/routing")).text)
    assert "Supervisor proposed another routing table" in settings


def test_a_change_goes_on_from_what_is_proposed(world: World, browser_for: BrowserFor, engine: Engine) -> None:
    supervisor = browser_for("supervisor")
    send(supervisor, world, queue=["intake"], to=world.people["officer"])
    send(supervisor, world, queue=["officer"], to=world.people["other_officer"], number="1")
    with transaction(engine) as db:
        rows = shown(db, world).proposed.shown.rows
    assert [row.cells["queue"] for row in rows] == ['"officer"', '"intake"']
    send(supervisor, world, row="1", ends="yes", to="anybody", queue=["officer"])
    with transaction(engine) as db:
        rows = shown(db, world).proposed.shown.rows
    assert [row.cells["queue"] for row in rows] == ['"intake"']


def test_rows_that_hold_at_once_are_told_with_an_input(world: World, browser_for: BrowserFor) -> None:
    supervisor = browser_for("supervisor")
    send(supervisor, world, queue=["intake"], to=world.people["officer"])
    page = send(supervisor, world, kind=["step"], to=world.people["other_officer"], number="2")
    assert "the rows 1 and 2 hold at once" in words_of(page)
    assert "They know it." in page
    done = send(supervisor, world, kind=["step"], to=world.people["other_officer"], number="2", hit_policy="first")
    assert "the first row that holds counts" in words_of(done)


def test_what_a_form_cannot_say_is_edited_as_a_file_has_it(
    world: World, browser_for: BrowserFor, engine: Engine
) -> None:
    with transaction(engine) as db:
        set_table(db, world, ({"sector": 'not("x")', "age": "> 5"}, "officer"))
    supervisor = browser_for("supervisor")
    form = supervisor.get(f"{at(world)}/row?row=1").text
    assert "not(&#34;x&#34;)" in form or "not(&quot;x&quot;)" in form
    cells = {"sector_cell": "null", "age_cell": "> 7", "to": world.people["officer"]}
    send(supervisor, world, row="1", **cells)
    page = words_of(supervisor.get(at(world)).text)
    assert "Sector: not known" in page
    refused = send(supervisor, world, row="1", sector_cell="what?", age_from="1", to=world.people["officer"])
    assert "Nothing is recorded yet" in words_of(refused) or "cannot" in words_of(refused)


def test_a_table_goes_out_and_comes_back_as_dmn(world: World, browser_for: BrowserFor, engine: Engine) -> None:
    with transaction(engine) as db:
        set_table(db, world, ({"kind": '"side"'}, "officer"))
        changed = to_dmn(table_of(world, ({"kind": '"side"'}, "officer"), ({"kind": '"step"'}, "other_officer")))
    supervisor = browser_for("supervisor")
    taken = supervisor.get(f"{at(world)}/table.dmn")
    assert taken.headers["Content-Disposition"] == "attachment; filename=routing.dmn"
    assert len(from_dmn(taken.data).rules) == 1
    page = supervisor.get(f"{at(world)}/file").text
    assert world.people["officer"] in page
    sent = {"f-table": changed, "f-reason": "From the modeller.", "revision": hidden(page, "revision")}
    done = words_of(supervisor.post(f"{at(world)}/file", sent, follow=True).text)
    assert "Row 2" in done
    assert "From the modeller." in done
    page = supervisor.get(f"{at(world)}/file").text
    for said in ("nonsense", "<x/>", "{}", '{"name": "routing"}'):
        sent = {"f-table": said, "f-reason": "Why.", "revision": hidden(page, "revision")}
        assert supervisor.post(f"{at(world)}/file", sent).status_code == 422


def test_a_trial_tells_what_would_have_gone_elsewhere(world: World, browser_for: BrowserFor, engine: Engine) -> None:
    supervisor = browser_for("supervisor")
    assert "nothing to try it on" in words_of(supervisor.get(f"{at(world)}/trial").text)
    with transaction(engine) as db:
        rule(world, db, "intake", "round_robin")
        numbers = [world.new_case(db, "supervisor") for _ in range(2)]
    settle(engine)
    send(supervisor, world, queue=["intake"], to=world.people["officer"])
    told = words_of(supervisor.get(f"{at(world)}/trial").text)
    assert "Of the last 2 tasks 1 would have come to somebody else; a row holds for 2." in told
    assert any(number in told for number in numbers)


@pytest.mark.parametrize("row", ["0", "2", "x", "99999"])
def test_a_row_that_is_not_there_is_not_there(world: World, browser_for: BrowserFor, row: str) -> None:
    assert browser_for("supervisor").get(f"{at(world)}/row?row={row}").status_code == 404
