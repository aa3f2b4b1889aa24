"""Adding a task from the list that the workflow allows: about whom, until when, and for whom."""

from __future__ import annotations

from uuid import UUID

from flask import Response, make_response, render_template, url_for
from flask_babel import gettext
from sqlalchemy import Connection
from werkzeug.wrappers import Response as BaseResponse

from casework.definitions import load_library
from casework.engine.definition.forms import Choice, Date, Form, Note, Person
from casework.engine.state.case import Case
from casework.errors import NotFound
from casework.json_values import JsonObject
from casework.operations.cases import side_tasks
from casework.operations.cases.action_views import AddableTask
from casework.operations.cases.queries import describe_whole, find_case
from casework.operations.core.access_queries import case_log
from casework.operations.core.drafts import find_draft
from casework.operations.core.idempotency import Done, Request
from casework.operations.core.perform import calendar_of
from casework.permissions.actors import Actor
from casework.permissions.visibility import Sight
from casework.web.shell.form_actions import Sent, answer
from casework.web.shell.forms import build_form, own_texts
from casework.web.shell.i18n import N_, edition_text, say
from casework.web.shell.layout import use_calendar
from casework.web.shell.session import page_transaction
from casework.web.tasks.next_action import say_done


class NewTask(Form):
    due = Date(label=N_("Due on"), required=False, help=N_("Empty: as the workflow counts it."))
    person = Person(label=N_("Who does it"), required=False, help=N_("Empty: whoever takes it from the queue."))
    note = Note(
        label=N_("What that person should know"), required=False, help=N_("Needed where you give it to somebody else.")
    )


class NewTaskOfParty(NewTask):
    about = Choice(
        label=N_("About which party"),
        choices={"need_owner": N_("need owner"), "technology_owner": N_("technology owner")},
    )


def _draft(track: str, task: str) -> str:
    return f"add:{track}:{task}"


def _offer(db: Connection, actor: Actor, number: str, track: str, task: str) -> tuple[Case, AddableTask]:
    """The case, and what may be added. Raises NotFound for what is not offered here."""
    case, level = find_case(db, actor, number)
    if level < Sight.ALL:
        raise NotFound("task")
    for request in describe_whole(db, actor, case).requests:
        if (request.track, request.task) == (track, task):
            return case, request
    raise NotFound("task")


def _form_of(offer: AddableTask) -> type[NewTask]:
    return NewTaskOfParty if offer.about == "party" else NewTask


def show(number: str, track: UUID, kind: str) -> Response:
    return _page(number, str(track), kind, None)


def _page(number: str, track: str, task: str, sent: Sent | None) -> Response:
    with page_transaction() as (db, actor):
        case, offer = _offer(db, actor, number, track, task)
        use_calendar(calendar_of(db, case.programme))
        edition, form_class = load_library()[case.tracks[track].edition], _form_of(offer)
        form = build_form(
            _draft(track, task),
            form_class.rule(),
            own_texts(form_class),
            choices={"person": side_tasks.whom_for(db, case, case.tracks[track], edition.tasks[offer.rule])},
            submitted=sent.data if sent else None,
            faults=sent.faults if sent else None,
            draft=None if sent else find_draft(db, actor.person, _draft(track, task)),
        )
    page = render_template(
        "tasks/new.html",
        case=case,
        form=form,
        sent=sent,
        words=edition_text(edition, f"tasks.{offer.rule}"),
        why_not=[say(why) for why in offer.why_not],
        back=url_for("cases.show", number=number) + "#tasks",
    )
    return make_response(page, sent.status if sent else 200)


def add(number: str, track: UUID, kind: str) -> BaseResponse:
    id, task = str(track), kind
    with page_transaction() as (db, actor):
        offer = _offer(db, actor, number, id, task)[1]

    def do(db: Connection, actor: Actor, key: Request, _: int, data: JsonObject) -> Done:
        return side_tasks.add_task(
            db,
            actor,
            case_log(db, actor, number),
            "case",
            id,
            task=task,
            about=data.get("about"),
            due=data.get("due"),
            person=data.get("person"),
            note=data.get("note"),
            request=key,
        )

    return answer(
        _draft(id, task),
        _form_of(offer).rule(),
        do,
        lambda sent: _page(number, id, task, sent),
        lambda done: url_for("cases.show", number=number) + "#tasks",
        said=lambda done: say_done(number, gettext("The task is added.")),
    )


__all__ = ["add", "show"]
