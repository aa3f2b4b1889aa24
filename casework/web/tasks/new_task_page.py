"""Adding a task from the list that the workflow allows: about whom, until when, and for whom."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from uuid import UUID

from flask import Response, request, url_for
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
from casework.operations.cases.known_answers import known_answers
from casework.operations.cases.queries import describe_whole, find_case
from casework.operations.cases.refused_answers import refused_in_task
from casework.operations.core.drafts import find_draft
from casework.operations.core.idempotency import Done, Request
from casework.operations.core.perform import calendar_of
from casework.operations.core.reader_names import title_of
from casework.operations.tasks.done_at_once import add_and_complete, may_do_at_once
from casework.permissions.actors import Actor
from casework.permissions.visibility import Sight
from casework.web.shell.form_actions import form_on
from casework.web.shell.forms import FormView, build_form, own_texts, parse_form
from casework.web.shell.i18n import N_, edition_text, say
from casework.web.shell.layout import use_calendar
from casework.web.shell.sent_forms import Sent, answer, page_with_form
from casework.web.shell.session import page_transaction
from casework.web.tasks.next_action import say_done


class NewTask(Form):
    due = Date(label=N_("Due on"), required=False, help=N_("Empty: as the workflow counts it."))
    person = Person(
        label=N_("Who does it"), required=False, help=N_("Leave it empty to let anybody in the queue take it.")
    )
    note = Note(
        label=N_("What that person should know"), required=False, help=N_("Needed where you give it to somebody else.")
    )


class OfParty(Form):
    about = Choice(
        label=N_("About which party"),
        choices={"need_owner": N_("need owner"), "technology_owner": N_("technology owner")},
    )


class NewTaskOfParty(NewTask, OfParty):
    pass


#: What the form says that is filled in at once, not left to whoever takes the task.
AT_ONCE = "at_once"


def _draft(track: str, task: str, *, at_once: bool = False) -> str:
    return f"{'do' if at_once else 'add'}:{track}:{task}"


@dataclass(frozen=True)
class Place:
    """Where a task is added: in a case, or in a referral by those who read nothing else of it."""

    #: The case, and what may be added there. Raises NotFound.
    offered: Callable[[Connection, Actor], tuple[Case, Iterable[AddableTask]]]
    #: Its page, and what the way back there is called.
    back: str
    to: tuple[str, str]
    #: What is said after something was done there.
    said: Callable[[str], str]
    #: The pages above its own.
    above: tuple[tuple[str, str], ...] = ()


def _in_case(number: str) -> Place:
    def offered(db: Connection, actor: Actor) -> tuple[Case, Iterable[AddableTask]]:
        case, level = find_case(db, actor, number)
        if level < Sight.ALL:
            raise NotFound("task")
        return case, describe_whole(db, actor, case).requests

    return Place(
        offered,
        url_for("cases.show", number=number) + "#tasks",
        (gettext("To the case"), gettext("Back to the case")),
        lambda words: say_done(number, words),
        ((gettext("Cases"), url_for("cases.index")),),
    )


def _offer(db: Connection, actor: Actor, place: Place, track: str, task: str) -> tuple[Case, AddableTask]:
    """The case, and what may be added. Raises NotFound for what is not offered here."""
    case, offered = place.offered(db, actor)
    for offer in offered:
        if (offer.track, offer.task) == (track, task):
            return case, offer
    raise NotFound("task")


def _form_of(offer: AddableTask) -> type[NewTask]:
    return NewTaskOfParty if offer.about == "party" else NewTask


def show(number: str, track: UUID, kind: str) -> Response:
    return show_in(_in_case(number), str(track), kind)


def show_in(place: Place, track: str, task: str) -> Response:
    return _page(place, track, task, None)


def _page(place: Place, track: str, task: str, sent: Sent | None) -> Response:
    at_once = sent is not None and AT_ONCE in sent.data
    with page_transaction() as (db, actor):
        case, offer = _offer(db, actor, place, track, task)
        called = title_of(db, actor, case)
        use_calendar(calendar_of(db, case.programme))
        edition, form_class = load_library()[case.tracks[track].edition], _form_of(offer)
        rule, on = edition.tasks[offer.rule], case.tracks[track]
        later = sent if sent and not at_once else None
        form = build_form(
            _draft(track, task),
            form_class.rule(),
            own_texts(form_class),
            choices={"person": side_tasks.whom_for(db, case, on, rule)},
            submitted=later.data if later else None,
            faults=later.faults if later else None,
            draft=None if later else find_draft(db, actor.person, _draft(track, task)),
        )
        possible = at_once or may_do_at_once(db, actor, case, on, offer.rule)
        # What it would be refused for whatever is answered is said before anybody fills it in.
        against = [] if sent else refused_in_task(db, actor, case, on, rule).get("", {}).get("", [])
        possible = possible and not against
        own = _own(db, actor, case, offer, sent if at_once else None) if possible else None
        about = _about(sent if at_once else None) if possible and offer.about == "party" else None
    return page_with_form(
        "tasks/new.html",
        sent,
        crumbs=[*place.above, (case.number if place.above else called or gettext("erased"), place.back)],
        under=f"{case.number} {called or gettext('erased')}",
        to=place.to,
        form=form.placed("later") if own else form,
        own=own,
        about=about,
        later=later,
        at_once=AT_ONCE,
        words=edition_text(edition, f"tasks.{offer.rule}"),
        why_not=[say(why) for why in offer.why_not],
        against=[edition_text(edition, f"guards.{name}") for name in against],
        back=place.back,
    )


def _own(db: Connection, actor: Actor, case: Case, offer: AddableTask, sent: Sent | None) -> FormView:
    """The form of the task itself."""
    track = case.tracks[offer.track]
    edition = load_library()[track.edition]
    name = edition.tasks[offer.rule].form or ""
    rules = edition.form(name)
    return form_on(
        db,
        actor,
        case,
        track,
        name=_draft(offer.track, offer.task, at_once=True),
        edition=edition,
        form=name,
        rules=rules,
        values=known_answers(db, actor, case, track, rules),
        sent=sent,
    )


def _about(sent: Sent | None) -> FormView:
    faults = {name: why for name, why in sent.faults.items() if name == "about"} if sent else None
    return build_form("about", OfParty.rule(), own_texts(OfParty), submitted=sent.data if sent else None, faults=faults)


def add(number: str, track: UUID, kind: str) -> BaseResponse:
    return add_in(_in_case(number), str(track), kind)


def add_in(place: Place, id: str, task: str) -> BaseResponse:
    with page_transaction() as (db, actor):
        case, offer = _offer(db, actor, place, id, task)
        track = case.tracks[id]
        at_once = AT_ONCE in request.form and may_do_at_once(db, actor, case, track, offer.rule)
        if at_once:
            edition = load_library()[track.edition]
            known = known_answers(db, actor, case, track, edition.form(edition.tasks[offer.rule].form))
    if at_once:
        return _do_at_once(place, case, offer, known)

    def do(db: Connection, actor: Actor, key: Request, _: int, data: JsonObject) -> Done:
        return side_tasks.add_task(
            db,
            actor,
            place.offered(db, actor)[0].log,
            case.kind,
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
        lambda sent: _page(place, id, task, sent),
        lambda done: place.back,
        said=lambda done: place.said(gettext("The task is added.")),
    )


def _do_at_once(place: Place, case: Case, offer: AddableTask, known: JsonObject) -> BaseResponse:
    """Ask for the task and finish it, with the form that was sent."""
    track = case.tracks[offer.track]
    edition = load_library()[track.edition]
    rules = edition.form(edition.tasks[offer.rule].form)

    def do(db: Connection, actor: Actor, key: Request, _: int, data: JsonObject) -> Done:
        about = parse_form(OfParty.rule(), request.form).get("about") if offer.about == "party" else None
        return add_and_complete(
            db,
            actor,
            place.offered(db, actor)[0].log,
            case.kind,
            track.id,
            task=offer.task,
            about=about,
            data=data,
            request=key,
        )

    return answer(
        _draft(offer.track, offer.task, at_once=True),
        rules,
        do,
        lambda sent: _page(place, offer.track, offer.task, sent),
        lambda _: place.back,
        said=lambda _: place.said(gettext("Done: %(task)s.", task=edition_text(edition, f"tasks.{offer.rule}"))),
        known=known,
    )


__all__ = ["AT_ONCE", "Place", "add", "add_in", "show", "show_in"]
