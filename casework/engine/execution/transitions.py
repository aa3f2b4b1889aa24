"""Transitions: fired by a person, by a rule or by a clock, or proposed by one person and confirmed by another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from casework import reasons
from casework.engine.definition.editions import Edition, TransitionRule
from casework.engine.definition.guard_facts import Facts
from casework.engine.definition.registry import GUARDS
from casework.engine.definition.required_documents import SCANS, papers_for
from casework.engine.execution.checklists import insist_step_ticked
from casework.engine.execution.commands import Fire
from casework.engine.execution.context import Library
from casework.engine.execution.effect_roles import accepted
from casework.engine.execution.effects import apply_effects, effect_reads, settle_proposals
from casework.engine.execution.entered_states import move
from casework.engine.execution.event_builder import EventBuilder
from casework.engine.execution.guard_refusals import Against
from casework.engine.execution.guards import (
    form_data,
    happened,
    insist_another,
    insist_another_than,
    insist_guards,
    insist_not_frozen,
    insist_not_held,
    insist_not_held_task,
    insist_nothing,
    insist_role,
    line,
    refusals,
)
from casework.engine.execution.sequential_requests import asked_by, same_request
from casework.engine.execution.step_opening import enter_state, leave_state
from casework.engine.execution.task_changes import close_task, close_tasks_of, commit, drop_tasks_of, open_task
from casework.engine.execution.track_opening import end_track, open_tracks
from casework.engine.parts import SENDS
from casework.engine.roles import Role
from casework.engine.state.case import Case, Proposal, Task, Track
from casework.engine.state.effects_schema import Effects
from casework.engine.state.events import FIRED, PROPOSED, REFUSED, SYSTEM_ACTOR
from casework.errors import InvalidForm, NotFound, WrongState
from casework.json_values import Answers
from casework.reasons import Why


@dataclass(frozen=True)
class WayOut:
    """A transition by which a track may leave where it stands."""

    rule: TransitionRule
    #: The part of the marking that it leaves.
    place: str
    #: What somebody asked for and a second person must say the word to.
    pending: Proposal | None
    #: What people do by it, for a refusal.
    action: Why

    @property
    def roles(self) -> tuple[Role, ...]:
        """Who says the word that is next."""
        return self.rule.confirm_by if self.pending else self.rule.by_people


def find_way_out(library: Library, case: Case, track: Track, transition: str) -> WayOut:
    """The transition of that name from where a track stands. Raises NotFound where there is none, and WrongState elsewhere."""
    edition = library[track.edition]
    if not edition.has(transition):
        raise NotFound("action")
    way_out = edition.find(transition, track.states)
    if way_out is None:
        raise _stands_elsewhere(edition, track, transition)
    return WayOut(*way_out, case.proposal_for(track.id, transition), _action(edition, transition))


def fire_by_person(builder: EventBuilder, command: Fire) -> None:
    """Fire a transition, propose it where two persons are needed, or say the second word."""
    track = builder.track(command.track)
    way_out = find_way_out(builder.library, builder.case, track, command.transition)
    if way_out.rule.automatic:
        raise _stands_elsewhere(builder.library[track.edition], track, command.transition)
    if way_out.pending is not None:
        _insist_second_word(builder, way_out, command)
        confirm(builder, track, way_out.rule, way_out.place)
        return
    facts, body = _insist_first_word(builder, track, way_out, command)
    day = happened(builder, command.happened_on)
    if way_out.rule.confirm_by:
        _propose(builder, track, way_out.rule, facts, body, extra=day)
    else:
        fire(builder, track, way_out.rule, way_out.place, facts, body=body, extra=day)


def _insist_first_word(
    builder: EventBuilder, track: Track, way_out: WayOut, command: Fire
) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the form says as facts and as words, where nothing stands against the transition. Raises what refuses it."""
    rule, edition = way_out.rule, builder.library[track.edition]
    insist_role(builder, edition, rule, rule.by)
    insist_another_than(builder, rule.not_by, track)
    insist_not_held(builder, track, rule)
    insist_not_frozen(builder, track, rule, way_out.place)
    facts, body = form_data(
        builder,
        edition,
        rule.form,
        command.data,
        track=track,
        against=command.against,
        beside=lambda answers: refusals(builder, track, rule, answers),
    )
    insist_guards(builder, track, rule, facts)
    insist_step_ticked(builder, track, rule)
    return facts, {**body, "reason": line(command.reason, "reason")} if command.reason else body


def _insist_second_word(builder: EventBuilder, way_out: WayOut, command: Fire) -> None:
    """Only who may decide says it, and the form stands as the first person filled it in."""
    if builder.by.role not in accepted(builder.case, way_out.roles):
        raise WrongState(action=way_out.action, why=reasons.cases.WAITS_FOR_SECOND)
    if command.data:
        raise InvalidForm(fields=dict.fromkeys(command.data, reasons.fields.FIRST_FORM_STANDS))


def _stands_elsewhere(edition: Edition, track: Track, transition: str) -> WrongState:
    here = [edition.as_reason(f"states.{leaf}") for leaf in track.states]
    return WrongState(action=_action(edition, transition), why=reasons.cases.STANDS_AT(state=here))


def _action(edition: Edition, transition: str) -> Why:
    return edition.as_reason(f"transitions.{transition}.do")


def fire(
    builder: EventBuilder,
    track: Track,
    rule: TransitionRule,
    place: str,
    data: Answers,
    *,
    body: Answers,
    because: int | None = None,
    extra: Effects | None = None,
    system: bool = False,
) -> int:
    """Record a transition with all that it opens and closes; gives the event's seq. Guards were asked before."""
    edition = builder.library[track.edition]
    back_to = track.came_from.get(place, ()) if rule.target == "=previous" else ()
    to = move(edition, track.states, rule, place, back_to)
    facts = builder.facts(track, data)
    effects: Effects = {"transition": rule.name, **(extra or {}), **_effects_of(builder, track, rule, facts, to)}
    builder.begin(FIRED, track, effects, body, to=to, because=because, system=system)
    apply_effects(builder, rule.effects, facts)
    close_tasks_of(builder, rule.ends)
    drop_tasks_of(builder, track, rule.drops)
    settle_proposals(builder, track, left=rule.target != "=same")
    if rule.target != "=same":
        leave_state(builder, track, rule.target, place, to)
        if effects.get("ended"):
            end_track(builder, track)
        enter_state(builder, track, rule.target, place, to, facts=facts)
    open_tracks(builder, rule.opens, track, facts)
    seq = commit(builder)
    _fire_also(builder, track, rule, seq)
    _ask_next(builder, track, rule, seq)
    _first_step(builder, track, rule, edition, seq)
    return seq


def _effects_of(
    builder: EventBuilder, track: Track, rule: TransitionRule, facts: Facts, to: tuple[str, ...]
) -> Effects:
    """What a transition does by itself: what it was told and rests on, and whether its track ends or begins again."""
    edition = builder.library[track.edition]
    effects: Effects = {}
    if facts.data:
        effects["data"] = dict(facts.data)
    if rule.needs:
        # What it rests on: the papers that count at this moment.
        effects["papers"] = {paper.rule.kind: paper.document for paper in papers_for(facts, rule)}
    if kept := {key: builder.context.facts[key] for key in _reads(edition, rule) if key in builder.context.facts}:
        effects["facts"] = kept
    if not rule.target.startswith("="):
        effects["entered"] = True
    if rule.part:
        effects["part"] = rule.part
    if edition.ended(to) and track.live and to != track.states:
        effects["ended"] = to[0] if len(to) == 1 else "ended"
        if came_to := edition.came_to(to):
            effects["came_to"] = came_to
        if track.id == builder.case.main.id:
            effects["closed"] = True
    if rule.reopens:
        effects["reopened"] = True
        if track.id == builder.case.main.id:
            effects["closed"] = False
    return effects


def _reads(edition: Edition, rule: TransitionRule) -> list[str]:
    guards = {key for name in (*rule.guards, *edition.asked_before_opening(rule)) for key in GUARDS[name].reads}
    return sorted(guards | set(effect_reads(rule.effects)) | ({SCANS} if rule.needs else set()))


def _fire_also(builder: EventBuilder, track: Track, rule: TransitionRule, because: int) -> None:
    for where, name in rule.also:
        for related in builder.related(track, where):
            edition = builder.library[related.edition]
            way_out = edition.find(name, related.states) if related.live else None
            if way_out is not None:
                fire(
                    builder,
                    builder.case.tracks[related.id],
                    way_out[0],
                    way_out[1],
                    {},
                    body={},
                    because=because,
                    system=True,
                )


def _ask_next(builder: EventBuilder, track: Track, rule: TransitionRule, because: int) -> None:
    """The panel's next provider, or those beside, are asked at once; where a guard refuses, the draft waits for the officer."""
    for asked, referral in asked_by(builder.case, builder.case.tracks[track.id], rule):
        way_out, sent = builder.library[referral.edition].find_part(SENDS, referral.states), asked.last_fired(SENDS)
        if way_out is None or sent is None:
            continue
        calendar = builder.context.calendar
        days = calendar.local_date(builder.context.now), calendar.local_date(sent.at)
        data = same_request(asked, referral, sent.data, *days)
        if not refusals(builder, referral, way_out[0], data, by_itself=True).reasons:
            fire(builder, referral, *way_out, data, body={}, because=because, system=True)


def _first_step(builder: EventBuilder, track: Track, rule: TransitionRule, edition: Edition, because: int) -> None:
    """One fact is typed once: the first step of a service is the start of its referral."""
    fires = edition.rules["first_step_fires"]
    if not fires or track.parent is None or builder.by.person == SYSTEM_ACTOR:
        return
    above = builder.case.tracks[track.parent]
    way_out = builder.library[above.edition].find(fires, above.states)
    if way_out is not None:
        fire(builder, above, way_out[0], way_out[1], {}, body={}, because=because)


# --- two persons -----------------------------------------------------------------------------------------------------

#: A decision on a proposal is due after so many working days.
DECISION_DUE = 5


def _propose(
    builder: EventBuilder,
    track: Track,
    rule: TransitionRule,
    data: Answers,
    body: Answers,
    *,
    extra: Effects,
) -> None:
    proposal, task = builder.context.new_id(), builder.context.new_id()
    effects: Effects = {
        "transition": rule.name,
        "proposal": {"id": proposal, "transition": rule.name, "task": task},
    }
    if data:
        effects["data"] = dict(data)
    builder.begin(PROPOSED, track, {**effects, **extra}, body, to=track.states)
    apply_effects(builder, rule.proposal_effects, builder.facts(track, data))
    open_task(
        builder,
        track,
        task=task,
        name=f"decide_{rule.name}",
        rule=rule.name,
        type="decision",
        queue=rule.confirm_by[0],
        due={"n": DECISION_DUE, "unit": "wd"},
        of=proposal,
    )
    commit(builder)


def confirm(builder: EventBuilder, track: Track, rule: TransitionRule, place: str) -> None:
    """The second person's word fires what the first one asked for."""
    pending = builder.case.proposal_for(track.id, rule.name)
    assert pending is not None
    insist_another(builder, pending.askers)
    insist_not_held_task(builder, builder.case.tasks[pending.task])
    # No form is sent with it, at whose fields a reason could stand.
    insist_nothing(Against(refusals(builder, track, rule, pending.data).reasons))
    insist_step_ticked(builder, track, rule)
    extra: Effects = {"proposals_ended": [pending.id], "proposed": pending.seq}
    fire(builder, track, rule, place, pending.data, body={}, because=pending.seq, extra=extra)


def refuse(builder: EventBuilder, task: Task, body: Answers) -> None:
    """The second person does not agree: the proposal ends, with the reason in the body."""
    pending = builder.case.proposals[str(task.of)]
    insist_another(builder, pending.askers)
    track = builder.case.tracks[task.track]
    edition = builder.library[track.edition]
    rule = next(transition for transition in edition.transitions if transition.name == pending.transition)
    effects: Effects = {"transition": rule.name, "proposals_ended": [pending.id]}
    builder.begin(REFUSED, track, effects, body, to=track.states, because=pending.seq)
    apply_effects(builder, rule.refusal_effects, builder.facts(track, pending.data))
    close_task(builder, task, "Completed", by=builder.by.person)
    commit(builder)
