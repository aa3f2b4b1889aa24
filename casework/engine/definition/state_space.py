"""Every marking that a track of an edition can come to, and by which way: guards and clocks may each let it on or not.

A marking is the leaves in which a track stands, with where each side state was come to from. What goes on by itself without a
condition does so before anything else can happen.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from casework.engine.definition.editions import Edition, TransitionRule, ancestors
from casework.engine.definition.graph import Fault, quoted
from casework.engine.roles import PERSONAL_ROLES, Role

#: A definition with more markings than this is asked about no further.
MOST_MARKINGS = 20_000
PREVIOUS, SAME = "=previous", "=same"

#: A leaf: the leaves from which it was entered, for leaves that one comes back from.
Memory = tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True)
class Marking:
    """Where a track stands, and what it remembers of the way."""

    leaves: tuple[str, ...]
    memory: Memory = ()


@dataclass(frozen=True)
class Move:
    """A transition out of a marking, the part of it that it leaves, and where it leads."""

    rule: TransitionRule
    place: str
    to: Marking


class StateSpace:
    """The markings of an edition and the moves between them, from the beginning on. What reopens an end is not counted in."""

    def __init__(self, edition: Edition) -> None:
        self.edition = edition
        self.start = Marking(edition.initial)
        self.moves: dict[Marking, list[Move]] = {}
        #: By which move each marking was first come to.
        self.came_by: dict[Marking, tuple[Marking, Move] | None] = {self.start: None}
        #: False where there are more markings than anybody asks about.
        self.whole = True
        self._explore()

    def _explore(self) -> None:
        waiting = deque([self.start])
        while waiting:
            here = waiting.popleft()
            self.moves[here] = list(self._out_of(here))
            for move in self.moves[here]:
                if move.to not in self.came_by:
                    self.came_by[move.to] = (here, move)
                    waiting.append(move.to)
            if len(self.came_by) > MOST_MARKINGS:
                self.whole = False
                return

    def _out_of(self, here: Marking) -> Iterator[Move]:
        if self.ended(here):
            return
        ways = [
            (rule, place)
            for rule, place in self.edition.leaving(here.leaves)
            if not rule.automatic or self._may_go_on(place, here)
        ]
        at_once = [(rule, place) for rule, place in ways if rule.automatic and not rule.guards and not rule.needs]
        for rule, place in at_once[:1] or ways:
            if (to := self.after(here, rule, place)) is not None:
                yield Move(rule, place, to)

    def _may_go_on(self, place: str, here: Marking) -> bool:
        """What waits for a stage or for regions goes on when they have ended."""
        return self.edition.states[place].type == "state" or self.edition.place_ended(place, here.leaves)

    def after(self, here: Marking, rule: TransitionRule, place: str) -> Marking | None:
        """The marking after a transition that leaves `place`; None where it leads back to nowhere."""
        if rule.target == SAME:
            return here
        memory = dict(here.memory)
        entered = memory.get(place, ()) if rule.target == PREVIOUS else self.edition.entered(rule.target)
        if not entered:
            return None
        stay = [leaf for leaf in here.leaves if place not in ancestors(leaf)]
        leaves = tuple(sorted({*stay, *entered}, key=self._order.__getitem__))
        fresh = [leaf for leaf in leaves if leaf not in here.leaves]
        memory |= {leaf: here.leaves for leaf in fresh if leaf in self.edition.side_states}
        return Marking(leaves, self.remembered(leaves, memory))

    def remembered(self, leaves: tuple[str, ...], memory: Mapping[str, tuple[str, ...]]) -> Memory:
        """What can still lead back: of the leaves, and of those from which these were come to."""
        kept: dict[str, tuple[str, ...]] = {}
        waiting = list(leaves)
        while waiting:
            leaf = waiting.pop()
            if leaf in memory and leaf not in kept:
                kept[leaf] = memory[leaf]
                waiting += memory[leaf]
        return tuple(sorted(kept.items()))

    @cached_property
    def _order(self) -> dict[str, int]:
        return {path: n for n, path in enumerate(self.edition.states)}

    def ended(self, marking: Marking) -> bool:
        return self.edition.ended(marking.leaves)

    @cached_property
    def ending(self) -> set[Marking]:
        """The markings from which an end can be come to."""
        before: dict[Marking, list[Marking]] = {}
        for here, moves in self.moves.items():
            for move in moves:
                before.setdefault(move.to, []).append(here)
        seen = {marking for marking in self.came_by if self.ended(marking)}
        waiting = list(seen)
        while waiting:
            for here in before.get(waiting.pop(), ()):
                if here not in seen:
                    seen.add(here)
                    waiting.append(here)
        return seen

    def path(self, marking: Marking) -> tuple[str, ...]:
        """The transitions by which a marking is come to, a shortest way."""
        names: list[str] = []
        came = self.came_by[marking]
        while came is not None:
            names.append(came[1].rule.name)
            came = self.came_by[came[0]]
        return tuple(reversed(names))

    def replayed(self, names: Iterable[str]) -> list[tuple[Marking, Move]]:
        """The moves of a way from the beginning on, each with the marking that it leaves."""
        here, made = self.start, list[tuple[Marking, Move]]()
        for name in names:
            move = next(one for one in self.moves[here] if one.rule.name == name)
            made.append((here, move))
            here = move.to
        return made


def space_faults(edition: Edition, others: Iterable[Edition] = ()) -> list[Fault]:
    """Where a track gets stuck or waits for nobody; ways that nobody can ever go; duties that nobody can do.

    With the `others` that it runs beside it is asked, too, whether anything fires what only the system may.
    """
    space = StateSpace(edition)
    if not space.whole:
        return [Fault("too_many_markings", "workflow", f"It can stand in more than {MOST_MARKINGS} ways at once.")]
    return [*_stuck(space), *_dead(space), *_waiting(space), *_duties(edition), *_unfired(edition, tuple(others))]


def with_ways(edition: Edition, found: Iterable[Fault]) -> list[Fault]:
    """Faults of the ways, each of a state with a shortest way to it, where there is one."""
    found = list(found)
    if not any(fault.place in edition.states for fault in found):
        return found
    space = StateSpace(edition)
    told = []
    for fault in found:
        there = next((one for one in space.came_by if fault.place in one.leaves), None)
        path = space.path(there) if there is not None else ()
        said = f"{fault.sentence} The way there: {', '.join(path)}."
        told.append(replace(fault, sentence=said, path=path) if path else fault)
    return told


def _stuck(space: StateSpace) -> Iterator[Fault]:
    told: set[tuple[str, ...]] = set()
    for marking in space.came_by:
        if marking in space.ending or marking.leaves in told:
            continue
        told.add(marking.leaves)
        where, path = " and ".join(map(quoted, marking.leaves)), space.path(marking)
        yield Fault("stuck", marking.leaves[0], f"In {where} it can come to no end any more: {_way(path)}.", path)


def _dead(space: StateSpace) -> Iterator[Fault]:
    """Transitions that no track can ever fire, though their states are reached."""
    gone = {(move.rule.index, move.place) for moves in space.moves.values() for move in moves}
    standing = {place for marking in space.came_by for leaf in marking.leaves for place in ancestors(leaf)}
    for rule in space.edition.transitions:
        if rule.reopens:
            continue
        for place in rule.sources:
            if place in standing and (rule.index, place) not in gone:
                path = next(
                    space.path(one) for one in space.came_by if any(place in ancestors(leaf) for leaf in one.leaves)
                )
                said = f"It can never be fired in {quoted(place)}, where something else happens first: {_way(path)}."
                yield Fault("dead_transition", f"transition {rule.name}", said, path)


def _waiting(space: StateSpace) -> Iterator[Fault]:
    """Each leaf in which a track waits can be left by somebody, by a clock or by itself."""
    told: set[str] = set()
    for marking, moves in space.moves.items():
        if space.ended(marking) or any(_goes_on(move) for move in moves):
            continue
        leaf = next((one for one in marking.leaves if not space.edition.states[one].final), marking.leaves[0])
        if leaf not in told:
            told.add(leaf)
            path = space.path(marking)
            yield Fault(
                "waits_for_nobody", leaf, f"From {quoted(leaf)} nobody leads on, and no clock: {_way(path)}.", path
            )


def _goes_on(move: Move) -> bool:
    rule = move.rule
    return rule.target != SAME and (rule.automatic or rule.after is not None or bool(_people(rule.by)))


def _duties(edition: Edition) -> Iterator[Fault]:
    """Whoever is to act, to confirm or to work on something must be somebody whom there can be, and another than they are not to be."""
    for rule in edition.transitions:
        where = f"transition {rule.name}"
        if not rule.automatic and rule.after is None and not rule.by:
            yield Fault("nobody_acts", where, "No role may fire it, and no clock does.")
        if rule.by and not _people(rule.by) and Role.SYSTEM not in rule.by:
            yield Fault("nobody_acts", where, "No person has a role that may fire it.")
        if rule.confirm_by and not _people(rule.confirm_by):
            yield Fault("nobody_confirms", where, "No person has a role that may confirm it.")
        if rule.confirm_by and not _people(rule.by):
            yield Fault("nobody_asks", where, "It is to be confirmed, and no person may ask for it.")
        if rule.not_by and not _people(rule.by):
            yield Fault("duty_of_nobody", where, "It says who may not do it, and no person does it.")
        yield from _first_of_all(edition, where, rule.name, rule.not_by)
    for key, task in edition.tasks.items():
        yield from _first_of_all(edition, f"task {key}", task.name, task.not_by)


def _unfired(edition: Edition, others: tuple[Edition, ...]) -> Iterator[Fault]:
    """What only the system may fire is fired by a clock, by itself, by another transition, or by the engine, which knows its part."""
    if not others:
        return
    beside = (edition, *(other for other in others if other.workflow != edition.workflow))
    fired = {name for one in beside for rule in one.transitions for _, name in rule.also}
    fired |= {str(one.rules.get("first_step_fires") or "") for one in beside}
    for rule in edition.transitions:
        by_system = rule.by == (Role.SYSTEM,) and rule.after is None and not rule.automatic
        if by_system and not rule.part and rule.name not in fired:
            yield Fault(
                "fired_by_nothing",
                f"transition {rule.name}",
                "Nothing fires it: no clock, no person and no other transition.",
            )


def _first_of_all(edition: Edition, where: str, name: str, not_by: tuple[str, ...]) -> Iterator[Fault]:
    """Four eyes look at something else than what they do themselves."""
    if not_by == (name,):
        yield Fault("duty_of_itself", where, "Nobody but itself is named of whom its actor must be another.")


def _people(roles: tuple[Role, ...]) -> tuple[Role, ...]:
    return tuple(role for role in roles if role in PERSONAL_ROLES)


def _way(path: tuple[str, ...]) -> str:
    return f"by {', '.join(path)}" if path else "at the beginning"


__all__ = ["Marking", "Move", "StateSpace", "space_faults"]
