"""What went wrong, as RFC 9457 problem details: one table says which class has which status."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from flask import Response, g
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException

from casework.errors import (
    AccessEnded,
    AlreadyTaken,
    AskedTooOften,
    AudienceInDoubt,
    CaseHasMoved,
    CasesLeft,
    CasesStranded,
    CaseworkError,
    DatabaseNotReady,
    DatabaseUnavailable,
    DutyInDoubt,
    EditionMissing,
    FileBlocked,
    FileDamaged,
    FileMissing,
    FilePending,
    InvalidForm,
    ItemsUnticked,
    KeyMissing,
    KeyReused,
    LetterInDoubt,
    LettersUnavailable,
    LogUnusable,
    NobodyLeft,
    NotAllowed,
    NotConfirmed,
    NotFound,
    NotSignedByYou,
    NotSignedIn,
    OrganisationInDoubt,
    RecordHasMoved,
    RecordInDoubt,
    Refused,
    RevisionMissing,
    RolesMissing,
    StoreUnavailable,
    TooManyAttempts,
    TooManyRequests,
    UnknownName,
    UnknownRevision,
    Unreadable,
    UploadRefused,
    WrongCode,
    WrongPasskey,
    WrongPassword,
    WrongState,
)
from casework.json_values import JsonObject, JsonValue
from casework.reasons import Why
from casework.records.standbys import OutcomeUnknown

STATUS: Mapping[type[CaseworkError], int] = {
    Unreadable: 400,
    KeyMissing: 400,
    NotSignedIn: 401,
    NotSignedByYou: 401,
    WrongPassword: 401,
    WrongCode: 401,
    WrongPasskey: 401,
    NotConfirmed: 401,
    NotAllowed: 403,
    NotFound: 404,
    UnknownName: 404,
    WrongState: 409,
    CasesLeft: 409,
    CasesStranded: 409,
    Refused: 409,
    NobodyLeft: 409,
    ItemsUnticked: 409,
    DutyInDoubt: 409,
    LetterInDoubt: 409,
    OrganisationInDoubt: 409,
    RecordInDoubt: 409,
    AlreadyTaken: 409,
    AudienceInDoubt: 409,
    FilePending: 409,
    FileBlocked: 409,
    AccessEnded: 404,
    CaseHasMoved: 412,
    RecordHasMoved: 412,
    InvalidForm: 422,
    KeyReused: 422,
    UploadRefused: 422,
    AskedTooOften: 429,
    TooManyAttempts: 429,
    TooManyRequests: 429,
    RevisionMissing: 428,
    FileMissing: 500,
    FileDamaged: 500,
    StoreUnavailable: 503,
    LettersUnavailable: 503,
    DatabaseUnavailable: 503,
    DatabaseNotReady: 503,
    LogUnusable: 503,
    EditionMissing: 503,
    RolesMissing: 503,
    UnknownRevision: 503,
}

#: SQLSTATEs after which the same request may well succeed: waited too long for a lock, took too long, a deadlock,
#: lost the connection, the server shuts down or is full.
_PASSING = re.compile(r"55P03|57014|40P01|40001|25P03|08...|57P0.|53...")
RETRY_AFTER_S = 2

_log = logging.getLogger("casework.api")


def problem(status: int, type_: str, title: str, detail: str, **more: JsonValue) -> Response:
    """One answer that tells a program, and a person, what is wrong."""
    content = {
        "type": f"urn:casework:problem:{type_}",
        "title": title,
        "status": status,
        "detail": detail,
        "request_id": g.get("request_id"),
        **more,
    }
    response = Response(json.dumps(content, ensure_ascii=False), status, mimetype="application/problem+json")
    if status == 401:
        response.headers["WWW-Authenticate"] = 'Bearer realm="casework"'
    if status == 503:
        response.headers["Retry-After"] = str(RETRY_AFTER_S)
    return response


def status_of(error: CaseworkError) -> int:
    """The status of a refusal: 500 for what is not in the table."""
    return next((STATUS[ancestor] for ancestor in type(error).__mro__ if ancestor in STATUS), 500)


def answer_error(error: CaseworkError) -> Response:
    """A refusal of ours; what is not in the table is our fault, and is not told to strangers."""
    status = status_of(error)
    if status == 500:
        return answer_fault(error)
    g.refusal = error
    if isinstance(error, NotConfirmed):
        g.security_event = "not_confirmed"
    more: JsonObject = {"code": error.code}
    if isinstance(error, InvalidForm):
        more["fields"] = {name: str(why) for name, why in error.fields.items()}
        more["faults"] = {name: why.as_json() for name, why in error.fields.items()}
        more |= _told(error.beside, error.at) if error.beside else {}
    elif isinstance(error, Refused):
        more |= _told(error.reasons, error.at)
    elif isinstance(error, NobodyLeft):
        more |= _told(error.reasons)
    elif isinstance(error, AudienceInDoubt):
        more["reasons"] = [f"{kind}: {name}" if name else kind for kind, name in error.doubts]
    elif isinstance(error, AlreadyTaken):
        more["holder"] = error.details.get("holder")
    name = type(error).__name__
    hidden = status == 503 and not isinstance(error, OutcomeUnknown)
    detail = DatabaseUnavailable("it may be busy").message if hidden else error.message
    response = problem(status, _dashed(name), _spaced(name), detail, **more)
    if isinstance(error, TooManyAttempts):
        response.headers["Retry-After"] = str(error.seconds)
    return response


def _told(refusing: Sequence[Why], at: Mapping[str, Sequence[Why]] = MappingProxyType({})) -> JsonObject:
    """What refuses an action, in words and as a program reads it, with the field of whose answer it speaks."""
    refusals = [
        why.as_json() | next(({"field": name} for name, whys in at.items() if why in whys), {}) for why in refusing
    ]
    return {"reasons": [str(why) for why in refusing], "refusals": refusals}


def answer_http(error: HTTPException) -> Response:
    """What the server itself refuses: no such route, a body that is too large."""
    status = error.code or 500
    if status < 400:
        return error.get_response()  # type: ignore[return-value]  # werkzeug's response, which is what Flask gives on
    if status == 404:
        return answer_error(NotFound())
    name = error.name
    response = problem(status, name.lower().replace(" ", "-"), name, error.description or name)
    for key, value in error.get_headers():
        if key in ("Allow", "Retry-After"):
            response.headers[key] = value
    return response


def answer_database(error: DBAPIError | PoolTimeout) -> Response:
    """The database refused: 503 where trying again helps, else a fault of ours."""
    if isinstance(error, PoolTimeout):
        return answer_error(DatabaseUnavailable("every connection is in use"))
    state = getattr(error.orig, "sqlstate", None)
    lost = isinstance(error, OperationalError | InterfaceError) and state is None
    if lost or error.connection_invalidated or (state and _PASSING.fullmatch(state)):
        _log.warning("database: %s (request %s)", state or "connection lost", g.get("request_id"))
        return answer_error(DatabaseUnavailable("it may be busy"))
    return answer_fault(error)


def answer_fault(error: Exception) -> Response:
    """Something of ours is wrong: it goes into the log, and the asker gets its number."""
    _log.error("a fault of ours (request %s)", g.get("request_id"), exc_info=error)
    return problem(
        500, "fault", "Fault", "Something is wrong on our side. Nothing was recorded; tell us the request's id."
    )


def _dashed(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "-", name).lower()


def _spaced(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).capitalize()
