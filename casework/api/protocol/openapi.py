"""The OpenAPI 3.1 document, made from the table of routes and the models of their bodies."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from importlib.metadata import version

from flask import render_template
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from casework.api.protocol.routes import WORDS, Route
from casework.api.protocol.schemas import Problem
from casework.json_values import JsonMapping, JsonObject

_REF = "#/components/schemas/{model}"

#: Why each refusal may come; a route lists those that can.
_WHY = {
    400: "The request cannot be read, or a POST has no Idempotency-Key",
    401: "No valid token",
    403: "Your roles, or your token's scopes, do not include it",
    404: "There is no such thing, or you may not see it",
    409: "Not possible now; every reason is told",
    413: "The body is too large",
    414: "The query is too long",
    412: "Somebody else moved it since the revision that you saw",
    422: "Faults in the body or query, field by field; or a key used before for something else",
    428: "The header If-Match is missing",
    429: "Too many requests of this kind; try again after the time told",
    503: "The database is busy or away; try again after the time told",
}


def document(routes: Iterable[Route], prefix: str) -> JsonObject:
    """The whole document."""
    table = list(routes)
    spoken = [None if route.gives_file else route.answer for route in table]
    models = {model for model in (*spoken, *(route.body for route in table)) if model is not None} | {Problem}
    ordered = sorted(models, key=lambda model: model.__name__)
    names, schemas = models_json_schema([(model, "validation") for model in ordered], ref_template=_REF)
    known = {model: _name(names[model, "validation"]) for model in ordered}
    paths: dict[str, JsonObject] = {}
    for route in table:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route, known)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Casework",
            "version": version("casework"),
            "description": "Carries technology transfer cases from the match to their closing.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": prefix}],
        "security": [{"token": []}],
        "paths": paths,
        "components": {
            "schemas": schemas["$defs"],
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "responses": {
                _response_name(status): {
                    "description": why,
                    "content": {"application/problem+json": {"schema": {"$ref": _REF.format(model="Problem")}}},
                }
                | ({"headers": {"Retry-After": {"schema": {"type": "integer"}}}} if status in (429, 503) else {})
                for status, why in _WHY.items()
            },
        },
    }


def _name(reference: JsonMapping) -> str:
    return str(reference["$ref"]).rsplit("/", 1)[-1]


def _response_name(status: int) -> str:
    return f"Problem{status}"


def _operation(route: Route, known: Mapping[type[BaseModel], str]) -> JsonObject:
    operation: JsonObject = {
        "operationId": route.name,
        "summary": route.summary,
        "tags": [route.path.split("/")[1]],
        "parameters": [*_path(route), *_query(route), *_headers(route)],
        "responses": {str(route.status): _success(route, known), **_refusals(route)},
    }
    if not route.open:
        operation["description"] = f"The token needs the scope `{route.scope}`."
    else:
        operation["security"] = []
    if route.body is not None:
        needed = any(field.is_required() for field in route.body.model_fields.values())
        operation["requestBody"] = {
            "required": needed,
            "content": {"application/json": {"schema": {"$ref": _REF.format(model=known[route.body])}}},
        }
    if route.takes is not None:
        operation["requestBody"] = {"required": True, "content": _BYTES}
    return operation


def _path(route: Route) -> list[JsonObject]:
    return [
        {
            "name": name,
            "in": "path",
            "required": True,
            "schema": {"type": "string", "minLength": 1, "maxLength": 200}
            if name in WORDS
            else {"type": "string", "format": "uuid"},
        }
        for name in route.parameters
    ]


def _query(route: Route) -> list[JsonObject]:
    if route.query is None:
        return []
    model_schema = route.query.model_json_schema(ref_template=_REF)
    properties, needed = model_schema["properties"], model_schema.get("required", ())
    parameters = []
    for name, schema in properties.items():
        # A parameter that is absent is absent: in a query there is no null.
        plain = {key: value for key, value in schema.items() if key not in ("anyOf", "title", "description")}
        options = [option for option in schema.get("anyOf", ()) if option.get("type") != "null"]
        if options:
            plain = options[0]
        if plain.get("default", 0) is None:
            plain.pop("default")
        parameter = {"name": name, "in": "query", "required": name in needed, "schema": plain}
        parameters.append(parameter | ({"description": schema["description"]} if "description" in schema else {}))
    return parameters


def _headers(route: Route) -> list[JsonObject]:
    if route.method == "GET":
        return []
    headers = [
        {
            "name": "Idempotency-Key",
            "in": "header",
            "required": True,
            "description": "A new one for each new request; the same one, with the same body, to send it again",
            "schema": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[!-~]+$"},
        }
    ]
    if route.if_match:
        headers.append(
            {
                "name": "If-Match",
                "in": "header",
                "required": True,
                "description": f'The revision that you saw of {route.if_match}, in quotation marks: "7"',
                "schema": {"type": "string", "pattern": '^"[0-9]{1,9}"$'},
            }
        )
    return headers


def _success(route: Route, known: Mapping[type[BaseModel], str]) -> JsonObject:
    headers: JsonObject = {}
    if "revision" in route.answer.model_fields:
        headers["ETag"] = {"description": "The revision, for If-Match", "schema": {"type": "string"}}
    if route.method == "POST":
        headers["Idempotency-Replayed"] = {
            "description": "true when the same was asked before, and nothing was done this time",
            "schema": {"type": "string", "enum": ["true"]},
        }
    return {
        "description": "Done" if route.method == "POST" else "What was asked for",
        "headers": headers,
        "content": _BYTES
        if route.gives_file
        else {"application/json": {"schema": {"$ref": _REF.format(model=known[route.answer])}}},
    }


#: A file as the body of a request or an answer.
_BYTES: JsonObject = {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}


def _refusals(route: Route) -> JsonObject:
    statuses = [400, 401, 414, 429, 503]
    if not route.open:
        statuses.append(403)
    if route.parameters or route.method == "POST" or route.for_some:
        statuses.append(404)
    if route.method == "POST":
        statuses += [409, 413, 422]
    elif route.query is not None:
        statuses.append(422)
    if route.gives_file:
        statuses.append(409)
    if route.if_match:
        statuses += [412, 428]
    elif route.body is not None and "seen" in route.body.model_fields:
        statuses.append(412)
    return {
        str(status): {"$ref": f"#/components/responses/{_response_name(status)}"} for status in sorted(set(statuses))
    }


def page(document: JsonMapping) -> str:
    """A plain page that lists the routes and links to the document."""
    return render_template("docs.html", info=document["info"], paths=document["paths"])
