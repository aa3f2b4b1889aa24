"""Go to a case, a page or an action by its first letters: a page, and for the script of the palette a piece of one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy import Connection

from casework.definitions import load_library
from casework.errors import NotFound
from casework.operations.cases.queries import describe_whole, find_case
from casework.operations.documents.needed_papers import against, to_hand_in
from casework.operations.people.administrator_checks import is_administrator
from casework.operations.search import service as search
from casework.operations.search.views import Found
from casework.permissions.actors import Actor
from casework.permissions.visibility import Sight
from casework.web.shell import navigation
from casework.web.shell.i18n import edition_text, name_of
from casework.web.shell.session import page_transaction
from casework.web.shell.task_links import case_url
from casework.web.shell.values import service_name

blueprint = Blueprint("palette", __name__)
#: Of each kind of thing that is found.
MOST = 5


@dataclass(frozen=True)
class Way:
    """Somewhere to go: what it is called, what stands beside it in grey, and its address."""

    words: str
    aside: str
    url: str


@dataclass(frozen=True)
class Ways:
    """Ways of one kind, under one heading."""

    heading: str
    ways: list[Way]


@blueprint.get("/go")
def show() -> str:
    """Where one may go: pages and, within a case, what may be done there; with words also what they find."""
    # Whatever stands between two words, a wide space of a Chinese keyboard too.
    words, number = " ".join(request.args.get("q", "").split()), request.args.get("case", "").strip()
    with page_transaction() as (db, actor):
        groups = [group for group in _groups(db, actor, words, number) if group.ways]
    fragment = "X-Casework" in request.headers
    return render_template(
        "search/ways.html" if fragment else "search/go.html", groups=groups, words=words, case=number
    )


def _groups(db: Connection, actor: Actor, words: str, number: str) -> Iterator[Ways]:
    """The groups in the order in which they are read: the case one has in mind, what may be done there, then the rest."""
    found = search.search(db, actor, words, MOST, registers=False)
    exact, left = next((case.number for case in found.cases if case.number.lower() == words.lower()), None), ""
    if words and not exact and not number:
        exact, left, found = _named(db, actor, words, found)
    yield Ways(
        gettext("Cases"),
        [Way(case.number, case.title or gettext("erased"), case_url(case.number)) for case in found.cases],
    )
    if here := exact or number:
        yield Ways(
            gettext("Actions in %(number)s", number=here), list(_actions(db, actor, here, left if exact else words))
        )
    yield Ways(
        gettext("Referrals"),
        [
            Way(service_name(one.service), one.title or gettext("erased"), url_for("referrals.show", referral=one.id))
            for one in found.referrals
        ],
    )
    yield Ways(
        gettext("Sealed mediations"),
        [
            Way(one.title or gettext("erased"), "", url_for("mediations.show", mediation=one.id))
            for one in found.mediations
        ],
    )
    yield Ways(
        gettext("Pages"),
        [Way(link.label, "", link.url) for link in _pages(actor) if words.casefold() in link.label.casefold()],
    )
    yield Ways(
        gettext("Documents"),
        [
            Way(one.title or gettext("erased"), one.number or "", url_for("documents.show", document=one.id))
            for one in found.documents
        ],
    )
    if is_administrator(actor):
        yield Ways(
            gettext("People"),
            [Way(name_of(one), "", url_for("administration.person", person=one.id)) for one in found.people],
        )


def _named(db: Connection, actor: Actor, words: str, found: Found) -> tuple[str | None, str, Found]:
    """The one case that words name, what is left of them to name an action there, and what was found by the others.

    Where all of them name nothing, the last may say what to do, or the first: "depot hold", "hold depot".
    """
    first, _, rest = words.partition(" ")
    start, _, last = words.rpartition(" ")
    tried = [(found, "")]
    if not found.cases and rest:
        tried += [
            (search.search(db, actor, case, MOST, registers=False), action)
            for case, action in ((start, last), (rest, first))
        ]
    for one, left in tried:
        if len(one.cases) == 1:
            return one.cases[0].number, left, one
    return None, "", found


def _actions(db: Connection, actor: Actor, number: str, words: str) -> Iterator[Way]:
    """What the actor may do or, by its words, ask for now in a case; nothing of one that the actor does not see whole."""
    try:
        case, level = find_case(db, actor, number)
    except NotFound:
        return
    if level < Sight.ALL:
        return
    library, whole = load_library(), describe_whole(db, actor, case)
    for action in whole.actions:
        edition = library[case.tracks[action.track].edition]
        label = edition_text(edition, f"transitions.{action.transition}.do")
        if not against(action.why_not, to_hand_in(actor, case, action)) and words.casefold() in label.casefold():
            url = url_for("cases.act", number=case.number, track=action.track, transition=action.transition)
            yield Way(label, edition_text(edition, "title"), url)
    # So many may be asked for that only those named are listed.
    for asked in whole.requests if words else ():
        edition = library[case.tracks[asked.track].edition]
        label = edition_text(edition, f"tasks.{asked.rule}")
        if not asked.why_not and words.casefold() in label.casefold():
            url = url_for("cases.new_task", number=case.number, track=asked.track, kind=asked.task)
            yield Way(label, edition_text(edition, "title"), url)


def _pages(actor: Actor) -> list[navigation.Link]:
    return navigation.rail(actor.roles())
