"""Letting somebody in again who has lost the password or the second factor; two persons do it together."""

from __future__ import annotations

from casework.api.people import recovery_schemas as schemas
from casework.api.protocol.encryption import secret_box
from casework.api.protocol.routes import Call, Route, always, get, post
from casework.operations.auth.throttling import attempt_succeeded, begin_attempt
from casework.operations.core.idempotency import Done
from casework.operations.core.paging import Page
from casework.operations.people import account_recovery
from casework.operations.people.views import Recovery


def list_recoveries(call: Call) -> Page[Recovery]:
    return account_recovery.list_recoveries(call.db, call.actor)


def ask_recovery(call: Call) -> Done:
    body = call.body
    return account_recovery.ask_recovery(
        call.db, call.actor, person=str(body.person), means=body.means, reason=body.reason, request=call.request
    )


def decide_recovery(call: Call) -> Done:
    body = call.body
    return account_recovery.decide_recovery(
        call.db,
        call.actor,
        call.path["recovery"],
        agree=body.decision == "agree",
        reason=body.reason,
        request=call.request,
    )


def use_recovery(call: Call) -> Done:
    body = call.body
    attempt = begin_attempt(call.db, f"recovery {body.email}", call.about.get("address") or "")
    link = account_recovery.use_recovery(call.db, secret_box(), body.email, body.first, body.second)
    attempt_succeeded(call.db, attempt)
    return Done({"recovered": True, "secret": link.partition("#")[2] if link else None})


ROUTES: tuple[Route, ...] = (
    get("/recoveries", list_recoveries, "List who asked to be let in again", schemas.RecoveryPage, noun="recovery", for_some=True),
    post("/recoveries", ask_recovery, "Ask to let somebody in again; the first half of the code is shown this once",
        schemas.RecoveryMade, body=schemas.NewRecovery, status=201, scope="admin", sensitive=always, noun="person"),
    post("/recoveries/use", use_recovery,
        "Take both halves of the code: what was lost is taken out, and a lost password is set by the secret in the answer",
        schemas.Recovered, body=schemas.Using, open=True, noun="recovery"),
    post("/recoveries/{recovery}/decide", decide_recovery, "Agree to it or not; the second half of the code is shown this once",
        schemas.RecoveryMade, body=schemas.Deciding, sensitive=always, noun="recovery"),
)  # fmt: skip
