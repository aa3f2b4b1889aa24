"""The limits of a programme's own: so many days for a step or a task, or for what a guard compares with, in place of the workflow's.

They stand in the programme's calendar, so that each clock names with the version of the calendar what was set when it began: what
runs already stays as it was counted. A guard asks for what is set at that moment. A limit of law nobody sets, nor a day that a form
names.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace

from sqlalchemy import Connection, text

from casework import reasons
from casework.definitions import load_library
from casework.engine.case_objects.letterheads import REASON
from casework.engine.deadlines.calendars import Calendar
from casework.engine.definition.editions import Edition
from casework.engine.definition.own_limits import (
    ASKED_BEFORE,
    CATALOGUE,
    LEAST,
    MOST,
    OF_CATALOGUE,
    REMINDED_BEFORE,
    NamedLimit,
    limits_of,
)
from casework.engine.execution.guards import line
from casework.errors import InvalidForm, NotFound, RecordHasMoved, Refused
from casework.operations.core.idempotency import Done, Request, ask, finish
from casework.operations.core.perform import calendar_of
from casework.operations.core.register_log import CHANGED, append
from casework.operations.core.views import row_as
from casework.operations.deadlines.views import OwnLimit, ProgrammeLimits
from casework.operations.people.letterheads import insist_reads, insist_sets
from casework.permissions.actors import Actor
from casework.reasons import Why
from casework.records.event_log import lock_log
from casework.records.row_security import whole


def list_limits(db: Connection, actor: Actor, programme: str) -> ProgrammeLimits:
    """Every limit of the newest editions of all workflows and of the catalogue, with what the programme has set. Raises NotFound."""
    insist_reads(actor, programme)
    calendar = calendar_of(db, programme)
    return ProgrammeLimits(version=calendar.version, items=list(_limits(calendar)))


def show_limit(db: Connection, actor: Actor, programme: str, what: str) -> tuple[OwnLimit, int]:
    """One of them that may be set, and the version of the calendar in which it stands. Raises NotFound, NotAllowed."""
    insist_sets(actor, programme)
    calendar = calendar_of(db, programme)
    return _find(calendar, what), calendar.version


def _find(calendar: Calendar, what: str) -> OwnLimit:
    one = next((one for one in _limits(calendar) if one.what == what), None)
    if one is None:
        raise NotFound
    return one


def _limits(calendar: Calendar) -> Iterator[OwnLimit]:
    library = load_library()
    for name in sorted(library.newest):
        edition = library.latest(name)
        assert edition is not None
        for limit in limits_of(edition):
            yield _limit(edition, limit, calendar)
    for limit in OF_CATALOGUE:
        yield _limit(None, limit, calendar)


def _limit(edition: Edition | None, limit: NamedLimit, calendar: Calendar) -> OwnLimit:
    return row_as(
        OwnLimit,
        limit,
        workflow=CATALOGUE if edition is None else edition.workflow,
        edition=None if edition is None else edition.fingerprint,
        own=calendar.limits.get(limit.what),
        law_text=edition.text(f"laws.{limit.law}") if edition is not None and limit.law else None,
    )


def set_limit(
    db: Connection,
    actor: Actor,
    programme: str,
    what: str,
    *,
    n: int | None,
    reason: str,
    request: Request,
    seen: int | None = None,
) -> Done:
    """Set a limit for clocks that begin from now on; None: as the workflow says.

    Raises RecordHasMoved where the calendar has another version than the one that was `seen`.
    """
    by = insist_sets(actor, programme)
    words = line(reason, REASON)
    if n is not None and not LEAST <= n <= MOST:
        raise InvalidForm(fields={"n": _beyond(n, LEAST, MOST)})
    if (earlier := ask(db, actor, request)) is not None:
        return earlier
    with whole(db):
        log = lock_log(db, programme)
    present = calendar_of(db, programme)
    if seen not in (None, present.version):
        raise RecordHasMoved
    one = _find(present, what)
    if one.law_text is not None:
        raise InvalidForm(fields={"n": reasons.limits.OF_LAW(law=one.law_text)})
    if not one.settable:
        raise InvalidForm(fields={"n": reasons.limits.NOT_OURS})
    if n is not None and not one.least <= n <= one.most:
        raise InvalidForm(fields={"n": _beyond(n, one.least, one.most)})
    own = None if n == one.n else n
    if own == one.own:
        raise Refused(reasons.limits.SAME)
    limits = {key: days for key, days in present.limits.items() if key != what} | ({what: own} if own else {})
    _insist_order(limits)
    written = replace(present, version=present.version + 1, limits=limits).to_json()
    with whole(db):
        event = log.next_event(
            CHANGED,
            by.person,
            role=by.role,
            acting_for=by.acting_for,
            effects={"calendar": written, "limits": {what: [one.own, own]}},
            body={REASON: words},
        )
        append(db, log, [event], request.key_hash)
    db.execute(_WRITE, {"written": json.dumps(written), "id": programme})
    return finish(db, actor, request, Done({"id": programme, "version": present.version + 1}))


def _insist_order(limits: Mapping[str, int]) -> None:
    """Raises InvalidForm where whoever stated a need would be reminded before being asked."""
    asked, reminded = (limits.get(limit.what, limit.n) for limit in (ASKED_BEFORE, REMINDED_BEFORE))
    if reminded >= asked:
        raise InvalidForm(fields={"n": reasons.limits.REMINDED_FIRST(asked=asked, reminded=reminded)})


def _beyond(n: int, least: int, most: int) -> Why:
    return reasons.fields.AT_LEAST(value=least) if n < least else reasons.fields.AT_MOST(value=most)


#: Writes a version of a calendar that moves no clock that runs.
_WRITE = text("UPDATE programmes SET calendar = CAST(:written AS jsonb) WHERE id = CAST(:id AS uuid)")


__all__ = ["MOST", "list_limits", "set_limit", "show_limit"]
