"""What the record of a right lets an agreement give of it: nothing once it has ended, and no licence beyond its last day."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from casework.engine.case_objects.conflict_words import Words, say_ended, say_ends
from casework.engine.case_objects.licence_conflicts import LICENCE
from casework.engine.case_objects.right_kinds import has_ended
from casework.engine.definition.guard_facts import Facts
from casework.engine.definition.registry import guard
from workflows.deal_guards import concerned, gives


def _rights(f: Facts) -> list[Mapping[str, Any]]:
    known = f.from_outside("rights")
    return [known.get(right, {}) for right in concerned(f)]


def _ended(f: Facts) -> list[Mapping[str, Any]]:
    return [right for right in _rights(f) if has_ended(right, f.today.isoformat())]


def _too_short(f: Facts) -> list[Mapping[str, Any]]:
    """The rights that end before the licence does; one without an end lasts as long as they do."""
    given = gives(f.data)
    if given is None or given.kind != LICENCE or given.last is None:
        return []
    return [right for right in _rights(f) if right.get("expires_on") and right["expires_on"] < given.last]


def _say_ended(f: Facts) -> Words:
    return say_ended(_ended(f), f.today.isoformat())


def _say_ends(f: Facts) -> Words:
    return say_ends(_too_short(f))


@guard(
    rule="No right that the terms are about has ended or was declared invalid.",
    refusal="A right has ended or was declared invalid: nothing of it can be licensed or assigned.",
    reads=("rights",),
    because=_say_ended,
)
def rights_of_terms_have_not_ended(f: Facts) -> bool:
    return not _ended(f)


@guard(
    rule="No licence runs longer than a right that it is of.",
    refusal="The licence runs longer than a right that it is of. Let it end with the right, or leave that right out.",
    reads=("rights",),
    because=_say_ends,
)
def licence_ends_with_its_rights(f: Facts) -> bool:
    return not _too_short(f)
