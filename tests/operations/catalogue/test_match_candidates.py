"""What a need or a technology can be matched with, and the match in which both stand already."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection

from casework.operations.catalogue.match_candidates import OTHER, list_candidates, standing_matches
from casework.operations.catalogue.matches import show_match
from casework.operations.core.record_log import Kept
from tests.support.world import World


@pytest.mark.parametrize("noun", ["need", "technology"])
def test_the_other_kind_of_the_programme_is_offered_and_what_stands_is_named(
    world: World, db: Connection, noun: Kept
) -> None:
    officer, programme = world.actor(db, "officer"), world.programmes["BJ"]
    match = show_match(db, officer, world.matches[0])
    mine, other = (match.need.id, match.technology.id) if noun == "need" else (match.technology.id, match.need.id)
    found = [one.id for one in list_candidates(db, officer, noun, programme).items]
    assert set(found) == set(world.technologies if noun == "need" else world.needs)
    assert list_candidates(db, officer, noun, world.programmes["SH"]).items == []
    assert list_candidates(db, officer, noun, programme, words="no such title").items == []
    assert standing_matches(db, noun, mine, found)[other] == world.matches[0]
    assert standing_matches(db, OTHER[noun], other, [mine]) == {mine: world.matches[0]}
    assert standing_matches(db, noun, mine, []) == {}
