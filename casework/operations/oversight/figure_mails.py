"""Figures by mail: who is mailed what a saved view of figures shows, and how often.

Whoever may use a view asks for it, and stops it, for themselves alone. Of each day of the rhythm there is one mail; of those that were
missed, the last. What it says is decided when it goes: `figures_mail`.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, text

from casework import reasons
from casework.engine.deadlines.calendars import Calendar
from casework.engine.figures.rhythms import KINDS, WEEKLY, Rhythm, last_gone, next_going
from casework.errors import InvalidForm, NotFound
from casework.operations.cases.saved_views import find_used, list_views, read_query
from casework.operations.cases.views import SavedView
from casework.operations.core.idempotency import Done, Request, ask, finish
from casework.operations.core.perform import calendar_of, new_id
from casework.operations.core.presenters import when
from casework.operations.oversight.figure_scope import may_read
from casework.operations.oversight.figures import READ_BY
from casework.operations.oversight.outside_figures import READ_OUTSIDE
from casework.operations.oversight.views import FigureMail
from casework.permissions.actors import Actor
from casework.records.actors import find_actor
from casework.records.database import savepoint, transaction
from casework.records.event_log import now

_note = logging.getLogger(__name__)

#: The list whose views are mailed, and the kind of these mails.
PAGE = FIGURES = "figures"
#: In a query of it: the code of a programme, or every one.
PROGRAMME, _ALL = "programme", "all"
#: How many are looked at in one transaction, how soon again where one fails, and how late at the latest: a calendar may change.
_AT_ONCE, _AFTER_FAULT, _LATEST = 20, "1 hour", timedelta(days=1)


def programme_of(db: Connection, actor: Actor, view: SavedView) -> str | None:
    """Of which programme a view shows the actor figures: of the one that it names, of whose office shares it, or of the first; None where
    the actor may be told of none there."""
    return _one_of(_programmes(db, actor), view)


def _programmes(db: Connection, actor: Actor) -> dict[str, str]:
    """Those of whose figures the actor may be told, in order, by their codes."""
    mine = sorted({m.programme for m in actor.memberships if m.programme and m.role in READ_OUTSIDE})
    return {row.code: row.id for row in db.execute(_CODES, {"programmes": mine})}


#: What the case numbers of some programmes begin with.
_CODES = text("SELECT code, id::text FROM programmes WHERE id = ANY(CAST(:programmes AS uuid[])) ORDER BY id")


def _one_of(mine: Mapping[str, str], view: SavedView) -> str | None:
    code = read_query(view.query).get(PROGRAMME, _ALL)
    if code != _ALL:
        return mine.get(code)
    if view.shared_with is None:
        return next(iter(mine.values()), None)
    return view.shared_with if view.shared_with in mine.values() else None


def list_offered(db: Connection, actor: Actor) -> list[SavedView]:
    """The views of figures that the actor may have mailed: one's own, and after them those that are shared. Raises NotFound for whoever
    may be told of no figures."""
    _insist(actor)
    mine = _programmes(db, actor)
    return [view for view in list_views(db, actor, PAGE) if _one_of(mine, view) is not None]


def find_shut(db: Connection, actor: Actor, views: Iterable[SavedView]) -> frozenset[str]:
    """The ids of those that cannot be told to the actor as they were set up: they ask for an event, of which the actor reads none."""
    mine = _programmes(db, actor)
    inside = {m.programme for m in actor.memberships if m.role in READ_BY}
    told_of = {view.id: (_one_of(mine, view), read_query(view.query)) for view in views}
    return frozenset(
        id
        for id, (one, asked) in told_of.items()
        if one is not None and one in inside and not may_read(actor, one, asked)
    )


def _insist(actor: Actor) -> None:
    if not actor.roles() & READ_OUTSIDE:
        raise NotFound("page")


def list_figure_mails(db: Connection, actor: Actor) -> list[FigureMail]:
    """What the actor is mailed, by the name of its view. Raises NotFound for whoever may be told of no figures."""
    shown = {view.id: view for view in list_offered(db, actor)}
    mine, moment = _programmes(db, actor), now(db)
    calendars = {programme: calendar_of(db, programme) for programme in mine.values()}
    mails = []
    for row in db.execute(_MINE, {"person": actor.person}):
        view = shown.get(row.view_id)
        programme = None if view is None else _one_of(mine, view)
        if view is not None and programme is not None:
            mails.append(_shown(row, view, programme, calendars[programme], moment))
    return mails


#: What a person is mailed.
_MINE = text("""
    SELECT f.id::text, f.view_id::text, f.rhythm, f.weekday FROM figure_mails f JOIN saved_views v ON v.id = f.view_id
    WHERE f.person_id = CAST(:person AS uuid) ORDER BY lower(v.name), f.id
""")


def _shown(row: Any, view: SavedView, programme: str, calendar: Calendar, moment: datetime) -> FigureMail:
    rhythm = Rhythm(kind=row.rhythm, weekday=row.weekday)
    return FigureMail(
        id=row.id,
        view=view,
        programme=programme,
        rhythm=row.rhythm,
        weekday=row.weekday,
        next_at=when(next_going(rhythm, last_gone(rhythm, moment, calendar), calendar)),
    )


def subscribe(
    db: Connection, actor: Actor, view: str, *, rhythm: str, weekday: int | None = None, request: Request
) -> Done:
    """Have a view's figures mailed to oneself, or in another rhythm than until now; the first mail is of the day that comes next.

    Raises NotFound for a view that the actor may not use, and InvalidForm for a rhythm that there is none.
    """
    _insist(actor)
    asked = read_rhythm(rhythm, weekday)
    if (earlier := ask(db, actor, request)) is not None:
        return earlier
    found = find_used(db, actor, PAGE, view)
    programme = None if found is None else programme_of(db, actor, found)
    if found is None or programme is None or db.execute(_HOLD, {"view": found.id}).one_or_none() is None:
        raise NotFound("view")
    moment = now(db)
    given = {
        "id": new_id(),
        "view": found.id,
        "person": actor.person,
        "rhythm": asked.kind,
        "weekday": asked.weekday,
        "since": last_gone(asked, moment, calendar_of(db, programme)),
        "look_at": moment,
    }
    id = db.execute(_SUBSCRIBE, given).scalar_one()
    return finish(db, actor, request, Done({"id": id}, 201))


#: Lets nobody drop a view before this transaction ends; it finds none that was dropped meanwhile.
_HOLD = text("SELECT 1 FROM saved_views WHERE id = CAST(:view AS uuid) FOR KEY SHARE")
#: Has a view mailed to a person; what is mailed already goes on as it did, unless in another rhythm.
_SUBSCRIBE = text("""
    INSERT INTO figure_mails AS f (id, view_id, person_id, rhythm, weekday, since, look_at)
    VALUES (:id, CAST(:view AS uuid), CAST(:person AS uuid), :rhythm, :weekday, :since, :look_at)
    ON CONFLICT (view_id, person_id) DO UPDATE SET rhythm = excluded.rhythm, weekday = excluded.weekday, look_at = excluded.look_at,
        since = CASE WHEN f.rhythm = excluded.rhythm AND f.weekday IS NOT DISTINCT FROM excluded.weekday THEN f.since
            ELSE excluded.since END
    RETURNING id::text
""")


def read_rhythm(kind: str, weekday: int | None) -> Rhythm:
    """A rhythm as it is asked for; only a weekly one is on a weekday. Raises InvalidForm."""
    if kind not in KINDS:
        raise InvalidForm(fields={"rhythm": reasons.fields.NOT_A_CHOICE})
    if kind == WEEKLY and weekday not in range(1, 8):
        raise InvalidForm(fields={"weekday": reasons.fields.NOT_A_CHOICE})
    return Rhythm(kind=kind, weekday=weekday if kind == WEEKLY else None)


def unsubscribe(db: Connection, actor: Actor, id: str, request: Request) -> Done:
    """Stop what the actor is mailed; what waits to be sent of it goes no more. Raises NotFound for what is another's, or none."""
    if (earlier := ask(db, actor, request)) is not None:
        return earlier
    if db.execute(_UNSUBSCRIBE, {"id": id, "person": actor.person}).rowcount == 0:
        raise NotFound("view")
    return finish(db, actor, request, Done({"id": id}))


#: Stops one of what a person is mailed.
_UNSUBSCRIBE = text("DELETE FROM figure_mails WHERE id = CAST(:id AS uuid) AND person_id = CAST(:person AS uuid)")


# --- by itself -------------------------------------------------------------------------------------------------------

#: That it is to be looked whether a mail of `f` is due. Looks never lie far ahead, unless the clock was turned back.
_WAITS = "(f.look_at <= casework_now() OR f.look_at > casework_now() + interval '2 days')"
#: Whether any is to be looked at.
_ANY = text(f"SELECT EXISTS (SELECT FROM figure_mails f WHERE {_WAITS})")
#: Those that are to be looked at, the longest waiting first; where that fails, again after a while.
_TAKE = text(f"""
    WITH taken AS (
        SELECT f.id FROM figure_mails f WHERE {_WAITS} ORDER BY f.look_at, f.id LIMIT :most FOR UPDATE SKIP LOCKED
    )
    UPDATE figure_mails f SET look_at = casework_now() + CAST('{_AFTER_FAULT}' AS interval) FROM taken t WHERE f.id = t.id
    RETURNING f.id::text, f.view_id::text, f.person_id::text AS person, f.rhythm, f.weekday, f.since
""")


def any_waiting(db: Connection) -> bool:
    """Whether it is to be looked if mails are due."""
    waiting: bool = db.execute(_ANY).scalar_one()
    return waiting


def queue_due(engine: Engine) -> int:
    """Queue the mails that are due, each once, and end what goes to people who may not be told any more; gives how many were looked at."""
    looked = 0
    while True:
        with transaction(engine) as db:
            rows = db.execute(_TAKE, {"most": _AT_ONCE}).all()
            for row in rows:
                try:
                    with savepoint(db):
                        _look_at(db, row, now(db))
                except Exception as fault:  # whatever is wrong with one is no reason to keep the others waiting
                    _note.warning("figures could not be mailed: %s", type(fault).__name__)
        if not rows:
            return looked
        looked += len(rows)


def _look_at(db: Connection, row: Any, moment: datetime) -> None:
    actor = find_actor(db, row.person)
    view = None if actor is None else find_used(db, actor, PAGE, row.view_id)
    programme = None if actor is None or view is None else programme_of(db, actor, view)
    if programme is None:
        held = [] if actor is None else list(_programmes(db, actor).values())
        given = {"person": row.person, "roles": sorted(READ_OUTSIDE), "held": held}
        if db.execute(_AGAIN, given).scalar_one():
            db.execute(_LOOK_AGAIN, {"id": row.id, "at": moment + _LATEST})
        else:
            db.execute(_UNSUBSCRIBE, {"id": row.id, "person": row.person})
        return
    calendar, rhythm = calendar_of(db, programme), Rhythm(kind=row.rhythm, weekday=row.weekday)
    day = last_gone(rhythm, moment, calendar)
    if day > row.since:
        given = {
            "mail": new_id(),
            "person": row.person,
            "key": f"{FIGURES} {row.id} {day}",
            "kind": FIGURES,
            "now": moment,
        }
        queued = db.execute(_QUEUE, given).scalar_one_or_none()
        if queued is not None:
            db.execute(_TOLD, {"id": row.id, "day": day, "mail": queued})
    following = min(next_going(rhythm, day, calendar), moment + _LATEST)
    db.execute(_LOOK_AGAIN, {"id": row.id, "at": following})


#: Whether somebody has a role that does not count now and may again: it is to come, or rests beside another one or with the account.
_AGAIN = text("""
    SELECT EXISTS (SELECT FROM memberships m WHERE m.person_id = CAST(:person AS uuid) AND m.role = ANY(CAST(:roles AS text[]))
        AND (m.ends_at IS NULL OR m.ends_at > casework_now() AND m.ends_at <> m.starts_at)
        AND m.programme_id <> ALL(CAST(:held AS uuid[])))
""")
#: Queues the mail of a day, once.
_QUEUE = text("""
    INSERT INTO mails (id, person_id, key, kind, sealed, made_at, send_at)
    VALUES (:mail, CAST(:person AS uuid), :key, :kind, false, :now, :now) ON CONFLICT DO NOTHING RETURNING id::text
""")
#: Notes of which day the last mail is: one that did not go before says nothing any more.
_TOLD = text("UPDATE figure_mails SET told_for = :day, mail_id = CAST(:mail AS uuid) WHERE id = CAST(:id AS uuid)")
#: When it is looked again.
_LOOK_AGAIN = text("UPDATE figure_mails SET look_at = :at WHERE id = CAST(:id AS uuid)")


__all__ = [
    "FIGURES", "PAGE", "PROGRAMME", "any_waiting", "find_shut", "list_figure_mails", "list_offered", "programme_of", "queue_due",
    "read_rhythm", "subscribe", "unsubscribe",
]  # fmt: skip
