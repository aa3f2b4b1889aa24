"""The contract of a referral over the API: receipts, objections, and the referral as an HL7 FHIR Task."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from casework.api.routes import Call, Json, Route, get, post
from casework.api.shapes import Answer, Body, Code, SomeWords
from casework.ledger.canonical import instant
from casework.operations import contract
from casework.operations.referrals import find_referral
from casework.operations.requests import Done

# --- shapes ----------------------------------------------------------------------------------------------------------


class NewObjection(Body):
    to: Annotated[Code, Field(description="The transition that the other side has fired")]
    words: SomeWords


class ObjectionAnswer(Body):
    words: SomeWords


class Signed(Answer):
    referral: str
    objection: str | None = None
    state: Annotated[str | None, Field(description="raised, answered or settled")] = None


class Deed(Answer):
    transition: str
    done: str


class ObjectionShown(Answer):
    id: str
    what: Annotated[str, Field(description="raised, answered or settled")]
    side: Annotated[str, Field(description="provider or office: whose objection it is")]
    mine: bool
    to: Deed
    said: Annotated[list[dict[str, Json]], Field(description="What was said, the first first; words are null once erased")]


class ContractShown(Answer):
    may_sign: Annotated[bool, Field(description="Whether something has come that you have not signed for")]
    may_object: bool
    to_sign: Annotated[list[Deed], Field(description="What the other side has done since your side signed")]
    not_signed: Annotated[list[Deed], Field(description="What your side has done since the other one signed")]
    deeds: Annotated[list[Deed], Field(description="What the other side has done: what you may object to")]
    objections: list[ObjectionShown]


class FhirTask(Answer):
    """A Task of HL7 FHIR R5; business status by the guide for bidirectional services eReferral."""

    resourceType: str
    id: str
    status: Annotated[str, Field(description="draft, requested, received, accepted, rejected, in-progress, on-hold, failed, completed or cancelled")]
    intent: str
    authoredOn: str
    lastModified: str


# --- views -----------------------------------------------------------------------------------------------------------


def show_contract(call: Call) -> dict[str, Json]:
    case, track = find_referral(call.db, call.actor, call.path["referral"])
    return contract.describe_contract(call.db, call.actor, case, track)


def confirm_receipt(call: Call) -> Done:
    return contract.confirm_receipt(call.db, call.actor, call.path["referral"], call.request)


def object_to(call: Call) -> Done:
    return contract.object_to(
        call.db, call.actor, call.path["referral"], to=call.body.to, words=call.body.words, request=call.request
    )


def answer_objection(call: Call) -> Done:
    return contract.answer_objection(
        call.db, call.actor, call.path["referral"], call.path["objection"], words=call.body.words, request=call.request
    )


def show_fhir_task(call: Call) -> dict[str, Json]:
    return contract.fhir_task(call.db, call.actor, call.path["referral"], instant)


_REFERRAL = "/referrals/{referral}"

ROUTES: tuple[Route, ...] = (
    get(f"{_REFERRAL}/contract", show_contract, "Show what each side has signed for, and what they do not agree about", ContractShown, noun="referral"),
    post(f"{_REFERRAL}/receipts", confirm_receipt, "Sign for all that the other side has done until now", Signed, noun="referral"),
    post(
        f"{_REFERRAL}/objections", object_to, "Put on record that you do not agree with a deed of the other side", Signed,
        body=NewObjection, status=201, noun="referral",
    ),
    post(
        f"{_REFERRAL}/objections/{{objection}}", answer_objection, "Answer the other side's objection, or settle your own", Signed,
        body=ObjectionAnswer, noun="referral or objection",
    ),
    get(f"{_REFERRAL}/fhir", show_fhir_task, "Show a referral as an HL7 FHIR Task", FhirTask, noun="referral"),
)  # fmt: skip
