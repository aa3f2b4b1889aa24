"""What auditors ask of all events: the index holds it, and no other action bears its name."""

from __future__ import annotations

from casework.definitions import load_audited, load_definitions
from casework.engine.definition.publisher import audited, publish
from casework.records.tables.history import EXCEPTIONAL


def test_the_index_holds_whatever_a_definition_says_to_an_auditor() -> None:
    for one in load_audited():
        assert f"'{one.name}'" in EXCEPTIONAL, f"the index ix_events_exceptional leaves out {one.name}"


def test_no_action_that_says_nothing_to_an_auditor_bears_the_name_of_one_that_does() -> None:
    """Events are asked for by name, in every workflow alike."""
    said = {(one.what, one.name) for one in load_audited()}
    for definition in load_definitions():
        mine = {(one.what, one.name) for one in audited(definition)}
        edition = publish(definition)
        there = {("transition", one.name) for one in edition.transitions} | {
            ("task", one.name) for one in edition.tasks.values()
        }
        assert there & said == mine
