"""The weights of a programme's ranked lists: which are in force, who proposed and who agreed to each version, and what waits.

Proposals and versions are events of the programme's log. A run keeps the weights by which it was made, and is made again by these.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from sqlalchemy import Connection, text

from casework import reasons
from casework.engine.case_objects.letterheads import REASON
from casework.engine.case_objects.ranking_weights import (
    DECIDERS,
    OF_WEIGHTS,
    PROPOSERS,
    VERSION,
    WEIGHTS_ASKED,
    WEIGHTS_REFUSED,
    WEIGHTS_SET,
    Proposal,
    fold,
)
from casework.engine.execution.context import By
from casework.engine.execution.guards import line
from casework.engine.state.events import RegisterEvent
from casework.engine.two_person import AGREED, ASKED, REFUSED, Refusal, refusal
from casework.errors import InvalidForm, NotAllowed, Refused
from casework.ledger.canonical_json import instant
from casework.matching.weights import BOUNDS, FIRST, SHIPPED, Weights, plain, values_of, weights_of, within
from casework.operations.core.idempotency import Done, Request, ask, finish
from casework.operations.core.presenters import names_of
from casework.operations.core.views import to_named
from casework.operations.people.letterheads import insist_reads, insist_sets
from casework.operations.people.setting_changes import take_turn, tell, told_last
from casework.operations.people.weights_views import (
    ProgrammeWeights,
    ProposedWeights,
    WeightChanged,
    WeightShown,
    WeightsVersion,
)
from casework.permissions.actors import Actor
from casework.permissions.work import in_the_programme
from casework.reasons import Why
from casework.records.event_log import register_event_of
from casework.records.row_security import whole

#: What was proposed and decided of the weights of a programme, in order.
_EVENTS = text(
    "SELECT header, effects, body FROM events WHERE log_id = CAST(:log AS uuid) AND kind = ANY(:kinds) ORDER BY seq"
)
#: Writes the weights that are in force.
_KEEP = text("UPDATE programmes SET weights = CAST(:weights AS jsonb) WHERE id = CAST(:id AS uuid)")
#: The longest reason for not agreeing.
LONGEST = 2_000


def cleaned(given: Mapping[str, object], before: Mapping[str, str]) -> dict[str, str]:
    """Weights as they are kept: what is not named is as it was `before`. Raises InvalidForm with every fault, each by its name."""
    faults: dict[str, Why] = {name: reasons.fields.NOT_OF_FORM for name in given if name not in BOUNDS}
    values = dict(before)
    for name, said in given.items():
        if name in faults or said is None:
            continue
        number = plain(str(said).strip()) if isinstance(said, str | int | float) else None
        if number is None:
            faults[name] = reasons.fields.NOT_A_NUMBER
        elif not within(name, number):
            least, most = BOUNDS[name]
            faults[name] = reasons.fields.BETWEEN(least=least, most=most)
        else:
            values[name] = number
    if faults:
        raise InvalidForm(fields=faults)
    return values


def _events(db: Connection, programme: str) -> list[RegisterEvent]:
    with whole(db):
        rows = db.execute(_EVENTS, {"log": programme, "kinds": list(OF_WEIGHTS)}).all()
    return [register_event_of(row.header, row.effects, row.body) for row in rows]


def _versions(proposals: Iterable[Proposal]) -> list[tuple[int, dict[str, str], Proposal | None]]:
    """The versions in order: number, values, and the proposal that was agreed to."""
    found: list[tuple[int, dict[str, str], Proposal | None]] = [(FIRST, values_of(SHIPPED), None)]
    found += [(found[-1][0] + n, dict(one.values), one) for n, one in enumerate(_agreed(proposals), start=1)]
    return found


def _agreed(proposals: Iterable[Proposal]) -> list[Proposal]:
    return [one for one in proposals if one.state == AGREED]


def version_of(db: Connection, programme: str, number: int) -> Weights | None:
    """The weights that a programme had in a version; None where it has none of this number. For the command line, which asks nobody."""
    versions = {n: values for n, values, _ in _versions(fold(_events(db, programme)))}
    return weights_of(number, versions[number]) if number in versions else None


def show_weights(db: Connection, actor: Actor, programme: str) -> ProgrammeWeights:
    """The weights of a programme, its versions and what is proposed. Raises NotFound."""
    insist_reads(actor, programme)
    proposals = fold(_events(db, programme))
    versions = _versions(proposals)
    number, values, _ = versions[-1]
    people = {event.actor for one in proposals for event in (one.asked, one.decided) if event is not None}
    names = names_of(db, {*people})
    shipped, waiting = values_of(SHIPPED), proposals[-1] if proposals and proposals[-1].state == ASKED else None
    return ProgrammeWeights(
        id=programme,
        version=told_last(db, programme, OF_WEIGHTS),
        number=number,
        weights=[
            WeightShown(name=name, value=values[name], shipped=shipped[name], least=least, most=most)
            for name, (least, most) in BOUNDS.items()
        ],
        versions=[
            _version(here, versions[n - 1][1] if n else here[1], names)
            for n, here in reversed(list(enumerate(versions)))
        ],
        proposed=None if waiting is None else _proposed(actor, programme, waiting, values, names),
        mine=in_the_programme(actor, programme, PROPOSERS) is not None,
    )


def _version(
    one: tuple[int, dict[str, str], Proposal | None], before: Mapping[str, str], names: Mapping[str, str]
) -> WeightsVersion:
    number, values, proposal = one
    decided = proposal.decided if proposal is not None else None
    return WeightsVersion(
        number=number,
        values=values,
        changes=_changes(before, values),
        since=instant(decided.at) if decided is not None else None,
        proposed_by=to_named(proposal.asked.actor, names) if proposal is not None else None,
        agreed_by=to_named(decided.actor, names) if decided is not None else None,
        reason=_reason(proposal.asked) if proposal is not None else None,
    )


def _proposed(
    actor: Actor, programme: str, one: Proposal, values: Mapping[str, str], names: Mapping[str, str]
) -> ProposedWeights:
    return ProposedWeights(
        values=dict(one.values),
        changes=_changes(values, one.values),
        proposed_by=to_named(one.asked.actor, names),
        at=instant(one.asked.at),
        reason=_reason(one.asked),
        decides=_refusal(actor, programme, one, agree=True) is None,
        own=one.asked.actor == actor.person,
    )


def _changes(before: Mapping[str, str], after: Mapping[str, str]) -> list[WeightChanged]:
    return [
        WeightChanged(name=name, before=before[name], after=after[name])
        for name in BOUNDS
        if before[name] != after[name]
    ]


def _reason(event: RegisterEvent) -> str | None:
    said = event.body.get(REASON)
    return said if isinstance(said, str) else None


def _refusal(actor: Actor, programme: str, one: Proposal, *, agree: bool) -> Refusal | None:
    in_role = actor.own_role(programme, DECIDERS) is not None
    return refusal(one.matter, actor.person, in_role=in_role, agree=agree, withdrawable=True)


def propose_weights(
    db: Connection,
    actor: Actor,
    programme: str,
    *,
    values: Mapping[str, object],
    reason: str,
    request: Request,
    seen: int | None = None,
) -> Done:
    """Propose other weights, to which somebody else must agree; what was proposed before and waits is replaced.

    What is not named stays as it is in force. Raises InvalidForm, and RecordHasMoved where something was proposed or decided after it
    was `seen`.
    """
    by = insist_sets(actor, programme)
    words = line(reason, REASON)
    cleaned(values, {})
    if (earlier := ask(db, actor, request)) is not None:
        return earlier
    log = take_turn(db, programme, OF_WEIGHTS, seen)
    now = _versions(fold(_events(db, programme)))[-1][1]
    after = cleaned(values, now)
    if after == now:
        raise Refused(reasons.weights.SAME)
    version = tell(db, log, by, WEIGHTS_ASKED, request, effects={"weights_asked": after}, body={REASON: words})
    return finish(db, actor, request, Done({"id": programme, "version": version, "state": ASKED}, 201))


def decide_weights(
    db: Connection, actor: Actor, programme: str, *, agree: bool, note: str, request: Request, seen: int
) -> Done:
    """Agree as the second person, from when on the weights are in force; or do not, and say why. Who proposed may take them back.

    Raises RecordHasMoved where something else was proposed or decided after it was `seen`.
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
    log = take_turn(db, programme, OF_WEIGHTS, seen)
    proposals = fold(_events(db, programme))
    if not proposals or proposals[-1].state != ASKED:
        raise Refused(reasons.weights.NONE_PROPOSED)
    if _refusal(actor, programme, proposals[-1], agree=agree) is Refusal.PARTY:
        raise NotAllowed(why=reasons.weights.OWN_PROPOSAL)
    body = {REASON: note.strip()} if note.strip() else {}
    by, number = By(actor.person, role), _versions(proposals)[-1][0]
    if not agree:
        version = tell(db, log, by, WEIGHTS_REFUSED, request, body=body)
        return finish(db, actor, request, Done({"id": programme, "version": version, "state": REFUSED}))
    weights = {VERSION: number + 1, **proposals[-1].values}
    db.execute(_KEEP, {"weights": json.dumps(weights), "id": programme})
    version = tell(db, log, by, WEIGHTS_SET, request, effects={"weights": weights}, body=body)
    return finish(db, actor, request, Done({"id": programme, "version": version, "state": AGREED}))


__all__ = ["cleaned", "decide_weights", "propose_weights", "show_weights", "version_of"]
