"""Figures as sheets with tables: what each is made of, and the bars that stand in its cells. Pure, but for words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import partial

from flask_babel import gettext, ngettext
from markupsafe import Markup

from casework.engine.figures.counting import Figure, Row, percent
from casework.web.oversight.figure_drafts import Cell, Column, Draft, FigureTable, Section
from casework.web.oversight.figure_shapes import SHAPES, Shape, rest_of
from casework.web.oversight.figure_times import spread, times
from casework.web.oversight.figure_words import (
    about,
    place_of_field,
    place_of_state,
    say_length,
    say_money,
    say_percent,
    say_saved,
    title_of,
)
from casework.web.shell import charts

#: A folded table of more lines is fetched once it is opened: of months and sectors there are more each year, and few are looked at.
AT_ONCE = 60
#: What is drawn already is fetched sooner.
FEW_AGAIN = 20
#: In this order they stand on the page, two beside each other; others come last.
ORDER = (
    "funnel", "conversion", "time_in_step", "referrals", "endings", "effects", "follow_up", "discipline", "loans", "finance",
    "assessments", "agreements", "deployments", "second_sites", "conflicts", "mediations", "data_quality", "activities", "workload",
)  # fmt: skip


def in_order(names: Iterable[str]) -> list[str]:
    return sorted(names, key=lambda name: ORDER.index(name) if name in ORDER else len(ORDER))


def section(draft: Draft) -> Section:
    tables = [_table(draft, shape, rows) for shape, rows in _sorted(draft)] if _counts(draft.figure) else []
    return Section(
        name=draft.name,
        title=title_of(draft.name),
        about=about(draft.name),
        tables=tables,
        beside=[
            *_until(draft.figure),
            *(words for name, count in draft.figure.beside.items() if (words := _beside(name, count))),
        ],
    )


def _counts(figure: Figure) -> bool:
    return any(row.numerator or row.denominator or row.under is not None for row in figure.rows)


def _until(figure: Figure) -> list[str]:
    """The day up to which a figure is told that is not told as of now."""
    days = {day for row in figure.rows if (day := row.of.get("until"))}
    return [gettext("As of %(moment)s", moment=day) for day in sorted(days)]


def _beside(name: str, count: int) -> str:
    match name:
        case "cases":
            return gettext("%(count)s cases in all", count=count)
        case "duplicates" if count:
            return gettext("%(count)s closed as another case, in no figure", count=count)
        case "introduced" if count:
            return gettext("%(count)s introduced, which is no failure", count=count)
        case "nights":
            return ngettext("%(num)d night", "%(num)d nights", count)
    return ""


def _sorted(draft: Draft) -> list[tuple[Shape, list[Row]]]:
    """The rows by the tables that they stand in; what none asks for stands in one of its own."""
    left = list(draft.figure.rows)
    found = []
    for shape in (*SHAPES.get(draft.name, ()), *rest_of(left)):
        mine = [row for row in (draft.figure.rows if shape.again else left) if shape.takes(row)]
        left = [row for row in left if shape.again or not shape.takes(row)]
        if mine and (not shape.again or any(row.spread for row in mine)):
            found.append((shape, mine))
    return found


def _table(draft: Draft, shape: Shape, rows: list[Row]) -> FigureTable:
    if shape.folded and len(rows) > (FEW_AGAIN if shape.again else AT_ONCE):
        if url := draft.open(draft.name, shape.key):
            return FigureTable(caption=gettext(shape.title), folded=True, url=url)
        return replace(_unfolded(draft, shape, rows), opened=True)
    return _unfolded(draft, shape, rows)


def _unfolded(draft: Draft, shape: Shape, rows: list[Row]) -> FigureTable:
    return replace(_drawn(draft, shape, rows), as_written=shape.down[:1] in _NAMES)


#: By what lines are told apart that have names of their own, or units.
_NAMES = [("capacity",), ("district",), ("indicator",), ("item",), ("officer",), ("phase",), ("provider",), ("sector",)]


def _drawn(draft: Draft, shape: Shape, rows: list[Row]) -> FigureTable:
    if shape.down == ("month",):
        rows = sorted(rows, key=lambda row: str(row.of["month"]))
    elif shape.down == ("technology_field",):
        rows = sorted(rows, key=lambda row: place_of_field(row.of["technology_field"]))
    elif shape.down in (("provider",), ("officer",)):
        # Their codes are ids, whose order says nothing.
        rows = sorted(rows, key=lambda row: (draft.label(shape.down, row), str(row.of[shape.down[0]])))
    if shape.look:
        return _LOOKS[shape.look](draft, shape, rows)
    return _across(draft, shape, rows) if shape.across else _list(draft, shape, rows)


# --- lists -----------------------------------------------------------------------------------------------------------


def _list(draft: Draft, shape: Shape, rows: list[Row]) -> FigureTable:
    """A line for each row, with what any of them tells."""
    most = max(row.numerator for row in rows)
    unit = partial(unit_of, draft.figure)
    told: list[tuple[Column, Callable[[Row], Cell], bool]] = [
        (("number", gettext("Count"), "num"), draft.number, True),
        (("among", gettext("Among"), "num"), _among, any(row.denominator is not None for row in rows)),
        (
            ("share", gettext("Share"), "num"),
            lambda row: Cell(words=say_percent(row.percent)),
            any(row.percent is not None for row in rows),
        ),
        (("median", gettext("Median"), "num"), lambda row: Cell(words=say_length(row.median, unit(row))), _timed(rows)),
        (
            ("p90", gettext("Nine of ten within"), "num"),
            lambda row: Cell(words=say_length(row.p90, unit(row))),
            _timed(rows),
        ),
        (
            ("value", gettext("Amount"), "num"),
            _value,
            any(row.money or row.amount is not None for row in rows),
        ),
    ]
    shown = [(column, cell) for column, cell, there in told if there]
    return FigureTable(
        caption=gettext(shape.title) if shape.title else title_of(draft.name),
        columns=[("what", _head(shape), "head"), *(column for column, _ in shown)],
        rows=[
            {
                "what": Cell(
                    words=draft.label(shape.lines, row),
                    bar=charts.share_of_cell(row.numerator, most) if most else Markup(""),
                ),
                **{column[0]: cell(row) for column, cell in shown},
            }
            for row in rows
        ],
        folded=shape.folded,
        headed=bool(shape.title) and not shape.folded,
    )


def _value(row: Row) -> Cell:
    """What it is worth, or how much it is: of a capacity the line names the unit."""
    amount = "" if row.amount is None else say_saved(row.amount, row.of.get("unit"))
    return Cell(words=" · ".join(part for part in (say_money(row.money), amount) if part))


def unit_of(figure: Figure, row: Row) -> str | None:
    """In what a line tells its median: what it says itself, or its figure."""
    return row.of.get("unit") or figure.unit


def _head(shape: Shape) -> str:
    return gettext(shape.head) if shape.head else gettext("What")


def _among(row: Row) -> Cell:
    return Cell(words="" if row.denominator is None else str(row.denominator))


def _timed(rows: Iterable[Row]) -> bool:
    return any(row.median is not None or row.p90 is not None for row in rows)


# --- one thing down, another across ----------------------------------------------------------------------------------


def _across(draft: Draft, shape: Shape, rows: list[Row]) -> FigureTable:
    """A line for each thing, a column for each of what is told of it."""
    steps = shape.across == ("step",)
    of_columns = sorted(rows, key=lambda row: place_of_state(row.of.get("step"))) if steps else rows
    across = dict.fromkeys(_key(shape.columns, row) for row in of_columns)
    down: dict[tuple[str | None, ...], dict[tuple[str | None, ...], Row]] = {}
    for row in rows:
        down.setdefault(_key(shape.down, row), {})[_key(shape.columns, row)] = row
    firsts = {_key(shape.columns, row): row for row in reversed(rows)}
    columns = [(str(n), draft.label(shape.columns, firsts[told]), "num") for n, told in enumerate(across)]
    return FigureTable(
        caption=gettext(shape.title) if shape.title else title_of(draft.name),
        columns=[("what", _head(shape), "head"), *columns],
        rows=[
            {
                "what": Cell(words=draft.label(shape.down, next(iter(mine.values())))),
                **{str(n): _cell(draft, mine[told]) for n, told in enumerate(across) if told in mine},
            }
            for mine in down.values()
        ],
        folded=shape.folded,
        headed=bool(shape.title) and not shape.folded,
    )


def _key(keys: Iterable[str], row: Row) -> tuple[str | None, ...]:
    return tuple(row.of.get(key, "-") for key in keys)


def _cell(draft: Draft, row: Row) -> Cell:
    """A row in one cell: the number, among how many, and the share, the median or the value below."""
    second = [
        say_percent(row.percent),
        gettext("unripe") if row.unripe else "",
        gettext("median %(median)s", median=say_length(row.median, unit_of(draft.figure, row)))
        if row.median is not None
        else "",
        say_money(row.money),
    ]
    number = draft.number(row)
    words = number.words
    if row.denominator is not None:
        words = gettext("%(count)s of %(all)s", count=words, all=row.denominator)
    if row.amount is not None:
        second = [words, *second]
        words = say_saved(row.amount, row.of.get("unit"))
    return Cell(words=words, url=number.url, second=" · ".join(part for part in second if part))


# --- those that look otherwise ---------------------------------------------------------------------------------------


def _funnel(draft: Draft, shape: Shape, rows: list[Row]) -> FigureTable:
    """Each step beside the one before, and beside all of its kind: needs of those published, cases of those opened."""
    most = max(row.numerator for row in rows)
    cases = draft.figure.beside.get("cases", 0)
    needs = next((row.numerator for row in rows if row.of_needs), 0)
    lines = []
    before = 0
    for row in rows:
        # Matches are no step: what is counted of them is what the next step is among.
        aside = "what" in row.of
        all_of = None if aside else needs if row.of_needs else cases
        share = "" if all_of is None or row.numerator > all_of else say_percent(percent(row.numerator, all_of))
        lines.append(
            {
                "what": Cell(
                    words=draft.say("what" if aside else "step", row),
                    bar=charts.loss_of_cell(row.numerator, 0 if aside else before, most),
                ),
                "number": draft.number(row),
                "before": _of(row.numerator, row.denominator, say_percent(row.percent)),
                "all": _of(row.numerator, all_of, share),
                "otherwise": Cell(words=str(row.parts["otherwise"]) if row.parts.get("otherwise") else ""),
            }
        )
        before = row.numerator
    return FigureTable(
        caption=title_of(draft.name),
        columns=[
            ("what", gettext("Step"), "head"),
            ("number", gettext("Count"), "num"),
            ("before", gettext("Of the step before"), "num"),
            ("all", gettext("Of all"), "num"),
            ("otherwise", gettext("Came another way"), "num"),
        ],
        rows=lines,
        marks=[(charts.sample(charts.REST), gettext("what the step before had"))],
    )


def _of(count: int, among: int | None, share: str) -> Cell:
    if among is None:
        return Cell()
    told = gettext("%(count)s of %(all)s", count=count, all=among)
    return Cell(words=share, second=told) if share else Cell(words=told)


def _conversion(draft: Draft, shape: Shape, rows: list[Row]) -> FigureTable:
    """Of each step three parts that add up."""
    parts = (
        ("went_on", gettext("Went on"), charts.OURS),
        ("ended", gettext("Came to an end"), charts.PLAIN),
        ("open", gettext("Still open"), charts.LEFT),
    )
    lines = []
    for row in rows:
        shares = [charts.Share(row.parts[name], kind, words) for name, words, kind in parts]
        lines.append(
            {
                "what": Cell(words=draft.say("step", row), bar=charts.bar_share(shares, "", 14)),
                "next": Cell(words=draft.say("next", row)),
                "went_on": draft.number(row),
                "ended": Cell(words=str(row.parts["ended"])),
                "open": Cell(words=str(row.parts["open"])),
                "among": _among(row),
                "share": Cell(words=say_percent(row.percent)),
            }
        )
    return FigureTable(
        caption=title_of(draft.name),
        columns=[
            ("what", gettext("Of those with"), "head"),
            ("next", gettext("The next step"), ""),
            *((name, words, "num") for name, words, _ in parts),
            ("among", gettext("Among"), "num"),
            ("share", gettext("Share"), "num"),
        ],
        rows=lines,
        marks=[(charts.sample(kind), words) for _, words, kind in parts],
    )


def _workload(draft: Draft, shape: Shape, rows: list[Row]) -> FigureTable:
    """Of each officer the tasks in hand as a bar, what is late of them marked."""
    table = _across(draft, shape, rows)
    tasks: dict[str | None, list[Row]] = {}
    for row in rows:
        if row.of.get("what") not in ("live_cases", "aftercare"):
            tasks.setdefault(row.of.get("officer"), []).append(row)
    bars = _late_bars(tasks.values())
    return replace(
        table,
        rows=[row | {"what": replace(row["what"], bar=bar)} for row, bar in zip(table.rows, bars, strict=True)],
        marks=_late_marks(gettext("other tasks in hand")),
    )


def _late_bars(tasks: Iterable[list[Row]]) -> list[Markup]:
    """Of each the tasks by how late they are as a bar; the first of them are not due."""
    late = [(sum(row.numerator for row in mine[1:]), sum(row.numerator for row in mine)) for mine in tasks]
    most = max((whole for _, whole in late), default=0)
    return [charts.parts_of_cell([(one, charts.LATE), (whole - one, charts.PLAIN)], most) for one, whole in late]


def _late_marks(others: str) -> list[tuple[Markup, str]]:
    return [(charts.sample(charts.LATE), gettext("late tasks")), (charts.sample(charts.PLAIN), others)]


def _untaken(draft: Draft, shape: Shape, rows: list[Row]) -> FigureTable:
    """Of each queue what nobody has taken: how many, how long it has lain there, and how late it is."""
    queues: dict[str, list[Row]] = {}
    for row in rows:
        queues.setdefault(draft.label(shape.down, row), []).append(row)
    by_late = {name: [row for row in mine if "late" in row.of] for name, mine in sorted(queues.items())}
    bars = _late_bars([row for row in mine if row.of["late"] != "aftercare"] for mine in by_late.values())
    buckets = {str(row.of["late"]): draft.say("late", row) for mine in by_late.values() for row in mine}
    lines = []
    for (name, mine), bar in zip(by_late.items(), bars, strict=True):
        whole = next(row for row in queues[name] if "late" not in row.of)
        oldest = say_length(whole.amount, unit_of(draft.figure, whole))
        middle = say_length(whole.median, unit_of(draft.figure, whole))
        lines.append(
            {
                "what": Cell(words=name, bar=bar),
                "number": draft.number(whole),
                "oldest": Cell(words=oldest, second=gettext("median %(median)s", median=middle) if middle else ""),
                **{str(row.of["late"]): draft.number(row) for row in mine},
            }
        )
    return FigureTable(
        caption=gettext(shape.title),
        columns=[
            ("what", _head(shape), "head"),
            ("number", gettext("Waiting"), "num"),
            ("oldest", gettext("The oldest since"), "num"),
            *((code, words, "num") for code, words in buckets.items()),
        ],
        rows=lines,
        headed=True,
        marks=_late_marks(gettext("other tasks")),
    )


_LOOKS: Mapping[str, Callable[[Draft, Shape, list[Row]], FigureTable]] = {
    "funnel": _funnel,
    "conversion": _conversion,
    "workload": _workload,
    "untaken": _untaken,
    "times": times,
    "spread": spread,
}
