"""Stage reports as sheets with tables: the figures as they are told outside, and the months that are told anew."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from flask_babel import gettext
from markupsafe import Markup

from casework.engine.figures.case_facts import DIMENSIONS
from casework.engine.figures.counting import Figure, Row
from casework.json_values import JsonMapping
from casework.web.oversight.figure_drafts import Cell, Column, Draft, FigureTable, Section
from casework.web.oversight.figure_shapes import BY
from casework.web.oversight.figure_tables import in_order, section
from casework.web.oversight.figure_words import (
    NOTHING,
    Sayer,
    about,
    say_length,
    say_money,
    say_number,
    say_of,
    say_saved,
    title_of,
)
from casework.web.shell import charts


def inside_sections(figures: Mapping[str, Figure], sayer: Sayer) -> list[Section]:
    """As they were counted. Their numbers open no list: the cases have gone on since."""
    return [section(Draft(name, figures[name], sayer, _no_list)) for name in in_order(figures)]


def _no_list(name: str, row: Row) -> str:
    return ""


def outside_sections(told: JsonMapping, sayer: Sayer) -> list[Section]:
    """As they are told outside: small numbers as "<3", what is hidden as a dash."""
    figures = told["figures"]
    return [
        Section(
            name=f"outside-{name}",
            title=title_of(name),
            about=about(name),
            tables=[*_outside(name, figures[name], sayer)],
        )
        for name in in_order(figures)
        if figures[name]["rows"]
    ]


#: What a figure is broken down by: folded on pages, and on paper not there.
BREAKDOWNS = frozenset({*DIMENSIONS, "month", "provider"})


def _outside(name: str, figure: JsonMapping, sayer: Sayer) -> Iterator[FigureTable]:
    """What is told of all, and folded what is told of parts: by months, sectors and districts there are many lines."""
    by: dict[str, list[JsonMapping]] = {"": []}
    for row in figure["rows"]:
        by.setdefault(next((key for key in row["of"] if key in BREAKDOWNS), ""), []).append(row)
    for key, rows in by.items():
        if rows:
            table = _outside_lines(name, figure, rows, sayer)
            yield replace(table, caption=gettext(BY[key]), folded=True) if key else table


def _outside_lines(name: str, figure: JsonMapping, told: Sequence[JsonMapping], sayer: Sayer) -> FigureTable:
    columns: list[Column] = [
        ("what", gettext("What"), "head"),
        ("number", gettext("Count"), "num"),
        ("among", gettext("Among"), "num"),
        ("share", gettext("Share"), "num"),
    ]
    # A bar is as long as a number that is printed.
    most = max((row["numerator"] for row in told if isinstance(row["numerator"], int)), default=0)
    rows = [
        {
            "what": Cell(
                words=say_of(sayer, name, row["of"]),
                bar=charts.share_of_cell(row["numerator"], most)
                if isinstance(row["numerator"], int) and most
                else Markup(""),
            ),
            "number": Cell(words=say_number(row["numerator"]), second=say_beside(row, figure["unit"])),
            "among": Cell(words="" if row["denominator"] is None else str(row["denominator"])),
            "share": Cell(words=say_share(row)),
        }
        for row in told
    ]
    return FigureTable(caption=title_of(name), columns=columns, rows=rows)


def say_beside(row: JsonMapping, unit: str | None) -> str:
    """What a line tells beside its number: the median, and the amount."""
    median, amount, of_amount = row.get("median"), row.get("amount"), row["of"].get("unit")
    said = (
        "" if median is None else gettext("median %(median)s", median=say_length(Decimal(median), of_amount or unit)),
        "" if amount is None else _amount(Decimal(amount), of_amount),
    )
    return " · ".join(part for part in said if part)


def _amount(amount: Decimal, unit: str | None) -> str:
    return say_length(amount, unit) if unit == "working_minutes" else say_saved(amount, unit)


def say_share(row: JsonMapping) -> str:
    return "" if row["percent"] is None else f"{row['percent']} %"


def units_of(figures: Mapping[str, Figure]) -> dict[str, str | None]:
    """In what medians are told, by figure."""
    return {name: figure.unit for name, figure in figures.items()}


def say_anew(lines: Iterable[JsonMapping], units: Mapping[str, str | None]) -> Iterator[tuple[JsonMapping, str, str]]:
    """Each line of an earlier report's month that is told otherwise, with what was told then and what now, by the units of figures."""
    for one in lines:
        unit = one["of"].get("unit") or units.get(one["figure"])
        then, now = _told(one["then"], unit), _told(one["now"], unit)
        if then != now:
            yield one, then, now


def restated_table(
    lines: Iterable[JsonMapping], sayer: Sayer, before: int, units: Mapping[str, str | None]
) -> FigureTable:
    """What an earlier report told of a month and this one tells otherwise."""
    rows = [
        {
            "what": Cell(words=say_of(sayer, one["figure"], one["of"]), second=title_of(one["figure"])),
            "then": Cell(words=then),
            "now": Cell(words=now),
        }
        for one, then, now in say_anew(lines, units)
    ]
    return FigureTable(
        caption=gettext("What is known otherwise of the months of report %(number)s", number=before),
        columns=[
            ("what", gettext("What"), "head"),
            ("then", gettext("Told then"), "num"),
            ("now", gettext("Known now"), "num"),
        ],
        rows=rows,
    )


def _told(told: JsonMapping | None, unit: str | None) -> str:
    """What a line tells: the number, among how many, and what stands beside it."""
    if told is None:
        return NOTHING
    under = told.get("under")
    number = say_number(told.get("numerator")) if under is None else gettext("under %(count)s", count=under)
    if told.get("denominator") is not None:
        number = gettext("%(count)s of %(all)s", count=number, all=told["denominator"])
    median = told.get("median")
    beside = (
        "" if median is None else gettext("median %(median)s", median=say_length(Decimal(median), unit)),
        say_money({currency: Decimal(amount) for currency, amount in told.get("money", {}).items()}),
    )
    return " · ".join(part for part in (number, *beside) if part)


__all__ = [
    "BREAKDOWNS",
    "inside_sections",
    "outside_sections",
    "restated_table",
    "say_anew",
    "say_beside",
    "say_share",
    "units_of",
]
