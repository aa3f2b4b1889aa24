"""IP rights over the API: with whose they are, and with what a pledge on them secures."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection

from casework.operations.catalogue.ip_rights import set_belonging
from tests.support.api_client import Client
from tests.support.world import World, new_request

Clients = Callable[[str | None], Client]
Committed = Callable[[Callable[[Connection], Any]], Any]


def test_a_right_is_told_with_its_owners_and_what_a_pledge_secures(
    client_for: Clients, world: World, committed: Committed
) -> None:
    client, right, lab = client_for("officer"), world.rights[0], world.organisations["lab"]
    owners = [{"organisation": lab, "share": "60"}]
    committed(
        lambda db: set_belonging(
            db, world.actor(db, "officer"), right, owners=owners, source="Register", request=new_request()
        )
    )
    pledge: dict[str, Any] = {"kind": "pledge", "holder": lab, "since": "2026-01-05", "source": "Register"}
    secured = {"amount": "3000000.50", "currency": "CNY"}
    refused = client.post(f"/rights/{right}/encumbrances", {**pledge, "amount": secured | {"amount": "1.005"}})
    assert (refused.status_code, "amount" in str(refused.json)) == (422, True)
    assert client.post(f"/rights/{right}/encumbrances", {**pledge, "amount": secured}).status_code == 201
    for told in (
        client.get(f"/rights/{right}").json,
        *(one for one in client.get("/rights").json["items"] if one["id"] == right),
    ):
        assert told["owners"] == owners
        assert [one["amount"] for one in told["encumbrances"]] == [secured]


def test_a_licence_is_entered_for_the_countries_in_which_it_bars(client_for: Clients, world: World) -> None:
    client, right = client_for("officer"), world.rights[0]
    licence = {"kind": "licence", "licence": "exclusive", "holder": world.organisations["lab"]}
    path, said = f"/rights/{right}/encumbrances", licence | {"since": "2026-01-05", "source": "Register"}
    for territories in (["cn"], ["CHN"], ["CN", ""]):
        refused = client.post(path, said | {"territories": territories})
        assert (refused.status_code, "territories" in str(refused.json)) == (422, True), territories
    for territories, more in ((["CN", "DE"], {"sublicence": True}), (["WORLD"], {"sublicence": False})):
        assert client.post(path, said | {"territories": territories} | more).status_code == 201
    standing = client.get(f"/rights/{right}").json["encumbrances"]
    assert sorted(one["territories"] for one in standing) == [["CN", "DE"], ["WORLD"]]
    assert [one["territories"] for one in standing if one.get("sublicence")] == [["CN", "DE"]]
    pledge = {"kind": "pledge", "holder": world.organisations["lab"], "since": "2026-01-05", "source": "Register"}
    refused = client.post(path, pledge | {"sublicence": True})
    assert (refused.status_code, "sublicence" in str(refused.json)) == (422, True)
