"""When a case is likely to end, as far as its programme's past tells."""

from __future__ import annotations

from casework.api.oversight import forecast_schemas as schemas
from casework.api.protocol.routes import Call, Route, get
from casework.api.protocol.schemas import text_of
from casework.operations.oversight import forecasts
from casework.operations.oversight.views import CaseForecast


def show_case_forecast(call: Call) -> CaseForecast:
    asked = call.query
    return forecasts.show_forecast(
        call.db, call.actor, call.path["number"], without=text_of(asked.without), until=asked.as_of
    )


ROUTES: tuple[Route, ...] = (
    get("/cases/{number}/forecast", show_case_forecast,
        "Tell when a case, its step and its referrals are likely to end; for officers, supervisors and managers",
        schemas.CaseForecast, query=schemas.ForecastQuery, noun="case or provider", for_some=True),
)  # fmt: skip
