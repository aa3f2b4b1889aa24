"""When a case, its step and its requests are likely to end, told from what its programme has seen up to an instant.

Reads all logs of the programme's cases, and tells of them only how many there were and how long they took.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from typing import Any

from sqlalchemy import Connection, text

from casework.definitions import load_library
from casework.engine.deadlines.calendars import Calendar, NoWorkingTime
from casework.engine.forecast.calibration import Held, calibrate, if_steady
from casework.engine.forecast.course import Gap
from casework.engine.forecast.forecasts import DEFINITIONS, Forecast, Within, forecast_stay, forecast_track
from casework.engine.forecast.past import Past
from casework.engine.forecast.past_stays import Stay, Step, read_stays
from casework.engine.parts import MAIN, REFERRAL
from casework.engine.roles import Role
from casework.errors import NotFound
from casework.ledger.canonical_json import digest, instant
from casework.operations.cases.queries import find_case
from casework.operations.core.perform import calendar_of
from casework.operations.core.presenters import names_of
from casework.operations.core.reader_names import title_of
from casework.operations.core.views import NamedPerson
from casework.operations.oversight.views import (
    CaseForecast,
    DaysBetween,
    LikelyEnd,
    PastForecasts,
    RequestForecast,
    StepNamed,
)
from casework.permissions.actors import Actor
from casework.permissions.visibility import Sight
from casework.records.event_log import by_now, event_of
from casework.records.row_security import whole

#: Who is told when a case of a programme is likely to end.
TOLD = frozenset({Role.OFFICER, Role.SUPERVISOR, Role.MANAGER})


def show_forecast(
    db: Connection, actor: Actor, number: str, *, without: str | None = None, until: datetime | None = None
) -> CaseForecast:
    """For officers, supervisors and managers who see the case whole: as of now, or of an instant before; as if a provider stopped.

    The same instant tells the same, as long as nobody's absence changes. Raises NotFound.
    """
    case, level = find_case(db, actor, number)
    if level < Sight.ALL or not actor.in_programme(case.programme, TOLD):
        raise NotFound("case")
    at = by_now(db, until)
    calendar, stays = calendar_of(db, case.programme), read_stays_of(db, case.programme, at)
    providers = {provider for stay in stays for provider in stay.providers}
    if without is not None and without not in providers:
        raise NotFound("provider")
    mine = [stay for stay in stays if stay.case == case.log]
    if not mine:
        raise NotFound("case")
    asked = {track.id: track for track in case.tracks.values()}
    called = names_of(db, set(), {*providers, *(track.provider for track in asked.values())})
    teller = _Teller(Past(stays, at, without), at, calendar, tuple(_away(db, case.programme, case.owner, at, calendar)))
    main = next((stay for stay in mine if stay.part == MAIN and stay.end is None), None)
    cases, steps, requests = (calibrate(stays, at, calendar, part) for part in (MAIN, None, REFERRAL))
    return CaseForecast(
        number=str(case.number),
        title=title_of(db, actor, case),
        programme=case.programme,
        at=instant(at),
        calendar=calendar.digest,
        definitions=DEFINITIONS,
        without=None if without is None else NamedPerson(id=without, name=called.get(without, "")),
        case=None if main is None else teller.track(main, cases),
        step=None if main is None else teller.step(main, steps),
        requests=[
            RequestForecast(
                track=stay.track,
                service=stay.step.service,
                provider=called.get(asked[stay.track].provider or ""),
                end=teller.track(stay, requests),
            )
            for stay in mine
            if stay.is_request and stay.end is None
        ],
        past_cases=_past(cases),
        past_steps=_past(steps),
        past_requests=_past(requests),
        providers=sorted(
            (NamedPerson(id=id, name=called.get(id, "")) for id in providers), key=lambda one: (one.name, one.id)
        ),
    )


@dataclass(frozen=True)
class _Teller:
    """Says in days what is forecast in working minutes."""

    past: Past
    at: datetime
    calendar: Calendar
    gaps: Sequence[Gap]

    def track(self, stay: Stay, past: Held) -> LikelyEnd:
        without = self.past.without
        seed = digest(
            [
                DEFINITIONS,
                self.calendar.digest,
                instant(self.at),
                stay.track,
                without or "",
                [list(gap) for gap in self.gaps],
            ]
        )
        return self._end(stay.step, forecast_track(self.past, stay, seed, self.gaps), past)

    def step(self, stay: Stay, past: Held) -> LikelyEnd:
        return self._end(stay.step, forecast_stay(self.past, stay, self.gaps), past)

    def _end(self, step: Step, forecast: Forecast, past: Held) -> LikelyEnd:
        told = if_steady(forecast, past)
        return LikelyEnd(
            step=_named(step),
            half=self._days(told.half),
            most=self._days(told.most),
            ended=told.ended,
            cases=told.cases,
            why_not=told.why_not,
            of=None if told.of is None else _named(told.of),
        )

    def _days(self, within: Within | None) -> DaysBetween | None:
        if within is None:
            return None
        first = self._day(within.early)
        return None if first is None else DaysBetween(first=first, last=self._day(within.late))

    def _day(self, minutes: int | None) -> str | None:
        if minutes is None:
            return None
        try:
            return self.calendar.local_date(self.calendar.add_working_minutes(self.at, minutes)).isoformat()
        except NoWorkingTime:
            # Further off than a calendar is counted.
            return None


def _named(step: Step) -> StepNamed:
    return StepNamed(workflow=step.workflow, states=list(step.states))


def _past(held: Held) -> PastForecasts:
    return PastForecasts(forecasts=held.forecasts, half=held.half, most=held.most, percent=held.percent)


# --- what a programme has seen -----------------------------------------------------------------------------------------

#: What of an event's effects says where tracks stand, whose turn it is, and who was asked.
_KEPT = ("tracks", "ended", "reopened", "replaced", "replaced_tracks", "frozen", "provider")
#: The events of a programme's cases up to a moment that move, open, end or stop a track, each with only what says so, log by log.
_MOVES = text("""
    SELECT e.log_id::text AS log, e.header, coalesce(
        (SELECT jsonb_object_agg(key, value) FROM jsonb_each(e.effects) WHERE key = ANY(CAST(:kept AS text[]))), '{}'
    ) AS effects
    FROM events e JOIN logs l ON l.id = e.log_id
    WHERE l.programme_id = CAST(:programme AS uuid) AND l.kind = 'case' AND e.at <= :until
    AND (e.kind IN ('fired', 'moved') OR e.effects ?| CAST(:kept AS text[])) ORDER BY e.log_id, e.seq
""").execution_options(stream_results=True)


def read_stays_of(db: Connection, programme: str, until: datetime) -> list[Stay]:
    """All stays of a programme's cases up to an instant, by its calendar as it is now."""
    calendar = calendar_of(db, programme)
    with whole(db):
        rows = db.execute(_MOVES, {"programme": programme, "until": until, "kept": list(_KEPT)})
        return [
            stay for _, of_log in groupby(rows, key=attrgetter("log")) for stay in _of_case(of_log, until, calendar)
        ]


def _of_case(rows: Iterator[Any], until: datetime, calendar: Calendar) -> list[Stay]:
    return read_stays(load_library(), (event_of(row.header, row.effects, {}) for row in rows), until, calendar)


#: When somebody is away from a programme while the substitute is away as well.
_NOBODY = text("""
    SELECT greatest(a.starts_at, b.starts_at) AS start, least(a.ends_at, b.ends_at) AS stop FROM absences a
    JOIN absences b ON b.scope_id = a.scope_id AND b.person_id = a.substitute_id
    AND b.starts_at < a.ends_at AND b.ends_at > a.starts_at
    WHERE a.scope_id = CAST(:programme AS uuid) AND a.person_id = CAST(:owner AS uuid) AND least(a.ends_at, b.ends_at) > :at
    ORDER BY start, stop
""")


def _away(db: Connection, programme: str, owner: str | None, at: datetime, calendar: Calendar) -> Iterator[Gap]:
    """Working minutes from an instant on in which neither who has the case nor whoever stands in is there."""
    last = 0
    for row in db.execute(_NOBODY, {"programme": programme, "owner": owner, "at": at}):
        begin = max(last, calendar.working_minutes(at, max(at, row.start)))
        end = calendar.working_minutes(at, row.stop)
        if begin < end:
            yield begin, end
            last = end
