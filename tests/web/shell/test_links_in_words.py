"""What a sentence names between quotation marks leads there; whatever else it says stays words."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import Connection, Engine, text

from casework.records.database import transaction
from casework.web.shell.links_in_words import linked
from tests.support.web_client import Browser
from tests.support.world import World


def test_a_place_that_is_named_leads_there() -> None:
    words = linked("Enter it in “Need”, then in “Match”.", {"Need": "/needs/1?a=1&b=2"})
    assert words == 'Enter it in “<a href="/needs/1?a=1&amp;b=2">Need</a>”, then in “Match”.'


def test_what_somebody_wrote_stays_words() -> None:
    assert linked("<b>“Need”</b>", {}) == "&lt;b&gt;“Need”&lt;/b&gt;"
    assert "<i>" not in linked("“<i>”", {"<i>": "/x"})


def _play(world: World, db: Connection) -> str:
    made = world.new_case(db)
    world.fire(db, "officer", made, "take")
    return made


@pytest.mark.stage(play=_play)
def test_the_check_of_a_match_leads_to_what_it_asks_about(
    engine: Engine, staged: str, browser_for: Callable[[str], Browser]
) -> None:
    with transaction(engine) as db:
        task = db.execute(text("SELECT id FROM tasks WHERE name = 'triage_check'")).scalar_one()
        case = db.execute(
            text("SELECT match_id, need_id, technology_id FROM cases WHERE number = :n"), {"n": staged}
        ).one()
    page = browser_for("officer").get(f"/tasks/{task}").text
    assert f'“<a href="/needs/{case.need_id}">Need</a>”' in page
    assert f'“<a href="/technologies/{case.technology_id}">Technology</a>”' in page
    assert f'“<a href="/matches/{case.match_id}">Match</a>”' in page
    assert page.count("Only “Yes” leads on.") == 4
