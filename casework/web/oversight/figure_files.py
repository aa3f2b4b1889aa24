"""Figures as a table for spreadsheets: a row for each line, with what it was counted as of and the cases behind it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from flask_babel import gettext

from casework.engine.figures.counting import Row
from casework.ledger.canonical_json import instant
from casework.operations.oversight.figures import Counted
from casework.web.oversight.figure_words import LABELS, Sayer, say_line, say_money, say_units, title_of
from casework.web.shell.i18n import labelled, listed

#: Of the letters of a cell so many are for how many more cases there are.
_ROOM = 60


def line_head() -> list[str]:
    """What is told of a line wherever figures are."""
    return [
        gettext("Figure"),
        gettext("What"),
        gettext("Count"),
        gettext("Among"),
        gettext("Per cent"),
        gettext("Median"),
        gettext("Nine of ten within"),
        gettext("Unit"),
        gettext("Saved or taken"),
    ]


def head() -> list[str]:
    return [
        gettext("As of"),
        gettext("Only cases with"),
        *line_head(),
        gettext("Amount"),
        gettext("Too young to tell"),
        gettext("5th, 25th, 50th, 75th and 95th percentile (working minutes)"),
        gettext("Cases"),
    ]


def lines(counted: Counted, sayer: Sayer, longest: int | None = None) -> Iterator[list[str]]:
    """Exact numbers, as programs read them; the cases as far as a cell holds so many letters."""
    at = instant(counted.as_of.at)
    among = listed(
        labelled(gettext(LABELS[name]), sayer.say("", name, code)) for name, code in counted.as_of.among.items()
    )
    for name, figure in counted.figures.items():
        for row in figure.rows:
            # What is told as of an earlier day says so.
            told = str(row.of.get("until") or at)
            numbers = [
                *line_numbers(row, figure.unit),
                say_money(row.money),
                gettext("yes") if row.unripe else "",
                _spread(row),
            ]
            yield [told, among, title_of(name), say_line(sayer, name, row), *numbers, cases_in_cell(row.cases, longest)]


def line_numbers(row: Row, unit: str | None) -> list[str]:
    """What `line_head` heads, behind what the line is of."""
    timed = row.median is not None or row.p90 is not None
    return [
        str(row.numerator) if row.under is None else gettext("under %(count)s", count=row.under),
        "" if row.denominator is None else str(row.denominator),
        _exactly(row.percent),
        _exactly(row.median),
        _exactly(row.p90),
        say_units(row.of.get("unit") or (unit if timed else None)),
        _exactly(row.amount),
    ]


def cases_in_cell(numbers: Sequence[str], longest: int | None) -> str:
    """As many as a cell holds, whole, and how many more there are."""
    words = " ".join(numbers)
    if longest is None or len(words) <= longest:
        return words
    # A blank ends the last one that is whole, with room for the words behind.
    kept = words[: longest - _ROOM].rpartition(" ")[0].split(" ")
    return gettext("%(cases)s and %(count)s more", cases=" ".join(kept), count=len(numbers) - len(kept))


def _spread(row: Row) -> str:
    return "; ".join(map(str, row.spread or ()))


def _exactly(number: Decimal | None) -> str:
    return "" if number is None else str(number)
