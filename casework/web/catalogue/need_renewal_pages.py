"""Whether a need still holds, as officers ask its enterprise: by hand, by a link, and taken back."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy import Connection
from werkzeug.wrappers import Response as BaseResponse

from casework.engine.definition.form_values import build_model, check
from casework.engine.definition.forms import Form
from casework.errors import Refused
from casework.operations.catalogue import kept_records, need_renewals, need_statements
from casework.operations.catalogue import service as catalogue
from casework.operations.catalogue.need_renewals import DAYS
from casework.operations.core.drafts import find_draft
from casework.operations.core.idempotency import Done
from casework.operations.core.perform import calendar_of
from casework.permissions.actors import Actor
from casework.web.catalogue.statement_pages import Invitation, give_link, mailed_to
from casework.web.shell import layout
from casework.web.shell.forms import build_form, own_texts, parse_form, read_request
from casework.web.shell.i18n import say_error
from casework.web.shell.layout import clock
from casework.web.shell.session import page_transaction, secret_box

blueprint = Blueprint("need_renewals", __name__)


class Question(Form):
    """Where its enterprise is asked."""

    address = Invitation.fields()["address"]
    language = Invitation.fields()["language"]
    days = Invitation.fields()["days"]


@blueprint.get("/needs/<uuid:need>/ask-whether")
def ask(need: UUID) -> Response:
    return _ask(str(need), {})


def _ask(need: str, faults: Mapping[str, str], status: int = 200) -> Response:
    form, fault, name = None, "", f"need:renewal:{need}"
    sent = request.form if request.method == "POST" else None
    with page_transaction() as (db, actor):
        title = catalogue.titles_of(db, actor, "need", {need})
        try:
            whom = need_renewals.whom_to_ask(db, actor, need)
            form = build_form(
                name,
                Question.rule(),
                own_texts(Question),
                values={"address": whom.address or "", "language": whom.language, "days": str(DAYS)},
                submitted=sent,
                faults=faults,
                draft=None if sent is not None else find_draft(db, actor.person, name),
            )
        except Refused as refusal:
            fault = say_error(refusal)
    page = render_template(
        "needs/ask_whether.html", form=form, fault=fault, name=title[need], back=url_for("needs.show", need=need)
    )
    return make_response(page, status)


@blueprint.post("/needs/<uuid:need>/ask-whether")
def send(need: UUID) -> Response:
    """What opens the link stands in this answer alone."""
    id, rules = str(need), Question.rule()

    def make(db: Connection, actor: Actor) -> tuple[Done, str]:
        programme = catalogue.read_seen(db, actor, "need", id).programme_id
        layout.use_calendar(calendar_of(db, str(programme)))
        # Not yet whom to ask: whoever sends it twice is given the earlier answer.
        kept_records.editable(db, actor, "need", id)
        given = check(build_model("Question", rules), rules, parse_form(rules, request.form), clock().office_today)
        where = mailed_to(given)
        done = need_renewals.ask_whether(db, actor, secret_box(), id, request=read_request(), **where)
        return done, where["address"]

    return give_link(
        make,
        lambda faults, status: _ask(id, faults, status),
        page=url_for("renewed.land"),
        back=url_for("needs.show", need=id) + "#renewals",
    )


@blueprint.post("/needs/stated/<uuid:statement>/take-back")
def take_back(statement: UUID) -> BaseResponse:
    with page_transaction() as (db, actor):
        one = need_statements.show_statement(db, actor, str(statement))
        need_renewals.take_back(db, actor, one.id, request=read_request())
    flash(gettext("The question is taken back. Its link opens nothing any more."))
    return redirect(url_for("needs.show", need=one.renews) + "#renewals", 303)


__all__ = ["blueprint"]
