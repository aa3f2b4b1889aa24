"""Stopping mails without an account: the page that their link leads to, and what a mail program sends by itself (RFC 8058).

A GET changes nothing: what scans the links of mails stops none. Whether somebody is signed in makes no difference: the secret alone says
what is stopped.
"""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, render_template, url_for

from casework.operations.notifications.mail_stops import CHECKPOINTS, FIGURES, insist_known, stop_by_link
from casework.web.shell.session import open_transaction, secret_box

blueprint = Blueprint("mail_stops", __name__, url_prefix="/stop-mails")


@blueprint.get("/<uuid:subscription>/<secret>")
def ask(subscription: UUID, secret: str) -> str:
    what = insist_known(secret_box(), str(subscription), secret)
    return _page(what, url_for("mail_stops.stop", subscription=subscription, secret=secret))


@blueprint.post("/<uuid:subscription>/<secret>")
def stop(subscription: UUID, secret: str) -> str:
    with open_transaction() as db:
        what = stop_by_link(db, secret_box(), str(subscription), secret)
    return _page(what, "")


def _page(what: str, action: str) -> str:
    return render_template(
        "notifications/stop_by_link.html",
        of_figures=what == FIGURES,
        of_checkpoints=what == CHECKPOINTS,
        action=action,
    )
