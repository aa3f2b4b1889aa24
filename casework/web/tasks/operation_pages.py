"""What can be done with a task besides its work: hand it on, let it wait, rank it, end it. Each as the table allows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from uuid import UUID

from flask import Blueprint, Response, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy import Connection
from werkzeug.wrappers import Response as BaseResponse

from casework.definitions import load_library
from casework.engine.definition.editions import Edition
from casework.engine.definition.forms import Choice, Date, Form, Note, Person
from casework.engine.execution.task_lifecycle import VIEW
from casework.engine.state.case import Case
from casework.errors import NotFound
from casework.json_values import JsonMapping, JsonObject
from casework.operations.cases.views import TaskView
from casework.operations.core.idempotency import Done, Request
from casework.operations.core.perform import calendar_of
from casework.operations.core.views import Named, row_as
from casework.operations.tasks import queries
from casework.operations.tasks import service as tasks
from casework.operations.tasks.allocation import explain_waiting
from casework.operations.tasks.candidates import people_for
from casework.operations.tasks.views import ListedItem, ListedTask, PlacedTask
from casework.permissions.actors import Actor
from casework.permissions.work import operate, operations
from casework.reasons.terms import TASK_STATES
from casework.web.shell import layout, sent_forms
from casework.web.shell.forms import own_texts
from casework.web.shell.i18n import N_, edition_text
from casework.web.shell.redirects import local_path
from casework.web.shell.sent_forms import Sent, kept_form, page_with_form
from casework.web.shell.session import current_actor, page_transaction
from casework.web.shell.task_links import place_url, task_url, task_words
from casework.web.shell.vocabulary import say_why
from casework.web.tasks.skill_pages import say_nobody

blueprint = Blueprint("task_operations", __name__)

#: The buttons of the table and what each brings about, in the order of a page; for the catalogue.
DO = {
    "claim": (N_("Take the task"), N_("It is yours until you return it to the queue.")),
    "start": (N_("Start"), N_("Others see that you are working on it.")),
    "stop": (N_("Stop work for now"), N_("It stays with the person who holds it.")),
    "resume": (N_("Resume the task"), N_("Its time limit runs again.")),
    "assign": (N_("Assign the task"), N_("The task becomes theirs; they see your note on the task and in My work.")),
    "delegate": (N_("Delegate the task"), N_("They prepare it, and it returns to you for acceptance.")),
    "forward": (
        N_("Forward the task"),
        N_("It is unclaimed again, for the person you name or for anybody in its queue."),
    ),
    "release": (N_("Return to the queue"), N_("It returns to its queue, and others can take it.")),
    "suspend": (N_("Snooze"), N_("Its time limit pauses until the day you choose; then the task comes back.")),
    "modify": (N_("Change the priority"), N_("The history keeps your reason.")),
    "activate": (N_("Open the task now"), N_("It opens before its planned day.")),
    "nominate": (N_("Name a person for the task"), N_("It opens now, with the person you name.")),
    "skip": (N_("Skip the task"), N_("It ends without being done; it can be added again.")),
    "fail": (N_("Report that it cannot be done"), N_("It ends without a result; the history keeps your reason.")),
    "exit": (N_("End the task"), N_("It ends without a result; the history keeps your reason.")),
}
_ENDS = frozenset({"skip", "fail", "exit"})
RANKS = {"high": N_("high"), "normal": N_("normal"), "low": N_("low")}
_WAITS = {
    "need_owner": N_("The need owner"), "technology_owner": N_("The technology owner"), "provider": N_("A provider"),
    "authority": N_("An authority"), "other": N_("Somebody else"),
}  # fmt: skip
_HANDED = {
    "assigned": N_("%(by)s assigned this to %(to)s."),
    "delegated": N_("%(by)s delegated this to %(to)s. When it is finished it goes back to be accepted."),
    "review_asked": N_("%(by)s asks %(to)s to review this before it is finished (round %(round)s)."),
    "approved": N_("%(by)s approved this; %(to)s finishes it as it was approved."),
    "changes_asked": N_("%(by)s asks %(to)s for changes (round %(round)s)."),
    "handed_back": N_("%(by)s has prepared this for %(to)s, to be accepted."),
    "forwarded": N_("%(by)s forwarded this to %(to)s; the first who takes it has it."),
    "nominated": N_("%(by)s named %(to)s for this."),
}


_BY_RULE = N_("The rule of its queue gave this to %(to)s: %(why)s.")


class Giving(Form):
    """To one person, with what that person must know."""

    person = Person(label=N_("Who has it next"))
    note = Note(label=N_("What they must know"))


class Offering(Form):
    """To one person or to anybody of the queue."""

    person = Person(label=N_("Whom you have in mind"), required=False, help=N_("Empty: anybody in its queue."))
    note = Note(label=N_("What they must know"))


class Waiting(Form):
    """A task waits for somebody until a day."""

    waits_for = Choice(label=N_("Who is waited for"), choices=_WAITS)
    until = Date(label=N_("Until"), future=True)
    reason = Note(label=N_("Why"))


class Ranking(Form):
    """Another priority."""

    priority = Choice(label=N_("Priority"), choices=RANKS)
    reason = Note(label=N_("Why"))


class Ending(Form):
    """An end without a result."""

    reason = Note(label=N_("Why"))


class Returning(Form):
    """Back to the queue."""

    note = Note(label=N_("What the next one should know"), required=False)


FORMS: Mapping[str, type[Form]] = {
    "assign": Giving, "delegate": Giving, "forward": Offering, "nominate": Offering, "suspend": Waiting,
    "modify": Ranking, "skip": Ending, "fail": Ending, "exit": Ending, "release": Returning,
}  # fmt: skip

_ASK: Mapping[str, Callable[[Connection, Actor, str, JsonMapping, Request], Done]] = {
    "claim": lambda db, actor, task, data, key: tasks.claim_task(db, actor, task, key),
    "start": lambda db, actor, task, data, key: tasks.start_task(db, actor, task, key),
    "stop": lambda db, actor, task, data, key: tasks.stop_task(db, actor, task, key),
    "resume": lambda db, actor, task, data, key: tasks.resume_task(db, actor, task, key),
    "activate": lambda db, actor, task, data, key: tasks.activate_task(db, actor, task, key),
    "release": lambda db, actor, task, data, key: tasks.release_task(db, actor, task, note=data.get("note"), request=key),
    "assign": lambda db, actor, task, data, key: tasks.assign_task(
        db, actor, task, person=_id(data), note=_said(data, "note"), request=key
    ),
    "delegate": lambda db, actor, task, data, key: tasks.delegate_task(
        db, actor, task, person=_id(data), note=_said(data, "note"), request=key
    ),
    "forward": lambda db, actor, task, data, key: tasks.forward_task(
        db, actor, task, person=_id(data) or None, note=_said(data, "note"), request=key
    ),
    "nominate": lambda db, actor, task, data, key: tasks.nominate_task(
        db, actor, task, person=_id(data) or None, note=_said(data, "note"), request=key
    ),
    "suspend": lambda db, actor, task, data, key: tasks.suspend_task(
        db, actor, task, until=_said(data, "until"), waits_for=_said(data, "waits_for"), reason=_said(data, "reason"),
        request=key,
    ),
    "modify": lambda db, actor, task, data, key: tasks.modify_task(
        db, actor, task, priority=_said(data, "priority"), reason=_said(data, "reason"), request=key
    ),
    "skip": lambda db, actor, task, data, key: tasks.skip_task(db, actor, task, reason=_said(data, "reason"), request=key),
    "fail": lambda db, actor, task, data, key: tasks.fail_task(db, actor, task, reason=_said(data, "reason"), request=key),
    "exit": lambda db, actor, task, data, key: tasks.exit_task(db, actor, task, reason=_said(data, "reason"), request=key),
}  # fmt: skip


def _said(data: JsonMapping, name: str) -> str:
    return str(data.get(name) or "")


def _id(data: JsonMapping) -> str:
    """The person who was chosen; what is no id was not chosen from the list."""
    try:
        return str(UUID(_said(data, "person")))
    except ValueError:
        return ""


# --- what a page of a task shows -------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True, slots=True)
class Offer:
    """An operation that one may do, with its words: one with a form as a page, the others as a button."""

    name: str
    words: str
    follows: str
    url: str
    form: bool


def menu(task: TaskView, allowed: list[str], *, without: tuple[str, ...] = ()) -> list[Offer]:
    """The operations that one may do."""
    return [
        Offer(
            name=name,
            words=gettext(words),
            follows=gettext(follows),
            url=url_for("task_operations.do", task=task.id, operation=name),
            form=name in FORMS,
        )
        for name, (words, follows) in DO.items()
        if name in allowed and name not in without
    ]


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """How a task came to whom it is with, and whom it waits for, in sentences; and its state and rank in words."""

    handed: str | None
    note: str | None
    state: str
    priority: str | None
    waits: str | None
    until: str | None
    reason: str | None


def told(task: ListedTask) -> Standing:
    """How it stands with a task, in words."""
    handed, wait = task.handed, task.wait
    said = None
    if handed is not None:
        words = _HANDED[handed.how] if handed.why is None else _BY_RULE
        said = gettext(
            words,
            by=_name(handed.by) or gettext("somebody"),
            to=_name(handed.to) or gettext("anybody in its queue"),
            why=say_why(handed.why or ()),
            round=handed.round,
        )
    state, rank = TASK_STATES.words[task.state], RANKS[task.priority]
    return Standing(
        handed=said,
        note=handed.note if handed else None,
        state=gettext(state),
        priority=None if task.priority == "normal" else gettext(rank),
        waits=gettext(_WAITS[wait.for_]) if wait else None,
        until=wait.until if wait else None,
        reason=wait.reason if wait else None,
    )


def _name(person: Named | None) -> str:
    if person is not None and person.id == current_actor().person:
        return gettext("you")
    return (person.name if person else None) or ""


@blueprint.app_template_global()
def handed_words(task: ListedTask) -> Standing:
    """For lists: what `told` tells of a task that came from somebody or waits."""
    return told(task)


@dataclass(frozen=True, kw_only=True, slots=True)
class ItemLine(ListedItem):
    """An item of a checklist with its words in the reader's language."""

    words: str


def list_items(db: Connection, case: Case, edition: Edition, task: str) -> list[ItemLine]:
    """The items of a task's checklist as a page shows them."""
    return [
        row_as(ItemLine, item, words=edition_text(edition, item.key) if item.key else item.text or gettext("erased"))
        for item in queries.show_checklist(db, case, task)
    ]


# --- pages -----------------------------------------------------------------------------------------------------------


def _read(db: Connection, actor: Actor, id: str) -> tuple[Case, PlacedTask]:
    case, task = queries.read_task(db, actor, id)
    layout.use_calendar(calendar_of(db, case.programme))
    return case, task


@blueprint.get("/tasks/<uuid:task>/operations")
def show(task: UUID) -> str:
    """Everything that one may do with a task; of a step, whose work is done on the page of its case."""
    with page_transaction() as (db, actor):
        case, details = _read(db, actor, str(task))
        allowed = _allowed(actor, case, details)
        items = list_items(db, case, load_library()[details.edition], details.id) if details.type == "step" else []
        waiting = case.tasks.get(details.id)
        nobody = (
            say_nobody(db, case.programme, explain_waiting(db, actor, case, waiting)) if waiting is not None else None
        )
    return render_template(
        "tasks/operations.html",
        one=details,
        told=told(details),
        menu=menu(details, allowed),
        place=place_url(details),
        nobody=nobody,
        items=items,
        works="tick" in allowed and details.type == "step",
    )


def _allowed(actor: Actor, case: Case, details: PlacedTask) -> list[str]:
    task = case.tasks.get(details.id)
    return [VIEW] if task is None else operations(actor, case, task, load_library()[task.edition])


@blueprint.get("/tasks/<uuid:task>/operations/<operation>")
def ask(task: UUID, operation: str) -> BaseResponse:
    return _page(str(task), operation, None)


@blueprint.post("/tasks/<uuid:task>/operations/<operation>")
def do(task: UUID, operation: str) -> BaseResponse:
    if operation not in _ASK:
        raise NotFound("page")
    id, form = str(task), FORMS.get(operation)
    rules = form.rule() if form else ()

    def action(db: Connection, actor: Actor, key: Request, _: int, data: JsonObject) -> Done:
        return _ASK[operation](db, actor, id, data, key)

    with page_transaction() as (db, actor):
        details = _read(db, actor, id)[1]
    return sent_forms.answer(
        _draft(id, operation),
        rules,
        action,
        lambda sent: _page(id, operation, sent),
        lambda done: _then(operation, details),
        said=lambda done: _say_done(operation, details),
    )


def _then(operation: str, task: PlacedTask) -> str:
    """Where one goes afterwards: on with the task, to its case where it has ended, home where another has it now."""
    if operation in _STAYS:
        return local_path(request.form.get("page")) or task_url(task)
    return place_url(task) if operation in _ENDS else url_for("home.show")


#: After these one is still at the task.
_STAYS = frozenset({"claim", "start", "stop", "resume", "activate", "modify"})
_DONE = {
    "claim": N_("You took: %(task)s"), "start": N_("You began: %(task)s"),
    "stop": N_("Stopped for now: %(task)s. It stays where it is."), "resume": N_("It goes on: %(task)s"),
    "assign": N_("Assigned: %(task)s. The next one sees your note."),
    "delegate": N_("Delegated: %(task)s. It comes back to you when it is prepared."),
    "forward": N_("Forwarded: %(task)s. Others may take it now."),
    "release": N_("You gave back: %(task)s. Others may take it now."),
    "suspend": N_("Snoozed: %(task)s. It comes back on its day."), "modify": N_("The priority was changed: %(task)s"),
    "activate": N_("It may begin: %(task)s"), "nominate": N_("It may begin: %(task)s"),
    "skip": N_("Skipped: %(task)s"), "fail": N_("Ended: %(task)s"), "exit": N_("Ended: %(task)s"),
}  # fmt: skip


def _say_done(operation: str, task: PlacedTask) -> str:
    return gettext(_DONE[operation], task=task_words(task))


def _draft(task: str, operation: str) -> str:
    return f"{operation}:{task}"


def _page(id: str, operation: str, sent: Sent | None) -> Response:
    if operation not in _ASK:
        raise NotFound("page")
    form = FORMS.get(operation, Form)
    with page_transaction() as (db, actor):
        case, details = _read(db, actor, id)
        task = case.tasks.get(id)
        if task is None:
            raise NotFound("task")
        if sent is None:
            operate(actor, case, task, load_library()[task.edition], operation)
        view = kept_form(
            db,
            actor,
            _draft(id, operation),
            form.rule(),
            own_texts(form),
            sent=sent,
            choices=_choices(db, actor, case, id, form),
            values={"priority": details.priority},
        )
    words, follows = (gettext(said) for said in DO[operation])
    return page_with_form(
        "tasks/operation.html",
        sent,
        one=details,
        told=told(details),
        form=view,
        words=words,
        follows=follows,
        kind="danger" if operation in _ENDS else "primary",
        back=url_for("task_operations.show", task=id),
    )


def _choices(db: Connection, actor: Actor, case: Case, task: str, form: type[Form]) -> dict[str, list[tuple[str, str]]]:
    if form in (Giving, Offering):
        people = people_for(db, actor, case, case.tasks[task])
        return {
            "person": [
                (person.id, gettext("%(name)s (holds %(count)s here)", name=person.name, count=person.holds))
                for person in people
            ]
        }
    return {}
