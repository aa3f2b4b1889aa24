"""Reading a request: its key, the revision it has seen, its body and its query. Strict, and clear about faults."""

from __future__ import annotations

import json
import re
from ipaddress import IPv6Address, IPv6Network, ip_address
from typing import Any, NoReturn

from flask import Request as Incoming
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from casework import reasons
from casework.api.protocol.routes import WORDS, Route
from casework.engine.definition.field_faults import reason_of
from casework.engine.definition.plain_text import visible_within
from casework.errors import InvalidForm, KeyMissing, NotFound, RevisionMissing, Unreadable
from casework.json_values import JsonObject, JsonValue, is_id
from casework.operations.core.idempotency import Request, digest_of
from casework.reasons import Why
from casework.records.field_encryption import storable

KEY_LENGTH = 200
DEPTH = 32
_KEY = re.compile(rf"[\x21-\x7e]{{1,{KEY_LENGTH}}}")
_ETAG = re.compile(r'"(\d{1,9})"')
_WORD = re.compile(r"[^\x00-\x1f\x7f\ud800-\udfff]{1,200}")


def client_address(request: Incoming) -> str:
    """Where a request comes from, as far as the trusted proxies tell; empty where they tell what is no address."""
    address = (request.remote_addr or "").strip().strip("[]")
    try:
        return str(ip_address(address))
    except ValueError:
        return ""


def network_of(address: str) -> str:
    """By what clients are counted: an address, and of the sixth version the network, of which each has many addresses."""
    if ":" not in address:
        return address
    ip = ip_address(address)
    assert isinstance(ip, IPv6Address)
    return str(ip.ipv4_mapped or IPv6Network((ip, 64), strict=False))


def about_client(request: Incoming) -> dict[str, str]:
    """What a session keeps of where it was begun."""
    return {"browser": request.headers.get("User-Agent", "")[:200], "address": client_address(request)}


def read_path(route: Route, given: dict[str, str]) -> dict[str, str]:
    """The parameters of the path, ids in their one form. Raises NotFound for what can name nothing."""
    parameters = {name: value if name in WORDS else value.lower() for name, value in given.items()}
    if not all(_WORD.fullmatch(value) if name in WORDS else is_id(value) for name, value in parameters.items()):
        raise NotFound(route.noun)
    return parameters


def read_key(request: Incoming, path: str, body: JsonValue) -> Request:
    """The Idempotency-Key, with the digest of what it is for. Raises KeyMissing or Unreadable."""
    key = request.headers.get("Idempotency-Key", "")
    if not key:
        raise KeyMissing
    if not _KEY.fullmatch(key):
        raise Unreadable(reasons.requests.KEY_LENGTH(most=KEY_LENGTH))
    sure = isinstance(body, dict) and body.get("sure") is True
    return Request(key, digest_of(request.method, path, body), sure)


def read_revision(request: Incoming) -> int:
    """The revision that If-Match names. Raises RevisionMissing, or Unreadable for what can be no revision of ours."""
    written = request.headers.get("If-Match", "").strip()
    # A star matches whatever is there, and so says nothing of what was seen.
    if written in ("", "*"):
        raise RevisionMissing
    match = _ETAG.fullmatch(written)
    if match is None:
        raise Unreadable(reasons.requests.IF_MATCH)
    return int(match[1])


def read_json(request: Incoming) -> JsonValue:
    """The body as JSON; {} where there is none. Raises Unreadable."""
    raw = request.get_data(cache=False)
    if not raw.strip():
        return {}
    if not (request.mimetype == "application/json" or request.mimetype.endswith("+json")):
        raise Unreadable(reasons.requests.MUST_BE_JSON)
    if request.headers.get("Content-Encoding", "identity").strip().lower() != "identity":
        raise Unreadable(reasons.requests.CONTENT_ENCODING)
    return parse_json(raw)


def parse_json(raw: bytes) -> JsonValue:
    """Bytes as JSON in which every name stands once, and that can be stored. Raises Unreadable."""
    try:
        body: JsonValue = json.loads(raw.decode("utf-8"), parse_constant=_refuse, object_pairs_hook=_object)
    except UnicodeDecodeError:
        raise Unreadable(reasons.requests.UTF_8) from None
    except RecursionError:
        raise Unreadable(reasons.requests.NESTED) from None
    except ValueError:
        raise Unreadable(reasons.requests.NO_JSON) from None
    _insist_storable(body, 0)
    return body


def _refuse(word: str) -> NoReturn:
    raise ValueError(word)


def _object(pairs: list[tuple[str, JsonValue]]) -> JsonObject:
    members = dict(pairs)
    # Two programs would read different things from it.
    if len(members) != len(pairs):
        raise ValueError("a name comes twice")
    return members


def _insist_storable(value: JsonValue, depth: int) -> None:
    if depth > DEPTH:
        raise Unreadable(reasons.requests.NESTED)
    if isinstance(value, str):
        if not storable((value,)):
            raise Unreadable(reasons.requests.UNSTORABLE)
    elif isinstance(value, dict):
        for name, part in value.items():
            _insist_storable(name, depth)
            _insist_storable(part, depth + 1)
    elif isinstance(value, list):
        for part in value:
            _insist_storable(part, depth + 1)


def read_body(model: type[BaseModel] | None, body: JsonValue) -> Any:
    """The body as the route's model. Raises InvalidForm with a reason for each field."""
    if not isinstance(body, dict):
        raise InvalidForm(fields={"body": reasons.fields.OBJECT})
    if model is None:
        if body:
            raise InvalidForm(fields=dict.fromkeys(body, reasons.fields.NOT_KNOWN_HERE))
        return None
    try:
        # By way of text: in JSON a day or a time is a string, strictly. Whatever takes a text, it takes what can be seen.
        as_typed = {name: body[name] for name in getattr(model, "as_typed", ()) if name in body}
        return model.model_validate_json(json.dumps({**visible_within(body), **as_typed}))
    except ValidationError as bad:
        raise InvalidForm(fields=_faults(bad)) from None


def read_query(model: type[BaseModel] | None, request: Incoming) -> Any:
    """The query as the route's model. Raises InvalidForm with a reason for each parameter."""
    given = request.args.to_dict(flat=False)
    faults = {name: reasons.fields.COMES_TWICE for name, values in given.items() if len(values) > 1}
    faults |= {
        name: reasons.fields.NOT_ALLOWED_CHARACTER
        for name, values in given.items()
        if any(value and not _WORD.fullmatch(value[:200]) for value in values)
    }
    if faults:
        raise InvalidForm(fields=faults)
    plain = {name: values[0] for name, values in given.items()}
    if model is None:
        if plain:
            raise InvalidForm(fields=dict.fromkeys(plain, reasons.fields.NOT_KNOWN_HERE))
        return None
    try:
        return model.model_validate(plain)
    except ValidationError as bad:
        raise InvalidForm(fields=_faults(bad)) from None


def _faults(bad: ValidationError) -> dict[str, Why]:
    faults: dict[str, Why] = {}
    for error in bad.errors(include_url=False, include_input=False):
        name = ".".join(str(part) for part in error["loc"]) or "body"
        faults.setdefault(name, _reason_of(error))
    return faults


def _reason_of(error: ErrorDetails) -> Why:
    """As a form says it; a program is also told what it may choose from."""
    match error["type"]:
        case "extra_forbidden":
            return reasons.fields.NOT_KNOWN_HERE
        case "literal_error" | "enum":
            return reasons.fields.ONE_OF(choices=re.findall(r"'([^']*)'", error["ctx"]["expected"]))
    return reason_of(error)
