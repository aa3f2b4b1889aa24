"""What the pages list and do beside cases, over the API: notifications, search, filters, the auditor's questions, calendars."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import Engine, text

from casework.records.database import transaction
from tests.support.api_client import Client
from tests.support.way_to_referral import to_referral
from tests.support.world import World

Clients = Callable[[str | None], Client]


@pytest.fixture
def number(engine: Engine, world: World) -> str:
    with transaction(engine) as db:
        return to_referral(world, db)[0]


def test_the_next_task_is_taken_by_whoever_asks(client_for: Clients, number: str) -> None:
    taken = client_for("provider").post("/tasks/next").json
    assert taken["holder"]
    assert client_for("provider").get(f"/tasks/{taken['id']}").json["holder"]["id"] == taken["holder"]
    assert client_for("auditor").post("/tasks/next").json == {"id": None, "state": None, "holder": None}


def test_a_notification_is_read_by_the_one_who_was_told(
    client_for: Clients, engine: Engine, world: World, number: str
) -> None:
    with transaction(engine) as db:
        told = db.execute(
            text("SELECT count(*) FROM notifications WHERE person_id = CAST(:p AS uuid)"),
            {"p": world.people["provider"]},
        ).scalar_one()
    listed = client_for("provider").get("/notifications?unread=true").json["items"]
    assert len(listed) == told
    if listed:
        path = f"/notifications/{listed[0]['id']}/read"
        assert client_for("foreign_provider").post(path).status_code == 404
        assert client_for("provider").post(path).json["read"] is True
    assert client_for("provider").post("/notifications/read").json["count"] == max(0, told - 1)
    assert client_for("provider").get("/notifications?unread=true").json["items"] == []


def test_a_search_finds_what_may_be_seen(client_for: Clients, number: str) -> None:
    assert [one["number"] for one in client_for("officer").get(f"/search?q={number}").json["cases"]] == [number]
    assert client_for("foreign_officer").get(f"/search?q={number}").json["cases"] == []
    assert [one["number"] for one in client_for("provider").get(f"/search?q={number}").json["referrals"]] == [number]


def test_a_view_is_saved_replaced_and_deleted(client_for: Clients) -> None:
    officer = client_for("officer")
    kept = officer.post("/views", {"name": "Mine", "query": "state=closed"}).json["id"]
    assert [(one["id"], one["name"]) for one in officer.get("/views").json["items"]] == [(kept, "Mine")]
    again = {"name": "Mine", "query": "state=triage"}
    refused = officer.post("/views", again)
    assert refused.status_code == 422
    assert "cases.view_named_so" in refused.text
    assert officer.post("/views", again | {"replace": True}).json == {
        "id": kept,
        "query": "state=triage",
        "shared_with": None,
    }
    assert client_for("supervisor").post(f"/views/{kept}/drop").status_code == 404
    assert officer.post(f"/views/{kept}/drop").status_code == 200
    assert officer.get("/views").json["items"] == []


def test_a_view_is_renamed_and_shared_with_ones_office(client_for: Clients, world: World) -> None:
    officer, here = client_for("officer"), world.programmes["BJ"]
    kept = officer.post("/views", {"page": "queues", "name": "New", "query": "queue=intake"}).json["id"]
    assert officer.post(f"/views/{kept}", {"name": "New ones", "shared_with": here}).status_code == 200
    (own,), (shared,) = (client_for(who).get("/views?page=queues").json["items"] for who in ("officer", "supervisor"))
    told = {"id": kept, "name": "New ones", "query": "queue=intake", "shared_role": None, "mailed": None}
    assert own == told | {"shared_with": here, "owner": None}
    assert shared == own | {"owner": {"id": world.people["officer"], "name": "Officer"}}
    assert client_for("supervisor").get("/views").json["items"] == []
    for who in ("manager", "observer", "provider", "foreign_officer"):
        assert client_for(who).get("/views?page=queues").json["items"] == []
    assert client_for("supervisor").post(f"/views/{kept}", {"name": "Mine"}).status_code == 404
    assert officer.post(f"/views/{kept}", {"name": "New", "shared_with": world.programmes["SH"]}).status_code == 422
    assert officer.post(f"/views/{kept}", {"name": "New"}).status_code == 200
    assert client_for("supervisor").get("/views?page=queues").json["items"] == []


def test_an_auditor_asks_and_draws(client_for: Clients, number: str) -> None:
    auditor = client_for("auditor")
    questions = {one["question"] for one in auditor.get("/audit").json["items"]}
    assert {"waivers", "four_eyes", "late"} <= questions
    assert all(auditor.get(f"/audit/{one}").status_code == 200 for one in questions)
    drawn = [[one["number"] for one in auditor.get("/sample?seed=dice&size=5").json["items"]] for _ in range(2)]
    assert drawn[0] == drawn[1]
    assert number in drawn[0]


def test_a_sample_says_what_it_was_drawn_from_and_is_drawn_again_from_that(
    client_for: Clients, world: World, engine: Engine, number: str
) -> None:
    auditor = client_for("auditor")
    first = auditor.get("/sample?seed=dice&size=50").json
    assert first["population"] == len(first["items"]) > 0
    with transaction(engine) as db:
        later = world.new_case(db)
    now = auditor.get("/sample?seed=dice&size=50").json
    assert later in [one["number"] for one in now["items"]]
    assert now["population"] == first["population"] + 1
    assert auditor.get(f"/sample?seed=dice&size=50&as_of={first['as_of']}").json == first
    assert auditor.get("/sample?seed=dice&as_of=2020-01-01T00:00:00Z").json["items"] == []
    # A moment that is to come is now; one without its zone is none.
    assert auditor.get("/sample?seed=dice&as_of=2999-01-01T00:00:00Z").json["as_of"] < "2999"
    assert auditor.get("/sample?seed=dice&as_of=2026-01-01T00:00:00").status_code == 422


def test_a_calendar_is_tried_and_then_changed(client_for: Clients, world: World, number: str) -> None:
    administrator, path = client_for("administrator"), f"/programmes/{world.programmes['BJ']}/calendar"
    shown = administrator.get(path).json
    wanted = {key: shown["calendar"][key] for key in ("zone", "slots", "holidays", "make_up", "names")}
    wanted["slots"] = {"0": [["09:00", "12:00"], ["12:00", "16:00"]]}
    tried = administrator.post(f"{path}/preview", {"calendar": wanted}).json
    assert tried["count"] > 0
    assert administrator.get(path).json["digest"] == shown["digest"]
    assert administrator.post(path, {"calendar": wanted, "seen": "another"}).status_code == 412
    assert administrator.post(path, {"calendar": wanted, "seen": shown["digest"]}).status_code == 200
    assert administrator.get(path).json["digest"] != shown["digest"]
    wrong = wanted | {"slots": {"0": [["12:00", "09:00"]]}}
    answer = administrator.post(f"{path}/preview", {"calendar": wrong})
    assert (answer.status_code, list(answer.json["fields"])) == (422, ["calendar"])
