"""How settings that take two persons are decided: one proposes, a second one agrees or says why not, and the programme's log tells both."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, text

from casework import reasons
from casework.engine.case_objects.letterheads import REASON
from casework.engine.execution.context import By
from casework.engine.setting_proposals import DECIDERS, Proposal, fold
from casework.engine.state.events import RegisterEvent
from casework.engine.state.register_effects import RegisterEffects
from casework.engine.two_person import AGREED, ASKED, REFUSED, Refusal, refusal
from casework.errors import InvalidForm, NotAllowed, Refused
from casework.operations.core.idempotency import Done, Request, ask, finish
from casework.operations.people.letterheads import insist_reads
from casework.operations.people.setting_changes import take_turn, tell
from casework.permissions.actors import Actor
from casework.reasons import Reason, Why
from casework.records.event_log import register_event_of
from casework.records.row_security import whole

#: What was proposed and decided of a setting of a programme, in order.
_EVENTS = text(
    "SELECT header, effects, body FROM events WHERE log_id = CAST(:log AS uuid) AND kind = ANY(:kinds) ORDER BY seq"
)
#: The longest reason for not agreeing.
LONGEST = 2_000


@dataclass(frozen=True, kw_only=True)
class Decided:
    """A setting that two persons decide: its events (asked, set, refused), and why nothing is decided."""

    kinds: tuple[str, str, str]
    none_proposed: Reason
    own_proposal: Reason


def read_proposals(db: Connection, programme: str, kinds: tuple[str, str, str]) -> list[Proposal]:
    """What was proposed in a programme, in order, and what became of each."""
    with whole(db):
        rows = db.execute(_EVENTS, {"log": programme, "kinds": list(kinds)}).all()
    return fold((register_event_of(row.header, row.effects, row.body) for row in rows), kinds)


def agreed_of(proposals: Iterable[Proposal]) -> list[Proposal]:
    """Those that were agreed to: each is a version."""
    return [one for one in proposals if one.state == AGREED]


def waiting_of(proposals: Sequence[Proposal]) -> Proposal | None:
    """The one that waits for the second person."""
    return proposals[-1] if proposals and proposals[-1].state == ASKED else None


def people_of(proposals: Iterable[Proposal]) -> set[str | None]:
    """Who proposed and who decided, by their ids."""
    return {event.actor for one in proposals for event in (one.asked, one.decided) if event is not None}


def reason_of(event: RegisterEvent) -> str | None:
    """Why it was proposed; None where that was erased."""
    said = event.body.get(REASON)
    return said if isinstance(said, str) else None


def refusal_to_decide(actor: Actor, programme: str, one: Proposal, *, agree: bool) -> Refusal | None:
    """Why the actor does not decide on a proposal."""
    in_role = actor.own_role(programme, DECIDERS) is not None
    return refusal(one.matter, actor.person, in_role=in_role, agree=agree, withdrawable=True)


def decide(
    db: Connection,
    actor: Actor,
    programme: str,
    of: Decided,
    *,
    agree: bool,
    note: str,
    request: Request,
    seen: int,
    put_in_force: Callable[[list[Proposal]], RegisterEffects],
) -> Done:
    """Agree as the second person, and put what waits in force; or do not, and say why. Who proposed may take it back.

    `put_in_force` writes the last of all proposals and gives what the event says of it. Raises RecordHasMoved where something else was
    proposed or decided after it was `seen`.
    """
    insist_reads(actor, programme)
    role = actor.own_role(programme, DECIDERS)
    if role is None:
        raise NotAllowed(why=reasons.cases.FOR_ROLES_THEMSELVES(roles=DECIDERS))
    if len(note) > LONGEST or (not agree and not note.strip()):
        why: Why = reasons.fields.LONGEST(most=LONGEST) if note.strip() else reasons.fields.REQUIRED
        raise InvalidForm(fields={"note": why})
    if (earlier := ask(db, actor, request)) is not None:
        return earlier
    log = take_turn(db, programme, of.kinds, seen)
    proposals = read_proposals(db, programme, of.kinds)
    waiting = waiting_of(proposals)
    if waiting is None:
        raise Refused(of.none_proposed)
    if refusal_to_decide(actor, programme, waiting, agree=agree) is Refusal.PARTY:
        raise NotAllowed(why=of.own_proposal)
    body = {REASON: note.strip()} if note.strip() else {}
    by, (_, agreed, refused) = By(actor.person, role), of.kinds
    if not agree:
        version = tell(db, log, by, refused, request, body=body)
        return finish(db, actor, request, Done({"id": programme, "version": version, "state": REFUSED}))
    version = tell(db, log, by, agreed, request, effects=put_in_force(proposals), body=body)
    return finish(db, actor, request, Done({"id": programme, "version": version, "state": AGREED}))


__all__ = [
    "Decided", "agreed_of", "decide", "people_of", "read_proposals", "reason_of", "refusal_to_decide", "waiting_of",
]  # fmt: skip
