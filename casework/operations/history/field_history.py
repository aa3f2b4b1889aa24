"""The history of one field of a case: every value that it had, who said it, when, and in which entry. Reads only.

A field is what a form asks for, of one track or task at a time; or a column of the rows that a case is made of.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Connection

from casework.errors import NotFound
from casework.operations.cases.queries import find_case
from casework.operations.core.reader_names import title_of
from casework.operations.core.views import row_as
from casework.operations.history.timeline import tell_if
from casework.operations.history.views import FieldHistory, HistoryEntry
from casework.permissions.actors import Actor
from casework.permissions.visibility import Sight

#: So many of the newest values are told.
MOST = 200


@dataclass(frozen=True)
class Cell:
    """A column of a row; of the case itself its row need not be named."""

    table: str
    column: str
    row: str = ""


def read_answers(db: Connection, actor: Actor, number: str, *, seq: int, field: str) -> FieldHistory:
    """What was said of a field of the form that was filled in with an entry, whenever it was asked on that track. Raises NotFound."""

    def like(entries: list[HistoryEntry]) -> Callable[[HistoryEntry], bool]:
        asked = next((entry for entry in entries if entry.seq == seq), None)
        form = asked.form.name if asked is not None and asked.form is not None else None
        return lambda one: (
            asked is not None and one.track == asked.track and one.form is not None and one.form.name == form
        )

    return _read(db, actor, number, lambda one: one.form is not None and _says(one, field), like)


def read_column(db: Connection, actor: Actor, number: str, cell: Cell) -> FieldHistory:
    """What a column of a row of the case was, one value after the other. Raises NotFound."""
    return _read(db, actor, number, lambda one: _changes(one, cell), lambda _: lambda one: True)


def _says(entry: HistoryEntry, field: str) -> bool:
    return field in entry.data or field in entry.body


def _changes(entry: HistoryEntry, cell: Cell) -> bool:
    row = cell.row or None if cell.table == "cases" else cell.row
    return any((one.table, one.column) == (cell.table, cell.column) and row in (None, one.id) for one in entry.changes)


def _read(
    db: Connection,
    actor: Actor,
    number: str,
    keep: Callable[[HistoryEntry], bool],
    like: Callable[[list[HistoryEntry]], Callable[[HistoryEntry], bool]],
) -> FieldHistory:
    case, level = find_case(db, actor, number)
    if level < Sight.ALL:
        raise NotFound("case")
    entries = tell_if(db, case.log, keep)
    same = like(entries)
    told = [entry for entry in entries if same(entry)]
    if not told:
        raise NotFound("entry")
    shown = list(reversed(told[-MOST:]))
    return row_as(FieldHistory, case, title=title_of(db, actor, case), items=shown, more=len(told) > MOST)


__all__ = ["MOST", "Cell", "read_answers", "read_column"]
