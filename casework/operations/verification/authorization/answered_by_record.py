"""Whether a task that ended by itself was answered by the record of the party's organisation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import text

from casework.engine.definition.registry import GUARDS
from casework.engine.parts import SCREENS
from casework.engine.state.case import Case, Task
from casework.engine.state.events import Event
from casework.engine.tasks.record_answers import FACT, answers
from casework.operations.verification.authorization.evidence import Evidence, Reasons, plain
from casework.operations.verification.authorization.facts import facts_of

#: What such an event tells.
_TOLD = frozenset({"task", "name", "facts", "held_by", "task_states", "clock_states"})
_OF_BOTH = ("result", "checked_on", "valid_until")


def judge_answered(evidence: Evidence, before: Case, event: Event) -> Reasons:
    """The task was open and asked for it, what the record said is an answer, and the record says so."""
    task = before.tasks.get(event.effects["task"])
    edition = evidence.library.editions.get(task.edition) if task is not None else None
    rule = edition.tasks.get(task.rule) if edition is not None and task is not None else None
    if task is None or rule is None or task.type != "side" or rule.part != SCREENS or not task.open:
        yield "no record answers this task"
        return
    told: Any = event.effects.get("facts", {}).get(FACT, {}).get(str(task.about))
    facts = replace(facts_of(evidence, before, before.tracks[task.track], event, {}), about=task.about)
    if not answers(told) or rule.only_if not in GUARDS or GUARDS[rule.only_if].holds(facts):
        yield "the record did not answer it"
        return
    yield from _against_record(evidence, before, task, told, event)
    wanted = {"result": told["result"], "checked_on": told["checked_on"], "holds_until": told["valid_until"]}
    if plain(event.effects.get("task_states", [])) != [{"id": task.id, "state": "Completed", "result": wanted}]:
        yield "it says something else than the record"
    if set(event.effects) - _TOLD:
        yield "it did more than answer a task"


def _against_record(evidence: Evidence, before: Case, task: Task, told: Mapping[str, Any], event: Event) -> Reasons:
    """The screening stands on the record of the party's organisation, for the programme of the case, and stood there by then."""
    party = before.parties.get(str(task.about))
    given = {"id": told["id"], "party": party, "programme": before.programme, "at": event.at}
    row = evidence.past.db.execute(_ON_RECORD, given).one_or_none()
    if row is None:
        yield "there was no such screening on the record of the party's organisation"
    elif any(getattr(row, name) != told[name] for name in _OF_BOTH):
        yield "it tells of another screening than stands on the record"


#: A screening that stood by a moment, of the organisation of a party where that is known; its rows are held against their log elsewhere.
_ON_RECORD = text("""
    SELECT s.result, s.checked_on::text AS checked_on, s.valid_until::text AS valid_until FROM organisation_screenings s
    WHERE s.id = CAST(:id AS uuid) AND s.programme_id = CAST(:programme AS uuid) AND s.made_at <= CAST(:at AS timestamptz)
    AND (CAST(:party AS uuid) IS NULL OR s.organisation_id = (
        SELECT coalesce(g.merged_into, g.id) FROM organisations g WHERE g.id = CAST(:party AS uuid)
    ))
""")
