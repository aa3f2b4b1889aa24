"""The queues and what is done in lists, and taking a task and giving it back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from casework.errors import AlreadyTaken, WrongState
from casework.operations.core.perform import home_calendar
from casework.operations.tasks import queries, queue_counts, queues
from casework.operations.tasks import service as tasks
from casework.web.shell import layout
from casework.web.shell.forms import read_request
from casework.web.shell.i18n import say_error
from casework.web.shell.redirects import local_path
from casework.web.shell.session import list_transaction, page_transaction
from casework.web.shell.task_links import WORDS, task_url, task_words, why_here
from casework.web.tasks.list_columns import Columns, columns_of
from casework.web.tasks.list_views import Group, mark_shown, with_visit
from casework.web.tasks.operation_pages import RANKS
from casework.web.tasks.saved_view_pages import views_of

blueprint = Blueprint("tasks", __name__)
for word in WORDS:
    blueprint.add_app_template_global(WORDS[word], word)
blueprint.add_app_template_global(mark_shown)


@blueprint.app_template_global()
def rank_words(code: str) -> str:
    return gettext(RANKS[code])


@blueprint.get("/queues")
def queue() -> Response:
    """The queues that one works, and what may be taken from one of them or from all."""
    chosen, cursor, columns = request.args.get("queue"), request.args.get("cursor"), columns_of("queues")
    with list_transaction() as (db, actor):
        if calendar := home_calendar(db, actor):
            layout.use_calendar(calendar)
        counts = queue_counts.count_queues(db, actor)
        known = chosen if any(row.queue == chosen for row in counts) else None
        offered = queues.sorts_of(actor)
        sort = next((one for one in offered if one == request.args.get("sort")), queues.TURN)
        listed = queues.list_placed_tasks(db, actor, view="queue", queue=known, sort=sort, cursor=cursor)
        asked = {"queue": known, "sort": sort if sort != queues.TURN else None}
        views = views_of(db, actor, columns, {name: value for name, value in asked.items() if value})

    def address(**more: str | None) -> str:
        query: dict[str, Any] = asked | {"columns": columns.asked or None} | more
        return url_for("tasks.queue", **query)

    page = render_template(
        "tasks/queue.html",
        queues=[(row, address(queue=row.queue)) for row in counts],
        all_url=address(queue=None),
        chosen=known,
        rows=listed.items,
        group=Group(id="", title="", rows=listed.items),
        columns=columns,
        views=views,
        heads=_heads(columns),
        sort=sort,
        turn_url=address(sort=None),
        sorts={one: (address(sort=one), "ascending" if one == sort else "") for one in offered if one != queues.TURN},
        several=len({row.scope.id for row in counts}) > 1,
        next_url=address(cursor=listed.next) if listed.next else "",
        first_url=address() if cursor else "",
    )
    return with_visit(page)


def _heads(columns: Columns) -> list[tuple[str, str]]:
    """The columns of a queue; the last is where a task is taken, whether or not its queue is named there."""
    heads = dict(columns.heads)
    last = heads.pop("queue", gettext("Take the task"))
    return [*heads.items(), ("from", last)]


@blueprint.get("/done")
def done() -> str:
    """What one has finished, the newest first."""
    cursor = request.args.get("cursor")
    with list_transaction() as (db, actor):
        listed = queues.list_placed_tasks(db, actor, view="done", cursor=cursor)
    return render_template(
        "tasks/done.html",
        rows=listed.items,
        group=Group(id="", title="", rows=listed.items, kind="done"),
        next_url=url_for("tasks.done", cursor=listed.next) if listed.next else "",
        first_url=url_for("tasks.done") if cursor else "",
    )


@blueprint.post("/tasks/next")
def take_next() -> Response:
    """Take what is due first, and go to where it is done."""
    with page_transaction() as (db, actor):
        taken = tasks.take_next(db, actor, read_request()).answer["id"]
        case, task = queries.read_task(db, actor, str(taken)) if taken else (None, None)
    if task is None:
        flash(gettext("Nothing waits in your queues. What is yours already stands in your work."))
        return redirect(url_for("home.show"), 303)
    flash(
        gettext("You took: %(task)s. It came first in your queues, %(why)s.", task=task_words(task), why=why_here(task))
    )
    return redirect(task_url(task, case), 303)


@blueprint.post("/tasks/<uuid:task>/claim")
def claim(task: UUID) -> Response:
    try:
        with page_transaction() as (db, actor):
            tasks.claim_task(db, actor, str(task), read_request())
            case, details = queries.read_task(db, actor, str(task))
    except (AlreadyTaken, WrongState) as refusal:
        flash(say_error(refusal), "warn")
        return redirect(page_before() or url_for("tasks.show", task=task), 303)
    flash(gettext("You took: %(task)s", task=task_words(details)))
    return redirect(task_url(details, case), 303)


@blueprint.post("/tasks/<uuid:task>/release")
def release(task: UUID) -> Response:
    with page_transaction() as (db, actor):
        note = request.form.get("note", "").strip()
        tasks.release_task(db, actor, str(task), note=note or None, request=read_request())
        details = queries.read_task(db, actor, str(task))[1]
    flash(gettext("You gave back: %(task)s. Others may take it now.", task=task_words(details)))
    return redirect(url_for("home.show"), 303)


def page_before() -> str | None:
    return local_path(request.form.get("page"))
