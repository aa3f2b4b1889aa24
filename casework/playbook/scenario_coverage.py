"""What of a definition its scenarios have seen: states, transitions, and each guard when it held and when it did not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from casework.engine.definition.editions import Edition

#: What is covered, in the order in which it is told.
STATES, TRANSITIONS, GUARDS = "states", "transitions", "guards"
KINDS = (STATES, TRANSITIONS, GUARDS)


@dataclass
class Seen:
    """What was seen while scenarios ran."""

    states: set[str] = field(default_factory=set)
    transitions: set[str] = field(default_factory=set)
    #: A guard, and whether it held.
    guards: set[tuple[str, bool]] = field(default_factory=set)


@dataclass(frozen=True)
class Covered:
    """So many of so many, and what is missing by its name."""

    seen: int
    of: int
    missing: tuple[str, ...]

    @property
    def percent(self) -> int:
        """Rounded down: all is a hundred only where nothing is missing."""
        return 100 if not self.of else self.seen * 100 // self.of


def coverage(edition: Edition, seen: Seen) -> dict[str, Covered]:
    """By states, transitions and guards both ways, as far as the definition has them."""
    leaves = [path for path, state in edition.states.items() if state.type in ("state", "final")]
    names = list(dict.fromkeys(rule.name for rule in edition.transitions))
    ways = [(name, holds) for name in guards_of(edition) for holds in (True, False)]
    return {
        STATES: _covered({leaf: leaf in seen.states for leaf in leaves}),
        TRANSITIONS: _covered({name: name in seen.transitions for name in names}),
        GUARDS: _covered(
            {f"{name} {'holds' if holds else 'refuses'}": (name, holds) in seen.guards for name, holds in ways}
        ),
    }


def guards_of(edition: Edition) -> list[str]:
    """The guards that a definition names, in its order."""
    of_transitions = (name for rule in edition.transitions for name in rule.guards)
    of_tasks = (name for task in edition.tasks.values() for name in task.guards)
    return list(dict.fromkeys([*of_transitions, *of_tasks]))


def lacking(covered: Mapping[str, Covered], floor: Mapping[str, int]) -> list[str]:
    """What is under the floor, a line for each kind with the names of what is missing."""
    return [
        f"{kind}: {covered[kind].percent} %, and {least} % is the least; not seen: {', '.join(covered[kind].missing)}"
        for kind, least in floor.items()
        if covered[kind].percent < least
    ]


def _covered(seen: Mapping[str, bool]) -> Covered:
    return Covered(sum(seen.values()), len(seen), tuple(name for name, was in seen.items() if not was))
