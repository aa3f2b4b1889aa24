"""A supervisor publishes the figures of the last quarter, and everybody reads them beside the stories."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask
from sqlalchemy import Engine

from casework.operations.results.public_figures import publish_figures
from casework.records.database import transaction
from tests.operations.people.test_public_catalogues import show
from tests.operations.results.test_public_figures import counted
from tests.support.web_client import Browser
from tests.support.world import World, new_request

Enter = Callable[[str], Browser]


def test_they_are_published_by_a_button_and_taken_down_by_another(world: World, browser_for: Enter) -> None:
    supervisor, settings = browser_for("supervisor"), f"/programmes/{world.programmes['BJ']}/settings"
    assert f"{settings}/public-figures" in supervisor.get(settings).text
    here = f"{settings}/public-figures"
    assert "No figures are shown." in supervisor.get(here).text
    assert "Shown now" in supervisor.post(f"{here}/publish", {}, page=here, follow=True).text
    assert "No figures are shown." in supervisor.post(f"{here}/take-down", {}, page=here, follow=True).text


def test_everybody_reads_them_with_small_numbers_hidden(app: Flask, engine: Engine, world: World) -> None:
    with transaction(engine) as db:
        world.open_case(db)
        show(db, world, results=True)
        supervisor, programme = world.actor(db, "supervisor"), world.programmes["BJ"]
        publish_figures(db, supervisor, programme, counted(db, world), new_request())
    client = app.test_client()
    page = client.get("/results").text
    for words in ("In figures", "From need to effect", "Interest confirmed"):
        assert words in page
    told = client.get("/results.json").json
    assert told is not None
    (figures,) = told["figures"]
    assert (figures["programme"], "funnel" in figures["figures"]) == ("BJ", True)
