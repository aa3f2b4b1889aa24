"""The clocks of a case as bars on one axis of time: since when each counts, when it stood still, and when it is due."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from flask_babel import gettext
from markupsafe import Markup

from casework.engine.analysis.deadline_explanation import PAUSE, WAITING
from casework.engine.deadlines.calendars import Calendar
from casework.operations.deadlines.views import ClockExplained
from casework.web.shell import charts
from casework.web.shell.charts import Lane, Limit, Span
from casework.web.shell.dates import read_moment
from casework.web.shell.layout import clock
from casework.web.shell.time_axis import time_scale, whole_hour

#: Days that the axis shows at least of what is to come.
_AHEAD = 45
#: What does not count: time in which the clock stood still, and that before the day from which it counts, which is not drawn.
_DRAWN = {PAUSE: charts.STILL, WAITING: ""}


@dataclass(frozen=True)
class Gantt:
    """An axis, a bar for each clock in their order, and the key to the signs."""

    axis: Markup
    bars: tuple[Markup, ...]
    key: tuple[tuple[Markup, str], ...]


def gantt(clocks: Sequence[ClockExplained], calendar: Calendar) -> Gantt | None:
    """The clocks as bars; None where there is none. What is due far off runs to the edge."""
    if not clocks:
        return None
    now = whole_hour(clock().now)
    begun = [read_moment(span.from_) for one in clocks for span in one.intervals[:1] if span.kind != WAITING]
    start = min([*begun, now - timedelta(days=7)])
    far = now + max(timedelta(days=_AHEAD), 1.5 * (now - start))
    due = [read_moment(one.due_at) for one in clocks if one.due_at]
    end = max([now + 0.1 * (now - start), *(day for day in due if day <= far)])
    scale = time_scale(start, end + 0.02 * (end - start), now, calendar)
    marks = [(charts.PLAIN, gettext("has counted")), (charts.STILL, gettext("stood still"))]
    marks += [
        (charts.LATE, gettext("past the limit")),
        (charts.LEFT, gettext("time left")),
        ("limit", gettext("limit")),
    ]
    marks += [("off", gettext("public holidays"))] if scale.off else []
    return Gantt(
        charts.axis(scale),
        tuple(charts.lane(scale, _bar(one, now)) for one in clocks),
        tuple((charts.sample(kind), words) for kind, words in marks),
    )


def _bar(one: ClockExplained, now: datetime) -> Lane:
    """A clock as a row; the words beside it say the same."""
    due = read_moment(one.due_at) if one.due_at else None
    spans = [span for span in _passed(one, min(due, now) if due else now) if span.start < span.end]
    limits: tuple[Limit, ...] = ()
    if due is not None:
        from_ = max([now, *(read_moment(span.until) for span in one.intervals[:1] if span.kind == WAITING)])
        spans.append(Span(due, now, charts.LATE) if due < now else Span(min(from_, due), due, charts.LEFT))
        limits = (Limit(due, over=due < now),)
    return Lane(spans=tuple(spans), says="", limits=limits)


def _passed(one: ClockExplained, until: datetime) -> Iterator[Span]:
    """What of a clock lies behind: stretches that counted, and those in which it stood still."""
    reached = None
    for kind, group in groupby(one.intervals, key=lambda interval: _DRAWN.get(interval.kind, charts.PLAIN)):
        intervals = list(group)
        start, end = read_moment(intervals[0].from_), read_moment(intervals[-1].until)
        if kind:
            yield Span(start, min(end, until), kind)
        reached = end
    if one.due_at is None and reached is not None and reached < until:
        yield Span(reached, until, charts.STILL)
