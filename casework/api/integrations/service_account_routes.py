"""Service accounts: for the lead of a provider. What such an account may then ask stands in `api/protocol/service_account_scopes.py`."""

from __future__ import annotations

from casework.api.integrations import service_account_schemas as schemas
from casework.api.protocol import schemas as shared
from casework.api.protocol.routes import Call, Route, get, post
from casework.operations.core.idempotency import Done
from casework.operations.core.paging import Page
from casework.operations.integrations import service_accounts
from casework.operations.integrations.views import ServiceAccount


def list_service_accounts(call: Call) -> Page[ServiceAccount]:
    return service_accounts.list_service_accounts(call.db, call.actor)


def create_service_account(call: Call) -> Done:
    body = call.body
    return service_accounts.create_service_account(
        call.db,
        call.actor,
        organisation=str(body.organisation),
        name=body.name,
        scopes=body.scopes,
        days=body.days,
        request=call.request,
    )


def rotate_service_token(call: Call) -> Done:
    return service_accounts.rotate_service_token(call.db, call.actor, call.path["account"], call.request)


def end_service_account(call: Call) -> Done:
    return service_accounts.end_service_account(call.db, call.actor, call.path["account"], call.request)


_ONE, _NOUN = "/service-accounts/{account}", "service account"

ROUTES: tuple[Route, ...] = (
    get("/service-accounts", list_service_accounts, "List the service accounts of the organisations that you lead",
        schemas.ServiceAccountPage),
    post("/service-accounts", create_service_account,
        "Make an account for your organisation's own system; its token is shown this once", schemas.ServiceToken,
        body=schemas.NewServiceAccount, status=201, noun="organisation"),
    post(f"{_ONE}/rotate", rotate_service_token, "Make a new token; the one before holds a day longer", schemas.ServiceToken, noun=_NOUN),
    post(f"{_ONE}/end", end_service_account, "End a service account and its tokens at once", shared.Made, noun=_NOUN),
)  # fmt: skip
