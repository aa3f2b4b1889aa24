"""The removal of contents under retention: one person proposes what is due, as a list that stays as it is, and another one agrees.

The worker then carries it out. Both, and what became of each case, are events of the programme's log.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, text

from casework import reasons
from casework.engine import removals
from casework.engine.case_objects.letterheads import REASON
from casework.engine.execution.guards import line
from casework.engine.removals import CASE_LEFT, CASE_REMOVED, OF_REMOVAL, REMOVAL_ASKED, Removal
from casework.engine.retention import ARCHIVED, removal_date
from casework.engine.setting_proposals import DECIDERS, PROPOSERS, Proposal
from casework.engine.state.register_effects import RegisterEffects
from casework.engine.two_person import ASKED
from casework.errors import InvalidForm, NotFound, Refused
from casework.ledger.canonical_json import instant
from casework.operations.auth.step_up import sensitive
from casework.operations.core.idempotency import Done, Request, ask, finish
from casework.operations.core.paging import from_cursor, insist_limit, page
from casework.operations.core.perform import calendar_of
from casework.operations.core.presenters import names_of, when
from casework.operations.core.views import Named, Names, row_as, to_named
from casework.operations.people.letterheads import insist_sets
from casework.operations.people.setting_changes import take_turn, tell, told_last
from casework.operations.people.setting_decisions import Decided, decide, people_of, reason_of, refusal_to_decide
from casework.operations.privacy.kept_cases import read_classes
from casework.operations.privacy.legal_holds import READERS
from casework.operations.privacy.retention_preview import list_removable
from casework.operations.privacy.views import ProgrammeRemovals, RemovalCase, RemovalRow, RemovalsHead, ShownRemovals
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
    known = _read_for(db, actor, programme)
    cases = _cases(db, programme, known[-1], list(known[-1].classes)) if known else []
    return row_as(ProgrammeRemovals, _head(db, actor, programme, known), cases=cases)


def look_at_removals(
    db: Connection,
    actor: Actor,
    programme: str,
    *,
    number: int | None = None,
    state: str | None = None,
    cursor: str | None = None,
    limit: int | None = None,
) -> ShownRemovals:
    """The same with one of them, the newest or that which an event of this `number` proposed, and its cases by their numbers; of one
    `state` alone where that is said. Raises NotFound.
    """
    known, most = _read_for(db, actor, programme), insist_limit(limit)
    chosen = [one for one in known if number in (None, one.proposal.asked.seq)]
    if number is not None and not chosen:
        raise NotFound("item")
    one = chosen[-1] if chosen else None
    after = str(keys[0]) if (keys := from_cursor(cursor, 1)) else ""
    named = [case for case in one.classes if state in (None, _state_of(one, case))] if one is not None else []
    cases = _cases(db, programme, one, named, after=after, most=most + 1) if one is not None and named else []
    shown, following = page(cases, most, lambda case: (case.number,))
    head = _head(db, actor, programme, known)
    name = db.execute(_NAME, {"id": programme}).scalar_one()
    return row_as(
        ShownRemovals,
        head,
        programme=Named(id=programme, name=name),
        classes={each.code: Names(name=each.name, name_zh=each.name_zh) for each in read_classes(db, programme)},
        one=next((row for row in head.removals if one is not None and row.number == one.proposal.asked.seq), None),
        cases=list(shown),
        next=following,
        under_way=removals.under_way(known) is not None,
    )


def _read_for(db: Connection, actor: Actor, programme: str) -> list[Removal]:
    if not actor.in_programme(programme, (*READERS, *DECIDERS)):
        raise NotFound("programme")
    return read_removals(db, programme)


def _head(db: Connection, actor: Actor, programme: str, known: Sequence[Removal]) -> RemovalsHead:
    last = known[-1].proposal if known else None
    waiting = last if last is not None and last.matter.waits else None
    names = names_of(db, people_of(one.proposal for one in known))
    return RemovalsHead(
        id=programme,
        version=told_last(db, programme, OF_REMOVAL),
        removals=[_shown(one, names) for one in reversed(known)],
        mine=in_the_programme(actor, programme, PROPOSERS) is not None,
        decides=waiting is not None and refusal_to_decide(actor, programme, waiting, agree=True) is None,
        own=waiting is not None and waiting.asked.actor == actor.person,
    )


def _shown(one: Removal, names: Mapping[str, str]) -> RemovalRow:
    asked, decided = one.proposal.asked, one.proposal.decided
    done = Counter(_state_of(one, case) for case in one.done)
    return RemovalRow(
        number=asked.seq,
        decision=one.decision,
        state=one.proposal.state,
        by=asked.effects["removal_asked"]["by"],
        archives=sum(map(one.archives, one.classes)),
        digest=asked.effects["removal_asked"]["digest"],
        proposed_by=to_named(asked.actor, names),
        proposed_at=instant(asked.at),
        reason=reason_of(asked),
        decided_by=to_named(decided.actor, names) if decided is not None else None,
        decided_at=instant(decided.at) if decided is not None else None,
        cases=len(one.classes),
        removed=done["removed"],
        archived=done["archived"],
        left=done["left"],
        waiting=len(one.waiting),
    )


def _state_of(one: Removal, case: str) -> str:
    """How it stands with a case that a removal names."""
    event = one.done.get(case)
    if event is None:
        return "listed" if one.decision is None else "waits"
    return "archived" if "sealed" in event.effects["case_removal"] else _STATES[event.kind]


def _cases(
    db: Connection, programme: str, one: Removal, named: Sequence[str], *, after: str = "", most: int = removals.MOST
) -> list[RemovalCase]:
    """Cases that a removal names, by their numbers."""
    given = {"programme": programme, "named": list(named), "after": after, "most": most}
    with whole(db):
        rows = db.execute(_NUMBERS, given).all()
    calendar = calendar_of(db, programme)
    years = {each.code: each.years for each in read_classes(db, programme)}
    return [
        RemovalCase(
            number=row.number,
            code=one.classes[row.named],
            closed_at=when(row.closed_at),
            due=removal_date(row.closed_at, kept, calendar).isoformat()
            if row.closed_at is not None and (kept := years.get(one.classes[row.named])) is not None
            else None,
            state=_state_of(one, row.named),
            archives=one.archives(row.named),
            why=list(event.effects["case_removal"].get("why", ()))
            if (event := one.done.get(row.named)) is not None
            else [],
        )
        for row in rows
    ]


#: What became of a case, by the event that says so.
_STATES = {CASE_REMOVED: "removed", CASE_LEFT: "left"}
#: The numbers of cases that are named by the digests of their logs, after one number, and when each was closed.
_NUMBERS = text("""
    SELECT c.number, c.closed_at, d.named
    FROM cases c CROSS JOIN LATERAL (SELECT encode(sha256(convert_to(c.id::text, 'UTF8')), 'hex') AS named) d
    WHERE c.programme_id = CAST(:programme AS uuid) AND d.named = ANY(:named) AND c.number > :after ORDER BY c.number LIMIT :most
""")
#: What a programme is called.
_NAME = text("SELECT name FROM programmes WHERE id = CAST(:id AS uuid)")


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
    archiving = {one.code for one in read_classes(db, programme) if one.fate == ARCHIVED}
    effects: RegisterEffects = {"removal_asked": removals.asked_for(day.isoformat(), cases, archiving)}
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


__all__ = ["decide_removal", "look_at_removals", "propose_removal", "read_removals", "show_removals"]
