"""Whole cases from match to closing, each transition of each definition among them."""

from __future__ import annotations

import pytest

from casework.definitions import load_library
from tests.journeys.conftest import Play
from tests.journeys.scripts import SCRIPTS


@pytest.mark.parametrize("name", SCRIPTS)
def test_journey(name: str, play: Play) -> None:
    assert play(name)


def test_every_transition_of_every_definition_fires(play: Play) -> None:
    fired = set().union(*(play(name) for name in SCRIPTS))
    library = load_library()
    wanted = {
        (workflow, rule.index): f"{workflow}.{rule.name} to {rule.target}"
        for workflow, fingerprint in library.newest.items()
        for rule in library[fingerprint].transitions
    }
    missing = sorted(words for key, words in wanted.items() if key not in fired)
    assert not missing, f"{len(missing)} of {len(wanted)} never fire: {', '.join(missing)}"
