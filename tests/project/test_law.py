"""The page on the law says of every fact where it was read and when, and of every limit whose it is."""

from __future__ import annotations

import re
import runpy
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

import pytest

from casework.engine.deadlines.deadlines import WrittenLimit
from casework.engine.definition.editions import Edition

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "explanation" / "law.md").read_text("utf-8")
_GENERATOR = runpy.run_path(str(ROOT / "docs" / "generate.py"))
EDITIONS: dict[str, Edition] = {edition.workflow: edition for edition in _GENERATOR["newest"]()}
#: How many sources a mark asks for.
MARKS = {"confirmed": 2, "seen": 1, "not found": 0}


def _rows(first: str) -> list[list[str]]:
    """The rows of all tables whose first cell looks so."""
    lines = (line for line in PAGE.splitlines() if line.startswith("| "))
    rows = ([cell.strip() for cell in line[1:-1].split("|")] for line in lines)
    return [row for row in rows if re.fullmatch(first, row[0])]


FACTS = _rows(r"[A-K]\d+")
SOURCES = {row[0]: row for row in _rows(r"[LW]\d+")}
LIMITS = _rows(r"`\w+\.\w+`")


def _cited(fact: list[str]) -> list[str]:
    return [key for key in fact[3].split(", ") if key]


def _steps(words: str) -> set[str]:
    return set(re.findall(r"`(\w+\.\w+)`", words))


def _names(edition: Edition) -> Iterator[str]:
    """Its states, transitions and tasks."""
    yield from edition.states
    yield from (rule.name for rule in edition.transitions)
    yield from (rule.name for rule in edition.tasks.values())


class Owned(NamedTuple):
    """A limit of a workflow, as the reference says it, and the article that sets it."""

    name: str
    words: str
    law: str | None


def _limits(edition: Edition) -> Iterator[Owned]:
    for path, state in edition.states.items():
        if not state.final and state.due is not None:
            yield _owned(edition, path, _GENERATOR["limit"](state.due), state.due)
    for rule in edition.tasks.values():
        yield _owned(edition, rule.name, _GENERATOR["_task"](edition, rule)[3], rule.due)


def _owned(edition: Edition, name: str, words: str, limit: WrittenLimit) -> Owned:
    law = limit.get("law")
    return Owned(f"`{edition.workflow}.{name}`", words, edition.text(f"laws.{law}") if law else None)


ALL_LIMITS = [limit for edition in EDITIONS.values() for limit in _limits(edition)]


def _article(words: str) -> tuple[str, set[int]]:
    """The law and the numbers of its articles: “Patent Law Arts 50 to 52”."""
    law, numbers = re.fullmatch(r"(.+?) (?:Art\.|Arts) (.+)", words).groups()  # type: ignore[union-attr]  # it fails where none is named
    named = {int(number) for number in re.findall(r"\d+", numbers)}
    for first, last in re.findall(r"(\d+) to (\d+)", numbers):
        named |= set(range(int(first), int(last)))
    return law, named


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


def test_the_limits_of_law_are_those_that_the_definitions_mark() -> None:
    marked = {(limit.name, limit.words) for limit in ALL_LIMITS if limit.law}
    assert marked == {(row[0], row[1]) for row in LIMITS if row[2].startswith("law, ")}


@pytest.mark.parametrize("row", LIMITS, ids=lambda row: f"{row[0]} {row[1]}")
def test_a_limit_that_is_not_ours_follows_from_a_fact(row: list[str]) -> None:
    limit = next(limit for limit in ALL_LIMITS if (limit.name, limit.words) == (row[0], row[1]))
    whose, _, number = row[2].partition(", ")
    (fact,) = [fact for fact in FACTS if fact[0] == number]
    assert _steps(row[0]) <= _steps(fact[5])
    assert (fact[4] == "not found") == (whose == "ours")
    if limit.law is not None:
        assert fact[4] in ("confirmed", "seen")
        law, articles = _article(limit.law)
        (stands,) = [words for words in map(str.strip, fact[2].split(";")) if words.startswith(law)]
        assert articles <= _article(stands)[1]
