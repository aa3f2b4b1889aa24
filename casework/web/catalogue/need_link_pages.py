"""What an enterprise sees of its link, without an account: the form of its need, and what became of it."""

from __future__ import annotations

from flask import Flask, render_template, request
from flask_babel import gettext
from sqlalchemy import Connection
from werkzeug.wrappers import Response

from casework.engine.tasks.party_answers import MOST_FILES
from casework.errors import NotFound
from casework.operations.catalogue import need_links
from casework.operations.catalogue.need_files import NeedFile, files_in
from casework.operations.catalogue.need_links import Said, ShownStatement
from casework.operations.catalogue.need_mail import STATEMENT, WRITABLE
from casework.operations.documents.storage import Kept
from casework.web.catalogue.statement_form import DROP, answers_of, files_sent, form_of, said_by
from casework.web.links.link_files import allow_files
from casework.web.links.office_pages import Faults, LinkPages, Typed, typed_now
from casework.web.shell import layout
from casework.web.shell.countries import with_countries
from casework.web.shell.forms import build_form, parse_form
from casework.web.shell.i18n import N_

#: How a statement stands, to the enterprise.
STANDS = {
    "draft": N_("not sent yet"), "submitted": N_("received; the office looks at it"), "asked": N_("the office asks back"),
    "accepted": N_("accepted; technologies are looked for"), "refused": N_("not taken in"), "withdrawn": N_("taken back"),
    "matched": N_("matched; a case is open"), "met": N_("met"), "expired": N_("expired"),
}  # fmt: skip
#: What was sent, the files that are new, and those that go.
Given = tuple[Said, list[Kept], list[str]]


def register(app: Flask) -> None:
    """Before a form is read."""
    allow_files(app, "stated.answer", PAGES.opened)


def _page(one: ShownStatement, typed: Typed | None, faults: Faults) -> str:
    """The form as far as it is filled in, or what became of what was sent."""
    layout.use_calendar(one.calendar)
    rules, texts = form_of(one.lists, one.said)
    values = None if typed else answers_of(one.said)
    return render_template(
        "needs/state.html",
        one=one,
        stands=gettext(STANDS[one.becomes if one.becomes in STANDS else one.state]),
        writable=one.state in WRITABLE,
        form=with_countries(build_form("need", rules, texts, values=values, submitted=typed, faults=faults)),
        faults=faults,
        files=_files(one),
        dropped=request.form.getlist(DROP),
        most_files=MOST_FILES,
    )


def _files(one: ShownStatement) -> list[NeedFile]:
    return files_in({"files": one.said.files} if one.said else {})


def _parse(one: ShownStatement) -> Given:
    """What was sent, with its files."""
    if one.state not in WRITABLE:
        raise NotFound("link")
    layout.use_calendar(one.calendar)
    rules, _ = form_of(one.lists, one.said)
    said = said_by(rules, parse_form(rules, request.form))
    return said, *files_sent(one, said, _files(one))


def _send(db: Connection, token: str, opened: str, given: Given) -> None:
    said, files, without = given
    # It opens again as it was sent, where the office asks back.
    need_links.send_statement(db, token, opened, said, typed=typed_now(), files=files, without=without)


PAGES = LinkPages(
    kind=STATEMENT,
    name="stated",
    title=N_("State your technology need"),
    read=need_links.show_statement_of,
    page=_page,
    parse=_parse,
    send=_send,
    sent=N_("Your need is sent. What becomes of it stands here, under the same link."),
)
blueprint = PAGES.blueprint(__name__)


@blueprint.post("/withdraw")
def withdraw() -> Response:
    return PAGES.act(need_links.withdraw_statement, gettext("Your need is taken back."))


__all__ = ["blueprint", "register"]
