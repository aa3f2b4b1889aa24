"""How cases ran, taken out of the page for tools of process mining, as XES and as OCEL 2.0."""

from __future__ import annotations

from flask import Blueprint
from werkzeug.wrappers import Response

from casework.api.protocol.files import as_attachment
from casework.errors import InvalidForm, NotFound
from casework.operations.core.perform import calendar_of
from casework.operations.oversight.event_files import OCEL, XES, make_event_file
from casework.operations.oversight.process import read_chosen
from casework.web.oversight.figure_pages import end_of
from casework.web.oversight.process_pages import asked_for, readers
from casework.web.shell.session import list_transaction

blueprint = Blueprint("event_files", __name__)


@blueprint.get("/process/events.xes", endpoint="xes")
@readers
def take_xes() -> Response:
    return _sent(XES)


@blueprint.get("/process/events.json", endpoint="ocel")
@readers
def take_ocel() -> Response:
    return _sent(OCEL)


def _sent(form: str) -> Response:
    """Raises NotFound for what is no day, and Refused for more cases than a file has."""
    with list_transaction() as (db, actor):
        asked = asked_for(actor)
        try:
            until = end_of(asked.day, calendar_of(db, asked.programme.id))
            chosen = read_chosen(asked.chosen)
        except (ValueError, InvalidForm):
            raise NotFound("page") from None
        file = make_event_file(db, actor, form, asked.programme.id, until=until, chosen=chosen)
    return as_attachment(file.content.pieces(), file.name, file.content.size)
