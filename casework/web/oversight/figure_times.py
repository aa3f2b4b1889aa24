"""Time in each step: how far the stays lie apart as boxes, by whose turn it was, and the table behind them. Pure, but for words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from math import ceil, log10

from flask_babel import gettext
from markupsafe import Markup

from casework.definitions import load_library
from casework.engine.deadlines.calendars import Calendar
from casework.engine.deadlines.deadlines import called, of_state
from casework.engine.figures.counting import OF_HUNDRED, Row
from casework.engine.parts import MAIN
from casework.web.oversight.figure_drafts import Cell, Draft, FigureTable, StepLimit
from casework.web.oversight.figure_shapes import Shape
from casework.web.oversight.figure_words import place_of_state, say_length, title_of
from casework.web.shell import charts
from casework.web.shell.i18n import listed

#: A spread is told in this, whatever else its figure is told in.
_MINUTES = "working_minutes"
_KINDS = {"office": charts.OURS, "provider": charts.THEIRS}
#: Where a scale may end, in hours, times ten and a hundred and so on.
_ENDS = (1, 2, 4, 5, 8, 10)


#: A limit beyond so many times what the boxes need is said, and not drawn: they would be too small to be read.
_FAR = 2


def step_limits(calendar: Calendar, until: datetime) -> dict[str, StepLimit]:
    """By step of the main track its limit, as the newest edition and the programme's settings have it.

    Calendar days are as much working time as so many had before a moment.
    """
    edition = load_library().playing(MAIN)
    found = {}
    for step, state in edition.states.items() if edition else ():
        due = state.due
        if due is None or due["since"] is not None:
            continue
        n = calendar.limits.get(called(due, of_state(edition.workflow, step)), due["n"]) if edition else 0
        in_days = due["unit"] != "wd"
        minutes = calendar.working_minutes(until - timedelta(days=n), until) if in_days else n * calendar.usual_minutes
        words = say_length(Decimal(n), "days" if in_days else "working_days")
        found[step] = StepLimit(minutes=Decimal(minutes), words=words)
    return found


def times(draft: Draft, shape: Shape, rows: list[Row]) -> FigureTable:
    """Of each step the stays that ended, whose the time was and how far it lies apart, and those that go on."""
    unit, lines, most = draft.figure.unit, [], scale_of(rows, draft.limits)
    for mine in _by_step(rows):
        ended = next(row for row in mine if row.of["what"] == "ended")
        going = next((row for row in mine if row.of["what"] == "open"), None)
        sides = [row for row in mine if row.of["what"] == "side"]
        shares = [charts.Share(float(row.amount or 0), _kind(row), draft.say("side", row)) for row in sides]
        lines.append(
            {
                "what": Cell(
                    words=draft.say("step", ended), bar=charts.bar_share(shares, "", 14) if shares else Markup("")
                ),
                "ended": draft.number(ended),
                "median": Cell(words=say_length(ended.median, unit)),
                "p90": Cell(words=say_length(ended.p90, unit)),
                "bar": Cell(
                    bar=_boxes(draft, [ended, *sides], most), second=_added(draft, sides, ended.of.get("step"))
                ),
                "open": Cell() if going is None else draft.number(going),
            }
        )
    return FigureTable(
        caption=title_of(draft.name),
        columns=[
            ("what", gettext("Step"), "head"),
            ("ended", gettext("Stays that ended"), "num"),
            ("median", gettext("Median"), "num"),
            ("p90", gettext("Nine of ten within"), "num"),
            ("bar", gettext("Whose time"), "wide"),
            ("open", gettext("Still there"), "num"),
        ],
        rows=lines,
        marks=[
            (charts.sample(charts.OURS), gettext("the office")),
            (charts.sample(charts.THEIRS), gettext("a provider")),
            (charts.sample(charts.PLAIN), gettext("others")),
            *([(charts.sample("box"), _key(most))] if most else []),
            *(
                [
                    (
                        charts.sample("limit"),
                        gettext("limit of the step, as it is set now; calendar days as the working time in them"),
                    )
                ]
                if most and draft.limits
                else []
            ),
        ],
    )


def spread(draft: Draft, shape: Shape, rows: list[Row]) -> FigureTable:
    """The numbers of the boxes."""
    lines = [
        {
            "what": Cell(words=draft.label(("step", "side"), row)),
            "stays": draft.number(row),
            **{
                str(of): Cell(words=say_length(told, _MINUTES)) for of, told in zip(OF_HUNDRED, row.spread, strict=True)
            },
        }
        for mine in _by_step(rows)
        for row in mine
        if row.spread is not None
    ]
    return FigureTable(
        caption=gettext(shape.title),
        columns=[
            ("what", gettext("Step, and whose turn it was"), "head"),
            ("stays", gettext("Stays that ended"), "num"),
            ("5", gettext("5th percentile"), "num"),
            ("25", gettext("25th percentile"), "num"),
            ("50", gettext("Median"), "num"),
            ("75", gettext("75th percentile"), "num"),
            ("95", gettext("95th percentile"), "num"),
        ],
        rows=lines,
        folded=True,
    )


def scale_of(rows: Iterable[Row], limits: Mapping[str, StepLimit] | None = None) -> Decimal:
    """Where the scale of all boxes ends, in minutes: round hours that none of them goes beyond, and no limit of theirs that is not far
    off; nought where there is no box."""
    drawn = [row for row in rows if row.spread]
    most = max((row.spread[-1] for row in drawn if row.spread), default=Decimal(0))
    if not most:
        return Decimal(0)
    known = limits or {}
    ends = [known[step].minutes for row in drawn if (step := row.of.get("step")) in known and step is not None]
    most = max([most, *(end for end in ends if end <= _FAR * most)])
    hours = ceil(most / 60)
    power = 10 ** int(log10(hours))
    return Decimal(60 * power * next(end for end in _ENDS if end * power >= hours))


def _by_step(rows: Iterable[Row]) -> list[list[Row]]:
    """The lines of each step, in the order of the steps; those that are told by month are none of them."""
    steps: dict[str | None, list[Row]] = {}
    for row in rows:
        steps.setdefault(row.of.get("step"), []).append(row)
    return [mine for _, mine in sorted(steps.items(), key=lambda step: place_of_state(step[0]))]


def _boxes(draft: Draft, rows: Iterable[Row], most: Decimal) -> Markup:
    drawn = [
        charts.Box(
            draft.say("side", row) if row.of["what"] == "side" else gettext("all together"),
            say_length(row.spread[2], _MINUTES),
            [float(one) for one in row.spread],
            _kind(row) if row.of["what"] == "side" else charts.WHOLE,
            None if row.of["what"] == "side" else _limit(draft, row.of.get("step")),
        )
        for row in rows
        if row.spread is not None
    ]
    return charts.boxes(drawn, float(most)) if drawn else Markup("")


def _kind(row: Row) -> str:
    return _KINDS.get(row.of.get("side") or "", charts.PLAIN)


def _key(most: Decimal) -> str:
    return gettext(
        "box: middle half of the stays, stroke: median, lines: 5th to 95th percentile; scale from 0 to %(most)s",
        most=say_length(most, _MINUTES),
    )


def _limit(draft: Draft, step: str | None) -> float | None:
    return float(draft.limits[step].minutes) if step in draft.limits and step is not None else None


def _added(draft: Draft, sides: Iterable[Row], step: str | None) -> str:
    told = listed(f"{draft.say('side', row)} {say_length(row.amount, _MINUTES)}" for row in sides)
    limit = (
        gettext("limit %(length)s", length=draft.limits[step].words)
        if step in draft.limits and step is not None
        else ""
    )
    return " · ".join(words for words in (told, limit) if words)
