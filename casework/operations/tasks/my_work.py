"""My work: what a person must do next, by when, and who is being waited for. Reads only.

Mine is what I hold, and in the cases and mediations that I own what waits for their officer and nobody has taken;
what is done in a step needs no claim. The number of queries does not depend on how much there is.
"""

from __future__ import annotations

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
from casework.operations.core.overdue_sql import AT_WORK, NOT_PAUSED, STANDING
from casework.operations.core.paging import Page, cursor_id, cursor_time, from_cursor, insist_limit, page
from casework.operations.core.perform import home_calendar
from casework.operations.core.presenters import names_of, when
from casework.operations.core.reader_names import titled
from casework.operations.core.unread import LOOKED, SINCE, mark_of
from casework.operations.core.views import row_as
from casework.operations.tasks.queries import WORDS, named_in, placed_row
from casework.operations.tasks.views import HeldCase, MarkedPlacedTask, PlacedTask
from casework.permissions.actors import Actor
from casework.permissions.visibility import reach
from casework.records.database import plan_by_values
from casework.records.event_log import now

#: The tabs in their order; of `done` nobody counts.
TABS = ("open", "overdue", "today", "week", "waiting", "hold", "done")
#: Nobody counts further than this.
MOST_COUNTED = 1000

#: The tasks that a person holds.
_HELD = """
    SELECT t.* FROM tasks t WHERE t.holder_id = CAST(:person AS uuid) AND t.state IN ('Reserved', 'InProgress')
    {when} {focus} {window}
"""
#: Of the cases that one owns what waits for their officer; of closed ones, what is still asked afterwards.
_OWN = """
    SELECT t.* FROM {home} h JOIN tasks t ON t.log_id = h.id WHERE h.owner_id = CAST(:person AS uuid) {lives}
    AND NOT CAST(:person AS text) = ANY(h.interests) AND t.state = 'Ready' AND t.queue = '{queue}' AND t.organisation_id IS NULL
    {when} {focus} {window}
"""
_OWNS = (
    (Role.OFFICER, "cases", "AND h.closed_at IS NULL"), (Role.OFFICER, "cases", "AND h.closed_at IS NOT NULL AND t.aftercare"),
    (Role.DISPUTE_OFFICER, "mediations", ""),
)  # fmt: skip
_WHEN = {
    "open": "", "overdue": f"AND t.due_at < :now AND {NOT_PAUSED}", "today": "AND t.due_at >= :now AND t.due_at < :tomorrow",
    "week": "AND t.due_at >= :tomorrow AND t.due_at < :monday",
}  # fmt: skip
#: What others must do in the cases that one owns: open, and neither taken by oneself nor one's own to take.
_WAITING = """
    SELECT t.* FROM cases h JOIN tasks t ON t.log_id = h.id
    WHERE h.owner_id = CAST(:person AS uuid) AND h.closed_at IS NULL AND NOT CAST(:person AS text) = ANY(h.interests)
    AND t.state IN ('Ready', 'Reserved', 'InProgress') AND NOT t.aftercare
    AND t.holder_id IS DISTINCT FROM CAST(:person AS uuid) AND (t.queue <> 'officer' OR t.holder_id IS NOT NULL) {focus} {window}
"""
#: The cases on hold that a person owns.
_HOLD = """
    SELECT h.id FROM cases h WHERE h.owner_id = CAST(:person AS uuid) AND h.closed_at IS NULL AND h.hold IS NOT NULL {focus}
"""
#: What waits because a person lets it: one's own tasks, and in the cases that one owns those that nobody holds.
_RESTING = """
    SELECT t.* FROM tasks t WHERE t.holder_id = CAST(:person AS uuid) AND t.state = 'Suspended' AND t.wait IS NOT NULL {focus}
    UNION ALL
    SELECT t.* FROM cases h JOIN tasks t ON t.log_id = h.id
    WHERE h.owner_id = CAST(:person AS uuid) AND h.closed_at IS NULL AND NOT CAST(:person AS text) = ANY(h.interests)
    AND t.state = 'Suspended' AND t.wait IS NOT NULL AND t.holder_id IS NULL AND t.organisation_id IS NULL {focus}
"""
#: Chosen tasks with what a row of My work shows.
_ROWS = f"""
    SELECT t.*, l.kind AS log_kind, c.number, {titled("c")} AS title, r.parent_id, r.part, r.provider_id, (
        SELECT count(*) FROM clocks k CROSS JOIN jsonb_array_elements(k.steps) WITH ORDINALITY AS g(step, n)
        WHERE k.log_id = t.log_id AND k.task_id = t.id AND g.n <= k.next AND g.step->>1 = 'remind'
    ) AS reminded, {STANDING}, {WORDS}{{since}}
    FROM (SELECT u.* FROM ({{chosen}}) u ORDER BY u.due_at, u.id LIMIT :most) t
    JOIN logs l ON l.id = t.log_id JOIN tracks r ON r.id = t.track_id LEFT JOIN cases c ON c.id = t.log_id {{looked}}
    ORDER BY t.due_at, t.id
"""
#: Where one programme was chosen.
FOCUS, _FOCUS_OF_CASES = "AND t.programme_id = CAST(:focus AS uuid)", "AND h.programme_id = CAST(:focus AS uuid)"
#: What comes after the last row of the page before.
_WINDOW = "AND (t.due_at, t.id) > (:at, CAST(:id AS uuid))"


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
    """The tasks of a tab, what is due first before the rest; each with its case and where it is done."""
    if tab not in (*_WHEN, "waiting"):
        raise InvalidForm(fields={"tab": reasons.fields.ONE_OF(choices=(*_WHEN, "waiting"))})
    most, keys = insist_limit(limit), from_cursor(cursor, 2)
    given = _given(db, actor) | {"most": most + 1, "all_of": sorted(reach(actor).all_of)}
    if keys:
        given |= {"at": cursor_time(keys[0]), "id": cursor_id(keys[1])}
    plan_by_values(db)
    rows = db.execute(_list(tab, kinds_of(actor), bool(keys), bool(actor.focus)), given).all()
    shown, following = page(rows, most, lambda row: (row.due_at, row.id))
    library = load_library()
    names = names_of(db, named_in(shown), {row.organisation_id for row in shown})
    items = [row_as(MarkedPlacedTask, placed_row(row, library, names), mark=mark_of(row)) for row in shown]
    return Page(items=items, next=following)


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


def list_resting(db: Connection, actor: Actor, *, limit: int | None = None) -> list[PlacedTask]:
    """The tasks that a person lets wait: the actor's own, and in the actor's cases those that nobody holds."""
    given = {"person": actor.person, "most": insist_limit(limit), "focus": actor.focus}
    rows = db.execute(_resting(bool(actor.focus)), given).all()
    library = load_library()
    names = names_of(db, named_in(rows), {row.organisation_id for row in rows})
    return [placed_row(row, library, names) for row in rows]


@cache
def _resting(focused: bool) -> TextClause:
    return text(rows_of(_RESTING.format(focus=FOCUS if focused else "")))


def count_work(db: Connection, actor: Actor) -> dict[str, int]:
    """How many there are in each tab, counted no further than MOST_COUNTED; in one statement."""
    given = _given(db, actor) | {"most": MOST_COUNTED}
    plan_by_values(db)
    row = db.execute(_counts(kinds_of(actor), bool(actor.focus)), given).one()
    return dict(row._mapping)


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


def _given(db: Connection, actor: Actor) -> dict[str, Any]:
    calendar = home_calendar(db, actor)
    ends = days(now(db), calendar or Calendar("none"))
    return {"person": actor.person, "now": ends.now, "tomorrow": ends.tomorrow, "monday": ends.monday} | (
        {"focus": actor.focus} if actor.focus else {}
    )


def kinds_of(actor: Actor) -> tuple[str, ...]:
    """Whose cases may be one's own: an officer's, a dispute officer's."""
    return tuple(sorted(actor.roles() & {Role.OFFICER, Role.DISPUTE_OFFICER}))


def chosen_tasks(tab: str, kinds: tuple[str, ...], window: str, focus: str) -> str:
    if tab == "waiting":
        return _WAITING.format(window=window, focus=focus)
    parts = [_HELD.format(when=_WHEN[tab], window=window, focus=focus)]
    for queue, home, lives in _OWNS:
        if queue in kinds:
            parts.append(_OWN.format(home=home, queue=queue, lives=lives, when=_WHEN[tab], window=window, focus=focus))
    return " UNION ALL ".join(parts)


def rows_of(chosen: str, *, marked: bool = False) -> str:
    """The statement that lists the chosen tasks; with what `mark_of` needs where it is asked for."""
    return _ROWS.format(chosen=chosen, since=f", {SINCE}" if marked else "", looked=LOOKED if marked else "")


@cache
def _list(tab: str, kinds: tuple[str, ...], later: bool, focused: bool) -> TextClause:
    chosen = chosen_tasks(tab, kinds, _WINDOW if later else "", FOCUS if focused else "")
    return text(rows_of(chosen, marked=True))


@cache
def _counts(kinds: tuple[str, ...], focused: bool) -> TextClause:
    focus = FOCUS if focused else ""
    parts = [
        f"(SELECT count(*) FROM (SELECT 1 FROM ({chosen_tasks(tab, kinds, '', focus)}) u LIMIT :most) v) AS {tab}"
        for tab in (*_WHEN, "waiting")
    ]
    hold = _HOLD.format(focus=_FOCUS_OF_CASES if focused else "")
    resting = _RESTING.format(focus=FOCUS if focused else "").replace("SELECT t.* FROM", "SELECT t.id FROM")
    parts.append(f"(SELECT count(*) FROM (SELECT 1 FROM ({hold} UNION ALL {resting}) u LIMIT :most) v) AS hold")
    return text(f"SELECT {', '.join(parts)}")
