"""One statement for all that an action writes: its values stand in the order in which it names them."""

from __future__ import annotations

import re

import pytest

from casework.records.tables import metadata
from casework.records.write_statements import Written, columns_of, json_of, write_statement

SHAPES: list[tuple[tuple[Written, ...], tuple[str, ...]]] = [
    ((("events", 1, ()),), ()),
    ((("events", 2, ()), ("tasks", 1, (("state", "holder_id"), ("state",))), ("cases", 0, (("state",),))), ("clocks",)),
    ((("outbox", 3, ()), ("tracks", 0, (("states", "fired"),))), ("clocks", "proposals")),
]


@pytest.mark.parametrize("opens", [True, False])
@pytest.mark.parametrize("asked", [True, False])
@pytest.mark.parametrize(("shape", "removed"), SHAPES)
def test_its_places_are_numbered_as_its_values_come(
    shape: tuple[Written, ...], removed: tuple[str, ...], opens: bool, asked: bool
) -> None:
    statement = write_statement(shape, removed, opens=opens, asked=asked)
    places = [int(n) for n in re.findall(r"\$(\d+)", statement)]
    assert places == list(range(1, len(places) + 1))
    added = sum(many * len(columns_of(table)) for table, many, _ in shape)
    changed = sum(len(columns) + 1 for _, _, rows in shape for columns in rows)
    assert len(places) == (6 if opens else 4) + added + changed + len(removed) + (6 if asked else 0)


def test_a_change_names_its_columns_alone() -> None:
    statement = write_statement((("tasks", 0, (("state", "holder_id"),)),), (), opens=False, asked=False)
    assert 'UPDATE tasks SET "state" = $5, "holder_id" = $6 WHERE id = $7' in statement


@pytest.mark.parametrize("table", ["events", "tracks", "tasks", "clocks", "cases", "mediations"])
def test_a_new_row_has_every_column_but_what_the_database_makes_itself(table: str) -> None:
    made = ["sealed"] if table == "cases" else []
    assert [*columns_of(table), *made] == sorted(
        (column.name for column in metadata.tables[table].columns), key=made.__contains__
    )


def test_each_value_goes_out_as_the_text_that_its_column_reads() -> None:
    tasks, tracks = columns_of("tasks"), columns_of("tracks")
    assert (tasks["priority"](3), tasks["flagged"](True), tasks["holder_id"](None)) == ("3", "True", None)
    assert tracks["states"](["one", 'two "2"']) == '{"one","two \\"2\\""}'
    assert tracks["fired"]({"取": {"count": 1}}) == '{"取":{"count":1}}'
    assert (json_of(None), json_of({}), json_of([])) == (None, "{}", "[]")
