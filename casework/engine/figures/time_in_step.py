"""Figure 3, time in step: how long stays in each step took, whose each working minute was, and what stays go on beside."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from decimal import Decimal

from casework.engine.figures.assessments import working_days
from casework.engine.figures.case_facts import CaseFacts
from casework.engine.figures.counting import Figure, Row, median, numbers, p90, spread
from casework.engine.figures.stays import Stay
from casework.engine.figures.world import World

ENDED, OPEN, SIDE = "ended", "open", "side"

#: A stay, and the case that it is of.
Stayed = tuple[CaseFacts, Stay]


def time_in_step(world: World) -> Figure:
    """Of each step the stays that ended, in all and by the month in which they did, whose their working minutes were, and those that
    go on, with their age. Times are in working days, how far they lie apart in working minutes; coming back to a step is a
    stay of its own."""
    told = [(case, stay) for case in world.counted for stay in case.stays]
    rows: list[Row] = []
    for step in sorted({stay.step for _, stay in told}):
        mine = [one for one in told if one[1].step == step]
        ended = [one for one in mine if one[1].end is not None]
        whole = spread(sum(stay.minutes.values()) for _, stay in ended)
        rows.append(replace(_row({"step": step, "what": ENDED}, ended, world), spread=whole))
        by_month: dict[str, list[Stayed]] = {}
        for one in ended:
            by_month.setdefault(_month(one, world), []).append(one)
        for month in sorted(by_month):
            rows.append(_row({"step": step, "what": ENDED, "month": month}, by_month[month], world))
        for side in sorted({side for _, stay in ended for side in stay.minutes}):
            theirs = [(case, stay.minutes[side]) for case, stay in ended if side in stay.minutes]
            rows.append(
                Row(
                    of={"step": step, "what": SIDE, "side": side, "unit": "working_minutes"},
                    numerator=len(theirs),
                    denominator=len(ended),
                    cases=numbers(case.number for case, _ in theirs),
                    amount=Decimal(sum(minutes for _, minutes in theirs)),
                    spread=spread(minutes for _, minutes in theirs),
                )
            )
        rows.append(_row({"step": step, "what": OPEN}, [one for one in mine if one[1].end is None], world))
    return Figure(rows=tuple(rows), unit="working_days")


def _row(of: Mapping[str, str | None], mine: Iterable[Stayed], world: World) -> Row:
    local, kept = world.calendar.local_date, list(mine)
    days = [working_days(world.calendar, local(stay.begin), local(stay.end or world.until)) for _, stay in kept]
    return Row(
        of=of,
        numerator=len(kept),
        cases=numbers(case.number for case, _ in kept),
        median=median(days),
        p90=p90(days),
    )


def _month(one: Stayed, world: World) -> str:
    return f"{world.calendar.local_date(one[1].end or world.until):%Y-%m}"
