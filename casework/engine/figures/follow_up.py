"""Figures 4a and 4b: whether live cases are looked after, by the check of each night, and whether parties answer after the closing."""

from __future__ import annotations

from dataclasses import dataclass

from casework.engine.figures.case_facts import CaseFacts
from casework.engine.figures.counting import DENOMINATOR, NUMERATOR, Figure, Row, numbers
from casework.engine.figures.world import World
from casework.engine.state.case import COMPLETED, Task

LAST_NIGHT, NIGHTS = "last_night", "nights"
IN_TIME, EVER = "answered_in_time", "answered"
ALL, WITH_AGREEMENT = "all", "with_agreement"


def discipline(world: World) -> Figure:
    """Of the live cases those that nothing was found wrong with: last night, and all nights together."""
    rows = []
    for what, nights in ((LAST_NIGHT, world.nights[-1:]), (NIGHTS, world.nights)):
        live = sum(night.live for night in nights)
        rows.append(Row(of={"what": what}, numerator=live - sum(night.broken for night in nights), denominator=live))
    return Figure(rows=tuple(rows), beside={"nights": len(world.nights)})


@dataclass(frozen=True)
class Rung:
    """What came of asking the parties some days after a closing."""

    case: str
    days: int
    with_agreement: bool
    in_time: bool
    ever: bool


def follow_up(world: World) -> Figure:
    """Of the closed cases whose rung is due; "no answer" is no answer."""
    told = [rung for case in world.counted for rung in rungs_of(case, world)]
    rows: list[Row] = []
    sums: list[tuple[tuple[int, str], ...]] = []
    for days in world.names.rungs:
        # Those that answered in time have answered, and those with an agreement are among all.
        in_time, ever, all_in_time, all_ever = range(len(rows), len(rows) + 4)
        for whole, part in ((ever, in_time), (all_ever, all_in_time), (all_in_time, in_time), (all_ever, ever)):
            sums.append(((whole, NUMERATOR), (part, NUMERATOR)))
        sums.append(((all_ever, DENOMINATOR), (ever, DENOMINATOR)))
        for of, mine in (
            (WITH_AGREEMENT, [one for one in told if one.days == days and one.with_agreement]),
            (ALL, [one for one in told if one.days == days]),
        ):
            for what in (IN_TIME, EVER):
                here = [one for one in mine if (one.in_time if what == IN_TIME else one.ever)]
                rows.append(
                    Row(
                        of={"days": str(days), "of": of, "what": what},
                        numerator=len(here),
                        denominator=len(mine),
                        cases=numbers(one.case for one in here),
                    )
                )
    return Figure(rows=tuple(rows), sums=tuple(sums))


def rungs_of(case: CaseFacts, world: World) -> list[Rung]:
    """The rungs of a closed case that are due: their last day has passed, or they are answered."""
    if case.case.closed_at is None:
        return []
    names, closed = world.names, case.case.closed_at
    # One task for each rung, opened in the order of their days; before its day a task has no last day yet.
    asked = [task for task in case.case.tasks.values() if task.name == names.follow_up and task.opened_at >= closed]
    found = []
    for days, task in zip(names.rungs, asked, strict=False):
        answered = _answered(task, world)
        if answered or task.due_at is not None and task.due_at <= world.until:
            in_time = answered and (task.due_at is None or (task.closed_at or world.until) <= task.due_at)
            found.append(Rung(case.number, days, case.outcome in names.with_agreement, in_time, answered))
    return found


def _answered(task: Task, world: World) -> bool:
    said = task.result.get(world.names.follow_up_answer)
    return task.state == COMPLETED and said not in (None, world.names.no_answer)
