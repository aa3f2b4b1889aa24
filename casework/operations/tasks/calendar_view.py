"""The agenda: what is due on which day, one's own, the team's or what one waits for, on the calendar of the programme.

Reads only. The number of queries depends neither on how many days there are nor on how much is due.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, TextClause, text

from casework import reasons
from casework.definitions import load_library
from casework.engine.deadlines.calendars import HOLIDAY, MAKE_UP, WEEKEND, WORKING, Calendar
from casework.engine.roles import Role
from casework.errors import InvalidForm
from casework.operations.core.paging import insist_limit
from casework.operations.core.perform import home_calendar
from casework.operations.core.presenters import names_of
from casework.operations.core.views import row_as
from casework.operations.tasks.my_work import FOCUS, chosen_tasks, kinds_of, rows_of
from casework.operations.tasks.queries import named_in, placed_row
from casework.operations.tasks.tasks_of_absent import away_for, their_tasks, written
from casework.operations.tasks.views import Agenda, AgendaDay, DueTask
from casework.permissions.actors import Actor
from casework.records.database import plan_by_values
from casework.records.event_log import now

#: Mine, all of my programmes' offices, and what others must do in the cases that I own.
WHOSE = ("own", "team", "waiting")
#: Who sees every case of a programme, and so what is due in all of them.
TEAMS = frozenset({Role.OFFICER, Role.SUPERVISOR, Role.COMPLIANCE})
#: So many days at once: six weeks, as a month has on a wall.
MOST_DAYS = 42

_SPAN = "AND t.due_at >= :start AND t.due_at < :until"
#: The tasks of some programmes' queues that have a date in the span.
#: Whoever holds a task has a role in its programme: it goes back to its queue when the role ends.
_TEAM = f"""
    SELECT t.* FROM unnest(CAST(:programmes AS uuid[])) p(id) CROSS JOIN unnest(CAST(:queues AS text[])) q(name)
    JOIN tasks t ON t.programme_id = p.id AND t.queue = q.name AND t.state = 'Ready' AND t.organisation_id IS NULL {_SPAN}
    WHERE EXISTS (SELECT FROM cases h WHERE h.id = t.log_id OFFSET 0)
    UNION ALL
    SELECT t.* FROM (
        SELECT DISTINCT m.person_id FROM memberships m WHERE m.programme_id = ANY(CAST(:programmes AS uuid[]))
    ) m JOIN tasks t ON t.holder_id = m.person_id AND t.state IN ('Reserved', 'InProgress') {_SPAN}
    WHERE t.programme_id = ANY(CAST(:programmes AS uuid[])) AND t.queue = ANY(CAST(:queues AS text[]))
    AND EXISTS (SELECT FROM cases h WHERE h.id = t.log_id OFFSET 0)
"""
#: The queues of the offices. What lies in a sealed mediation is nobody's business here.
_QUEUES = ["intake", Role.OFFICER, Role.SUPERVISOR, Role.COMPLIANCE]


def list_agenda(
    db: Connection,
    actor: Actor,
    *,
    whose: str = "own",
    first: date | None = None,
    last: date | None = None,
    limit: int | None = None,
) -> Agenda:
    """The days from the first to the last, each with what it is and how much is due, and the tasks in their order.

    This week where nothing is said. Raises InvalidForm.
    """
    most, calendar = insist_limit(limit), home_calendar(db, actor) or Calendar("none")
    moment = now(db)
    today = calendar.local_date(moment)
    first = first or today - timedelta(days=today.weekday())
    last = last or first + timedelta(days=6)
    _insist(whose, first, last)
    given = {
        "person": actor.person,
        "now": moment,
        "most": most + 1,
        "zone": calendar.zone,
        "start": _midnight(first, calendar),
        "until": _midnight(last + timedelta(days=1), calendar),
    }
    if whose == "team":
        given |= {"programmes": teams_of(actor), "queues": _QUEUES}
    elif actor.focus:
        given["focus"] = actor.focus
    away = away_for(db, actor) if whose == "own" else []
    if away:
        given["away"] = written(away)
    rows_of, count_of = _statements(whose, kinds_of(actor), bool(actor.focus), bool(away))
    plan_by_values(db)
    due = {row.day: row.tasks for row in db.execute(count_of, given)}
    rows = db.execute(rows_of, given).all()
    shown, library = rows[:most], load_library()
    names = names_of(db, named_in(shown), {row.organisation_id for row in shown})
    return Agenda(
        whose=whose,
        zone=calendar.zone,
        today=today.isoformat(),
        days=[_day(day, calendar, due.get(day, 0)) for day in _days(first, last)],
        items=[
            row_as(DueTask, placed_row(row, library, names), day=calendar.local_date(row.due_at).isoformat())
            for row in shown
        ],
        more=len(rows) > most,
    )


def teams_of(actor: Actor) -> list[str]:
    """The programmes whose every case the actor sees as one of its offices."""
    return sorted(
        {membership.programme for membership in actor.memberships if membership.programme and membership.role in TEAMS}
    )


def _insist(whose: str, first: date, last: date) -> None:
    faults = {}
    if whose not in WHOSE:
        faults["whose"] = reasons.fields.ONE_OF(choices=WHOSE)
    if not 1900 <= first.year < 2199:
        faults["from"] = reasons.fields.YEARS
    elif not timedelta() <= last - first < timedelta(days=MOST_DAYS):
        faults["to"] = reasons.fields.DAYS_AFTER_FIRST(most=MOST_DAYS)
    if faults:
        raise InvalidForm(fields=faults)


def _days(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(days=n) for n in range((last - first).days + 1))


def _midnight(day: date, calendar: Calendar) -> datetime:
    return datetime.combine(day, time(0), ZoneInfo(calendar.zone))


def _day(day: date, calendar: Calendar, due: int) -> AgendaDay:
    if calendar.is_working_day(day):
        kind = MAKE_UP if day in calendar.make_up else WORKING
    else:
        kind = HOLIDAY if day in calendar.holidays else WEEKEND
    return AgendaDay(day=day.isoformat(), kind=kind, name=dict(calendar.names.get(day, {})), due=due)


@cache
def _statements(whose: str, kinds: tuple[str, ...], focused: bool, stands_in: bool) -> tuple[TextClause, TextClause]:
    """What gives the tasks, and what counts them by day; one's own with those of whom one stands in for."""
    if whose == "team":
        chosen = _TEAM
    else:
        chosen = chosen_tasks("waiting" if whose == "waiting" else "open", kinds, _SPAN, FOCUS if focused else "")
    if stands_in:
        chosen += f" UNION {their_tasks(_SPAN + (FOCUS if focused else ''))}"
    count = f"SELECT (u.due_at AT TIME ZONE :zone)::date AS day, count(*) AS tasks FROM ({chosen}) u GROUP BY 1"
    return text(rows_of(chosen)), text(count)
