"""Files of records over the API: handed in, tried, taken over by a worker, and every refused row told; and how a source is read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, text

from casework.api.catalogue.import_schemas import MOST_LETTERS
from casework.operations.catalogue.import_worker import carry_on
from tests.support.api_client import Client
from tests.support.world import World

Clients = Callable[[str | None], Client]
TOLD = "Number;Name;Colour\n" + "".join(f"P{n};{'' if n % 2 else 'Pump'};red\n" for n in range(6))
FIELDS = {"Number": "external_id", "Name": "title", "Colour": None}


def _play(world: World, db: Connection) -> str:
    return world.new_case(db)


pytestmark = pytest.mark.stage(play=_play)


def sent(**more: Any) -> dict[str, Any]:
    return {"records": "technologies", "source": "PATENTS", "content": TOLD, "name": "pumps.csv"} | more


def test_a_file_is_tried_and_taken_over_and_its_refused_rows_are_told(
    client_for: Clients, world: World, engine: Engine
) -> None:
    client, at = client_for("officer"), f"/programmes/{world.programmes['BJ']}/imports"
    made = client.post(at, sent())
    assert made.status_code == 201
    one = f"{at}/{made.json['id']}"
    assert (client.get(one).json["state"], client.get(one).json["counts"]) == ("looked_at", None)
    assert client.post(f"{one}/fields", {"fields": FIELDS}).status_code == 200
    assert client.post(f"{one}/try", {}).status_code == 200
    assert client.get(one).json["state"] == "trying"
    carry_on(engine, made.json["id"])
    told = client.get(one).json
    assert (told["state"], told["counts"]["created"], told["counts"]["bad"]) == ("looked_at", 3, 3)
    page = client.get(f"{one}/refused?limit=2").json
    rest = client.get(f"{one}/refused?limit=2&cursor={page['next']}").json
    assert [row["row"] for row in page["items"] + rest["items"]] == [3, 5, 7]
    assert page["items"][0] == {
        "row": 3,
        "faults": [{"field": "title", "reason": "is missing", "code": "imports.missing", "values": {}}],
        "cells": {"number": "P1", "name": "", "colour": "red"},
    }
    assert client.post(f"{one}/take-over", {"licence": "CC BY 4.0"}).status_code == 200
    carry_on(engine, made.json["id"])
    assert [row["state"] for row in client.get(f"{at}?records=technologies").json["items"]] == ["done"]
    assert client.get(f"{at}?records=needs").json["items"] == []
    refused = client.post(f"{one}/try", {})
    assert (refused.status_code, list(refused.json["fields"])) == (422, ["file"])


def test_a_source_keeps_how_its_next_files_are_read(client_for: Clients, world: World, engine: Engine) -> None:
    client, at = client_for("officer"), f"/programmes/{world.programmes['BJ']}/imports"
    first = client.post(at, sent()).json["id"]
    client.post(f"{at}/{first}/take-over", {})
    (source,) = [one for one in client.get("/sources").json["items"] if one["name"] == "PATENTS"]
    mapping = {"records": "technologies", "fields": FIELDS, "licence": "CC BY 4.0"}
    assert client.post(f"/sources/{source['id']}/mapping", mapping).status_code == 200
    kept = client.get(f"/sources/{source['id']}").json
    wanted = {"number": "external_id", "name": "title", "colour": None}
    assert (kept["fields"]["technologies"], kept["licence"]) == (wanted, "CC BY 4.0")
    # A mapping without a licence takes none away, and the next file is read so by itself.
    client.post(f"/sources/{source['id']}/mapping", {"records": "technologies", "fields": FIELDS})
    assert client.get(f"/sources/{source['id']}").json["licence"] == "CC BY 4.0"
    assert client.get(f"{at}/{client.post(at, sent()).json['id']}").json["fields"] == wanted
    wrong = client.post(f"/sources/{source['id']}/mapping", {"records": "needs", "fields": {"Name": "headline"}})
    assert (wrong.status_code, list(wrong.json["fields"])) == (422, ["fields"])


WHOLE_MATCH = (
    '[{"external_id": "M1", "need": {"external_id": "N1", "title": "Steam"}, "technology": {"external_id": "T1", "title": "Boiler"}},'
    ' {"external_id": "M2", "need": "N1", "technology": "T9"}]'
)
CLOSED = "external_id,title,ended_on,outcome\nP1,Boiler,2021-05-01,agreement_only\nP2,Lamp,soon,agreement_only\n"


@pytest.mark.parametrize(
    ("records", "content", "created"), [("matches", WHOLE_MATCH, (1, 2)), ("past_projects", CLOSED, (1, 0))]
)
def test_matches_and_past_projects_come_in_the_same_way(
    client_for: Clients, world: World, engine: Engine, records: str, content: str, created: tuple[int, int]
) -> None:
    client, at = client_for("officer"), f"/programmes/{world.programmes['BJ']}/imports"
    whole = client.post(at, sent(records=records, content=content, complete=True))
    assert (whole.status_code, list(whole.json["fields"])) == (422, ["complete"])
    one = f"{at}/{client.post(at, sent(records=records, content=content)).json['id']}"
    for step in ("try", "take-over"):
        assert client.post(f"{one}/{step}", {}).status_code == 200
        carry_on(engine, one.rpartition("/")[2])
        told = client.get(one).json
        assert (told["records"], told["counts"]["created"], told["counts"]["nested"]) == (records, *created)
        (refused,) = client.get(f"{one}/refused").json["items"]
        assert refused["cells"]["external_id"] in ("M2", "P2")
    assert [row["state"] for row in client.get(f"{at}?records={records}").json["items"]] == ["done"]


def test_a_request_that_is_sent_again_hands_in_one_file(client_for: Clients, world: World, engine: Engine) -> None:
    client, at = client_for("officer"), f"/programmes/{world.programmes['BJ']}/imports"
    answers = [client.post(at, sent(), key="the-same-key-of-the-file").json for _ in range(2)]
    assert answers[0] == answers[1]
    with engine.connect() as db:
        assert db.execute(text("SELECT count(*) FROM imports")).scalar_one() == 1


def test_a_larger_file_is_refused_by_its_field(client_for: Clients, world: World) -> None:
    at = f"/programmes/{world.programmes['BJ']}/imports"
    answer = client_for("officer").post(at, sent(content="x" * (MOST_LETTERS + 1)))
    assert (answer.status_code, list(answer.json["fields"])) == (422, ["content"])


@pytest.mark.parametrize("cursor", ["WyJ4Il0", "Wzk5OTk5OTk5OTk5OV0", "x"])
def test_a_cursor_of_nobody_leads_nowhere(client_for: Clients, world: World, cursor: str) -> None:
    client, at = client_for("officer"), f"/programmes/{world.programmes['BJ']}/imports"
    made = client.post(at, sent()).json["id"]
    answer = client.get(f"{at}/{made}/refused?cursor={cursor}")
    assert answer.status_code == 422 or answer.json["items"] == []
