"""The contract of a referral: receipts of both sides, objections and their answers, and how it is told to other systems."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import Connection, text

from casework.definitions import load_library
from casework.engine.cases import Case, Track
from casework.engine.commands import AnswerObjection, By, Command, Object, Receive
from casework.engine.contract import OURS, PARTIES, SETTLED, THEIRS, refusal, side_of, unreceived
from casework.engine.draft import accepted
from casework.engine.events import Event
from casework.errors import NotAllowed
from casework.ledger.bodies import ERASED, values
from casework.operations.deeds import Standing, perform
from casework.operations.referrals import find_referral
from casework.operations.requests import Done, Request
from casework.permissions import Actor, capacities, choose, conflict, reach

Json = Any


# --- deeds -----------------------------------------------------------------------------------------------------------


def confirm_receipt(db: Connection, actor: Actor, referral: str, request: Request) -> Done:
    """Sign for all that the other side has done until now."""
    return _on_contract(db, actor, referral, Receive(referral), request)


def object_to(db: Connection, actor: Actor, referral: str, *, to: str, words: str, request: Request) -> Done:
    """Put on record that one does not agree with a deed of the other side. It changes nothing by itself."""
    return _on_contract(db, actor, referral, Object(referral, to, words), request, status=201)


def answer_objection(db: Connection, actor: Actor, referral: str, objection: str, *, words: str, request: Request) -> Done:
    """Answer an objection of the other side, or call one's own settled."""
    return _on_contract(db, actor, referral, AnswerObjection(referral, objection, words), request)


def _on_contract(
    db: Connection, actor: Actor, referral: str, command: Command, request: Request, *, status: int = 200
) -> Done:
    case, _ = find_referral(db, actor, referral)

    def to_command(standing: Standing) -> tuple[Command, By]:
        if (why := conflict(actor, standing.case)) is not None:
            raise NotAllowed(why=why)
        by = _by(actor, standing.case, standing.case.tracks[referral])
        if by is None:
            raise NotAllowed(why=f"this is for: {', '.join(PARTIES)}.")
        return command, by

    def answer(after: Case, events: list[Event]) -> dict[str, Json]:
        told = events[0].effects.get("objection", {})
        return {"referral": referral, "objection": told.get("id"), "state": told.get("what")}

    return perform(db, actor, case.log, case.kind, to_command, answer, request, status=status)


def _by(actor: Actor, case: Case, track: Track) -> By | None:
    return choose(capacities(actor, case, track), accepted(case, PARTIES))


# --- reading ---------------------------------------------------------------------------------------------------------


def describe_contract(db: Connection, actor: Actor, case: Case, track: Track) -> dict[str, Json]:
    """What has arrived on which side, what the two do not agree about, and what the actor may do about it."""
    edition = load_library()[track.edition]
    by = _by(actor, case, track) if conflict(actor, case) is None else None
    part = by is not None and refusal(case, by.role, track) is None
    mine = THEIRS if track.provider in reach(actor).organisations else OURS
    other = OURS if mine == THEIRS else THEIRS
    done = {rule.name: edition.text(f"transitions.{rule.name}.done") for rule in edition.transitions}
    waiting = {side: unreceived(edition, track, side) for side in (THEIRS, OURS)}
    last = {name: track.fired[name].at for name in track.fired}
    return {
        "may_sign": part and bool(waiting[mine]), "may_object": part, "mine": mine,
        "to_sign": [_deed(name, done) for name in sorted(waiting[mine], key=lambda name: last[name])],
        "not_signed": [_deed(name, done) for name in sorted(waiting[other], key=lambda name: last[name])],
        "signed": {
            side: max((told["at"] for name, told in track.received.items() if name in _of(edition, track, side)), default=None)
            for side in (mine, other)
        },
        "objections": _objections(db, case, track, mine, done),
        "deeds": [_deed(name, done) for name in _of(edition, track, mine) if name in track.fired],
    }  # fmt: skip


def _of(edition: Any, track: Track, side: str) -> list[str]:
    """Transitions that the other side of `side` has fired, in the edition's order."""
    return [
        rule.name for rule in edition.transitions
        if rule.name in track.fired and rule.by_people and side_of(rule.by_people[0]) != side
    ]  # fmt: skip


def _deed(name: str, done: Mapping[str, str]) -> dict[str, Json]:
    return {"transition": name, "done": done[name]}


_WORDS = text(
    "SELECT header->>'at' AS at, header->>'role' AS role, effects->'objection' AS told, body FROM events"
    " WHERE log_id = CAST(:log AS uuid) AND track_id = CAST(:track AS uuid) AND kind = 'objected' ORDER BY seq"
)


def _objections(db: Connection, case: Case, track: Track, mine: str, done: Mapping[str, str]) -> list[dict[str, Json]]:
    if not track.objections:
        return []
    found = {
        id: {"id": id, "what": one["what"], "settled": one["what"] == SETTLED, "mine": one["side"] == mine, "side": one["side"],
             "to": _deed(one["to"], done), "said": []}
        for id, one in track.objections.items()
    }  # fmt: skip
    for row in db.execute(_WORDS, {"log": case.log, "track": track.id}):
        words = values(row.body).get("words")
        found[row.told["id"]]["said"].append({
            "at": row.at, "side": side_of(row.role), "what": row.told["what"], "words": None if words is ERASED else words,
        })  # fmt: skip
    return list(found.values())


# --- FHIR ------------------------------------------------------------------------------------------------------------

#: A state of a referral as HL7 FHIR R5 has it: the status of a Task, and the business status of the guide for
#: bidirectional services eReferral (http://hl7.org/fhir/us/bser), which has none for what has not been sent.
TASK_STATUS: Mapping[str, tuple[str, str | None]] = {
    "draft": ("draft", None), "sent": ("requested", "2.0"), "info_asked": ("on-hold", "2.0"), "conflict": ("on-hold", "2.0"),
    "accepted": ("accepted", "3.0"), "in_progress": ("in-progress", "5.1.1"), "suspended": ("on-hold", "5.1.1"),
    "delivered": ("in-progress", "5.1.4"), "rework": ("in-progress", "5.1.1"), "completed": ("completed", "7.0"),
    "declined": ("rejected", "4.0"), "no_answer": ("failed", "4.0"), "cancelled": ("cancelled", "6.0"), "failed": ("failed", "6.0"),
}  # fmt: skip
BUSINESS_STATUS: Mapping[str, str] = {
    "2.0": "Service Request Created", "3.0": "Service Request Accepted", "4.0": "Service Request Declined",
    "5.1.1": "Service Request Event Scheduled", "5.1.4": "Service Request Event Completed",
    "6.0": "Service Request Fulfillment Cancelled", "7.0": "Service Request Fulfillment Completed",
}  # fmt: skip
_SYSTEM = "http://hl7.org/fhir/us/bser/CodeSystem/TaskBusinessStatusCS"
#: Of what a state follows from "accepted" on, once the referral has been accepted.
_AFTER_ACCEPTING = {"info_asked": "3.0", "conflict": "3.0"}


def task_status(track: Track) -> tuple[str, str | None]:
    """The FHIR status and business status of a referral."""
    (state,) = track.states
    status, business = TASK_STATUS[state]
    if state == "sent" and "send" in track.received:
        status = "received"
    if "accept" in track.fired:
        business = _AFTER_ACCEPTING.get(state, business)
    return status, business


def fhir_task(db: Connection, actor: Actor, id: str, instant: Callable[[Any], str]) -> dict[str, Json]:
    """A referral as a FHIR Task: where it stands, between whom, since when; no words and no files. Raises NotFound."""
    case, track = find_referral(db, actor, id)
    status, business = task_status(track)
    sent = track.fired.get("send")
    made: dict[str, Json] = {
        "resourceType": "Task", "id": id, "identifier": [{"value": id}], "status": status, "intent": "order",
        "code": {"coding": [{"system": "urn:casework:service", "code": track.kind}]},
        "authoredOn": instant(sent.at if sent else track.opened_at), "lastModified": instant(_moved(track)),
        "owner": {"reference": f"Organization/{track.provider}"} if track.provider else None,
        "requester": {"reference": f"Organization/{case.programme}"},
        "groupIdentifier": {"value": case.number} if case.number else None,
        "restriction": {"period": {"end": track.given["wanted_on"]}} if track.given.get("wanted_on") else None,
        "businessStatus": {"coding": [{"system": _SYSTEM, "code": business, "display": BUSINESS_STATUS[business]}]} if business else None,
    }  # fmt: skip
    return {name: value for name, value in made.items() if value is not None}


def _moved(track: Track) -> Any:
    return max([track.opened_at, track.entered_at, *(told.at for told in track.fired.values())])
