"""Letters of a case over the API: what was sent, what can go now, how one would look, and sending it."""

from __future__ import annotations

from typing import Any

from casework.api.files import cabinet
from casework.api.routes import Call, Json, Outgoing, Route, get, post
from casework.api.shapes import documents
from casework.api.shapes import letters as shapes
from casework.api.shapes.shared import text_of
from casework.operations import letters
from casework.operations.letters import Written
from casework.operations.requests import Done


def list_case_letters(call: Call) -> dict[str, Json]:
    return letters.list_letters(call.db, call.actor, call.path["number"]) | {"next": None}


def preview_letter(call: Call) -> Outgoing:
    letters.insist_sender(call.db, call.actor, call.path["number"])
    name, pdf = letters.preview_letter(call.db, call.actor, call.path["number"], _written(call.query))
    return Outgoing(name, len(pdf), iter([pdf]))


def send_letter(call: Call) -> Done:
    letters.insist_sender(call.db, call.actor, call.path["number"])
    return letters.send_letter(call.db, call.actor, cabinet(), call.path["number"], _written(call.body), call.request)


def _written(told: Any) -> Written:
    return Written(told.kind, told.to, told.language, text_of(told.by), told.words or "", getattr(told, "address", None) or "")


_LETTERS = "/cases/{number}/letters"

ROUTES: tuple[Route, ...] = (
    get(_LETTERS, list_case_letters, "List the letters that were sent, and those that can go now", shapes.LetterPage),
    get(
        f"{_LETTERS}/preview", preview_letter, "Print a letter as it would be filed; nothing is recorded", documents.Bytes,
        query=shapes.LetterWritten, gives_file=True,
    ),
    post(
        _LETTERS, send_letter, "File a letter as a document of the case; its provider is told", shapes.LetterSent,
        body=shapes.NewLetter, status=201,
    ),
)  # fmt: skip
