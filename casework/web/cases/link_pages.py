"""The links of a case to others: how they are told on its page, and the forms by which one is made or ended."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from flask import Response
from flask_babel import gettext
from sqlalchemy import Connection
from werkzeug.wrappers import Response as BaseResponse

from casework.definitions import load_library
from casework.engine.case_objects.case_links import CHILD, DUPLICATE, ORIGINAL, PARENT, RELATED
from casework.engine.definition.forms import Choice, Form, Note, Text
from casework.engine.state.case import Case
from casework.errors import NotFound
from casework.json_values import JsonObject
from casework.operations.cases import case_links
from casework.operations.cases.link_views import CaseLink, LinkedCase
from casework.operations.core.idempotency import Done, Request
from casework.permissions.actors import Actor
from casework.web.cases.case_action_pages import CaseAction, answer_action, ask_action, checked
from casework.web.cases.list_page import NAMES_OF_WAITS, say_outcome
from casework.web.shell.i18n import N_, edition_text

#: What the other case is to this one; before its number.
KINDS = {
    RELATED: N_("Related case"), PARENT: N_("Parent case"), CHILD: N_("Child case"),
    ORIGINAL: N_("Duplicate of case"), DUPLICATE: N_("Has the duplicate"),
}  # fmt: skip


class NewLink(Form):
    other = Text(label=N_("Number of the other case"), max=40, help=N_("A case of the same programme."))
    kind = Choice(
        label=N_("What the other case is"),
        choices={
            RELATED: N_("related to this case"),
            PARENT: N_("the parent of this case"),
            CHILD: N_("a child of this case"),
            ORIGINAL: N_("the one that this case is a duplicate of"),
            DUPLICATE: N_("a duplicate of this case"),
        },
    )


class EndedLink(Form):
    reason = Note(label=N_("Why the link ends"))


LINK = CaseAction(
    "link_case",
    NewLink,
    N_("Link another case"),
    N_("Link the case"),
    N_("The cases are linked."),
    N_("Both histories tell of it, and who is responsible for the other case hears of it."),
)
UNLINK = CaseAction(
    "link_case",
    EndedLink,
    N_("End the link"),
    N_("End the link"),
    N_("The link has ended."),
    N_("Both histories keep that there was one, and why it ended."),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class LinkTold:
    """A linked case in words."""

    id: str
    number: str
    kind: str
    title: str | None = None
    state: str = ""
    outcome: str = ""
    waits_for: str = ""
    removed: bool = False


def say_links(links: Sequence[CaseLink]) -> list[LinkTold]:
    """Which cases one is linked to, and of those that stand as they stand, how."""
    return [_told(link) for link in links]


def _told(link: CaseLink) -> LinkTold:
    kind = gettext(KINDS[link.kind])
    if not isinstance(link, LinkedCase):
        return LinkTold(id=link.id, number=link.number, kind=kind)
    edition = load_library()[link.edition]
    return LinkTold(
        id=link.id,
        number=link.number,
        kind=kind,
        title=link.title,
        state=edition_text(edition, f"states.{link.state}"),
        outcome=say_outcome(edition, link.outcome, link.state),
        waits_for=gettext(NAMES_OF_WAITS[link.waits_for]) if link.waits_for in NAMES_OF_WAITS else "",
        removed=link.removed,
    )


def ask_link(number: str) -> Response:
    return ask_action(number, LINK)


def link(number: str) -> BaseResponse:
    def do(db: Connection, actor: Actor, key: Request, revision: int, data: JsonObject) -> Done:
        given = checked(LINK, data)
        return case_links.link_cases(
            db, actor, number, other=given["other"].strip(), kind=given["kind"], revision=revision, request=key
        )

    return answer_action(number, LINK, do)


def ask_end_link(number: str, case_link: UUID) -> Response:
    return ask_action(number, UNLINK, str(case_link), insist=_has(str(case_link)))


def end_link(number: str, case_link: UUID) -> BaseResponse:
    def do(db: Connection, actor: Actor, key: Request, revision: int, data: JsonObject) -> Done:
        reason = checked(UNLINK, data)["reason"]
        return case_links.end_case_link(
            db, actor, number, str(case_link), reason=reason, revision=revision, request=key
        )

    return answer_action(number, UNLINK, do, str(case_link), insist=_has(str(case_link)))


def _has(link: str) -> Callable[[Case], None]:
    def check_case(case: Case) -> None:
        if link not in case.related:
            raise NotFound("link")

    return check_case


__all__ = ["ask_end_link", "ask_link", "end_link", "link", "say_links"]
