"""A technology that the program proposes for a need: why, and what a person makes of it."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask_babel import gettext
from sqlalchemy import Connection
from werkzeug.wrappers import Response as BaseResponse

from casework.engine.definition.forms import Form, Note
from casework.json_values import JsonObject
from casework.operations.catalogue import kept_records
from casework.operations.core.idempotency import Done, Request
from casework.operations.core.perform import calendar_of
from casework.operations.matching import proposals
from casework.permissions.actors import Actor
from casework.web.catalogue.organisation_pages import checked, form_of
from casework.web.shell import layout
from casework.web.shell.forms import read_request
from casework.web.shell.i18n import N_, listed
from casework.web.shell.redirects import local_path
from casework.web.shell.sent_forms import Sent, answer, page_with_form
from casework.web.shell.session import page_transaction

blueprint = Blueprint("match_proposals", __name__, url_prefix="/match-proposals/<uuid:proposal>")


class Dismissal(Form):
    reason = Note(
        label=N_("Why it does not fit the need"),
        help=N_("Such as another function, another size, a licence not to be had."),
    )


@blueprint.get("")
def show(proposal: UUID) -> Response:
    return _show(str(proposal))


def _show(id: str, sent: Sent | None = None) -> Response:
    with page_transaction() as (db, actor):
        one = proposals.show_proposal(db, actor, id)
        kept_records.editable(db, actor, "need", one.need)
        layout.use_calendar(calendar_of(db, one.programme))
        form = form_of(db, actor, f"match-proposal:{id}", Dismissal, sent=sent)
    return page_with_form(
        "catalogue/right_form.html",
        sent,
        title=gettext("Dismiss the proposal"),
        under=[one.need_title, one.technology_title, gettext("says of the need: %(words)s", words=listed(one.words))],
        form=form,
        do=gettext("Dismiss"),
        back=_back(one.need),
        action=request.full_path.rstrip("?"),
        consequence=gettext("It is proposed for this need no more. The reason is kept."),
        crumbs=[(gettext("Needs"), url_for("needs.index")), (one.need_title, url_for("needs.show", need=one.need))],
    )


def _back(need: str) -> str:
    """Where whoever looks at a proposal came from: the page of its need, or the match desk."""
    return local_path(request.args.get("back")) or url_for("needs.show", need=need)


@blueprint.post("")
def dismiss(proposal: UUID) -> BaseResponse:
    id = str(proposal)

    def do(db: Connection, actor: Actor, key: Request, revision: int, data: JsonObject) -> Done:
        return proposals.dismiss(db, actor, id, reason=checked(Dismissal, data)["reason"], request=key)

    return answer(
        f"match-proposal:{id}",
        Dismissal.rule(),
        do,
        lambda sent: _show(id, sent),
        lambda done: _back(done.answer["need"]),
        said=lambda done: gettext("Dismissed: it is proposed for this need no more."),
    )


@blueprint.post("/match")
def take_up(proposal: UUID) -> BaseResponse:
    """Make a match of it; its case is opened there, or not."""
    with page_transaction() as (db, actor):
        done = proposals.take_up(db, actor, str(proposal), request=read_request())
    if back := local_path(request.form.get("back")):
        flash(gettext("It is a match now: accept it, shortlist it or refuse it."))
        return redirect(back, 303)
    flash(gettext("It is a match now. Open its case there, or refuse it."))
    return redirect(url_for("matches.show", match=done.answer["id"]), 303)
