"""What the record of each right tells of an action's questions about it, before anybody acts: point by point, with the entry."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from casework.engine.definition.guard_facts import Facts
from casework.engine.definition.registry import GUARDS, Told


@dataclass(frozen=True, slots=True)
class Point:
    """What the record of one right tells to one guard."""

    guard: str
    told: Told


@dataclass(frozen=True, slots=True)
class PointsOfRight:
    """What the record of one right tells, in the order in which it is asked."""

    right: str
    points: tuple[Point, ...]


def points_of(facts: Facts, guards: Iterable[str]) -> list[PointsOfRight]:
    """For each right of the case the guards that its record speaks to."""
    asked = [(name, tells) for name in dict.fromkeys(guards) if (tells := GUARDS[name].tells) is not None]
    if not asked:
        return []
    known = facts.from_outside("rights")
    return [
        PointsOfRight(right, tuple(Point(name, tells(facts, known[right])) for name, tells in asked))
        for right in facts.case.rights
        if right in known
    ]
