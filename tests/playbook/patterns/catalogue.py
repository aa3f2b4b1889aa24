"""All patterns, in the order of their numbers."""

from __future__ import annotations

from tests.playbook.patterns import (
    basic,
    cancelling,
    ending,
    instances,
    joins,
    merging,
    repeating,
    state_based,
    triggers,
)
from tests.playbook.patterns.pattern import Pattern

FAMILIES = (basic, merging, joins, instances, state_based, cancelling, repeating, ending, triggers)
PATTERNS: tuple[Pattern, ...] = tuple(
    sorted((one for family in FAMILIES for one in family.PATTERNS), key=lambda one: one.number)
)
