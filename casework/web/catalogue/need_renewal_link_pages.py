"""What an enterprise sees of the link that asks whether its need still holds, without an account."""

from __future__ import annotations

from typing import Any

from flask import Flask, current_app, render_template, request
from flask_babel import gettext
from sqlalchemy import Connection
from werkzeug.wrappers import Response

from casework import reasons
from casework.engine.definition.forms import Date
from casework.engine.tasks.party_answers import MOST_FILES
from casework.errors import InvalidForm, NotFound
from casework.operations.catalogue import need_renewal_links
from casework.operations.catalogue.need_files import files_in
from casework.operations.catalogue.need_links import Said
from casework.operations.catalogue.need_mail import SUBMITTED, WRITABLE
from casework.operations.catalogue.need_renewal_links import ShownRenewal
from casework.operations.catalogue.need_renewal_mail import RENEWAL
from casework.operations.documents.storage import Kept
from casework.operations.notifications.catalogue_news import RENEWAL as ANSWERED
from casework.operations.notifications.catalogue_news import tell_keepers
from casework.web.catalogue.listed_fields import listed_form, names_in
from casework.web.catalogue.pages import FIELDS, say_value
from casework.web.catalogue.statement_form import DROP, StatedNeed, answers_of, files_sent, said_by
from casework.web.links.link_files import allow_files
from casework.web.links.office_pages import Faults, LinkPages, Typed, typed_now
from casework.web.shell import layout
from casework.web.shell.countries import with_countries
from casework.web.shell.forms import build_form, parse_form
from casework.web.shell.i18n import N_
from casework.web.shell.layout import clock

#: How a question stands, to the enterprise.
STANDS = {
    "draft": N_("not answered yet"), "submitted": N_("received; the office looks at it"), "asked": N_("the office asks back"),
    "renewed": N_("holds on as it was"), "accepted": N_("holds on; what you said is on record"),
    "refused": N_("holds on as it was before"), "withdrawn": N_("withdrawn"), "revoked": N_("the office asks no more"),
    "closed": N_("the office asks no more"),
}  # fmt: skip
#: What is asked first; what the need says lies behind them.
FIRST = ("valid_until", "by", "position")
#: What was sent: the need, until when it holds, what of it was shown, the files that are new, and those that go.
Given = tuple[Said, str, str, list[Kept], list[str]]


class RenewedNeed(StatedNeed):
    # What was wanted by a day that has passed may hold still, as it stands.
    wanted_by = Date(label=N_("Wanted by"), required=False)
    valid_until = Date(
        label=N_("It holds until"), future=True, help=N_("A year from today at most. You are asked again before.")
    )


def register(app: Flask) -> None:
    """Before a form is read."""
    allow_files(app, "renewed.answer", PAGES.opened)


def _told(db: Connection, programme: str, needs: list[str]) -> None:
    tell_keepers(db, programme, needs, what=ANSWERED, mailing=bool(current_app.config["MAILING"]))


def _page(one: ShownRenewal, typed: Typed | None, faults: Faults) -> str:
    """The need as it stands with the form as far as it is filled in, or what became of what was sent."""
    layout.use_calendar(one.calendar)
    rules, texts = listed_form(RenewedNeed, "need", one.lists, one.says.fields)
    values: Any = None if typed else answers_of(one.says) | {"valid_until": one.latest.isoformat()}
    form = with_countries(build_form("renewal", rules, texts, values=values, submitted=typed, faults=faults))
    files = files_in({"files": one.says.files})
    changed = (
        bool(typed)
        or one.state == "asked"
        or bool(files)
        or bool(faults.keys() - {"", *FIRST, "reason", "who", "sure"})
    )
    return render_template(
        "needs/renew.html",
        one=one,
        said=_said(one),
        stands=gettext(STANDS[one.state]),
        writable=one.state in WRITABLE,
        waits=one.state == SUBMITTED,
        first=[part for part in form.fields if part.name in FIRST],
        form=form,
        then=[part for part in form.fields if part.name not in FIRST],
        open=changed,
        faults=faults,
        files=files,
        dropped=request.form.getlist(DROP),
        most_files=MOST_FILES,
    )


def _said(one: ShownRenewal) -> list[tuple[str, Any]]:
    """The need as it stands, each with what it is called."""
    words = names_in(one.lists, "need", one.stands.fields)
    return [
        (gettext(label), say_value(one.stands.fields[name], name, words))
        for name, label in FIELDS["need"].items()
        if name in one.stands.fields
    ]


def _parse(one: ShownRenewal) -> Given:
    if one.state not in WRITABLE:
        raise NotFound("link")
    layout.use_calendar(one.calendar)
    rules, _ = listed_form(RenewedNeed, "need", one.lists, one.says.fields)
    data = parse_form(rules, request.form)
    said, until = said_by(rules, data), str(data["valid_until"])
    need_renewal_links.insist_bounded(until, clock().office_today)
    # Of what will not be taken in no file comes into the store.
    if (seen := request.form.get("seen", "")) != one.seen:
        raise InvalidForm(fields={"form": reasons.catalogue.SHOWN_BEFORE})
    return said, until, seen, *files_sent(one, said, files_in({"files": one.says.files}))


def _send(db: Connection, token: str, opened: str, given: Given) -> None:
    said, until, seen, files, without = given
    typed = typed_now()
    need_renewal_links.answer_renewal(
        db, token, opened, said, until=until, seen=seen, typed=typed, files=files, without=without, tell=_told
    )


PAGES = LinkPages(
    kind=RENEWAL,
    name="renewed",
    title=N_("Does your technology need still hold?"),
    read=need_renewal_links.show_renewal_of,
    page=_page,
    parse=_parse,
    send=_send,
    sent=N_("It is recorded. What becomes of it stands here, under the same link."),
)
blueprint = PAGES.blueprint(__name__)


@blueprint.post("/withdraw")
def withdraw() -> Response:
    return PAGES.act(_withdraw, gettext("Your need is withdrawn. The office is told."))


def _withdraw(db: Connection, token: str, opened: str) -> None:
    reason, who = request.form.get("reason", "")[:10_000], request.form.get("who", "")[:200]
    faults = {
        name: reasons.fields.REQUIRED
        for name, said in (("reason", reason), ("who", who), ("sure", request.form.get("sure", "")))
        if not said.strip()
    }
    if faults:
        raise InvalidForm(fields=faults)
    need_renewal_links.withdraw_need(db, token, opened, reason=reason, by=who, tell=_told)


__all__ = ["blueprint", "register"]
