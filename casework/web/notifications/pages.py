"""What a person has been told, and how a person wants to be told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext, ngettext
from werkzeug.wrappers import Response

from casework.definitions import load_library
from casework.engine.analysis.notification_rules import DUE, KINDS, MOVED, OVERDUE, RETURN, STOP
from casework.engine.state.events import TIMER_FIRED
from casework.errors import InvalidForm
from casework.operations.auth.account_words import ROLE_SAYS, SAYS
from casework.operations.core import notification_preferences
from casework.operations.core.notice_words import CHOICE, HAPPENED, KIND
from casework.operations.notifications import alerts
from casework.operations.notifications import queries as notification_queries
from casework.operations.notifications.catalogue_news import PROPOSAL, RENEWAL, SEARCH
from casework.operations.notifications.views import Alert, AlertCounts, AlertGroup, Notification
from casework.web.history.sentences import say_entry, say_given
from casework.web.shell.i18n import N_, edition_text, labelled, say_faults
from casework.web.shell.redirects import local_path
from casework.web.shell.session import page_transaction
from casework.web.shell.task_links import case_url

blueprint = Blueprint("notifications", __name__, url_prefix="/notifications")


@blueprint.get("")
def index() -> str:
    cursor, show = request.args.get("cursor"), request.args.get("show", alerts.ALL)
    show = show if show in alerts.SHOWS else alerts.ALL
    with page_transaction() as (db, actor):
        counts = alerts.count_alerts(db, actor)
        listing = alerts.list_alerts(db, actor, show, cursor=cursor)
    numbers = {
        alerts.ALL: counts.unread,
        alerts.TO_DO: counts.to_do,
        alerts.MENTIONS: counts.mentions,
        alerts.LATE: counts.late,
        alerts.FOLLOWED: counts.followed,
    }
    return render_template(
        "notifications/index.html",
        counts=counts,
        under=[_how_many(counts)] if counts.unread else [],
        pills=[
            (
                gettext(words),
                url_for("notifications.index", show=key),
                key == show,
                None,
                _not_read(numbers.get(key, 0), counts),
            )
            for key, words in _PILLS.items()
        ],
        show=show,
        nothing=gettext(_NOTHING[show]),
        groups=[_sheet(group) for group in listing.items],
        most=SHOWN_AT_ONCE,
        next_url=url_for("notifications.index", show=show, cursor=listing.next) if listing.next else "",
        first_url=url_for("notifications.index", show=show) if cursor else "",
    )


def _how_many(counts: AlertCounts) -> str:
    if counts.unread > notification_queries.MOST_COUNTED:
        return gettext("More than %(most)s not read", most=notification_queries.MOST_COUNTED)
    if not counts.cases:
        return gettext("%(unread)s not read", unread=counts.unread)
    cases = ngettext("in %(num)s case", "in %(num)s cases", counts.cases)
    if counts.elsewhere:
        return gettext("%(unread)s not read, %(cases)s and elsewhere", unread=counts.unread, cases=cases)
    return gettext("%(unread)s not read, %(cases)s", unread=counts.unread, cases=cases)


def _not_read(count: int, counts: AlertCounts) -> str:
    """How many of a sort are not read, as it stands beside its name; where not all were counted, that there may be more."""
    if counts.unread > notification_queries.MOST_COUNTED:
        return f"{min(count, notification_queries.MOST_COUNTED)}+"
    return str(count or "")


#: So many alerts of a case stand open on the page, the others under a fold.
SHOWN_AT_ONCE = 4
_PILLS = {
    alerts.ALL: N_("All"), alerts.TO_DO: N_("To do"), alerts.MENTIONS: N_("Mentions"), alerts.LATE: N_("Late"),
    alerts.FOLLOWED: N_("Followed"), alerts.READ: N_("Read"),
}  # fmt: skip
_NOTHING = {
    alerts.ALL: N_("You have no alerts yet."), alerts.TO_DO: N_("No alert asks you to do anything now."),
    alerts.MENTIONS: N_("Nobody has mentioned you."), alerts.LATE: N_("Nothing that you were told of is late."),
    alerts.FOLLOWED: N_("Nothing has happened in what you follow."), alerts.READ: N_("You have not marked any alert as read."),
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Line:
    """An alert as it stands on the page."""

    told: Notification
    #: What kind of news it is, and how it looks; "" where the sentence says it all.
    kind: str
    look: str
    #: Who did what.
    sentence: str
    #: What its button says.
    button: str


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """The alerts of one case as they stand on the page."""

    log: str
    number: str | None
    heading: str
    #: Where the heading leads; "" for nowhere.
    url: str
    unread: int
    followed: bool
    lines: list[Line]


def _sheet(group: AlertGroup) -> Sheet:
    heading, url = _heading(group, group.items[0].told)
    return Sheet(
        log=group.log,
        number=group.items[0].told.number,
        heading=heading,
        url=url,
        unread=sum(not item.told.read for item in group.items),
        followed=group.followed,
        lines=[_line(item) for item in group.items],
    )


def _heading(group: AlertGroup, newest: Notification) -> tuple[str, str]:
    """What stands over the alerts of one case, and where that leads."""
    if newest.account:
        return gettext("Your account"), url_for("accounts.show")
    if newest.catalogue:
        return gettext("Needs and technologies"), ""
    if newest.finding:
        return gettext("Findings of the audit"), ""
    if newest.role_request:
        return gettext("Roles in your programme"), ""
    if newest.sealed:
        return gettext("A sealed mediation"), ""
    where = case_url(str(newest.number)) if newest.inside else url_for("notifications.show", notification=newest.id)
    return group.title or "", where


def _line(alert: Alert) -> Line:
    told = alert.told
    happened, words = say_happened(told)
    asks = bool(told.task) and not told.done and bool(words)
    button = words if asks else gettext("Open")
    if alert.event is None or alert.event.kind == TIMER_FIRED and alert.event.task is None:
        # Of what happened the reader is shown nothing; the task itself is the reader's own to know.
        kind = happened if asks and told.kind != DUE else ""
        sentence = words if asks else labelled(happened, words) if words else happened
        return Line(
            told=told, kind=_capital(kind), look=_LOOKS.get(told.kind, ""), sentence=sentence, button=gettext("Open")
        )
    # Of a clock the sentence says it all.
    kind = "" if told.kind == MOVED or alert.event.kind == TIMER_FIRED else happened
    sentence = say_entry(alert.event, load_library().editions)
    return Line(told=told, kind=_capital(kind), look=_LOOKS.get(told.kind, ""), sentence=sentence, button=button)


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def say_happened(notification: Notification) -> tuple[str, str]:
    """Of a notification what happened and the action by which it did, in words."""
    if notification.account:
        return gettext(SAYS[notification.words or ""]), ""
    if notification.catalogue:
        return gettext(_NEW_IN_CATALOGUE[notification.words or ""]), ""
    if notification.finding:
        return gettext(_OF_FINDING[notification.words or ""]), ""
    if notification.role_request:
        return gettext(ROLE_SAYS[notification.words or ""]), ""
    if notification.opened:
        by = gettext("by %(name)s", name=notification.opened["by"] or gettext("somebody"))
        given = say_given(notification.opened["given"], notification.opened["names"])
        return gettext(HAPPENED[notification.kind]), by + given
    action = edition_text(load_library()[notification.edition or ""], notification.words) if notification.words else ""
    return gettext(HAPPENED[notification.kind]), action


#: What is new in the catalogue for somebody.
_NEW_IN_CATALOGUE = {
    PROPOSAL: N_("A technology is proposed for a need that you keep"), SEARCH: N_("New records fit a search that you saved"),
    RENEWAL: N_("An enterprise has answered whether its need still holds"),
}  # fmt: skip
#: What happened with a finding.
_OF_FINDING = {
    "assigned": N_("A finding of the audit is yours to answer"), "asked_again": N_("An auditor asks again in a finding of yours"),
    "fell_due": N_("A finding of yours was due and is not answered"), "answered": N_("A finding that you raised is answered"),
}  # fmt: skip
_LOOKS = {OVERDUE: "danger", STOP: "danger", DUE: "warn", RETURN: "warn"}


@blueprint.get("/<notification>")
def show(notification: str) -> Response:
    """Where a link in a mail leads: on to what it is about. It changes nothing."""
    with page_transaction() as (db, actor):
        row = notification_queries.find_notification(db, actor, notification)
    return redirect(_place(row), 303)


def _place(notification: Notification) -> str:
    if notification.account:
        return url_for("accounts.show")
    if notification.catalogue and notification.words == SEARCH:
        return url_for("saved_views.show", view=notification.catalogue)
    if notification.catalogue:
        return url_for("needs.show", need=notification.catalogue) + (
            "#renewals" if notification.words == RENEWAL else "#proposals"
        )
    if notification.finding:
        return url_for("audit.finding", finding=notification.finding)
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


def _back() -> str:
    """The list that one stood at."""
    return local_path(request.form.get("page")) or url_for("notifications.index")


@blueprint.post("/case/<uuid:log>/read")
def read_case(log: UUID) -> Response:
    """Read all that was told of one case."""
    with page_transaction() as (db, actor):
        notification_queries.mark_case_read(db, actor, str(log))
    return redirect(_back(), 303)


@blueprint.post("/<notification>/read")
def read(notification: str) -> Response:
    """Read it; and go on to what it is about, where that was asked for."""
    with page_transaction() as (db, actor):
        row = notification_queries.mark_read(db, actor, notification)
    return redirect(_place(row) if request.form.get("go") else _back(), 303)


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
