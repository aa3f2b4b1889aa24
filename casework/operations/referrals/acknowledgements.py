"""The contract of a referral: receipts of both sides, objections and their answers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlalchemy import Connection, text

from casework import reasons
from casework.definitions import load_library
from casework.engine.case_objects.acknowledgements import (
    OURS,
    OVER,
    PARTIES,
    THEIRS,
    decisions,
    done_by,
    other_side,
    refusal,
    side_of,
    unreceived,
)
from casework.engine.execution.commands import Command
from casework.engine.execution.context import By
from casework.engine.execution.effect_roles import accepted
from casework.engine.execution.record_commands import AnswerObjection, Object, Receive
from casework.engine.state.case import Case, Track
from casework.engine.state.events import Event
from casework.errors import NotAllowed
from casework.json_values import JsonObject
from casework.ledger.canonical_json import instant
from casework.ledger.redactable_bodies import values
from casework.operations.core.idempotency import Done, Request
from casework.operations.core.perform import Standing, perform
from casework.operations.referrals.service import find_referral
from casework.operations.referrals.views import Contract, Objection, SideAction, Statement
from casework.permissions.actors import Actor
from casework.permissions.visibility import as_seen, reach
from casework.permissions.work import barred, capacities, choose

# --- actions -----------------------------------------------------------------------------------------------------------


def confirm_receipt(db: Connection, actor: Actor, referral: str, request: Request) -> Done:
    """Sign for all that the other side has done until now."""
    return _on_contract(db, actor, referral, Receive(referral), request)


def object_to(db: Connection, actor: Actor, referral: str, *, to: str, words: str, request: Request) -> Done:
    """Put on record that one does not agree with an action of the other side. Another person decides on it by a date."""
    return _on_contract(db, actor, referral, Object(referral, to, words), request, status=201)


def answer_objection(
    db: Connection, actor: Actor, referral: str, objection: str, *, words: str, request: Request
) -> Done:
    """Answer an objection of the other side, or call one's own settled."""
    return _on_contract(db, actor, referral, AnswerObjection(referral, objection, words), request)


def _on_contract(
    db: Connection, actor: Actor, referral: str, command: Command, request: Request, *, status: int = 200
) -> Done:
    case, _ = find_referral(db, actor, referral)

    def to_command(standing: Standing) -> tuple[Command, By]:
        if (why := barred(actor, standing.case)) is not None:
            raise NotAllowed(why=why)
        by = _by(actor, standing.case, standing.case.tracks[referral])
        if by is None:
            raise NotAllowed(why=reasons.cases.FOR_ROLES(roles=PARTIES))
        return command, by

    def answer(after: Case, events: list[Event]) -> JsonObject:
        objection = events[0].effects.get("objection", {})
        return {"referral": referral, "objection": objection.get("id"), "state": objection.get("what")}

    return perform(db, actor, case.log, case.kind, to_command, answer=answer, request=request, status=status)


def _by(actor: Actor, case: Case, track: Track) -> By | None:
    return choose(capacities(actor, case, track), accepted(case, PARTIES))


# --- reading ---------------------------------------------------------------------------------------------------------


def describe_contract(db: Connection, actor: Actor, case: Case, track: Track) -> Contract:
    """What has arrived on which side, what the two do not agree about, and what the actor may do about it."""
    edition = load_library()[track.edition]
    by = _by(actor, case, track) if barred(actor, case) is None else None
    part = by is not None and refusal(case, by.role, track) is None
    mine = THEIRS if track.provider in reach(actor).organisations else OURS
    other = other_side(mine)
    done = {rule.name: edition.text(f"transitions.{rule.name}.done") for rule in edition.transitions}
    came = {side: done_by(edition, track, other_side(side)) for side in (mine, other)}
    waiting = {side: unreceived(edition, track, side) for side in (THEIRS, OURS)}

    def actions(names: Iterable[str]) -> list[SideAction]:
        return [SideAction(transition=name, done=done[name]) for name in names]

    return Contract(
        may_sign=part and bool(waiting[mine]),
        may_object=part,
        mine=mine,
        to_sign=actions(sorted(waiting[mine], key=lambda name: track.fired[name].at)),
        not_signed=actions(sorted(waiting[other], key=lambda name: track.fired[name].at)),
        signed={
            side: max((track.received[name]["at"] for name in came[side] if name in track.received), default=None)
            for side in came
        },
        objections=_objections(db, case, track, mine, done, seen=as_seen(actor, case)),
        actions=actions(came[mine]),
    )


#: What was said of an objection in a referral, in order.
_WORDS = text(
    "SELECT header->>'at' AS at, header->>'role' AS role, effects->'objection' AS told, body FROM events"
    " WHERE log_id = CAST(:log AS uuid) AND track_id = CAST(:track AS uuid) AND effects ? 'objection' ORDER BY seq"
)


def _due(case: Case, objection: str) -> str | None:
    """By when it is decided; nothing while that stands still."""
    running = (decision for decision in decisions(case, objection) if not case.stands_still(decision))
    return next((instant(decision.due_at) for decision in running if decision.due_at is not None), None)


def _objections(
    db: Connection, case: Case, track: Track, mine: str, done: Mapping[str, str], *, seen: Case
) -> list[Objection]:
    """The objections in a referral; `seen` is the case as its dates are told to the reader."""
    if not track.objections:
        return []
    said: dict[str, list[Statement]] = {id: [] for id in track.objections}
    for row in db.execute(_WORDS, {"log": case.log, "track": track.id}):
        body = values(row.body)
        words = body.get("words", body.get("reason"))
        said[row.told["id"]].append(
            Statement(
                at=row.at,
                side=side_of(row.role),
                what=row.told["what"],
                words=words if isinstance(words, str) else None,
            )
        )
    return [
        Objection(
            id=id,
            what=objection["what"],
            settled=objection["what"] in OVER,
            mine=objection["side"] == mine,
            side=objection["side"],
            to=SideAction(transition=objection["to"], done=done[objection["to"]]),
            said=said[id],
            due_at=_due(seen, id),
        )
        for id, objection in track.objections.items()
    ]
