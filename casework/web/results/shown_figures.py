"""The figures beside a programme's stories, as everybody reads them: what each line is of, and its numbers."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from flask_babel import gettext

from casework.engine.case_objects.programme_lists import Lists
from casework.operations.oversight.figure_names import LISTED, CalledInFigures
from casework.operations.results.views import ShownFigures
from casework.web.oversight.figure_words import Sayer, about, say_number, say_of, say_saved, title_of


@dataclass(frozen=True)
class FigureRow:
    """A line: what it is of, how many, and what they save together."""

    what: str
    count: str
    amount: str


@dataclass(frozen=True)
class ShownFigure:
    title: str
    about: str
    rows: tuple[FigureRow, ...]
    #: Some line tells an amount.
    amounts: bool


def say_figures(shown: ShownFigures, lists: Lists) -> list[ShownFigure]:
    """Those of which some line says something, in the order in which they were published."""
    sayer = Sayer(CalledInFigures(ids={}, phases={}, lists={name: lists[name] for name in LISTED.values()}))
    told = [
        (name, tuple(_row(sayer, name, row) for row in figure["rows"]))
        for name, figure in shown.told["figures"].items()
    ]
    return [
        ShownFigure(title_of(name), about(name), rows, any(row.amount for row in rows)) for name, rows in told if rows
    ]


def _row(sayer: Sayer, figure: str, row: dict[str, Any]) -> FigureRow:
    what = say_of(sayer, figure, row["of"])
    amount = "" if row["amount"] is None else say_saved(Decimal(row["amount"]), row["of"].get("unit"))
    return FigureRow(what, _count(row), amount)


def _count(row: dict[str, Any]) -> str:
    """How many, among how many; small numbers stand as they are told outside."""
    number = say_number(row["numerator"])
    if row["denominator"] is None:
        return number
    return gettext("%(count)s of %(all)s", count=number, all=row["denominator"])


__all__ = ["FigureRow", "ShownFigure", "say_figures"]
