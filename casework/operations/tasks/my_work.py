"""My work: what a person must do next, by when, and who is being waited for; in groups by time. Reads only.

Mine is what I hold, and in the cases and mediations that I own what waits for their officer and nobody has taken;
what is done in a step needs no claim. The number of queries does not depend on how much there is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, TextClause, text

from casework import reasons
from casework.definitions import load_library
from casework.engine.deadlines.calendars import Calendar
from casework.engine.roles import Role
from casework.errors import InvalidForm
from casework.operations.core.overdue_sql import AT_WORK, STANDING
from casework.operations.core.paging import Page, from_cursor, insist_limit, page
from casework.operations.core.perform import home_calendar
from casework.operations.core.presenters import names_of, when
from casework.operations.core.reader_names import titled
from casework.operations.core.unread import LOOKED, SINCE, mark_of
from casework.operations.core.views import row_as
from casework.operations.tasks.queries import WORDS, after_due, named_in, placed_row
from casework.operations.tasks.views import DueDay, HeldCase, MarkedPlacedTask, WorkGroup
from casework.permissions.actors import Actor
from casework.permissions.visibility import reach
from casework.records.database import plan_by_values
from casework.records.event_log import now

#: The groups of one's own work by when it is due, and beside them what waits for others and what one has snoozed.
#: Each task is in one of them: frozen is what has a day that does not count meanwhile, whatever the day is.
OWN = ("overdue", "today", "week", "later", "undated", "frozen")
GROUPS = (*OWN[:-1], "waiting", "snoozed", "frozen")
#: What may be listed alone: a group, or all that is one's own.
TABS = ("open", *GROUPS)
#: Nobody counts further than this, and no more is grouped: what is due first is.
MOST_COUNTED = 1000
#: So many of each group at first.
FIRST = 10

#: The tasks that a person holds.
_HELD = """
    SELECT t.* FROM tasks t WHERE t.holder_id = CAST(:person AS uuid) AND t.state IN ('Reserved', 'InProgress')
    {when} {focus} {window}
"""
#: Of the cases that one owns what waits for their officer; of closed ones, what is still asked afterwards and what runs on.
_OWN = """
    SELECT t.* FROM {home} h JOIN tasks t ON t.log_id = h.id WHERE h.owner_id = CAST(:person AS uuid) {lives}
    AND NOT CAST(:person AS text) = ANY(h.interests) AND t.state = 'Ready' AND t.queue = '{queue}' AND t.organisation_id IS NULL
    {when} {focus} {window}
"""
_OWNS = (
    (Role.OFFICER, "cases", "AND h.closed_at IS NULL"),
    (Role.OFFICER, "cases", "AND h.closed_at IS NOT NULL AND (t.aftercare OR t.type = 'step')"),
    (Role.DISPUTE_OFFICER, "mediations", ""),
)  # fmt: skip
_WHEN = {
    "open": "", "overdue": f"AND t.due_at < :now AND {AT_WORK}", "today": f"AND t.due_at >= :now AND t.due_at < :tomorrow AND {AT_WORK}",
    "week": f"AND t.due_at >= :tomorrow AND t.due_at < :monday AND {AT_WORK}", "undated": f"AND t.due_at IS NULL AND {AT_WORK}",
    "later": f"AND t.due_at >= :monday AND {AT_WORK}", "frozen": f"AND NOT ({AT_WORK})",
}  # fmt: skip
#: The group of an open task `t` of one's own: what `_WHEN` asks for, said of each once.
_GROUP = f"""CASE WHEN NOT ({AT_WORK}) THEN 'frozen' WHEN t.due_at < :now THEN 'overdue' WHEN t.due_at < :tomorrow THEN 'today'
    WHEN t.due_at < :monday THEN 'week' WHEN t.due_at IS NULL THEN 'undated' ELSE 'later' END"""
#: What others must do in the cases that one owns: open, and neither taken by oneself nor one's own to take.
_WAITING = """
    SELECT t.* FROM cases h JOIN tasks t ON t.log_id = h.id
    WHERE h.owner_id = CAST(:person AS uuid) AND h.closed_at IS NULL AND NOT CAST(:person AS text) = ANY(h.interests)
    AND t.state IN ('Ready', 'Reserved', 'InProgress') AND NOT t.aftercare
    AND t.holder_id IS DISTINCT FROM CAST(:person AS uuid) AND (t.queue <> 'officer' OR t.holder_id IS NOT NULL) {focus} {window}
"""
#: What waits because a person lets it: one's own tasks, and in the cases that one owns those that nobody holds.
_RESTING = """
    SELECT t.* FROM tasks t WHERE t.holder_id = CAST(:person AS uuid) AND t.state = 'Suspended' AND t.wait IS NOT NULL {focus} {window}
    UNION ALL
    SELECT t.* FROM cases h JOIN tasks t ON t.log_id = h.id
    WHERE h.owner_id = CAST(:person AS uuid) AND h.closed_at IS NULL AND NOT CAST(:person AS text) = ANY(h.interests)
    AND t.state = 'Suspended' AND t.wait IS NOT NULL AND t.holder_id IS NULL AND t.organisation_id IS NULL {focus} {window}
"""
#: Chosen tasks with what a row of My work shows.
_ROWS = f"""
    {{first}}SELECT t.*, l.kind AS log_kind, c.number, {titled("c")} AS title, r.parent_id, r.part, r.provider_id, (
        SELECT count(*) FROM clocks k CROSS JOIN jsonb_array_elements(k.steps) WITH ORDINALITY AS g(step, n)
        WHERE k.log_id = t.log_id AND k.task_id = t.id AND g.n <= k.next AND g.step->>1 = 'remind'
    ) AS reminded, {STANDING}, {WORDS}{{since}}
    FROM ({{rows}}) t
    JOIN logs l ON l.id = t.log_id JOIN tracks r ON r.id = t.track_id LEFT JOIN cases c ON c.id = t.log_id {{looked}}
    ORDER BY t.due_at, t.id
"""
#: Of several groups the first of each, and how many are in it.
_GROUPED = f"""WITH grouped AS MATERIALIZED (
        SELECT t.*, {_GROUP} AS grp FROM (SELECT u.* FROM ({{own}}) u ORDER BY u.due_at, u.id LIMIT :counted) t
        UNION ALL SELECT u.*, 'waiting' FROM (SELECT u.* FROM ({{waiting}}) u ORDER BY u.due_at, u.id LIMIT :counted) u
        UNION ALL SELECT u.*, 'snoozed' FROM (SELECT u.* FROM ({{resting}}) u ORDER BY u.due_at, u.id LIMIT :counted) u
    ) """
#: The first of each of these groups.
_FIRSTS = """SELECT * FROM (
        SELECT g.*, row_number() OVER (PARTITION BY g.grp ORDER BY g.due_at, g.id) AS place, count(*) OVER (PARTITION BY g.grp) AS many
        FROM grouped g
    ) g WHERE g.place <= :most"""
#: Where one programme was chosen.
FOCUS, _FOCUS_OF_CASES = "AND t.programme_id = CAST(:focus AS uuid)", "AND h.programme_id = CAST(:focus AS uuid)"


@dataclass(frozen=True)
class Days:
    """The moments that today and this week end at, where the programme is."""

    now: datetime
    tomorrow: datetime
    monday: datetime


def days(moment: datetime, calendar: Calendar) -> Days:
    zone = ZoneInfo(calendar.zone)
    today = calendar.local_date(moment)

    def start(after: int) -> datetime:
        return datetime.combine(today + timedelta(days=after), time(0), zone)

    return Days(moment, start(1), start(7 - today.weekday()))


def list_work(
    db: Connection, actor: Actor, *, tab: str = "open", cursor: str | None = None, limit: int | None = None
) -> Page[MarkedPlacedTask]:
    """The tasks of one group, what is due first before the rest; each with its case and where it is done."""
    if tab not in TABS:
        raise InvalidForm(fields={"tab": reasons.fields.ONE_OF(choices=TABS)})
    most, keys = insist_limit(limit), from_cursor(cursor, 2)
    given = _given(db, actor) | {"most": most + 1, "all_of": sorted(reach(actor).all_of)}
    window = ""
    if keys:
        window, last = after_due(keys)
        given |= last
    plan_by_values(db)
    rows = db.execute(_list(tab, kinds_of(actor), window, bool(actor.focus)), given).all()
    shown, following = page(rows, most, lambda row: (row.due_at, row.id))
    return Page(items=_marked(db, shown), next=following)


def list_groups(
    db: Connection,
    actor: Actor,
    *,
    most: int = FIRST,
    calendar: Calendar | None = None,
    moment: datetime | None = None,
) -> list[WorkGroup]:
    """The first tasks of every group that has any, and how many it has; in one statement, where calendar and moment are known."""
    given = _given(db, actor, calendar, moment) | {
        "most": insist_limit(most),
        "counted": MOST_COUNTED,
        "all_of": sorted(reach(actor).all_of),
    }
    plan_by_values(db)
    rows = db.execute(_grouped(kinds_of(actor), bool(actor.focus)), given).all()
    by_group: dict[str, list[MarkedPlacedTask]] = {}
    for row, item in zip(rows, _marked(db, rows), strict=True):
        by_group.setdefault(row.grp, []).append(item)
    many = {row.grp: row.many for row in rows}
    return [
        WorkGroup(name=name, items=by_group[name], count=many[name], most=MOST_COUNTED)
        for name in GROUPS
        if name in by_group
    ]


def _marked(db: Connection, rows: Sequence[Any]) -> list[MarkedPlacedTask]:
    library, names = load_library(), names_of(db, named_in(rows), {row.organisation_id for row in rows})
    return [row_as(MarkedPlacedTask, placed_row(row, library, names), mark=mark_of(row)) for row in rows]


def count_days(
    db: Connection,
    actor: Actor,
    *,
    weeks: int = 4,
    calendar: Calendar | None = None,
    moment: datetime | None = None,
) -> list[DueDay]:
    """The days from this week's Monday on, each with how much of one's own work is due on it and counts; in one statement, as above."""
    calendar = calendar or home_calendar(db, actor) or Calendar("none")
    moment = moment or now(db)
    today = calendar.local_date(moment)
    ends, monday = days(moment, calendar), today - timedelta(days=today.weekday())
    start = ends.monday - timedelta(days=7)
    given = {"person": actor.person, "start": start, "until": start + timedelta(weeks=weeks), "zone": calendar.zone}
    given |= {"most": MOST_COUNTED} | ({"focus": actor.focus} if actor.focus else {})
    plan_by_values(db)
    counts = {row.day: row.many for row in db.execute(_days(kinds_of(actor), bool(actor.focus)), given)}
    dates = [monday + timedelta(days=n) for n in range(7 * weeks)]
    return [
        DueDay(
            day=date.isoformat(),
            count=counts.get(date, 0),
            works=calendar.is_working_day(date),
            past=date < today,
            today=date == today,
        )
        for date in dates
    ]


def list_holds(db: Connection, actor: Actor, *, limit: int | None = None) -> list[HeldCase]:
    """The actor's own cases that are on hold: for whom they wait, and until when."""
    most = insist_limit(limit)
    rows = db.execute(
        text(
            f"SELECT h.number, {titled('h')} AS title, h.hold FROM cases h WHERE h.owner_id = CAST(:person AS uuid) AND h.closed_at IS NULL"
            f" AND h.hold IS NOT NULL {_FOCUS_OF_CASES if actor.focus else ''} ORDER BY h.hold->>'resume_by', h.id LIMIT :most"
        ),
        {"person": actor.person, "most": most, "focus": actor.focus},
    )
    return [
        HeldCase(
            number=row.number,
            title=row.title,
            waits_for=row.hold.get("waits_for"),
            resume_by=row.hold.get("resume_by"),
        )
        for row in rows
    ]


def count_work(db: Connection, actor: Actor) -> dict[str, int]:
    """How many there are in each group and in all of one's own, counted no further than MOST_COUNTED; in one statement."""
    given = _given(db, actor) | {"most": MOST_COUNTED}
    plan_by_values(db)
    counts = dict.fromkeys(TABS, 0)
    for row in db.execute(_counts(kinds_of(actor), bool(actor.focus)), given):
        counts[row.grp] = row.many
    counts["open"] = sum(counts[name] for name in OWN)
    return counts


def first_due(db: Connection, actor: Actor) -> str | None:
    """When the first task of the actor's programmes is due that nobody has done and nothing holds up: for a page that is empty."""
    programmes = sorted({m.programme for m in actor.memberships if m.programme})
    due: datetime | None = db.execute(
        text(
            "SELECT min(f.due_at) FROM unnest(CAST(:ids AS uuid[])) p(id) CROSS JOIN LATERAL (SELECT t.due_at FROM tasks t"
            " WHERE t.programme_id = p.id AND t.queue = 'officer' AND t.state = 'Ready' AND t.organisation_id IS NULL"
            f" AND t.due_at > (SELECT casework_now()) AND {AT_WORK} ORDER BY t.due_at, t.id LIMIT 1) f"
        ),
        {"ids": programmes},
    ).scalar_one()
    return when(due)


def _given(
    db: Connection, actor: Actor, calendar: Calendar | None = None, moment: datetime | None = None
) -> dict[str, Any]:
    calendar = calendar or home_calendar(db, actor)
    ends = days(moment or now(db), calendar or Calendar("none"))
    return {"person": actor.person, "now": ends.now, "tomorrow": ends.tomorrow, "monday": ends.monday} | (
        {"focus": actor.focus} if actor.focus else {}
    )


def kinds_of(actor: Actor) -> tuple[str, ...]:
    """Whose cases may be one's own: an officer's, a dispute officer's."""
    return tuple(sorted(actor.roles() & {Role.OFFICER, Role.DISPUTE_OFFICER}))


def chosen_tasks(tab: str, kinds: tuple[str, ...], window: str, focus: str) -> str:
    if tab in ("waiting", "snoozed"):
        return (_WAITING if tab == "waiting" else _RESTING).format(window=window, focus=focus)
    parts = [_HELD.format(when=_WHEN[tab], window=window, focus=focus)]
    for queue, home, lives in _OWNS:
        if queue in kinds:
            parts.append(_OWN.format(home=home, queue=queue, lives=lives, when=_WHEN[tab], window=window, focus=focus))
    return " UNION ALL ".join(parts)


def rows_of(chosen: str, *, marked: bool = False) -> str:
    """The statement that lists the chosen tasks; with what `mark_of` needs where it is asked for."""
    rows = f"SELECT u.* FROM ({chosen}) u ORDER BY u.due_at, u.id LIMIT :most"
    return _ROWS.format(first="", rows=rows, since=f", {SINCE}" if marked else "", looked=LOOKED if marked else "")


@cache
def _list(tab: str, kinds: tuple[str, ...], window: str, focused: bool) -> TextClause:
    return text(rows_of(chosen_tasks(tab, kinds, window, FOCUS if focused else ""), marked=True))


@cache
def _grouped(kinds: tuple[str, ...], focused: bool) -> TextClause:
    focus = FOCUS if focused else ""
    own, waiting, resting = (chosen_tasks(tab, kinds, "", focus) for tab in ("open", "waiting", "snoozed"))
    first = _GROUPED.format(own=own, waiting=waiting, resting=resting)
    return text(_ROWS.format(first=first, rows=_FIRSTS, since=f", {SINCE}", looked=LOOKED))


@cache
def _days(kinds: tuple[str, ...], focused: bool) -> TextClause:
    span, focus = "AND t.due_at >= :start AND t.due_at < :until", FOCUS if focused else ""
    own = chosen_tasks("open", kinds, span, focus)
    return text(
        "SELECT CAST(t.due_at AT TIME ZONE :zone AS date) AS day, count(*) AS many"
        f" FROM (SELECT u.* FROM ({own}) u LIMIT :most) t WHERE {AT_WORK} GROUP BY 1"
    )


@cache
def _counts(kinds: tuple[str, ...], focused: bool) -> TextClause:
    focus = FOCUS if focused else ""
    own, waiting, resting = (chosen_tasks(tab, kinds, "", focus) for tab in ("open", "waiting", "snoozed"))
    return text(
        f"SELECT grp, count(*) AS many FROM (SELECT {_GROUP} AS grp FROM (SELECT u.* FROM ({own}) u LIMIT :most) t) g GROUP BY grp"
        f" UNION ALL SELECT 'waiting', count(*) FROM (SELECT 1 FROM ({waiting}) u LIMIT :most) v"
        f" UNION ALL SELECT 'snoozed', count(*) FROM (SELECT 1 FROM ({resting}) u LIMIT :most) v"
    )
