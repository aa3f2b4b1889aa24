"""Assessments of a city's needs over the API: planned, changed and read, whom they ask, their visits, and what came of them."""

from __future__ import annotations

from casework.api.catalogue import assessment_schemas as schemas
from casework.api.protocol import schemas as shared
from casework.api.protocol.encryption import secret_box
from casework.api.protocol.fields import Paged
from casework.api.protocol.routes import Call, Route, get, post
from casework.operations.catalogue import assessment_needs, assessment_parts
from casework.operations.catalogue import assessment_queries as queries
from casework.operations.catalogue import assessment_visits as visits
from casework.operations.catalogue import needs_assessments as assessments
from casework.operations.catalogue.assessment_views import Assessment, AssessmentRow
from casework.operations.core.idempotency import Done
from casework.operations.core.paging import Page


def list_assessments(call: Call) -> Page[AssessmentRow]:
    return queries.list_assessments(call.db, call.actor, cursor=call.query.cursor, limit=call.query.limit)


def show_assessment(call: Call) -> Assessment:
    return queries.show_assessment(call.db, call.actor, call.path["needs_assessment"])


def plan_assessment(call: Call) -> Done:
    given = call.body.model_dump(mode="json", exclude={"programme", "source"}, exclude_unset=True)
    programme, source = str(call.body.programme), call.body.source
    return assessments.plan_assessment(
        call.db, call.actor, programme=programme, fields=given, source=source, request=call.request
    )


def change_assessment(call: Call) -> Done:
    given = call.body.model_dump(mode="json", exclude={"reason"}, exclude_unset=True)
    id, reason = call.path["needs_assessment"], call.body.reason
    return assessments.change_assessment(call.db, call.actor, id, fields=given, reason=reason, request=call.request)


def add_enterprises(call: Call) -> Done:
    id, named = call.path["needs_assessment"], [str(one) for one in call.body.organisations]
    return assessments.add_enterprises(call.db, call.actor, id, organisations=named, request=call.request)


def add_visit(call: Call) -> Done:
    given = call.body.model_dump(mode="json", exclude_unset=True)
    id = call.path["needs_assessment"]
    return visits.add_visit(call.db, call.actor, id, fields=given, request=call.request)


def set_enterprise(call: Call) -> Done:
    id, state, source = call.path["enterprise"], call.body.state, call.body.source
    return assessments.set_enterprise(call.db, call.actor, id, state=state, source=source, request=call.request)


def ask_enterprise(call: Call) -> Done:
    id, given = call.path["enterprise"], call.body.model_dump()
    given["address"] = given["address"] or ""
    return assessments.ask_enterprise(call.db, call.actor, secret_box(), id, **given, request=call.request)


def take_enterprise_out(call: Call) -> Done:
    id, reason = call.path["enterprise"], call.body.reason
    return assessment_parts.take_out(call.db, call.actor, "enterprises", id, reason=reason, request=call.request)


def change_visit(call: Call) -> Done:
    given = call.body.model_dump(mode="json", exclude={"reason"}, exclude_unset=True)
    id, reason = call.path["visit"], call.body.reason
    return visits.change_visit(call.db, call.actor, id, fields=given, reason=reason, request=call.request)


def take_visit_out(call: Call) -> Done:
    id, reason = call.path["visit"], call.body.reason
    return assessment_parts.take_out(call.db, call.actor, "visits", id, reason=reason, request=call.request)


def set_origin(call: Call) -> Done:
    need, origin = call.path["need"], call.body.origin
    named = None if origin is None else str(origin)
    return assessment_needs.set_origin(call.db, call.actor, need, origin=named, request=call.request)


_ONE = "/needs-assessments/{needs_assessment}"
_ENTERPRISE = "/assessment-enterprises/{enterprise}"
_VISIT = "/assessment-visits/{visit}"

ROUTES: tuple[Route, ...] = (
    get("/needs-assessments", list_assessments, "List assessments of what a city needs, those first that begin last",
        schemas.AssessmentPage, query=Paged, noun="needs assessment"),
    get(_ONE, show_assessment, "Read one, with whom it asks, its visits and events, and the needs that came of it",
        schemas.WholeAssessment, noun="needs assessment"),
    post("/needs-assessments", plan_assessment, "Plan one", shared.Made, body=schemas.NewAssessment, status=201,
        noun="needs assessment"),
    post(f"{_ONE}/change", change_assessment, "Change what it says, or conclude it", shared.Made, body=schemas.ChangedAssessment,
        noun="needs assessment"),
    post(f"{_ONE}/enterprises", add_enterprises, "Put enterprises on its list", schemas.EnterprisesListed, body=schemas.Enterprises,
        status=201, noun="needs assessment"),
    post(f"{_ONE}/visits", add_visit, "Enter a visit or an event of it", shared.Made, body=schemas.NewVisit, status=201,
        noun="needs assessment"),
    post(f"{_ENTERPRISE}/state", set_enterprise, "Say how an enterprise on its list stands", schemas.EnterpriseState,
        body=schemas.NewEnterpriseState, noun="needs assessment"),
    post(f"{_ENTERPRISE}/ask", ask_enterprise, "Ask an enterprise on its list by a one-time link to state a need",
        schemas.EnterpriseAsked, body=schemas.EnterpriseLink, status=201, noun="needs assessment"),
    post(f"{_ENTERPRISE}/remove", take_enterprise_out, "Take an enterprise out of it that nobody asked by a link", shared.Made,
        body=schemas.PartTakenOut, noun="needs assessment"),
    post(f"{_VISIT}/change", change_visit, "Change a visit or an event of it", shared.Made, body=schemas.ChangedVisit,
        noun="needs assessment"),
    post(f"{_VISIT}/remove", take_visit_out, "Take a visit or an event out of it of which no need came", shared.Made,
        body=schemas.PartTakenOut, noun="needs assessment"),
    post("/needs/{need}/origin", set_origin, "Say of which assessment, visit or event a need came", schemas.NeedOrigin,
        body=schemas.NewNeedOrigin, noun="need"),
)  # fmt: skip
