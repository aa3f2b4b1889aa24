"""Tracks and tasks as the API and the pages show them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from casework.engine.definition.editions import Edition, do_key
from casework.engine.definition.grammar import PREVIOUS_STEP
from casework.engine.execution.context import Library
from casework.engine.execution.task_lifecycle import PRIORITIES
from casework.engine.parties import body_of
from casework.engine.state.case import Case, Task, Track
from casework.engine.state.case_dates import begins_at
from casework.engine.state.moves import MADE
from casework.json_values import JsonObject
from casework.ledger.canonical_json import instant
from casework.operations.cases.move_views import LastMove
from casework.operations.cases.views import Handed, TaskView, TrackView, Wait
from casework.operations.core.presenters import when
from casework.operations.core.views import to_named
from casework.permissions.visibility import Sight


def step_at(edition: Edition, state: str, came_from: Sequence[str]) -> str | None:
    """The step that people read a state as; a side state counts as the step that it was entered from."""
    step = edition.states[state].step
    if step == PREVIOUS_STEP and came_from:
        return edition.states[came_from[0]].step
    return step


def show_track(track: Track, library: Library, names: Mapping[str, str], level: Sight) -> TrackView:
    """A track as the API and the pages show it."""
    edition = library[track.edition]
    return TrackView(
        id=track.id,
        workflow=track.workflow,
        kind=track.kind,
        edition=track.edition,
        edition_number=edition.number,
        revision=track.revision,
        states=list(track.states),
        labels=[edition.text(f"states.{leaf}") for leaf in track.states],
        step=step_of(track, edition),
        visited=_visited(track, edition),
        parent=track.parent,
        provider=to_named(track.provider, names),
        entered_at=instant(track.entered_at),
        ended=track.outcome,
        replaced=track.replaced,
        given=given_of(track, level),
    )


#: Of what a referral was opened with: who else was or will be asked, which no provider learns.
_OF_THE_PANEL = frozenset({"panel", "after", "with"})


def given_of(track: Track, level: Sight) -> JsonObject:
    return {key: value for key, value in track.given.items() if level == Sight.ALL or key not in _OF_THE_PANEL}


def show(task: Task, edition: Edition, names: Mapping[str, str], *, overdue: bool, still: bool) -> TaskView:
    """A task as the API and the pages show it; what is overdue does not stand still."""
    rule = edition.tasks.get(task.rule) if task.type == "side" else None
    return TaskView(
        id=task.id,
        track=task.track,
        name=task.name,
        type=task.type,
        do=edition.text(do_key(task.type, task.rule)),
        queue=task.queue,
        edition=task.edition,
        rule=task.rule,
        organisation=task.organisation,
        state=task.state,
        holder=to_named(task.holder, names),
        about=task.about,
        opened_at=instant(task.opened_at),
        due_at=when(task.due_at),
        overdue=overdue,
        still=still and not overdue,
        flagged=task.flagged,
        aftercare=task.aftercare,
        form=[*edition.form_shown(rule.form)] if rule else None,
        result=dict(task.result),
        priority=next(name for name, rank in PRIORITIES.items() if rank == task.priority),
        initiator=to_named(task.initiator, names),
        handed=_handed(task, names),
        wait=task.wait and Wait(for_=task.wait["for"], until=task.wait["until"]),
        awaits=body_of(task.awaits, task.about) if task.awaits else None,
    )


def show_of(case: Case, task: Task, library: Library, names: Mapping[str, str], moment: datetime) -> TaskView:
    """A task of a case that is at hand, as it stands at a moment."""
    late, still = case.overdue(task, moment), case.stands_still(task)
    shown = show(task, library[task.edition], names, overdue=late, still=still)
    return replace(shown, begins_at=when(begins_at(case, task)))


def _handed(task: Task, names: Mapping[str, str]) -> Handed | None:
    """How the task came to whom it is with; the note to it lies in the history."""
    handed = task.handed
    if handed is None:
        return None
    return Handed(
        how=handed["how"],
        by=to_named(handed["by"], names),
        to=to_named(handed["to"], names),
        why=handed.get("why"),
        round=handed.get("round"),
    )


def concerned(task: Task) -> set[str | None]:
    """Everybody who is named where the task is shown."""
    return {task.holder, task.initiator, *((task.handed["by"], task.handed["to"]) if task.handed else ())}


def step_of(track: Track, edition: Edition) -> str | None:
    return step_at(edition, track.states[0], track.came_from.get(track.states[0], ()))


def _visited(track: Track, edition: Edition) -> list[str]:
    """The steps in which the track has been, in their order."""
    entered = {*edition.initial, *track.states, *(leaf for came in track.came_from.values() for leaf in came)}
    for rule in edition.transitions:
        if rule.name in track.fired and not rule.target.startswith("="):
            entered |= set(edition.entered(rule.target))
    return list(
        dict.fromkeys(
            state.step
            for path, state in edition.states.items()
            if path in entered and state.step not in (None, PREVIOUS_STEP)
        )
    )


def last_move(track: Track) -> LastMove | None:
    """Whether two persons moved a case past its steps, so that whoever reads these knows."""
    made = track.fired.get(MADE)
    return None if made is None else LastMove(times=made.count, at=instant(made.at), states=list(made.data["from"]))
