"""What a home says on the first day: a few sentences for each role, until the reader puts them away."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, redirect, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from casework.engine.roles import Role
from casework.operations.auth import preferences
from casework.web.shell.i18n import N_
from casework.web.shell.redirects import local_path
from casework.web.shell.session import page_transaction, viewer

blueprint = Blueprint("tour", __name__)

#: Of several roles the first that one has.
TOURS: Mapping[Role, tuple[str, ...]] = {
    Role.SUPERVISOR: (
        N_("“Decisions” lists what waits for your word: plans, waivers, conflicts of interest, closings."),
        N_("“Team” shows who has how much to do; hand cases over from there."),
        N_("“Case hygiene” lists the cases without an owner, without a dated next action, or that wait for nobody."),
    ),
    Role.OFFICER: (
        N_("This page lists what you do next, by the day it is due. Open a row to do the task."),
        N_("“Next task” gives you the task that comes first in your queues."),
        N_("Each case says its next action, its date and whom it waits for."),
        N_("When you cannot go on, snooze the task, ask for more time, or put the case on hold with a reason."),
    ),
    Role.COMPLIANCE: (
        N_("Your queue has screenings and compliance gates: take a task and record its result."),
        N_("You can stop a case; it freezes at once, and a second person confirms or lifts the stop."),
    ),
    Role.DISPUTE_OFFICER: (
        N_("You lead mediations. Each is sealed: only the people named for it see it."),
        N_("“Cases” shows the cases about which a mediation may be opened."),
    ),
    Role.PROVIDER_LEAD: (
        N_("“Offers” are requests of the office: read one, then accept or decline it."),
        N_("You name the person in charge, and keep your organisation's profile and absences."),
        N_("You see only what is shared for your referrals."),
    ),
    Role.PROVIDER: (
        N_("“Offers” are requests of the office: read one, then accept or decline it."),
        N_("When the work is done, deliver the result with its documents on the page of the referral."),
        N_("There you also ask for information or for more time. You see only what is shared for your referrals."),
    ),
    Role.VERIFIER: (
        N_("“Offers” are requests of the office: read one, then accept or decline it."),
        N_("When the work is done, deliver the result with its documents on the page of the referral."),
    ),
    Role.AUDITOR: (
        N_("This page counts what is out of the ordinary; each number leads to its list."),
        N_("Open any case, read its history, and verify that every entry is as it was recorded."),
        N_("Raise a finding at an entry; the office answers it, and you close it."),
    ),
    Role.ADMINISTRATOR: (
        N_("Invite people and give them roles; roles that decide need a second person's agreement."),
        N_("Set the calendar of the programme: time limits are counted by it."),
        N_("Import needs, technologies and matches; officers then open cases from the matches."),
    ),
    Role.MANAGER: (
        N_("This list shows every case of your programme; you read and change nothing."),
        N_("Filters are links: keep the address, or save the filter under a name."),
    ),
    Role.OBSERVER: (N_("This list shows where each case stands, not what is in it."),),
}


@blueprint.app_template_global("first_day")
def first_day() -> list[str]:
    """The sentences for the reader's role; none once they were put away."""
    person = viewer()
    if person is None or person.viewer.tour_seen:
        return []
    return [gettext(words) for words in next((TOURS[role] for role in TOURS if role in person.roles), ())]


@blueprint.post("/account/tour")
def keep() -> Response:
    """Put the sentences away, or have them back."""
    with page_transaction() as (db, actor):
        preferences.set_tour_seen(db, actor, request.form.get("again") != "yes")
    return redirect(local_path(request.form.get("page")) or url_for("home.show"), 303)
