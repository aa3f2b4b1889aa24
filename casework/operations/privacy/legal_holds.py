"""Legal holds: that a case, the cases of an organisation, or all cases of a programme are kept whatever their class says.

One person places a hold with a reason, another one ends it. Both are events of the programme's log; the row is what they add up to.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import uuid_utils
from sqlalchemy import Connection, text

from casework import reasons
from casework.engine.case_objects.letterheads import REASON
from casework.engine.deadlines.calendars import Calendar
from casework.engine.execution.context import By
from casework.engine.execution.guards import line
from casework.engine.roles import Role
from casework.engine.state.case import Case
from casework.engine.state.register_effects import PlacedHold
from casework.engine.two_person import Matter, Refusal, refusal
from casework.errors import InvalidForm, NotAllowed, NotFound, Refused, WrongState
from casework.operations.core.case_parties import OF_CASE
from casework.operations.core.idempotency import Done, Request, ask, finish
from casework.operations.core.merged_records import TODAY
from casework.operations.core.organisations import KNOWN
from casework.operations.core.paging import Page, cursor_id, cursor_time, from_cursor, insist_limit, page
from casework.operations.core.perform import calendar_of, home_of, read_calendar
from casework.operations.core.presenters import names_of, when
from casework.operations.core.views import Named, row_as, to_named
from casework.operations.people.setting_changes import take_turn, tell
from casework.operations.privacy.views import HoldDetails, HoldOnCase, HoldRow
from casework.permissions.actors import Actor
from casework.permissions.visibility import Sight, sight
from casework.permissions.work import conflict
from casework.records.case_loader import load
from casework.records.event_log import now
from casework.records.register_entries import body_of
from casework.records.row_security import whole

#: What the log of a programme says was done.
HOLD_PLACED, HOLD_ENDED = "hold_placed", "hold_ended"
#: On what a hold is.
CASE, ORGANISATION, PROGRAMME = "case", "organisation", "programme"
ABOUT = (CASE, ORGANISATION, PROGRAMME)
#: Who places one and who ends it, never who placed it; and who reads why. Everybody who sees a case whole is told that it is held.
PLACERS = (Role.COMPLIANCE, Role.SUPERVISOR)
READERS = (*PLACERS, Role.MANAGER, Role.AUDITOR)
LONGEST = 2_000
_TABLE = "legal_holds"

#: Whether a hold `h` is on a case `c`: on itself, on its programme, or on an organisation that is a party of it, now or as it was opened.
ON_CASE = f"""h.programme_id = c.programme_id AND CASE h.about WHEN 'programme' THEN true WHEN 'case' THEN h.case_id = c.id ELSE EXISTS (
    SELECT FROM (
        SELECT id FROM {OF_CASE} UNION ALL
        SELECT CASE WHEN x.value ~ '^[0-9a-f-]{{36}}$' THEN CAST(x.value AS uuid) END FROM jsonb_each_text(c.parties) x
    ) y JOIN organisations o ON o.id = y.id JOIN organisations g ON g.id = h.organisation_id
    WHERE coalesce(o.merged_into, o.id) = coalesce(g.merged_into, g.id)
) END"""
#: Whether a hold `h` of a programme `p` stands today.
STANDS = f"(h.ended_at IS NULL AND (h.until IS NULL OR h.until >= {TODAY}))"


# --- reading ---------------------------------------------------------------------------------------------------------

#: The working days of the programme of a case, and the holds that stand on the case: its page asks for both at once.
_OF_CASE = text(f"""
    SELECT p.calendar::text AS calendar, (
        SELECT coalesce(jsonb_agg(jsonb_build_object(
            'id', h.id, 'about', h.about, 'placed_at', h.placed_at, 'until', h.until, 'reason', h.reason
        ) ORDER BY h.placed_at, h.id), '[]') FROM legal_holds h WHERE {STANDS} AND {ON_CASE}
    ) AS holds FROM cases c JOIN programmes p ON p.id = c.programme_id WHERE c.id = CAST(:case AS uuid)
""")


def calendar_and_holds(db: Connection, actor: Actor, case: Case) -> tuple[Calendar, list[HoldOnCase]]:
    """The working days of a case's programme, and the holds that stand on it, for whoever sees it whole.

    Why is told to those alone who read holds.
    """
    row = db.execute(_OF_CASE, {"case": case.log}).one()
    reads = actor.in_programme(case.programme, READERS)
    holds = [
        HoldOnCase(
            id=one["id"] if reads else None,
            about=one["about"],
            placed_at=when(datetime.fromisoformat(one["placed_at"])),
            until=one["until"],
            reason=one["reason"] if reads else None,
        )
        for one in row.holds
    ]
    return read_calendar(case.programme, row.calendar), holds if sight(actor, case) == Sight.ALL else []


def list_holds(db: Connection, actor: Actor, *, cursor: str | None = None, limit: int | None = None) -> Page[HoldRow]:
    """The holds of the programmes in which the actor reads them, the newest first."""
    most = insist_limit(limit)
    given: dict[str, Any] = {"programmes": _programmes(actor, READERS), "most": most + 1}
    more = ""
    if keys := from_cursor(cursor, 2):
        more = " AND (h.placed_at, h.id) < (:at, CAST(:after AS uuid))"
        given |= {"at": cursor_time(keys[0]), "after": cursor_id(keys[1])}
    rows = db.execute(
        text(
            f"SELECT {_COLUMNS} WHERE h.programme_id = ANY(CAST(:programmes AS uuid[])){more}"
            " ORDER BY h.placed_at DESC, h.id DESC LIMIT :most"
        ),
        given,
    ).all()
    shown, following = page(rows, most, lambda row: (row.placed_at, row.id))
    names = _names(db, shown)
    return Page(items=[_shown(row, names) for row in shown], next=following)


#: A hold with what it is on, and whether it stands.
_COLUMNS = f"""h.id::text AS id, h.programme_id::text AS programme_id, h.about, h.case_id::text AS case_id,
    h.organisation_id::text AS organisation_id, h.until, h.reason,
    h.placed_by::text AS placed_by, h.placed_at, h.ended_by::text AS ended_by,
    h.ended_at, h.end_reason, c.number, p.name AS programme, p.name_zh AS programme_zh, {STANDS} AS stands
    FROM legal_holds h JOIN programmes p ON p.id = h.programme_id LEFT JOIN cases c ON c.id = h.case_id"""


def show_hold(db: Connection, actor: Actor, hold: str) -> HoldDetails:
    """One hold with why it was placed and ended, and whether the actor may end it. Raises NotFound."""
    row = _find(db, actor, hold)
    return row_as(
        HoldDetails,
        _shown(row, _names(db, [row])),
        reason=row.reason,
        end_reason=row.end_reason,
        ends=_refusal_to_end(db, actor, row) is None,
        own=row.placed_by == actor.person,
    )


def _names(db: Connection, rows: Any) -> Mapping[str, str]:
    people = {person for row in rows for person in (row.placed_by, row.ended_by)}
    return names_of(db, people, {row.organisation_id for row in rows})


def _shown(row: Any, names: Mapping[str, str]) -> HoldRow:
    return HoldRow(
        id=row.id,
        programme=Named(id=row.programme_id, name=row.programme),
        about=row.about,
        case=row.number,
        organisation=to_named(row.organisation_id, names),
        until=row.until and row.until.isoformat(),
        stands=row.stands,
        placed_by=to_named(row.placed_by, names),
        placed_at=when(row.placed_at),
        ended_by=to_named(row.ended_by, names),
        ended_at=when(row.ended_at),
    )


def _programmes(actor: Actor, roles: tuple[Role, ...]) -> list[str]:
    return sorted({m.programme for m in actor.memberships if m.programme and m.role in roles})


def _find(db: Connection, actor: Actor, hold: str) -> Any:
    row = db.execute(text(f"SELECT {_COLUMNS} WHERE h.id = CAST(:id AS uuid)"), {"id": hold}).one_or_none()
    if row is None or row.programme_id not in _programmes(actor, READERS):
        raise NotFound("entry")
    return row


def may_place(actor: Actor, programme: str) -> bool:
    """Whether the actor places holds there, in the own name."""
    return actor.own_role(programme, PLACERS) is not None


# --- placing ---------------------------------------------------------------------------------------------------------

#: Nobody is erased while somebody places a hold, and the other way round: one is there before the other looks.
_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended('casework legal hold', 0))")
#: The same for those who erase, beside one another.
_LOCK_SHARED = text("SELECT pg_advisory_xact_lock_shared(hashtextextended('casework legal hold', 0))")
#: When the contents of a case were removed, and whether they went into the archive.
_REMOVED = text("SELECT removed_at, archived_as IS NOT NULL AS archived FROM cases WHERE id = CAST(:id AS uuid)")
#: Whether whoever works in the programme knows an organisation.
_KNOWN = text(f"SELECT 1 FROM organisations o WHERE o.id = CAST(:id AS uuid) AND {KNOWN}")
#: Writes a hold.
_PLACE = text("""
    INSERT INTO legal_holds (id, programme_id, about, case_id, organisation_id, until, reason, placed_by, placed_at)
    VALUES (CAST(:id AS uuid), CAST(:programme AS uuid), :about, CAST(:case AS uuid), CAST(:organisation AS uuid),
        CAST(:until AS date), :reason, CAST(:by AS uuid), casework_now())
""")
#: Ends it.
_END = text(
    "UPDATE legal_holds SET ended_by = CAST(:by AS uuid), ended_at = casework_now(), end_reason = :reason WHERE id = CAST(:id AS uuid)"
)


#: Whether one stands on a case.
_ON = text(f"""
    SELECT EXISTS (SELECT FROM legal_holds h WHERE {STANDS} AND {ON_CASE}) FROM cases c JOIN programmes p ON p.id = c.programme_id
    WHERE c.id = CAST(:case AS uuid)
""")


def stands_on(db: Connection, case: str) -> bool:
    """Whether a hold keeps a case today; for whoever lets nobody place one meanwhile."""
    held: bool = db.execute(_ON, {"case": case}).scalar_one()
    return held


def wait_for_holds(db: Connection) -> None:
    """Let nobody place a hold before this transaction ends; before any log is locked."""
    db.execute(_LOCK_SHARED)


def place_hold(
    db: Connection,
    actor: Actor,
    *,
    programme: str,
    reason: str,
    request: Request,
    case: str | None = None,
    organisation: str | None = None,
    until: date | None = None,
) -> Done:
    """Keep a case by its number, the cases of an organisation, or those of the whole programme, up to and with a day or until it is ended.

    Raises NotFound, NotAllowed, InvalidForm, and Refused where the contents of the case are gone.
    """
    by = _insist_places(actor, programme)
    words = line(reason, REASON, LONGEST)
    if case is not None and organisation is not None:
        raise InvalidForm(fields={"organisation": reasons.fields.DOES_NOT_APPLY})
    if until is not None and until < calendar_of(db, programme).local_date(now(db)):
        raise InvalidForm(fields={"until": reasons.fields.TODAY_OR_LATER})
    log = _case_of(db, actor, programme, case) if case is not None else None
    if organisation is not None and not db.execute(_KNOWN, {"id": organisation, "seen": [programme]}).first():
        raise NotFound("organisation")
    if (earlier := ask(db, actor, request)) is not None:
        return earlier
    db.execute(_LOCK)
    if log is not None and (gone := db.execute(_REMOVED, {"id": log}).one()).removed_at is not None:
        why = reasons.retention.CONTENTS_ARCHIVED if gone.archived else reasons.retention.CONTENTS_REMOVED
        raise Refused(why(day=calendar_of(db, programme).local_date(gone.removed_at).isoformat()))
    home = take_turn(db, programme, (HOLD_PLACED,), None)
    id, about = str(uuid_utils.uuid7()), CASE if case is not None else ORGANISATION if organisation else PROGRAMME
    last = until.isoformat() if until is not None else None
    effects: PlacedHold = {"id": id, "about": about, "case": log, "organisation": organisation, "until": last}
    db.execute(_PLACE, {**effects, "programme": programme, "reason": words, "by": actor.person})
    with whole(db):
        body = body_of(db, _TABLE, programme, [id])
    tell(db, home, by, HOLD_PLACED, request, effects={"hold": effects}, body=body)
    return finish(db, actor, request, Done({"id": id, "state": "placed"}, 201))


def _insist_places(actor: Actor, programme: str) -> By:
    role = actor.own_role(programme, PLACERS)
    if role is not None:
        return By(actor.person, role)
    if not actor.in_programme(programme, READERS):
        raise NotFound("programme")
    raise NotAllowed(why=reasons.cases.FOR_ROLES_THEMSELVES(roles=PLACERS))


def _case_of(db: Connection, actor: Actor, programme: str, number: str) -> str:
    """The log of a case of the programme, with which the actor has no conflict. Raises NotFound, NotAllowed."""
    case = load(db, home_of(db, number), "case")
    if case.programme != programme or sight(actor, case) < Sight.ALL:
        raise NotFound("case")
    if (why := conflict(actor, case)) is not None:
        raise NotAllowed(why=why)
    return case.log


def end_hold(db: Connection, actor: Actor, hold: str, *, reason: str, request: Request) -> Done:
    """End a hold that somebody else has placed, with a reason; from then on it keeps nothing. Raises NotFound, NotAllowed, WrongState."""
    row = _find(db, actor, hold)
    by = _insist_places(actor, row.programme_id)
    if (refused := _refusal_to_end(db, actor, row, stands=False)) is not None:
        raise refused
    words = line(reason, REASON, LONGEST)
    if (earlier := ask(db, actor, request)) is not None:
        return earlier
    home = take_turn(db, row.programme_id, (HOLD_PLACED,), None)
    if not _find(db, actor, hold).stands:
        raise WrongState(action=reasons.actions.END_HOLD, why=reasons.retention.HOLD_ENDED)
    db.execute(_END, {"id": hold, "by": actor.person, "reason": words})
    with whole(db):
        body = body_of(db, _TABLE, row.programme_id, [hold])
    tell(db, home, by, HOLD_ENDED, request, effects={"hold_ended": hold}, body=body)
    return finish(db, actor, request, Done({"id": hold, "state": "ended"}))


def _refusal_to_end(db: Connection, actor: Actor, row: Any, *, stands: bool = True) -> NotAllowed | None:
    """Why the actor does not end a hold; where it must stand for that, too."""
    in_role = actor.own_role(row.programme_id, PLACERS) is not None
    match refusal(Matter(row.placed_by), actor.person, in_role=in_role):
        case Refusal.ROLE:
            return NotAllowed(why=reasons.cases.FOR_ROLES_THEMSELVES(roles=PLACERS))
        case Refusal.PARTY:
            return NotAllowed(why=reasons.retention.OWN_HOLD)
    if stands and not row.stands:
        return NotAllowed(why=reasons.retention.HOLD_ENDED)
    if row.about == CASE and (why := conflict(actor, load(db, row.case_id, "case"))) is not None:
        return NotAllowed(why=why)
    return None


__all__ = [
    "ABOUT", "CASE", "HOLD_ENDED", "HOLD_PLACED", "LONGEST", "ON_CASE", "ORGANISATION", "PLACERS", "PROGRAMME", "READERS", "STANDS",
    "calendar_and_holds", "end_hold", "list_holds", "may_place", "place_hold", "show_hold", "stands_on", "wait_for_holds",
]  # fmt: skip
