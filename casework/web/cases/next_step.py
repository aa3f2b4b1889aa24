"""What comes next in a case: the step, who does it, who is waited for, and which of the actions is offered first."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeGuard

from flask_babel import gettext

from casework.definitions import load_library
from casework.engine.definition.editions import Edition
from casework.engine.definition.grammar import EXCEPTION, MAIN, RETURN
from casework.engine.roles import ORGANISATION_ROLES
from casework.engine.state.case_dates import HOLD
from casework.operations.cases.action_views import ActionView, NeededPaper
from casework.operations.cases.views import CasePart, CaseWait, TrackView, WholeCase
from casework.web.cases.list_page import say_hold
from casework.web.shell.form_actions import Action
from casework.web.shell.task_links import hold_name, queue_name
from casework.web.shell.values import say_waited
from casework.web.tasks.next_action import say_task


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
    #: By name, where another one than the office does it.
    organisation: str | None
    where: str
    overdue: bool
    still: bool
    #: When it can be worked on, while it cannot yet.
    begins_at: str | None = None


def task_lines(case: CasePart, person: str, names: Mapping[str, str]) -> list[TaskLine]:
    """The open tasks by their dates, those that cannot begin yet last."""
    providers = {track.provider.id: track.provider.name for track in case.tracks if track.provider}
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
            providers.get(task.organisation) if task.organisation else None,
            names.get(task.track, ""),
            task.overdue,
            task.still,
            task.begins_at,
        )
        for task in case.tasks
    ]
    return sorted(views, key=lambda view: (view.waits, view.due_at or "9", view.id))


# --- actions ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Choices:
    """The actions of a case as a page groups them."""

    primary: Action | None = None
    #: Ways forward, the primary one first.
    possible: tuple[Action, ...] = ()
    more: tuple[Action, ...] = ()
    #: What the reader's role does, and cannot do yet.
    not_now: tuple[Action, ...] = ()
    #: The same of other roles of the office.
    of_others: tuple[Action, ...] = ()


def choose(
    actions: Sequence[Action],
    offered: Iterable[ActionView],
    main: str,
    following: str,
    steps: Collection[str] = (),
    *,
    beside: Collection[str] = (),
    outliving: Collection[str] = (),
) -> Choices:
    """One primary action: where what comes next is done, else the case's way forward. A provider's are not told as ours.

    `steps` are the tracks whose step the reader is to do: what decides it stands with the ways forward. `beside` are those that
    stand at the same step as what comes next: by a way forward there it is done. A way back is never the primary one where its
    track has a way forward, possible yet or not; nor is what leads on from where a track of `outliving` may stay.
    """
    offered = tuple(offered)
    ahead = {offer.track for offer in offered if offer.kind == MAIN}
    forward = {action.track for action in actions if action.allowed and action.kind == MAIN} | {main}
    offer_of = {(offer.track, offer.transition): offer for offer in offered}
    possible: list[Action] = []
    more: list[Action] = []
    not_now: list[Action] = []
    of_others: list[Action] = []
    for action in actions:
        offer = offer_of[action.track, action.name]
        if action.allowed:
            asked = action.proposed or _decides(action, steps, forward)
            aside = not asked and (action.kind != MAIN or action.track in outliving)
            (more if aside else possible).append(action)
        elif not set(offer.confirm_by if offer.proposed else offer.by) <= ORGANISATION_ROLES:
            (not_now if offer.yours else of_others).append(action)
    possible.sort(
        key=lambda action: (
            _goes_back(action, ahead),
            action.track != following,
            action.track not in beside,
            action.track != main,
            action.kind == EXCEPTION,
        )
    )
    primary = possible[0] if possible and not _goes_back(possible[0], ahead) else None
    return Choices(primary, tuple(possible), tuple(more), tuple(not_now), tuple(of_others))


def _goes_back(action: Action, ahead: Collection[str]) -> bool:
    """Whether an action leads back; one that was asked for already is a decision, and so is one where there is no way forward."""
    return action.kind == RETURN and action.track in ahead and not action.proposed


def beside_of(tracks: Iterable[TrackView], following: str) -> frozenset[str]:
    """The other tracks that stand at the same step as a track."""
    step_of = {track.id: track.step for track in tracks if not track.ended and track.step}
    return frozenset(id for id, step in step_of.items() if id != following and step == step_of.get(following))


def outliving_of(tracks: Iterable[TrackView], following: str) -> frozenset[str]:
    """The other tracks that stand where they may stay when the case ends: it needs no way on from there."""
    return frozenset(
        track.id
        for track in tracks
        if track.id != following and track.states and load_library()[track.edition].outlives.issuperset(track.states)
    )


def _decides(action: Action, steps: Collection[str], forward: Collection[str]) -> bool:
    """Whether an action is written for the step alone: a way back beside the way forward, or where none is, any way on; and what a
    body outside answers that the step waits for."""
    alone = action.here_alone and (action.kind == RETURN or action.track not in forward)
    return action.track in steps and (alone or action.says_answer)


# --- what comes next -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Next:
    """What comes next, as the box at the top says it."""

    do: str
    who: str
    #: The reader holds it.
    mine: bool
    due_at: str | None
    task: str
    may_work: bool
    type: str
    track: str
    where: str
    overdue: bool
    still: bool


def next_of(case: WholeCase, names: Mapping[str, str], person: str) -> Next | None:
    """The next task of a case in words."""
    following = case.next_action
    if following is None:
        return None
    may = any(task.id == following.id and task.may_work for task in case.tasks)
    holder = following.holder.name if following.holder else None
    return Next(
        say_task(following),
        holder or gettext("queue: %(queue)s", queue=queue_name(following.queue)),
        following.holder is not None and following.holder.id == person,
        following.due_at,
        following.id,
        may,
        following.type,
        following.track,
        names.get(following.track, ""),
        following.overdue,
        following.still,
    )


def yours_of(following: Next | None, tasks: Iterable[TaskLine], chosen: Choices) -> TaskLine | None:
    """What the reader can do while what comes next is another's, or a step that nothing leads out of yet."""
    if following is None:
        return None
    if following.may_work and not _stuck(following, chosen):
        return None
    return next((task for task in tasks if task.may_work and not task.waits and task.type != "step"), None)


def coming_of(following: Next | None, tasks: Iterable[TaskLine]) -> TaskLine | None:
    """What begins by itself before the step that comes next is due: until then there is nothing to do about it."""
    if following is None or following.type != "step" or following.due_at is None:
        return None
    begins = [(task.begins_at, task) for task in tasks if task.begins_at is not None and task.where == following.where]
    moment, first = min(begins, key=lambda one: one[0], default=("", None))
    return first if moment < following.due_at else None


@dataclass(frozen=True)
class Held:
    """The way on from the step that comes next, and the paper of ours without which nobody may take it."""

    action: Action
    paper: NeededPaper


def held_of(following: Next | None, chosen: Choices) -> Held | None:
    """What holds up the step that comes next, where it is the reader's and a paper that the office hands in is missing."""
    if not _stuck(following, chosen):
        return None
    ways = (action for action in chosen.not_now if action.track == following.track and action.kind == MAIN)
    wanted = (Held(action, paper) for action in ways for paper in action.papers if paper.of is None)
    return next((held for held in wanted if held.paper.state not in ("there", "pending")), None)


def before_of(following: Next | None, tasks: Iterable[TaskLine], chosen: Choices) -> TaskLine | None:
    """What another must do first, where the reader can do nothing about the step that comes next."""
    if not _stuck(following, chosen):
        return None
    there = (task for task in tasks if not task.waits and task.type != "step" and task.where == following.where)
    return next((task for task in there if not task.may_work), None)


def _stuck(following: Next | None, chosen: Choices) -> TypeGuard[Next]:
    if following is None or following.type != "step" or not following.may_work:
        return False
    return all(action.track != following.track for action in chosen.possible)


@dataclass(frozen=True)
class Wait:
    """Who is waited for, since and until when."""

    who: str
    since: str | None
    until: str | None
    is_day: bool = False
    overdue: bool = False


def waits_of(case: WholeCase, edition: Edition) -> list[Wait]:
    """For whom the case waits, each once: with what is due first of all that they owe; before them for whom the next task does."""
    resting = case.next_action.wait if case.next_action else None
    own = [Wait(hold_name(resting.for_), None, resting.until, True)] if resting else []
    return own + [_wait(wait, edition) for wait in case.waits_for]


def _wait(wait: CaseWait, edition: Edition) -> Wait:
    if wait.for_ is None or isinstance(wait.for_, str) and wait.what == HOLD:
        return Wait(say_hold(edition, wait.for_), None, wait.until, True)
    return Wait(say_waited(wait.for_) or gettext("a provider"), wait.since, wait.until, overdue=wait.overdue)


__all__ = [
    "Choices", "Held", "Next", "TaskLine", "Wait", "before_of", "beside_of", "choose", "coming_of", "held_of", "next_of",
    "outliving_of", "task_lines", "waits_of", "yours_of",
]  # fmt: skip
