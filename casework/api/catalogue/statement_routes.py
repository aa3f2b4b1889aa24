"""Needs that enterprises state, over the API, the office's half: reading them, asking back, accepting and refusing.

An enterprise states its need on the page of its link alone: it has no token.
"""

from __future__ import annotations

from itertools import chain

from casework.api.catalogue import statement_schemas as schemas
from casework.api.documents.schemas import Bytes
from casework.api.protocol.encryption import secret_box
from casework.api.protocol.fields import Paged
from casework.api.protocol.files import document_store
from casework.api.protocol.routes import Call, Outgoing, Route, get, post
from casework.operations.catalogue import need_renewals, need_statements
from casework.operations.catalogue.need_statements import Statement
from casework.operations.core.idempotency import Done
from casework.operations.core.paging import Page


def list_need_statements(call: Call) -> Page[Statement]:
    return need_statements.list_statements(call.db, call.actor, cursor=call.query.cursor, limit=call.query.limit)


def show_need_statement(call: Call) -> Statement:
    return need_statements.show_statement(call.db, call.actor, call.path["statement"])


def list_need_renewals(call: Call) -> Page[Statement]:
    return Page(items=need_renewals.list_renewals(call.db, call.actor, call.path["need"]), next=None)


def ask_whether_need_holds(call: Call) -> Done:
    sent, need = call.body, call.path["need"]
    return need_renewals.ask_whether(
        call.db,
        call.actor,
        secret_box(),
        need,
        address=sent.address,
        language=sent.language,
        days=sent.days,
        request=call.request,
    )


def take_back_need_statement(call: Call) -> Done:
    return need_renewals.take_back(call.db, call.actor, call.path["statement"], request=call.request)


def take_need_file(call: Call) -> Outgoing:
    id, file = call.path["statement"], call.path["file"]
    address = f"/api/v1/need-statements/{id}/files/{file}"
    taken = need_statements.open_file(call.db, call.actor, document_store(), id, file, address=address)
    # What is wrong with the beginning is told before anything was sent.
    return Outgoing(taken.name, taken.size, chain([next(taken.pieces, b"")], taken.pieces))


def ask_back_need_statement(call: Call) -> Done:
    id, question, seen = call.path["statement"], call.body.question, call.body.seen
    return need_statements.ask_back(call.db, call.actor, id, question=question, seen=seen, request=call.request)


def accept_need_statement(call: Call) -> Done:
    id, seen, revision = call.path["statement"], call.body.seen, call.body.revision
    return need_statements.accept(call.db, call.actor, id, seen=seen, revision=revision, request=call.request)


def refuse_need_statement(call: Call) -> Done:
    id, reason, seen = call.path["statement"], call.body.reason, call.body.seen
    return need_statements.refuse(call.db, call.actor, id, reason=reason, seen=seen, request=call.request)


_ONE = "/need-statements/{statement}"
_RENEWALS = "/needs/{need}/renewals"

ROUTES: tuple[Route, ...] = (
    get("/need-statements", list_need_statements, "List needs as enterprises state them, those first that wait for the office",
        schemas.StatementList, query=Paged, noun="need"),
    get(_ONE, show_need_statement, "Read a need as an enterprise states it", schemas.NeedStatement, noun="need"),
    get(f"{_ONE}/files/{{file}}", take_need_file, "Take out a file that an enterprise sent with its need; it is noted who did", Bytes,
        noun="need", gives_file=True),
    post(f"{_ONE}/ask", ask_back_need_statement, "Ask the enterprise something: its form opens again", schemas.StatementDecided,
        body=schemas.StatementQuestion, noun="need"),
    post(f"{_ONE}/accept", accept_need_statement, "Make a record of a need, or put the one right that it renews, and stand for it",
        schemas.StatementDecided, body=schemas.StatementAcceptance, noun="need"),
    post(f"{_ONE}/refuse", refuse_need_statement, "Take a need not in, for a reason that the enterprise reads", schemas.StatementDecided,
        body=schemas.StatementRefusal, noun="need"),
    get(_RENEWALS, list_need_renewals, "List what its enterprise was asked of whether a need still holds, and what it said",
        schemas.StatementList, noun="need"),
    post(_RENEWALS, ask_whether_need_holds, "Ask by a one-time link whoever stated a need whether it still holds", schemas.RenewalAsked,
        body=schemas.NewRenewal, status=201, noun="need"),
    post(f"{_ONE}/take-back", take_back_need_statement, "Take the question back whether a need still holds, if nobody has answered",
        schemas.RenewalTakenBack, noun="need"),
)  # fmt: skip
