"""Whether two persons moved a case to a state: one asked, another agreed, and the ways that are named lead there.

What each way asked of law is told by functions that are not in the file; which ones they were is told in the summary.
"""

from __future__ import annotations

from collections.abc import Iterator

from casework_verify.replay.actors import role_not_among
from casework_verify.replay.context import Context, Found, listed, say
from casework_verify.replay.moves import duty_faults
from casework_verify.replay.standing import ASKED, MADE, Case, Event, Track
from casework_verify.replay.workflows import Marking, Workflow, Written

_ASKERS, _DECIDERS = ("supervisor",), ("supervisor", "compliance")
#: Kinds of events of a move.
MOVES = ("move_asked", "move_refused", "moved")


def move_faults(context: Context, case: Case, event: Event) -> Found:
    """What speaks against a move, or against what was said of one."""
    track, told = case.main, event.effects["move"]
    yield from role_not_among(case, event, _ASKERS if event.kind == "move_asked" else _DECIDERS)
    if case.sealed or event.track != track.id:
        yield say("move_elsewhere")
        return
    if case.closed_at is not None:
        yield say("case_closed", kind=event.kind)
    asked = track.fired.get(ASKED)
    if event.kind == "move_asked":
        if asked is not None:
            yield say("move_again")
        return
    if asked is None or event.because != asked.data["seq"] or told["to"] != asked.data["to"]:
        yield say("move_none")
        return
    people = {asked.actor, asked.acting_for} - {None}
    # Who asked takes it back alone.
    decides = event.people if event.kind == "moved" else {event.actor} - {asked.actor}
    if people & decides:
        yield say("move_same")
    if event.kind == "moved":
        yield from _made(context, case, event, people)


def _made(context: Context, case: Case, event: Event, askers: set[str | None]) -> Found:
    track = case.main
    workflow, told = context.workflow_of(track), event.effects["move"]
    wanted = workflow.entered(told["to"])
    if event.to != wanted or workflow.ended(wanted) or set(wanted) & workflow.side_states or case.hold or case.frozen:
        yield say("move_to", told=listed(event.to))
        return
    if told.get("back"):
        if _came_from(track) != wanted:
            yield say("move_way", states=listed(wanted))
        last = None
    else:
        ways = list(_ways(workflow, told["over"]))
        if len(ways) != len(told["over"]) or (ways[-1][1] if ways else workflow.initial) != wanted:
            yield say("move_way", states=listed(wanted))
        for rule, _ in ways:
            context.as_told.update(rule["guards"])
            if rule["name"] not in track.fired:
                yield from duty_faults(case, event, rule["not_by"], track, also=askers)
        last = ways[-1][0] if ways else None
    opens = {one["task"] for one in (last["opens"] if last else ()) if one["open"] == "task"}
    if told.get("back") and MADE in track.fired:
        # What the move ended that is taken back begins anew.
        opens = {task.rule for task in case.tasks.values() if task.closed_at == track.fired[MADE].at}
    for task in event.effects.get("tasks", ()):
        if task["type"] == "side" and task["track"] == track.id and task["rule"] not in opens:
            yield say("task_of_none", name=task["name"])


def _ways(workflow: Workflow, names: list[str]) -> Iterator[tuple[Written, Marking]]:
    """Each way that is named, from the beginning on, with where it leads; it stops where one leads nowhere."""
    marking = workflow.initial
    for name in names:
        found = workflow.find(name, marking)
        aside = workflow.ended(marking) or set(marking) & workflow.side_states
        if found is None or found[0]["to"].startswith("=") or aside:
            return
        marking = workflow.leads_to(*found, marking, ())
        yield found[0], marking


def _came_from(track: Track) -> Marking | None:
    """From where the last move took it, while no step was done since; what took one back is not taken back itself."""
    made = track.fired.get(MADE)
    if made is None or "back" in made.data or made.at != track.entered_at:
        return None
    later = any(one.at > made.at for name, one in track.fired.items() if name not in (ASKED, MADE))
    return None if later else tuple(made.data["from"])


__all__ = ["MOVES", "move_faults"]
