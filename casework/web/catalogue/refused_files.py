"""The rows of a file that are refused, as files: why each of them is, and the rows themselves, to be put right and handed in again."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator

from flask import Response
from flask_babel import gettext

from casework.api.protocol.files import as_attachment
from casework.operations.catalogue.import_reader import MOST_COLUMNS, ROW_BESIDE, WHY_BESIDE, marked_again
from casework.operations.catalogue.import_report import Refused
from casework.operations.core.set_aside import set_aside
from casework.web.shell.i18n import say
from casework.web.shell.spreadsheets import safe_cell

#: What stands beside each row of a table.
_BESIDE = (ROW_BESIDE, WHY_BESIDE)


def _why(one: Refused) -> str:
    return "; ".join(f"{name}: {say(why)}" for name, why in one.faults)


def _table(rows: Iterable[list[str]]) -> Iterator[bytes]:
    """A table in pieces, with a mark at the beginning by which spreadsheets know that this is UTF-8."""
    some = io.StringIO(newline="")
    writer = csv.writer(some, quoting=csv.QUOTE_ALL)
    some.write("\ufeff")
    for row in rows:
        writer.writerow([safe_cell(cell) for cell in row])
        yield some.getvalue().encode("utf-8", "replace")
        some.seek(0)
        some.truncate()


def reasons_file(refused: Iterable[Refused], name: str) -> Response:
    """Row, column and why of each thing that is wrong, one on each line."""
    head = [gettext("Row"), gettext("Column"), gettext("Why")]
    told = ([str(one.row), field, say(why)] for one in refused for field, why in one.faults)
    return _sent(_table(_after(head, told)), name)


def rows_file(refused: Iterable[Refused], columns: list[str], name: str, *, nested: bool) -> Response:
    """The rows as their file has them, each with its number and why: a table, or where their cells hold lists JSON lines.

    A row whose cells cannot be told apart is not in it.
    """
    there = (one for one in refused if one.cells)
    if nested or len(columns) > MOST_COLUMNS - len(_BESIDE):
        # A table has no room for what stands beside its rows.
        return _sent(_lines(there), f"{name}.jsonl")
    rows = (
        [str(one.row), _why(one), *(marked_again(str(one.cells.get(column, ""))) for column in columns)]
        for one in there
    )
    return _sent(_table(_after([*_BESIDE, *map(marked_again, columns)], rows)), f"{name}.csv")


def _after(head: list[str], rows: Iterable[list[str]]) -> Iterator[list[str]]:
    yield head
    yield from rows


def _lines(refused: Iterable[Refused]) -> Iterator[bytes]:
    for one in refused:
        told = {ROW_BESIDE: one.row, WHY_BESIDE: _why(one), **one.cells}
        yield json.dumps(told, ensure_ascii=False).encode("utf-8", "replace") + b"\n"


def _sent(pieces: Iterable[bytes], name: str) -> Response:
    """The whole of it, kept in a file until it is sent: however many rows there are, few of them are in memory."""
    kept = set_aside(pieces)
    answer = as_attachment(kept.pieces(), name, kept.size)
    answer.call_on_close(kept.file.close)
    return answer


__all__ = ["reasons_file", "rows_file"]
