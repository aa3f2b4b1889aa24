"""The page of a case: where each track stands, whose turn it is, and what may be done."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from flask import current_app, render_template, url_for
from flask_babel import gettext

from casework.definitions import load_library
from casework.engine import parts
from casework.engine.definition.editions import Edition
from casework.engine.definition.grammar import EXCEPTION, MAIN, RETURN
from casework.engine.roles import ORGANISATION_ROLES, Role
from casework.errors import NotFound
from casework.operations.cases.action_views import ActionView
from casework.operations.cases.case_events import last_events
from casework.operations.cases.queries import describe_whole, find_case, outline_of
from casework.operations.cases.related_records import show_papers
from casework.operations.cases.views import CaseOutline, CasePart, CaseWait, TrackView, WholeCase
from casework.operations.core.perform import calendar_of
from casework.operations.core.unread import look
from casework.operations.deadlines.queries import explain_tasks
from casework.operations.documents.service import list_documents
from casework.operations.messages.threads import list_threads
from casework.operations.oversight.forecast import read_prospect
from casework.permissions.visibility import Sight
from casework.web.cases.list_page import say_hold, say_outcome
from casework.web.cases.progress import Step, step_name, steps_of
from casework.web.deadlines.presenter import ledger
from casework.web.history.sentences import say_entry, say_join
from casework.web.messages.pages import threads_of
from casework.web.shell.form_actions import Action, actions_in
from casework.web.shell.i18n import edition_text, say
from casework.web.shell.layout import use_calendar
from casework.web.shell.session import page_transaction
from casework.web.shell.staffing_words import say_risks
from casework.web.shell.task_links import hold_name, queue_name
from casework.web.shell.values import ENCUMBRANCES, KINDS_OF_RIGHTS, paper_name, party_name, service_name
from casework.web.tasks.next_action import say_task


@dataclass(frozen=True)
class TrackLine:
    """A track as a line: what it is, who works on it, where it stands."""

    id: str
    name: str
    provider: str
    state: str
    steps: tuple[Step, ...]
    ended: bool
    entered_at: str | None
    inside: bool
    replaced: bool


@dataclass(frozen=True)
class TaskLine:
    """A task as a line."""

    id: str
    do: str
    type: str
    queue: str
    holder: str
    mine: bool
    may_work: bool
    due_at: str | None
    waits: bool
    organisation: str | None
    where: str
    overdue: bool
    still: bool


def track_views(case: CasePart) -> list[TrackLine]:
    """Referrals and tracks beside the main one, each service under its referral."""
    library, views = load_library(), []
    below: dict[str, list[TrackView]] = {}
    for track in case.tracks:
        below.setdefault(track.parent or "", []).append(track)
    for outer in below.get("", []):
        if library[outer.edition].part == parts.MAIN:
            continue
        views.append(_track(outer, library[outer.edition], inside=False))
        views += [_track(inner, library[inner.edition], inside=True) for inner in below.get(outer.id, [])]
    return views


def _track(track: TrackView, edition: Edition, *, inside: bool) -> TrackLine:
    name = service_name(track.kind)
    if edition.part == parts.REFERRAL:
        name = gettext("Referral: %(service)s", service=name)
    return TrackLine(
        track.id,
        name[:1].upper() + name[1:],
        track.provider.name or "" if track.provider else "",
        ", ".join(edition_text(edition, f"states.{leaf}") for leaf in track.states),
        tuple(steps_of(edition, track)),
        track.ended is not None,
        track.entered_at,
        inside,
        track.replaced,
    )


def _tasks(case: CasePart, person: str, names: Mapping[str, str]) -> list[TaskLine]:
    views = [
        TaskLine(
            task.id,
            say_task(task),
            task.type,
            task.queue,
            task.holder.name or "" if task.holder else "",
            task.holder is not None and task.holder.id == person,
            task.may_work,
            task.due_at,
            task.state in ("Created", "Suspended"),
            task.organisation,
            names.get(task.track, ""),
            task.overdue,
            task.still,
        )
        for task in case.tasks
    ]
    return sorted(views, key=lambda view: (view.waits, view.due_at or "9", view.id))


@dataclass(frozen=True)
class Choices:
    """The actions of a case as a page groups them."""

    primary: Action | None
    possible: tuple[Action, ...]
    more: tuple[Action, ...]
    not_now: tuple[Action, ...]


def _choose(
    actions: Sequence[Action],
    offered: Iterable[ActionView],
    main: str,
    following: str,
    steps: Collection[str] = (),
) -> Choices:
    """One primary action: where what comes next is done, else the case's way forward. A provider's are not told as ours.

    `steps` are the tracks whose step the reader is to do: what decides it stands with the ways forward.
    """
    forward = {action.track for action in actions if action.allowed and action.kind == MAIN} | {main}
    offer_of = {(offer.track, offer.transition): offer for offer in offered}
    possible: list[Action] = []
    more: list[Action] = []
    not_now: list[Action] = []
    for action in actions:
        offer = offer_of[action.track, action.name]
        if action.allowed:
            aside = action.kind != MAIN and not action.proposed and not _decides(action, steps, forward)
            (more if aside else possible).append(action)
        elif not set(offer.confirm_by if offer.proposed else offer.by) <= ORGANISATION_ROLES:
            not_now.append(action)
    possible.sort(key=lambda action: (action.track != following, action.track != main, action.kind == EXCEPTION))
    return Choices(possible[0] if possible else None, tuple(possible), tuple(more), tuple(not_now))


def _decides(action: Action, steps: Collection[str], forward: Collection[str]) -> bool:
    """Whether an action is written for the step alone: a way back beside the way forward, or where none is, any way on."""
    return action.track in steps and action.here_alone and (action.kind == RETURN or action.track not in forward)


@dataclass(frozen=True)
class Next:
    """What comes next, as the box at the top says it."""

    do: str
    who: str
    due_at: str | None
    task: str
    may_work: bool
    type: str
    track: str
    where: str
    overdue: bool
    still: bool


def _next(case: WholeCase, names: Mapping[str, str]) -> Next | None:
    following = case.next_action
    if following is None:
        return None
    may = any(task.id == following.id and task.may_work for task in case.tasks)
    holder = following.holder.name if following.holder else None
    return Next(
        say_task(following),
        holder or gettext("queue: %(queue)s", queue=queue_name(following.queue)),
        following.due_at,
        following.id,
        may,
        following.type,
        following.track,
        names.get(following.track, ""),
        following.overdue,
        following.still,
    )


def _yours(following: Next | None, tasks: Iterable[TaskLine], chosen: Choices) -> TaskLine | None:
    """What the reader can do while what comes next is another's, or a step that nothing leads out of yet."""
    if following is None:
        return None
    leads = following.type != "step" or any(action.track == following.track for action in chosen.possible)
    if following.may_work and leads:
        return None
    return next((task for task in tasks if task.may_work and not task.waits and task.type != "step"), None)


@dataclass(frozen=True)
class Wait:
    """Who is waited for, since and until when."""

    who: str
    since: str | None
    until: str | None
    is_day: bool = False
    overdue: bool = False


def _waits(case: WholeCase, edition: Edition) -> list[Wait]:
    """For whom the case waits, each once: with what is due first of all that they owe; before them for whom the next task does."""
    resting = case.next_action.wait if case.next_action else None
    own = [Wait(hold_name(resting.for_), None, resting.until, True)] if resting else []
    return own + [_wait(wait, edition) for wait in case.waits_for]


def _wait(wait: CaseWait, edition: Edition) -> Wait:
    if wait.for_ is None or isinstance(wait.for_, str):
        return Wait(say_hold(edition, wait.for_), None, wait.until, True)
    return Wait(wait.for_.name or gettext("a provider"), wait.since, wait.until, overdue=wait.overdue)


def page_of(number: str, part: str) -> str:
    """The address of another page of a case, "" while there is no such page."""
    rules = {rule.rule: rule.endpoint for rule in current_app.url_map.iter_rules() if "GET" in (rule.methods or ())}
    endpoint = rules.get(f"/cases/<number>/{part}") or rules.get(f"/cases/<string:number>/{part}")
    return url_for(endpoint, number=number) if endpoint else ""


def show(number: str) -> str:
    with page_transaction() as (db, actor):
        case, level = find_case(db, actor, number)
        if level == Sight.REFERRALS:
            # A provider's page is that of its referral.
            raise NotFound("case")
        calendar = calendar_of(db, case.programme)
        use_calendar(calendar)
        if level == Sight.OUTLINE:
            return _outline(outline_of(db, case))
        shown = describe_whole(db, actor, case, calendar)
        papers, events = show_papers(db, actor, case), last_events(db, actor, case)
        documents = list_documents(db, actor, case)
        next_task = shown.next_action.id if shown.next_action else ""
        why = explain_tasks(db, actor, case, [next_task] if next_task else []).get(next_task)
        supervises = actor.in_programme(case.programme, (Role.SUPERVISOR,))
        risks = say_risks(read_prospect(db, case)) if supervises else []
        threads = threads_of(list_threads(db, actor, case), number, case.log)
        look(db, actor, case.log)
    library = load_library()
    main = shown.tracks[0]
    edition = library[main.edition]
    actions = actions_in(case, shown.actions)
    # Who only reads is not told what others may do.
    works = any(action.yours for action in shown.actions) or bool(set(shown.case_actions) - {"declare_interest"})
    tracks = track_views(shown)
    names = {track.id: track.name for track in tracks}
    following = _next(shown, names)
    there = following.track if following else main.id
    steps = {task.track for task in shown.tasks if task.may_work and task.type == "step"}
    chosen = _choose(actions, shown.actions, main.id, there, steps) if works else Choices(None, (), (), ())
    tasks = _tasks(shown, actor.person, names)
    return render_template(
        "cases/show.html",
        case=shown,
        main=main,
        edition=edition,
        steps=steps_of(edition, main),
        tracks=tracks,
        next=following,
        ledger=ledger(why),
        waits=_waits(shown, edition),
        joins=[words for join in shown.joins if (words := say_join(join))],
        actions=chosen,
        works=works,
        tasks=tasks,
        requests=[
            replace(request, label=edition_text(library[case.tracks[request.track].edition], f"tasks.{request.rule}"))
            for request in shown.requests
        ],
        say=say,
        papers=papers,
        documents=documents,
        yours=_yours(following, tasks, chosen),
        threads=threads,
        events=[(event, say_entry(event, library.editions)) for event in events],
        track_names=names,
        outcome=say_outcome(edition, shown.outcome),
        state=", ".join(edition_text(edition, f"states.{leaf}") for leaf in main.states),
        history=page_of(number, "history"),
        map=page_of(number, "map"),
        kinds=KINDS_OF_RIGHTS,
        lying=ENCUMBRANCES,
        party_name=party_name,
        paper_name=paper_name,
        queue_name=queue_name,
        risks=risks,
    )


def _outline(case: CaseOutline) -> str:
    edition = load_library()[case.edition]
    return render_template(
        "cases/outline.html",
        case=case,
        state=edition_text(edition, f"states.{case.state}"),
        step=step_name(case.step),
        outcome=say_outcome(edition, case.outcome),
    )
