"""The figures of a programme, as far as its logs tell them up to an instant."""

from __future__ import annotations

from collections.abc import Callable

from casework.api.oversight import figure_schemas as schemas
from casework.api.protocol.routes import Call, Route, get
from casework.api.protocol.schemas import text_of
from casework.json_values import JsonObject
from casework.operations.oversight import outside_figures, provider_figures
from casework.operations.oversight.figure_parts import count_with_cases
from casework.operations.oversight.figure_scope import SCOPE, insist_in_order, read_scope
from casework.operations.oversight.figures import show_counted


def show_figures(call: Call) -> JsonObject:
    asked = call.query
    among = read_scope({name: str(told) for name in SCOPE if (told := getattr(asked, name)) is not None})
    insist_in_order(among)
    programme = text_of(asked.programme)
    return show_counted(count_with_cases(call.db, call.actor, programme=programme, until=asked.as_of, among=among))


def _tell_outside(call: Call) -> Callable[[], JsonObject]:
    return outside_figures.find_outside(call.db, call.actor, programme=text_of(call.query.programme))


def show_outside(call: Call) -> JsonObject:
    told: JsonObject = call.made
    return told


def show_own_figures(call: Call) -> JsonObject:
    return provider_figures.show_own(provider_figures.count_own(call.db, call.actor))


ROUTES: tuple[Route, ...] = (
    get("/figures", show_figures,
        "Show the figures of a programme with the cases behind them; for officers, supervisors, managers and auditors",
        schemas.Figures, query=schemas.FigureQuery, noun="page", for_some=True),
    get("/figures/outside", show_outside,
        "Show the figures of a programme as they are told outside the office: as of the end of the last quarter, small numbers hidden",
        schemas.OutsideFigures, query=schemas.OutsideQuery, noun="page", for_some=True, makes=_tell_outside),
    get("/referrals/figures", show_own_figures,
        "Show what became of the referrals to your organisation, with the referrals behind each number; for providers",
        schemas.OwnFigures, noun="page", for_some=True),
)  # fmt: skip
