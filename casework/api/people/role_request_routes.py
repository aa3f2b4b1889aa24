"""Roles that decide: asked for by one person, and agreed to by a second one."""

from __future__ import annotations

from casework.api.people import role_request_schemas as schemas
from casework.api.protocol.routes import Call, Route, get, post
from casework.operations.core.idempotency import Done
from casework.operations.core.paging import Page
from casework.operations.people import role_requests
from casework.operations.people.views import RequestedRole


def list_role_requests(call: Call) -> Page[RequestedRole]:
    return role_requests.list_requests(call.db, call.actor)


def show_role_request(call: Call) -> RequestedRole:
    return role_requests.show_request(call.db, call.actor, call.path["role_request"])


def decide_role_request(call: Call) -> Done:
    return role_requests.decide_role(
        call.db, call.actor, call.path["role_request"], agree=call.body.agree, note=call.body.note, request=call.request
    )


_ONE, _NOUN = "/role-requests/{role_request}", "role request"

ROUTES: tuple[Route, ...] = (
    get("/role-requests", list_role_requests, "List the roles that were asked for in your programmes, those that wait first",
        schemas.RoleRequestPage, noun=_NOUN),
    get(_ONE, show_role_request, "See a role that was asked for", schemas.RoleRequest, noun=_NOUN),
    post(f"{_ONE}/decide", decide_role_request, "Agree as the second person, upon which the role is given; or do not",
        schemas.RoleDecided, body=schemas.RoleDecision, noun=_NOUN),
)  # fmt: skip
