"""What may be done in a case now, and of everything else why not: the actions of its tracks, and tasks on request."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from casework import reasons
from casework.engine.definition.editions import Edition, TaskRule, TransitionRule, ancestors
from casework.engine.definition.guard_facts import UNKNOWN
from casework.engine.definition.required_documents import Paper, papers_for
from casework.engine.execution.checklists import insist_step_ticked
from casework.engine.execution.context import Context, Library
from casework.engine.execution.effect_roles import accepted
from casework.engine.execution.event_builder import EventBuilder
from casework.engine.execution.guards import (
    insist_another,
    insist_another_than,
    insist_not_frozen,
    insist_not_held,
    insist_not_held_task,
    insist_nothing,
    insist_right_to_name,
    insist_role,
    refusals,
)
from casework.engine.roles import Role
from casework.engine.state.case import Case, Track
from casework.errors import CaseworkError, Refused
from casework.reasons import Why

NO_DATA: Mapping[str, Any] = {}


@dataclass(frozen=True)
class Offer:
    """A transition by people out of a track's present states, and every reason against the actor's doing it now.

    Guards that read the form are not asked yet: only the filled form can answer them.
    """

    track: str
    transition: str
    rule: TransitionRule
    #: The part of the track's states that it leaves.
    place: str
    #: Whether the actor's role does this at all; whoever has another role need not even see it.
    fits_role: bool
    #: The proposal that waits for a second person; doing it now means confirming, without a form.
    proposal: str | None = None
    why_not: tuple[Why, ...] = ()
    #: How it stands with the papers that it asks for.
    papers: tuple[Paper, ...] = ()

    @property
    def allowed(self) -> bool:
        return not self.why_not


@dataclass(frozen=True)
class TaskOffer:
    """A side task that the workflow lets people add at this step."""

    track: str
    task: str
    rule: TaskRule
    fits_role: bool
    why_not: tuple[Why, ...] = ()

    @property
    def allowed(self) -> bool:
        return not self.why_not


def offers(library: Library, case: Case, context: Context) -> list[Offer]:
    """Every action out of where the tracks stand, in the order of the tracks and of their definitions."""
    if case.removed_at is not None:
        return []
    builder = EventBuilder(library, case, context)
    offered: list[Offer] = []
    for track in case.tracks.values():
        edition = library[track.edition]
        seen: set[str] = set()
        for rule, place in edition.leaving(track.states):
            # The innermost one of a name is the one that `decide` fires.
            if rule.name in seen:
                continue
            seen.add(rule.name)
            if not rule.automatic and rule.by_people:
                offered.append(_offer(builder, edition, track, rule, place))
    return offered


def task_offers(library: Library, case: Case, context: Context) -> list[TaskOffer]:
    """Every side task that may be asked for where the tracks stand."""
    if case.removed_at is not None:
        return []
    builder = EventBuilder(library, case, context)
    offered: list[TaskOffer] = []
    for track in case.tracks.values():
        edition = library[track.edition]
        here = {place for leaf in track.states for place in ancestors(leaf)}
        for request in edition.rules["on_request"]:
            # What nobody may ask for is opened by the engine alone.
            if not here & set(request["from"]) or not request["by"]:
                continue
            rule = edition.tasks[request["task"]]
            fits = builder.by.role in accepted(case, tuple(map(Role, request["by"])))
            why: list[Why] = [] if fits else [reasons.cases.FOR_ROLES(roles=request["by"])]
            if rule.unless_open and any(t.name == rule.name and t.about is None for t in case.open_tasks()):
                why.append(reasons.tasks.OPEN_ALREADY)
            offered.append(TaskOffer(track.id, rule.name, rule, fits, tuple(why)))
    return offered


def _offer(builder: EventBuilder, edition: Edition, track: Track, rule: TransitionRule, place: str) -> Offer:
    pending, papers = (
        builder.case.proposal_for(track.id, rule.name),
        tuple(papers_for(builder.facts(track, NO_DATA), rule)),
    )
    if pending is not None:
        fits = builder.by.role in accepted(builder.case, rule.confirm_by)
        checks: list[Callable[[], None]] = [
            lambda: insist_role(builder, edition, rule, rule.confirm_by),
            lambda: insist_another(builder, pending.askers),
            lambda: insist_not_held_task(builder, builder.case.tasks[pending.task]),
            lambda: insist_nothing(refusals(builder, track, rule, pending.data)),
            lambda: insist_step_ticked(builder, track, rule),
        ]
        return Offer(track.id, rule.name, rule, place, fits, pending.id, _why_not(checks), papers)
    fits = builder.by.role in accepted(builder.case, rule.by)
    data = NO_DATA if rule.form is None else UNKNOWN
    checks = [
        lambda: insist_role(builder, edition, rule, rule.by),
        lambda: insist_another_than(builder, rule.not_by, track),
        lambda: insist_not_held(builder, track, rule),
        lambda: insist_not_frozen(builder, track, rule, place),
        lambda: insist_nothing(refusals(builder, track, rule, data)),
        lambda: insist_right_to_name(builder, edition, track, rule.form),
        lambda: insist_step_ticked(builder, track, rule),
    ]
    return Offer(track.id, rule.name, rule, place, fits, None, _why_not(checks), papers)


def _why_not(checks: list[Callable[[], None]]) -> tuple[Why, ...]:
    """All reasons at once, not only the first: who mends one should not be told the next only then."""
    against: list[Why] = []
    for check in checks:
        try:
            check()
        except Refused as refused:
            against += refused.reasons
        except CaseworkError as error:
            against.append(error.reason)
    return tuple(against)
