"""Whether what was done with a task was allowed."""

from __future__ import annotations

from casework.engine.case_objects.acknowledgements import objectors
from casework.engine.definition.editions import ancestors
from casework.engine.execution.guards import duty_reasons
from casework.engine.parts import AFTER_TOO_FEW, SCREENS
from casework.engine.roles import Role
from casework.engine.state.case import Case
from casework.engine.state.events import (
    SYSTEM_ACTOR,
    Event,
)
from casework.engine.state.join_count import SHORT
from casework.operations.history.task_judgement import task_reasons
from casework.operations.verification.authorization.actors import role_not_among, task_of
from casework.operations.verification.authorization.answered_by_record import judge_answered, judge_screened_again
from casework.operations.verification.authorization.evidence import Evidence, Reasons, listed
from casework.operations.verification.authorization.facts import (
    edition_of,
    facts_of,
    follows,
    guards_against,
    told_to_actor,
    unlisted,
)
from casework.operations.verification.authorization.transitions import judge_timer, tally_of
from casework.permissions.actors import PROVIDER_ROLES
from casework.permissions.work import may_hold


def judge_operation(evidence: Evidence, before: Case, event: Event) -> Reasons:
    yield from task_reasons(evidence.library, evidence.past, before, event)


def judge_relieved(evidence: Evidence, before: Case, event: Event) -> Reasons:
    task, person = task_of(before, event), event.effects["person"]
    if task is None or not task.open or task.holder != person:
        yield "the person whom it takes the task from did not hold it"
        return
    scopes = {before.programme} | ({task.organisation} if task.organisation else set())
    if may_hold(evidence.past.actor(person, scopes, event.at, surely=True), before, task):
        yield "it takes a task from somebody who could still work it"


def judge_completed(evidence: Evidence, before: Case, event: Event) -> Reasons:
    if event.actor == SYSTEM_ACTOR:
        yield from judge_answered(evidence, before, event)
        return
    yield from task_reasons(evidence.library, evidence.past, before, event)
    task = task_of(before, event)
    if task is None:
        return
    edition = evidence.library.editions.get(task.edition)
    if task.type != "side" or edition is None or task.rule not in edition.tasks:
        yield "no rule lets this task be finished so"
        return
    rule, track = edition.tasks[task.rule], before.tracks[task.track]
    # The key alone counts where the provider's side asks: a false one would be told all the same.
    if event.effects.get("answers", False) is not rule.answers or ("answers" in event.effects) != rule.answers:
        yield "it is not told to the provider as its rule says"
    if before.frozen and event.role in PROVIDER_ROLES:
        yield "the case stood still while a stop was being decided"
    yield from map(str, duty_reasons(before, rule.not_by, {event.actor, event.acting_for}, track))
    if objectors(before, task) & {event.actor, event.acting_for}:
        yield "whoever objected decided on the objection"
    results = {state["id"]: state.get("result", {}) for state in event.effects.get("task_states", ())}
    if rule.form is not None:
        yield from unlisted(evidence, before, event, edition.form(rule.form), results.get(task.id, {}))
    facts = facts_of(evidence, before, track, event, results.get(task.id, {}), task=task)
    yield from guards_against(rule.guards, told_to_actor(evidence, event, facts))
    yield from follows(rule.effects, facts, event)


def judge_activated(evidence: Evidence, before: Case, event: Event) -> Reasons:
    """By its clock, or before its day by a person."""
    yield from (
        judge_timer(evidence, before, event)
        if event.actor == SYSTEM_ACTOR
        else judge_operation(evidence, before, event)
    )


def judge_added(evidence: Evidence, before: Case, event: Event) -> Reasons:
    track, name = before.tracks[event.track or ""], event.effects["name"]
    edition = edition_of(evidence, track)
    if event.actor == SYSTEM_ACTOR:
        rule = next((rule for rule in edition.tasks.values() if rule.name == name), None)
        if rule is None:
            yield f"{edition.workflow} has no task “{name}”"
        elif rule.part == AFTER_TOO_FEW and not any(
            (join := before.joins.get(added["about"] or "")) and tally_of(evidence, before, join).verdict(join) == SHORT
            for added in event.effects.get("tasks", ())
        ):
            yield "as many results could still come as the case waited for"
        elif rule.part == SCREENS:
            yield from judge_screened_again(evidence, before, event)
        return
    places = {place for leaf in track.states for place in ancestors(leaf)}
    for offer in edition.rules["on_request"]:
        if edition.tasks[offer["task"]].name == name and places & set(offer["from"]):
            yield from role_not_among(before, event, map(Role, offer["by"]))
            return
    yield f"the task “{name}” is not asked for at {listed(track.states)}"
