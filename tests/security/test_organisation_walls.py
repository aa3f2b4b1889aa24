"""An officer of another programme who knows the name and the number of a party learns nothing of it and changes nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from io import BytesIO
from typing import Any
from urllib.parse import quote

import pytest
from sqlalchemy import Engine, text

from casework.operations.catalogue.importer import import_records
from casework.operations.catalogue.organisation_merging import merge_organisations
from casework.operations.catalogue.organisation_queries import show_organisation
from casework.operations.catalogue.organisation_use import expire_organisation
from casework.operations.catalogue.organisations import confirm_organisation
from casework.operations.core.idempotency import Request
from casework.records.database import transaction
from tests.support.api_client import Client
from tests.support.world import World, new_request

NAME, NUMBER = "Secret Steam Works", "91110108551385082Q"
#: Nobody is called so, and nobody has that number.
NOBODY, NO_NUMBER = "Nobodys Steam Works", "91110000802100433B"


@pytest.fixture(params=["kept", "shared"])
def party(request: pytest.FixtureRequest, world: World, engine: Engine) -> str:
    """A party of Beijing's: one that Beijing keeps, and one that no programme does."""
    with transaction(engine) as db:
        party = world.shared_party(db, NAME, register_number=NUMBER)
        told = {"id": party, "home": world.programmes["BJ"] if request.param == "kept" else None}
        db.execute(
            text(
                "UPDATE organisations SET programme_id = CAST(:home AS uuid), address = 'Hidden street 5', size = 'small',"
                " state_owned = true, confirmed = true WHERE id = CAST(:id AS uuid)"
            ),
            told,
        )
    return party


def stands(engine: Engine, party: str) -> str:
    """All that the database says of it, with its log and what belongs to it."""
    queries = (
        "SELECT to_jsonb(o) FROM organisations o WHERE o.id = CAST(:id AS uuid)",
        "SELECT to_jsonb(l) FROM logs l WHERE l.id = CAST(:id AS uuid)",
        "SELECT to_jsonb(w) FROM right_owners w WHERE w.organisation_id = CAST(:id AS uuid)",
        "SELECT to_jsonb(n.id) FROM needs n WHERE n.owner_id = CAST(:id AS uuid)",
        "SELECT to_jsonb(r.id) FROM rights r WHERE strpos(CAST(r.encumbrances AS text), :id) > 0",
    )
    with transaction(engine) as db:
        return json.dumps([db.execute(text(query), {"id": party}).scalars().all() for query in queries], default=str)


def brought(client: Client, home: str, table: str, row: dict[str, str], *, dry_run: bool) -> tuple[int, Any]:
    """What a table of one row answers, without ids."""
    body = {"table": table, "content": json.dumps([row]), "source": "s", "name": "a.json", "dry_run": dry_run}
    answer = client.post(f"/programmes/{home}/tables", body)
    told = {name: value for name, value in answer.json.items() if name not in ("records", "entry")}
    return answer.status_code, told


def test_a_table_tells_no_more_of_it_than_of_nobody(
    world: World, engine: Engine, client_for: Callable[[str | None], Client], party: str
) -> None:
    client, home, before = client_for("foreign_officer"), world.programmes["SH"], stands(engine, party)
    bank = world.organisations["bank"]
    with transaction(engine) as db:
        lender = db.execute(text("SELECT name FROM organisations WHERE id = CAST(:id AS uuid)"), {"id": bank}).scalar()
    licence = {"encumbrance": "licence", "licence": "plain", "begins_on": "2026-01-01"}

    def rows(name: str, number: str) -> list[tuple[str, dict[str, str]]]:
        return [
            ("rights", {"kind": "know_how", "owners": name}),
            ("rights", {"kind": "know_how", "owners": number}),
            ("rights", {"kind": "know_how", "owners": str(lender), **licence, "holder": name}),
            ("rights", {"kind": "know_how", "owners": str(lender), **licence, "holder": number}),
            (
                "organisations",
                {"name": name, "country": "CN", "address": "Elsewhere 1", "size": "large", "state_owned": "no"},
            ),
            (
                "organisations",
                {"name": f"{name} of Lingang", "country": "CN", "register_number": number, "size": "large"},
            ),
        ]

    for (table, secret), (_, nobody) in zip(rows(NAME, NUMBER), rows(NOBODY, NO_NUMBER), strict=True):
        for dry_run in (True, False):
            of_it = brought(client, home, table, secret, dry_run=dry_run)
            of_nobody = brought(client, home, table, nobody, dry_run=dry_run)
            said = json.dumps(of_it).replace(NAME, NOBODY).replace(NUMBER, NO_NUMBER)
            assert said == json.dumps(of_nobody), (table, secret)
            assert of_it[1]["kept"] == []
    # What the tables made is a record of its own, beside the other one.
    listed = client.get(f"/organisations?words={NUMBER}").json["items"]
    assert [one["name"] for one in listed] == [f"{NAME} of Lingang"]
    assert client.get(f"/organisations/{party}").status_code == 404
    assert stands(engine, party) == before


def test_nothing_is_linked_to_it_by_its_id(
    world: World, engine: Engine, client_for: Callable[[str | None], Client], party: str
) -> None:
    client, home, before = client_for("foreign_officer"), world.programmes["SH"], stands(engine, party)
    need = client.post(
        "/needs", {"programme": home, "title": "Heat", "source": "s", "external_id": "q1", "confirmed": True}
    )
    own = {"programme": home, "kind": "know_how", "owners": [{"organisation": world.organisations["bank"]}]}
    right = client.post("/rights", own)
    assert (need.status_code, right.status_code) == (201, 201)
    ways: list[tuple[str, dict[str, Any]]] = [
        (f"/needs/{need.json['id']}/owner", {"organisation": party, "reason": "x"}),
        ("/needs", {"programme": home, "title": "Cold", "source": "s", "external_id": "q2", "owner": party}),
        ("/rights", {**own, "owners": [{"organisation": party}]}),
        (f"/rights/{right.json['id']}/belongs", {"owners": [{"organisation": party}], "source": "s", "reason": "x"}),
        (
            f"/rights/{right.json['id']}/encumbrances",
            {
                "kind": "licence",
                "licence": "plain",
                "holder": party,
                "since": "2026-01-01",
                "source": "s",
            },
        ),
    ]
    nobody = "00000000-0000-7000-8000-000000000000"
    for path, body in ways:
        answer, unknown = (
            client.post(path, body),
            client.post(path, json.loads(json.dumps(body).replace(party, nobody))),
        )
        assert answer.status_code == 422, (path, answer.text)
        assert {**answer.json, "request_id": ""} == {**unknown.json, "request_id": ""}
    for path, body in (
        ("confirm", {"name": "Owned", "source": "s", "reason": "x"}),
        ("contacts", {"name": "Mallory", "source": "s"}),
        ("owners", {"name": "Mallory", "source": "s"}),
        ("expire", {"reason": "x"}),
    ):
        assert client.post(f"/organisations/{party}/{path}", body).status_code == 404, path
    assert client.get(f"/organisations/{party}").status_code == 404
    assert stands(engine, party) == before


def test_an_import_and_a_typed_name_make_or_find_none_but_their_own(
    world: World, engine: Engine, client_for: Callable[[str | None], Client], party: str
) -> None:
    client, home, before = client_for("foreign_officer"), world.programmes["SH"], stands(engine, party)
    with transaction(engine) as db:
        foreign = world.actor(db, "foreign_officer")
    record = json.dumps({"external_id": "n1", "title": "Heat", "owner": NAME, "owner_country": "CN"}).encode()
    report = import_records(engine, "needs", BytesIO(record), programme="SH", source="s", name="a.jsonl", actor=foreign)
    assert report.created == 1
    [made] = client.get(f"/organisations?words={quote(NAME)}").json["items"]
    assert made["id"] != party
    assert made["programme"] == home
    assert stands(engine, party) == before


def test_what_no_programme_keeps_the_people_of_none_change(world: World, engine: Engine) -> None:
    with transaction(engine) as db:
        shared, officer = world.shared_party(db, NAME, register_number=NUMBER), world.actor(db, "officer")
        assert show_organisation(db, officer, shared).name == NAME
    before = stands(engine, shared)

    def confirm(db: Any, key: Request) -> object:
        return confirm_organisation(db, officer, shared, fields={"name": "Owned"}, source="s", reason="x", request=key)

    def merge(db: Any, key: Request) -> object:
        own = world.organisations["need_owner"]
        return merge_organisations(db, officer, shared, into=own, reason="x", request=key)

    def expire(db: Any, key: Request) -> object:
        return expire_organisation(db, officer, shared, reason="x", request=key)

    for change in (confirm, merge, expire):
        with pytest.raises(Exception, match="No single programme"), transaction(engine) as db:
            change(db, new_request())
    assert stands(engine, shared) == before
