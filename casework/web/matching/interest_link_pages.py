"""What a side sees of its link, without an account: what it is told of some matches, and the form that asks what it thinks of each."""

from __future__ import annotations

from flask import render_template, request
from sqlalchemy import Connection

from casework import reasons
from casework.errors import InvalidForm
from casework.operations.matching import interest_links
from casework.operations.matching.interest_links import Says, ShownInterest
from casework.operations.matching.interest_mail import INTEREST, OPEN
from casework.web.links.office_pages import Faults, LinkPages, Typed
from casework.web.matching.interest_form import at_fields, form_of, said_by, say_need, say_technology, title_of
from casework.web.shell.form_fields import PREFIX
from casework.web.shell.forms import build_form, parse_form
from casework.web.shell.i18n import N_

#: What was said of each match, by whom and as what, and where each match stands in the form.
Given = tuple[dict[str, Says], str, str, dict[str, int]]


def _asked(one: ShownInterest) -> dict[str, int]:
    """The matches that are not decided, each with its place, which stays when another is decided."""
    return {told["match"]: n for n, told in enumerate(one.matches) if told["match"] not in one.decided}


def _page(one: ShownInterest, typed: Typed | None, faults: Faults) -> str:
    """What is asked, with what was typed; or that it is answered, and what comes next."""
    if one.state != OPEN:
        return render_template("matching/interest_over.html", one=one)
    asked = _asked(one)
    rules, texts = form_of(asked.values(), one.why)
    return render_template(
        "matching/interest.html",
        one=one,
        form=build_form("interest", rules, texts, submitted=typed, faults=faults),
        told=[(title_of(told), say_technology(told)) for told in one.matches if told["match"] in asked],
        decided=[title_of(told) for told in one.matches if told["match"] in one.decided - one.withdrawn],
        withdrawn=len(one.withdrawn),
        need=title_of(one.need) if one.need.get("title") else "",
        need_told=say_need(one.need),
        faults=faults,
    )


def _parse(one: ShownInterest) -> Given:
    asked = _asked(one)
    if any(f"{PREFIX}says_{n}" in request.form for n in {*range(len(one.matches))} - {*asked.values()}):
        raise InvalidForm(fields={"form": reasons.catalogue.DECIDED_MEANWHILE})
    rules, _ = form_of(asked.values(), one.why)
    return *said_by(rules, parse_form(rules, request.form), asked), asked


def _send(db: Connection, token: str, opened: str, given: Given) -> None:
    says, by, position, asked = given
    try:
        interest_links.send_interest(db, token, opened, says, by=by, position=position)
    except InvalidForm as refusal:
        raise at_fields(refusal, asked) from None


PAGES = LinkPages(
    kind=INTEREST,
    name="interest",
    title=N_("Is this of interest to you?"),
    read=interest_links.show_interest_of,
    page=_page,
    parse=_parse,
    send=_send,
)
blueprint = PAGES.blueprint(__name__)

__all__ = ["blueprint"]
