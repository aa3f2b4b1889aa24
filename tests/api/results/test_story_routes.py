"""Success stories for programs: what the office reads of them, and nobody else."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import Engine

from casework.records.database import transaction
from tests.support.additions import add_story
from tests.support.api_client import Client
from tests.support.world import World

Clients = Callable[[str | None], Client]


@pytest.fixture
def number(engine: Engine, world: World) -> str:
    with transaction(engine) as db:
        number = world.open_case(db)
        add_story(db, world, "officer", number)
    return number


def test_the_story_of_a_case_is_told_with_what_its_parties_were_asked(client_for: Clients, number: str) -> None:
    told = client_for("supervisor").get(f"/cases/{number}/story").json
    assert (told["story"]["told"]["title_zh"], told["story"]["state"]) == ("秸秆制汽", "asked")
    assert [(one["side"], one["state"]) for one in told["consents"]] == [("need_owner", "open")]
    assert told["story"]["told"]["impacts"][0]["level"] == "measured"
    assert not told["story"]["consented"]


def test_the_list_has_it(client_for: Clients, number: str) -> None:
    (line,) = client_for("officer").get("/stories").json["items"]
    assert (line["number"], line["title"], line["consented"]) == (number, "Steam from straw", False)


def test_a_case_of_which_nothing_is_told_has_no_story(client_for: Clients, engine: Engine, world: World) -> None:
    with transaction(engine) as db:
        number = world.open_case(db)
    told = client_for("officer").get(f"/cases/{number}/story").json
    assert (told["story"], told["consents"], told["went_well"]) == (None, [], False)


def test_others_read_none(client_for: Clients, number: str) -> None:
    assert client_for("auditor").get("/stories").status_code == 404
    assert client_for("auditor").get(f"/cases/{number}/story").status_code == 403
    assert client_for("provider").get(f"/cases/{number}/story").status_code == 404
