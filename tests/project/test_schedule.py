"""The order in which workers take the files."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import Connection

from tests.support.schedule import LONGEST, TOGETHER, ByFile, put_longest_first, scope_of

ROOT = Path(__file__).parents[2]


def test_each_file_that_goes_first_is_there() -> None:
    assert [file for file in (*LONGEST, *TOGETHER) if not (ROOT / file).exists()] == []


def test_the_longest_go_first_and_the_others_keep_their_order() -> None:
    files = ["tests/b.py", LONGEST[1], "tests/a.py", LONGEST[0]]
    items: list[Any] = [SimpleNamespace(nodeid=f"{file}::test_{n}") for n in (1, 2) for file in files]
    put_longest_first(items)
    assert [one.nodeid for one in items] == [
        f"{file}::test_{n}" for file in (LONGEST[0], LONGEST[1]) for n in (1, 2)
    ] + [f"{file}::test_{n}" for n in (1, 2) for file in ("tests/b.py", "tests/a.py")]


def test_what_is_given_no_database_runs_on_no_second_server(request: pytest.FixtureRequest) -> None:
    assert request.node.get_closest_marker("database") is None


def test_what_asks_for_something_in_a_database_runs_on_both_servers(
    request: pytest.FixtureRequest, db: Connection
) -> None:
    assert request.node.get_closest_marker("database") is not None


def test_what_is_made_for_a_folder_is_made_by_one_worker() -> None:
    of_demo = [f"tests/demo/test_{name}.py::test_it[{name}::1]" for name in ("realistic", "languages")]
    assert {scope_of(one) for one in of_demo} == {"tests/demo/"}
    assert scope_of("tests/web/test_it.py::test_it[a::b]") == "tests/web/test_it.py"
    # Workers are asked by the same method of xdist's own class.
    assert {ByFile._split_scope(ByFile.__new__(ByFile), one) for one in of_demo} == {"tests/demo/"}
