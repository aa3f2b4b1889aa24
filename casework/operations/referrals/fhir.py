"""A referral as other systems know it: a Task of HL7 FHIR. Reads only."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from casework.engine.state.case import Track
from casework.ledger.canonical_json import instant
from casework.operations.referrals.service import find_referral
from casework.permissions.actors import Actor

Json = Any

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


def fhir_task(db: Connection, actor: Actor, id: str) -> dict[str, Json]:
    """A referral as a FHIR Task: where it stands, between whom, since when; no words and no files. Raises NotFound."""
    case, track = find_referral(db, actor, id)
    status, business = task_status(track)
    sent = track.fired.get("send")
    made: dict[str, Json] = {
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
    return {name: value for name, value in made.items() if value is not None}


def _moved(track: Track) -> datetime:
    return max([track.opened_at, track.entered_at, *(told.at for told in track.fired.values())])
