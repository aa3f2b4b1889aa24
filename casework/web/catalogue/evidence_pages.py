"""Files that show what registers say: on their way out, and their pages as pictures."""

from __future__ import annotations

from itertools import chain
from uuid import UUID

from flask import Blueprint, Response, current_app, render_template, request

from casework.api.protocol.files import as_attachment, document_store
from casework.errors import FileBlocked, FileDamaged, FilePending
from casework.operations.catalogue.evidence import open_evidence, preview_evidence, show_evidence
from casework.operations.documents.previews import NoPreview, Pages, measure_pages
from casework.web.shell.page_pictures import answer_picture
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


@blueprint.get("/evidence/<uuid:evidence>/preview")
def show(evidence: UUID) -> str:
    """The pages of a file. Each picture is noted when it is drawn, and this page shows none itself."""
    with page_transaction() as (db, actor):
        one = show_evidence(db, actor, str(evidence))
    return render_template("catalogue/evidence_preview.html", one=one, pages=_pages(str(evidence)))


def _pages(id: str) -> Pages | None:
    try:
        with page_transaction() as (db, actor):
            opened = preview_evidence(db, actor, document_store(), id)
        return measure_pages(opened)
    except (NoPreview, FilePending, FileBlocked):
        # Of what nobody has found clean there is none either.
        return None


@blueprint.get("/evidence/<uuid:evidence>/preview/<int:page>")
def draw(evidence: UUID, page: int) -> Response:
    """One page as a picture, drawn anew each time and kept nowhere."""
    return answer_picture(
        page, lambda db, actor: preview_evidence(db, actor, document_store(), str(evidence), address=request.path)
    )
