"""Pictures as SVG: lanes, Gantt bars, four weeks of days, shares and bars.

Pure: frozen dataclasses in, markup out. Colours are classes and patterns of charts.css and macros/charts.html; x is in
per cent and y in pixels, so that a picture is as wide as its place and its letters never shrink. A picture either says in
words what it shows, or is hidden from those who do not see it because a table beside it says the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from markupsafe import Markup

#: What a stretch of a bar is: ours, theirs, past its limit, left, standing still, agreed, said, the rest, of no side, or of all.
OURS, THEIRS, LATE, LEFT, STILL, AGREED, SAID, REST, PLAIN, WHOLE = (
    "ours",
    "theirs",
    "late",
    "left",
    "still",
    "agreed",
    "said",
    "rest",
    "plain",
    "whole",
)
#: How each is filled: a class of its own, or a pattern under an edge.
_FILLS = {
    OURS: "g-ours",
    LEFT: "g-left",
    SAID: "g-left",
    STILL: "g-still",
    REST: "g-rest",
    PLAIN: "g-plain",
    WHOLE: "g-whole",
}
_PATTERNS = {THEIRS: "p-theirs", LATE: "p-late", AGREED: "p-dots"}
_EDGES = {THEIRS: "g-edge-theirs", LATE: "g-edge-late", AGREED: "g-edge-ours"}
#: The ids of the patterns that a page with pictures has to hold.
PATTERNS = tuple(_PATTERNS.values())
#: How an ended bar ends.
REACHED, BROKEN_OFF = "reached", "broken_off"
#: Pixels: a row of lanes, a bar in it, and the head of the axis.
ROW, BAR, HEAD = 44, 16, 30
#: And a label with a box below it.
_BOX_ROW = 38
#: Per cent below which nobody sees a stretch, and letters to a per cent of a picture as narrow as they come.
_LEAST, _PER_LETTER = 0.4, 1.7


@dataclass(frozen=True)
class Tick:
    """A place on the axis and what is written there; `minor` ones lose their words first where there is no room."""

    at: datetime
    words: str
    minor: bool = False


@dataclass(frozen=True, kw_only=True)
class Scale:
    """A stretch of time as the width of a picture; the same for all rows of one."""

    start: datetime
    end: datetime
    now: datetime
    now_words: str
    ticks: tuple[Tick, ...] = ()
    #: Days on which nobody works, from and until.
    off: tuple[tuple[datetime, datetime], ...] = ()

    def x(self, moment: datetime) -> float:
        """Where a moment lies, in per cent of the width; at the edge what lies beyond it."""
        whole = (self.end - self.start) / timedelta(seconds=1)
        part = (moment - self.start) / timedelta(seconds=1)
        return round(min(100.0, max(0.0, 100 * part / whole)), 2) if whole > 0 else 0.0


@dataclass(frozen=True)
class Span:
    """A stretch of a bar, with the words that stand in it where they fit."""

    start: datetime
    end: datetime
    kind: str
    words: str = ""


@dataclass(frozen=True)
class Limit:
    """A date by which something is due."""

    at: datetime
    over: bool = False


@dataclass(frozen=True, kw_only=True)
class Lane:
    """One row of lanes or of a Gantt chart; `says` is the row in words, "" where a table says it."""

    spans: tuple[Span, ...]
    says: str
    limits: tuple[Limit, ...] = ()
    #: When it ended and how; None while it runs.
    ended: tuple[datetime, str] | None = None


@dataclass(frozen=True, kw_only=True)
class Day:
    """A day of a strip: how much is due on it."""

    label: str
    count: int
    #: Every how many days a label is written is the caller's choice: "" writes none.
    mark: str = ""
    kind: str = OURS
    off: bool = False
    today: bool = False
    url: str = ""


@dataclass(frozen=True)
class Share:
    """A part of a whole."""

    value: float
    kind: str
    words: str


@dataclass(frozen=True)
class Bar:
    """A value beside others; its number is a link where it has an address."""

    label: str
    value: float
    shown: str
    kind: str = PLAIN
    url: str = ""


@dataclass(frozen=True)
class Box:
    """How far values lie apart: within which so many of a hundred are (5, 25, 50, 75 and 95), with a label and the middle in words."""

    label: str
    shown: str
    within: Sequence[float]
    kind: str = PLAIN
    #: What none of them should go beyond; None where nothing says so.
    limit: float | None = None


def months_between(start: datetime, end: datetime, most: int = 12) -> list[datetime]:
    """The first days of the months within a stretch of time, so far apart that at most so many are left."""
    first = start.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    months = (end.year - first.year) * 12 + end.month - first.month
    step = next((width for width in (1, 2, 3, 6) if months // width < most), 12 * (months // (12 * most) + 1))
    dates = []
    for n in range(months + 1):
        year, month = divmod(first.month - 1 + n, 12)
        if step > 1 and month % step:
            continue
        date = first.replace(year=first.year + year, month=month + 1)
        if date >= start and (step <= 12 or date.year % (step // 12) == 0):
            dates.append(date)
    return dates


def axis(scale: Scale) -> Markup:
    """The head of lanes: the ticks with their words, and today."""
    now = scale.x(scale.now)
    parts = []
    for tick in scale.ticks:
        at = scale.x(tick.at)
        parts.append(_line(at, "g-line-2", 14, HEAD))
        parts.append(_text(f"{at}%", 26, tick.words, "t-3 minor" if tick.minor else "t-3", dx=4))
    anchor = "end" if now > 90 else "start" if now < 10 else "middle"
    parts.append(_text(f"{now}%", 11, scale.now_words, f"t-1 a-{anchor}"))
    parts.append(_line(now, "g-now", 14, HEAD))
    return _picture(parts, HEAD, "")


def lane(scale: Scale, row: Lane) -> Markup:
    """One row: whose turn it was when, its limits, and today."""
    top = (ROW - BAR) // 2
    parts = [_rect(scale.x(a), scale.x(b), 0, ROW, "g-off") for a, b in scale.off if scale.x(b) > scale.x(a)]
    parts += [_line(scale.x(tick.at), "g-line", 0, ROW) for tick in scale.ticks]
    for span in row.spans:
        parts += _bar(scale.x(span.start), scale.x(span.end), span.kind, top, BAR)
    parts += _words_within(scale, row.spans, top + 12)
    for limit in row.limits:
        if scale.start <= limit.at <= scale.end:
            parts.append(_at(scale.x(limit.at), ROW // 2, _diamond(over=limit.over)))
    if row.ended:
        moment, how = row.ended
        parts.append(_at(scale.x(moment), ROW // 2, _TICKED if how == REACHED else _CROSSED))
    parts.append(_line(scale.x(scale.now), "g-now", 0, ROW))
    return _picture(parts, ROW, row.says)


def strip(days: Sequence[Day], says: str, height: int = 72) -> Markup:
    """Days beside each other, each as high as what is due on it."""
    if not days:
        return Markup("")
    width, floor = 100 / len(days), height - 18
    most = max(max(day.count for day in days), 1)
    parts = []
    for n, day in enumerate(days):
        left, middle = round(n * width, 2), round((n + 0.5) * width, 2)
        if day.off:
            parts.append(_rect(left, round(left + width, 2), 14, floor - 14, "g-off"))
        if day.mark:
            parts.append(_text(f"{left}%", height - 3, day.mark, "t-1" if day.today else "t-3", dx=2))
        if day.today:
            parts.append(_line(middle, "g-now", 12, floor + 4))
        if day.count > 0:
            tall = max(4, round((floor - 18) * day.count / most))
            column = _join(
                [
                    # A link says it in its own name.
                    *([] if day.url else [_title(f"{day.label}: {day.count}")]),
                    *_bar(left + width * 0.2, left + width * 0.8, day.kind, floor - tall, tall),
                    _text(f"{middle}%", floor - tall - 3, str(day.count), "t-1 a-middle"),
                ]
            )
            parts.append(_linked(day.url, f"{day.label}: {day.count}", column))
    parts.append(Markup('<line class="g-axis" x1="0" x2="100%" y1="{0}" y2="{0}"/>').format(floor))
    return _picture(parts, height, says, links=any(day.url for day in days))


def series(values: Sequence[Share], marks: Sequence[tuple[int, str]], says: str, height: int = 90) -> Markup:
    """Shares of a whole beside each other, one after another from the left, on a scale from nought to one, and words below some of them."""
    floor, width = height - 16, 100 / max(len(values), 1)
    parts = [_rect(0, 100, 0, floor, "g-off")]
    for n, one in enumerate(values):
        left, tall = n * width, floor * min(1.0, max(one.value, 0.0))
        if tall > 0:
            gap = 0.15 * width if width > 1 else 0.0
            parts += _bar(left, left + width - gap, one.kind, round(floor - tall, 2), round(tall, 2))
    parts += [_line(n * width, "g-line", 0, floor + 4) for n, _ in marks]
    parts += [_text(f"{round(n * width, 2)}%", height - 2, words, "t-3", dx=2) for n, words in marks]
    parts.append(Markup('<line class="g-axis" x1="0" x2="100%" y1="{0}" y2="{0}"/>').format(floor))
    return _picture(parts, height, says)


def bar_share(shares: Iterable[Share], says: str, height: int = 16) -> Markup:
    """One bar in parts that together are its whole width; parts of nothing are left out."""
    there = [share for share in shares if share.value > 0]
    whole = sum(share.value for share in there)
    parts, at = [], 0.0
    for share, width in zip(there, parts_of_hundred([share.value for share in there]), strict=True):
        drawn = _join(
            [_title(share.words), *_bar(at, at + width - (0.4 if width > 1 else 0), share.kind, 1, height - 2)]
        )
        parts.append(Markup("<g>{}</g>").format(drawn))
        at = round(at + width, 2)
    if not whole:
        parts.append(_rect(0, 100, 1, height - 2, "g-off"))
    return _picture(parts, height, says)


def parts_of_hundred(values: Sequence[float]) -> list[float]:
    """Shares of a whole in per cent with two digits, which add up to 100."""
    whole = sum(values)
    if whole <= 0:
        return [0.0 for _ in values]
    shares = [round(100 * value / whole, 2) for value in values]
    largest = shares.index(max(shares))
    shares[largest] = round(shares[largest] + 100 - sum(shares), 2)
    return shares


def bars(rows: Sequence[Bar], says: str, line: int = 26) -> Markup:
    """Rows of a label over a bar on one scale from zero, each with its number at the right, a link where it has one."""
    most = max((row.value for row in rows), default=0)
    parts, y = [], 0
    for row in rows:
        length = 84 * max(row.value, 0) / most if most > 0 else 0
        parts.append(_text("0%", y + 11, row.label, "t-2"))
        parts.append(_rect(0, 84, y + 15, 7, "g-off"))
        if length > 0:
            parts += _bar(0, length, row.kind, y + 15, 7)
        number = _text("100%", y + 22, row.shown, "t-1 a-end")
        parts.append(_linked(row.url, f"{row.label}: {row.shown}", number))
        y += line + 8
    return _picture(parts, max(y, 1), says, links=any(row.url for row in rows))


def share_of_cell(value: float, most: float, kind: str = PLAIN) -> Markup:
    """A bar for a cell of a table, whose number stands beside it."""
    length = min(100.0, 100 * max(value, 0) / most) if most > 0 else 0.0
    return _picture([_rect(0, 100, 1, 8, "g-off"), *(_bar(0, length, kind, 1, 8) if length else ())], 10, "")


def parts_of_cell(parts: Iterable[tuple[float, str]], most: float) -> Markup:
    """The same in parts, one after another."""
    drawn, at = [_rect(0, 100, 1, 8, "g-off")], 0.0
    for value, kind in parts:
        if value > 0 and most > 0:
            length = min(100.0 - at, 100 * value / most)
            drawn += _bar(at, at + length, kind, 1, 8)
            at += length
    return _picture(drawn, 10, "")


def loss_of_cell(value: float, before: float, most: float) -> Markup:
    """The same, and pale behind it what the line before had: what shows of that was lost on the way."""
    if most <= 0:
        return share_of_cell(value, most, OURS)
    lengths = [(before, REST), (value, OURS)]
    drawn = [
        one for length, kind in lengths if length > 0 for one in _bar(0, min(100.0, 100 * length / most), kind, 1, 12)
    ]
    return _picture([_rect(0, 100, 1, 12, "g-off"), *drawn], 14, "")


def boxes(rows: Sequence[Box], most: float) -> Markup:
    """Rows of a label over a box on one scale from zero: from quarter to quarter, its middle as a stroke, lines to the outer ones, and a
    mark at the limit where the scale goes so far. The numbers stand in a table."""
    parts: list[Markup] = []
    for n, row in enumerate(rows):
        y = n * _BOX_ROW
        low, first, middle, third, high = (
            min(100.0, 100 * max(one, 0) / most) if most > 0 else 0.0 for one in row.within
        )
        parts += [_text("0%", y + 11, row.label, "t-2"), _text("100%", y + 11, row.shown, "t-1 a-end")]
        parts += [_rect(0, 100, y + 16, 12, "g-off"), _across(low, high, y + 22)]
        parts += [_line(end, "g-whisker", y + 19, y + 25) for end in (low, high)]
        parts += _bar(first, third, row.kind, y + 16, 12)
        parts += [_line(middle, kind, y + 14, y + 30) for kind in ("g-middle-ground", "g-middle")]
        if row.limit is not None and 0 < row.limit <= most:
            at = 100 * row.limit / most
            parts += [_line(at, "g-now", y + 13, y + 31), _at(at, y + 22, _diamond(over=False))]
    return _picture(parts, max(len(rows) * _BOX_ROW, 1), "")


def sample(kind: str) -> Markup:
    """A mark for the key of a picture: a kind of stretch, "box", "limit" or "off"."""
    match kind:
        case "limit":
            inner = _join([Markup('<svg x="50%" y="6" overflow="visible">{}</svg>').format(_diamond(over=False))])
        case "box":
            middle = (_line(50, kind, 0, 12) for kind in ("g-middle-ground", "g-middle"))
            inner = _join([_across(0, 100, 6), *_bar(20, 80, WHOLE, 1, 10), *middle])
        case "off":
            inner = _rect(0, 100, 0, 12, "g-off")
        case _:
            inner = _join(_bar(2, 98, kind, 0.5, 11))
    return Markup('<svg class="sample" width="20" height="12" aria-hidden="true">{}</svg>').format(inner)


# --- shapes ---

_TICKED = Markup('<circle class="g-ours" r="7"/><path class="g-tick" d="m-3 .2 2.2 2.2L3.2-2.5"/>')
_CROSSED = Markup('<circle class="g-end" r="7"/><path class="g-cross" d="M-2.5-2.5 2.5 2.5M2.5-2.5-2.5 2.5"/>')


def _picture(parts: Iterable[Markup], height: int, says: str, *, links: bool = False) -> Markup:
    """The picture around its shapes: said in words, or left to the table beside it. One with links is no single image."""
    if links:
        about = Markup(' role="group" aria-label="{}"').format(says) if says else ""
    else:
        about = Markup(' role="img" aria-label="{}"').format(says) if says else Markup(' aria-hidden="true"')
    return Markup('<svg class="chart" height="{}"{}>{}</svg>').format(height, about, _join(parts))


def _bar(start: float, end: float, kind: str, y: float, height: float) -> list[Markup]:
    """A stretch as filled, at least as wide as one can see."""
    end = max(end, start + _LEAST)
    if kind in _PATTERNS:
        fill = Markup('<rect x="{}%" y="{}" width="{}%" height="{}" rx="2" fill="url(#{})"/>').format(
            _number(start), y, _number(end - start), height, _PATTERNS[kind]
        )
        return [fill, _rect(start, end, y, height, _EDGES[kind], rx=2)]
    return [_rect(start, end, y, height, _FILLS[kind], rx=2)]


def _words_within(scale: Scale, spans: Iterable[Span], y: int) -> list[Markup]:
    """The words of those stretches that are wide enough for them."""
    parts = []
    for span in spans:
        start, end = scale.x(span.start), scale.x(span.end)
        letters = sum(2 if ord(letter) > 0x2E7F else 1 for letter in span.words)
        if not span.words or (letters + 2) * _PER_LETTER > end - start:
            continue
        if span.kind == OURS:
            parts.append(_text(f"{start}%", y, span.words, "t-in in-lane", dx=5))
        elif span.kind in (THEIRS, LATE):
            # Letters on a pattern need a ground of their own.
            ground = Markup('<rect class="g-sheet in-lane" x="3" y="{}" width="{}" height="13" rx="2"/>').format(
                y - 10, letters * 7 + 6
            )
            parts.append(_at(start, 0, _join([ground, _text("6", y, span.words, f"t-{span.kind} in-lane")])))
    return parts


def _diamond(*, over: bool) -> Markup:
    return Markup('<path class="{}" d="M0-5.5 5.5 0 0 5.5-5.5 0z"/>').format("g-limit over" if over else "g-limit")


def _at(x: float, y: int, inner: Markup) -> Markup:
    """Shapes in pixels at a place in per cent."""
    return Markup('<svg x="{}%" y="{}" overflow="visible">{}</svg>').format(_number(x), y, inner)


def _across(start: float, end: float, y: float) -> Markup:
    return Markup('<line class="g-whisker" x1="{0}%" x2="{1}%" y1="{2}" y2="{2}"/>').format(
        _number(start), _number(end), y
    )


def _line(x: float, kind: str, y1: int, y2: int) -> Markup:
    return Markup('<line class="{0}" x1="{1}%" x2="{1}%" y1="{2}" y2="{3}"/>').format(kind, _number(x), y1, y2)


def _rect(start: float, end: float, y: float, height: float, kind: str, *, rx: int = 0) -> Markup:
    return Markup('<rect class="{}" x="{}%" y="{}" width="{}%" height="{}"{}/>').format(
        kind, _number(start), y, _number(end - start), height, Markup(' rx="{}"').format(rx) if rx else ""
    )


def _text(x: str, y: float, words: str, kind: str, dx: int = 0) -> Markup:
    shift = Markup(' dx="{}"').format(dx) if dx else ""
    return Markup('<text class="{}" x="{}" y="{}"{}>{}</text>').format(kind, x, y, shift, words)


def _title(words: str) -> Markup:
    return Markup("<title>{}</title>").format(words)


def _linked(url: str, words: str, inner: Markup) -> Markup:
    if not url:
        return Markup("<g>{}</g>").format(inner)
    return Markup('<a href="{}" aria-label="{}">{}</a>').format(url, words, inner)


def _number(value: float) -> str:
    """Two digits at most, and none that say nothing."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def _join(parts: Iterable[Markup]) -> Markup:
    return Markup("").join(parts)
