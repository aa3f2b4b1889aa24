"""Files in requests and answers: how much a request may bring, and how bytes leave.

A file never leaves as what somebody said it is: always as an attachment of plain bytes, in a sandbox, under a clean name.
"""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import quote

from flask import Response, current_app

from casework.operations.documents.storage import DocumentStore

HARMLESS = "default-src 'none'; sandbox"


def document_store() -> DocumentStore:
    """Where the files of this installation are kept."""
    held = current_app.extensions
    return DocumentStore(
        held["casework"], held["casework.store"], held["casework.secret_box"], scanned=current_app.config["SCANNED"]
    )


def as_attachment(pieces: Iterable[bytes], name: str, size: int | None) -> Response:
    """Bytes to be saved under a name, and never shown by a browser as what they may be."""
    plain = "".join(letter if letter.isascii() and letter not in '"\\%' else "_" for letter in name)
    answer = Response(pieces, mimetype="application/octet-stream", direct_passthrough=True)
    # RFC 6266, with the name in RFC 8187's form for those who read it.
    answer.headers["Content-Disposition"] = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
    answer.headers["Content-Security-Policy"] = HARMLESS
    if size is not None:
        answer.content_length = size
    return answer
