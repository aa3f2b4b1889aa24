"""A certificate over the API."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import Engine, text

from casework.ledger.certificates import check
from casework.operations.core.rate_limits import ALLOWANCES
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


@pytest.mark.parametrize(
    "query",
    ["", "event=0", "event=x", "event=1&claim=everything", "event=1&colour=red", "event=1&size=0", "event=1&size=x"],
)
def test_what_cannot_be_asked_is_refused(ask: Ask, published: None, query: str) -> None:
    assert ask(query)[0] == 422


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("event=999", "event"),
        ("event=1&size=3", "size"),
        ("event=1&claim=event&field=", "field"),
        ("event=1&claim=event&field=title", "field"),
    ],
)
def test_what_is_wrong_is_named_by_its_parameter(ask: Ask, published: None, query: str, parameter: str) -> None:
    status, data = ask(query)
    assert (status, list(json.loads(data)["fields"])) == (422, [parameter])


@pytest.mark.parametrize(
    ("query", "parameter", "code"),
    [
        ("event=1&claim=fact&field=executed_on", "field", "certificates.nothing_to_show"),
        ("event=1&claim=fact", "field", "certificates.no_field"),
        ("event=1&field=", "field", "certificates.no_field"),
        ("event=1&claim=two_persons", "claim", "certificates.not_two_persons"),
    ],
)
def test_what_the_entry_does_not_show_is_named_by_its_parameter(
    ask: Ask, published: None, query: str, parameter: str, code: str
) -> None:
    status, data = ask(query)
    (refusal,) = json.loads(data)["refusals"]
    assert (status, refusal["code"], refusal["field"]) == (409, code, parameter)


def test_of_a_size_it_is_the_same_file_again(
    ask: Ask, published: None, engine: Engine, superuser_engine: Engine, settings: Settings, world: World
) -> None:
    _, first = ask("event=1")
    size = check(first, log_keys.public_keys(settings)).checkpoint.size
    with transaction(engine) as db:
        world.new_case(db)
    sign_and_publish(engine, superuser_engine, settings)
    assert ask("event=1")[1] != first
    assert ask(f"event=1&size={size}") == (200, first)


def test_its_size_stands_in_the_name_of_the_file(
    app: Flask, engine: Engine, world: World, ask: Ask, published: None, settings: Settings
) -> None:
    size = check(ask("event=1")[1], log_keys.public_keys(settings)).checkpoint.size
    with transaction(engine) as db:
        number = db.execute(text("SELECT number FROM cases")).scalar_one()
    token = {"Authorization": f"Bearer {world.tokens['officer']}"}
    answer = app.test_client().get(f"/api/v1/cases/{number}/certificate?event=1", headers=token)
    assert f"certificate-{number}-1-at-{size}.json" in answer.headers["Content-Disposition"]


def test_what_is_refused_does_not_count(ask: Ask, published: None, engine: Engine) -> None:
    refused = ["event=999", "event=1&claim=fact", "event=1&size=3", "event=0"]
    assert {ask(query)[0] for query in refused} == {409, 422}
    for _ in range(ALLOWANCES["case_file"].most):
        assert ask("event=1")[0] == 200
    assert [ask(query)[0] for query in ("event=1", "event=999")] == [429, 429]


def test_a_field_that_is_not_there_is_refused(ask: Ask, published: None) -> None:
    assert ask("event=1&field=salary")[0] == 409


def test_there_is_none_for_a_provider(ask: Ask, published: None) -> None:
    assert ask("event=1", "provider")[0] == 404
