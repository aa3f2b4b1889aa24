"""What a side sees of its link, without an account: what it is told of some matches, and the form in which it says what it thinks of each.

Nothing is changed by a GET: what scans the links of mails sends nothing. The secret of the link stands in a cookie and in no address.
"""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as BaseResponse

from casework.errors import InvalidForm, NotFound
from casework.operations.links.office_links import OPEN_FOR
from casework.operations.matching import interest_links
from casework.web.auth.link_secrets import held, hold, insist_shown, speak
from casework.web.matching.interest_form import at_fields, form_of, said_by, say_need, say_technology, title_of
from casework.web.shell.form_fields import PREFIX
from casework.web.shell.forms import build_form, parse_form
from casework.web.shell.i18n import say_faults
from casework.web.shell.session import open_transaction

blueprint = Blueprint("interest", __name__, url_prefix="/interest")

#: What the browser keeps: the secret of the link, and of what it has opened.
LINK, OPENED = "interest-link", "interest"


@blueprint.get("")
def land() -> str:
    """Where a link leads: its secret stands behind the mark, and comes by the form."""
    return render_template(
        "links/land.html", title=gettext("Is this of interest to you?"), action=url_for("interest.open_link")
    )


@blueprint.post("")
def open_link() -> BaseResponse:
    token = request.form.get("secret", "").strip()[:200]
    try:
        with open_transaction() as db:
            running, language = interest_links.language_of(db, token)
            opened = interest_links.open_interest(db, token) if running else ""
    except NotFound:
        return _gone()
    if not running:
        return _gone("over")
    response = redirect(url_for("interest.show"), 303)
    hold(response, LINK, token, OPEN_FOR)
    hold(response, OPENED, opened, OPEN_FOR)
    return speak(response, language, OPEN_FOR)


def _gone(state: str = "") -> Response:
    return make_response(render_template("links/gone.html", state=state), 404)


@blueprint.get("/form")
def show() -> Response:
    return _show({}, None)


def _show(faults: Mapping[str, str], sent: MultiDict[str, str] | None, status: int = 200) -> Response:
    """What is asked, with what was typed; or that it is answered, and what comes next."""
    try:
        with open_transaction() as db:
            one = interest_links.show_interest_of(db, held(LINK), held(OPENED))
    except NotFound:
        return _gone()
    if one.state != "open":
        return make_response(render_template("matching/interest_over.html", one=one), status)
    rules, texts = form_of(len(one.matches), one.why)
    typed = sent
    if typed is None and one.typed:
        typed = MultiDict((name, value) for name, values in one.typed.items() for value in values)
    page = render_template(
        "matching/interest.html",
        one=one,
        form=build_form("interest", rules, texts, submitted=typed, faults=faults),
        told=[(title_of(told), say_technology(told)) for told in one.matches],
        need=title_of(one.need) if one.need.get("title") else "",
        need_told=say_need(one.need),
        faults=faults,
    )
    return make_response(page, status)


@blueprint.post("/draft")
def keep() -> BaseResponse:
    """Keep what is typed: by the script every few seconds, or by the button."""
    quiet = request.headers.get("X-Casework") == "script"
    try:
        with open_transaction() as db:
            insist_shown(db, LINK)
            typed = {name: request.form.getlist(name) for name in request.form if name.startswith(PREFIX)}
            interest_links.keep_typed(db, held(LINK), held(OPENED), typed)
    except NotFound:
        return _gone() if quiet else redirect(url_for("interest.show"), 303)
    except InvalidForm as refusal:
        return _show(_faults(refusal), request.form, 422)
    if quiet:
        return Response(status=204)
    flash(gettext("It is kept, and nothing is sent yet. Open the link again to go on."))
    return redirect(url_for("interest.show"), 303)


def _faults(refusal: InvalidForm) -> dict[str, str]:
    """What is wrong, by its field; what is wrong with the whole stands above it."""
    return {"" if name == "form" else name: words for name, words in say_faults(refusal).items()}


@blueprint.post("/form")
def send() -> BaseResponse:
    matches: list[str] = []
    try:
        with open_transaction() as db:
            insist_shown(db, LINK)
            one = interest_links.show_interest_of(db, held(LINK), held(OPENED))
        matches = [told["match"] for told in one.matches]
        rules, _ = form_of(len(matches), one.why)
        says, by, position = said_by(rules, parse_form(rules, request.form), matches)
        with open_transaction() as db:
            interest_links.send_interest(db, held(LINK), held(OPENED), says, by=by, position=position)
    except InvalidForm as refusal:
        return _show(_faults(at_fields(refusal, matches)), request.form, 422)
    except NotFound:
        # It was answered before, or taken back, or another link is open here: the page says which.
        return redirect(url_for("interest.show"), 303)
    return redirect(url_for("interest.show"), 303)


__all__ = ["blueprint"]
