"""Every script of the demo begins after the demo does, and comes to its last step before it ends."""

from __future__ import annotations

from datetime import UTC, datetime

from casework.demo.scripts import scripts
from casework.demo.story import DAYS, copies_of, rounds
from casework.operations.core.national_holidays import china
from casework.playbook.steps import Script, Until, Wait

NOW = datetime(2026, 11, 29, 3, 20, tzinfo=UTC)
SCRIPTS = scripts(china(range(2022, 2030)), NOW)


def _last(script: Script) -> float:
    """Days before today on which the last step is done."""
    clock, at = float(script.begins), float(script.begins)
    for step in script.steps:
        if isinstance(step, Wait):
            clock -= step.days
        elif isinstance(step, Until):
            clock = min(clock, step.days)
        else:
            at, clock = clock, clock - script.pace
    return at


def test_every_script_lies_within_the_demo() -> None:
    assert {
        script.name: (script.begins, _last(script))
        for script in SCRIPTS
        if not DAYS > script.begins >= _last(script) >= 0
    } == {}


def test_no_day_that_a_script_says_has_passed_when_it_is_reached() -> None:
    late = []
    for script in SCRIPTS:
        clock = float(script.begins)
        for step in script.steps:
            if isinstance(step, Wait):
                clock -= step.days
            elif isinstance(step, Until):
                if clock < step.days:
                    late.append((script.name, clock, step.days))
                clock = min(clock, step.days)
            else:
                clock -= script.pace
    assert late == []


def test_each_round_has_owners_of_its_own() -> None:
    """What compliance finds of an owner stands against all its cases: a round must not meet what another found."""
    owners: dict[str, set[str]] = {}
    for copy in copies_of(rounds(SCRIPTS, 3 * len(SCRIPTS))):
        round_ = copy["external_id"].rpartition(".")[2]
        owners.setdefault(copy["technology"]["owner"], set()).add(round_)
    assert set().union(*owners.values()) == {"2", "3"}
    assert {owner: rounds_ for owner, rounds_ in owners.items() if len(rounds_) > 1} == {}
