"""Follow-up after closing: how many parties answer, whom to ask now, and asking several of them by mailed links at once."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from flask import Blueprint, current_app, make_response, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from casework.engine.parties import PARTIES
from casework.engine.roles import Role
from casework.errors import InvalidForm
from casework.json_values import JsonMapping
from casework.operations.core.perform import home_calendar
from casework.operations.links.many import ask_many
from casework.operations.oversight.follow_ups import SILENT, TABS, WAITING, count_follow_ups, list_follow_ups
from casework.operations.oversight.views import FollowUp
from casework.operations.tasks.bulk import MOST, show_chosen, why_not
from casework.web.oversight.figure_words import say_rung
from casework.web.shell import layout
from casework.web.shell.forms import read_request
from casework.web.shell.i18n import N_, say, say_faults
from casework.web.shell.session import list_transaction, only, page_transaction, secret_box

blueprint = Blueprint("follow_ups", __name__)

#: Who is shown the list: the readers of figures; and who asks the parties.
_READERS = (Role.OFFICER, Role.SUPERVISOR, Role.MANAGER, Role.AUDITOR)
_ASKERS = (Role.OFFICER, Role.SUPERVISOR)
_TAB_WORDS = {WAITING: N_("Asked now"), SILENT: N_("No answer")}
#: How the last link for a question stands.
_LINKS = {
    "open": N_("sent, not answered yet"), "used": N_("answered"), "revoked": N_("withdrawn"),
    "over": N_("ended without an answer"),
}  # fmt: skip


@blueprint.app_template_global()
def link_standing(one: FollowUp) -> str:
    """How the last link for a question stands, in words; "" where none was given."""
    return gettext(_LINKS[one.link.state]) if one.link else ""


@blueprint.app_template_global()
def rung_words(days: int) -> str:
    """So long after the closing."""
    return say_rung(str(days))


@blueprint.get("/follow-ups")
@only(*_READERS)
def index() -> Response:
    return _list({})


def _list(faults: dict[str, str], status: int = 200) -> Response:
    tab = request.args.get("tab", WAITING)
    cursor = request.args.get("cursor")
    tab = tab if tab in TABS else WAITING
    with list_transaction() as (db, actor):
        if calendar := home_calendar(db, actor):
            layout.use_calendar(calendar)
        rungs = count_follow_ups(db, actor)
        listed = list_follow_ups(db, actor, tab=tab, cursor=cursor)
    page = render_template(
        "oversight/follow_ups.html",
        rungs=rungs,
        rows=listed.items,
        faults=faults,
        tab=tab,
        tabs=[(gettext(words), url_for("follow_ups.index", tab=one), one == tab) for one, words in _TAB_WORDS.items()],
        asks=tab == WAITING and bool(actor.roles() & set(_ASKERS)) and current_app.config["MAILING"],
        parties=PARTIES,
        most=MOST,
        next_url=url_for("follow_ups.index", tab=tab, cursor=listed.next) if listed.next else "",
        first_url=url_for("follow_ups.index", tab=tab) if cursor else "",
    )
    return make_response(page, status)


@blueprint.post("/follow-ups")
@only(*_ASKERS)
def ask() -> Response:
    """Try it; or send what was tried, and say what became of each."""
    chosen, party = _chosen(request.form.getlist("task")), request.form.get("party", "")
    sure = request.form.get("sure") == "yes"
    try:
        with page_transaction() as (db, actor):
            done = ask_many(db, actor, secret_box(), chosen, party, request=read_request(), dry_run=not sure)
    except InvalidForm as refusal:
        return _list(say_faults(refusal), 422)
    return make_response(_result(chosen, party, done.answer))


def _result(chosen: Sequence[str], party: str, answer: JsonMapping) -> str:
    with page_transaction() as (db, actor):
        if calendar := home_calendar(db, actor):
            layout.use_calendar(calendar)
        shown = show_chosen(db, actor, chosen)
    why = {item["task"]: why_not(item) for item in answer["items"]}
    return render_template(
        "oversight/follow_up_links.html",
        rows=shown.items,
        party=party,
        answer=answer,
        why={task: say(refusal) if refusal else "" for task, refusal in why.items()},
    )


def _chosen(given: Sequence[str]) -> list[str]:
    """Ids alone; what else stands there names nothing."""
    ids = []
    for value in given[:MOST]:
        try:
            ids.append(str(UUID(value)))
        except ValueError:
            continue
    return ids


__all__ = ["blueprint"]
