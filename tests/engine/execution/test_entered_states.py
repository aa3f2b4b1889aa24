"""Where the machine leads is where the definition says that one stands, from every marking of every edition."""

from __future__ import annotations

import pytest

from casework.definitions import load_library
from casework.engine.definition.editions import Edition, TransitionRule
from casework.engine.definition.publisher import publish
from casework.engine.execution.entered_states import move
from tests.engine.execution.test_step_opening import Twofold

EDITIONS = {
    f"{edition.workflow} {edition.number}": edition for edition in [*load_library().editions.values(), publish(Twofold)]
}
MOST = 2_000


def read(edition: Edition, marking: tuple[str, ...], rule: TransitionRule, place: str) -> tuple[str, ...]:
    """As the definition is read: what is entered stands in the place of the branch that is left, and its siblings stay."""
    depth = 0
    for here, there in zip(place.split(".")[:-1], rule.target.split(".")[:-1], strict=False):
        if here != there:
            break
        depth += 1
    branch = ".".join(place.split(".")[: depth + 1])
    left = [leaf for leaf in marking if leaf == branch or leaf.startswith(f"{branch}.")]
    at = marking.index(left[0])
    return (*marking[:at], *edition.entered(rule.target), *marking[at + len(left) :])


@pytest.mark.parametrize("edition", EDITIONS.values(), ids=EDITIONS)
def test_the_machine_enters_what_the_definition_says(edition: Edition) -> None:
    todo, seen = [edition.initial], {edition.initial}
    moves = 0
    while todo and len(seen) < MOST:
        marking = todo.pop()
        for rule, place in edition.leaving(marking):
            if rule.target.startswith("="):
                continue
            led = move(edition, marking, rule, place, ())
            assert led == read(edition, marking, rule, place), rule.name
            moves += 1
            if led not in seen:
                seen.add(led)
                todo.append(led)
    assert moves >= len(seen) - 1


def test_the_way_back_is_what_the_case_remembers() -> None:
    edition = next(one for one in EDITIONS.values() if any(rule.target == "=previous" for rule in one.transitions))
    rule = next(one for one in edition.transitions if one.target == "=previous")
    place = rule.sources[0]
    assert move(edition, edition.entered(place), rule, place, edition.initial) == edition.initial
    with pytest.raises(ValueError, match="nothing precedes"):
        move(edition, edition.entered(place), rule, place, ())
    with pytest.raises(ValueError, match="not where it stands"):
        move(edition, edition.initial, rule, place, edition.initial)
