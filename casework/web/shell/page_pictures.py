"""Pages of files as pictures, for previews."""

from __future__ import annotations

from collections.abc import Callable

from flask import Response
from flask_babel import gettext
from sqlalchemy import Connection

from casework.api.protocol.files import HARMLESS
from casework.operations.documents.previews import NoPreview, draw_page
from casework.operations.documents.service import Opened
from casework.permissions.actors import Actor
from casework.web.shell.session import page_transaction


def answer_picture(page: int, open_file: Callable[[Connection, Actor], Opened]) -> Response:
    """One page of what is opened, drawn anew each time and kept nowhere; 422 where it has no picture."""
    try:
        with page_transaction() as (db, actor):
            opened = open_file(db, actor)
        answer = Response(draw_page(opened, page), mimetype="image/png")
    except NoPreview:
        answer = Response(gettext("There is no preview of this page. Download the file instead."), status=422)
    answer.headers["Content-Security-Policy"] = HARMLESS
    answer.headers["Cache-Control"] = "no-store"
    return answer
