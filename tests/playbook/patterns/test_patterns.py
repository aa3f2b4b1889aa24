"""Each of the 43 patterns is held as its table says: its scenario passes, and no case of it goes in another way."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any, cast

import pytest

from casework.definitions import library_of, load_definitions
from casework.engine.definition.editions import Edition, workflow_name
from casework.engine.definition.publisher import publish
from casework.engine.definition.validation import faults
from casework.ledger.canonical_json import digest
from casework.playbook.scenario_coverage import Seen
from casework.playbook.scenario_files import read_scenarios
from casework.playbook.scenario_runs import run
from tests.playbook.patterns.catalogue import PATTERNS
from tests.playbook.patterns.exploring import Stuck, explored
from tests.playbook.patterns.pattern import NOT_HELD, VERDICTS, Pattern

SHOWN = {one.number: one for one in PATTERNS if one.verdict != NOT_HELD}
each = pytest.mark.parametrize("number", sorted(SHOWN))


def scenarios(number: int) -> Path:
    return Path(__file__).parent / "scenarios" / f"{number:02}.toml"


def editions(pattern: Pattern) -> list[Edition]:
    return [publish(one) for one in pattern.workflows]


def differences(pattern: Pattern, found: list[Edition]) -> list[str]:
    """How the scenarios of a pattern go otherwise than told with these editions."""
    own = workflow_name(pattern.workflows[0])
    file = scenarios(pattern.number)
    outcomes = run(library_of(found), own, file.name, read_scenarios(file.name, file.read_text("utf-8")), Seen())
    return [f"{one.name}, step {one.step}: {one.difference}" for one in outcomes if not one.passed]


def ways(pattern: Pattern, found: list[Edition]) -> set[str]:
    return explored(library_of(found), workflow_name(pattern.workflows[0]), pattern.forms)


def test_each_of_the_43_stands_there_once() -> None:
    assert [one.number for one in PATTERNS] == list(range(1, 44))
    assert len({one.name for one in PATTERNS}) == 43
    assert {one.verdict for one in PATTERNS} <= set(VERDICTS)
    kept = scenarios(1).parent.iterdir()
    assert sorted(kept) == [scenarios(number) for number in sorted(SHOWN)]


@each
def test_its_definition_may_be_published(number: int) -> None:
    found = editions(SHOWN[number])
    names = [one.workflow for one in found]
    assert [fault for one in found for fault in faults(one, names, found)] == []


@each
def test_its_scenario_goes_as_it_is_told(number: int) -> None:
    assert differences(SHOWN[number], editions(SHOWN[number])) == []


@each
def test_a_case_goes_in_each_of_its_ways_and_in_no_other(number: int) -> None:
    assert ways(SHOWN[number], editions(SHOWN[number])) == SHOWN[number].traces


@each
def test_each_transition_of_it_is_in_some_way(number: int) -> None:
    own = editions(SHOWN[number])[0]
    gone = {word for trace in SHOWN[number].traces for word in trace.split()}
    assert {rule.name for rule in own.transitions} <= gone


@cache
def pilot() -> dict[str, set[str]]:
    """What each of the pilot's workflows names: transitions, tasks and states."""
    found = {one.workflow: one for one in map(publish, load_definitions())}
    return {
        name: {rule.name for rule in one.transitions} | {task.name for task in one.tasks.values()} | set(one.states)
        for name, one in found.items()
    }


def test_what_it_says_of_the_pilot_is_there() -> None:
    named = [one.partition(".") for pattern in PATTERNS for one in pattern.pilot]
    assert [(workflow, name) for workflow, _, name in named if name not in pilot().get(workflow, ())] == []


# --- what is no pattern any more is noticed ---


def mutants(pattern: Pattern) -> Iterator[tuple[str, list[Edition]]]:
    """The definition without a guard, without what drops tasks, without what a transition or a task opens."""
    whole = editions(pattern)
    for place, edition in enumerate(whole):
        written: Any = edition.rules["transitions"]
        for n, rule in enumerate(written):
            for key in ("guards", "drops", "opens", "also", "effects"):
                for gone in range(len(rule.get(key) or ())):
                    rules = cast(Any, deepcopy(edition.rules))
                    what = rules["transitions"][n][key].pop(gone)
                    changed = Edition(rules, edition.texts, digest(rules))
                    yield (
                        f"{edition.workflow}.{rule['name']} without {what}",
                        [
                            *whole[:place],
                            changed,
                            *whole[place + 1 :],
                        ],
                    )


@each
def test_a_definition_that_lacks_a_part_is_found_out(number: int) -> None:
    pattern = SHOWN[number]
    for what, found in mutants(pattern):
        try:
            same = ways(pattern, found) == pattern.traces
        except (Stuck, LookupError, RuntimeError):
            same = False
        assert not (same and not differences(pattern, found)), what
