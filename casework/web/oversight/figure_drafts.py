"""What a figure is on its way to the page: cells and tables, the sheet that holds them, and what they are drawn from."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from flask_babel import gettext
from markupsafe import Markup

from casework.engine.figures.counting import Figure, Row
from casework.web.oversight.figure_words import Sayer


@dataclass(frozen=True, kw_only=True)
class StepLimit:
    """How long a stay in a step should take at most, as it is set now."""

    #: As working minutes, in which a spread is told.
    minutes: Decimal
    words: str


#: A column: its key, its words, and what it is to the table.
Column = tuple[str, str, str]


@dataclass(frozen=True, kw_only=True)
class Cell:
    words: str = ""
    #: The list behind the number.
    url: str = ""
    #: What stands smaller below.
    second: str = ""
    bar: Markup = Markup("")


@dataclass(frozen=True, kw_only=True)
class FigureTable:
    caption: str
    columns: Sequence[Column] = ()
    rows: Sequence[dict[str, Cell]] = ()
    folded: bool = False
    #: Where it is fetched once it is opened; it has no rows then.
    url: str = ""
    #: Whether it was opened so.
    opened: bool = False
    #: Whether it has a heading of its own.
    headed: bool = False
    #: Whether its lines are called by names and units, which begin as they are written.
    as_written: bool = False
    #: What the parts of its bars mean.
    marks: Sequence[tuple[Markup, str]] = ()


@dataclass(frozen=True, kw_only=True)
class Section:
    """A figure as a sheet of the page."""

    name: str
    title: str
    about: str
    #: Empty where nothing counts yet.
    tables: Sequence[FigureTable] = field(default=())
    #: What is counted beside the lines.
    beside: Sequence[str] = ()
    #: What is said where there are no tables, if it is no count that is missing.
    nothing: str = ""


@dataclass(frozen=True)
class Draft:
    """A figure on its way to its tables: its words, and the way to the cases behind a line."""

    name: str
    figure: Figure
    sayer: Sayer
    link: Callable[[str, Row], str]
    #: The way to a folded table that is fetched once it is opened, by its key; "" of the one that is.
    open: Callable[[str, str], str] = field(default=lambda figure, down: "")
    #: By step its limit, where it has one.
    limits: Mapping[str, StepLimit] = field(default_factory=dict)

    def say(self, key: str, row: Row) -> str:
        return self.sayer.say(self.name, key, row.of.get(key), row.of.get("what"))

    def label(self, keys: Iterable[str], row: Row) -> str:
        return " · ".join(self.say(key, row) for key in keys if key in row.of)

    def number(self, row: Row) -> Cell:
        if row.under is not None:
            return Cell(words=gettext("under %(count)s", count=row.under))
        return Cell(words=str(row.numerator), url=self.link(self.name, row))
