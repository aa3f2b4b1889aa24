"""Figures 15 and 17: cases that became more, and how much each officer has to do, with how late it is; and what nobody has taken yet.

Workload stays in the office.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal

from casework.engine.figures.assessments import working_days
from casework.engine.figures.counting import Figure, Row, median, numbers, p90
from casework.engine.figures.world import World
from casework.engine.roles import ORGANISATION_QUEUES
from casework.engine.state.case import CREATED, READY, Task

MORE, LIVE, AFTERCARE = "became_more", "live_cases", "aftercare"
#: What lies in a queue.
UNTAKEN = "untaken"
NOT_DUE, OVER = "not_due", "over_20"
#: By how many working days a task is late at most.
BUCKETS = (("up_to_5", 5), ("up_to_20", 20))
_ALL = (NOT_DUE, *(name for name, _ in BUCKETS), OVER, AFTERCARE)


def second_sites(world: World) -> Figure:
    """Of the cases with an accepted site those that were scaled up, from which another case follows, or of which a party told of further
    sites later."""
    names = world.names
    followed = world.followed
    accepted = [case for case in world.counted if names.site_step in case.reached(names)]
    more = [
        case.number
        for case in accepted
        if case.case.log in followed
        or case.first((names.scales,)) is not None
        or any((task.result.get(names.further_sites) or 0) > 0 for task in case.finished(names.follow_up))
    ]
    return Figure(rows=(Row(of={"what": MORE}, numerator=len(more), denominator=len(accepted), cases=numbers(more)),))


def workload(world: World) -> Figure:
    """By officer the live cases, and the tasks in hand by how late they are; what is asked after a closing stands apart. By queue what
    nobody has taken, the same way, with how long it has lain there."""
    cases: dict[str, list[str]] = defaultdict(list)
    tasks: dict[tuple[str, str], list[str]] = defaultdict(list)
    for case in world.counted:
        if not case.closed and case.case.owner is not None:
            cases[case.case.owner].append(case.number)
        for task in case.case.open_tasks():
            if task.holder is None or task.state == CREATED or task.queue in ORGANISATION_QUEUES:
                continue
            tasks[task.holder, _bucket(world, task)].append(case.number)
    rows = []
    for officer in sorted({*cases, *(holder for holder, _ in tasks)}):
        mine = cases[officer]
        rows.append(Row(of={"officer": officer, "what": LIVE}, numerator=len(mine), cases=numbers(mine)))
        for bucket in _ALL:
            found = tasks[officer, bucket]
            rows.append(Row(of={"officer": officer, "what": bucket}, numerator=len(found), cases=numbers(found)))
    return Figure(rows=(*rows, *_queues(world)))


def _queues(world: World) -> Iterator[Row]:
    """Of each queue what nobody has taken: how many, since how many working days, and by how late they are."""
    waiting: dict[str, list[tuple[str, Task]]] = defaultdict(list)
    for case in world.counted:
        for task in case.case.open_tasks():
            if task.holder is None and task.state == READY and task.queue not in ORGANISATION_QUEUES:
                waiting[task.queue].append((case.number, task))
    for queue, mine in sorted(waiting.items()):
        days = [
            working_days(world.calendar, world.calendar.local_date(task.opened_at), world.today) for _, task in mine
        ]
        yield Row(
            of={"queue": queue, "what": UNTAKEN, "unit": "working_days"},
            numerator=len(mine),
            cases=numbers(number for number, _ in mine),
            median=median(days),
            p90=p90(days),
            amount=Decimal(max(days)),
        )
        for bucket in _ALL:
            found = [number for number, task in mine if _bucket(world, task) == bucket]
            yield Row(of={"queue": queue, "what": UNTAKEN, "late": bucket}, numerator=len(found), cases=numbers(found))


def _bucket(world: World, task: Task) -> str:
    return AFTERCARE if task.aftercare else late(world, task.due_at)


def late(world: World, due: datetime | None) -> str:
    """In which bucket a task lies: by the working days since the one on which it should have been done."""
    if due is None or due >= world.until:
        return NOT_DUE
    days = working_days(world.calendar, world.calendar.local_date(due), world.today)
    return next((name for name, most in BUCKETS if days <= most), OVER)
