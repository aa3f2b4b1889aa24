"""The command `export`: how cases ran, for tools of process mining."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import IO

import click
from sqlalchemy import Connection

from casework.commands.programmes import as_of_option, programme_option, reading
from casework.operations.oversight.event_export import export_ocel, export_xes

_file = click.argument("file", type=click.File("w", encoding="utf-8", atomic=True))


@click.group()
def export() -> None:
    """Write how cases ran for tools of process mining, in codes alone.

    A file has each step of each case with its time and the role of whoever took it. It has no words of forms, no titles and no names;
    a person is a code, the same in all files of a programme. Of sealed mediations it has nothing.
    """


@export.command("xes")
@_file
@programme_option
@as_of_option
def xes(file: IO[str], programme: str | None, as_of: datetime | None) -> None:
    """Write to FILE, or to - for the screen, as XES (IEEE 1849-2016): a trace for each case."""
    _write(file, programme, lambda db, code, id: export_xes(db, code, id, as_of))


@export.command("ocel")
@_file
@programme_option
@as_of_option
def ocel(file: IO[str], programme: str | None, as_of: datetime | None) -> None:
    """Write to FILE, or to - for the screen, as OCEL 2.0 in JSON: events with all that each is about, such as its case and task."""
    _write(file, programme, lambda db, _, id: export_ocel(db, id, as_of))


def _write(file: IO[str], programme: str | None, pieces: Callable[[Connection, str, str], Iterator[str]]) -> None:
    with reading(programme) as (db, code, id):
        for piece in pieces(db, code, id):
            file.write(piece)
