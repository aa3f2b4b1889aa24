"""Which answers to the form of an action would be refused as the case stands. Reads only."""

from __future__ import annotations

from sqlalchemy import Connection

from casework.definitions import load_library
from casework.engine.analysis import refused_answers as analysis
from casework.engine.definition.guard_facts import UNKNOWN, Facts
from casework.engine.state.case import Case
from casework.operations.core.perform import calendar_of
from casework.permissions.actors import Actor
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
    milestones = {one.edition: library[one.edition].milestones for one in case.tracks.values()}
    facts = Facts(case, stands, now(db), calendar_of(db, case.programme), actor.person, UNKNOWN, milestones=milestones)
    return analysis.refused_answers(facts, rule.guards, edition.form(rule.form))


__all__ = ["refused_answers"]
