"""The OpenAPI document is valid, and tells every route."""

from __future__ import annotations

import re
from collections.abc import Callable

from flask import Flask
from openapi_spec_validator import OpenAPIV31SpecValidator

from casework.api import ROUTES
from tests.support.api_client import PREFIX, Client

Clients = Callable[[str | None], Client]


def test_the_document_is_valid_and_needs_no_token(client_for: Clients) -> None:
    answer = client_for(None).get("/openapi.json")
    assert answer.status_code == 200
    assert [str(fault) for fault in OpenAPIV31SpecValidator(answer.json).iter_errors()] == []


def test_every_route_of_the_application_is_in_the_document(app: Flask, client_for: Clients) -> None:
    document = client_for(None).get("/openapi.json").json
    told = {(method.upper(), path) for path, one in document["paths"].items() for method in one}
    served = {
        (method, re.sub(r"<([a-z_]+)>", r"{\1}", rule.rule.removeprefix(PREFIX)))
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith("api.") and rule.endpoint not in ("api.openapi", "api.docs")
        for method in rule.methods or ()
        if method in ("GET", "POST")
    }
    assert told == served


def test_every_summary_is_a_sentence_for_people() -> None:
    assert [one.summary for one in ROUTES if not re.fullmatch(r"[A-Z][^.]* .*[^.]", one.summary)] == []


def test_every_request_body_refuses_what_it_does_not_know(client_for: Clients) -> None:
    document = client_for(None).get("/openapi.json").json
    for route in ROUTES:
        if route.body is not None:
            assert document["components"]["schemas"][route.body.__name__]["additionalProperties"] is False


def test_the_documentation_links_to_the_document(client_for: Clients) -> None:
    page = client_for(None).get("/docs")
    assert page.status_code == 200
    assert 'href="openapi.json"' in page.text
