"""Which answers to the form of an action or a task would be refused as the case stands. Reads only."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import Connection

from casework.definitions import load_library
from casework.engine.analysis import refused_answers as analysis
from casework.engine.definition.editions import Edition, TaskRule
from casework.engine.definition.guard_facts import UNKNOWN, Facts
from casework.engine.definition.registry import GUARDS
from casework.engine.state.case import Case, Task, Track
from casework.operations.core.external_facts import outside
from casework.operations.core.perform import calendar_of
from casework.permissions.actors import Actor
from casework.reasons import Why
from casework.records.event_log import now


def refused_answers(
    db: Connection, actor: Actor, case: Case, track: str, transition: str
) -> dict[str, dict[str, list[str]]]:
    """By question and answer the names of the guards. Of what is read outside the case, such as rights, none is asked."""
    stands, library = case.tracks[track], load_library()
    edition = library[stands.edition]
    rule = next((rule for rule in edition.transitions if rule.name == transition), None)
    if rule is None or rule.form is None:
        return {}
    return analysis.refused_answers(_facts(db, actor, case, stands), rule.guards, edition.form(rule.form))


def refused_in_task(
    db: Connection, actor: Actor, case: Case, track: Track, rule: TaskRule, *, task: Task | None = None
) -> dict[str, dict[str, list[str]]]:
    """The same of a side task; what refuses it whatever is answered stands under the question ""."""
    edition = load_library()[task.edition if task else track.edition]
    return _refused_in_task(edition, _facts_of_task(db, actor, case, track, rule, task=task), rule)


def refusals_in_task(
    db: Connection, actor: Actor, case: Case, track: Track, rule: TaskRule, *, task: Task
) -> dict[str, dict[str, tuple[Why, ...]]]:
    """By question and answer what is said against it, with what exactly is in the way where a guard can tell."""
    edition, facts = load_library()[task.edition], _facts_of_task(db, actor, case, track, rule, task=task)
    return {
        field: {
            code: tuple(why for name in names for why in analysis.refusal(edition, name, facts, field, code))
            for code, names in by_code.items()
        }
        for field, by_code in _refused_in_task(edition, facts, rule).items()
    }


def _refused_in_task(edition: Edition, facts: Facts, rule: TaskRule) -> dict[str, dict[str, list[str]]]:
    refused = analysis.refused_answers(facts, rule.guards, edition.form(rule.form)) if rule.form else {}
    always = [name for name in rule.guards if not analysis.holds(name, facts)]
    return refused | ({"": {"": always}} if always else {})


def _facts_of_task(
    db: Connection, actor: Actor, case: Case, track: Track, rule: TaskRule, *, task: Task | None
) -> Facts:
    reads = {key for name in rule.guards for key in GUARDS[name].reads}
    return replace(_facts(db, actor, case, track), outside=outside(db, case, reads), task=task)


def _facts(db: Connection, actor: Actor, case: Case, track: Track) -> Facts:
    library = load_library()
    milestones = {one.edition: library[one.edition].milestones for one in case.tracks.values()}
    return Facts(case, track, now(db), calendar_of(db, case.programme), actor.person, UNKNOWN, milestones=milestones)


__all__ = ["refusals_in_task", "refused_answers", "refused_in_task"]
