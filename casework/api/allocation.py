"""How queues give tasks to people by themselves."""

from __future__ import annotations

from casework.api.routes import Call, Json, Route, get, post
from casework.api.shapes import allocation as shapes
from casework.api.shapes import shared
from casework.operations import allocation
from casework.operations.requests import Done


def list_allocations(call: Call) -> dict[str, Json]:
    return allocation.list_allocations(call.db, call.actor)


def choose_allocation(call: Call) -> Done:
    body = call.body
    return allocation.choose_allocation(
        call.db, call.actor, scope=str(body.scope), queue=body.queue, strategy=body.strategy, cap=body.cap, request=call.request
    )


ROUTES: tuple[Route, ...] = (
    get("/queues/allocation", list_allocations, "List the queues that you lead and how each gives tasks to people", shapes.AllocationPage, for_some=True),
    post("/queues/allocation", choose_allocation, "Choose how a queue that you lead gives tasks to people from now on", shared.Made, body=shapes.NewAllocation),
)  # fmt: skip
