"""What stands beside the seventeen: events and who came, enterprises that were visited, needs that were collected; and projects that had
ended before the programme kept its cases here, a population of their own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from casework.engine.figures.counting import Figure, Row, added, of_records
from casework.engine.figures.register_facts import CAME_OF, PAST, VISITS
from casework.engine.figures.world import World

EVENTS, PARTICIPANTS, VISITED, COLLECTED = "events", "event_participants", "enterprises_visited", "needs_collected"
#: What of the visits and events of an assessment is which.
EVENT, VISIT = "event", "visit"
ENDED = "ended"


def activities(world: World) -> Figure:
    """Of all time, and of each month in which there was any. To whoever reads no closed needs there are no assessments of them either."""
    told = sorted(world.beside.get(VISITS, {}).items())
    past = [(key, row) for key, row in told if row.get("day") and row["day"] <= world.today.isoformat()]
    rows: list[Row] = []
    for month in (None, *sorted({row["day"][:7] for _, row in past})):
        mine = [one for one in past if month is None or one[1]["day"][:7] == month]
        of = {} if month is None else {"month": month}
        events = [one for one in mine if one[1].get("kind") == EVENT]
        visits = [one for one in mine if one[1].get("kind") == VISIT and _organisations(one[1])]
        visited = {id for _, row in visits for id in _organisations(row)}
        with_guests = [one for one in events if one[1].get("participants")]
        came = sum(len(row["participants"]) for _, row in with_guests)
        for what, number, behind in (
            (EVENTS, len(events), events),
            (PARTICIPANTS, came, with_guests),
            (VISITED, len(visited), visits),
        ):
            ids = tuple(key for key, _ in behind)
            rows.append(Row(of={"what": what, **of}, numerator=number, of_needs=True, records=ids))
    standing = {need.id for need in world.needs if need.stands and need.published_on is not None}
    collected = standing & {str(row.get("need_id")) for row in world.rows(CAME_OF)}
    rows.append(of_records({"what": COLLECTED}, collected, among=len(standing)))
    return Figure(rows=tuple(rows))


def _organisations(row: Mapping[str, Any]) -> set[str]:
    """The enterprises that are named of a visit; one that was merged into another since counts as what it was named."""
    return {one["organisation"] for one in row.get("participants") or () if one.get("organisation")}


def past_projects(world: World) -> Figure:
    """By outcome and by the year in which they ended, with the value of their contracts; nobody here has verified what they say."""
    told = [row for row in world.rows(PAST) if row.get("ended_on")]
    rows = [_row({"what": ENDED}, told, len(told))]
    for outcome in sorted({str(row.get("outcome")) for row in told}):
        rows.append(_row({"what": ENDED, "outcome": outcome}, _of(told, "outcome", outcome), len(told)))
    for year in sorted({_year(row) for row in told}):
        rows.append(_row({"what": ENDED, "year": year}, [row for row in told if _year(row) == year], len(told)))
    return Figure(rows=tuple(rows))


def _of(told: Iterable[Mapping[str, Any]], name: str, value: str) -> list[Mapping[str, Any]]:
    return [row for row in told if str(row.get(name)) == value]


def _year(row: Mapping[str, Any]) -> str:
    return str(date.fromisoformat(row["ended_on"]).year)


def _row(of: Mapping[str, str | None], mine: list[Mapping[str, Any]], among: int) -> Row:
    values = [
        (str(row["contract_currency"]), Decimal(str(row["contract_value"])))
        for row in mine
        if row.get("contract_value") is not None
    ]
    return Row(of=of, numerator=len(mine), denominator=among, money=added(values))
