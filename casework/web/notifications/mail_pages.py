"""The administrator's log of mails: whether each went, and sending one again. Never what is in it."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from casework.engine.roles import Role
from casework.operations.core.notice_words import KIND
from casework.operations.notifications.mail_outbox import list_mails, resend_mail
from casework.web.shell.forms import read_request
from casework.web.shell.i18n import N_
from casework.web.shell.session import only, page_transaction

blueprint = Blueprint("mails", __name__, url_prefix="/administration/mails")

OTHERS = {
    "invitation": N_("Invitation"), "account": N_("A change to the own account"), "role": N_("A role that decides"),
    "password_link": N_("Link to set a password"), "party_link": N_("Link for a party"),
    "need_link": N_("Link to state a need"), "renewal_link": N_("Link to say whether a need still holds"),
    "interest_link": N_("Link to say whether a match is of interest"),
    "story_link": N_("Link to consent to a success story"),
    "figures": N_("Figures by mail"), "log_alarm": N_("A witness has seen another log"),
    "checkpoint": N_("Checkpoint of the log"), "reply": N_("Why an answer by mail was not taken"),
}  # fmt: skip
STATES = {"queued": N_("waits"), "sent": N_("sent"), "failed": N_("failed"), "cancelled": N_("not needed any more")}


@blueprint.get("")
@only(Role.ADMINISTRATOR)
def index() -> str:
    state, cursor = request.args.get("state"), request.args.get("cursor")
    state = state if state in STATES else None
    with page_transaction() as (db, actor):
        mails = list_mails(db, actor, state=state, cursor=cursor)
    tabs = [(gettext("All"), url_for("mails.index"), state is None)]
    tabs += [(gettext(words), url_for("mails.index", state=code), state == code) for code, words in STATES.items()]
    return render_template(
        "notifications/mails.html",
        rows=mails.items,
        tabs=tabs,
        states=STATES,
        kinds={**KIND, **OTHERS},
        next_url=url_for("mails.index", state=state, cursor=mails.next) if mails.next else "",
        first_url=url_for("mails.index", state=state) if cursor else "",
    )


@blueprint.post("/<mail>/resend")
@only(Role.ADMINISTRATOR)
def resend(mail: str) -> Response:
    with page_transaction() as (db, actor):
        resend_mail(db, actor, mail, read_request())
    flash(gettext("It is sent again."))
    return redirect(url_for("mails.index"), 303)
