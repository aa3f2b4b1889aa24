"""The house rule: what breaks it in one's programmes, and how many cases did on each day."""

from __future__ import annotations

from casework.api.oversight import case_hygiene_schemas as schemas
from casework.api.protocol.routes import Call, Route, get
from casework.operations.oversight.case_hygiene import break_house_rule
from casework.operations.oversight.views import HouseRule


def show_house_rule(call: Call) -> HouseRule:
    return break_house_rule(call.db, call.actor)


ROUTES: tuple[Route, ...] = (
    get("/house-rule", show_house_rule, "Show the cases of your programmes that break the house rule, and the figure of each day; for supervisors", schemas.HouseRule, noun="page", for_some=True),
)  # fmt: skip
