"""A table over the API is the table of the pages: as large, read letter by letter, and refused by the same rows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Connection, text

from casework.api.catalogue.table_routes import MOST_SENT
from casework.operations.catalogue.table_import import MOST_BYTES, MOST_ROWS, import_table
from tests.support.api_client import Client
from tests.support.world import World, new_request

Clients = Callable[[str | None], Client]


def sent(content: str, **more: Any) -> dict[str, Any]:
    return {"table": "organisations", "content": content, "source": "A list"} | more


def of_size(size: int) -> str:
    """A table of so many bytes, in rows that are refused as soon as they are read."""
    head, row = "name,country,address\n", f"Kiln,Q1,{'x' * 290}\n"
    rows, left = divmod(size - len(head), len(row.encode()))
    return head + row * rows + "\n" * left


@pytest.mark.parametrize("size", [900_000, 1_200_000, MOST_BYTES])
def test_a_table_may_be_as_large_as_on_pages(client_for: Clients, world: World, size: int) -> None:
    content = of_size(size)
    assert len(content.encode()) == size
    answer = client_for("officer").post(f"/programmes/{world.programmes['BJ']}/tables", sent(content, dry_run=True))
    assert answer.status_code == 200
    faults = answer.json["faults"]
    assert {one["code"] for one in faults} == {"imports.no_country", "imports.too_many_rows"}
    assert (len(faults), answer.json["created"]) == (MOST_ROWS + 1, 0)


def test_one_that_is_larger_is_refused_by_its_field_and_a_huge_one_unread(client_for: Clients, world: World) -> None:
    path, client = f"/programmes/{world.programmes['BJ']}/tables", client_for("officer")
    larger = client.post(path, sent(of_size(MOST_BYTES + 1)))
    assert (larger.status_code, list(larger.json["fields"])) == (422, ["content"])
    assert client.post(path, sent("x" * MOST_SENT)).status_code == 413


def test_of_strangers_none_is_read(app: Flask, world: World) -> None:
    path = f"/api/v1/programmes/{world.programmes['BJ']}/tables"
    answer = app.test_client().post(path, json=sent(of_size(1_200_000)), headers={"Authorization": "Bearer nobody"})
    assert answer.status_code == 401


@pytest.mark.parametrize("unseen", ["\u200b", "\u202e", "\u2060"])
def test_a_letter_that_nobody_sees_is_refused_as_on_pages(
    client_for: Clients, world: World, db: Connection, unseen: str
) -> None:
    content = f"name\nKiln{unseen}Works\n"
    answer = client_for("officer").post(f"/programmes/{world.programmes['BJ']}/tables", sent(content))
    given: dict[str, Any] = {"programme": world.programmes["BJ"], "table": "organisations", "source": "A list"}
    officer = world.actor(db, "officer")
    done: Any = import_table(db, officer, content=content.encode(), request=new_request(), **given).answer
    assert answer.json["faults"] == done["faults"]
    assert [(one["row"], one["field"]) for one in done["faults"]] == [(2, "name")]
    assert db.execute(text("SELECT 1 FROM organisations WHERE name LIKE 'Kiln%'")).all() == []
