"""A certificate over the API."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import Engine, text

from casework.ledger.certificates import check
from casework.records import log_keys
from casework.records.database import transaction
from casework.settings import Settings
from tests.support.published import sign_and_publish
from tests.support.world import World

Ask = Callable[..., tuple[int, bytes]]


@pytest.fixture
def ask(app: Flask, engine: Engine, world: World) -> Ask:
    with transaction(engine) as db:
        number = world.open_case(db)

    def asked(query: str, by: str = "officer") -> tuple[int, bytes]:
        token = {"Authorization": f"Bearer {world.tokens[by]}"}
        answer = app.test_client().get(f"/api/v1/cases/{number}/certificate?{query}", headers=token)
        return answer.status_code, answer.data

    return asked


@pytest.fixture
def published(ask: Ask, engine: Engine, superuser_engine: Engine, settings: Settings) -> None:
    sign_and_publish(engine, superuser_engine, settings)


def test_the_event_is_certified_where_nothing_else_is_asked(ask: Ask, published: None, settings: Settings) -> None:
    status, data = ask("event=1")
    assert (status, check(data, log_keys.public_keys(settings)).kind) == (200, "event")


def test_effects_are_in_it_where_they_are_asked_for(ask: Ask, published: None, settings: Settings) -> None:
    _, data = ask("event=1&effects=true")
    assert check(data, log_keys.public_keys(settings)).events[0].effects


def test_it_is_noted_whether_effects_were_taken_out(ask: Ask, published: None, engine: Engine) -> None:
    ask("event=1&effects=true")
    with transaction(engine) as db:
        address = "SELECT address FROM readings WHERE address LIKE '%/certificate?%'"
        assert "effects=true" in db.execute(text(address)).scalar_one()


def test_an_event_that_waits_says_when_to_come_back(ask: Ask) -> None:
    status, data = ask("event=1")
    assert (status, b"certificates.waits" in data) == (409, True)


@pytest.mark.parametrize("query", ["", "event=0", "event=x", "event=1&claim=everything", "event=1&colour=red"])
def test_what_cannot_be_asked_is_refused(ask: Ask, published: None, query: str) -> None:
    assert ask(query)[0] == 422


def test_a_field_that_is_not_there_is_refused(ask: Ask, published: None) -> None:
    assert ask("event=1&field=salary")[0] == 409


def test_there_is_none_for_a_provider(ask: Ask, published: None) -> None:
    assert ask("event=1", "provider")[0] == 404
