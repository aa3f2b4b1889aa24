"""On no page is a day counted that does not run: what a case on hold lets wait says at which day it was due."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from sqlalchemy import Connection, Engine, text

from casework.records.database import transaction
from tests.support.web_client import Browser
from tests.support.world import World

BrowserFor = Callable[[str], Browser]


def _play(world: World, db: Connection) -> str:
    number = world.new_case(db)
    world.fire(db, "officer", number, "take")
    waits = {"reason": "budget", "waits_for": "need_owner", "waits_until": "event", "event": "The budget is voted."}
    world.fire(db, "officer", number, "hold", waits)
    return number


pytestmark = pytest.mark.stage(play=_play)

#: A moment as a page has it, and its words.
_TIME = re.compile(r'<time datetime="([^"]+)"[^>]*>([^<]*)</time>')


@pytest.fixture
def waiting(engine: Engine, staged: str) -> dict[str, str]:
    """The tasks that the hold itself does not ask for, each with its day as a page writes it."""
    with transaction(engine) as db:
        rows = db.execute(
            text(
                "SELECT t.id, to_char(t.due_at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"') AS day FROM tasks t"
                " WHERE t.log_id = (SELECT id FROM cases WHERE number = :number) AND t.closed_at IS NULL"
                " AND t.name NOT IN ('on_hold', 'review_hold')"
            ),
            {"number": staged},
        )
        return {row.id: row.day for row in rows if row.day}


@pytest.mark.parametrize("name", ["officer", "supervisor", "compliance", "auditor"])
def test_nobody_reads_a_running_day_of_a_case_on_hold(
    staged: str, waiting: dict[str, str], browser_for: BrowserFor, name: str
) -> None:
    assert waiting
    browser, named = browser_for(name), 0
    pages = [
        f"/cases/{staged}",
        f"/cases/{staged}/clocks",
        "/cases?open=yes",
        "/",
        "/queues",
        "/team",
        "/decisions",
        "/agenda",
    ]
    pages += [f"/?tab={tab}" for tab in ("open", "overdue", "today", "week", "waiting", "hold")]
    pages += [f"/tasks/{task}{part}" for task in waiting for part in ("", "/due", "/operations")]
    for path in pages:
        answer = browser.get(path)
        if answer.status_code != 200:
            continue
        for day, words in _TIME.findall(answer.text):
            if day in waiting.values():
                named += 1
                assert words.startswith("was "), (path, words)
    assert named >= (2 if name != "auditor" else 1)
