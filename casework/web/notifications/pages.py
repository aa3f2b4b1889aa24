"""What a person has been told, and how a person wants to be told."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from casework.definitions import load_library
from casework.engine.analysis.notification_rules import KINDS
from casework.errors import InvalidForm
from casework.operations.auth.account_words import ROLE_SAYS, SAYS
from casework.operations.core import notification_preferences
from casework.operations.core.notice_words import CHOICE, HAPPENED, KIND
from casework.operations.notifications import queries as notification_queries
from casework.operations.notifications.views import Notification
from casework.web.history.sentences import say_given
from casework.web.shell.i18n import edition_text, say_faults
from casework.web.shell.session import page_transaction
from casework.web.shell.task_links import case_url

blueprint = Blueprint("notifications", __name__, url_prefix="/notifications")


@blueprint.get("")
def index() -> str:
    cursor = request.args.get("cursor")
    with page_transaction() as (db, actor):
        listing = notification_queries.list_notifications(db, actor, cursor=cursor)
    return render_template(
        "notifications/index.html",
        rows=[_said(item) for item in listing.items],
        next_url=url_for("notifications.index", cursor=listing.next) if listing.next else "",
        first_url=url_for("notifications.index") if cursor else "",
    )


def _said(notification: Notification) -> tuple[Notification, str, str]:
    """A notification with what happened and the action by which it did, in words."""
    if notification.account:
        return notification, gettext(SAYS[notification.words or ""]), ""
    if notification.role_request:
        return notification, gettext(ROLE_SAYS[notification.words or ""]), ""
    if notification.opened:
        by = gettext("by %(name)s", name=notification.opened["by"] or gettext("somebody"))
        return (
            notification,
            gettext(HAPPENED[notification.kind]),
            by + say_given(notification.opened["given"], notification.opened["names"]),
        )
    action = edition_text(load_library()[notification.edition or ""], notification.words) if notification.words else ""
    return notification, gettext(HAPPENED[notification.kind]), action


@blueprint.get("/<notification>")
def show(notification: str) -> Response:
    """Where a link in a mail leads: on to what it is about. It changes nothing."""
    with page_transaction() as (db, actor):
        row = notification_queries.find_notification(db, actor, notification)
    return redirect(_place(row), 303)


def _place(notification: Notification) -> str:
    if notification.account:
        return url_for("accounts.show")
    if notification.role_request:
        return url_for("role_requests.show", role=notification.role_request)
    if notification.task and not notification.step and not notification.done:
        return url_for("tasks.show", task=notification.task)
    if notification.unsealing:
        return url_for("unsealings.show", opening=notification.unsealing)
    if notification.inside and not notification.sealed:
        return case_url(str(notification.number))
    if notification.sealed and notification.inside:
        return url_for("mediations.show", mediation=notification.log)
    return url_for("referrals.show", referral=notification.referral) if notification.referral else url_for("home.show")


@blueprint.post("/<notification>/read")
def read(notification: str) -> Response:
    """Read it; and go on to what it is about, where that was asked for."""
    with page_transaction() as (db, actor):
        row = notification_queries.mark_read(db, actor, notification)
    return redirect(_place(row) if request.form.get("go") else url_for("notifications.index"), 303)


@blueprint.post("/read")
def read_all() -> Response:
    with page_transaction() as (db, actor):
        notification_queries.mark_all_read(db, actor)
    flash(gettext("All are marked as read."))
    return redirect(url_for("notifications.index"), 303)


@blueprint.get("/settings")
def settings() -> str:
    return _settings({})


def _settings(faults: Mapping[str, str]) -> str:
    with page_transaction() as (db, actor):
        kept = notification_preferences.find_telling(db, actor)
    rows = [
        (
            kind,
            gettext(KIND[kind]),
            [
                (choice, gettext(CHOICE[choice]), kept.choices[kind] == choice)
                for choice in notification_preferences.allowed(kind)
            ],
        )
        for kind in KINDS
    ]
    return render_template("notifications/settings.html", rows=rows, quiet=kept.quiet, faults=faults)


@blueprint.post("/settings")
def keep_settings() -> Response:
    choices = {kind: request.form[kind] for kind in KINDS if kind in request.form}
    try:
        with page_transaction() as (db, actor):
            notification_preferences.set_telling(db, actor, choices, quiet=bool(request.form.get("quiet")))
    except InvalidForm as refusal:
        return make_response(_settings(say_faults(refusal)), 422)
    flash(gettext("Your preferences are kept."))
    return redirect(url_for("notifications.settings"), 303)
