"""What a pattern is told by, and the small words in which the workflows of the patterns are written."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import permutations
from typing import Any

from casework.engine.definition.grammar import State, Task, Workflow, working_days
from casework.engine.definition.guard_facts import Facts
from casework.engine.definition.registry import guard
from casework.engine.roles import Role
from casework.engine.state.case import COMPLETED

#: The grammar has a word for it; it is written with other words; or it cannot be written.
VERDICTS = HELD, OTHERWISE, NOT_HELD = "held", "held by other means", "not held"

OFFICER, SUPERVISOR, PROVIDER = Role.OFFICER, Role.SUPERVISOR, Role.PROVIDER


@dataclass(frozen=True)
class Pattern:
    """A pattern by its number, how the grammar says it, and what shows it; its scenarios stand in"
    " `scenarios/NN.toml`."""

    number: int
    name: str
    verdict: str
    #: How a definition says it; of one that is not held, why not.
    how: str
    #: The workflow that shows it, before those that it opens.
    workflows: tuple[type[Workflow], ...] = ()
    #: Every way in which a case can go from its beginning until nobody can do anything more, and no other.
    traces: frozenset[str] = frozenset()
    #: What a form may say, by action: each is gone.
    forms: Mapping[str, tuple[Mapping[str, Any], ...]] = field(default_factory=dict)
    #: Where it is in the pilot's workflows: `workflow.name` of a transition, a task or a state.
    pilot: tuple[str, ...] = ()


def state(label: str, queue: Role = OFFICER) -> State:
    return State(label, queue, working_days(10), "Step")


def task(name: str, **how: Any) -> Task:
    return Task(name, name.capitalize(), OFFICER, working_days(10), **how)


def orders(*names: str, unless: Callable[[list[str]], bool] = lambda order: False) -> set[str]:
    """Every order of these names, but for those that cannot be."""
    return {" ".join(order) for order in permutations(names) if not unless(list(order))}


def first(order: list[str], *names: str) -> bool:
    """Whether these come in this order."""
    places = [order.index(name) for name in names]
    return places == sorted(places)


def beside(way: str, name: str, *, after: str, by_itself: str) -> set[str]:
    """A way with one thing more, at any time after another; what goes on by itself does so before anybody does"
    " anything."""
    words = way.split()
    places = range(words.index(after) + 1, len(words) + 1)
    return {" ".join([*words[:n], name, *words[n:]]) for n in places if words[n : n + 1] != [by_itself]}


def traces(*whole: str | set[str]) -> frozenset[str]:
    return frozenset(one for some in whole for one in ({some} if isinstance(some, str) else some))


# --- guards that more than one of them asks ---


def open_tasks(f: Facts, *names: str) -> list[str]:
    """The side tasks that somebody is still to do, by name."""
    return [one.name for one in f.case.open_tasks() if one.type == "side" and (not names or one.name in names)]


def done(f: Facts, *names: str) -> int:
    """How many side tasks of these names are finished."""
    return sum(one.name in names and one.type == "side" and one.state == COMPLETED for one in f.case.tasks.values())


@guard(rule="Nothing is left to do.", refusal="Something is left to do.")
def pattern_nothing_is_open(f: Facts) -> bool:
    return not open_tasks(f)
