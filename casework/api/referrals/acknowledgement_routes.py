"""The contract of a referral over the API: receipts, objections, and the referral as an HL7 FHIR Task."""

from __future__ import annotations

from casework.api.protocol.routes import Call, Route, get, post
from casework.api.referrals import acknowledgement_schemas as schemas
from casework.json_values import JsonObject
from casework.operations.core.idempotency import Done
from casework.operations.referrals import acknowledgements, fhir
from casework.operations.referrals.service import find_referral
from casework.operations.referrals.views import Contract


def show_contract(call: Call) -> Contract:
    case, track = find_referral(call.db, call.actor, call.path["referral"])
    return acknowledgements.describe_contract(call.db, call.actor, case, track)


def confirm_receipt(call: Call) -> Done:
    return acknowledgements.confirm_receipt(call.db, call.actor, call.path["referral"], call.request)


def object_to(call: Call) -> Done:
    return acknowledgements.object_to(
        call.db, call.actor, call.path["referral"], to=call.body.to, words=call.body.words, request=call.request
    )


def answer_objection(call: Call) -> Done:
    return acknowledgements.answer_objection(
        call.db, call.actor, call.path["referral"], call.path["objection"], words=call.body.words, request=call.request
    )


def show_fhir_task(call: Call) -> JsonObject:
    return fhir.fhir_task(call.db, call.actor, call.path["referral"])


_REFERRAL = "/referrals/{referral}"

ROUTES: tuple[Route, ...] = (
    get(f"{_REFERRAL}/contract", show_contract, "Show what each side has signed for, and what they do not agree about",
        schemas.ContractShown, noun="referral"),
    post(f"{_REFERRAL}/receipts", confirm_receipt, "Sign for all that the other side has done until now", schemas.Signed, noun="referral"),
    post(
        f"{_REFERRAL}/objections", object_to, "Put on record that you do not agree with an action of the other side", schemas.Signed,
        body=schemas.NewObjection, status=201, noun="referral",
    ),
    post(
        f"{_REFERRAL}/objections/{{objection}}", answer_objection, "Answer the other side's objection, or settle your own", schemas.Signed,
        body=schemas.ObjectionAnswer, noun="referral or objection",
    ),
    get(f"{_REFERRAL}/fhir", show_fhir_task, "Show a referral as an HL7 FHIR Task", schemas.FhirTask, noun="referral"),
)  # fmt: skip
