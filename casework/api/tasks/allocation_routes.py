"""How queues give tasks to people by themselves, and what people can do."""

from __future__ import annotations

from casework.api.protocol import schemas as shared
from casework.api.protocol.routes import Call, Route, get, post
from casework.api.tasks import allocation_schemas as schemas
from casework.operations.core.idempotency import Done
from casework.operations.core.paging import Page
from casework.operations.tasks import allocation, skills
from casework.operations.tasks.views import Allocation, Skills


def list_allocations(call: Call) -> Page[Allocation]:
    return allocation.list_allocations(call.db, call.actor)


def choose_allocation(call: Call) -> Done:
    body = call.body
    return allocation.choose_allocation(
        call.db,
        call.actor,
        scope=str(body.scope),
        queue=body.queue,
        strategy=body.strategy,
        cap=body.cap,
        request=call.request,
    )


def list_skills(call: Call) -> Page[Skills]:
    return skills.list_skills(call.db, call.actor)


def set_skills(call: Call) -> Done:
    body = call.body
    return skills.set_skills(
        call.db,
        call.actor,
        scope=str(body.scope),
        person=str(body.person),
        fields=body.fields,
        languages=body.languages,
        services=body.services,
        request=call.request,
    )


ROUTES: tuple[Route, ...] = (
    get("/queues/allocation", list_allocations, "List the queues that you lead and how each gives tasks to people",
        schemas.AllocationPage, for_some=True),
    post("/queues/allocation", choose_allocation, "Choose how a queue that you lead gives tasks to people from now on",
        shared.Made, body=schemas.NewAllocation),
    get("/skills", list_skills, "List the people whom you lead and what each can do", schemas.SkillsPage, for_some=True),
    post("/skills", set_skills, "Say what somebody whom you lead can do; what is not said any more is gone", shared.Made,
        body=schemas.NewSkills),
)  # fmt: skip
