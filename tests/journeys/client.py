"""A client that knows only the OpenAPI document: it reads it from the server, and learns from each answer what may be
done next. Nothing of Casework is imported here.

Every request goes to an operation that the document has, with the headers that it declares; every body sent and every
answer that comes is checked against its schemas.
"""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import requests
from jsonschema import Draft202012Validator, FormatChecker
from referencing import Registry
from referencing.jsonschema import DRAFT202012

Json = Any

DOCUMENT = "/api/v1/openapi.json"
PROBLEM = "application/problem+json"
_HERE = "urn:openapi"


@dataclass(frozen=True)
class Operation:
    """One row of the document."""

    id: str
    method: str
    path: str
    content: Mapping[str, Json]

    def parameters(self, place: str) -> dict[str, Json]:
        return {one["name"]: one for one in self.content["parameters"] if one["in"] == place}


class Document:
    """What the server says of itself."""

    def __init__(self, base: str) -> None:
        found = requests.get(base + DOCUMENT, timeout=30)
        found.raise_for_status()
        self.content: Json = found.json()
        self.root = base + self.content["servers"][0]["url"]
        self.operations = {
            one["operationId"]: Operation(one["operationId"], method.upper(), path, one)
            for path, methods in self.content["paths"].items()
            for method, one in methods.items()
        }
        registry: Registry[Json] = Registry()
        self._registry = registry.with_resource(_HERE, DRAFT202012.create_resource(self.content))
        #: How often each operation was asked, and with which status it answered.
        self.asked: Counter[tuple[str, int]] = Counter()
        #: What the server told without having declared it.
        self.beyond: set[str] = set()

    def insist(self, value: Json, schema: Mapping[str, Json], about: str) -> None:
        """Raises AssertionError where the value is not as the schema says."""
        pointed = {"$ref": _HERE + schema["$ref"]} if "$ref" in schema else schema
        checker = Draft202012Validator(pointed, registry=self._registry, format_checker=FormatChecker())
        faults = [f"{one.json_path}: {one.message}" for one in checker.iter_errors(value)]
        assert not faults, f"{about} is not as the document says: {faults}"

    def undeclared(self, value: Json, schema: Json) -> set[str]:
        """Fields of an answer that its schema leaves out; what holds anything at all has none."""
        while "$ref" in schema:
            schema = self.content["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
        if "anyOf" in schema:
            options = [one for one in schema["anyOf"] if one.get("type") != "null"]
            return self.undeclared(value, options[0]) if value is not None and len(options) == 1 else set()
        if isinstance(value, list):
            return {name for one in value for name in self.undeclared(one, schema.get("items", {}))}
        if not isinstance(value, dict) or "properties" not in schema:
            return set()
        known = schema["properties"]
        beyond = {f"{schema.get('title')}.{name}" for name in value.keys() - known.keys()}
        return beyond | {
            name for key in value.keys() & known.keys() for name in self.undeclared(value[key], known[key])
        }

    def response(self, operation: Operation, status: int) -> Json:
        """What the document says of an answer. Raises AssertionError for a status that it does not know."""
        known = operation.content["responses"]
        assert str(status) in known, f"{operation.id} answers {status}, which the document does not know"
        found = known[str(status)]
        return self.content["components"]["responses"][found["$ref"].rsplit("/", 1)[1]] if "$ref" in found else found


@dataclass(frozen=True)
class Answer:
    status: int
    json: Json
    headers: Mapping[str, str]


class RefusedError(Exception):
    """The server refused, with a problem."""

    def __init__(self, operation: str, answer: Answer) -> None:
        self.answer = answer
        super().__init__(f"{operation}: {answer.status} {answer.json}")


class Client:
    """Asks with one person's token, or with none."""

    def __init__(self, document: Document, token: str | None = None) -> None:
        self.document = document
        self.session = requests.Session()
        if token:
            self.session.headers["Authorization"] = f"Bearer {token}"
        self._me: Json = None

    def ask(
        self,
        operation: str,
        /,
        *,
        body: Json = None,
        query: Mapping[str, Json] | None = None,
        revision: int | None = None,
        key: str | None = None,
        without: Collection[str] = (),
        **path: Any,
    ) -> Answer:
        """Ask for an operation by its id. Headers are those that it declares, `without` some of them on purpose."""
        document, one = self.document, self.document.operations[operation]
        assert set(path) == set(one.parameters("path")), (operation, path)
        assert set(query or {}) <= set(one.parameters("query")), (operation, query)
        headers = {name: value for name, value in self._headers(one, key, revision).items() if name not in without}
        if body is not None:
            document.insist(
                body, one.content["requestBody"]["content"]["application/json"]["schema"], f"sent to {operation}"
            )
        else:
            assert not one.content.get("requestBody", {}).get("required"), f"{operation} needs a body"
        url = document.root + one.path.format(**path)
        got = self.session.request(one.method, url, params=query, json=body, headers=headers, timeout=60)
        document.asked[operation, got.status_code] += 1
        answer = Answer(got.status_code, got.json(), got.headers)
        told = document.response(one, got.status_code)
        mimetype = got.headers["Content-Type"].split(";")[0]
        schema = told["content"][mimetype]["schema"]
        document.insist(answer.json, schema, f"{operation}'s {got.status_code}")
        document.beyond |= document.undeclared(answer.json, schema)
        if got.status_code >= 400:
            assert mimetype == PROBLEM
            assert answer.json["status"] == got.status_code
            raise RefusedError(operation, answer)
        return answer

    def _headers(self, one: Operation, key: str | None, revision: int | None) -> dict[str, str]:
        made = {}
        for name, rule in one.parameters("header").items():
            value = {"Idempotency-Key": key or str(uuid.uuid4()), "If-Match": f'"{revision}"'}[name]
            self.document.insist(value, rule["schema"], name)
            made[name] = value
        return made

    def pages(self, operation: str, /, query: Mapping[str, Json] | None = None, **path: Any) -> Iterator[Json]:
        """Every item of a list."""
        cursor: dict[str, Json] = {}
        while True:
            page = self.ask(operation, query={**(query or {}), **cursor}, **path).json
            yield from page["items"]
            if page["next"] is None:
                return
            cursor = {"cursor": page["next"]}

    @property
    def me(self) -> Json:
        if self._me is None:
            self._me = self.ask("show_me").json
        return self._me

    @property
    def is_outside(self) -> bool:
        """Whether this person works for a provider, and so sees referrals and not cases."""
        return any(one.get("organisation") for one in self.me["roles"])
