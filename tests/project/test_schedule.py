"""The order in which workers take the files."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

from tests.support.schedule import LONGEST, put_longest_first

ROOT = Path(__file__).parents[2]


def test_each_file_that_goes_first_is_there() -> None:
    assert [file for file in LONGEST if not (ROOT / file).exists()] == []


def test_the_longest_go_first_and_the_others_keep_their_order() -> None:
    files = ["tests/b.py", LONGEST[1], "tests/a.py", LONGEST[0]]
    items: list[Any] = [SimpleNamespace(nodeid=f"{file}::test_{n}") for n in (1, 2) for file in files]
    put_longest_first(items)
    assert [one.nodeid for one in items] == [
        f"{file}::test_{n}" for file in (LONGEST[0], LONGEST[1]) for n in (1, 2)
    ] + [f"{file}::test_{n}" for n in (1, 2) for file in ("tests/b.py", "tests/a.py")]
