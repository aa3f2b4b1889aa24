"""What an enterprise sees of its link, without an account: the form of its need, and what became of it.

Nothing is changed by a GET: what scans the links of mails sends nothing. The secret of the link stands in a cookie and in no address.
"""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as BaseResponse

from casework.errors import InvalidForm, NotFound
from casework.operations.catalogue import need_links
from casework.operations.catalogue.need_links import WRITABLE, ShownStatement
from casework.operations.links.office_links import OPEN_FOR
from casework.web.auth.link_secrets import held, hold, insist_shown, speak
from casework.web.catalogue.statement_form import answers_of, form_of, said_by
from casework.web.shell import layout
from casework.web.shell.form_fields import PREFIX
from casework.web.shell.forms import build_form, parse_form, wants_more
from casework.web.shell.i18n import N_, say_faults
from casework.web.shell.session import open_transaction

blueprint = Blueprint("stated", __name__, url_prefix="/state-need")

#: What the browser keeps: the secret of the link, and of what it has opened.
LINK, OPENED = "need-link", "need"
#: How a statement stands, to the enterprise.
STANDS = {
    "draft": N_("not sent yet"), "submitted": N_("received; the office looks at it"), "asked": N_("the office asks back"),
    "accepted": N_("accepted; technologies are looked for"), "refused": N_("not taken in"), "withdrawn": N_("taken back"),
    "matched": N_("matched; a case is open"), "met": N_("met"), "expired": N_("expired"),
}  # fmt: skip


@blueprint.get("")
def land() -> str:
    """Where a link leads: its secret stands behind the mark, and comes by the form."""
    return render_template(
        "links/land.html", title=gettext("State your technology need"), action=url_for("stated.open_link")
    )


@blueprint.post("")
def open_link() -> BaseResponse:
    token = request.form.get("secret", "").strip()[:200]
    try:
        with open_transaction() as db:
            running, language = need_links.language_of(db, token)
            opened = need_links.open_statement(db, token)
    except NotFound:
        return _gone()
    response = redirect(url_for("stated.show"), 303)
    hold(response, LINK, token, OPEN_FOR)
    hold(response, OPENED, opened, OPEN_FOR)
    return speak(response, language, OPEN_FOR)


def _gone() -> Response:
    return make_response(render_template("needs/gone.html"), 404)


@blueprint.get("/form")
def show() -> Response:
    return _show({}, None)


def _show(faults: Mapping[str, str], sent: MultiDict[str, str] | None, status: int = 200) -> Response:
    """The form as far as it is filled in, or what became of what was sent."""
    try:
        with open_transaction() as db:
            one = need_links.show_statement_of(db, held(LINK), held(OPENED))
    except NotFound:
        return _gone()
    layout.use_calendar(one.calendar)
    rules, texts = form_of(one.lists, one.said)
    typed = sent
    if typed is None and one.typed:
        typed = MultiDict((name, value) for name, values in one.typed.items() for value in values)
    page = render_template(
        "needs/state.html",
        one=one,
        stands=gettext(STANDS[_state(one)]),
        writable=one.state in WRITABLE,
        form=build_form(
            "need", rules, texts, values=None if typed else answers_of(one.said), submitted=typed, faults=faults
        ),
        faults=faults,
    )
    return make_response(page, status)


def _state(one: ShownStatement) -> str:
    return one.becomes if one.becomes in STANDS else one.state


def _typed() -> dict[str, list[str]]:
    """What stands in the form, by what it is sent as."""
    return {name: request.form.getlist(name) for name in request.form if name.startswith(PREFIX)}


@blueprint.post("/draft")
def keep() -> BaseResponse:
    """Keep what is typed: by the script every few seconds, or by the button."""
    quiet = request.headers.get("X-Casework") == "script"
    try:
        with open_transaction() as db:
            insist_shown(db, LINK)
            need_links.keep_typed(db, held(LINK), held(OPENED), _typed())
    except NotFound:
        return _gone() if quiet else _as_it_stands()
    except InvalidForm as refusal:
        return _show(_faults(refusal), request.form, 422)
    if quiet:
        return Response(status=204)
    flash(gettext("It is kept, and nothing is sent yet. Open the link again to go on."))
    return redirect(url_for("stated.show"), 303)


def _faults(refusal: InvalidForm) -> dict[str, str]:
    """What is wrong, by its field; what is wrong with the whole stands above it."""
    return {"" if name == "form" else name: words for name, words in say_faults(refusal).items()}


def _as_it_stands() -> BaseResponse:
    """Leads on to what became of the need: it was sent, taken back or decided before, or the link opens nothing."""
    return redirect(url_for("stated.show"), 303)


@blueprint.post("/form")
def send() -> BaseResponse:
    if wants_more(request.form):
        return _show({}, request.form)
    try:
        with open_transaction() as db:
            insist_shown(db, LINK)
            one = need_links.show_statement_of(db, held(LINK), held(OPENED))
        layout.use_calendar(one.calendar)
        rules, _ = form_of(one.lists, one.said)
        said = said_by(rules, parse_form(rules, request.form))
        with open_transaction() as db:
            # It opens again as it was sent, where the office asks back.
            need_links.send_statement(db, held(LINK), held(OPENED), said, typed=_typed())
    except InvalidForm as refusal:
        return _show(_faults(refusal), request.form, 422)
    except NotFound:
        return _as_it_stands()
    flash(gettext("Your need is sent. What becomes of it stands here, under the same link."))
    return redirect(url_for("stated.show"), 303)


@blueprint.post("/withdraw")
def withdraw() -> BaseResponse:
    try:
        with open_transaction() as db:
            insist_shown(db, LINK)
            need_links.withdraw_statement(db, held(LINK), held(OPENED))
    except NotFound:
        return _as_it_stands()
    flash(gettext("Your need is taken back."))
    return redirect(url_for("stated.show"), 303)


__all__ = ["blueprint"]
