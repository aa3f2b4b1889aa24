"""Merging two records of one need or technology on pages: doubles are offered, what differs is chosen, and the old address leads on."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import Engine, text

from casework.operations.core.record_log import Kept
from casework.operations.verification.service import verify_all
from casework.records.database import transaction
from tests.support.pages import read_page
from tests.support.web_client import Browser
from tests.support.world import World, add_record
from tests.web.cases.two_cases import words_of

Enter = Callable[[str], Browser]


@pytest.mark.parametrize(("noun", "plural"), [("need", "needs"), ("technology", "technologies")])
def test_one_is_found_compared_and_merged_and_its_address_leads_on(
    browser_for: Enter, world: World, engine: Engine, noun: Kept, plural: str
) -> None:
    gone = (world.needs if noun == "need" else world.technologies)[0]
    with transaction(engine) as db:
        title = str(
            db.execute(text(f"SELECT title FROM {plural} WHERE id = CAST(:id AS uuid)"), {"id": gone}).scalar_one()
        )
        kept = add_record(db, world.programmes["BJ"], noun, "twice", {"title": f"{title}s"}, source="fair")
        other = add_record(db, world.programmes["BJ"], noun, "thrice", {"title": "Another"}, source="show")
    browser = browser_for("officer")
    assert f"/{plural}/{gone}/merge" in browser.get(f"/{plural}/{gone}").text
    page = f"/{plural}/{gone}/merge?into={kept}"
    assert page in browser.get(f"/{plural}/{gone}/merge").text
    assert page in browser.get(f"/{plural}/{gone}/merge?q=twice").text
    assert "None is found" in browser.get(f"/{plural}/{gone}/merge?q=nothing-so").text
    shown = browser.get(page).text
    assert "choose below" in shown
    assert "takes it over" in shown
    sent = read_page(shown).sent
    assert sent["f-take_title"] == "kept"
    # Without a reason, and without a word that one is sure, nothing is done.
    refused = browser.flask.post(page, data=sent, follow_redirects=True).text
    assert "Merged:" not in refused
    sent |= {"f-reason": "Both came of one call.", "f-take_title": "gone", "sure": "yes"}
    done = words_of(browser.flask.post(page, data=sent, follow_redirects=True).text)
    assert "Merged: what was of the other record is of this one now." in done
    assert "Both came of one call." in done
    # Sent again, as a browser does whose answer was lost, it is answered as it was.
    assert words_of(browser.flask.post(page, data=sent, follow_redirects=True).text) == done
    assert browser.flask.post(page, data=sent | {"f-reason": "Another."}).status_code != 303
    # With another record it is another request.
    assert browser.flask.post(page.replace(kept, other), data=sent).status_code != 303
    old = browser.get(f"/{plural}/{gone}").text
    assert f"/{plural}/{kept}" in old
    assert "This record was merged." in old
    for action in ("/correct", "/merge", "/confirm"):
        assert f"/{plural}/{gone}{action}" not in old
    assert gone not in browser.get(f"/{plural}").text
    assert browser.get(page).status_code == 403
    with transaction(engine) as db:
        row = db.execute(text(f"SELECT title FROM {plural} WHERE id = CAST(:id AS uuid)"), {"id": kept}).one()
    assert row.title == title
    assert list(verify_all(engine)) == []


def test_what_speaks_against_it_is_said_before_anything_is_typed(
    browser_for: Enter, world: World, engine: Engine
) -> None:
    with transaction(engine) as db:
        owner = {"title": "Steam", "owner_id": world.organisations["technology_owner"]}
        other = add_record(db, world.programmes["BJ"], "need", "twice", owner)
    shown = browser_for("officer").get(f"/needs/{world.needs[0]}/merge?into={other}").text
    assert "two organisations" in shown
    assert "f-reason" not in shown
    for into in ("nothing", "00000000-0000-7000-8000-000000000000"):
        assert browser_for("officer").get(f"/needs/{world.needs[0]}/merge?into={into}").status_code == 404


@pytest.mark.parametrize("side", ["kept", "gone"])
def test_whose_need_it_is_is_chosen_where_the_one_that_goes_is_published_less(
    browser_for: Enter, world: World, engine: Engine, side: str
) -> None:
    owner = world.organisations["need_owner"]
    with transaction(engine) as db:
        closed = {"title": "Steam", "owner_id": owner, "publication": "closed"}
        gone = add_record(db, world.programmes["BJ"], "need", "closed", closed)
        kept = add_record(db, world.programmes["BJ"], "need", "public", {"title": "Steam", "publication": "public"})
    browser, page = browser_for("officer"), f"/needs/{gone}/merge?into={kept}"
    shown = browser.get(page).text
    assert "Not specified" in shown
    sent = read_page(shown).sent
    assert sent["f-take_owner_id"] == "kept"
    sent |= {"f-reason": "Both came of one call.", "f-take_owner_id": side, "sure": "yes"}
    assert "Merged:" in browser.flask.post(page, data=sent, follow_redirects=True).text
    with transaction(engine) as db:
        query = "SELECT owner_id::text FROM needs WHERE id = CAST(:id AS uuid)"
        assert db.execute(text(query), {"id": kept}).scalar_one() == (owner if side == "gone" else None)
    assert list(verify_all(engine)) == []
