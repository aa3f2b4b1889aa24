"""Referrals: what a provider is asked, sees and does."""

from __future__ import annotations

from casework.api.protocol import fields
from casework.api.protocol import schemas as shared
from casework.api.protocol.routes import Call, Route, get, post
from casework.api.protocol.schemas import text_of
from casework.api.referrals import schemas, sheet_schemas
from casework.errors import NotFound
from casework.json_values import JsonObject
from casework.operations.cases import corrections
from casework.operations.cases.event_views import AnyCaseEvent
from casework.operations.core.idempotency import Done
from casework.operations.core.paging import Page
from casework.operations.referrals import service as referrals
from casework.operations.referrals import sheet
from casework.operations.referrals.sheet_views import CaseSheet
from casework.operations.referrals.views import ReferralDetails, ReferralRow


def list_referrals(call: Call) -> Page[ReferralRow]:
    return referrals.list_referrals(call.db, call.actor, cursor=call.query.cursor, limit=call.query.limit)


def look_at_referral(call: Call) -> JsonObject:
    return referrals.look_at_referral(call.db, call.actor, call.path["referral"])


def show_referral(call: Call) -> ReferralDetails:
    return referrals.show_referral(call.db, call.actor, call.path["referral"])


def show_sheet(call: Call) -> CaseSheet:
    return sheet.show_sheet(call.db, call.actor, call.path["referral"])


def list_referral_events(call: Call) -> Page[AnyCaseEvent]:
    return referrals.list_referral_events(
        call.db, call.actor, call.path["referral"], cursor=call.query.cursor, limit=call.query.limit
    )


def fire_referral_transition(call: Call) -> Done:
    return referrals.fire_in_referral(
        call.db,
        call.actor,
        call.path["referral"],
        call.path["transition"],
        track=text_of(call.body.track),
        data=call.body.data,
        revision=call.revision,
        request=call.request,
        reason=call.body.reason,
        happened_on=text_of(call.body.happened_on),
    )


def add_referral_task(call: Call) -> Done:
    return referrals.add_task_in_referral(
        call.db,
        call.actor,
        call.path["referral"],
        call.body.task,
        track=text_of(call.body.track),
        about=call.body.about,
        request=call.request,
        due=text_of(call.body.due),
        person=text_of(call.body.person),
        note=call.body.note,
    )


def correct_referral_answer(call: Call) -> Done:
    case, track = referrals.find_referral(call.db, call.actor, call.path["referral"])
    of = text_of(call.body.track) or track.id
    if of not in {candidate.id for candidate in (track, *case.children(track.id))}:
        raise NotFound("answer")
    seq = corrections.last_of(call.db, case, of, call.path["transition"])
    return corrections.correct_answer(
        call.db,
        call.actor,
        case,
        seq,
        data=call.body.data,
        reason=call.body.reason,
        request=call.request,
        seen=call.body.seen,
    )


_REFERRAL = "/referrals/{referral}"

ROUTES: tuple[Route, ...] = (
    get("/referrals", list_referrals, "List your organisation's referrals, or those of your cases", schemas.ReferralPage,
        query=fields.Paged),
    get(_REFERRAL, show_referral, "Show a referral, what was granted to it, and what you may do", schemas.ReferralWhole),
    get(f"{_REFERRAL}/sheet", show_sheet, "Read the case sheet: what the provider is told of the case, from acceptance to the end",
        sheet_schemas.CaseSheetShown),
    post(f"{_REFERRAL}/look", look_at_referral, "Say that you have looked at it: its mark is cleared", shared.Made),
    get(f"{_REFERRAL}/events", list_referral_events, "Read the history of a referral", shared.EventPage, query=fields.Paged),
    post(
        f"{_REFERRAL}/transitions/{{transition}}", fire_referral_transition,
        "Fire a transition of the referral, or of the service's track below it", shared.Fired, body=schemas.ReferralFiring,
        if_match="the track that moves", noun="referral or action",
    ),
    post(
        f"{_REFERRAL}/transitions/{{transition}}/correction", correct_referral_answer,
        "Put other answers in the place of those last given with a transition of the referral or its service",
        shared.Corrected, body=schemas.ReferralCorrection, noun="referral or answer",
    ),
    post(
        f"{_REFERRAL}/tasks", add_referral_task, "Add a task that the referral's or the service's workflow allows",
        shared.TasksMade, body=schemas.NewReferralTask, status=201, noun="referral or task",
    ),
)  # fmt: skip
