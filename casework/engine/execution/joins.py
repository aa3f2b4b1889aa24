"""What follows when referrals side by side have come to something: the case has what it waited for, or cannot get it any more."""

from __future__ import annotations

from dataclasses import replace

from casework.engine.definition.editions import ancestors
from casework.engine.execution.event_builder import EventBuilder
from casework.engine.execution.task_changes import close_task, commit, open_task_of, plays
from casework.engine.execution.transitions import fire
from casework.engine.parts import AFTER_TOO_FEW, TAKES_BACK
from casework.engine.state.case import MET_JOIN, OPEN_JOIN, Join
from casework.engine.state.events import ADDED, JOINED
from casework.engine.state.join_count import ENOUGH, SHORT, members, tally


def settle_join(builder: EventBuilder) -> bool:
    """One join that has come to something; False where each waits on."""
    case = builder.case
    if not case.joins or not case.main.live:
        return False
    milestones = {track.edition: builder.library[track.edition].milestones for track in case.tracks.values()}
    for join in case.joins.values():
        if join.state != OPEN_JOIN:
            continue
        counted = tally(case, join, milestones)
        verdict = counted.verdict(join)
        if verdict == ENOUGH:
            _meet(builder, join, counted.results)
            return True
        if verdict == SHORT and _may_ask(builder, join):
            _tell(builder, join)
            return True
    return False


def _meet(builder: EventBuilder, join: Join, results: tuple[str, ...]) -> None:
    """The case has what it waited for; the others are taken back, but for what was delivered and waits to be checked."""
    met = replace(join, state=MET_JOIN, by=results)
    because = builder.events[-1].seq if builder.events else None
    builder.begin(JOINED, None, {"what": join.kind, "join": met.written()}, because=because, system=True)
    for task in builder.case.open_tasks():
        if task.about == join.id and plays(builder.library, task, AFTER_TOO_FEW):
            close_task(builder, task, "Obsolete")
    because = commit(builder)
    for member in members(builder.case, join):
        way_back = (
            builder.library[member.edition].find_part(TAKES_BACK, member.states)
            if member.live and member.id not in results
            else None
        )
        if way_back is not None:
            fire(builder, builder.case.tracks[member.id], *way_back, {}, body={}, because=because, system=True)


def _may_ask(builder: EventBuilder, join: Join) -> bool:
    """Whether somebody is to decide how the case goes on without the results: once, and only where the case still works."""
    main = builder.case.main
    edition = builder.library[main.edition]
    open_tasks = builder.case.open_tasks()
    if any(task.about == join.id and plays(builder.library, task, AFTER_TOO_FEW) for task in open_tasks):
        return False
    places = {place for leaf in main.states for place in ancestors(leaf)}
    return any(
        edition.tasks[request["task"]].part == AFTER_TOO_FEW and places & set(request["from"])
        for request in edition.rules["on_request"]
    )


def _tell(builder: EventBuilder, join: Join) -> None:
    because = builder.events[-1].seq if builder.events else None
    rule = builder.library[builder.case.main.edition].task_of(AFTER_TOO_FEW)
    assert rule is not None  # else nobody may be asked
    builder.begin(ADDED, builder.case.main, {"name": rule.name}, because=because, system=True)
    open_task_of(builder, AFTER_TOO_FEW, about=join.id)
    commit(builder)
