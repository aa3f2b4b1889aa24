"""When a case, its step and its referrals are likely to end, and when if a provider stops; beside it how often that came true."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from flask import render_template, request
from flask_babel import gettext

from casework.definitions import load_library
from casework.engine.forecast.past import LEAST_CASES, LEAST_ENDED, NO_OTHER, THIN, UNSTEADY
from casework.errors import NotFound
from casework.operations.core.perform import calendar_of
from casework.operations.oversight.forecasts import show_forecast
from casework.operations.oversight.views import CaseForecast, DaysBetween, LikelyEnd, PastForecasts, StepNamed
from casework.web.shell import layout
from casework.web.shell.dates import say_day
from casework.web.shell.i18n import edition_text, listed
from casework.web.shell.layout import clock
from casework.web.shell.session import page_transaction
from casework.web.shell.task_links import capital
from casework.web.shell.values import service_name


@dataclass(frozen=True)
class ForecastRow:
    """What ends, within which days, or why that is not told."""

    name: str
    who: str
    half: str
    most: str
    why_not: str
    cases: int
    ended: int
    past: str


def show(number: str) -> str:
    without = request.args.get("without", "")
    with page_transaction() as (db, actor):
        told = show_forecast(db, actor, number, without=_provider(without) if without else None)
        layout.use_calendar(calendar_of(db, told.programme))
    return render_template("cases/forecast.html", told=told, rows=_rows(told))


def _provider(typed: str) -> str:
    try:
        return str(UUID(typed))
    except ValueError:
        raise NotFound("provider") from None


def _rows(told: CaseForecast) -> list[ForecastRow]:
    rows = []
    if told.case is not None and told.step is not None:
        rows.append(_row(gettext("The case"), "", told.case, told.past_cases))
        rows.append(_row(gettext("This step: %(step)s", step=_step(told.step.step)), "", told.step, told.past_steps))
    for one in told.requests:
        name = capital(gettext("Referral: %(service)s", service=service_name(one.service)))
        rows.append(_row(name, one.provider or "", one.end, told.past_requests))
    return rows


def _row(name: str, who: str, end: LikelyEnd, past: PastForecasts) -> ForecastRow:
    return ForecastRow(
        name,
        who,
        _days(end.half),
        _days(end.most),
        _why_not(end),
        end.cases,
        end.ended,
        gettext("in %(held)d of %(all)d", held=past.most, all=past.forecasts)
        if past.percent is not None
        else gettext("too few to tell"),
    )


def _days(days: DaysBetween | None) -> str:
    if days is None:
        return ""
    first = say_day(days.first, clock(), year=True)
    if days.last is None:
        return gettext("%(first)s or later; no last day can be told", first=first)
    if days.last == days.first:
        return first
    return gettext("%(first)s to %(last)s", first=first, last=say_day(days.last, clock(), year=True))


def _why_not(end: LikelyEnd) -> str:
    if end.why_not is None:
        return ""
    if end.why_not == NO_OTHER:
        return gettext("No other provider has done this for the programme: no forecast.")
    if end.why_not == UNSTEADY:
        return gettext("What would have been told of such until now came true too seldom: no forecast.")
    if end.why_not == THIN:
        return gettext(
            "Too little is known of the step “%(step)s”: a forecast needs %(ended)d past stays in it, of %(cases)d cases.",
            step=_step(end.of or end.step),
            ended=LEAST_ENDED,
            cases=LEAST_CASES,
        )
    return gettext("It has lasted longer than nearly all that ended, or most of its kind go on: no forecast.")


def _step(step: StepNamed) -> str:
    """What a step is called, by the newest edition that has it."""
    library = load_library()
    editions = sorted(
        (one for one in library.editions.values() if one.workflow == step.workflow), key=lambda one: -one.number
    )
    edition = next(one for one in editions if all(leaf in one.states for leaf in step.states))
    return listed(edition_text(edition, f"states.{leaf}") for leaf in step.states)
