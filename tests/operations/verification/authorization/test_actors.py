"""Whoever acted had the role for it, at that moment, and no interest in the case."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import Connection

from casework.operations.history.point_in_time import Past
from casework.operations.people.registry import end_role, grant_role
from casework.operations.verification.authorization.actors import actor_against
from casework.operations.verification.authorization.evidence import Evidence
from casework.operations.verification.service import verify_case
from tests.engine.toy_case import LAB, accept, begun
from tests.operations.verification.forger import Forgery, Scene, Stored, insist_told, not_allowed, rebuild, sql, the


def _role_not_held(scene: Scene, rows: list[Stored]) -> None:
    the(rows, "fired", "approve_plan")["header"]["actor"] = scene.world.people["officer"]


def _foreign_programme(scene: Scene, rows: list[Stored]) -> None:
    the(rows, "fired", "take")["header"]["actor"] = scene.world.people["foreign_officer"]


def _deputy_of_nobody(scene: Scene, rows: list[Stored]) -> None:
    the(rows, "fired", "approve_plan")["header"]["acting_for"] = scene.world.people["second_supervisor"]


def _foreign_provider(scene: Scene, rows: list[Stored]) -> None:
    the(rows, "claimed")["header"] |= {
        "actor": scene.world.people["foreign_provider"],
        "organisation": scene.world.organisations["bank"],
    }


ILLEGAL: dict[str, Forgery] = {
    "a role not held": (_role_not_held, ("fired", "approve_plan"), "did not hold the role supervisor"),
    "a role held elsewhere": (_foreign_programme, ("fired", "take"), "did not hold the role officer"),
    "a deputy of nobody": (_deputy_of_nobody, ("fired", "approve_plan"), "as a deputy"),
    "another provider": (_foreign_provider, ("claimed", ""), "did not have the referral"),
}  # fmt: skip


@pytest.mark.parametrize("name", ILLEGAL)
def test_whoever_could_not_act_so_is_found(name: str, scene: Scene, attack: Connection) -> None:
    insist_told(attack, scene, ILLEGAL[name])


def test_nobody_with_a_declared_interest_acts(scene: Scene, attack: Connection) -> None:
    other = sql(attack, "SELECT id FROM cases WHERE number <> :number", number=scene.number).scalar_one()

    def act(rows: list[Stored]) -> None:
        the(rows, "fired", "take")["header"]["actor"] = scene.world.people["other_officer"]
        the(rows, "fired", "take")["effects"]["owner"] = scene.world.people["other_officer"]

    rebuild(attack, other, act)
    assert [sentence for _, sentence in not_allowed(verify_case(attack, other)) if "declared an interest" in sentence]


def test_nobody_acts_for_somebody_with_a_declared_interest(scene: Scene, attack: Connection) -> None:
    other = sql(attack, "SELECT id FROM cases WHERE number <> :number", number=scene.number).scalar_one()
    declared = scene.world.people["other_officer"]
    rebuild(attack, other, lambda rows: the(rows, "fired", "take")["header"].update({"acting_for": declared}))
    assert any("for somebody who had declared" in sentence for _, sentence in not_allowed(verify_case(attack, other)))


def test_nobody_of_the_provider_acts_for_the_office_in_its_referral(scene: Scene, attack: Connection) -> None:
    officer = scene.world.people["officer"]

    def belong(rows: list[Stored]) -> None:
        the(rows, "granted")["effects"] |= {"person": officer}
        the(rows, "granted")["header"]["at"] = the(rows, "granted")["effects"]["starts_at"] = (
            "2020-01-01T00:00:00.000000Z"
        )

    rebuild(attack, scene.world.organisations["lab"], belong)
    assert any("belonged to the provider" in sentence for _, sentence in not_allowed(verify_case(attack, scene.log)))


def test_a_role_granted_later_excuses_nothing(scene: Scene, attack: Connection) -> None:
    rebuild(attack, scene.log, lambda rows: _role_not_held(scene, rows))
    sql(attack, "SET LOCAL session_replication_role = origin")
    officer, programme = scene.world.people["officer"], scene.world.programmes["BJ"]
    start = sql(attack, "SELECT min(at) FROM events").scalar_one()
    grant_role(attack, officer, "supervisor", programme=programme, starts_at=start)
    assert any("did not hold the role" in sentence for _, sentence in not_allowed(verify_case(attack, scene.log)))


def test_a_role_that_had_ended_allows_nothing(scene: Scene, attack: Connection) -> None:
    programme, person = scene.world.programmes["BJ"], scene.world.people["supervisor"]

    def end(rows: list[Stored]) -> None:
        granted = next(row for row in rows if row["effects"].get("person") == person)
        granted["effects"]["ends_at"] = granted["effects"]["starts_at"].replace("20", "19", 1)

    rebuild(attack, programme, end)
    assert any(
        "did not hold the role supervisor" in sentence for _, sentence in not_allowed(verify_case(attack, scene.log))
    )
    assert {(one.table, one.column) for one in verify_case(attack, programme)} == {("memberships", "ends_at")}


def test_a_role_that_ends_later_still_allowed_what_was_done(scene: Scene, attack: Connection) -> None:
    sql(attack, "SET LOCAL session_replication_role = origin")
    membership = sql(
        attack,
        "SELECT id FROM memberships WHERE person_id = CAST(:person AS uuid)",
        person=scene.world.people["supervisor"],
    ).scalar_one()
    end_role(attack, membership)
    assert verify_case(attack, scene.log) == []
    assert verify_case(attack, scene.world.programmes["BJ"]) == []


@pytest.mark.parametrize(
    ("barred", "wanted"),
    [
        ("nobody", set()),
        ("provider-1", {"its actor was shut out of the referral"}),
        ("provider-2", {"it was done for somebody who was shut out of the referral"}),
    ],
)
def test_nobody_who_was_shut_out_acts_and_nobody_acts_for_them(barred: str, wanted: set[str], db: Connection) -> None:
    """Of the toy case, which no log of the database knows: nobody holds a role there."""
    play = begun()
    accept(play)
    above = play.track("referral")
    stands = replace(play.case, tracks={**play.case.tracks, above.id: replace(above, barred=frozenset({barred}))})
    event = replace(play.events[-1], organisation=LAB, acting_for="provider-2")
    told = set(actor_against(Evidence(play.library, Past(db)), stands, event))
    assert told == {"its actor did not hold the role provider as a deputy at that moment"} | wanted
