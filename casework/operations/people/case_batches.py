"""Batches of moves to another edition: one person proposes a plan with its list of cases, which stays as it is, and another one agrees.

The worker then carries it out; whoever decides on one may stop it, let it go on, or end it. All of it, and what became of each case, are
events of the programme's log. Sealed mediations are in no list and no count.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence

from sqlalchemy import Connection, text

from casework import reasons
from casework.definitions import load_library
from casework.engine import batches
from casework.engine.batches import (
    BATCH_ASKED,
    FAILED,
    MOVED,
    OF_BATCH,
    STAYED,
    Batch,
    asked_for,
    may_follow,
    of_plan,
    outcome_of,
    row_after,
    said_of,
    under_way,
)
from casework.engine.case_objects.letterheads import REASON
from casework.engine.definition.migration_plans import plan_migration
from casework.engine.execution.context import By
from casework.engine.execution.guards import line
from casework.engine.execution.migrations import Verdict, judge_case
from casework.engine.removals import digest_of_case
from casework.engine.setting_proposals import DECIDERS, PROPOSERS, Proposal
from casework.engine.state.register_effects import RegisterEffects
from casework.engine.two_person import ASKED
from casework.errors import NotAllowed, NotFound, Refused
from casework.ledger.canonical_json import instant
from casework.operations.core.idempotency import Done, Request, ask, finish
from casework.operations.core.paging import Page, from_cursor, insist_limit, page
from casework.operations.core.perform import new_id
from casework.operations.core.presenters import names_of
from casework.operations.core.views import Named, row_as, to_named
from casework.operations.people.case_migration_views import BatchCase, BatchesHead, BatchRow, BatchStep, ShownBatch
from casework.operations.people.case_migrations import list_moved, list_on, make_plan
from casework.operations.people.letterheads import insist_reads, insist_sets
from casework.operations.people.setting_changes import take_turn, tell, told_last, words_of
from casework.operations.people.setting_decisions import Decided, decide, people_of, reason_of, refusal_to_decide
from casework.permissions.actors import Actor
from casework.permissions.work import in_the_programme
from casework.reasons.base import from_json
from casework.records.case_loader import load_several
from casework.records.event_log import register_event_of
from casework.records.row_security import whole

#: How it is decided.
_DECIDED = Decided(
    kinds=OF_BATCH, none_proposed=reasons.migration.NONE_PROPOSED, own_proposal=reasons.migration.OWN_PROPOSAL
)
#: What was said of batches in a programme, in order.
_EVENTS = text(
    "SELECT header, effects, body FROM events WHERE log_id = CAST(:log AS uuid) AND kind = ANY(:kinds) ORDER BY seq"
)
#: Notes in the row of a programme which batch is carried out.
_KEEP = text("UPDATE programmes SET batch = CAST(:batch AS jsonb) WHERE id = CAST(:id AS uuid)")
#: Notes in the row of a programme, whose log is held, that the next event of it decides what is carried out.
_BEGIN = text("""
    UPDATE programmes p SET batch = jsonb_build_object('decision', l.seq + 1, 'state', 'running')
    FROM logs l WHERE l.id = p.id AND p.id = CAST(:id AS uuid)
""")
#: What programmes are called.
_NAMES = text("SELECT id::text AS id, name FROM programmes WHERE id = ANY(CAST(:ids AS uuid[])) ORDER BY id")
#: By number the logs of a programme's cases with their digests, but for those that a person keeps out of.
_CASES = text("""
    SELECT c.id::text AS id, c.number, encode(sha256(convert_to(c.id::text, 'UTF8')), 'hex') AS named FROM cases c
    WHERE c.programme_id = CAST(:programme AS uuid) AND :person <> ALL(c.interests) ORDER BY c.number
""")


# --- reading ---------------------------------------------------------------------------------------------------------


def read_batches(db: Connection, programme: str) -> list[Batch]:
    """The batches of a programme, in order, each with what became of its cases."""
    with whole(db):
        rows = db.execute(_EVENTS, {"log": programme, "kinds": list(batches.ALL)}).all()
    return batches.fold(register_event_of(row.header, row.effects, row.body) for row in rows)


def read_head(db: Connection, actor: Actor, programme: str) -> BatchesHead:
    """What stands above the batches of a programme. Raises NotFound."""
    insist_reads(actor, programme)
    return BatchesHead(
        programme=Named(id=programme, name=db.execute(_NAMES, {"ids": [programme]}).one().name),
        version=told_last(db, programme, OF_BATCH),
        under_way=under_way(read_batches(db, programme)) is not None,
        mine=in_the_programme(actor, programme, PROPOSERS) is not None,
    )


def list_batches(
    db: Connection,
    actor: Actor,
    programme: str | None = None,
    *,
    cursor: str | None = None,
    limit: int | None = None,
) -> Page[BatchRow]:
    """The batches of a programme, or of all whose settings the actor reads, the newest first. Raises NotFound."""
    most, keys = insist_limit(limit), from_cursor(cursor, 2)
    if programme is not None:
        insist_reads(actor, programme)
    names = db.execute(_NAMES, {"ids": _programmes_of(actor) if programme is None else [programme]}).all()
    known = {row.id: read_batches(db, row.id) for row in names}
    chosen = sorted(
        ((instant(one.proposal.asked.at), one.id, row.id) for row in names for one in known[row.id]), reverse=True
    )
    before = (str(keys[0]), str(keys[1])) if keys else None
    some = [one for one in chosen if before is None or one[:2] < before][: most + 1]
    found = {
        shown.id: shown
        for row in names
        for shown in _shown(db, actor, (row.id, row.name), known[row.id], _among(known[row.id], some))
    }
    shown, following = page([found[id] for _, id, _ in some], most, lambda one: (one.proposed_at, one.id))
    return Page(items=list(shown), next=following)


def _among(known: Iterable[Batch], some: Iterable[tuple[str, str, str]]) -> list[Batch]:
    ids = {id for _, id, _ in some}
    return [one for one in known if one.id in ids]


def _programmes_of(actor: Actor) -> list[str]:
    ids = {membership.programme for membership in actor.memberships if membership.programme is not None}
    return sorted(id for id in ids if actor.in_programme(id, DECIDERS))


def find_batch(db: Connection, actor: Actor, id: str) -> tuple[str, list[Batch], Batch]:
    """Of a batch its programme, all of that, and itself. Raises NotFound."""
    for programme in _programmes_of(actor):
        known = read_batches(db, programme)
        if (one := next((one for one in known if one.id == id), None)) is not None:
            return programme, known, one
    raise NotFound("item")


def show_batch(
    db: Connection,
    actor: Actor,
    id: str,
    *,
    state: str | None = None,
    cursor: str | None = None,
    limit: int | None = None,
) -> ShownBatch:
    """A batch and its cases by their numbers; of one `state` alone where that is said. Raises NotFound."""
    most, keys = insist_limit(limit), from_cursor(cursor, 1)
    programme, known, one = find_batch(db, actor, id)
    name = db.execute(_NAMES, {"ids": [programme]}).one().name
    (row,) = _shown(db, actor, (programme, name), known, [one])
    after = str(keys[0]) if keys else ""
    listed = [
        (number, named, log)
        for number, (named, log) in _visible(db, actor, programme).items()
        if named in one.named and number > after and state in (None, _state_of(one, named))
    ]
    chosen, following = page(listed[: most + 1], most, lambda case: (case[0],))
    verdicts = _judged(db, one, [log for _, _, log in chosen])
    shown = [_case(one, number, named, verdicts.get(log)) for number, named, log in chosen]
    names = names_of(db, {event.actor for event in one.steered})
    steps = [
        BatchStep(what=event.kind, by=to_named(event.actor, names), at=instant(event.at), reason=reason_of(event))
        for event in one.steered
    ]
    return row_as(
        ShownBatch, row, version=told_last(db, programme, OF_BATCH), steps=steps, outcomes=shown, next=following
    )


def _visible(db: Connection, actor: Actor, programme: str) -> dict[str, tuple[str, str]]:
    """By number the cases of a programme that the actor is told of: the digest of the log, and that."""
    rows = db.execute(_CASES, {"programme": programme, "person": actor.person})
    return {row.number: (row.named, row.id) for row in rows}


def _judged(db: Connection, one: Batch, logs: Sequence[str]) -> dict[str, Verdict]:
    """What would become of some cases of a batch that waits for the second person; of one that takes back another one nothing."""
    editions = load_library().editions
    old, new = editions.get(one.asked["from"]), editions.get(one.asked["to"])
    if one.state != ASKED or one.reverts is not None or old is None or new is None or not logs:
        return {}
    plan = plan_migration(old, new, one.asked["mapping"])
    return {log: judge_case(plan, case) for log, case in load_several(db, logs).items()}


def _state_of(one: Batch, named: str) -> str:
    return outcome_of(one.done.get(named)) or ("listed" if one.decision is None else "waits")


def _case(one: Batch, number: str, named: str, verdict: Verdict | None) -> BatchCase:
    event = one.done.get(named)
    why = [from_json(each) for each in (said_of(event).get("why", ()) if event is not None else ())]
    if verdict is not None:
        why = list(verdict.why)
    return BatchCase(
        number=number,
        state=_state_of(one, named),
        why=why,
        codes=[each.code for each in why],
        verdict=verdict.outcome if verdict is not None else None,
    )


def _shown(
    db: Connection, actor: Actor, of: tuple[str, str], known: Sequence[Batch], chosen: Iterable[Batch]
) -> list[BatchRow]:
    """Batches `of` a programme, which is given with its name."""
    programme = of[0]
    names = names_of(db, people_of(one.proposal for one in known))
    visible = frozenset(named for named, _ in _visible(db, actor, programme).values()) if known else frozenset()
    ids = {one.decision: one.id for one in known if one.decision is not None}
    numbers = {edition.fingerprint: edition.number for edition in load_library().editions.values()}
    busy = under_way(known) is not None
    found = []
    for one in chosen:
        asked, decided = one.proposal.asked, one.proposal.decided
        states = Counter(_state_of(one, named) for named in one.named & visible)
        found.append(
            BatchRow(
                id=one.id,
                programme=Named(id=programme, name=of[1]),
                number=asked.seq,
                decision=one.decision,
                state=one.state,
                workflow=one.asked["workflow"],
                earlier=numbers.get(one.asked["from"], 0),
                later=numbers.get(one.asked["to"], 0),
                plan=one.asked["plan"],
                mapping=one.asked["mapping"],
                reverts=ids.get(one.reverts) if one.reverts is not None else None,
                proposed_by=to_named(asked.actor, names),
                proposed_at=instant(asked.at),
                reason=reason_of(asked),
                decided_by=to_named(decided.actor, names) if decided is not None else None,
                decided_at=instant(decided.at) if decided is not None else None,
                cases=states.total(),
                moved=states[MOVED],
                stayed=states[STAYED],
                failed=states[FAILED],
                waiting=states["waits"] if one.goes_on else 0,
                decides=refusal_to_decide(actor, programme, one.proposal, agree=True) is None,
                own=one.proposal.matter.waits and asked.actor == actor.person,
                steers=one.goes_on and in_the_programme(actor, programme, DECIDERS) is not None,
                mine=_may_revert(one) and not busy and in_the_programme(actor, programme, PROPOSERS) is not None,
            )
        )
    return found


def _may_revert(one: Batch) -> bool:
    """Whether it has moved cases, and goes on no more."""
    ended = one.decision is not None and not one.goes_on and one.reverts is None
    return ended and any(outcome_of(event) == MOVED for event in one.done.values())


# --- proposing and deciding --------------------------------------------------------------------------------------------


def propose_batch(
    db: Connection,
    actor: Actor,
    programme: str,
    move: tuple[str, int, int],
    *,
    reason: str,
    request: Request,
    mapping: Mapping[str, Mapping[str, str]] | None = None,
    digest: str | None = None,
    numbers: Collection[str] | None = None,
    seen: int | None = None,
) -> Done:
    """Propose a `move`: of the cases of a workflow that run by one edition to another one, of these the ones of `numbers` alone.

    The list is frozen with this. Raises InvalidForm where there is no such plan; Refused where it is not the one of the `digest` that was
    seen, no case is left or a batch is carried out; RecordHasMoved where something was proposed or decided after it was `seen`.
    """
    by, words = insist_sets(actor, programme), line(reason, REASON)
    plan = make_plan(*move, mapping)
    if digest not in (None, plan.digest):
        raise Refused(reasons.migration.PLAN_CHANGED)
    if (earlier := ask(db, actor, request)) is not None:
        return earlier
    log = take_turn(db, programme, OF_BATCH, seen)
    _insist_free(db, programme)
    cases = list_on(db, actor, programme, plan.old.fingerprint, most=batches.MOST, numbers=numbers).values()
    if not cases:
        raise Refused(reasons.migration.NO_CASE)
    said = of_plan(plan.workflow, plan.old.fingerprint, plan.new.fingerprint, plan.mapping, plan.digest)
    effects: RegisterEffects = {"batch_asked": asked_for(new_id(), said, cases)}
    version = tell(db, log, by, BATCH_ASKED, request, effects=effects, body={REASON: words})
    return finish(db, actor, request, _asked(effects, version))


def propose_revert(
    db: Connection, actor: Actor, id: str, *, reason: str, request: Request, seen: int | None = None
) -> Done:
    """Propose to take a batch back, by a batch of its own: the cases that it moved and that have not gone back since.

    Raises NotFound, NotAllowed; Refused and RecordHasMoved as above.
    """
    programme, _, _ = find_batch(db, actor, id)
    by, words = insist_sets(actor, programme), line(reason, REASON)
    if (earlier := ask(db, actor, request)) is not None:
        return earlier
    log = take_turn(db, programme, OF_BATCH, seen)
    _insist_free(db, programme)
    _, _, one = find_batch(db, actor, id)
    if not _may_revert(one) or one.decision is None:
        raise Refused(reasons.migration.NOT_REVERTED)
    of = one.asked
    moved = {named for named, event in one.done.items() if outcome_of(event) == MOVED}
    cases = [case.id for case in list_moved(db, actor, programme, of["plan"]) if digest_of_case(case.id) in moved]
    if not cases:
        raise Refused(reasons.migration.NO_CASE)
    said = of_plan(of["workflow"], of["to"], of["from"], of["mapping"], of["plan"])
    effects: RegisterEffects = {"batch_asked": asked_for(new_id(), said, cases, reverts=one.decision)}
    version = tell(db, log, by, BATCH_ASKED, request, effects=effects, body={REASON: words})
    return finish(db, actor, request, _asked(effects, version))


def _insist_free(db: Connection, programme: str) -> None:
    if under_way(read_batches(db, programme)) is not None:
        raise Refused(reasons.migration.UNDER_WAY)


def _asked(effects: RegisterEffects, version: int) -> Done:
    said = effects["batch_asked"]
    return Done({"id": said["id"], "version": version, "state": ASKED, "cases": len(said["cases"])}, 201)


def decide_batch(db: Connection, actor: Actor, id: str, *, agree: bool, note: str, request: Request, seen: int) -> Done:
    """Agree as the second person, upon which the worker begins; or do not, and say why. Who proposed may take it back.

    Raises NotFound, and RecordHasMoved where something else was proposed or decided after it was `seen`.
    """
    programme, known, one = find_batch(db, actor, id)
    if one is not known[-1]:
        raise Refused(reasons.migration.NONE_PROPOSED)

    def put_in_force(proposals: list[Proposal]) -> RegisterEffects:
        asked = proposals[-1].asked
        db.execute(_BEGIN, {"id": programme})
        return {"batch_agreed": {"asked": asked.seq, "digest": asked.effects["batch_asked"]["digest"]}}

    done = decide(
        db, actor, programme, _DECIDED, agree=agree, note=note, request=request, seen=seen, put_in_force=put_in_force
    )
    return Done({**done.answer, "id": id}, done.status)


def steer_batch(
    db: Connection, actor: Actor, id: str, step: str, *, request: Request, reason: str | None = None
) -> Done:
    """Stop a batch for now, let it go on, or end it, at any moment: the case that the worker is at comes to its end.

    Raises NotFound, NotAllowed; Refused where it does not stand so.
    """
    programme, _, _ = find_batch(db, actor, id)
    by, words = _insist_steers(actor, programme), words_of(reason)
    if (earlier := ask(db, actor, request)) is not None:
        return earlier
    log = take_turn(db, programme, OF_BATCH, None)
    _, known, one = find_batch(db, actor, id)
    if one.decision is None or not may_follow(one, step):
        raise Refused(reasons.migration.NOT_SO_NOW)
    version = tell(db, log, by, step, request, effects={"batch": one.decision}, body=words)
    after = read_batches(db, programme)
    db.execute(_KEEP, {"batch": json.dumps(row_after(after)), "id": programme})
    state = next(each.state for each in after if each.id == id)
    return finish(db, actor, request, Done({"id": id, "version": version, "state": state}))


def _insist_steers(actor: Actor, programme: str) -> By:
    by = in_the_programme(actor, programme, DECIDERS)
    if by is None:
        raise NotAllowed(why=reasons.cases.FOR_ROLES(roles=DECIDERS))
    return by


__all__ = [
    "decide_batch", "find_batch", "list_batches", "propose_batch", "propose_revert", "read_batches", "read_head", "show_batch",
    "steer_batch",
]  # fmt: skip
