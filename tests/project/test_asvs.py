"""The table of ASVS 5.0 says what holds: each test that it names is there, and its figures are counted."""

from __future__ import annotations

import ast
import csv
import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
with (ROOT / "docs" / "reference" / "asvs.csv").open(encoding="utf-8", newline="") as file:
    LINES = list(csv.DictReader(file))
#: Of level 1 and of level 2, in release 5.0.0.
THERE_ARE = {"1": 70, "2": 183}
LEAST = 160
_NAMED = re.compile(r"tests/[\w/]+\.py(?:::\w+)?")


@cache
def _tests_of(path: str) -> frozenset[str]:
    tree = ast.parse((ROOT / path).read_text("utf-8"))
    return frozenset(
        one.name for one in ast.walk(tree) if isinstance(one, ast.FunctionDef) and one.name.startswith("test_")
    )


def test_every_requirement_of_levels_1_and_2_is_judged_once() -> None:
    assert len({one["id"] for one in LINES}) == len(LINES)
    assert Counter(one["level"] for one in LINES) == THERE_ARE
    assert {one["verdict"] for one in LINES} <= {"pass", "open", "n/a"}


@pytest.mark.parametrize("line", LINES, ids=lambda line: line["id"])
def test_each_verdict_has_a_test_that_is_there_or_a_reason(line: dict[str, str]) -> None:
    assert line["says"]
    assert line["evidence"]
    for named in _NAMED.findall(line["evidence"]):
        path, _, name = named.partition("::")
        assert (ROOT / path).is_file(), named
        assert not name or name in _tests_of(path), named


def test_level_1_is_complete() -> None:
    assert [one["id"] for one in LINES if one["level"] == "1" and one["verdict"] == "open"] == []


def test_of_both_levels_most_holds() -> None:
    assert sum(one["verdict"] == "pass" for one in LINES) >= LEAST
