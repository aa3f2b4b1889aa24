"""Files that show what registers say, on their way out."""

from __future__ import annotations

from itertools import chain
from uuid import UUID

from flask import Blueprint, Response, current_app, request

from casework.api.protocol.files import as_attachment, document_store
from casework.errors import FileDamaged
from casework.operations.catalogue.evidence import open_evidence
from casework.web.shell.session import page_transaction

blueprint = Blueprint("evidence", __name__)


@blueprint.get("/evidence/<uuid:evidence>")
def take(evidence: UUID) -> Response:
    """A file, as an attachment; who took it out is noted."""
    try:
        with page_transaction() as (db, actor):
            taken = open_evidence(db, actor, document_store(), str(evidence), address=request.path)
            # What is wrong with the beginning is told as a page, before anything was sent.
            first = next(taken.pieces, b"")
    except FileDamaged:
        current_app.logger.exception("a file is damaged")
        raise
    return as_attachment(chain([first], taken.pieces), taken.name, taken.size)
