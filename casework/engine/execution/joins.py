"""What follows when referrals side by side have come to something: the case has what it waited for, or cannot get it any more."""

from __future__ import annotations

from dataclasses import replace

from casework.engine.definition.editions import ancestors
from casework.engine.execution.effects import Draft
from casework.engine.execution.transitions import fire
from casework.engine.state.case import MET_JOIN, OPEN_JOIN, Join
from casework.engine.state.events import ADDED, JOINED
from casework.engine.state.join_count import ENOUGH, SHORT, members, tally

#: What takes a request back of which the result is needed no longer, and the task of whoever decides when too few are left.
RELEASE, TOO_FEW = "release", "too_few_results"


def settle_join(draft: Draft) -> bool:
    """One join that has come to something; False where each waits on."""
    case = draft.case
    if not case.joins or not case.main.live:
        return False
    milestones = {one.edition: draft.library[one.edition].milestones for one in case.tracks.values()}
    for join in case.joins.values():
        if join.state != OPEN_JOIN:
            continue
        counted = tally(case, join, milestones)
        verdict = counted.verdict(join)
        if verdict == ENOUGH:
            _meet(draft, join, counted.results)
            return True
        if verdict == SHORT and _may_ask(draft, join):
            _tell(draft, join)
            return True
    return False


def _meet(draft: Draft, join: Join, results: tuple[str, ...]) -> None:
    """The case has what it waited for; the others are taken back, but for what was delivered and waits to be checked."""
    met = replace(join, state=MET_JOIN, by=results)
    because = draft.events[-1].seq if draft.events else None
    draft.begin(JOINED, None, {"what": join.kind, "join": met.written()}, because=because, system=True)
    for task in draft.case.open_tasks():
        if task.name == TOO_FEW and task.about == join.id:
            draft.close_task(task, "Obsolete")
    because = draft.commit()
    for one in members(draft.case, join):
        found = draft.library[one.edition].find(RELEASE, one.states) if one.live and one.id not in results else None
        if found is not None:
            fire(draft, draft.case.tracks[one.id], *found, {}, {}, because=because, system=True)


def _may_ask(draft: Draft, join: Join) -> bool:
    """Whether somebody is to decide how the case goes on without the results: once, and only where the case still works."""
    main = draft.case.main
    edition = draft.library[main.edition]
    if any(task.name == TOO_FEW and task.about == join.id for task in draft.case.open_tasks()):
        return False
    places = {place for leaf in main.states for place in ancestors(leaf)}
    return any(
        edition.tasks[one["task"]].name == TOO_FEW and places & set(one["from"]) for one in edition.rules["on_request"]
    )


def _tell(draft: Draft, join: Join) -> None:
    because = draft.events[-1].seq if draft.events else None
    draft.begin(ADDED, draft.case.main, {"name": TOO_FEW}, because=because, system=True)
    draft.open_named(TOO_FEW, about=join.id)
    draft.commit()
