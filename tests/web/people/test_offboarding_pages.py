"""A supervisor hands over what somebody leaves behind."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask
from sqlalchemy import Engine, text

from casework.records.database import transaction
from tests.support.queries import counted
from tests.support.web_client import Browser
from tests.support.world import World

Enter = Callable[[str], Browser]


def cases(engine: Engine, world: World, count: int) -> list[str]:
    made = []
    with transaction(engine) as db:
        for _ in range(count):
            made.append(world.new_case(db))
            world.fire(db, "officer", made[-1], "take")
    return made


def test_each_case_has_its_own_result(engine: Engine, world: World, browser_for: Enter) -> None:
    first, second = cases(engine, world, 2)
    supervisor, leaver = browser_for("supervisor"), world.people["officer"]
    shown = supervisor.post(
        f"/team/{leaver}",
        {
            "case": [first, second],
            "note": "Call them",
            f"successor-{first}": world.people["other_officer"],
            f"successor-{second}": world.people["supervisor"],
        },
        page=f"/team/{leaver}",
    ).text
    assert "1 of 2 cases were handed over." in shown
    assert f"{second}: is not an officer of this programme" in shown


def test_one_that_is_refused_stops_no_other_whatever_is_read(engine: Engine, world: World, browser_for: Enter) -> None:
    """After a refusal a form is shown with names as they are read, and nothing may be recorded with those."""
    refused, first, second = cases(engine, world, 3)
    supervisor, leaver = browser_for("supervisor"), world.people["officer"]
    supervisor.post("/account/preferences", {"language": "zh-Hans"})
    given = {
        "case": [refused, first, second],
        "note": "都要",
        "successor": world.people["other_officer"],
        f"successor-{refused}": world.people["supervisor"],
    }
    shown = supervisor.post(f"/team/{leaver}", given, page=f"/team/{leaver}")
    assert shown.status_code == 200
    assert f"{refused}" in shown.text
    with transaction(engine) as db:
        owners = text("SELECT number, owner_id FROM cases WHERE number = ANY(:numbers)")
        rows = {row.number: row.owner_id for row in db.execute(owners, {"numbers": [refused, first, second]})}
    successor = world.people["other_officer"]
    assert rows == {refused: leaver, first: successor, second: successor}


def test_all_go_to_one_successor(engine: Engine, world: World, browser_for: Enter) -> None:
    made = cases(engine, world, 2)
    leaver = world.people["officer"]
    given = {"case": made, "note": "All", "successor": world.people["other_officer"]}
    shown = browser_for("supervisor").post(f"/team/{leaver}", given, page=f"/team/{leaver}").text
    assert "No live case is left with this person." in shown


def test_without_a_note_nothing_is_done_and_what_was_chosen_stays(
    engine: Engine, world: World, browser_for: Enter
) -> None:
    made = cases(engine, world, 1)
    leaver = world.people["officer"]
    given = {"case": made, "successor": world.people["other_officer"]}
    answer = browser_for("supervisor").post(f"/team/{leaver}", given, page=f"/team/{leaver}")
    assert answer.status_code == 422
    assert f'value="{world.people["other_officer"]}" selected' in answer.text


def test_more_cases_take_no_more_queries(app: Flask, engine: Engine, world: World, browser_for: Enter) -> None:
    supervisor, counts = browser_for("supervisor"), []
    for _ in range(2):
        cases(engine, world, 2)
        with counted(app) as sent:
            supervisor.get(f"/team/{world.people['officer']}")
        counts.append(len(sent))
    assert len(set(counts)) == 1
