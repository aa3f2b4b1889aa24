"""Dropping a side task that is not needed any more; everything else about a task stands on the page of the task."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, make_response, redirect, render_template, url_for
from flask_babel import gettext
from sqlalchemy import Connection
from werkzeug.wrappers import Response as BaseResponse

from casework.engine.fields import Form, Note
from casework.errors import NotAllowed, NotFound
from casework.operations import tasks
from casework.operations.drafts import find_draft
from casework.operations.overview import describe, find_case
from casework.operations.requests import Done, Request
from casework.permissions import Actor, Sight
from casework.web.actor import page_transaction
from casework.web.case_page import say_done
from casework.web.deeds import Sent, answer
from casework.web.forms import build_form, own_texts
from casework.web.places import task_words
from casework.web.texts import N_

Json = Any


class Dropping(Form):
    reason = Note(label=N_("Why it is not needed any more"))


def _find(db: Connection, actor: Actor, number: str, task: str) -> tuple[dict[str, Json], dict[str, Json]]:
    """The case as it is shown, and the open task. Raises NotFound for a task that is not an open one of this case."""
    case, level = find_case(db, actor, number)
    shown = describe(db, actor, case, level)
    one = next((one for one in shown["tasks"] if one["id"] == task), None)
    if level < Sight.ALL or one is None:
        raise NotFound("task")
    return shown, one


def show(number: str, task: UUID) -> BaseResponse:
    with page_transaction() as (db, actor):
        _find(db, actor, number, str(task))
    return redirect(url_for("tasks.show", task=task), 303)


def ask_drop(number: str, task: UUID) -> Response:
    return _page(number, str(task), None)


def _page(number: str, task: str, sent: Sent | None) -> Response:
    with page_transaction() as (db, actor):
        shown, one = _find(db, actor, number, task)
        if "drop_task" not in shown["deeds"]:
            raise NotAllowed()
        if one["type"] != "side":
            raise NotAllowed(why="it ends when one of its step's actions is done, or with the decision.")
        name = f"drop:{task}"
        form = build_form(
            name, Dropping.rule(), own_texts(Dropping), submitted=sent.data if sent else None,
            faults=sent.faults if sent else None, draft=None if sent else find_draft(db, actor.person, name),
        )  # fmt: skip
    page = render_template(
        "cases/drop.html", case=shown, form=form, sent=sent, words=task_words(one), back=url_for("tasks.show", task=task)
    )
    return make_response(page, sent.status if sent else 200)


def drop(number: str, task: UUID) -> BaseResponse:
    """End a side task that is not needed any more."""
    id = str(task)
    with page_transaction() as (db, actor):
        words = task_words(_find(db, actor, number, id)[1])

    def do(db: Connection, actor: Actor, key: Request, _: int, data: dict[str, Json]) -> Done:
        return tasks.exit_task(db, actor, id, reason=str(data.get("reason", "")), request=key)

    return answer(
        f"drop:{id}", Dropping.rule(), do, lambda sent: _page(number, id, sent), lambda done: url_for("cases.show", number=number),
        lambda done: say_done(number, gettext("Dropped: %(task)s.", task=words)),
    )  # fmt: skip
