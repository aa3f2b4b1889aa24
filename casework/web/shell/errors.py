"""What went wrong, as a page in the same frame. The table of statuses is the API's."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from flask import Flask, Response, flash, g, make_response, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge, SecurityError
from werkzeug.wrappers import Response as BaseResponse

from casework.api import PREFIX
from casework.api.protocol.errors import RETRY_AFTER_S, STATUS, answer_database, answer_error, answer_http
from casework.errors import CaseworkError, InvalidForm, NotFound, NotSignedIn, TooManyAttempts
from casework.operations.auth.sessions import person_of_ended
from casework.operations.core.drafts import save_draft
from casework.records.standbys import OutcomeUnknown
from casework.web.shell.forms import PROOF, form_name
from casework.web.shell.i18n import N_, say_error
from casework.web.shell.redirects import local_path
from casework.web.shell.session import open_transaction, session_secret

_log = logging.getLogger("casework.web")
#: Paths that programs ask: they get problem details.
PROGRAMS = (PREFIX, "/hooks/in/", "/health", "/ready")

_NOTHING = N_("Nothing is recorded.")
#: By status the title of its page, and what happened, what is safe and what to do.
SAYS = {
    400: (
        N_("This could not be read"), N_("The page was not sent as it was shown."), _NOTHING,
        N_("Open the page again and fill in the form again."),
    ),
    403: (
        N_("You may not do this"), N_("Your roles do not allow it."), N_("Nothing is recorded. Everything is as it was."),
        N_("If you should be able to, ask an administrator of your programme or of your organisation for the role."),
    ),
    404: (
        N_("There is nothing here"), N_("There is no such page, or you may not see it."),
        N_("Nothing is lost: what you may see is where it was."),
        N_("Check the address, or search for the number at the top of the page."),
    ),
    405: (
        N_("This is not possible here"), N_("The page does not take what was sent."), _NOTHING,
        N_("Go back to the page and use its buttons."),
    ),
    409: (
        N_("This is not possible now"), N_("Something has happened meanwhile that speaks against it."), _NOTHING,
        N_("Go back, see what is new there, and choose again."),
    ),
    410: (
        N_("This is over"), N_("What the link opened has ended or was used."), N_("Nothing is lost. What was recorded stays."),
        N_("Ask the person who sent you the link for a new one."),
    ),
    412: (
        N_("The case has moved"), N_("Somebody recorded something in this case while you had the page open."),
        N_("Nothing of yours is recorded, and nothing of theirs is overwritten."),
        N_("Open the case, read what is new, and do it again if it still fits."),
    ),
    413: (
        N_("This is too large"), N_("More was sent than the page takes."), N_("Nothing is recorded, and no file is kept."),
        N_("Send smaller files, or fewer at once."),
    ),
    422: (
        N_("Something in the form is wrong"), N_("An answer is missing or cannot be."), _NOTHING,
        N_("Go back to the form and put the answer right."),
    ),
    429: (
        N_("Too many attempts"), N_("This was asked for too often in a short time."),
        N_("Nothing is recorded, and nobody is locked out."), N_("Wait a little and try again."),
    ),
    500: (
        N_("Something is wrong on our side"), N_("A fault of ours stopped the page."),
        N_("Nothing of this step is recorded. What was recorded before is safe."),
        N_("Try again. If it stays, tell those who run Casework the number below."),
    ),
    503: (
        N_("The database does not answer"), N_("A part that Casework needs cannot be reached."),
        N_("Nothing of this step is recorded. What was recorded before is safe."), N_("Try again in a moment."),
    ),
}  # fmt: skip
#: The same where the database went away during the very last step.
UNSURE = (
    N_("Nobody knows whether this is recorded"), N_("The database went away at the very moment of recording."),
    N_("What was recorded before is safe. This step is recorded as a whole or not at all."),
    N_("Wait a moment, look whether it is there, and do it again only if it is not."),
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Problem:
    """What the page of an error says; `back` is the page that it came from, where that is known."""

    status: int
    title: str
    happened: str
    safe: str
    todo: str
    back: str


def register(app: Flask) -> None:
    app.register_error_handler(CaseworkError, answer_refusal)
    app.register_error_handler(DBAPIError, answer_database_fault)
    app.register_error_handler(PoolTimeout, answer_database_fault)
    app.register_error_handler(CSRFError, answer_forged)
    app.register_error_handler(HTTPException, answer_server)
    app.register_error_handler(Exception, answer_fault)


def for_programs() -> bool:
    return request.path.startswith(PROGRAMS)


def answer_refusal(error: CaseworkError) -> BaseResponse:
    """A refusal of ours that the page itself did not show."""
    g.refusal = error
    if for_programs():
        return answer_error(error)
    if isinstance(error, NotSignedIn):
        return ask_to_sign_in()
    status = next((STATUS[kind] for kind in type(error).__mro__ if kind in STATUS), 500)
    if status == 500:
        return answer_fault(error)
    if isinstance(error, NotFound):
        return show(404)
    if status == 503:
        return show(503, says=UNSURE if isinstance(error, OutcomeUnknown) else None)
    response = show(status, say_error(error))
    if isinstance(error, TooManyAttempts):
        response.headers["Retry-After"] = str(error.seconds)
    return response


def ask_to_sign_in() -> BaseResponse:
    """Sign in, and go on where one was; what was typed is kept."""
    where = local_path(request.full_path.rstrip("?"))
    if request.method != "GET":
        where = local_path(request.form.get("page", "")) or "/"
        if _keep_typed():
            flash(gettext("Your session was over. Your text is kept: sign in to go on."), "warn")
    target = url_for("accounts.sign_in", next=where if where != "/" else None)
    if request.headers.get("X-Casework"):
        return Response(status=204, headers={"X-Sign-In": target})
    return redirect(target, 303)


def _keep_typed() -> bool:
    name, secret = form_name(request.form.get("form", "")), session_secret()
    if name is None or secret is None:
        return False
    try:
        with open_transaction() as db:
            person = person_of_ended(db, secret)
            if person is None:
                return False
            save_draft(db, person, name, typed())
    except InvalidForm:
        return False
    return True


def typed() -> dict[str, list[str]]:
    """What of a form is worth keeping: not what belongs to one rendering of it."""
    passing = ("csrf_token", "key", "revision", "form", "page", "password", "credential")
    return {
        name: request.form.getlist(name) for name in request.form if name not in passing and not name.startswith(PROOF)
    }


def answer_database_fault(error: DBAPIError | PoolTimeout) -> BaseResponse:
    answer = answer_database(error)
    return answer if for_programs() else show(answer.status_code)


def answer_forged(error: CSRFError) -> BaseResponse:
    """The form's token does not fit: it was open in another session, or another site sent it."""
    g.security_event = "forged_form"
    return show(400, gettext("This form belongs to another session."))


def answer_server(error: HTTPException) -> BaseResponse:
    """What the server itself refuses."""
    if for_programs():
        return answer_http(error)
    # Of a host that is not ours no address can be made, and so no page.
    if error.code is None or error.code < 400 or isinstance(error, SecurityError):
        return error.get_response()
    response = show(error.code)
    for key, value in error.get_headers():
        if key in ("Allow", "Retry-After"):
            response.headers[key] = value
    return response


def answer_fault(error: Exception) -> BaseResponse:
    """Something of ours is wrong: it goes into the log, and the reader gets its number."""
    _log.error("a fault of ours (request %s)", g.get("request_id"), exc_info=error)
    return answer_error(CaseworkError()) if for_programs() else show(500)


def _page_of_form(status: int) -> str:
    """Where the form that was sent stood; "" of what is too large, also for an address that is none: of that nothing is read."""
    if request.method != "POST" or status == 413:
        return ""
    try:
        return local_path(request.form.get("page", "")) or ""
    except RequestEntityTooLarge:
        return ""


def show(status: int, words: str | None = None, says: tuple[str, str, str, str] | None = None) -> Response:
    """The page of an error; `says`: other words than its status has."""
    title, happened, safe, todo = map(gettext, says or SAYS[status if status in SAYS else 400 if status < 500 else 500])
    problem = Problem(
        status=status,
        title=title,
        happened=words or happened,
        safe=safe,
        todo=todo,
        back=_page_of_form(status),
    )
    try:
        page = render_template("shell/error.html", problem=problem)
    except (SQLAlchemyError, CaseworkError):
        # Not even the reader can be looked up: the frame for strangers.
        g._person = None
        page = render_template("shell/error.html", problem=problem)
    response = make_response(page, status)
    if status == 503:
        response.headers["Retry-After"] = str(RETRY_AFTER_S)
    return response
