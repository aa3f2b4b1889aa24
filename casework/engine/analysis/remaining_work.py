"""What people must still do in a case, as its editions tell it: every way to the end, and who may do each action on it.

A way goes forward: where a state has main transitions, no exception or return is taken. Guards are taken to hold, and
what a clock or a rule does asks for nobody.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from casework.engine.definition.edition_schema import WrittenOpening
from casework.engine.definition.editions import Edition, TaskRule, TransitionRule
from casework.engine.definition.grammar import MAIN
from casework.engine.execution.context import Library
from casework.engine.execution.effect_roles import accepted, queue_within
from casework.engine.execution.guards import last_done, last_fired
from casework.engine.roles import ORGANISATION_QUEUES, QUEUE_ROLES
from casework.engine.state.case import Case, Task, Track

#: So many ways are looked at; a workflow that goes around in more of them is not told apart any further.
MOST_WAYS = 64


@dataclass(frozen=True)
class Demand:
    """An action that a person must still do: a transition, its confirmation, or a side task."""

    name: str
    track: str
    edition: str
    #: Its words are the edition's text of this key.
    key: str
    roles: frozenset[str]
    #: Of a provider's task: whose it is.
    organisation: str | None = None
    #: Whoever has done something because of which they may not do this, with the key of what they did.
    shut_out: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Way:
    """Actions in their order, and pairs of them that need different persons."""

    demands: tuple[Demand, ...]
    apart: frozenset[tuple[int, int]]


def ways(library: Library, case: Case, track: Track, leaf: str) -> list[Way]:
    """Every way on which a track can go from a state that it stands in to an end."""
    edition = library[track.edition]
    return [_way(library, case, track, edition, rules) for rules in _paths(edition, track, leaf)]


def _paths(edition: Edition, track: Track, start: str) -> list[tuple[TransitionRule, ...]]:
    paths: list[tuple[TransitionRule, ...]] = []

    def go(leaf: str, passed: frozenset[str], rules: tuple[TransitionRule, ...]) -> None:
        if len(paths) >= MOST_WAYS:
            return
        if edition.ended((leaf,)):
            paths.append(rules)
            return
        for rule, place in _onward(edition, leaf):
            for target in _targets(edition, track, rule, place):
                if target not in passed:
                    go(target, passed | {target}, (*rules, rule))

    go(start, frozenset({start}), ())
    return paths


def _onward(edition: Edition, leaf: str) -> list[tuple[TransitionRule, str]]:
    leaving = [
        (rule, place)
        for rule, place in edition.leaving((leaf,))
        # What waits for the end of a stage does not go on from the middle of it.
        if rule.target != "=same" and not (rule.automatic and place != leaf and not edition.states[leaf].final)
    ]
    return [pair for pair in leaving if pair[0].kind == MAIN] or leaving


def _targets(edition: Edition, track: Track, rule: TransitionRule, place: str) -> tuple[str, ...]:
    if rule.target == "=previous":
        return track.came_from.get(place, ())
    return edition.entered(rule.target)


def decisions(library: Library, case: Case) -> list[Demand]:
    """The proposals that a second person must still confirm or refuse."""
    demands = []
    for proposal in case.proposals.values():
        track = case.tracks[proposal.track]
        edition = library[track.edition]
        rule = next(rule for rule in edition.transitions if rule.name == proposal.transition)
        demands += [asked.demand for asked in _fired(case, track, edition, rule, first=True)]
    return demands


# --- what a way asks for -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Asked:
    demand: Demand
    not_by: tuple[str, ...] = ()
    #: The action before it is the same one's first half.
    confirms: bool = False


def _way(library: Library, case: Case, track: Track, edition: Edition, rules: tuple[TransitionRule, ...]) -> Way:
    ended = {name for rule in rules for name in (*rule.ends, *rule.drops)}
    asked = [_open(library, task) for task in case.open_tasks() if _counts(task, track, ended)]
    seen = {step.demand.name for step in asked}
    for n, rule in enumerate(rules):
        asked += _fired(case, track, edition, rule, first=n == 0)
        for task in _opened(edition, rule.opens, ended | seen):
            seen.add(task.name)
            asked.append(_task(case, track, edition, task))
    pairs: set[tuple[int, int]] = set()
    demands = []
    for n, step in enumerate(asked):
        if step.confirms:
            pairs.add((n - 1, n))
        before = {two.demand.name: m for m, two in enumerate(asked[:n])}
        pairs |= {(m, n) for m in _ahead(edition, step.not_by, before)}
        demands.append(_shut_out(library, case, track, step, before))
    return Way(tuple(demands), frozenset(pairs))


def _counts(task: Task, track: Track, ended: set[str]) -> bool:
    return task.track == track.id and task.type == "side" and not task.aftercare and task.name not in ended


def _open(library: Library, task: Task) -> _Asked:
    rule = library[task.edition].tasks[task.rule]
    roles = QUEUE_ROLES.get(task.queue, frozenset())
    return _Asked(
        Demand(task.name, task.track, task.edition, f"tasks.{task.rule}", roles, task.organisation), rule.not_by
    )


def _task(case: Case, track: Track, edition: Edition, rule: TaskRule) -> _Asked:
    queue = queue_within(case, rule.queue)
    roles = QUEUE_ROLES.get(queue, frozenset())
    organisation = track.provider if queue in ORGANISATION_QUEUES else None
    return _Asked(
        Demand(rule.name, track.id, edition.fingerprint, f"tasks.{rule.key}", roles, organisation), rule.not_by
    )


def _opened(edition: Edition, opens: Iterable[WrittenOpening], without: set[str]) -> Iterator[TaskRule]:
    """The side tasks that are opened, and what follows them; each name once."""
    known = set(without)
    waiting = list(opens)
    while waiting:
        opening = waiting.pop(0)
        rule = edition.tasks[opening["task"]] if opening["open"] == "task" else None
        if rule is not None and rule.name not in known and not rule.aftercare:
            known.add(rule.name)
            yield rule
            waiting += rule.opens


def _fired(case: Case, track: Track, edition: Edition, rule: TransitionRule, *, first: bool) -> Iterator[_Asked]:
    if not rule.by_people:
        return
    key = f"transitions.{rule.name}.do"
    demand = Demand(rule.name, track.id, edition.fingerprint, key, accepted(case, rule.by_people))
    pending = case.proposal_for(track.id, rule.name) if first else None
    if pending is None:
        yield _Asked(demand, rule.not_by)
    if rule.confirm_by:
        asker = (
            dict.fromkeys((person for person in (pending.actor, pending.acting_for) if person), key) if pending else {}
        )
        roles = accepted(case, rule.confirm_by)
        yield _Asked(Demand(rule.name, track.id, edition.fingerprint, key, roles, None, asker), (), pending is None)


def _ahead(edition: Edition, not_by: tuple[str, ...], before: Mapping[str, int]) -> list[int]:
    """The actions still to come that four eyes will count: the last of the transitions, and each task."""
    moves = [before[name] for name in not_by if name in before and edition.has(name)]
    return [
        *([max(moves)] if moves else []),
        *(before[name] for name in not_by if name in before and not edition.has(name)),
    ]


def _shut_out(library: Library, case: Case, track: Track, step: _Asked, before: Mapping[str, int]) -> Demand:
    edition, shut_out = library[track.edition], dict(step.demand.shut_out)
    if not any(name in before and edition.has(name) for name in step.not_by):
        name, fired = last_fired(track, step.not_by)
        if fired is not None:
            shut_out |= {who: f"transitions.{name}.do" for who in (fired.actor, fired.acting_for) if who}
    for name in step.not_by:
        done = None if name in before else last_done(case, name)
        if done is not None:
            shut_out |= {who: f"tasks.{done.rule}" for who in (done.closed_by, done.acted_for) if who}
    if shut_out == step.demand.shut_out:
        return step.demand
    return Demand(
        step.demand.name,
        step.demand.track,
        step.demand.edition,
        step.demand.key,
        step.demand.roles,
        step.demand.organisation,
        shut_out,
    )
