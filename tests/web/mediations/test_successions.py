"""A sealed mediation handed over: on its page, and not by the API."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Engine

from casework.records.database import transaction
from tests.operations.mediations.test_service import another, mediate
from tests.support.pages import read_page
from tests.support.web_client import Browser
from tests.support.world import World


def test_a_dispute_officer_hands_it_over_on_its_page(
    world: World, engine: Engine, browser_for: Callable[[str], Browser]
) -> None:
    with transaction(engine) as db:
        mediation, second = mediate(world, db), another(world, db)
    browser = browser_for("dispute_officer")
    place = f"/mediations/{mediation}/hand-over"
    assert place in browser.get(f"/mediations/{mediation}").text
    inside = browser.get(place).text.split('class="asks"')[1].split("</form>")[0]
    sent = read_page(f"<form {inside}</form>").sent.to_dict()
    answer = browser.flask.post(place, data=sent | {"f-owner": second, "f-note": "Yours now."})
    assert (answer.status_code, answer.headers.get("Location")) == (303, "/mediations"), answer.text
    assert browser.get(f"/mediations/{mediation}").status_code == 404


def test_over_the_api_nothing_is_offered_that_has_no_route(
    world: World, engine: Engine, browser_for: Callable[[str], Browser]
) -> None:
    with transaction(engine) as db:
        mediation = mediate(world, db)
    token = {"Authorization": f"Bearer {world.tokens['dispute_officer']}"}
    browser = browser_for("dispute_officer")
    shown = browser.get(f"/api/v1/mediations/{mediation}", headers=token).json
    assert shown is not None
    assert shown["case_actions"] == ["hand_over"]
    assert browser.get(f"/api/v1/mediations/{mediation}/leaders", headers=token).status_code == 200
