"""The page onto which an auditor drops a file that was taken out of here once: whether it is whole, and what is wrong with it."""

from __future__ import annotations

from flask import Blueprint, Flask, Response, current_app, make_response, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from casework import reasons
from casework.engine.roles import Role
from casework.operations.core.perform import home_calendar
from casework.operations.verification import file_checks
from casework.operations.verification.file_checks import MOST_BYTES, FileVerdict
from casework.operations.verification.witnesses import live_keys
from casework.web.shell.i18n import N_, chinese, say
from casework.web.shell.session import only, page_transaction, viewer

blueprint = Blueprint("file_checks", __name__, url_prefix="/verification/file")

_MEGABYTES = MOST_BYTES // 1_000_000
_TAKES = "file_checks.check"
#: What stands beside the file in such a request.
_BESIDE = 1_000_000
#: What a file is called, by its kind.
KINDS = {
    "case": N_("The file of a case"), "certificate": N_("A certificate"), "attestation": N_("An attestation"),
    "export": N_("An export with its proof"),
    "log": N_("The published log, or a checkpoint of it"),
}  # fmt: skip
#: How it ended, in one sentence, and in which colour.
OUTCOMES = {
    file_checks.WHOLE: (N_("Whole: nothing is wrong with it."), "good"),
    file_checks.WRONG: (N_("Something is wrong with it."), "danger"),
    file_checks.UNREAD: (N_("It cannot be read or judged."), "warn"),
    file_checks.ENDED: (
        N_("The check did not come to its end: the file asks for more time or memory than it is given here, or was made to harm."),
        "warn",
    ),
    file_checks.MISSING: (
        N_("This server has no verifier. Whoever looks after it installs casework-verify beside the application."),
        "warn",
    ),
}  # fmt: skip
#: How the tree that was signed stands to the one that is here.
TREES = {
    file_checks.SAME: N_("The log that is here had this very tree of %(size)s leaves."),
    file_checks.OTHER: N_(
        "The log that is here has another tree of %(size)s leaves: the history was rewritten, here or where the file comes from. Let"
        " nobody change anything, and ask whoever runs the installation for what casework verify says."
    ),
    file_checks.LONGER: N_(
        "The tree in the file has %(size)s leaves, and the log that is here has fewer: an older database was put in its place, or"
        " another installation signs with this key. Let nobody change anything, and ask whoever runs the installation for what casework"
        " verify says."
    ),
}
LEVELS = {
    file_checks.WRONG: (N_("wrong"), "danger"),
    file_checks.UNREAD: (N_("cannot be judged"), "warn"),
    file_checks.NOTE: (N_("to be known"), ""),
}


def register(app: Flask) -> None:
    """Before a form is read: of whoever may not have files checked nothing large is read."""
    app.extensions["casework.large"] |= {_TAKES: MOST_BYTES + _BESIDE}
    app.before_request(_allow)


def _allow() -> None:
    if request.endpoint == _TAKES and (person := viewer()) is not None and Role.AUDITOR in person.actor.roles():
        request.max_content_length = MOST_BYTES + _BESIDE


@blueprint.get("")
@only(Role.AUDITOR)
def show() -> Response:
    return _page()


@blueprint.post("")
@only(Role.AUDITOR)
def check() -> BaseResponse:
    file = request.files.get("file")
    if file is None or not file.filename:
        return _page(say(reasons.imports.CHOOSE_FILE))
    content = file.stream
    if content.seek(0, 2) > MOST_BYTES:
        return _page(say(reasons.catalogue.FILE_TOO_LARGE(most=_MEGABYTES)))
    content.seek(0)
    with page_transaction() as (db, actor):
        file_checks.insist_checker(actor)
        witnessing, calendar = live_keys(db), home_calendar(db, actor)
    name = "".join(letter if letter.isprintable() else "\ufffd" for letter in file.filename)[:200]
    keys = [key.line for key in current_app.extensions["casework.log_keys"]()]
    # Without a key of the log nothing of its witnesses can be told.
    speech = file_checks.Speech(chinese(), calendar.zone if calendar else "UTC")
    verdict = file_checks.check_file(content, name, [*keys, *(witnessing if keys else ())], speech=speech)
    with page_transaction() as (db, actor):
        verdict = file_checks.hold_against(db, actor, verdict)
    return _page(verdict=verdict, name=name)


def _page(fault: str = "", *, verdict: FileVerdict | None = None, name: str = "") -> Response:
    page = render_template(
        "audit/file_check.html",
        fault=fault,
        verdict=verdict,
        name=name,
        kinds=KINDS,
        outcomes=OUTCOMES,
        trees=TREES,
        levels=LEVELS,
        most=MOST_BYTES,
        large=say(reasons.catalogue.FILE_TOO_LARGE(most=_MEGABYTES)),
    )
    return make_response(page, 422 if fault else 200)


__all__ = ["blueprint", "register"]
