"""Figures by mail for programs: asked for, listed and stopped as on the pages."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.support.api_client import Client
from tests.support.world import World

Clients = Callable[[str | None], Client]


def keep(client: Client, name: str = "Ours") -> str:
    made = client.post("/views", {"page": "figures", "name": name, "query": "period=last_month"})
    assert made.status_code == 201
    return str(made.json["id"])


def test_a_view_is_mailed_in_a_rhythm_and_no_more(client_for: Clients, world: World) -> None:
    officer = client_for("officer")
    view = keep(officer)
    made = officer.post(f"/figures/views/{view}/mail", {"rhythm": "weekly", "weekday": 5})
    assert made.status_code == 201
    (mine,) = officer.get("/figures/mails").json["items"]
    assert (mine["id"], mine["view"]["id"], mine["rhythm"], mine["weekday"]) == (made.json["id"], view, "weekly", 5)
    assert mine["programme"] == world.programmes["BJ"]
    assert client_for("supervisor").post(f"/figures/mails/{mine['id']}/stop").status_code == 404
    assert officer.post(f"/figures/mails/{mine['id']}/stop").status_code == 200
    assert officer.get("/figures/mails").json["items"] == []


def test_a_view_that_is_shared_with_one_role_is_that_roles_alone(client_for: Clients, world: World) -> None:
    supervisor = client_for("supervisor")
    view = keep(supervisor)
    shared = {"name": "Ours", "shared_with": world.programmes["BJ"], "shared_role": "manager"}
    assert supervisor.post(f"/views/{view}", shared).status_code == 200
    (seen,) = client_for("manager").get("/views?page=figures").json["items"]
    assert (seen["name"], seen["shared_role"]) == ("Ours", "manager")
    for who in ("officer", "auditor", "observer", "provider"):
        assert client_for(who).get("/views?page=figures").json["items"] == [], who
        assert client_for(who).post(f"/figures/views/{view}/mail", {"rhythm": "monthly"}).status_code == 404, who
    assert client_for("manager").post(f"/figures/views/{view}/mail", {"rhythm": "monthly"}).status_code == 201


@pytest.mark.parametrize(
    ("sent", "kept"), [({}, "manager"), ({"shared_role": None}, None), ({"shared_role": "observer"}, "observer")]
)
def test_a_view_that_is_renamed_is_shared_with_the_same_role_unless_another_is_sent(
    client_for: Clients, world: World, sent: dict[str, object], kept: str | None
) -> None:
    supervisor = client_for("supervisor")
    view, here = keep(supervisor), {"shared_with": world.programmes["BJ"]}
    supervisor.post(f"/views/{view}", {"name": "Ours", "shared_role": "manager"} | here)
    assert supervisor.post(f"/views/{view}", {"name": "Renamed"} | here | sent).status_code == 200
    (own,) = supervisor.get("/views?page=figures").json["items"]
    assert (own["name"], own["shared_role"]) == ("Renamed", kept)


@pytest.mark.parametrize("body", [{"rhythm": "daily"}, {"rhythm": "weekly"}, {"rhythm": "weekly", "weekday": 8}, {}])
def test_a_rhythm_that_there_is_none_is_refused(client_for: Clients, world: World, body: dict[str, object]) -> None:
    officer = client_for("officer")
    assert officer.post(f"/figures/views/{keep(officer)}/mail", body).status_code == 422
