"""Whether a case moved to another edition as the plan says that the event names, and went back only while it could."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from casework_verify.integrity.canonical import digest
from casework_verify.replay.actors import role_not_among
from casework_verify.replay.context import Context, Found, listed, say
from casework_verify.replay.standing import SYSTEM, Case, Event, Task, Track
from casework_verify.replay.workflows import Workflow

#: What the moved things keep saying truly, whichever edition they are of.
_HARMLESS = frozenset({
    "assigned", "claimed", "delegated", "forwarded", "handed_back", "nominated", "noted", "released", "said", "started", "stopped",
})  # fmt: skip
_Names = Mapping[str, str]


def migrated_faults(context: Context, case: Case, event: Event) -> Found:
    """The names of the plan are looked up in both editions; each thing that moved must be what they make of it."""
    migration = event.effects["migration"]
    yield from _by_nobody(case, event)
    if case.sealed or case.closed_at is not None or case.removed_at is not None:
        yield say("case_closed", kind=event.kind)
    old, new = context.workflows[migration["from"]], context.workflows[migration["to"]]
    if not old.name == new.name == migration["workflow"]:
        yield say("migration_other", what="workflow")
    yield from _complete(case, migration)
    if "back" in migration:
        yield from _back(context, migration)
        return
    mapping = migration["mapping"]
    if digest({"from": migration["from"], "to": migration["to"], "mapping": mapping}) != migration["plan"]:
        yield say("migration_plan")
    states, tasks = mapping.get("states", {}), mapping.get("tasks", {})
    for one in migration["tracks"]:
        yield from _track(old, new, states, case.tracks[one["id"]], one)
    for one in migration["tasks"]:
        yield from _task(new, states, tasks, case.tasks[one["id"]].type, one)
    for task in case.tasks.values():
        if task.edition == migration["from"] and task.type == "side" and task.state == "Completed":
            yield from _finished(old, new, tasks.get(task.rule, task.rule), task)
    for one in migration["clocks"]:
        if states.get(one["was"], one["was"]) != one["of"]:
            yield say("migration_other", what=one["was"])


def _by_nobody(case: Case, event: Event) -> Found:
    """A supervisor moves it, or the worker for a batch: that two persons had agreed to it is judged with the events of the programme."""
    if event.actor != SYSTEM or "batch" not in event.effects["migration"]:
        yield from role_not_among(case, event, ("supervisor",))


def _complete(case: Case, migration: Mapping[str, Any]) -> Found:
    """All that runs by the earlier edition moves, nothing else, and from where it stood."""
    tracks = {one["id"]: one for one in migration["tracks"]}
    tasks = {one["id"]: one for one in migration["tasks"]}
    of = migration["from"]
    if tracks.keys() != {track.id for track in case.tracks.values() if track.live and track.edition == of}:
        yield say("migration_left", what="tracks")
    if tasks.keys() != {task.id for task in case.tasks.values() if task.open and task.edition == of}:
        yield say("migration_left", what="tasks")
    for id, one in tracks.items():
        track = case.tracks[id]
        if tuple(one["was"]) != track.states or "came_from" in one and _ways(track) != one["came_from"]["was"]:
            yield say("from_other", told=listed(one["was"]), stands=listed(track.states))
    for id, one in tasks.items():
        task = case.tasks[id]
        if one["was"] != {"rule": task.rule, "name": task.name, "of": task.of}:
            yield say("migration_other", what=task.name)
    told = {one["id"] for one in migration["clocks"]}
    for clock in case.clocks.values():
        if clock.id in told and next(one["was"] for one in migration["clocks"] if one["id"] == clock.id) != clock.of:
            yield say("migration_other", what="clocks")
    moved = {state for one in tracks.values() for state in _renamed(one["was"], one["states"])}
    lost = {clock.id for clock in case.clocks.values() if clock.track in tracks and clock.of in moved} - told
    if lost or told - case.clocks.keys():
        yield say("migration_left", what="clocks")


def _renamed(was: Iterable[str], now: Iterable[str]) -> list[str]:
    return [before for before, after in zip(was, now, strict=True) if before != after]


def _ways(track: Track) -> dict[str, list[str]]:
    return {state: list(before) for state, before in track.came_from.items()}


def _track(old: Workflow, new: Workflow, states: _Names, track: Track, one: Mapping[str, Any]) -> Found:
    wanted = [states.get(state, state) for state in track.states]
    if one["states"] != wanted or any(
        new.states.get(state, {}).get("type") not in ("state", "final") for state in wanted
    ):
        yield say("migration_state", told=listed(one["states"]), wanted=listed(wanted))
        return
    if new.ended(tuple(wanted)) != old.ended(track.states):
        yield say("migration_state", told=listed(one["states"]), wanted=listed(wanted))
    for was, now in zip(track.states, wanted, strict=True):
        if old.states[was].get("queue") != new.states[now].get("queue"):
            yield say("migration_queue", name=was)
    if "came_from" in one:
        back = _ways(track)
        for was in track.states:
            if was in back:
                back[states.get(was, was)] = [states.get(state, state) for state in back.pop(was)]
        if back != one["came_from"]["now"]:
            yield say("migration_state", told=listed(one["states"]), wanted=listed(wanted))
    for name in track.fired:
        for guard in sorted(_asked(new, name) - _asked(old, name)):
            yield say("migration_guard", transition=name, guard=guard)


def _asked(workflow: Workflow, name: str) -> set[str]:
    """What a transition is held to: guards, papers, a second person, and others than whoever did an earlier step."""
    rules = [rule for rule in workflow.rules["transitions"] if rule["name"] == name]
    papers = {need["kind"] for rule in rules for need in rule.get("needs", ())}
    second = {"confirm_by"} if any(rule["confirm_by"] for rule in rules) else set()
    return papers | second | {what for rule in rules for what in (*rule["guards"], *rule["not_by"])}


def _finished(old: Workflow, new: Workflow, key: str, task: Task) -> Found:
    """What was finished is not held to more by the later edition."""
    if key in new.tasks:
        before, after = old.tasks[task.rule], new.tasks[key]
        for guard in sorted({*after["guards"], *after["not_by"]} - {*before["guards"], *before["not_by"]}):
            yield say("migration_guard", transition=task.name, guard=guard)


def _task(new: Workflow, states: _Names, tasks: _Names, kind: str, one: Mapping[str, Any]) -> Found:
    was, wanted = one["was"], dict(one["was"])
    if kind == "side":
        key = tasks.get(was["rule"], was["rule"])
        if key not in new.tasks:
            yield say("migration_left", what=was["name"])
            return
        wanted |= {"rule": key, "name": new.tasks[key]["name"]}
    elif kind == "step":
        path = states.get(was["of"], was["of"])
        wanted = {"rule": path, "name": path, "of": path}
    if one["now"] != wanted:
        yield say("migration_other", what=was["name"])


# --- the way back ------------------------------------------------------------------------------------------------------


def _back(context: Context, migration: Mapping[str, Any]) -> Found:
    """It takes back one move, all of it, and nothing came of the later edition meanwhile."""
    earlier = context.earlier.get(migration["back"])
    moved = earlier.event.effects.get("migration") if earlier is not None else None
    if moved is None or "back" in moved:
        yield say("migration_back_none")
        return
    if _inverse(moved) != _by_id(migration) or moved["plan"] != migration["plan"]:
        yield say("migration_back_other")
    tasks = {one["id"] for one in moved["tasks"]}
    for seq, between in sorted(context.earlier.items()):
        if seq > migration["back"] and _came_of_it(between.event, moved["to"], tasks):
            yield say("migration_back_late", other=seq)


def _came_of_it(event: Event, later: str, tasks: set[str]) -> bool:
    effects = event.effects
    if "migration" in effects:
        return True
    opened = [*effects.get("tracks", ()), *effects.get("tasks", ())]
    touched = tasks & {one["id"] for one in effects.get("task_states", ())}
    touches = event.edition == later or any(one["edition"] == later for one in opened)
    return (touches or bool(touched)) and event.kind not in _HARMLESS


def _by_id(migration: Mapping[str, Any]) -> dict[str, Any]:
    things = {what: {one["id"]: one for one in migration[what]} for what in ("tracks", "tasks", "clocks")}
    return {"from": migration["from"], "to": migration["to"], **things}


def _inverse(moved: Mapping[str, Any]) -> dict[str, Any]:
    tracks = []
    for one in moved["tracks"]:
        back = {"id": one["id"], "was": one["states"], "states": one["was"]}
        if "came_from" in one:
            back["came_from"] = {"was": one["came_from"]["now"], "now": one["came_from"]["was"]}
        tracks.append(back)
    return _by_id(
        {
            "from": moved["to"],
            "to": moved["from"],
            "tracks": tracks,
            "tasks": [{"id": one["id"], "was": one["now"], "now": one["was"]} for one in moved["tasks"]],
            "clocks": [{"id": one["id"], "was": one["of"], "of": one["was"]} for one in moved["clocks"]],
        }
    )


__all__ = ["migrated_faults"]
