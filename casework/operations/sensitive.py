"""Which transitions are decisions: deeds of a case for which a fresh proof of who one is is asked."""

from __future__ import annotations

from functools import cache

from casework.definitions import load_library
from casework.engine.editions import TransitionRule
from casework.engine.roles import COMPLIANCE, SUPERVISOR

DECIDERS = frozenset({SUPERVISOR, COMPLIANCE})


@cache
def decisions() -> frozenset[str]:
    """The transitions by which supervisors and compliance reviewers answer for a case, or that take two persons."""
    return frozenset(
        rule.name for edition in load_library().editions.values() for rule in edition.transitions if is_decision(rule)
    )


def is_decision(rule: TransitionRule) -> bool:
    by = frozenset(rule.by_people)
    return bool(by) and (by <= DECIDERS or bool(rule.confirm_by) or bool(rule.not_by))


__all__ = ["decisions", "is_decision"]
