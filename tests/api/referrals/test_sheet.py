"""A provider's system reads the case sheet, with the scope for reading and from the acceptance on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection

from tests.support.api_client import Client
from tests.support.way_to_referral import to_referral
from tests.support.world import FOR_THE_SHEET, World

Clients = Callable[[str | None], Client]
Committed = Callable[[Callable[[Connection], Any]], Any]


def test_a_system_reads_the_sheet_once_the_request_is_accepted(
    client_for: Clients, world: World, committed: Committed
) -> None:
    number, referral = committed(lambda db: to_referral(world, db))
    provider, path = client_for("provider"), f"/referrals/{referral}/sheet"
    before = provider.get(path)
    assert before.status_code == 404
    assert "degC" not in before.text + provider.get(f"/referrals/{referral}").text
    committed(lambda db: world.accept(db, number, referral))
    read = provider.get(path).json
    assert (read["case"], read["service"], read["open"], read["ours"]) == (number, "assessment", True, True)
    assert [answer["value"] for answer in read["claim"]] == [FOR_THE_SHEET["assessment"]["claim"]]
    assert read["need"]["title"]["name"].startswith("Steam without coal")
    assert (read["amounts"], read["withheld"]) == ([], [])
    assert client_for("foreign_provider").get(path).status_code == 404
    office = client_for("officer").get(path).json
    assert (office["ours"], office["claim"]) == (False, read["claim"])
