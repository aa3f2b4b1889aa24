"""The calendar of one's work: what is due on which day, by day, week or month."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext, ngettext

from casework.engine.deadlines.calendars import HOLIDAY, MAKE_UP, WEEKEND
from casework.operations.core.paging import MOST
from casework.operations.core.perform import home_calendar
from casework.operations.core.views import row_as
from casework.operations.tasks import calendar_view
from casework.operations.tasks.views import AgendaDay, DueTask
from casework.web.shell import dates, layout
from casework.web.shell.i18n import N_, chinese
from casework.web.shell.navigation import OFFICES
from casework.web.shell.session import list_transaction, only
from casework.web.shell.task_links import capital
from casework.web.tasks.list_views import Group

blueprint = Blueprint("agenda", __name__)

WHOSE = {"own": N_("My work"), "team": N_("Team"), "waiting": N_("Waiting for others")}
VIEWS = {"day": N_("Day"), "week": N_("Week"), "month": N_("Month")}
KINDS = {HOLIDAY: N_("holiday"), MAKE_UP: N_("make-up working day"), WEEKEND: N_("not a working day")}
_DAY = timedelta(days=1)


@blueprint.get("/agenda")
@only(*OFFICES)
def show() -> str:
    view, whose = request.args.get("view", "week"), request.args.get("whose", "own")
    view = view if view in VIEWS else "week"
    with list_transaction() as (db, actor):
        if calendar := home_calendar(db, actor):
            layout.use_calendar(calendar)
        teams = bool(calendar_view.teams_of(actor))
        whose = whose if whose in WHOSE and (teams or whose != "team") else "own"
        first, last = _span(view, _asked() or layout.clock().today)
        agenda = calendar_view.list_agenda(db, actor, whose=whose, first=first, last=last, limit=MOST)
    today = date.fromisoformat(agenda.today)
    days = [_shown(day, agenda.items, today, first if view != "month" else _asked() or today) for day in agenda.days]

    def at(day: date | None = None, **more: str) -> str:
        given = {"view": view, "whose": whose} | more
        kept: dict[str, Any] = {
            name: value for name, value in given.items() if (name, value) not in (("view", "week"), ("whose", "own"))
        }
        return url_for("agenda.show", **kept, day=day)

    # Another view of the same days: today, where it is among them.
    here = today if first <= today <= last else first if view != "month" else _asked()
    return render_template(
        "tasks/agenda.html",
        view=view,
        whose=whose,
        days=days,
        groups=[
            _group(one, whose, at(date.fromisoformat(one.day), view="day") if view == "week" else "") for one in days
        ],
        columns=[(key, gettext(words)) for key, words in _COLUMNS.get(whose, [])],
        span=_say_span(view, first, last),
        whose_tabs=[
            (gettext(words), at(here, whose=name), name == whose)
            for name, words in WHOSE.items()
            if teams or name != "team"
        ],
        views=[(gettext(words), at(here, view=name), name == view) for name, words in VIEWS.items()],
        weeks=[days[n : n + 7] for n in range(0, len(days), 7)],
        weekdays=_weekdays(first) if view == "month" else [],
        before=at(_before(view, first)),
        after=at(_after(view, first, last)),
        now=at() if not first <= today <= last else "",
        of_day=lambda day: at(date.fromisoformat(day), view="day"),
    )


def _asked() -> date | None:
    """The day in the address, if it is one that a calendar can show."""
    try:
        day = date.fromisoformat(request.args.get("day", ""))
    except ValueError:
        return None
    return day if 1900 < day.year < 2198 else None


def _span(view: str, day: date) -> tuple[date, date]:
    """The first and the last day of what is shown: the day, its week, or the whole weeks of its month."""
    if view == "day":
        return day, day
    if view == "week":
        first = day - day.weekday() * _DAY
        return first, first + 6 * _DAY
    first, last = day.replace(day=1), day.replace(day=monthrange(day.year, day.month)[1])
    return first - first.weekday() * _DAY, last + (6 - last.weekday()) * _DAY


def _month(first: date) -> date:
    """The first day of the month whose weeks begin with this day."""
    return first if first.day == 1 else (first.replace(day=1) + 32 * _DAY).replace(day=1)


def _before(view: str, first: date) -> date:
    return _month(first) - _DAY if view == "month" else first - _DAY


def _after(view: str, first: date, last: date) -> date:
    return (_month(first) + 32 * _DAY).replace(day=1) if view == "month" else last + _DAY


def _say_span(view: str, first: date, last: date) -> str:
    clock = layout.clock()
    if view == "day":
        return dates.say_day(first, clock, year=True)
    if view == "week":
        return gettext(
            "%(first)s to %(last)s", first=dates.say_day(first, clock), last=dates.say_day(last, clock, year=True)
        )
    month = _month(first)
    return f"{month.year}年{month.month}月" if chinese() else f"{month:%B %Y}"


def _weekdays(first: date) -> list[str]:
    return [f"周{dates.WEEKDAYS_ZH[n]}" if chinese() else dates.WEEKDAYS[n] for n in range(7)]


@dataclass(frozen=True, kw_only=True, slots=True)
class ShownDay(AgendaDay):
    """A day as the page shows it."""

    items: list[DueTask]
    #: So many more are due on it.
    hidden: int
    today: bool
    #: Of its month.
    n: int
    idle: bool
    #: It belongs to another month than the one that is shown.
    outside: bool
    #: That it is today or a holiday, each with the kind of its tag.
    tags: list[tuple[str, str]]
    #: How many of its tasks are.
    late: int


def _shown(row: AgendaDay, items: list[DueTask], today: date, about: date) -> ShownDay:
    day = date.fromisoformat(row.day)
    name = row.name.get("zh" if chinese() else "en") or ""
    mark = name or (gettext(KINDS[row.kind]) if row.kind in (HOLIDAY, MAKE_UP) else "")
    tags = [(gettext("today"), "good")] if day == today else []
    if mark:
        tags.append((mark, "warn" if row.kind == HOLIDAY else ""))
    mine = [item for item in items if item.day == row.day]
    return row_as(
        ShownDay,
        row,
        items=mine,
        hidden=row.due - len(mine),
        n=day.day,
        idle=row.kind in (HOLIDAY, WEEKEND),
        outside=day.month != about.month,
        today=day == today,
        tags=tags,
        late=sum(1 for item in mine if item.overdue),
    )


#: Of whose tasks the columns say whom each waits for.
_COLUMNS = {"team": [("due", N_("Due")), ("with", N_("Waits for"))]}


def _group(day: ShownDay, whose: str, url: str) -> Group:
    """A day as a group of the list of tasks."""
    if day.hidden and not url:
        note = gettext("Only the first %(count)s are shown.", count=MOST)
    elif day.kind == WEEKEND:
        note = capital(gettext(KINDS[WEEKEND]))
    else:
        note = "" if day.due else gettext("Nothing is due.")
    return Group(
        id=f"day-{day.day}",
        title=layout.day_element(day.day),
        rows=day.items,
        note=note,
        kind="waiting" if whose == "waiting" else "",
        count=day.due or None,
        tags=day.tags,
        url=url if day.hidden else "",
        more=ngettext("%(num)d more task", "%(num)d more tasks", day.hidden),
    )


__all__ = ["blueprint"]
