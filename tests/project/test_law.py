"""The page on the law says of every fact where it was read and when, and of every limit whose it is."""

from __future__ import annotations

import re
import runpy
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

import pytest

from casework.engine.definition.editions import Edition

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "explanation" / "law.md").read_text("utf-8")
_GENERATOR = runpy.run_path(str(ROOT / "docs" / "generate.py"))
EDITIONS: dict[str, Edition] = {edition.workflow: edition for edition in _GENERATOR["newest"]()}
#: Those that meet the law: each of their limits has an owner on the page.
LAWFUL = ("agreement", "ip", "mediation", "pledge")
#: How many sources a mark asks for.
MARKS = {"confirmed": 2, "seen": 1, "not found": 0}


def _rows(first: str) -> list[list[str]]:
    """The rows of all tables whose first cell looks so."""
    lines = (line for line in PAGE.splitlines() if line.startswith("| "))
    rows = ([cell.strip() for cell in line[1:-1].split("|")] for line in lines)
    return [row for row in rows if re.fullmatch(first, row[0])]


FACTS = _rows(r"[A-K]\d+")
SOURCES = {row[0]: row for row in _rows(r"[LW]\d+")}
LIMITS = _rows(r"`(?:" + "|".join(LAWFUL) + r")\.\w+`")


def _cited(fact: list[str]) -> list[str]:
    return [key for key in fact[3].split(", ") if key]


def _steps(words: str) -> set[str]:
    return set(re.findall(r"`(\w+\.\w+)`", words))


def _names(edition: Edition) -> Iterator[str]:
    """Its states, transitions and tasks."""
    yield from edition.states
    yield from (rule.name for rule in edition.transitions)
    yield from (rule.name for rule in edition.tasks.values())


def _limits(edition: Edition) -> Iterator[tuple[str, str]]:
    for path, state in edition.states.items():
        if not state.final:
            yield f"`{edition.workflow}.{path}`", _GENERATOR["limit"](state.due)
    for rule in edition.tasks.values():
        yield f"`{edition.workflow}.{rule.name}`", _GENERATOR["_task"](edition, rule)[3]


def test_facts_are_numbered_without_a_gap() -> None:
    for letter, facts in groupby((fact[0] for fact in FACTS), key=lambda number: number[0]):
        numbers = list(facts)
        assert numbers == [f"{letter}{n}" for n in range(1, len(numbers) + 1)]


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: fact[0])
def test_each_fact_says_where_it_was_read_and_what_the_product_does(fact: list[str]) -> None:
    _, holds, stands, _, mark, product = fact
    assert holds
    assert stands
    assert product
    assert len(set(_cited(fact))) >= MARKS[mark]
    assert set(_cited(fact)) <= set(SOURCES)


@pytest.mark.parametrize("fact", [fact for fact in FACTS if fact[4] == "not found"], ids=lambda fact: fact[0])
def test_what_was_not_found_is_a_setting(fact: list[str]) -> None:
    assert re.search("setting|assessor names the day", fact[5])


def test_each_source_is_cited_and_has_a_place_and_a_day() -> None:
    assert {key for fact in FACTS for key in _cited(fact)} == set(SOURCES)
    for key, _, where, read_on in SOURCES.values():
        assert re.fullmatch(r"\S+\.md" if key[0] == "L" else r"<https?://\S+>", where), key
        assert re.fullmatch(r"20\d\d-\d\d-\d\d", read_on), key


def test_what_facts_say_of_workflows_is_there() -> None:
    there = {f"{workflow}.{name}" for workflow, edition in EDITIONS.items() for name in _names(edition)}
    assert {step for fact in FACTS for step in _steps(fact[5])} - there == set()


def test_each_limit_of_a_workflow_that_meets_the_law_has_an_owner() -> None:
    defined = [limit for workflow in LAWFUL for limit in _limits(EDITIONS[workflow])]
    assert sorted((row[0], row[1]) for row in LIMITS) == sorted(defined)


@pytest.mark.parametrize("row", LIMITS, ids=lambda row: f"{row[0]} {row[1]}")
def test_a_limit_is_ours_the_parties_or_follows_from_a_fact(row: list[str]) -> None:
    whose, _, number = row[2].partition(", ")
    if not number:
        assert whose in {"ours", "the parties'"}
        return
    (fact,) = [fact for fact in FACTS if fact[0] == number]
    assert _steps(row[0]) <= _steps(fact[5])
    assert (fact[4] == "not found") == (whose == "ours")
