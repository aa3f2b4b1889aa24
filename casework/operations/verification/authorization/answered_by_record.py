"""Whether a task that ended, or was opened, by itself follows from the record of the party's organisation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import text

from casework.engine.case_objects.screenings import HIT
from casework.engine.definition.registry import GUARDS
from casework.engine.parts import SCREENS
from casework.engine.state.case import Case, Task
from casework.engine.state.events import Event
from casework.engine.tasks.record_answers import FACT, answers
from casework.ledger.redactable_bodies import ERASED, values
from casework.operations.core.case_parties import BY_THEN
from casework.operations.verification.authorization.evidence import Evidence, Reasons, plain
from casework.operations.verification.authorization.facts import facts_of
from casework.records.register_entries import MARK
from casework.records.row_security import whole

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


def judge_screened_again(evidence: Evidence, before: Case, event: Event) -> Reasons:
    """By itself a party is to be screened again only where a screening had found its organisation, or an owner of it, on a list."""
    for added in event.effects.get("tasks", ()):
        party = str(added["about"])
        with whole(evidence.past.db):
            found = evidence.past.db.execute(_HITS, party_by_then(before, party, event)).all()
        if not any(_hit(row.body) for row in found):
            yield "no screening on record had found anybody on a list by then"


def party_by_then(before: Case, party: str, event: Event) -> dict[str, Any]:
    """What says who a party of the case was by then."""
    return {
        "party": before.parties.get(party),
        "record": before.need if party == "need_owner" else before.technology,
        "programme": before.programme,
        "at": event.at,
    }


def _hit(body: Mapping[str, Any]) -> bool:
    """Whether a screening found somebody; of a row whose words were erased nobody can say that it did not."""
    rows = [row for name, row in values(body).items() if MARK in name]
    return any(
        row is ERASED or isinstance(row, Mapping) and HIT in (row.get("result"), row.get("screened")) for row in rows
    )


#: The organisations that were a party of a case by a moment, with those that are one with them by merging.
ONE_BY_THEN = f"""
    SELECT x.id FROM organisations g JOIN organisations x ON coalesce(x.merged_into, x.id) = coalesce(g.merged_into, g.id)
    WHERE g.id IN ({BY_THEN})
"""
#: What was told, by then, of screenings of them.
_HITS = text(f"""
    SELECT e.body FROM events e WHERE e.log_id IN ({ONE_BY_THEN}) AND e.kind = 'screened'
    AND e.effects->>'programme' = CAST(:programme AS text) AND e.at <= CAST(:at AS timestamptz)
""")


def _against_record(evidence: Evidence, before: Case, task: Task, told: Mapping[str, Any], event: Event) -> Reasons:
    """The screening stands on the record of the party's organisation, for the programme of the case, and stood there by then."""
    given = {"id": told["id"], **party_by_then(before, str(task.about), event)}
    with whole(evidence.past.db):
        row = evidence.past.db.execute(_ON_RECORD, given).one_or_none()
    if row is None:
        yield "there was no such screening on the record of the party's organisation"
    elif any(getattr(row, name) != told[name] for name in _OF_BOTH):
        yield "it tells of another screening than stands on the record"


#: A screening that stood by a moment, of the organisation of a party where that is known; its rows are held against their log elsewhere.
_ON_RECORD = text(f"""
    SELECT s.result, s.checked_on::text AS checked_on, s.valid_until::text AS valid_until FROM organisation_screenings s
    WHERE s.id = CAST(:id AS uuid) AND s.programme_id = CAST(:programme AS uuid) AND s.made_at <= CAST(:at AS timestamptz)
    AND (s.organisation_id IN ({ONE_BY_THEN}) OR NOT EXISTS (SELECT FROM ({BY_THEN}) known WHERE known.id IS NOT NULL))
""")
