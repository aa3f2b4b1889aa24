"""From which assessment of a city's needs a need came: said on a page beside the need's own."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, Response, make_response, render_template, url_for
from flask_babel import gettext
from sqlalchemy import Connection
from werkzeug.wrappers import Response as BaseResponse

from casework.engine.definition.forms import Choice, Form
from casework.json_values import JsonObject
from casework.operations.catalogue import assessment_needs, kept_records
from casework.operations.catalogue import service as catalogue
from casework.operations.core.idempotency import Done, Request
from casework.permissions.actors import Actor
from casework.web.catalogue.organisation_pages import checked, form_of
from casework.web.shell.i18n import N_
from casework.web.shell.sent_forms import Sent, answer
from casework.web.shell.session import page_transaction

blueprint = Blueprint("need_origin", __name__)


def _form(db: Connection, actor: Actor, id: str) -> type[Form]:
    programme, _ = kept_records.editable(db, actor, "need", id)
    origin = Choice(
        label=N_("Assessment, visit or event"),
        choices=assessment_needs.list_choices(db, programme),
        required=False,
        help=N_("Nothing chosen: it came of none."),
    )
    return type("Origin", (Form,), {"origin": origin})


@blueprint.get("/needs/<uuid:need>/origin")
def choose(need: UUID) -> Response:
    return _ask(str(need))


def _ask(id: str, sent: Sent | None = None) -> Response:
    with page_transaction() as (db, actor):
        asked = _form(db, actor, id)
        came = assessment_needs.find_origin(db, actor, id)
        known = {"origin": came.visit or came.assessment} if came else {}
        form = form_of(db, actor, f"need:{id}:origin", asked, known=known, sent=sent)
        name = catalogue.titles_of(db, actor, "need", {id})[id]
    title, back = gettext("Say where the need came from"), url_for("needs.show", need=id)
    page = render_template(
        "catalogue/right_form.html",
        title=title,
        under=[name],
        form=form,
        sent=sent,
        do=title,
        back=back,
        crumbs=[(gettext("Needs"), url_for("needs.index")), (name, back)],
    )
    return make_response(page, sent.status if sent else 200)


@blueprint.post("/needs/<uuid:need>/origin")
def say(need: UUID) -> BaseResponse:
    id = str(need)
    with page_transaction() as (db, actor):
        asked = _form(db, actor, id)

    def do(db: Connection, actor: Actor, key: Request, revision: int, data: JsonObject) -> Done:
        origin = checked(asked, data).get("origin")
        return assessment_needs.set_origin(db, actor, id, origin=origin, request=key)

    return answer(
        f"need:{id}:origin",
        asked.rule(),
        do,
        lambda sent: _ask(id, sent),
        lambda done: url_for("needs.show", need=id),
        said=lambda done: gettext("Recorded."),
    )


__all__ = ["blueprint"]
