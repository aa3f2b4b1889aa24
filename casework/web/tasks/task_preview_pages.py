"""A task beside its list: what its case is about, why it is due when it is, and what happened last; a page of its own without a script."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, Response, render_template, request
from flask_babel import gettext

from casework.definitions import load_library
from casework.engine.execution.task_lifecycle import ASSIGN, SUSPEND
from casework.operations.cases.about import show_about
from casework.operations.cases.case_events import last_events
from casework.operations.core.access_log import is_watched
from casework.operations.core.perform import calendar_of
from casework.operations.deadlines.queries import explain_tasks
from casework.operations.tasks import queries
from casework.permissions.visibility import Sight, sight
from casework.permissions.work import operations
from casework.web.deadlines.presenter import ledger
from casework.web.history.sentences import say_entry
from casework.web.shell import layout
from casework.web.shell.session import page_transaction

blueprint = Blueprint("task_previews", __name__)

#: So much of what happened stands there.
NEWS = 2


@blueprint.app_template_global()
def previews_open() -> bool:
    """Whether previews open beside a list by themselves."""
    person = layout.reader()
    return person is None or not is_watched(person.actor)


@blueprint.get("/tasks/<uuid:task>/preview")
def show(task: UUID) -> str | Response:
    """What somebody asks before opening a task, for whoever sees it; the part alone where a script asks for it.

    A script asks for what nobody clicked on. So it is shown nothing that would be noted as read: of a sealed mediation, and of all
    that a watched person is shown.
    """
    id, library, by_itself = str(task), load_library(), request.headers.get("X-Casework") == "script"
    with page_transaction() as (db, actor):
        case, details = queries.read_task(db, actor, id)
        if by_itself and (is_watched(actor) or details.case is None):
            return Response(status=204)
        layout.use_calendar(calendar_of(db, case.programme))
        whole = details.case is not None and sight(actor, case) == Sight.ALL
        about = show_about(db, actor, case) if whole else None
        news = last_events(db, actor, case, limit=NEWS) if whole else []
        why = explain_tasks(db, actor, case, [id]).get(id)
        current = case.tasks.get(id)
        allowed = operations(actor, case, current, library[details.edition]) if current is not None else []
    actions = {SUSPEND: gettext("Snooze"), ASSIGN: gettext("Hand over")}
    return render_template(
        "tasks/preview_part.html" if by_itself else "tasks/preview.html",
        one=details,
        about=about,
        news=[(event.at, say_entry(event, library.editions)) for event in news],
        ledger=ledger(why),
        actions=[(code, words) for code, words in actions.items() if code in allowed],
    )


__all__ = ["blueprint"]
