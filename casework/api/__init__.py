"""The same operations as a REST API: one transaction around exactly one operation for each request."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import is_dataclass
from functools import cache
from typing import Any

from flask import Blueprint, Response, current_app, request
from flask_login import current_user
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException

from casework import reasons
from casework.api.audit import (
    access_log_routes,
    attestation_routes,
    certificate_routes,
    finding_routes,
    kept_sample_routes,
    witness_routes,
)
from casework.api.audit import routes as audit_routes
from casework.api.auth import routes as auth_routes
from casework.api.cases import routes as case_routes
from casework.api.catalogue import (
    assessment_routes,
    beside_routes,
    import_routes,
    ip_right_routes,
    organisation_routes,
    record_routes,
    statement_routes,
    table_routes,
)
from casework.api.catalogue import routes as catalogue_routes
from casework.api.deadlines import calendar_routes, limit_routes
from casework.api.documents import routes as documents_routes
from casework.api.editions import routes as editions_routes
from casework.api.integrations import incoming_routes, service_account_routes, webhook_routes
from casework.api.letters import routes as letters_routes
from casework.api.links import routes as links_routes
from casework.api.matching import interest_routes, proposal_routes
from casework.api.matching import routes as matching_routes
from casework.api.mediations import emergency_access_routes, unsealing_routes
from casework.api.mediations import routes as mediations_routes
from casework.api.messages import routes as messages_routes
from casework.api.notifications import routes as notification_routes
from casework.api.oversight import (
    case_hygiene_routes,
    event_file_routes,
    figure_mail_routes,
    figure_routes,
    forecast_routes,
    job_routes,
    process_routes,
    report_routes,
)
from casework.api.people import (
    absence_routes,
    batch_routes,
    edition_choice_routes,
    invitation_routes,
    list_routes,
    provider_list_routes,
    recovery_routes,
    retention_routes,
    role_request_routes,
    routing_routes,
    weights_routes,
)
from casework.api.people import routes as people_routes
from casework.api.privacy import hold_routes, removal_routes
from casework.api.privacy import routes as privacy_routes
from casework.api.protocol import openapi
from casework.api.protocol.auth import NOBODY, count_asker, find_asker, insist_known
from casework.api.protocol.errors import answer_database, answer_error, answer_fault, answer_http
from casework.api.protocol.files import as_attachment, document_store
from casework.api.protocol.requests import (
    about_client,
    read_body,
    read_json,
    read_key,
    read_path,
    read_query,
    read_revision,
)
from casework.api.protocol.routes import Call, Outgoing, Route
from casework.api.referrals import acknowledgement_routes, directory_routes
from casework.api.referrals import routes as referrals_routes
from casework.api.results import story_routes
from casework.api.search import routes as search_routes
from casework.api.tasks import allocation_routes
from casework.api.tasks import routes as tasks_routes
from casework.errors import CaseworkError, NotFound, Unreadable, WrongCode, WrongPassword
from casework.json_values import JsonObject
from casework.operations.auth.step_up import insist_proved
from casework.operations.core.idempotency import Done
from casework.operations.documents.upload_limits import MOST_BYTES
from casework.operations.documents.uploads import receive
from casework.reasons import Reason, Text
from casework.records.database import reader_transaction

PREFIX = "/api/v1"

ROUTES: tuple[Route, ...] = (
    *case_routes.ROUTES,
    *finding_routes.ROUTES,
    *certificate_routes.ROUTES,
    *attestation_routes.ROUTES,
    *kept_sample_routes.ROUTES,
    *witness_routes.ROUTES,
    *tasks_routes.ROUTES,
    *case_hygiene_routes.ROUTES,
    *figure_routes.ROUTES,
    *process_routes.ROUTES,
    *event_file_routes.ROUTES,
    *report_routes.ROUTES,
    *story_routes.ROUTES,
    *forecast_routes.ROUTES,
    *notification_routes.ROUTES,
    *search_routes.ROUTES,
    *audit_routes.ROUTES,
    *figure_mail_routes.ROUTES,
    *job_routes.ROUTES,
    *referrals_routes.ROUTES,
    *acknowledgement_routes.ROUTES,
    *directory_routes.ROUTES,
    *access_log_routes.ROUTES,
    *mediations_routes.ROUTES,
    *unsealing_routes.ROUTES,
    *emergency_access_routes.ROUTES,
    *documents_routes.ROUTES,
    *letters_routes.ROUTES,
    *links_routes.ROUTES,
    *messages_routes.ROUTES,
    *catalogue_routes.ROUTES,
    *organisation_routes.ROUTES,
    *ip_right_routes.ROUTES,
    *record_routes.ROUTES,
    *beside_routes.ROUTES,
    *table_routes.ROUTES,
    *import_routes.ROUTES,
    *matching_routes.ROUTES,
    *proposal_routes.ROUTES,
    *interest_routes.ROUTES,
    *statement_routes.ROUTES,
    *assessment_routes.ROUTES,
    *people_routes.ROUTES,
    *role_request_routes.ROUTES,
    *invitation_routes.ROUTES,
    *privacy_routes.ROUTES,
    *hold_routes.ROUTES,
    *removal_routes.ROUTES,
    *absence_routes.ROUTES,
    *batch_routes.ROUTES,
    *calendar_routes.ROUTES,
    *limit_routes.ROUTES,
    *list_routes.ROUTES,
    *provider_list_routes.ROUTES,
    *edition_choice_routes.ROUTES,
    *weights_routes.ROUTES,
    *retention_routes.ROUTES,
    *routing_routes.ROUTES,
    *allocation_routes.ROUTES,
    *editions_routes.ROUTES,
    *webhook_routes.ROUTES,
    *incoming_routes.ROUTES,
    *service_account_routes.ROUTES,
    *auth_routes.ROUTES,
    *recovery_routes.ROUTES,
)


def create_blueprint() -> Blueprint:
    """The API with its documentation."""
    api = Blueprint("api", __name__, url_prefix=PREFIX)
    for route in ROUTES:
        rule = route.path.replace("{", "<").replace("}", ">")
        api.add_url_rule(rule, route.name, _answerer(route), methods=[route.method])
    api.add_url_rule("/openapi.json", "openapi", _read_docs(lambda: Response(_written(), mimetype="application/json")))
    api.add_url_rule("/docs", "docs", _read_docs(lambda: openapi.page(_document())))
    api.register_error_handler(CaseworkError, answer_error)
    api.register_error_handler(DBAPIError, answer_database)
    api.register_error_handler(PoolTimeout, answer_database)
    api.register_error_handler(HTTPException, answer_http)
    api.register_error_handler(Exception, answer_fault)
    return api


@cache
def _document() -> JsonObject:
    """The OpenAPI document, made when somebody first asks for it."""
    return openapi.document(ROUTES, PREFIX)


@cache
def _written() -> str:
    return json.dumps(_document(), ensure_ascii=False)


def _read_docs(answer: Callable[[], Response | str]) -> Callable[[], Response | str]:
    """Documentation that strangers may read where the settings say so, and whoever has signed in or has a token anywhere."""

    def answered() -> Response | str:
        if not current_app.config["OPEN_DOCS"] and not current_user.is_authenticated:
            with reader_transaction(current_app.extensions["casework"]) as db:
                insist_known(db, request)
        return answer()

    return answered


def large_routes(blueprint: str) -> dict[str, int]:
    """The endpoints whose body is a file or a table, and how large one may be."""
    files = {f"{blueprint}.{route.name}": MOST_BYTES + 1 for route in ROUTES if route.takes is not None}
    return files | {f"{blueprint}.{route.name}": route.most for route in ROUTES if route.most is not None}


def _answerer(route: Route) -> Callable[..., Response]:
    def answer(**given: str) -> Response:
        engine: Engine = current_app.extensions["casework"]
        if route.takes is not None:
            return respond(_take_in(route, engine, given))
        count_asker(engine, request)
        if route.ready is not None and (request.args.get("q") or route.method == "POST"):
            route.ready()
        product = _make(route, engine, given) if route.makes is not None else None
        with reader_transaction(engine) as db:
            actor = NOBODY if route.open else find_asker(db, request, route, given)
            if route.most is not None:
                request.max_content_length = route.most
            try:
                done = _perform(route, route.view, _call(route, db, actor, given, product))
            except (WrongPassword, WrongCode) as refusal:
                # Committed all the same: it keeps that somebody guesses.
                return answer_error(refusal)
        return respond(_answered(route, done))

    return answer


def _answered(route: Route, given: Any) -> Done | Outgoing:
    """What a view gives, as it is sent: what is handed out frozen is read by the route's schema."""
    if isinstance(given, Done | Outgoing):
        return given
    if is_dataclass(given):
        return Done(route.answer.model_validate(given).model_dump(mode="json", by_alias=True, exclude_unset=True))
    return Done(given)


def _take_in(route: Route, engine: Engine, given: Mapping[str, str]) -> Done | Outgoing:
    """A body that is a file: who asks and may is found out before it is read, and no transaction waits for it."""
    assert route.takes is not None
    request.max_content_length = MOST_BYTES + 1
    path, query = read_path(route, dict(given)), read_query(route.query, request)
    count_asker(engine, request)
    with reader_transaction(engine) as db:
        actor = find_asker(db, request, route, given)
        read_key(request, request.path, None)
        try:
            coming = route.takes(Call(db, actor, path, query, None, None, None))
        except NotFound:
            raise NotFound(route.noun) from None
    if request.mimetype != "application/octet-stream":
        raise Unreadable(reasons.requests.OCTET_STREAM)
    with receive(request.stream, coming.name) as upload:
        asked = read_key(request, request.path, [upload.digest, upload.name])
        kept = document_store().keep(coming.log, coming.part, upload)
        with reader_transaction(engine) as db:
            actor = find_asker(db, request, route, given)
            done = route.view(Call(db, actor, path, query, None, asked, None, kept=kept))
    return _answered(route, done)


def _make(route: Route, engine: Engine, given: Mapping[str, str]) -> Any:
    """What the call needs and takes its time: found out in a transaction of its own, and made when that is over."""
    assert route.makes is not None
    with reader_transaction(engine) as db:
        make = _perform(route, route.makes, _call(route, db, find_asker(db, request, route, given), given))
    return make()


def _call(route: Route, db: Any, actor: Any, given: Mapping[str, str], product: Any = None) -> Call:
    path = read_path(route, dict(given))
    if route.sensitive is not None and route.sensitive(path):
        insist_proved(actor)
    query = read_query(route.query, request)
    about = about_client(request)
    if route.method == "GET":
        return Call(db, actor, path, query, None, None, None, about, made=product)
    raw = read_json(request)
    asked = read_key(request, request.path, raw)
    seen = read_revision(request) if route.if_match else None
    return Call(db, actor, path, query, read_body(route.body, raw), asked, seen, about, made=product)


def _perform(route: Route, view: Callable[[Call], Any], call: Call) -> Any:
    try:
        return view(call)
    except NotFound:
        # A foreign case and one that is not there must answer with the same words, whatever step found out.
        raise NotFound(route.noun) from None


def _said(value: object) -> str:
    """A reason within an answer, as programs are told it; nothing else is made a text by itself."""
    if isinstance(value, Reason | Text):
        return str(value)
    raise TypeError(f"{type(value).__name__} is no JSON")


def respond(done: Done | Outgoing) -> Response:
    """What was done, or is sent, as an answer."""
    if isinstance(done, Outgoing):
        return as_attachment(done.pieces, done.name, done.size)
    # Sorted, so that an answer that was kept and is given again is the same to the letter.
    response = Response(
        json.dumps(done.answer, ensure_ascii=False, sort_keys=True, default=_said),
        done.status,
        mimetype="application/json",
    )
    if isinstance(revision := done.answer.get("revision"), int):
        response.headers["ETag"] = f'"{revision}"'
    if done.repeated:
        response.headers["Idempotency-Replayed"] = "true"
    return response


__all__ = ["PREFIX", "ROUTES", "create_blueprint", "large_routes", "respond"]
