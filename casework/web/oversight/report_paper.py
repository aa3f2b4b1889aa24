"""A stage report on paper: what is told outside, in the order in which it is read. Pure, but for words.

Every number is printed as it was frozen. What is worked out here, a share of all cases or the length of a bar, is worked out from numbers
that are printed beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from flask_babel import gettext

from casework.engine.figures.counting import percent
from casework.json_values import JsonMapping, JsonObject
from casework.web.oversight.figure_shapes import SHAPES, Shape
from casework.web.oversight.figure_words import (
    Sayer,
    about,
    place_of_state,
    say_length,
    say_number,
    say_percent,
    title_of,
)
from casework.web.oversight.report_tables import BREAKDOWNS, say_beside
from casework.web.shell.i18n import N_

#: What stands together, under which heading; what none names comes with the last.
CHAPTERS: Sequence[tuple[str, Sequence[str]]] = (
    (N_("In short"), ("funnel", "conversion")),
    (N_("How long it takes, and whose turn it was"), ("time_in_step", "referrals", "endings")),
    (
        N_("Money and effect"),
        ("agreements", "loans", "finance", "deployments", "effects", "second_sites", "follow_up"),
    ),
    (
        N_("How the office worked"),
        ("assessments", "conflicts", "mediations", "discipline", "data_quality", "activities", "past_projects"),
    ),
)
#: From this one on tables have few columns.
_FIRST_NARROW = 2
#: The parts of those who came to a step, and how they are drawn.
_PARTS = (
    ("went_on", N_("Went on"), "ours"),
    ("ended", N_("Came to an end"), "plain"),
    ("open", N_("Still open"), "lost"),
)
#: The first step, which the conversion tells, and the others as the cover and the tiles have them.
_OPENED, _INTEREST, _SIGNED, _SITE, _VERIFIED = (
    "opened", "interest_confirmed", "agreement_signed", "site_accepted", "verified",
)  # fmt: skip
#: By side whose part of a bar is which.
_SIDES = {"office": "ours", "provider": "theirs"}
#: A cover has a mark for each case, unless there are more.
MOST_MARKS = 400

#: What a bar is made of: parts with their kind and their length of a hundred.
Bar = tuple[tuple[str, int], ...]


@dataclass(frozen=True, kw_only=True)
class Line:
    what: str
    cells: tuple[str, ...]
    #: What stands smaller below.
    second: str = ""
    bar: Bar = ()


@dataclass(frozen=True, kw_only=True)
class PaperTable:
    title: str
    head: str
    columns: tuple[str, ...]
    lines: tuple[Line, ...]

    @property
    def drawn(self) -> bool:
        return any(line.bar for line in self.lines)


@dataclass(frozen=True, kw_only=True)
class Block:
    """A figure on paper."""

    name: str
    title: str
    about: str
    tables: tuple[PaperTable, ...]


@dataclass(frozen=True, kw_only=True)
class Chapter:
    title: str
    blocks: tuple[Block, ...]
    #: Whether its tables are so small that two stand beside each other.
    narrow: bool


@dataclass(frozen=True, kw_only=True)
class Tile:
    number: str
    words: str


@dataclass(frozen=True, kw_only=True)
class Marks:
    """So many marks of a kind, and what they stand for."""

    kind: str
    count: int
    words: str


@dataclass(frozen=True, kw_only=True)
class Cover:
    title: str
    #: Nothing where a number of them is not told.
    marks: tuple[Marks, ...] = ()


# --- what stands in front --------------------------------------------------------------------------------------------


def cover_of(figures: JsonMapping) -> Cover:
    """The title says what came of it, where that is told, and a mark stands for each case."""
    opened, *came = (_step(figures, step) for step in (_OPENED, _INTEREST, _SIGNED, _SITE))
    sites = came[-1]
    if not isinstance(opened, int) or not isinstance(sites, int):
        return Cover(title=gettext("What came of the programme"))
    title = gettext("From %(cases)s cases to %(sites)s with an accepted site", cases=opened, sites=sites)
    counts = [opened, *(one for one in came if isinstance(one, int))]
    if len(counts) < 4 or opened > MOST_MARKS or any(less > more for more, less in pairwise(counts)):
        return Cover(title=title)
    _, interest, signed, _ = counts
    told = (
        ("site", sites, gettext("with an accepted site")),
        ("signed", signed - sites, gettext("more with a signed agreement")),
        ("interest", interest - signed, gettext("more with interest on both sides")),
        ("other", opened - interest, gettext("others")),
    )
    return Cover(title=title, marks=tuple(Marks(kind=kind, count=n, words=words) for kind, n, words in told if n))


def tiles_of(figures: JsonMapping, sayer: Sayer) -> tuple[Tile, ...]:
    """The few numbers that are asked for first."""
    steps = (_OPENED, _INTEREST, _SIGNED, _SITE, _VERIFIED)
    return tuple(
        Tile(number=say_number(_step(figures, step)), words=sayer.say("funnel", "step", step)) for step in steps
    )


def _step(figures: JsonMapping, step: str) -> int | str | None:
    """How many cases came to a step, as it is told."""
    if step == _OPENED:
        row = next((row for row in _rows(figures, "conversion") if row["of"].get("step") == _OPENED), None)
        return None if row is None else row["denominator"]
    row = next((row for row in _rows(figures, "funnel") if row["of"].get("step") == step), None)
    return None if row is None else row["numerator"]


def _rows(figures: JsonMapping, name: str) -> list[JsonObject]:
    """The lines of a figure that stand on paper."""
    rows: list[JsonObject] = figures[name]["rows"] if name in figures else []
    return [row for row in rows if not BREAKDOWNS & row["of"].keys()]


# --- chapters --------------------------------------------------------------------------------------------------------


def chapters_of(figures: JsonMapping, sayer: Sayer) -> tuple[Chapter, ...]:
    named = {name for _, names in CHAPTERS for name in names}
    others = tuple(sorted(figures.keys() - named))
    found = []
    for n, (title, names) in enumerate(CHAPTERS):
        mine = (*names, *others) if n == len(CHAPTERS) - 1 else names
        blocks = tuple(block for name in mine if (block := _block(name, figures, sayer)) is not None)
        if blocks:
            found.append(Chapter(title=gettext(title), blocks=blocks, narrow=n >= _FIRST_NARROW))
    return tuple(found)


def _block(name: str, figures: JsonMapping, sayer: Sayer) -> Block | None:
    rows = _rows(figures, name)
    if not rows:
        return None
    unit = figures[name]["unit"]
    tables = []
    for shape, mine in _shaped(name, rows):
        if shape.look == "funnel":
            tables.append(_funnel(figures, mine, sayer))
        elif shape.look == "conversion":
            tables.append(_conversion(mine, sayer))
        elif shape.look == "times":
            tables.append(_times(mine, sayer, unit))
        elif shape.across:
            tables.append(_across(name, shape, mine, sayer, unit=unit))
        else:
            tables.append(_list(name, shape, mine, sayer, unit=unit))
    return Block(name=name, title=title_of(name), about=about(name), tables=tuple(tables))


def _shaped(name: str, rows: list[JsonObject]) -> Iterable[tuple[Shape, list[JsonObject]]]:
    """The lines by the tables in which they stand on the page; what none asks for by what it is of."""
    left = list(rows)
    for shape in SHAPES.get(name, ()):
        mine = [] if shape.again else [row for row in left if shape.takes_of(row["of"])]
        left = [row for row in left if not any(row is one for one in mine)]
        if mine:
            yield shape, mine
    for keys in dict.fromkeys(tuple(row["of"]) for row in left):
        yield Shape(down=keys), [row for row in left if tuple(row["of"]) == keys]


def _funnel(figures: JsonMapping, rows: list[JsonObject], sayer: Sayer) -> PaperTable:
    """Each step beside the one before and beside all cases, since the two are asked for and differ."""
    opened = _step(figures, _OPENED)
    lines = [_step_line(sayer.say("funnel", "step", _OPENED), opened, None, opened, "")]
    before = opened
    for row in rows:
        if "step" not in row["of"]:
            continue
        number = row["numerator"]
        share = say_percent(None if row["percent"] is None else Decimal(row["percent"]))
        lines.append(_step_line(sayer.say("funnel", "step", row["of"]["step"]), number, before, opened, share))
        before = number
    return PaperTable(
        title="",
        head=gettext("Step"),
        columns=(gettext("Cases"), gettext("Of the step before"), gettext("Of all")),
        lines=tuple(lines),
    )


def _step_line(what: str, number: object, before: object, opened: object, share: str) -> Line:
    bar: Bar = ()
    of_all = ""
    if isinstance(number, int) and isinstance(opened, int) and opened >= number:
        bar = (("ours", _part(number, opened)),)
        if isinstance(before, int) and number < before <= opened:
            bar = (*bar, ("lost", _part(before, opened) - _part(number, opened)))
        of_all = say_percent(percent(number, opened))
    return Line(what=what, cells=(say_number(number), share, of_all), bar=bar)


def _conversion(rows: list[JsonObject], sayer: Sayer) -> PaperTable:
    """Of each step three parts that add up."""
    lines = []
    for row in rows:
        counts, among = [row["parts"].get(name) for name, _, _ in _PARTS], row["denominator"]
        told = among and all(isinstance(one, int) for one in (*counts, among))
        share = "" if row["percent"] is None else say_percent(Decimal(row["percent"]))
        lines.append(
            Line(
                what=f"{sayer.say('conversion', 'step', row['of']['step'])} → {sayer.say('conversion', 'next', row['of']['next'])}",
                cells=(*map(say_number, counts), say_number(among), share),
                bar=tuple((kind, _part(one, among)) for one, (_, _, kind) in zip(counts, _PARTS, strict=True))
                if told
                else (),
            )
        )
    return PaperTable(
        title="",
        head=gettext("Step"),
        columns=(*(gettext(words) for _, words, _ in _PARTS), gettext("Among"), gettext("Share")),
        lines=tuple(lines),
    )


def _part(count: int | Decimal, of: int | Decimal) -> int:
    """Of a hundred, rounded down, so that parts are never more than the whole."""
    return int(100 * count / of) if of else 0


def _times(rows: list[JsonObject], sayer: Sayer, unit: str | None) -> PaperTable:
    """A line for each step: how long the stays were that ended, and whose the time was."""
    steps: dict[str, list[JsonObject]] = {}
    for row in rows:
        steps.setdefault(row["of"]["step"], []).append(row)
    lines = []
    for step in sorted(steps, key=place_of_state):
        by_what = {row["of"]["what"]: row for row in steps[step]}
        ended, still = by_what.get("ended"), by_what.get("open")
        sides = [row for row in steps[step] if row["of"]["what"] == "side"]
        told = [(row["of"]["side"], Decimal(row["amount"])) for row in sides if row["amount"] is not None]
        whole = sum((amount for _, amount in told), Decimal(0))
        bar = tuple((_SIDES.get(side, "other"), _part(amount, whole)) for side, amount in told)
        said = [
            f"{sayer.say('time_in_step', 'side', side)} {say_length(amount, 'working_minutes')}"
            for side, amount in told
        ]
        lines.append(
            Line(
                what=sayer.say("time_in_step", "step", step),
                cells=(
                    say_number(ended and ended["numerator"]),
                    _days(ended, "median"),
                    _days(ended, "p90"),
                    say_number(still and still["numerator"]),
                ),
                second=" · ".join(said),
                # Of a side that is hidden nobody sees how much of the bar it is.
                bar=bar if len(told) == len(sides) else (),
            )
        )
    return PaperTable(
        title="",
        head=gettext("Step"),
        columns=(
            gettext("Came to an end"),
            gettext("Median, in working days"),
            gettext("Nine of ten within"),
            gettext("Still there"),
        ),
        lines=tuple(lines),
    )


def _days(row: JsonObject | None, name: str) -> str:
    told = None if row is None else row[name]
    return "" if told is None else f"{Decimal(told).normalize():f}"


def _list(name: str, shape: Shape, rows: list[JsonObject], sayer: Sayer, *, unit: str | None) -> PaperTable:
    """A line for each, the most first where they are reasons."""
    if shape.what:
        rows = sorted(rows, key=_least_first, reverse=True)
    most = max((row["numerator"] for row in rows if isinstance(row["numerator"], int)), default=0)
    told: list[tuple[str, Callable[[JsonObject], str]]] = [
        (gettext("Count"), lambda row: say_number(row["numerator"])),
        (gettext("Among"), lambda row: "" if row["denominator"] is None else str(row["denominator"])),
        (gettext("Share"), lambda row: "" if row["percent"] is None else say_percent(Decimal(row["percent"]))),
    ]
    columns = [one for n, one in enumerate(told) if n == 0 or any(one[1](row) for row in rows)]
    return PaperTable(
        title=gettext(shape.title) if shape.title else "",
        head=gettext(shape.head) if shape.head else gettext("What"),
        columns=tuple(words for words, _ in columns),
        lines=tuple(
            Line(
                what=_label(sayer, name, shape.lines, row),
                cells=tuple(say(row) for _, say in columns),
                second=say_beside(row, unit),
                bar=(("plain", _part(row["numerator"], most)),) if isinstance(row["numerator"], int) and most else (),
            )
            for row in rows
        ),
    )


def _least_first(row: JsonObject) -> tuple[int, int]:
    number = row["numerator"]
    return (2, number) if isinstance(number, int) else (0 if number is None else 1, 0)


def _across(name: str, shape: Shape, rows: list[JsonObject], sayer: Sayer, *, unit: str | None) -> PaperTable:
    """A line for each thing, a column for each of what is told of it."""
    columns = list(dict.fromkeys(_key(shape.columns, row) for row in rows))
    firsts = {_key(shape.columns, row): row for row in reversed(rows)}
    down: dict[tuple[str, ...], dict[tuple[str, ...], JsonObject]] = {}
    for row in rows:
        down.setdefault(_key(shape.down, row), {})[_key(shape.columns, row)] = row
    return PaperTable(
        title=gettext(shape.title) if shape.title else "",
        head=gettext(shape.head) if shape.head else gettext("What"),
        columns=tuple(_label(sayer, name, shape.columns, firsts[one]) for one in columns),
        lines=tuple(
            Line(
                what=_label(sayer, name, shape.down, next(iter(mine.values()))),
                cells=tuple(_cell(mine[one], unit) if one in mine else "" for one in columns),
            )
            for mine in down.values()
        ),
    )


def _key(keys: Iterable[str], row: JsonObject) -> tuple[str, ...]:
    return tuple(str(row["of"].get(key, "-")) for key in keys)


def _label(sayer: Sayer, name: str, keys: Iterable[str], row: JsonObject) -> str:
    of: Mapping[str, str | None] = row["of"]
    return " · ".join(sayer.say(name, key, of.get(key), of.get("what")) for key in keys if key in of)


def _cell(row: JsonObject, unit: str | None) -> str:
    """The number, among how many, and the share, or how much it is."""
    number = say_number(row["numerator"])
    if row["denominator"] is not None:
        number = gettext("%(count)s of %(all)s", count=number, all=row["denominator"])
    share = "" if row["percent"] is None else say_percent(Decimal(row["percent"]))
    return " · ".join(part for part in (number, share, say_beside(row, unit)) if part)


def notes() -> Sequence[tuple[str, str]]:
    """What a reader should know of the figures, each with its first word."""
    return tuple((gettext(first), gettext(words)) for first, words in _NOTES)


_NOTES: Sequence[tuple[str, str]] = (
    (
        N_("Two shares."),
        N_("Each step is told of the step before and of all cases that were opened: both are asked for, and they differ."),
    ),
    (
        N_("Small numbers."),
        N_("A number under three reads “<3”, of mediations one under five “<5”, and a dash stands where another number "
           "would tell one. What a deal cost is not told."),
    ),
    (N_("Shares and medians."), N_("A share is told among ten at least, a median of five.")),
    (N_("Levels of effect."), N_("What was stated, agreed, measured and verified is told apart and never added.")),
    (
        N_("Time."),
        N_("Each working minute is of one side: of whoever a hold, a request or a task waits for, else of the office."),
    ),
    (
        N_("Corrections."),
        N_("A published report is never changed. The next one tells again what is known otherwise of earlier months."),
    ),
)  # fmt: skip


__all__ = [
    "Block", "Chapter", "Cover", "Line", "Marks", "PaperTable", "Tile", "chapters_of", "cover_of", "notes", "tiles_of",
]  # fmt: skip
