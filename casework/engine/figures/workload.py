"""Figures 15 and 17: cases that became more, and how much each officer has to do, with how late it is. Workload stays in the office."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime

from casework.engine.figures.assessments import working_days
from casework.engine.figures.counting import Figure, Row, numbers
from casework.engine.figures.world import World
from casework.engine.roles import ORGANISATION_QUEUES
from casework.engine.state.case import CREATED

MORE, LIVE, AFTERCARE = "became_more", "live_cases", "aftercare"
NOT_DUE, OVER = "not_due", "over_20"
#: By how many working days a task is late at most.
BUCKETS = (("up_to_5", 5), ("up_to_20", 20))


def second_sites(world: World) -> Figure:
    """Of the cases with an accepted site those that were scaled up, or of which a party told of further sites later."""
    names = world.names
    accepted = [case for case in world.counted if names.site_step in case.reached(names)]
    more = [
        case.number
        for case in accepted
        if case.first((names.scales,)) is not None
        or any((task.result.get(names.further_sites) or 0) > 0 for task in case.finished(names.follow_up))
    ]
    return Figure(rows=(Row(of={"what": MORE}, numerator=len(more), denominator=len(accepted), cases=numbers(more)),))


def workload(world: World) -> Figure:
    """By officer the live cases, and the tasks in hand by how late they are; what is asked after a closing stands apart."""
    cases: dict[str, list[str]] = defaultdict(list)
    tasks: dict[tuple[str, str], list[str]] = defaultdict(list)
    for case in world.counted:
        if not case.closed and case.case.owner is not None:
            cases[case.case.owner].append(case.number)
        for task in case.case.open_tasks():
            if task.holder is None or task.state == CREATED or task.queue in ORGANISATION_QUEUES:
                continue
            bucket = AFTERCARE if task.aftercare else late(world, task.due_at)
            tasks[task.holder, bucket].append(case.number)
    buckets = (NOT_DUE, *(name for name, _ in BUCKETS), OVER, AFTERCARE)
    rows = []
    for officer in sorted({*cases, *(holder for holder, _ in tasks)}):
        mine = cases[officer]
        rows.append(Row(of={"officer": officer, "what": LIVE}, numerator=len(mine), cases=numbers(mine)))
        for bucket in buckets:
            found = tasks[officer, bucket]
            rows.append(Row(of={"officer": officer, "what": bucket}, numerator=len(found), cases=numbers(found)))
    return Figure(rows=tuple(rows))


def late(world: World, due: datetime | None) -> str:
    """In which bucket a task lies: by the working days since the one on which it should have been done."""
    if due is None or due >= world.until:
        return NOT_DUE
    days = working_days(world.calendar, world.calendar.local_date(due), world.today)
    return next((name for name, most in BUCKETS if days <= most), OVER)
