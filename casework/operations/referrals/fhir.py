"""A referral as other systems know it: a Task of HL7 FHIR. Reads only."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection

from casework.definitions import load_library
from casework.engine.definition.editions import Edition
from casework.engine.parts import ACCEPTS, ASKED, CALLED_OFF, GIVES_RESULT, SENDS, TURNED_DOWN
from casework.engine.state.case import Track
from casework.json_values import JsonObject
from casework.ledger.canonical_json import instant
from casework.operations.referrals.service import find_referral
from casework.permissions.actors import Actor

#: What a state of a referral is in HL7 FHIR R5, its definition says: the status of a Task, the business status of the guide for
#: bidirectional services eReferral (http://hl7.org/fhir/us/bser), which has none for what has not been sent, and that which
#: follows once the referral has been accepted. Where it says nothing, the status follows from the parts.
_ENDS: Mapping[str, str] = {GIVES_RESULT: "completed", TURNED_DOWN: "rejected", CALLED_OFF: "cancelled"}
BUSINESS_STATUS: Mapping[str, str] = {
    "2.0": "Service Request Created", "3.0": "Service Request Accepted", "4.0": "Service Request Declined",
    "5.1.1": "Service Request Event Scheduled", "5.1.4": "Service Request Event Completed",
    "6.0": "Service Request Fulfillment Cancelled", "7.0": "Service Request Fulfillment Completed",
}  # fmt: skip
_SYSTEM = "http://hl7.org/fhir/us/bser/CodeSystem/TaskBusinessStatusCS"


def task_status(track: Track, edition: Edition) -> tuple[str, str | None]:
    """The FHIR status and business status of a referral."""
    state = edition.states[track.states[0]]
    said = iter(state.fhir)
    status, business, afterwards = next(said, None), next(said, None), next(said, None)
    if state.part == ASKED and track.played.get(SENDS) in track.received:
        status = "received"
    if ACCEPTS in track.played:
        business = afterwards or business
    return status or _status(track), business


def _status(track: Track) -> str:
    if not track.live:
        return next((status for part, status in _ENDS.items() if part in track.played), "failed")
    return "in-progress" if ACCEPTS in track.played else "requested" if track.sent else "draft"


def fhir_task(db: Connection, actor: Actor, id: str) -> JsonObject:
    """A referral as a FHIR Task: where it stands, between whom, since when; no words and no files. Raises NotFound."""
    case, track = find_referral(db, actor, id)
    status, business = task_status(track, load_library()[track.edition])
    sent = track.last_fired(SENDS)
    resource: JsonObject = {
        "resourceType": "Task",
        "id": id,
        "identifier": [{"value": id}],
        "status": status,
        "intent": "order",
        "code": {"coding": [{"system": "urn:casework:service", "code": track.kind}]},
        "authoredOn": instant(sent.at if sent else track.opened_at),
        "lastModified": instant(_moved(track)),
        "owner": {"reference": f"Organization/{track.provider}"} if track.provider else None,
        "requester": {"reference": f"Organization/{case.programme}"},
        "groupIdentifier": {"value": case.number} if case.number else None,
        "restriction": {"period": {"end": track.given["wanted_on"]}} if track.given.get("wanted_on") else None,
        "businessStatus": {"coding": [{"system": _SYSTEM, "code": business, "display": BUSINESS_STATUS[business]}]}
        if business
        else None,
    }
    return {name: value for name, value in resource.items() if value is not None}


def _moved(track: Track) -> datetime:
    return max([track.opened_at, track.entered_at, *(action.at for action in track.fired.values())])
