"""Letters of a case over the API: what was sent, what can go now, how one would look, and sending it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from casework.api.documents import schemas as documents_schemas
from casework.api.letters import schemas
from casework.api.protocol.files import document_store
from casework.api.protocol.routes import Call, Outgoing, Route, get, post
from casework.api.protocol.schemas import text_of
from casework.operations.core.idempotency import Done
from casework.operations.core.views import row_as
from casework.operations.documents.storage import Kept
from casework.operations.letters import service as letters
from casework.operations.letters.service import Composed, Written
from casework.operations.letters.views import Letters


@dataclass(frozen=True, kw_only=True, slots=True)
class LetterPage(Letters):
    """The letters of a case as a list that ends here."""

    next: None = None


def list_case_letters(call: Call) -> LetterPage:
    page = letters.list_letters(call.db, call.actor, call.path["number"])
    return row_as(LetterPage, page, next=None)


def _print(call: Call) -> Callable[[], tuple[Composed, bytes]]:
    composed = _compose(call, call.query)
    return lambda: (composed, composed.print())


def preview_letter(call: Call) -> Outgoing:
    composed, pdf = call.made
    return Outgoing(composed.name, len(pdf), iter([pdf]))


def _keep(call: Call) -> Callable[[], tuple[Composed, Kept]]:
    composed, kept_in = _compose(call, call.body), document_store()
    return lambda: (composed, composed.keep(kept_in))


def send_letter(call: Call) -> Done:
    composed, kept = call.made
    return letters.send_letter(call.db, call.actor, document_store(), composed, kept, request=call.request)


def _compose(call: Call, body: Any) -> Composed:
    letters.insist_sender(call.db, call.actor, call.path["number"])
    return letters.compose_letter(call.db, call.actor, call.path["number"], _written(body))


def _written(body: Any) -> Written:
    return Written(
        body.kind,
        body.to,
        body.language,
        text_of(body.by),
        body.words or "",
        getattr(body, "address", None) or "",
        body.attention or "",
    )


def dispatch_letter(call: Call) -> Done:
    body = call.body
    return letters.dispatch_letter(
        call.db,
        call.actor,
        call.path["number"],
        str(body.letter),
        how=body.how,
        on=body.on.isoformat(),
        request=call.request,
    )


_LETTERS = "/cases/{number}/letters"

ROUTES: tuple[Route, ...] = (
    get(_LETTERS, list_case_letters, "List the letters that were sent, and those that can go now", schemas.LetterPage),
    get(
        f"{_LETTERS}/preview", preview_letter, "Print a letter as it would be filed; nothing is recorded", documents_schemas.Bytes,
        query=schemas.LetterWritten, gives_file=True, makes=_print,
    ),
    post(
        _LETTERS, send_letter, "File a letter as a document of the case; its provider is told", schemas.LetterSent,
        body=schemas.NewLetter, status=201, makes=_keep,
    ),
    post(f"{_LETTERS}/sent", dispatch_letter, "Put down how a letter to a party went out, and when", schemas.LetterDispatched,
        body=schemas.LetterOut),
)  # fmt: skip
