"""What a supervisor sees of cases whose end depends on too few people."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import Engine, text

from casework.records.database import transaction
from tests.support.web_client import Browser
from tests.support.world import World

Enter = Callable[[str], Browser]
ALONE = "Nobody can finish it while Supervisor is away."


@pytest.fixture
def risky(engine: Engine, world: World) -> str:
    """A case that one supervisor alone can close."""
    with transaction(engine) as db:
        number = world.new_case(db)
        world.fire(db, "officer", number, "take")
        db.execute(
            text("UPDATE memberships SET ends_at = casework_now() WHERE person_id = CAST(:id AS uuid)"),
            {"id": world.people["second_supervisor"]},
        )
    return number


def test_the_case_tells_its_supervisor_who_is_needed(browser_for: Enter, risky: str) -> None:
    assert ALONE in browser_for("supervisor").get(f"/cases/{risky}").text


def test_it_tells_nobody_else(browser_for: Enter, risky: str) -> None:
    assert ALONE not in browser_for("officer").get(f"/cases/{risky}").text


def test_case_hygiene_lists_the_cases_that_bear_no_absence(browser_for: Enter, risky: str) -> None:
    page = browser_for("supervisor").get("/case-hygiene").text
    assert (ALONE in page, f"/cases/{risky}" in page) == (True, True)


def test_a_case_with_people_enough_is_not_listed(browser_for: Enter, engine: Engine, world: World) -> None:
    with transaction(engine) as db:
        world.new_case(db)
    assert (
        "Each could be finished by others if somebody were away." in browser_for("supervisor").get("/case-hygiene").text
    )
