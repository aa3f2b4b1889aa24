"""Case hygiene: what breaks it in one's programmes, and how many cases did on each day."""

from __future__ import annotations

from casework.api.oversight import case_hygiene_schemas as schemas
from casework.api.protocol.routes import Call, Route, get
from casework.api.protocol.schemas import text_of
from casework.operations.oversight import hygiene_nights
from casework.operations.oversight.case_hygiene import show_case_hygiene
from casework.operations.oversight.views import CaseHygiene, HygieneNights


def show_hygiene(call: Call) -> CaseHygiene:
    return show_case_hygiene(call.db, call.actor)


def list_nights(call: Call) -> HygieneNights:
    asked = call.query
    programme, most = text_of(asked.programme), asked.nights or hygiene_nights.MOST
    return hygiene_nights.list_nights(call.db, call.actor, programme, most=most)


ROUTES: tuple[Route, ...] = (
    get("/case-hygiene", show_hygiene,
        "Show the cases of your programmes that breach case hygiene, and the figure of each day; for supervisors",
        schemas.CaseHygiene, noun="page", for_some=True),
    get("/case-hygiene/nights", list_nights,
        "List what each nightly check of a programme found, and the mean of the nights; for whoever reads its figures",
        schemas.HygieneNights, query=schemas.NightsQuery, noun="page", for_some=True),
)  # fmt: skip
