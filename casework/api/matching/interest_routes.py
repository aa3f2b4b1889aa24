"""Questions to both sides of shortlisted matches over the API, the office's half: asking, what was answered, and taking a question back.

A side answers on the page of its link alone: it has no token.
"""

from __future__ import annotations

from casework.api.matching import interest_schemas as schemas
from casework.api.protocol.encryption import secret_box
from casework.api.protocol.routes import Call, Route, get, post
from casework.errors import NotFound
from casework.operations.catalogue.matches import show_match
from casework.operations.core.idempotency import Done
from casework.operations.core.paging import Page
from casework.operations.matching import interest
from casework.operations.matching.interest import Asked, InterestRequest


def list_need_interest(call: Call) -> Page[InterestRequest]:
    return Page(items=interest.list_interest(call.db, call.actor, call.path["need"]), next=None)


def ask_for_interest(call: Call) -> Done:
    sent = call.body
    matches = [str(id) for id in sent.matches]
    for match in matches:
        if show_match(call.db, call.actor, match).need.id != call.path["need"]:
            raise NotFound("match")
    asked = Asked(
        side=sent.side,
        matches=matches,
        address=sent.address,
        language=sent.language,
        message=sent.message or "",
        days=sent.days,
        need_words=sent.need_words or "",
    )
    return interest.ask_side(call.db, call.actor, secret_box(), asked, call.request)


def withdraw_interest(call: Call) -> Done:
    return interest.withdraw_interest(call.db, call.actor, call.path["interest_request"], call.request)


_OF_NEED = "/needs/{need}/interest-requests"

ROUTES: tuple[Route, ...] = (
    get(_OF_NEED, list_need_interest, "List what both sides of a need's shortlisted matches were asked, and what they answered",
        schemas.InterestList, noun="need"),
    post(_OF_NEED, ask_for_interest, "Ask a side by a one-time link whether shortlisted matches are of interest", schemas.InterestAsked,
        body=schemas.NewInterest, status=201, noun="need"),
    post("/interest-requests/{interest_request}/withdraw", withdraw_interest, "Take a question back that nobody has answered",
        schemas.InterestWithdrawn, noun="match"),
)  # fmt: skip
