"""Previews of documents: the pages of a version as pictures, beside those of another one where two are compared."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from flask import Blueprint, Response, render_template, request, url_for
from flask_babel import gettext

from casework.api.protocol.files import document_store
from casework.errors import FileBlocked, FilePending, NotFound
from casework.operations.core.perform import calendar_of
from casework.operations.documents import service as documents
from casework.operations.documents.previews import (
    NoPreview,
    Pages,
    measure_pages,
    open_preview,
)
from casework.operations.documents.views import DocumentRow, VersionRow
from casework.web.shell import layout
from casework.web.shell.page_pictures import answer_picture
from casework.web.shell.session import page_transaction
from casework.web.shell.values import paper_name

blueprint = Blueprint("previews", __name__, url_prefix="/documents/<uuid:document>/<int:version>/preview")


@dataclass(frozen=True)
class Preview:
    """A version with how large its pages are; None where it has no preview."""

    version: VersionRow
    pages: Pages | None


@blueprint.get("")
def show(document: UUID, version: int) -> str:
    """The pages of a version, or of two side by side. Each picture is noted when it is drawn, and this page shows none itself."""
    id, beside = str(document), request.args.get("with", type=int)
    with page_transaction() as (db, actor):
        case, _ = documents.find_document(db, actor, id)
        layout.use_calendar(calendar_of(db, case.programme))
        row = next(item for item in documents.list_documents(db, actor, case) if item.id == id)
    shown = [_preview(id, _version(row, number)) for number in (version, beside) if number is not None]
    return render_template(
        "documents/preview.html",
        one=row,
        shown=shown,
        others=[other for other in row.versions if other.version != version and other.kept],
        version=version,
        beside=beside,
        paper_name=paper_name,
        crumbs=[(row.title or gettext("A document"), url_for("documents.show", document=id))],
    )


def _version(row: DocumentRow, number: int) -> VersionRow:
    for version in row.versions:
        if version.version == number:
            return version
    raise NotFound("document")


def _preview(id: str, version: VersionRow) -> Preview:
    if not version.kept:
        return Preview(version, None)
    try:
        with page_transaction() as (db, actor):
            opened = open_preview(db, actor, document_store(), id, version.version)
        return Preview(version, measure_pages(opened))
    except (NoPreview, FilePending, FileBlocked):
        # Of what nobody has found clean there is none either.
        return Preview(version, None)


@blueprint.get("/<int:page>")
def draw(document: UUID, version: int, page: int) -> Response:
    """One page as a picture, drawn anew each time and kept nowhere."""
    return answer_picture(
        page, lambda db, actor: open_preview(db, actor, document_store(), str(document), version, address=request.path)
    )
