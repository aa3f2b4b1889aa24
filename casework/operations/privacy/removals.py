"""The removal of contents under retention: one person proposes what is due, as a list that stays as it is, and another one agrees.

The worker then carries it out. Both, and what became of each case, are events of the programme's log.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from sqlalchemy import Connection, text

from casework import reasons
from casework.engine import removals
from casework.engine.case_objects.letterheads import REASON
from casework.engine.execution.guards import line
from casework.engine.removals import CASE_LEFT, CASE_REMOVED, OF_REMOVAL, REMOVAL_ASKED, Removal
from casework.engine.setting_proposals import DECIDERS, PROPOSERS, Proposal
from casework.engine.state.register_effects import RegisterEffects
from casework.engine.two_person import ASKED
from casework.errors import InvalidForm, NotFound, Refused
from casework.ledger.canonical_json import instant
from casework.operations.auth.step_up import sensitive
from casework.operations.core.idempotency import Done, Request, ask, finish
from casework.operations.core.perform import calendar_of
from casework.operations.core.presenters import names_of
from casework.operations.core.views import to_named
from casework.operations.people.letterheads import insist_sets
from casework.operations.people.setting_changes import take_turn, tell, told_last
from casework.operations.people.setting_decisions import Decided, decide, people_of, reason_of, refusal_to_decide
from casework.operations.privacy.legal_holds import READERS
from casework.operations.privacy.retention_preview import list_removable
from casework.operations.privacy.views import ProgrammeRemovals, RemovalCase, RemovalRow
from casework.permissions.actors import Actor
from casework.permissions.work import in_the_programme
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


def show_removals(db: Connection, actor: Actor, programme: str) -> ProgrammeRemovals:
    """The removals of a programme, the newest first, and what became of each case of that one. Raises NotFound."""
    if not actor.in_programme(programme, (*READERS, *DECIDERS)):
        raise NotFound("programme")
    known = read_removals(db, programme)
    last = known[-1] if known else None
    waiting = last.proposal if last is not None and last.proposal.matter.waits else None
    names = names_of(db, people_of(one.proposal for one in known))
    return ProgrammeRemovals(
        id=programme,
        version=told_last(db, programme, OF_REMOVAL),
        removals=[_shown(one, names) for one in reversed(known)],
        cases=_cases(db, programme, last) if last is not None else [],
        mine=in_the_programme(actor, programme, PROPOSERS) is not None,
        decides=waiting is not None and refusal_to_decide(actor, programme, waiting, agree=True) is None,
        own=waiting is not None and waiting.asked.actor == actor.person,
    )


def _shown(one: Removal, names: Mapping[str, str]) -> RemovalRow:
    asked, decided = one.proposal.asked, one.proposal.decided
    done = Counter(event.kind for event in one.done.values())
    return RemovalRow(
        decision=one.decision,
        state=one.proposal.state,
        by=asked.effects["removal_asked"]["by"],
        digest=asked.effects["removal_asked"]["digest"],
        proposed_by=to_named(asked.actor, names),
        proposed_at=instant(asked.at),
        reason=reason_of(asked),
        decided_by=to_named(decided.actor, names) if decided is not None else None,
        decided_at=instant(decided.at) if decided is not None else None,
        cases=len(one.classes),
        removed=done[CASE_REMOVED],
        left=done[CASE_LEFT],
        waiting=len(one.waiting),
    )


def _cases(db: Connection, programme: str, one: Removal) -> list[RemovalCase]:
    """The cases that a removal names, by their numbers."""
    with whole(db):
        rows = db.execute(_NUMBERS, {"programme": programme, "named": list(one.classes)}).all()
    return [
        RemovalCase(
            number=row.number,
            code=one.classes[row.named],
            state=_STATES[event.kind] if (event := one.done.get(row.named)) is not None else "waits",
            why=list(event.effects["case_removal"].get("why", ())) if event is not None else [],
        )
        for row in rows
    ]


#: What became of a case, by the event that says so.
_STATES = {CASE_REMOVED: "removed", CASE_LEFT: "left"}
#: The numbers of cases that are named by the digests of their logs.
_NUMBERS = text("""
    SELECT c.number, d.named FROM cases c CROSS JOIN LATERAL (SELECT encode(sha256(convert_to(c.id::text, 'UTF8')), 'hex') AS named) d
    WHERE c.programme_id = CAST(:programme AS uuid) AND d.named = ANY(:named) ORDER BY c.number
""")


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
        raise InvalidForm(fields={"confirmed": reasons.retention.CONFIRM})

    def put_in_force(proposals: list[Proposal]) -> RegisterEffects:
        asked = proposals[-1].asked
        db.execute(_BEGIN, {"id": programme})
        return {"removal_agreed": {"asked": asked.seq, "digest": asked.effects["removal_asked"]["digest"]}}

    return decide(
        db, actor, programme, _DECIDED, agree=agree, note=note, request=request, seen=seen, put_in_force=put_in_force
    )


__all__ = ["decide_removal", "propose_removal", "read_removals", "show_removals"]
