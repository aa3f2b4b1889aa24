"""A sealed mediation that is unsealed for a time to somebody who may not read it otherwise, by two persons.

Somebody named for it asks, for a reader and with a reason, and another person agrees; neither of them is the reader. It ends
by itself. Who may read is told by the opening; who may not, whatever is opened, is told by `permissions`.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from casework import reasons
from casework.engine.execution.event_builder import EventBuilder
from casework.engine.execution.guards import line
from casework.engine.execution.record_commands import AskUnsealing, DecideUnsealing, Reseal, TellParties
from casework.engine.execution.task_changes import commit
from casework.engine.roles import Role
from casework.engine.state.case import Case, Opening
from casework.engine.state.effects_schema import OpeningChange, StartedOpening
from casework.engine.state.events import (
    PARTIES_TOLD,
    RESEALED,
    UNSEALED,
    UNSEALING_ASKED,
    UNSEALING_REFUSED,
    Event,
)
from casework.engine.two_person import ASKED, REFUSED, Matter, Refusal, refusal
from casework.errors import InvalidForm, NotAllowed, NotFound, WrongState
from casework.json_values import Answers
from casework.ledger.canonical_json import instant, parse_instant

UNSEALING = "unsealing"
#: What two persons agreed to is open, until it has ended.
OPEN, ENDED = "open", "ended"
#: Who asks for an unsealing, who agrees to it, and for whom: nobody who works on cases reads a mediation about one.
ASKERS, DECIDERS, READERS = (
    (Role.DISPUTE_OFFICER,),
    (Role.COMPLIANCE,),
    (Role.SUPERVISOR, Role.COMPLIANCE, Role.AUDITOR, Role.MANAGER),
)
MOST_DAYS = 30


def ask(builder: EventBuilder, command: AskUnsealing) -> None:
    """Ask that somebody may read a sealed mediation for some days, and who is to agree."""
    if builder.case.kind != "mediation":
        raise NotFound("mediation")
    if builder.by.role not in ASKERS:
        raise NotAllowed(why=reasons.mediations.ASKED_BY)
    _insist_apart(builder, command)
    if not 1 <= command.days <= MOST_DAYS:
        raise InvalidForm(fields={"days": reasons.fields.BETWEEN(least=1, most=MOST_DAYS)})
    opening: StartedOpening = {
        "id": builder.context.new_id(),
        "kind": UNSEALING,
        "reader": command.reader,
        "decider": command.decider,
        "days": command.days,
        "state": ASKED,
        "until": None,
    }
    builder.begin(UNSEALING_ASKED, None, {"openings": [opening]}, {"reason": line(command.reason, "reason")})
    commit(builder)


def _insist_apart(builder: EventBuilder, command: AskUnsealing) -> None:
    case, faults = builder.case, {}
    named = {case.owner, *case.team, builder.by.person}
    if command.reader in named:
        faults["reader"] = reasons.mediations.READS_ALREADY
    if Matter(builder.by.person, frozenset({*named, command.reader})).is_party(command.decider):
        faults["decider"] = reasons.mediations.ANOTHER_THAN_READER
    if command.reader in case.interests or command.decider in case.interests:
        faults["reader" if command.reader in case.interests else "decider"] = reasons.cases.DECLARED_INTEREST
    waiting = [
        opening
        for opening in case.openings.values()
        if opening.reader == command.reader and opening.state in (ASKED, OPEN)
    ]
    if any(
        opening.state == ASKED or opening.until is not None and opening.until > builder.context.now
        for opening in waiting
    ):
        faults["reader"] = reasons.mediations.NAMED_ALREADY
    if faults:
        raise InvalidForm(fields=faults)


def decide(builder: EventBuilder, command: DecideUnsealing) -> None:
    """Agree to what somebody else has asked for, or not."""
    opening = _find(builder, command.opening)
    by = builder.by
    in_role = by.role in DECIDERS and by.person == opening.decider and by.acting_for is None
    match refusal(_matter(opening), by.person, in_role=in_role):
        case Refusal.ROLE | Refusal.PARTY:
            raise NotAllowed(why=reasons.mediations.DECIDED_BY)
        case Refusal.STATE:
            raise WrongState(action=reasons.actions.DECIDE, why=reasons.mediations.DECIDED)
    if not command.agree:
        builder.begin(
            UNSEALING_REFUSED, None, {"opening_states": [{"id": opening.id, "state": REFUSED}]}, _note(command.note)
        )
        commit(builder)
        return
    until = builder.context.now + timedelta(days=opening.days)
    change: OpeningChange = {"id": opening.id, "state": OPEN, "until": instant(until)}
    # On the track of the request, so that its center reads of it too.
    builder.begin(UNSEALED, builder.case.main, {"opening_states": [change]})
    commit(builder)


def _note(note: str | None) -> Answers:
    return {"note": line(note, "note")} if note else {}


def reseal(builder: EventBuilder, command: Reseal) -> None:
    """End it before its time; what nobody has agreed to yet is asked for no more."""
    opening = _find(builder, command.opening)
    if builder.by.role not in ASKERS and builder.by.person != opening.decider:
        raise NotAllowed(why=reasons.mediations.ENDED_BY)
    if opening.state not in (ASKED, OPEN) or opening.until is not None and opening.until <= builder.context.now:
        raise WrongState(action=reasons.actions.SEAL_AGAIN, why=reasons.cases.ENDED)
    track = builder.case.main if opening.state == OPEN else None
    builder.begin(RESEALED, track, {"opening_states": [{"id": opening.id, "state": ENDED}]})
    commit(builder)


def tell_parties(builder: EventBuilder, command: TellParties) -> None:
    """Record on which day both parties were told who reads their mediation, and until when."""
    opening = _find(builder, command.opening)
    if builder.by.role not in ASKERS:
        raise NotAllowed(why=reasons.mediations.PARTIES_TOLD_BY)
    if opening.decided_at is None or opening.state == REFUSED or opening.told_on is not None:
        raise WrongState(action=reasons.actions.RECORD_PARTIES_TOLD, why=reasons.mediations.NOTHING_TO_TELL)
    days = (
        builder.context.calendar.local_date(opening.decided_at),
        builder.context.calendar.local_date(builder.context.now),
    )
    if not days[0].isoformat() <= command.on <= days[1].isoformat():
        raise InvalidForm(fields={"on": reasons.mediations.DAY_SINCE})
    builder.begin(PARTIES_TOLD, None, {"opening_states": [{"id": opening.id, "told_on": command.on}]})
    commit(builder)


def _matter(opening: Opening) -> Matter:
    return Matter(opening.asker, frozenset({opening.reader}), opening.state)


def _find(builder: EventBuilder, id: str) -> Opening:
    opening = builder.case.openings.get(id)
    if opening is None or opening.kind != UNSEALING:
        raise NotFound("unsealing")
    return opening


# --- judged again ----------------------------------------------------------------------------------------------------


def faults_of(before: Case, event: Event) -> Iterator[str]:
    """What is wrong with a recorded unsealing, as sentences; nothing where it could be made. Roles are judged elsewhere."""
    if event.acting_for is not None:
        yield "it was done in somebody else's place"
    if set(event.effects) - {"openings", "opening_states"}:
        yield "it did more than open or seal"
    if event.kind == UNSEALING_ASKED:
        yield from _made(before, event)
        return
    for change in event.effects.get("opening_states", ()):
        opening = before.openings.get(change["id"])
        if opening is None or opening.kind != UNSEALING:
            yield "nobody had asked for it"
        else:
            yield from _changed(opening, change, event)


def _made(before: Case, event: Event) -> Iterator[str]:
    for opening in event.effects.get("openings", ()):
        named = {before.owner, *before.team, event.actor}
        if (
            before.kind != "mediation"
            or opening["kind"] != UNSEALING
            or opening["state"] != ASKED
            or opening["until"] is not None
        ):
            yield "it opens something by itself that two persons must open"
        asked = Matter(event.actor, frozenset({*named, opening["reader"]}))
        if opening["reader"] in named or asked.is_party(opening["decider"]):
            yield "the reader, and who is to agree, are not two other persons than those who ask"
        if not 1 <= opening["days"] <= MOST_DAYS:
            yield f"it lasts longer than {MOST_DAYS} days"


def _changed(opening: Opening, change: OpeningChange, event: Event) -> Iterator[str]:
    if event.kind in (UNSEALED, UNSEALING_REFUSED):
        if not _matter(opening).waits:
            yield "it had been decided already"
        if event.actor != opening.decider or _matter(opening).is_party(event.actor):
            yield "it was not decided by the second person who was named for it"
        if change["state"] != (OPEN if event.kind == UNSEALED else REFUSED):
            yield "it does something else than it says"
        if event.kind == UNSEALED and parse_instant(change["until"]) > event.at + timedelta(days=opening.days):
            yield "it lasts longer than was asked for"
    elif event.kind == RESEALED:
        if opening.state not in (ASKED, OPEN) or change["state"] != ENDED:
            yield "there was nothing to seal again"
        if event.role not in ASKERS and event.actor != opening.decider:
            yield "it was ended by somebody who had no part in it"
    elif opening.decided_at is None or opening.state == REFUSED or opening.told_on is not None or "state" in change:
        yield "there was nothing that the parties had to be told"
