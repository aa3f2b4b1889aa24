"""The shortlist of a need: matches that somebody thinks worth asking both sides about."""

from __future__ import annotations

from sqlalchemy import Connection, text

from casework import reasons
from casework.errors import NotAllowed, Refused
from casework.operations.catalogue.kept_records import EDITORS
from casework.operations.catalogue.matches import LOCKED, MATCH_SHORTLISTED, MATCH_TAKEN_OFF, show_match
from casework.operations.core.idempotency import Done, Request, ask, finish
from casework.operations.core.register_entries import note_entries
from casework.permissions.actors import Actor
from casework.permissions.work import in_the_programme
from casework.records.event_log import lock_log
from casework.records.row_security import whole

#: Puts a match on the shortlist of its need.
_PUT_ON = text("""
    UPDATE matches SET shortlisted_at = casework_now(), shortlisted_by = CAST(:by AS uuid) WHERE id = CAST(:id AS uuid)
""")
#: Takes it off again.
_TAKE_OFF = text("UPDATE matches SET shortlisted_at = NULL, shortlisted_by = NULL WHERE id = CAST(:id AS uuid)")


def set_shortlisted(db: Connection, actor: Actor, match: str, *, on: bool, request: Request) -> Done:
    """Put a match on the shortlist of its need, or take it off; where it stands so already nothing is done.

    Raises Refused for one that has its case, is refused, or has expired.
    """
    programme = show_match(db, actor, match).programme
    by = in_the_programme(actor, programme, EDITORS)
    if by is None:
        raise NotAllowed(why=reasons.cases.FOR_ROLES(roles=EDITORS))
    if (earlier := ask(db, actor, request)) is not None:
        return earlier
    with whole(db):
        lock_log(db, programme)
    row = db.execute(LOCKED, {"id": match}).one()
    if row.case_id is not None:
        raise Refused(reasons.catalogue.MATCH_HAS_CASE)
    if row.refused or row.expired:
        raise Refused(reasons.catalogue.MATCH_REFUSED if row.refused else reasons.catalogue.MATCH_EXPIRED)
    if row.shortlisted != on:
        db.execute(_PUT_ON if on else _TAKE_OFF, {"id": match, "by": actor.person})
        kind = MATCH_SHORTLISTED if on else MATCH_TAKEN_OFF
        note_entries(db, "matches", programme, [match], kind=kind, by=by.person, role=by.role)
    return finish(db, actor, request, Done({"id": match, "shortlisted": on}))
