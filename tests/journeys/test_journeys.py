"""Whole cases from match to closing, each transition of each definition among them."""

from __future__ import annotations

import pytest

from casework.definitions import load_library
from tests.journeys.conftest import Play
from tests.journeys.journey import Edge
from tests.journeys.scripts import SCRIPTS


@pytest.mark.parametrize("name", SCRIPTS)
def test_journey(name: str, play: Play) -> None:
    assert play(name)


def test_every_transition_of_every_definition_fires(play: Play) -> None:
    """Counted from the published editions, each transition from each state that it leads from."""
    fired = set[Edge]().union(*(play(name) for name in SCRIPTS))
    library = load_library()
    wanted = {
        (workflow, rule.index, place): f"{workflow}.{rule.name} from {place} to {rule.target}"
        for workflow, fingerprint in library.newest.items()
        for rule in library[fingerprint].transitions
        for place in rule.sources
    }
    missing = sorted(words for edge, words in wanted.items() if edge not in fired)
    assert not missing, f"{len(missing)} of {len(wanted)} never fire: {', '.join(missing)}"
