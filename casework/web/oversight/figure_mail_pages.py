"""Figures by mail: which saved views somebody is mailed, how often, and stopping that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from flask import Blueprint, current_app, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy import Connection
from werkzeug.wrappers import Response

from casework.engine.figures.rhythms import MONTHLY, QUARTERLY, WEEKLY
from casework.errors import InvalidForm, NotFound
from casework.operations.cases.views import SavedView
from casework.operations.oversight.figure_mails import (
    PAGE,
    find_shut,
    list_figure_mails,
    list_offered,
    subscribe,
    unsubscribe,
)
from casework.operations.oversight.figures import READ_BY
from casework.operations.oversight.outside_figures import READ_OUTSIDE
from casework.operations.oversight.views import FigureMail
from casework.permissions.actors import Actor
from casework.web.shell.forms import read_request
from casework.web.shell.i18n import N_, say_error
from casework.web.shell.session import only, page_transaction
from casework.web.tasks.saved_view_pages import address, known

blueprint = Blueprint("figure_mails", __name__)
readers = only(*READ_OUTSIDE)

#: How often, as the form says it: weekly ones with their day, Monday as 1.
RHYTHMS = {
    "weekly-1": N_("Every Monday"), "weekly-2": N_("Every Tuesday"), "weekly-3": N_("Every Wednesday"),
    "weekly-4": N_("Every Thursday"), "weekly-5": N_("Every Friday"), "weekly-6": N_("Every Saturday"),
    "weekly-7": N_("Every Sunday"), MONTHLY: N_("At the beginning of each month"),
    QUARTERLY: N_("At the beginning of each quarter"),
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Offered:
    """A view that may be mailed, and how it is mailed already."""

    view: SavedView
    mail: FigureMail | None
    #: Where its figures stand; "" for whoever is told of them by mail alone.
    url: str
    #: Whether it cannot be told to the reader as it was set up.
    shut: bool

    @property
    def rhythm(self) -> str:
        if self.mail is None:
            return MONTHLY
        return f"{WEEKLY}-{self.mail.weekday}" if self.mail.rhythm == WEEKLY else self.mail.rhythm


def _offered(db: Connection, actor: Actor) -> Sequence[Offered]:
    mails = {one.view.id: one for one in list_figure_mails(db, actor)}
    opens = bool(actor.roles() & READ_BY)
    offered = list_offered(db, actor)
    shut = find_shut(db, actor, offered)
    return [
        Offered(
            view=view,
            mail=mails.get(view.id),
            url=address(PAGE, known(PAGE, view.query)) if opens else "",
            shut=view.id in shut,
        )
        for view in offered
    ]


def _page(fault: str = "") -> str:
    with page_transaction() as (db, actor):
        offered = _offered(db, actor)
    return render_template(
        "oversight/figure_mails.html",
        offered=offered,
        opens=bool(actor.roles() & READ_BY),
        rhythms=[(code, gettext(words)) for code, words in RHYTHMS.items()],
        mailing=current_app.config["MAILING"],
        fault=fault,
    )


@blueprint.get("/figures/mails")
@readers
def index() -> str:
    return _page()


@blueprint.post("/figures/views/<uuid:figure_view>/mail")
@readers
def ask_for(figure_view: UUID) -> Response:
    """Have the figures of a view mailed, or in another rhythm."""
    rhythm, _, day = request.form.get("rhythm", "").partition("-")
    weekday = int(day) if len(day) == 1 and day.isascii() and day.isdigit() else None
    try:
        with page_transaction() as (db, actor):
            subscribe(db, actor, str(figure_view), rhythm=rhythm, weekday=weekday, request=read_request())
    except InvalidForm as refusal:
        return make_response(_page(say_error(refusal)), 422)
    flash(gettext("These figures are mailed to you from now on."))
    return redirect(url_for("figure_mails.index"), 303)


@blueprint.get("/figures/mails/<uuid:figure_mail>/stop")
@readers
def ask_to_stop(figure_mail: UUID) -> str:
    """Where a mail leads whoever wants no more of them: one button."""
    with page_transaction() as (db, actor):
        mail = next((one for one in list_figure_mails(db, actor) if one.id == str(figure_mail)), None)
    if mail is None:
        raise NotFound("page")
    return render_template("oversight/figure_mail_stop.html", mail=mail)


@blueprint.post("/figures/mails/<uuid:figure_mail>/stop")
@readers
def stop(figure_mail: UUID) -> Response:
    with page_transaction() as (db, actor):
        unsubscribe(db, actor, str(figure_mail), read_request())
    flash(gettext("These figures are no longer mailed to you."))
    return redirect(url_for("figure_mails.index"), 303)
