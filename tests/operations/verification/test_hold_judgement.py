"""Legal holds that were forged, lifted by whoever placed them, and words that were erased while one stood."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection

from casework.operations.history.point_in_time import Past
from casework.operations.privacy.legal_holds import HOLD_ENDED, HOLD_PLACED, end_hold, place_hold
from casework.operations.verification.hold_judgement import hold_faults, was_held
from casework.operations.verification.service import verify_case
from casework.records.event_log import now, read_register
from tests.operations.verification.forger import Scene, Stored, not_allowed, rebuild, sql
from tests.support.world import new_request


def _held(scene: Scene, attack: Connection, *, ended: bool = True) -> str:
    """A programme in which a hold on a case was placed by one person, and ended by another."""
    sql(attack, "SET LOCAL session_replication_role = origin")
    programme = scene.world.programmes["BJ"]
    by, other = scene.world.actor(attack, "compliance"), scene.world.actor(attack, "supervisor")
    done = place_hold(attack, by, programme=programme, case=scene.number, reason="A suit.", request=new_request())
    if ended:
        end_hold(attack, other, str(done.answer["id"]), reason="Settled.", request=new_request())
    sql(attack, "SET LOCAL session_replication_role = replica")
    return programme


def test_a_hold_that_two_people_placed_and_ended_is_not_spoken_against(scene: Scene, attack: Connection) -> None:
    programme = _held(scene, attack)
    assert list(hold_faults(Past(attack), programme, list(read_register(attack, programme)))) == []
    assert verify_case(attack, programme) == []


@pytest.mark.parametrize(
    ("kind", "header", "words"),
    [
        (HOLD_PLACED, {"role": "officer"}, "done by compliance or supervisor, not by officer"),
        (HOLD_PLACED, {"actor_of": "officer"}, "did not hold the role compliance"),
        (HOLD_ENDED, {"actor_of": "compliance", "role": "compliance"}, "placed a legal hold also ended it"),
        (HOLD_PLACED, {"kind": "letterhead_set"}, "placed and ended by an event of its own"),
        (HOLD_PLACED, {"kind": HOLD_ENDED}, "ends a legal hold that did not stand"),
    ],
)
def test_a_hold_that_was_forged_is_found(
    scene: Scene, attack: Connection, kind: str, header: dict[str, str], words: str
) -> None:
    programme = _held(scene, attack)

    def forge(rows: list[Stored]) -> None:
        row = next(row for row in rows if row["header"]["kind"] == kind)
        row["header"] |= {key: value for key, value in header.items() if key != "actor_of"}
        if "actor_of" in header:
            row["header"]["actor"] = scene.world.people[header["actor_of"]]

    rebuild(attack, programme, forge)
    assert any(words in sentence for _, sentence in not_allowed(verify_case(attack, programme)))


def test_another_hold_than_the_row_says_is_found(scene: Scene, attack: Connection) -> None:
    programme = _held(scene, attack)

    def forge(rows: list[Stored]) -> None:
        next(row for row in rows if row["header"]["kind"] == HOLD_PLACED)["effects"]["hold"]["until"] = "2020-01-01"

    rebuild(attack, programme, forge)
    assert any("something else than it does" in sentence for _, sentence in not_allowed(verify_case(attack, programme)))


def test_a_case_was_held_from_when_it_was_placed_to_when_it_was_ended(scene: Scene, attack: Connection) -> None:
    _held(scene, attack, ended=False)
    assert was_held(attack, scene.log, now(attack))
    sql(attack, "UPDATE legal_holds SET placed_at = placed_at + interval '1 hour'")
    assert not was_held(attack, scene.log, now(attack))
    sql(attack, "UPDATE legal_holds SET placed_at = placed_at - interval '2 hours', until = '2020-01-01'")
    assert not was_held(attack, scene.log, now(attack))
    sql(
        attack,
        "UPDATE legal_holds SET until = NULL, ended_by = CAST(:by AS uuid), ended_at = placed_at + interval '1 minute'",
        by=scene.world.people["supervisor"],
    )
    assert not was_held(attack, scene.log, now(attack))
