"""Whether a case moved to another edition as its plan says, and went back only where it could."""

from __future__ import annotations

from casework.engine.case_objects.letterheads import SETTERS
from casework.engine.definition.migration_plans import plan_migration
from casework.engine.execution.migrations import judge_case, moves_apart, way_back, why_not_back
from casework.engine.state.case import Case
from casework.engine.state.events import MIGRATED, SYSTEM_ACTOR, Event
from casework.errors import InvalidForm
from casework.operations.verification.authorization.actors import role_not_among
from casework.operations.verification.authorization.evidence import Evidence, Reasons, plain
from casework.operations.verification.batch_judgement import why_not_moved


def judge_migrated(evidence: Evidence, before: Case, event: Event) -> Reasons:
    """The plan is made again from both editions, the case judged again by it, and the outcome compared with what is told."""
    if "batch" not in event.effects["migration"]:
        yield from role_not_among(before, event, SETTERS)
    else:
        if event.actor != SYSTEM_ACTOR:
            yield "a batch is carried out by the worker, and not by a person"
        if (against := why_not_moved(evidence.past, before.programme, event)) is not None:
            yield against
    if event.edition is not None or event.frm or event.to:
        yield "it names an edition of its own, or moves a track besides"
    migration = event.effects["migration"]
    if "back" in migration:
        yield from _back_against(evidence, before, event)
        return
    editions = evidence.library.editions
    if migration["from"] not in editions or migration["to"] not in editions:
        yield "one of its editions is unknown"
        return
    try:
        plan = plan_migration(editions[migration["from"]], editions[migration["to"]], plain(migration["mapping"]))
    except InvalidForm:
        yield "there is no such plan between its editions"
        return
    if plan.digest != migration["plan"] or plan.workflow != migration["workflow"]:
        yield "its plan has another digest than it tells"
    verdict = judge_case(plan, before)
    yield from (f"by its plan the case stays: {why}" for why in verdict.why)
    if verdict.migration is not None:
        yield from (f"its plan moves {what} otherwise" for what in moves_apart(verdict.migration, migration))


def _back_against(evidence: Evidence, before: Case, event: Event) -> Reasons:
    migration = event.effects["migration"]
    moved, since = evidence.moves.get(migration["back"], (None, []))
    if moved is None:
        yield "it takes back what moved nothing"
        return
    yield from (f"it could not go back: {why}" for why in why_not_back(before, moved, since))
    if moves_apart(way_back(moved, migration["back"]), migration) or migration["plan"] != moved["plan"]:
        yield "it takes back something else than was moved"


def note_move(evidence: Evidence, event: Event) -> None:
    """What came after each move, which decides whether it can be taken back."""
    for _, since in evidence.moves.values():
        since.append(event)
    if event.kind == MIGRATED and "back" not in event.effects["migration"]:
        evidence.moves[event.seq] = (event.effects["migration"], [])


__all__ = ["judge_migrated", "note_move"]
