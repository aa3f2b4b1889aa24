"""A result that was returned, on the provider's pages: why, the one main button, and the form with its answers before."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import Engine, text

from casework.records.database import transaction
from tests.support.pages import read_page
from tests.support.returned import deliver, return_result, to_delivery
from tests.support.way_to_referral import to_accepted
from tests.support.web_client import Browser
from tests.support.world import World, today

Enter = Callable[[str], Browser]


@pytest.fixture
def returned(engine: Engine, world: World) -> str:
    with transaction(engine) as db:
        number, referral = to_accepted(world, db)
        to_delivery(world, db, number, referral)
        deliver(
            world, db, number, referral, by="deliver", note="Tested at 180 degrees.", on=today() - timedelta(days=1)
        )
        return_result(world, db, number, referral, "Name the boiler.")
    return referral


def test_the_page_says_why_and_its_main_button_is_to_deliver_anew(
    browser_for: Enter, world: World, returned: str
) -> None:
    page = browser_for("provider").get(f"/referrals/{returned}").text
    (main,) = re.findall(r'class="btn btn-primary"[^>]*href="[^"]*/(\w+)"', page)
    assert main == "redeliver"
    assert page.index("Name the boiler.") < page.index('class="btn btn-primary"')
    assert "Case officer returned it for correction" in page
    assert world.people["officer"] not in page


def test_the_office_looks_at_what_is_delivered_before_it_answers(
    browser_for: Enter, engine: Engine, world: World
) -> None:
    with transaction(engine) as db:
        number, referral = to_accepted(world, db)
        to_delivery(world, db, number, referral)
        deliver(world, db, number, referral, by="deliver", note="Tested at 180 degrees.")
    officer = browser_for("officer")
    assert f'href="/referrals/{referral}#do">Check the delivery' in officer.get("/").text
    page = officer.get(f"/referrals/{referral}").text
    assert re.findall(r'class="btn btn-\w+" href="[^"]*/(approve|return)"', page) == ["approve", "return"]
    form = officer.get(f"/cases/{number}/tracks/{referral}/approve").text
    assert form.index("Or instead") < form.index(f"/cases/{number}/tracks/{referral}/return")


def test_the_form_opens_with_its_answers_before_and_tells_what_is_settled(browser_for: Enter, returned: str) -> None:
    page = browser_for("provider").get(f"/referrals/{returned}/{returned}/redeliver").text
    assert page.index("Name the boiler.") < page.index('class="asks"')
    sent = read_page(page).sent
    assert (sent["f-service"], sent["f-note"], bool(sent["f-documents"])) == (
        "assessment",
        "Tested at 180 degrees.",
        True,
    )
    # What is delivered anew is delivered today, whenever it was delivered first.
    assert sent["f-delivered_on"] == today().isoformat()
    assert re.search("From the answer of [^.<]+\\.", page)
    # What the referral is for is no question, and what hangs on it stands there for certain, or not at all.
    assert not re.findall(r'<input[^>]*type="radio"[^>]*name="f-service"', page)
    assert 'data-when="service"' not in page


def test_what_is_settled_is_sent_as_it_is_and_nothing_else_is_taken(
    browser_for: Enter, engine: Engine, returned: str
) -> None:
    provider, path = browser_for("provider"), f"/referrals/{returned}/{returned}/redeliver"
    sent = dict(read_page(provider.get(path).text).sent)
    forged = provider.flask.post(path, data=sent | {"f-service": "pledge"})
    assert forged.status_code in (409, 422)
    assert 'name="f-service" value="assessment"' in forged.text
    assert provider.flask.post(path, data=sent).status_code == 303
    with transaction(engine) as db:
        assert db.execute(text("SELECT states FROM tracks WHERE id = :id"), {"id": returned}).scalar_one() == [
            "delivered"
        ]


def test_every_fault_is_told_in_one_round(browser_for: Enter, engine: Engine, returned: str) -> None:
    """An action that cannot be undone, sent without the box and without a reason: both are said, and nothing is done."""
    provider, path = browser_for("provider"), f"/referrals/{returned}/{returned}/give_up"
    sent = {name: value for name, value in read_page(provider.get(path).text).sent.items() if not name.startswith("f-")}
    refused = provider.flask.post(path, data=sent)
    assert refused.status_code == 422
    assert "Put right 2 answers" in refused.text
    assert "Tick the box" in refused.text
    unsure = provider.flask.post(path, data=sent | {"f-reason": "The boiler is gone."})
    assert (unsure.status_code, "Put right 1 answer" in unsure.text) == (422, True)
    with transaction(engine) as db:
        assert db.execute(text("SELECT states FROM tracks WHERE id = :id"), {"id": returned}).scalar_one() == ["rework"]
    assert provider.flask.post(path, data=sent | {"f-reason": "The boiler is gone.", "sure": "yes"}).status_code == 303


def test_who_is_asked_for_something_reads_what_above_the_answer(
    browser_for: Enter, engine: Engine, world: World
) -> None:
    with transaction(engine) as db:
        number, referral = to_accepted(world, db)
        world.fire(db, "provider", number, "ask_info", {"items": "The drawings."}, track=referral)
    page = browser_for("officer").get(f"/cases/{number}/tracks/{referral}/supply_info").text
    assert page.index("The drawings.") < page.index('class="asks"')
