"""The removal of contents under retention: one person proposes what is due, as a list that stays as it is, and another one agrees.

The worker then carries it out. Both, and what became of each case, are events of the programme's log.
"""

from __future__ import annotations

from sqlalchemy import Connection, text

from casework import reasons
from casework.engine import removals
from casework.engine.case_objects.letterheads import REASON
from casework.engine.execution.guards import line
from casework.engine.removals import CASE_LEFT, CASE_REMOVED, OF_REMOVAL, REMOVAL_ASKED, Removal
from casework.engine.setting_proposals import Proposal
from casework.engine.state.register_effects import RegisterEffects
from casework.engine.two_person import ASKED
from casework.errors import InvalidForm, Refused
from casework.operations.auth.step_up import sensitive
from casework.operations.core.idempotency import Done, Request, ask, finish
from casework.operations.core.perform import calendar_of
from casework.operations.people.letterheads import insist_sets
from casework.operations.people.setting_changes import take_turn, tell
from casework.operations.people.setting_decisions import Decided, decide
from casework.operations.privacy.retention_preview import list_removable
from casework.permissions.actors import Actor
from casework.records.event_log import now, register_event_of
from casework.records.row_security import whole

#: How it is decided.
_DECIDED = Decided(
    kinds=OF_REMOVAL, none_proposed=reasons.retention.NO_REMOVAL, own_proposal=reasons.retention.OWN_REMOVAL
)
#: What was said of removals in a programme, in order.
_EVENTS = text(
    "SELECT header, effects, body FROM events WHERE log_id = CAST(:log AS uuid) AND kind = ANY(:kinds) ORDER BY seq"
)
#: Notes in the row of a programme, whose log is held, that the next event of it decides what is carried out.
_BEGIN = text("""
    UPDATE programmes p SET removal = jsonb_build_object('decision', l.seq + 1) FROM logs l WHERE l.id = p.id AND p.id = CAST(:id AS uuid)
""")


def read_removals(db: Connection, programme: str) -> list[Removal]:
    """The removals of a programme, in order, each with what became of its cases."""
    kinds = [*OF_REMOVAL, CASE_REMOVED, CASE_LEFT]
    with whole(db):
        rows = db.execute(_EVENTS, {"log": programme, "kinds": kinds}).all()
    return removals.fold(register_event_of(row.header, row.effects, row.body) for row in rows)


def propose_removal(
    db: Connection,
    actor: Actor,
    programme: str,
    *,
    reason: str,
    request: Request,
    code: str | None = None,
    seen: int | None = None,
) -> Done:
    """Propose to remove the contents of the cases that are due today and not held, of one class alone where its code is given.

    The list is frozen with this. Raises Refused where none is due, or a removal is carried out; RecordHasMoved where something was
    proposed or decided after it was `seen`.
    """
    by = insist_sets(actor, programme)
    words = line(reason, REASON)
    if (earlier := ask(db, actor, request)) is not None:
        return earlier
    log = take_turn(db, programme, OF_REMOVAL, seen)
    if removals.under_way(read_removals(db, programme)) is not None:
        raise Refused(reasons.retention.UNDER_WAY)
    calendar = calendar_of(db, programme)
    day = calendar.local_date(now(db))
    cases = list_removable(db, programme, day=day, calendar=calendar, code=code, most=removals.MOST)
    if not cases:
        raise Refused(reasons.retention.NOTHING_DUE)
    effects: RegisterEffects = {"removal_asked": removals.asked_for(day.isoformat(), cases)}
    version = tell(db, log, by, REMOVAL_ASKED, request, effects=effects, body={REASON: words})
    done = {"id": programme, "version": version, "state": ASKED, "cases": len(cases)}
    return finish(db, actor, request, Done(done, 201))


@sensitive
def decide_removal(
    db: Connection,
    actor: Actor,
    programme: str,
    *,
    agree: bool,
    confirmed: bool,
    note: str,
    request: Request,
    seen: int,
) -> Done:
    """Agree as the second person, upon which it is carried out at once and cannot be undone, which whoever agrees confirms that they know;
    or do not, and say why. Who proposed may take it back.

    Raises RecordHasMoved where something else was proposed or decided after it was `seen`.
    """
    if agree and not confirmed:
        raise InvalidForm(fields={"confirm": reasons.retention.CONFIRM})

    def put_in_force(proposals: list[Proposal]) -> RegisterEffects:
        asked = proposals[-1].asked
        db.execute(_BEGIN, {"id": programme})
        return {"removal_agreed": {"asked": asked.seq, "digest": asked.effects["removal_asked"]["digest"]}}

    return decide(
        db, actor, programme, _DECIDED, agree=agree, note=note, request=request, seen=seen, put_in_force=put_in_force
    )


__all__ = ["decide_removal", "propose_removal", "read_removals"]
