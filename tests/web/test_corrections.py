"""The page on which a mistyped answer is corrected, and the entry that tells both versions."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import Engine, text

from casework.records.database import transaction
from tests.web.conftest import Browser
from tests.web.pages import read_page
from tests.world import World, to_referral

BrowserFor = Callable[[str], Browser]


@pytest.fixture
def entry(engine: Engine, world: World) -> str:
    """The entry of the request that was sent to the lab."""
    with transaction(engine) as db:
        number, _ = to_referral(world, db)
        seq = db.execute(
            text("SELECT max(e.seq) FROM events e JOIN cases c ON c.id = e.log_id WHERE c.number = :n AND e.effects->>'transition' = 'send'"),
            {"n": number},
        ).scalar_one()
    return f"/cases/{number}/history/{seq}"


def test_an_answer_is_corrected_on_its_page_and_both_versions_are_told(entry: str, browser_for: BrowserFor) -> None:
    officer = browser_for("officer")
    assert "Correct the answer" in officer.get(entry).text
    sent = dict(read_page(officer.get(f"{entry}/correct").text).sent)
    assert sent["f-question"] == "Does it reach 180 degrees?"
    page = officer.flask.post(f"{entry}/correct", data=sent | {"f-question": "Does it reach 190 degrees?"}, follow_redirects=True)
    assert page.status_code == 422
    told = {"f-question": "Does it reach 190 degrees?", "f-correction_reason": "A typing mistake."}
    page = officer.flask.post(f"{entry}/correct", data=sent | told, follow_redirects=True)
    assert page.status_code == 200
    for words in ("The answer is corrected", "Officer corrected an answer in “Send the request”", "190 degrees", "A typing mistake."):
        assert words in page.text
    assert "180 degrees" in officer.get(entry).text


def test_nobody_else_is_offered_it(entry: str, browser_for: BrowserFor) -> None:
    supervisor = browser_for("supervisor")
    assert "Correct the answer" not in supervisor.get(entry).text
    assert supervisor.flask.get(f"{entry}/correct").status_code == 403
