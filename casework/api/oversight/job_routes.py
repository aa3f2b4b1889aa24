"""What happens by itself, for administrators: the queue of jobs, and the log of mails."""

from __future__ import annotations

from flask import current_app

from casework.api.oversight import job_schemas as schemas
from casework.api.protocol import schemas as shared
from casework.api.protocol.routes import Call, Route, get, post
from casework.operations.core.idempotency import Done
from casework.operations.core.paging import Page
from casework.operations.notifications import mail_outbox
from casework.operations.notifications.views import MailRow
from casework.operations.oversight import job_health
from casework.operations.oversight.views import Jobs


def show_jobs(call: Call) -> Jobs:
    return job_health.show_jobs(call.db, call.actor, current_app.extensions["casework.backups"]())


def retry_job(call: Call) -> Done:
    return job_health.retry_job(call.db, call.actor, call.path["job"], call.request)


def list_mails(call: Call) -> Page[MailRow]:
    asked = call.query
    return mail_outbox.list_mails(call.db, call.actor, state=asked.state, cursor=asked.cursor, limit=asked.limit)


def resend_mail(call: Call) -> Done:
    return mail_outbox.resend_mail(call.db, call.actor, call.path["mail"], call.request)


ROUTES: tuple[Route, ...] = (
    get("/jobs", show_jobs, "Show workers, jobs and what is late; for administrators", schemas.Jobs, scope="admin", for_some=True),
    post("/jobs/{job}/retry", retry_job, "Try a job that failed at once", shared.Made, scope="admin"),
    get("/mails", list_mails, "List the mails and what became of them, never what they said; for administrators",
        schemas.MailPage, query=schemas.MailQuery, scope="admin", for_some=True),
    post("/mails/{mail}/resend", resend_mail, "Send a mail once more; its Message-ID stays", shared.Made, scope="admin"),
)  # fmt: skip
