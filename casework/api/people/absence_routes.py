"""Who is away, and who stands in."""

from __future__ import annotations

from casework.api.people import absence_schemas as schemas
from casework.api.protocol import schemas as shared
from casework.api.protocol.routes import Call, Route, get, post
from casework.operations.core.idempotency import Done
from casework.operations.core.paging import Page
from casework.operations.core.views import Items
from casework.operations.people import absences
from casework.operations.people.views import AbsenceRow
from casework.operations.tasks.tasks_of_absent import list_for_absent
from casework.operations.tasks.views import WorkOfAbsent


def list_absences(call: Call) -> Page[AbsenceRow]:
    return absences.list_absences(call.db, call.actor)


def list_work_of_absent(call: Call) -> Items[WorkOfAbsent]:
    return Items(items=list_for_absent(call.db, call.actor))


def record_absence(call: Call) -> Done:
    body = call.body
    return absences.record_absence(
        call.db,
        call.actor,
        scope=str(body.scope),
        person=str(body.person or call.actor.person),
        substitute=str(body.substitute),
        first_day=body.first_day,
        last_day=body.last_day,
        request=call.request,
    )


def end_absence(call: Call) -> Done:
    return absences.end_absence(call.db, call.actor, call.path["absence"], call.request)


ROUTES: tuple[Route, ...] = (
    get("/absences", list_absences, "List who is away now or will be: you, those you stand in for, those you lead", schemas.AbsencePage),
    get("/absences/work", list_work_of_absent, "List the tasks of those you stand in for now, with until when each is away",
        schemas.WorkOfAbsent),
    post("/absences", record_absence, "Say that you, or somebody whom you lead, are away, and who stands in", shared.Made,
        body=schemas.NewAbsence, status=201),
    post("/absences/{absence}/end", end_absence, "End an absence now: the substitute's roles end with it", shared.Made),
)  # fmt: skip
