"""Files that show what registers say: on their way out, and their pages as pictures."""

from __future__ import annotations

from itertools import chain
from uuid import UUID

from flask import Blueprint, Response, current_app, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy import Connection

from casework.api.protocol.files import as_attachment, document_store
from casework.errors import FileBlocked, FileDamaged, FilePending
from casework.operations.catalogue.evidence import SCREENING, open_evidence, preview_evidence, show_evidence
from casework.operations.catalogue.service import show_record
from casework.operations.catalogue.views import EvidenceRow, IpRight
from casework.operations.core.presenters import names_of
from casework.operations.documents.previews import NoPreview, Pages, measure_pages
from casework.permissions.actors import Actor
from casework.web.catalogue.right_pages import name_of_right
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
        crumbs = _crumbs(db, actor, one)
    return render_template("catalogue/evidence_preview.html", one=one, pages=_pages(str(evidence)), crumbs=crumbs)


def _crumbs(db: Connection, actor: Actor, one: EvidenceRow) -> list[tuple[str, str]]:
    """The record that the file belongs to, and the list in which that stands."""
    if one.kind == SCREENING:
        name = names_of(db, set(), {one.record}).get(one.record, "")
        return [(gettext("Organisations"), url_for("parties.index")), (name, url_for("parties.show", party=one.record))]
    right = show_record(db, actor, IpRight, one.record)
    return [
        (gettext("IP rights"), url_for("rights.index")),
        (name_of_right(right), url_for("rights.show", right=right.id)),
    ]


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
