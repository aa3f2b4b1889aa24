"""What columns say of themselves names what is there."""

from __future__ import annotations

import importlib
import re

import pytest

from casework.records.tables import metadata

_NAMED = re.compile(r"\b(?:engine|ledger|permissions|records|operations|jobs|api|web)(?:\.[a-z_]+)+")
#: By module, the table or column that names it.
NAMED = {
    name: f"{table.name}.{column.name}"
    for table in metadata.sorted_tables
    for column in table.columns
    for name in _NAMED.findall(f"{table.comment or ''} {column.comment or ''}")
}


@pytest.mark.parametrize(("module", "where"), NAMED.items())
def test_modules_that_comments_name_are_there(module: str, where: str) -> None:
    importlib.import_module(f"casework.{module}")


def test_some_are_named() -> None:
    assert len(NAMED) >= 4


def test_no_index_of_words_lets_much_wait_to_be_sorted_in() -> None:
    # Each search reads all that waits: a few thousand pages by the server's own measure.
    every = {index for table in metadata.sorted_tables for index in table.indexes}
    of_words = {index.name: index.dialect_options["postgresql"] for index in every}
    said = {name: options["with"] for name, options in of_words.items() if options["using"] == "gin"}
    assert len(said) > 8
    assert not [name for name, options in said.items() if not options]
