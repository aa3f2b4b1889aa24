"""Case hygiene: what breaks it in one's programmes, and how many cases did on each day."""

from __future__ import annotations

from casework.api.oversight import case_hygiene_schemas as schemas
from casework.api.protocol.routes import Call, Route, get
from casework.operations.oversight.case_hygiene import show_case_hygiene
from casework.operations.oversight.views import CaseHygiene


def show_hygiene(call: Call) -> CaseHygiene:
    return show_case_hygiene(call.db, call.actor)


ROUTES: tuple[Route, ...] = (
    get("/case-hygiene", show_hygiene,
        "Show the cases of your programmes that breach case hygiene, and the figure of each day; for supervisors",
        schemas.CaseHygiene, noun="page", for_some=True),
)  # fmt: skip
