"""A screening that came of a case is what that case says, on either side."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy import Connection

from casework.operations.core.perform import home_of
from casework.operations.verification.screening_judgement import screening_faults
from casework.operations.verification.service import verify_case
from casework.records.event_log import read_register
from tests.operations.core.test_screened_parties import answer
from tests.operations.verification.forger import Scene, rebuild, the
from tests.support.way_to_referral import to_interest
from tests.support.world import World


def test_what_the_record_says_of_it_is_held_against_the_case(world: World, db: Connection) -> None:
    party = world.organisations["need_owner"]
    number = to_interest(world, db)
    answer(world, db, number)
    events = list(read_register(db, party))
    last = events[-1]

    def faults(**other: Any) -> list[str]:
        return [why for _, why in screening_faults(db, party, [*events[:-1], replace(last, **other)])]

    assert faults() == []
    body: Any = dict(last.body)
    [key] = body
    assert faults(body={key: {**body[key], "result": "hit"}}) == [
        "it says something else of the screening than the case"
    ]
    assert faults(body={key: {**body[key], "lists": "EU"}}) == []
    assert faults(seq=last.seq + 1) == ["it names a cause that does not know this screening"]
    assert verify_case(db, home_of(db, number)) == []


def test_a_case_whose_screening_the_record_does_not_know_is_found(scene: Scene, attack: Connection) -> None:
    """The organisation's log is written anew, so that it names another cause."""
    party = scene.world.organisations["need_owner"]
    assert verify_case(attack, party) == []

    def forge(rows: list[dict[str, Any]]) -> None:
        the(rows, "screened")["effects"]["cause"]["seq"] = 1

    rebuild(attack, party, forge)
    assert [finding.kind for finding in verify_case(attack, scene.log)] == ["screened"]
    assert any("does not know this screening" in finding.sentence for finding in verify_case(attack, party))
