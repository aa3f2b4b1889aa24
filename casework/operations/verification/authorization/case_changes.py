"""Whether a case was handed over, freed and erased as it may be."""

from __future__ import annotations

from collections.abc import Collection

from casework.engine.case_objects import case_rights
from casework.engine.execution.case_removal import left_open
from casework.engine.roles import Role
from casework.engine.state.case import Case
from casework.engine.state.events import (
    SYSTEM_ACTOR,
    Event,
)
from casework.operations.verification.authorization.actors import role_not_among, was_mediator
from casework.operations.verification.authorization.evidence import Evidence, Reasons


def judge_handed_over(evidence: Evidence, before: Case, event: Event) -> Reasons:
    if event.role == Role.SYSTEM:
        yield from _passed_on(evidence, before, event)
    else:
        yield from role_not_among(before, event, (Role.OFFICER, Role.SUPERVISOR))
    if before.owner is None:
        yield "nobody owned the case yet"
    wanted = Role.DISPUTE_OFFICER if before.kind == "mediation" else Role.OFFICER
    # Who was named before stays named, also after their role has ended.
    for person in {event.effects["owner"], *event.effects["team"]} - {before.owner, *before.team}:
        if not evidence.past.held(before.programme, person, wanted, None, event.at, any_deputy=wanted == Role.OFFICER):
            yield f"it gives the {before.kind} to somebody who was no {wanted.replace('_', ' ')}"
        if was_mediator(evidence, before, event, person):
            yield (
                "it gives the case to somebody who was a dispute officer of the programme, or of a provider that mediates,"
                " while it was there"
            )
    staying = {event.effects["owner"], *event.effects["team"]}
    yield from _freed(
        before, event, ({before.owner, *before.team} - staying) | ({before.owner} - {event.effects["owner"]})
    )


def _passed_on(evidence: Evidence, before: Case, event: Event) -> Reasons:
    """By itself only a mediation goes on, when whoever led it is a dispute officer no more."""
    if before.kind != "mediation":
        yield "a case is handed over by people"
    elif evidence.past.leads(before.programme, before.owner, event.at):
        yield "whoever led it was a dispute officer still"


def _freed(before: Case, event: Event, people: Collection[str | None]) -> Reasons:
    """Whoever leaves the case holds nothing in it any more, and what others hold is left to them."""
    held = {task.id for task in before.open_tasks() if task.holder is not None and task.holder in people}
    freed = {state["id"] for state in event.effects.get("task_states", ()) if state.get("holder", "") is None}
    if held != freed:
        yield "it does not free exactly what those held who leave the case"


def judge_rights_changed(evidence: Evidence, before: Case, event: Event) -> Reasons:
    """It adds what was not there, or takes out what was and is not burdened by this case."""
    removes = event.effects.get("what") == case_rights.REMOVED
    yield from role_not_among(before, event, case_rights.REMOVERS if removes else case_rights.ADDERS)
    if before.kind != "case" or before.closed_at is not None:
        yield "only of a case that goes on are the rights changed"
    what, rights = str(event.effects.get("what")), list(event.effects.get("data", {}).get("rights", ()))
    there = set(before.rights)
    if what not in (case_rights.ADDED, case_rights.ENTERED, case_rights.REMOVED) or len(set(rights)) < len(rights):
        yield "it neither adds nor takes out, or names a right twice"
    if not removes and there & set(rights) or removes and not set(rights) <= there:
        yield "it adds a right that was there, or takes out one that was not"
    after = case_rights.after_change(before, what, rights)
    if tuple(event.effects["case_rights"]) != after or not rights or len(after) > case_rights.MOST and not removes:
        yield "the rights that it leaves are not those that follow from it"
    if what != case_rights.ENTERED and "reason" not in event.body:
        yield "it does not say why"
    if removes and any(evidence.burdens.get(right) for right in rights):
        yield "it takes out a right on which this case has laid something"
    if removes and any(case_rights.names(before, right) for right in rights):
        yield "it takes out a right that a step of the case names"


def judge_erased(evidence: Evidence, before: Case, event: Event) -> Reasons:
    """Two persons' erasure it must be, which is asked of every log alike; here, that a person did not do it."""
    if event.actor != SYSTEM_ACTOR:
        yield "words are taken out by an erasure, and not by a person"
    if "removal" in event.effects and (before.kind != "case" or before.removed_at is not None):
        yield "contents are removed of a case alone, and once"
    if "removal" in event.effects and left_open(before, event):
        yield "it does not end exactly what still waited in the case"


def judge_interest(evidence: Evidence, before: Case, event: Event) -> Reasons:
    if event.effects["interest"] != [event.actor]:
        yield "an interest is declared by the person who has it"
    yield from _freed(before, event, {event.actor})
