"""Whatever a program sends, the API answers as its document says, and never with a fault of ours."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from sqlalchemy import Connection

from tests.security.authorization_api import TABLE
from tests.support.api_client import PREFIX
from tests.support.samples import Sample, a_third
from tests.support.way_to_referral import to_referral
from tests.support.world import World

Committed = Callable[[Callable[[Connection], Any]], Any]
CHECKS = (not_a_server_error, content_type_conformance, response_schema_conformance, status_code_conformance)

pytestmark = pytest.mark.filterwarnings("ignore")


#: Of all roles: who works on a case, who works for it, and who keeps the accounts.
ROLES = ("officer", "provider", "administrator")


@a_third
@pytest.mark.parametrize("role", ROLES)
def test_no_request_brings_the_api_down(
    app: Flask, world: World, committed: Committed, role: str, sample: Sample
) -> None:
    number, referral = committed(lambda db: to_referral(world, db))
    real = {
        "number": number,
        "track": committed(lambda db: world.main_track(db, number)),
        "referral": referral,
        "match": world.matches[0],
        "need": world.needs[0],
        "technology": world.technologies[0],
        "right": world.rights[0],
        "programme": world.programmes["BJ"],
        "transition": "hold",
        "name": "case",
    }
    schema = schemathesis.openapi.from_wsgi(f"{PREFIX}/openapi.json", app)
    operations = {}
    for result in schema.get_all_operations():
        assert isinstance(result, Ok), result
        operations[result.ok().label] = result.ok()
    allowed = {f"{row.method} {row.path}": row.allowed for row in TABLE}
    assert len(operations.keys() & allowed.keys()) > len(operations) // 2
    for name in sample.falling_to(role, ROLES, operations, lambda who, name: who in allowed.get(name, ())):
        _try(operations[name], world.tokens[role], real)


def _try(operation: Any, token: str, real: dict[str, str]) -> None:
    @given(case=operation.as_strategy())
    @settings(
        max_examples=6,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def send(case: Any) -> None:
        known = {name: real[name] for name in case.path_parameters or {} if name in real}
        if known:
            case.path_parameters = dict(case.path_parameters) | known
        case.headers = dict(case.headers or {}) | {"Authorization": f"Bearer {token}"}
        answer = case.call()
        case.validate_response(answer, checks=list(CHECKS))

    send()
