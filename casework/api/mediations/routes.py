"""Sealed mediations: for everybody who is not named for one, it does not exist."""

from __future__ import annotations

from casework.api.cases.schemas import HandingOver
from casework.api.mediations import schemas
from casework.api.protocol import case_schemas, fields
from casework.api.protocol import schemas as shared
from casework.api.protocol.routes import Call, Route, get, post
from casework.api.protocol.schemas import text_of
from casework.operations.cases import case_events, corrections, side_tasks, transitions
from casework.operations.cases.event_views import AnyCaseEvent
from casework.operations.cases.views import CaseParties, MediationPart, WholeCase
from casework.operations.core.idempotency import Done
from casework.operations.core.paging import Page
from casework.operations.core.views import NamedPerson
from casework.operations.mediations import service as mediations
from casework.operations.mediations.views import MediationRow


def list_mediations(call: Call) -> Page[MediationRow]:
    return mediations.list_mediations(call.db, call.actor)


def show_case_outline(call: Call) -> CaseParties:
    return mediations.mediation_outline(call.db, call.actor, call.path["number"])


def open_mediation(call: Call) -> Done:
    return mediations.open_mediation(call.db, call.actor, call.body.case, call.request)


def show_mediation(call: Call) -> MediationPart | WholeCase:
    return mediations.show_mediation(call.db, call.actor, call.path["mediation"])


def hand_over_mediation(call: Call) -> Done:
    return mediations.hand_over_mediation(
        call.db,
        call.actor,
        call.path["mediation"],
        owner=str(call.body.owner),
        team=[str(person) for person in call.body.team],
        note=call.body.note,
        revision=call.revision,
        request=call.request,
    )


def list_mediation_leaders(call: Call) -> Page[NamedPerson]:
    return mediations.list_leaders(call.db, call.actor, call.path["mediation"])


def list_mediation_events(call: Call) -> Page[AnyCaseEvent]:
    case = mediations.find_mediation(call.db, call.actor, call.path["mediation"])
    return case_events.list_events(call.db, call.actor, case, cursor=call.query.cursor, limit=call.query.limit)


def fire_mediation_transition(call: Call) -> Done:
    mediations.find_mediation(call.db, call.actor, call.path["mediation"])
    return transitions.fire_transition(
        call.db,
        call.actor,
        call.path["mediation"],
        "mediation",
        call.path["track"],
        transition=call.path["transition"],
        data=call.body.data,
        revision=call.revision,
        request=call.request,
        reason=call.body.reason,
        happened_on=text_of(call.body.happened_on),
    )


def correct_mediation_answer(call: Call) -> Done:
    case = mediations.find_mediation(call.db, call.actor, call.path["mediation"])
    seq = corrections.last_of(call.db, case, call.path["track"], call.path["transition"])
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


def add_mediation_task(call: Call) -> Done:
    mediations.find_mediation(call.db, call.actor, call.path["mediation"])
    return side_tasks.add_task(
        call.db,
        call.actor,
        call.path["mediation"],
        "mediation",
        call.path["track"],
        task=call.body.task,
        about=call.body.about,
        request=call.request,
        due=text_of(call.body.due),
        person=text_of(call.body.person),
        note=call.body.note,
    )


_MEDIATION, _TRACK = "/mediations/{mediation}", "/mediations/{mediation}/tracks/{track}"

ROUTES: tuple[Route, ...] = (
    get("/mediations", list_mediations, "List the mediations that you are named for", schemas.MediationPage),
    get("/mediations/case/{number}", show_case_outline, "See a case's number, title and parties before opening a mediation",
        schemas.Outline, noun="case"),
    post("/mediations", open_mediation, "Open a sealed mediation about a case", schemas.MediationMade, body=schemas.NewMediation,
        status=201, noun="case"),
    get(_MEDIATION, show_mediation, "Show a mediation", case_schemas.CaseShown),
    get(f"{_MEDIATION}/leaders", list_mediation_leaders, "List the dispute officers to whom a mediation may be given", schemas.LeaderPage),
    post(
        f"{_MEDIATION}/hand-over", hand_over_mediation, "Give a mediation to another dispute officer, and name a team",
        schemas.MediationDone, body=HandingOver, if_match="the mediation",
    ),
    get(f"{_MEDIATION}/events", list_mediation_events, "Read the history of a mediation", shared.EventPage, query=fields.Paged),
    post(
        f"{_TRACK}/transitions/{{transition}}", fire_mediation_transition, "Fire a transition in a mediation",
        shared.Fired, body=shared.Firing, if_match="the track", noun="mediation, track or action",
    ),
    post(
        f"{_TRACK}/transitions/{{transition}}/correction", correct_mediation_answer,
        "Put other answers in the place of those last given with a transition of a mediation", shared.Corrected,
        body=shared.AnswerCorrection, noun="mediation, track or answer",
    ),
    post(
        f"{_TRACK}/tasks", add_mediation_task, "Add a task to a mediation", shared.TasksMade, body=shared.NewTask,
        status=201, noun="mediation, track or task",
    ),
)  # fmt: skip
