"""The administrator's page of what happens by itself: workers, jobs, and what is late. Never what a job is for."""

from __future__ import annotations

from flask import Blueprint, current_app, flash, redirect, render_template, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from casework.engine.roles import Role
from casework.operations.oversight.job_health import retry_job, show_jobs
from casework.web.shell.forms import read_request
from casework.web.shell.i18n import N_
from casework.web.shell.session import only, page_transaction

blueprint = Blueprint("jobs", __name__, url_prefix="/administration/jobs")

TASKS = {
    "fire_timers": N_("a deadline"), "tell": N_("telling people"), "check": N_("the nightly check"), "send": N_("a mail"),
    "hook": N_("a webhook"), "erase": N_("erasing a person"),
    "remove": N_("removing contents under retention"), "migrate": N_("moving cases to another edition"), "recount": N_("another calendar"),
}  # fmt: skip
LATE = {
    "untold": N_("Events of which nobody has been told. Is a worker running?"),
    "unsent": N_("Mails that the mail server does not take. The log of mails says why."),
    "unerased": N_("Persons who should have been erased, which must be done within a day. Is a worker running?"),
    "failing": N_("Jobs that fail again and again. The worker's output says why."),
    "overdue_job": N_("Jobs that nobody takes. Is a worker running?"),
    "no_backup": N_(
        "No good backup of the last day and a half. Is a worker running, and what does its output say of the backup?"
    ),
    "not_archived": N_(
        "What was done lately is not archived beside the backups, and would be lost. Is a worker running, and what does its output say?"
    ),
    "closed_roles": N_("Roles of closed accounts. End them on the page of the person."),
}


@blueprint.get("")
@only(Role.ADMINISTRATOR)
def index() -> str:
    with page_transaction() as (db, actor):
        jobs = show_jobs(db, actor, current_app.extensions["casework.backups"]())
    return render_template("oversight/jobs.html", found=jobs, tasks=TASKS, late=LATE)


@blueprint.post("/<job>/retry")
@only(Role.ADMINISTRATOR)
def retry(job: str) -> Response:
    with page_transaction() as (db, actor):
        retry_job(db, actor, job, read_request())
    flash(gettext("It is tried again at once."))
    return redirect(url_for("jobs.index"), 303)
