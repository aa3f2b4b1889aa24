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
    OF_WEIGHTS,
    VERSION,
    WEIGHTS_ASKED,
    values_in,
)
from casework.engine.execution.guards import line
from casework.engine.setting_proposals import PROPOSERS, Proposal
from casework.engine.state.register_effects import RegisterEffects
from casework.engine.two_person import ASKED
from casework.errors import InvalidForm, Refused
from casework.ledger.canonical_json import instant
from casework.matching.weights import BOUNDS, FIRST, SHIPPED, Weights, plain, values_of, weights_of, within
from casework.operations.core.idempotency import Done, Request, ask, finish
from casework.operations.core.presenters import names_of
from casework.operations.core.views import to_named
from casework.operations.people.letterheads import insist_reads, insist_sets
from casework.operations.people.setting_changes import take_turn, tell, told_last
from casework.operations.people.setting_decisions import (
    Decided,
    agreed_of,
    decide,
    people_of,
    read_proposals,
    reason_of,
    refusal_to_decide,
    waiting_of,
)
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

#: How it is decided.
_DECIDED = Decided(
    kinds=OF_WEIGHTS, none_proposed=reasons.weights.NONE_PROPOSED, own_proposal=reasons.weights.OWN_PROPOSAL
)
#: Writes the weights that are in force.
_KEEP = text("UPDATE programmes SET weights = CAST(:weights AS jsonb) WHERE id = CAST(:id AS uuid)")


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


def _versions(proposals: Iterable[Proposal]) -> list[tuple[int, dict[str, str], Proposal | None]]:
    """The versions in order: number, values, and the proposal that was agreed to."""
    found: list[tuple[int, dict[str, str], Proposal | None]] = [(FIRST, values_of(SHIPPED), None)]
    found += [(found[-1][0] + n, dict(values_in(one)), one) for n, one in enumerate(agreed_of(proposals), start=1)]
    return found


def version_of(db: Connection, programme: str, number: int) -> Weights | None:
    """The weights that a programme had in a version; None where it has none of this number. For the command line, which asks nobody."""
    versions = {n: values for n, values, _ in _versions(read_proposals(db, programme, OF_WEIGHTS))}
    return weights_of(number, versions[number]) if number in versions else None


def show_weights(db: Connection, actor: Actor, programme: str) -> ProgrammeWeights:
    """The weights of a programme, its versions and what is proposed. Raises NotFound."""
    insist_reads(actor, programme)
    proposals = read_proposals(db, programme, OF_WEIGHTS)
    versions = _versions(proposals)
    number, values, _ = versions[-1]
    names = names_of(db, people_of(proposals))
    shipped, waiting = values_of(SHIPPED), waiting_of(proposals)
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
        reason=reason_of(proposal.asked) if proposal is not None else None,
    )


def _proposed(
    actor: Actor, programme: str, one: Proposal, values: Mapping[str, str], names: Mapping[str, str]
) -> ProposedWeights:
    return ProposedWeights(
        values=dict(values_in(one)),
        changes=_changes(values, values_in(one)),
        proposed_by=to_named(one.asked.actor, names),
        at=instant(one.asked.at),
        reason=reason_of(one.asked),
        decides=refusal_to_decide(actor, programme, one, agree=True) is None,
        own=one.asked.actor == actor.person,
    )


def _changes(before: Mapping[str, str], after: Mapping[str, str]) -> list[WeightChanged]:
    return [
        WeightChanged(name=name, before=before[name], after=after[name])
        for name in BOUNDS
        if before[name] != after[name]
    ]


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
    now = _versions(read_proposals(db, programme, OF_WEIGHTS))[-1][1]
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

    def put_in_force(proposals: list[Proposal]) -> RegisterEffects:
        weights = {VERSION: _versions(proposals)[-1][0] + 1, **values_in(proposals[-1])}
        db.execute(_KEEP, {"weights": json.dumps(weights), "id": programme})
        return {"weights": weights}

    return decide(
        db, actor, programme, _DECIDED, agree=agree, note=note, request=request, seen=seen, put_in_force=put_in_force
    )


__all__ = ["cleaned", "decide_weights", "propose_weights", "show_weights", "version_of"]
