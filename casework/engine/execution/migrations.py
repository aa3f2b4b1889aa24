"""Whether a running case moves to another edition by a plan, what of it is otherwise then, and whether it can go back.

Nothing is guessed: what the plan does not say keeps the case where it is. What moves keeps its id, its holder and its days: a limit that
is another one in the later edition counts for what begins after the move.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, Literal

from casework import reasons
from casework.engine.definition.editions import Edition, TaskRule, TransitionRule
from casework.engine.definition.migration_plans import MigrationPlan, is_marking
from casework.engine.state.case import COMPLETED, OPEN_JOIN, Case, Clock, Task, Track
from casework.engine.state.events import (
    ASSIGNED,
    CLAIMED,
    DELEGATED,
    FORWARDED,
    HANDED_BACK,
    NOMINATED,
    NOTED,
    RELEASED,
    SAID,
    STARTED,
    STOPPED,
    Event,
)
from casework.engine.state.migration_effects import CameFrom, Migration, MovedClock, MovedTask, MovedTrack, TaskPlace
from casework.reasons import Reason

#: What the moved things of a case keep saying truly, whichever edition they are of: who has a task, and words.
HARMLESS = frozenset({
    ASSIGNED, CLAIMED, DELEGATED, FORWARDED, HANDED_BACK, NOMINATED, NOTED, RELEASED, SAID, STARTED, STOPPED,
})  # fmt: skip

Outcome = Literal["moves", "moves_with_mapping", "stays"]
MOVES, MAPPED, STAYS = "moves", "moves_with_mapping", "stays"


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """Of one case: whether it moves, and every reason for which it does not."""

    outcome: Outcome
    why: tuple[Reason, ...] = ()
    #: What the event of the move tells; of what stays nothing.
    migration: Migration | None = None


def judge_case(plan: MigrationPlan, case: Case) -> Verdict:
    """What becomes of a case as it stands."""
    tracks = [track for track in case.live_tracks() if track.edition == plan.old.fingerprint]
    why = tuple(dict.fromkeys(_out_of_it(plan, case, tracks) or _against(plan, case, tracks)))
    if why:
        return Verdict(outcome="stays", why=why)
    migration: Migration = {
        "workflow": plan.workflow,
        "from": plan.old.fingerprint,
        "to": plan.new.fingerprint,
        "mapping": plan.mapping,
        "plan": plan.digest,
        "tracks": [_moved_track(plan, track) for track in tracks],
        "tasks": [_moved_task(plan, task) for task in tasks_of(plan, case)],
        "clocks": list(_moved_clocks(plan, case, tracks)),
    }
    return Verdict(outcome="moves_with_mapping" if _is_mapped(migration) else "moves", migration=migration)


def _is_mapped(migration: Migration) -> bool:
    """Whether anything comes to another name."""
    tracks = any(one["states"] != one["was"] or "came_from" in one for one in migration["tracks"])
    return tracks or any(one["was"] != one["now"] for one in migration["tasks"]) or bool(migration["clocks"])


def _out_of_it(plan: MigrationPlan, case: Case, tracks: Sequence[Track]) -> list[Reason]:
    """Why there is nothing to judge at all."""
    if case.kind != "case":
        return [reasons.migration.SEALED]
    if case.removed_at is not None:
        return [reasons.migration.REMOVED]
    if case.closed_at is not None:
        return [reasons.migration.CLOSED]
    if not tracks:
        there = any(track.edition == plan.new.fingerprint for track in case.live_tracks())
        return [reasons.migration.ALREADY if there else reasons.migration.NOT_ON_IT]
    return []


def _against(plan: MigrationPlan, case: Case, tracks: Sequence[Track]) -> list[Reason]:
    """Everything that speaks against a move; nothing where it may be made."""
    if plan.old.fingerprint == plan.new.fingerprint:
        return []
    found: list[Reason] = []
    for track in tracks:
        standing = list(_states_against(plan, track))
        found += standing
        if not standing:
            found += _ways_against(plan, track, moved_states(plan, track.states))
            found += _milestones_against(plan, case, track)
        found += _done_against(plan, track)
        found += _beside_against(plan, case, track)
        found += chain.from_iterable(_clock_against(plan, one) for one in _clocks_of(case, track))
    for task in tasks_of(plan, case):
        found += _task_against(plan, case, task)
    found += _finished_against(plan, case)
    return found


# --- where a track stands ----------------------------------------------------------------------------------------------


def moved_states(plan: MigrationPlan, states: Iterable[str]) -> tuple[str, ...]:
    return tuple(plan.states[leaf] for leaf in states)


def _states_against(plan: MigrationPlan, track: Track) -> Iterator[Reason]:
    gone = [leaf for leaf in track.states if leaf not in plan.states]
    yield from (reasons.migration.STATE_GONE(state=leaf) for leaf in gone)
    if gone:
        return
    states = moved_states(plan, track.states)
    if not is_marking(plan.new, states) or plan.new.ended(states) != plan.old.ended(track.states):
        yield reasons.migration.STATE_UNLIKE(state=", ".join(track.states))
        return
    for was, now in zip(track.states, states, strict=True):
        if plan.old.states[was].queue != plan.new.states[now].queue:
            yield reasons.migration.TASK_QUEUE(task=was)
        before = track.came_from.get(was, ()) if _goes_back(plan.old, was) or _goes_back(plan.new, now) else ()
        if any(leaf not in plan.states for leaf in before):
            yield reasons.migration.PREVIOUS_GONE(state=was)


def _goes_back(edition: Edition, leaf: str) -> bool:
    """Whether a transition leads from a state to where one was before it."""
    return any(rule.target == "=previous" for rule, _ in edition.leaving((leaf,)))


def _ways_against(plan: MigrationPlan, track: Track, states: tuple[str, ...]) -> Iterator[Reason]:
    """What the later edition would do at once, or should have begun when the state was entered."""
    old, new = (
        [rule for rule, _ in edition.leaving(at)] for edition, at in ((plan.old, track.states), (plan.new, states))
    )
    known = {(rule.name, rule.guards) for rule in old if rule.automatic}
    for rule in new:
        if rule.automatic and (rule.name, rule.guards) not in known:
            yield reasons.migration.MOVES_BY_ITSELF(transition=rule.name)
    timed = {rule.name for rule in old if rule.after is not None}
    for rule in new:
        if rule.after is not None and rule.name not in timed:
            yield reasons.migration.TIMER_NEW(transition=rule.name)


def _milestones_against(plan: MigrationPlan, case: Case, track: Track) -> Iterator[Reason]:
    """What others wait for is reached in both or in neither."""
    then, now = set(track.states), set(moved_states(plan, track.states))
    for name in sorted(plan.old.milestones.keys() | plan.new.milestones.keys()):
        reached = bool(then & plan.old.milestones.get(name, frozenset()))
        if reached != bool(now & plan.new.milestones.get(name, frozenset())):
            yield reasons.migration.MILESTONE(milestone=name)
    for join in case.joins.values():
        waits = join.state == OPEN_JOIN and join.kind == plan.workflow and join.at is not None
        if waits and (join.at in plan.old.milestones) != (join.at in plan.new.milestones):
            yield reasons.migration.MILESTONE(milestone=str(join.at))


# --- what was done on it -----------------------------------------------------------------------------------------------


def _done_against(plan: MigrationPlan, track: Track) -> Iterator[Reason]:
    """What was done would have been done otherwise: without a check that is asked for now, or with other answers."""
    for name, fired in track.fired.items():
        old = [rule for rule in plan.old.transitions if rule.name == name]
        new = [rule for rule in plan.new.transitions if rule.name == name]
        if name in plan.old.four_eyes and not new and name not in {rule.name for rule in plan.new.tasks.values()}:
            yield reasons.migration.FOUR_EYES(name=name)
        yield from _checks_against(name, old, new)
        held_to = {check for rule in old for check in _checks(rule)}
        if not {check for rule in new for check in _checks(rule)} <= held_to:
            yield reasons.migration.FEWER_CHECKS(transition=name)
        kinds = _kinds(plan.new, new)
        for field, kind in _kinds(plan.old, old).items():
            if fired.data.get(field) is not None and kinds.get(field, kind) != kind:
                yield reasons.migration.ANSWER(field=f"{name}.{field}")


def _finished_against(plan: MigrationPlan, case: Case) -> Iterator[Reason]:
    """The same of side tasks that were finished."""
    known = {rule.name for rule in plan.new.transitions} | {rule.name for rule in plan.new.tasks.values()}
    for task in case.tasks.values():
        if task.edition != plan.old.fingerprint or task.type != "side" or task.state != COMPLETED:
            continue
        if task.name in plan.old.four_eyes and task.name not in known:
            yield reasons.migration.FOUR_EYES(name=task.name)
        if task.rule in plan.tasks:
            old, new = plan.old.tasks[task.rule], plan.new.tasks[plan.tasks[task.rule]]
            yield from _checks_against(task.name, [old], [new])
            if not set(new.not_by) <= set(old.not_by):
                yield reasons.migration.FEWER_CHECKS(transition=task.name)


def _checks_against(
    name: str, old: Iterable[TransitionRule | TaskRule], new: Iterable[TransitionRule | TaskRule]
) -> Iterator[Reason]:
    """Guards that the later edition asks for where the earlier one did not."""
    asked = {guard for rule in old for guard in rule.guards}
    for guard in sorted({guard for rule in new for guard in rule.guards} - asked):
        yield reasons.migration.GUARD_NOT_ASKED(transition=name, guard=guard)


def _checks(rule: TransitionRule) -> set[tuple[str, str]]:
    """What else a transition is held to: papers, a second person, and others than whoever did an earlier step."""
    papers = {("needs", need.kind) for need in rule.needs}
    return papers | {("not_by", name) for name in rule.not_by} | ({("confirm_by", "")} if rule.confirm_by else set())


def _kinds(edition: Edition, rules: Iterable[TransitionRule]) -> dict[str, Any]:
    """By field of the forms of these what kind of answer it takes."""
    fields = chain.from_iterable(edition.form(rule.form) for rule in rules)
    return {field["name"]: (field["type"], field.get("unit"), field.get("catalogue")) for field in fields}


# --- what runs beside it, and what waits -------------------------------------------------------------------------------


def _beside_against(plan: MigrationPlan, case: Case, track: Track) -> Iterator[Reason]:
    lost = _opened_by(plan.old) - _opened_by(plan.new)
    for child in case.children(track.id) if track.id != case.main.id else case.live_tracks():
        if child.live and child.id != track.id and {child.kind, child.workflow} & lost:
            yield reasons.migration.REFERRAL_GONE(workflow=child.kind)
    waiting = [proposal for proposal in case.proposals.values() if proposal.track == track.id]
    for proposal in waiting:
        if _confirmed(plan.old, proposal.transition) != _confirmed(plan.new, proposal.transition):
            yield reasons.migration.PROPOSAL(transition=proposal.transition)


def _opened_by(edition: Edition) -> set[str]:
    """The services and workflows that an edition opens beside itself."""
    ways = chain.from_iterable(rule.opens for rule in edition.transitions)
    tasks = chain.from_iterable(rule.opens for rule in edition.tasks.values())
    if_so = chain.from_iterable(opens for rule in edition.tasks.values() for _, _, opens in rule.opens_if)
    openings = chain(edition.rules["opens"], ways, tasks, if_so)
    return {name for one in openings for name in (one.get("workflow"), one.get("service")) if name}


def _confirmed(edition: Edition, name: str) -> list[Any]:
    """What of a transition's rules the second person decides by."""
    rules = (way for way in edition.rules["transitions"] if way["name"] == name)
    return [(way["from"], way["to"], way["confirm_by"], way["form"], way["guards"]) for way in rules]


def tasks_of(plan: MigrationPlan, case: Case) -> list[Task]:
    """The open tasks that the earlier edition asks for, on whatever track."""
    return [task for task in case.open_tasks() if task.edition == plan.old.fingerprint]


def _task_against(plan: MigrationPlan, case: Case, task: Task) -> Iterator[Reason]:
    linked = any(link.task == task.id and link.state == "open" for link in case.party_links.values())
    if task.type != "side":
        # A step is asked of its state, a decision of its proposal.
        if task.track not in case.tracks or case.tracks[task.track].edition != plan.old.fingerprint:
            yield reasons.migration.TASK_GONE(task=task.name)
        return
    if task.rule not in plan.tasks:
        yield reasons.migration.TASK_GONE(task=task.name)
        return
    old, new = plan.old.tasks[task.rule], plan.new.tasks[plan.tasks[task.rule]]
    if old.queue != new.queue or old.per != new.per:
        yield reasons.migration.TASK_QUEUE(task=task.name)
    if linked and old.by_link != new.by_link:
        yield reasons.migration.LINK(task=task.name)


def _clocks_of(case: Case, track: Track) -> list[Clock]:
    return [clock for clock in case.clocks.values() if clock.track == track.id and clock.of is not None]


def _clock_against(plan: MigrationPlan, clock: Clock) -> Iterator[Reason]:
    of = plan.states.get(str(clock.of))
    if of is None:
        yield reasons.migration.STATE_GONE(state=str(clock.of))
        return
    for step in clock.steps[clock.next :]:
        name = step.what.removeprefix("fire:")
        found = plan.new.find(name, (of,)) if name != step.what else None
        if name != step.what and (found is None or found[0].after is None):
            yield reasons.migration.TIMER_GONE(transition=name)


# --- what the event tells ----------------------------------------------------------------------------------------------


def _moved_track(plan: MigrationPlan, track: Track) -> MovedTrack:
    moved: MovedTrack = {
        "id": track.id,
        "was": list(track.states),
        "states": list(moved_states(plan, track.states)),
    }
    was: CameFrom = {state: list(before) for state, before in track.came_from.items()}
    now = dict(was)
    for leaf in track.states:
        if leaf in was:
            # Where it would go back to; what is older is never read again.
            del now[leaf]
            now[plan.states[leaf]] = [plan.states.get(one, one) for one in was[leaf]]
    if now != was:
        moved["came_from"] = {"was": was, "now": now}
    return moved


def _moved_task(plan: MigrationPlan, task: Task) -> MovedTask:
    was: TaskPlace = {"rule": task.rule, "name": task.name, "of": task.of}
    now = was.copy()
    if task.type == "side":
        key = plan.tasks[task.rule]
        now |= {"rule": key, "name": plan.new.tasks[key].name}
    elif task.type == "step" and task.of is not None:
        path = plan.states[task.of]
        now = {"rule": path, "name": path, "of": path}
    return {"id": task.id, "was": was, "now": now}


def _moved_clocks(plan: MigrationPlan, case: Case, tracks: Iterable[Track]) -> Iterator[MovedClock]:
    for clock in chain.from_iterable(_clocks_of(case, track) for track in tracks):
        was = str(clock.of)
        if plan.states[was] != was:
            yield {"id": clock.id, "was": was, "of": plan.states[was]}


# --- the way back ------------------------------------------------------------------------------------------------------


def way_back(migration: Migration, seq: int) -> Migration:
    """What the event tells that takes back the one of this number."""
    return {
        "workflow": migration["workflow"],
        "from": migration["to"],
        "to": migration["from"],
        "mapping": migration["mapping"],
        "plan": migration["plan"],
        "tracks": [_track_back(one) for one in migration["tracks"]],
        "tasks": [{"id": one["id"], "was": one["now"], "now": one["was"]} for one in migration["tasks"]],
        "clocks": [{"id": one["id"], "was": one["of"], "of": one["was"]} for one in migration["clocks"]],
        "back": seq,
    }


def _track_back(moved: MovedTrack) -> MovedTrack:
    back: MovedTrack = {"id": moved["id"], "was": moved["states"], "states": moved["was"]}
    if "came_from" in moved:
        back["came_from"] = {"was": moved["came_from"]["now"], "now": moved["came_from"]["was"]}
    return back


def moves_apart(planned: Migration, told: Migration) -> list[str]:
    """In what a move that is told differs from the one that was planned; what database and canonical form make alike is alike."""
    one, other = (_ordered(migration) for migration in (planned, told))
    return [name for name in one if one[name] != other[name]]


def _ordered(migration: Migration) -> dict[str, Any]:
    def by_id(moved: Iterable[Any]) -> dict[str, Any]:
        return {one["id"]: one for one in moved}

    return {
        "editions": (migration["workflow"], migration["from"], migration["to"], migration.get("back")),
        "tracks": by_id(migration["tracks"]),
        "tasks": by_id(migration["tasks"]),
        "clocks": by_id(migration["clocks"]),
    }


def why_not_back(case: Case, migration: Migration, since: Iterable[Event]) -> list[Reason]:
    """What speaks against going back, after the events `since` the move: whatever could not have happened without it."""
    if "back" in migration or any(_takes_back(event) for event in since):
        return [reasons.migration.NOT_MOVED]
    if case.removed_at is not None:
        return [reasons.migration.REMOVED]
    later = migration["to"]
    for event in since:
        opened = [*event.effects.get("tracks", ()), *event.effects.get("tasks", ())]
        touches = event.edition == later or any(one["edition"] == later for one in opened)
        touched = {one["id"] for one in migration["tasks"]} & {
            one["id"] for one in event.effects.get("task_states", ())
        }
        if (touches or touched) and event.kind not in HARMLESS or "migration" in event.effects:
            return [reasons.migration.WENT_ON(seq=str(event.seq))]
    return []


def _takes_back(event: Event) -> bool:
    return "back" in event.effects.get("migration", {})


__all__ = [
    "HARMLESS", "MAPPED", "MOVES", "STAYS", "Outcome", "Verdict", "judge_case", "moved_states", "moves_apart", "tasks_of",
    "way_back", "why_not_back",
]  # fmt: skip
