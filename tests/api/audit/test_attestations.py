"""Attestations over the API: read by those who answer for the programme, and taken out with their proof."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from sqlalchemy import Engine

from casework.settings import Settings
from tests.operations.verification.test_attestations import sign
from tests.support.api_client import Client
from tests.support.published import sign_and_publish
from tests.support.world import World

ClientFor = Callable[[str | None], Client]


@pytest.fixture
def address(engine: Engine, superuser_engine: Engine, settings: Settings, world: World) -> str:
    """Where the attestations of a programme lie of which one was signed."""
    sign_and_publish(engine, superuser_engine, settings)
    sign(engine, world)
    sign_and_publish(engine, superuser_engine, settings)
    return f"/programmes/{world.programmes['BJ']}/attestations"


def test_they_are_listed_and_shown(client_for: ClientFor, address: str) -> None:
    client = client_for("supervisor")
    (one,) = client.get(address).json["items"]
    shown = client.get(f"{address}/1").json
    assert (one["number"], shown["words"], shown["hash"] != "") == (1, "All of it was looked at.", True)
    assert shown["statement"]["checkpoint"] == one["checkpoint"]


def test_the_file_has_the_event_and_its_proof(client_for: ClientFor, address: str) -> None:
    answer = client_for("auditor").get(f"{address}/1/file")
    assert answer.status_code == 200
    assert json.loads(answer.text)["attestation"] == 1


@pytest.mark.parametrize("path", ["", "/1", "/1/file"])
def test_for_providers_there_are_none(client_for: ClientFor, address: str, path: str) -> None:
    assert client_for("provider").get(address + path).status_code == 404


@pytest.mark.parametrize("number", ["0", "2", "x", "99999999999"])
def test_what_is_no_number_of_one_is_not_there(client_for: ClientFor, address: str, number: str) -> None:
    assert client_for("auditor").get(f"{address}/{number}").status_code == 404
