"""The page of a task with its form, and what is sent from there."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from flask import flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy import Connection
from werkzeug.wrappers import Response

from casework import reasons
from casework.definitions import load_library
from casework.engine.case_objects.party_links import OPEN, parties_of, refusal, rule_of
from casework.engine.definition.edition_schema import WrittenField
from casework.engine.execution.task_lifecycle import COMPLETE, giver, review_for
from casework.engine.state.case import Case, Task
from casework.engine.state.case_dates import begins_at
from casework.errors import AlreadyTaken, InvalidForm, NotFound, WrongState
from casework.json_values import JsonObject
from casework.operations.cases.about import show_party
from casework.operations.cases.answer_names import ids_in, names_for_provider, names_in_answers
from casework.operations.cases.known_answers import known_answers
from casework.operations.cases.views import TaskView
from casework.operations.core.drafts import save_draft
from casework.operations.core.event_views import FilledIn, FormKey
from casework.operations.core.idempotency import Done, Request
from casework.operations.core.perform import calendar_of
from casework.operations.core.unread import look
from casework.operations.deadlines.queries import explain_task, explain_tasks
from casework.operations.history.timeline import read_entry
from casework.operations.letters.service import asking_letter
from casework.operations.links.service import list_links, may_ask
from casework.operations.links.views import LinkRow
from casework.operations.tasks import queries
from casework.operations.tasks import service as tasks
from casework.operations.tasks.allocation import explain_waiting
from casework.operations.tasks.candidates import reviewers_for
from casework.operations.tasks.request_context import what_was_asked
from casework.operations.tasks.views import Asked, PlacedTask
from casework.permissions.actors import Actor
from casework.permissions.visibility import Sight, sight
from casework.permissions.work import may_work, operations
from casework.web.deadlines.presenter import ledger
from casework.web.documents.held import FilesOfForm, takes_files
from casework.web.documents.place import Place as DocumentPlace
from casework.web.history.sentences import Told, say_entry, say_fields
from casework.web.shell import form_actions, layout, sent_forms
from casework.web.shell.errors import typed
from casework.web.shell.forms import PREFIX, FormView, form_name, read_request
from casework.web.shell.i18n import edition_text, say, say_error
from casework.web.shell.kept_forms import drop_kept, kept_form
from casework.web.shell.session import page_transaction
from casework.web.shell.task_links import place_url, queue_name, task_url, task_words
from casework.web.tasks.next_action import say_answer, say_done
from casework.web.tasks.operation_pages import list_items, menu, told
from casework.web.tasks.queue_pages import blueprint
from casework.web.tasks.skill_pages import say_nobody


@blueprint.get("/tasks/<uuid:task>")
def show(task: UUID) -> Response | str:
    """The page of a task outside of a case's own pages: a provider's, or a sealed mediation's."""
    return _show(str(task), None)


def _show(id: str, sent: sent_forms.Sent | None) -> Response | str:
    with page_transaction() as (db, actor):
        case, details = queries.read_task(db, actor, id)
        # What is decided is answered elsewhere; here its form is only prepared for somebody who reviews it.
        done_at = task_url(details, case)
        decides = details.type == "side" and done_at != url_for("tasks.show", task=id)
        if done_at != url_for("tasks.show", task=id) and not (decides and (sent or "prepare" in request.args)):
            return redirect(done_at, 303)
        layout.use_calendar(calendar_of(db, case.programme))
        task = case.tasks.get(id)
        edition = load_library()[details.edition]
        allowed = operations(actor, case, task, edition) if task is not None else []
        why = explain_tasks(db, actor, case, [id]).get(id)
        look(db, actor, case.log, details.referral if details.organisation else None)
        # Who leads the queue may step in, by taking the task first.
        own = task is not None and (task.holder == actor.person or may_work(actor, case, task) is not None)
        reviews = task is not None and task.holder == actor.person and review_for(task) is not None
        fills_in = details.type == "side" and not reviews and (COMPLETE in allowed and own or sent is not None)
        form = _form(db, actor, case, details, sent) if fills_in else None
        papers = _papers(details)
        if form is not None and papers is not None and takes_files(actor, case, papers, _rules(details)):
            form = _files(papers, details, _rules(details)).shown_in(form, sent)
        items = list_items(db, case, edition, id)
        proposed = _proposed(db, actor, case, details) if reviews else []
        review = kept_form(db, actor, f"review:{id}") if reviews else None
        nobody = say_nobody(db, case.programme, explain_waiting(db, actor, case, task)) if task is not None else None
        asks = form is not None and task is not None and giver(task) is None
        # A form that was sent and refused is shown even where the task is no longer one's own.
        asks = asks and COMPLETE in allowed
        reviewers = reviewers_for(db, actor, case, task) if asks and task is not None else []
        back = giver(task) if task is not None and COMPLETE in allowed else None
        asked = what_was_asked(db, actor, case, task) if task is not None else None
        party = show_party(db, actor, case, task.about) if task is not None else None
        by_link = task is not None and rule_of(edition, task) is not None and may_ask(actor, case, task)
        ways = _ways(db, actor, case, task) if by_link and task is not None and task.open else None
        answer = _answer(db, actor, case, task) if task is not None and not task.open else None
    names = {details.handed.by.id: details.handed.by.name} if details.handed else {}
    return render_template(
        "tasks/show.html",
        one=details,
        begins_at=begins_at(case, task) if task is not None else None,
        form=form,
        sent=sent,
        place=place_url(details, case),
        queue=queue_name(details.queue),
        asked=asked,
        party=party,
        ways=ways,
        answer=answer,
        moves=_moves(asked),
        said=say_fields(_filled_in(asked), load_library().editions) if asked else [],
        items=items,
        asks=asks,
        reviews=reviews,
        review=review,
        decides=decides,
        proposed=proposed,
        reviewers=reviewers,
        open=task is not None and task.open,
        ledger=ledger(why),
        told=told(details),
        nobody=nobody,
        allowed=allowed,
        back=names.get(back),
        accepts=details.handed is not None and details.handed.how == "handed_back",
        own=own,
        menu=menu(details, allowed, without=("resume",) if form is None else ("claim", "resume")),
    )


@dataclass(frozen=True)
class _Answer:
    """With what a task was finished: the sentence of the history, its fields, and the entry."""

    words: str
    at: str
    said: list[Told]
    seq: int
    #: The entry is that of a later correction: what it says counts now.
    corrected: bool


def _answer(db: Connection, actor: Actor, case: Case, task: Task) -> _Answer | None:
    """For those who read the whole history of the case; others see that it is done."""
    if case.kind != "case" or sight(actor, case) < Sight.ALL:
        return None
    seq = queries.completed_at(db, case.log, task.id)
    if seq is None:
        return None
    entry = read_entry(db, actor, str(case.number), seq).entry
    editions = load_library().editions
    return _Answer(
        say_entry(entry, editions),
        entry.at,
        say_fields(entry, editions),
        entry.corrected_by or seq,
        bool(entry.corrected_by),
    )


@dataclass(frozen=True)
class _Ways:
    """How a party is asked for what a task needs: by a link, unless something is in its way, and by a letter."""

    why_not: str
    #: The links that are out.
    out: list[LinkRow]
    #: Which letter asks it, and whom; none where none can go now.
    letter: tuple[str, str] | None


def _ways(db: Connection, actor: Actor, case: Case, task: Task) -> _Ways:
    why = refusal(case, load_library()[task.edition], task)
    return _Ways(
        why_not=say(why) if why is not None else "",
        out=[link for link in list_links(db, actor, case, task.id) if link.state == OPEN],
        letter=asking_letter(actor, case, parties_of(case, task)),
    )


@blueprint.get("/tasks/<uuid:task>/due")
def due(task: UUID) -> str:
    """Why the task is due when it is."""
    with page_transaction() as (db, actor):
        case, details = queries.read_task(db, actor, str(task))
        layout.use_calendar(calendar_of(db, case.programme))
        why = explain_task(db, actor, str(task))
    return render_template("tasks/due.html", one=details, place=place_url(details), ledger=ledger(why))


def _filled_in(asked: Asked) -> FilledIn:
    """What was said with it."""
    return FilledIn(form=asked.form, data=asked.data, body=asked.body, erased=asked.erased, names=asked.names)


def _rules(task: TaskView) -> list[WrittenField]:
    """The fields of the form of a side task."""
    edition = load_library()[task.edition]
    return edition.form(edition.tasks[task.rule].form)


def _form(db: Connection, actor: Actor, case: Case, task: TaskView, sent: sent_forms.Sent | None) -> FormView:
    edition, rules = load_library()[task.edition], _rules(task)
    current = case.tasks.get(task.id)
    before = queries.returned(db, case, current) if current is not None else {}
    prepared = _prepared(db, task)
    said = dict.fromkeys(before, gettext("As you handed it in before."))
    said |= dict.fromkeys(prepared, gettext("As it was filled in for you."))
    return form_actions.form_on(
        db,
        actor,
        case,
        case.tracks[task.track],
        name=_draft(task),
        edition=edition,
        form=edition.tasks[task.rule].form or "",
        rules=rules,
        values=known_answers(db, actor, case, case.tracks[task.track], rules, about=task.about) | before | prepared,
        sent=sent,
        said=said,
        capacity=(lambda other: may_work(other, case, current)) if current is not None else None,
        about=task.about,
    )


#: How a task comes back with its form filled in.
_COME_BACK = ("handed_back", "approved", "changes_asked")


def _moves(asked: Asked | None) -> list[tuple[str, str | None, str]]:
    """What granting it would move: in words, with the day now and then."""
    editions = load_library().editions
    return (
        [(edition_text(editions[move.edition], move.key), move.due_at, move.until) for move in asked.moves]
        if asked
        else []
    )


def _proposed(db: Connection, actor: Actor, case: Case, task: TaskView) -> list[Told]:
    """The form as it was filled in, for whoever reviews it."""
    edition = load_library()[task.edition]
    said = queries.prepared(db, task.id)
    ids, whole = ids_in(said), sight(actor, case) == Sight.ALL
    names = names_in_answers(db, case, ids) if whole else names_for_provider(db, actor, case, ids)
    name = edition.tasks[task.rule].form
    form = FormKey(edition=edition.fingerprint, name=name) if name else None
    return say_fields(FilledIn(names=names, form=form, data=said), load_library().editions)


def _prepared(db: Connection, task: TaskView) -> JsonObject:
    """What the person to whom it was delegated has filled in, where it has come back to be accepted."""
    if task.handed is None or task.handed.how not in _COME_BACK:
        return {}
    return queries.prepared(db, task.id)


def _papers(task: PlacedTask) -> DocumentPlace | None:
    """Where what is handed in with its form goes: to the referral of a provider's task, else to the case; not of a mediation."""
    if task.organisation is not None:
        return DocumentPlace("referral", task.referral) if task.referral else None
    return DocumentPlace("case", task.case.number) if task.case else None


def _files(papers: DocumentPlace, task: TaskView, rules: list[WrittenField]) -> FilesOfForm:
    return FilesOfForm(papers, _draft(task), rules, asks_whose=papers.referral is None)


def _draft(task: TaskView) -> str:
    return f"task:{task.id}"


@blueprint.post("/tasks/<uuid:task>/complete")
def complete(task: UUID) -> Response:
    """Finish a side task with its form; what stands beside it as an item to be added is added first."""
    if request.form.get("own", "").strip():
        return work_on_list(task)
    with page_transaction() as (db, actor):
        case, details = queries.read_task(db, actor, str(task))
        if details.type != "side":
            raise NotFound("task")
        rules = _rules(details)
        known = known_answers(db, actor, case, case.tracks[details.track], rules, about=details.about)
    papers, answered = _papers(details), JsonObject()

    def do(db: Connection, actor: Actor, request: Request, seen: int, data: JsonObject) -> Done:
        answered.update(data)
        return tasks.complete_task(db, actor, str(task), data=data, happened_on=None, request=request)

    return sent_forms.answer(
        _draft(details),
        rules,
        do,
        lambda sent: make_response(_show(str(task), sent), sent.status),
        lambda _: place_url(details),
        said=lambda _: _say_done(details, answered),
        known=known,
        files=_files(papers, details, rules) if papers else None,
    )


@blueprint.post("/tasks/<uuid:task>/review")
def ask_review(task: UUID) -> Response:
    """Have another person look at the form before the task is finished."""
    with page_transaction() as (db, actor):
        case, details = queries.read_task(db, actor, str(task))
        if details.type != "side":
            raise NotFound("task")
        rules = _rules(details)
        known = known_answers(db, actor, case, case.tracks[details.track], rules, about=details.about)
    papers = _papers(details)

    def do(db: Connection, actor: Actor, request_: Request, seen: int, data: JsonObject) -> Done:
        try:
            person = str(UUID(request.form.get("reviewer", "")))
        except ValueError:
            raise InvalidForm(fields={"person": reasons.fields.REQUIRED}) from None
        return tasks.ask_review(db, actor, str(task), person=person, data=data, request=request_)

    return sent_forms.answer(
        _draft(details),
        rules,
        do,
        lambda sent: make_response(_show(str(task), sent), sent.status),
        lambda _: url_for("home.show"),
        said=lambda _: gettext(
            "Sent for review: %(task)s. It comes back to you with the answer.", task=task_words(details)
        ),
        known=known,
        files=_files(papers, details, rules) if papers else None,
    )


@blueprint.post("/tasks/<uuid:task>/review/answer")
def answer_review(task: UUID) -> Response:
    """Approve what was proposed, or ask for changes."""
    approve, note = request.form.get("answer") == "approve", request.form.get("note", "").strip()
    try:
        with page_transaction() as (db, actor):
            details = queries.read_task(db, actor, str(task))[1]
            tasks.answer_review(db, actor, str(task), approve=approve, note=note or None, request=read_request())
            drop_kept(db, actor)
    except InvalidForm:
        flash(gettext("Nothing was recorded yet: write what must change."), "warn")
        return redirect(url_for("tasks.show", task=task), 303)
    except WrongState as refusal:
        flash(say_error(refusal), "warn")
        return redirect(url_for("tasks.show", task=task), 303)
    if approve:
        flash(gettext("Approved: %(task)s. The person who asked finishes it.", task=task_words(details)))
    else:
        flash(gettext("Sent back for changes: %(task)s", task=task_words(details)))
    return redirect(url_for("home.show"), 303)


@blueprint.post("/tasks/<uuid:task>/items")
def work_on_list(task: UUID) -> Response:
    """Tick an item of the task's checklist, take its tick away, or add one; what is typed in the form beside it is kept."""
    id, sent = str(task), read_request()
    said, _, item = request.form.get("tick", "").partition(" ")
    if "form" in request.form:
        with page_transaction() as (db, actor):
            _, details = queries.read_task(db, actor, id)
            if any(request.form.getlist(name) != [""] for name in request.form if PREFIX in name or name == "reason"):
                # The page of a decision keeps its own.
                kept = form_name(request.form["form"])
                save_draft(db, actor.person, kept if kept == f"decide:{id}" else _draft(details), typed())
    # The form's own key is left to the form.
    asked = Request(f"{sent.key[:50]}:{item or 'new'}:{said}", sent.digest)
    try:
        with page_transaction() as (db, actor):
            if item:
                tasks.tick_item(db, actor, id, item, done=said == "tick", request=asked)
            else:
                words = request.form.get("own", "").strip()
                tasks.add_item(db, actor, id, words=words, request=asked)
                flash(gettext("On the checklist now: %(words)s", words=words))
    except InvalidForm:
        flash(gettext("Nothing was added: write what is to be done, in at most 200 characters."), "warn")
    except (AlreadyTaken, WrongState) as refusal:
        flash(say_error(refusal), "warn")
    with page_transaction() as (db, actor):
        _, details = queries.read_task(db, actor, id)
    # That of a step stands where one sees what may be done with it.
    page = "task_operations.show" if details.type == "step" else "tasks.show"
    return redirect(url_for(page, task=task, _anchor="checklist"), 303)


def _say_done(task: PlacedTask, data: JsonObject) -> str:
    """What was done, and in a case that one sees what comes next."""
    words = say_answer(task, data)
    if task.kind != "case" or not task.case:
        return words
    try:
        return say_done(task.case.number, words)
    except NotFound:
        # A provider sees the referral alone, and whoever has just declared an interest perhaps nothing.
        return words


__all__ = ["blueprint", "work_on_list"]
