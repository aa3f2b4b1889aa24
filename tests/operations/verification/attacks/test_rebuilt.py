"""A chain that was made whole again: the verifier finds what was never allowed."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import Connection

from casework.operations.people.registry import end_role, grant_role
from casework.operations.verification.database import check_rest
from casework.operations.verification.service import verify_case
from tests.operations.verification.attacks.forger import Scene, Stored, not_allowed, rebuild, seq_of, sql, the


def test_rebuilding_without_a_change_is_not_found_here(scene: Scene, db: Connection) -> None:
    """What no chain can tell; a head that was kept elsewhere does."""
    rebuild(db, scene.log, lambda rows: None)
    assert verify_case(db, scene.log) == []


Change = Callable[[Scene, list[Stored]], None]


def _elsewhere(scene: Scene, rows: list[Stored]) -> None:
    the(rows, "fired", "take")["header"]["to"] = ["scoping"]


def _unknown_transition(scene: Scene, rows: list[Stored]) -> None:
    the(rows, "fired", "take")["effects"]["transition"] = "sign"


def _from_elsewhere(scene: Scene, rows: list[Stored]) -> None:
    the(rows, "fired", "pass_triage")["header"]["from"] = ["structuring"]


def _wrong_role(scene: Scene, rows: list[Stored]) -> None:
    the(rows, "fired", "approve_plan")["header"] |= {"role": "officer", "actor": scene.world.people["officer"]}


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


def _finished(rows: list[Stored], task: str) -> Stored:
    done = the(rows, "completed", task)
    found: Stored = next(one for one in done["effects"]["task_states"] if one["id"] == done["effects"]["task"])
    return found


def _four_eyes(scene: Scene, rows: list[Stored]) -> None:
    supervisor = scene.world.people["supervisor"]
    the(rows, "completed", "service_plan")["header"] |= {"actor": supervisor, "role": "supervisor"}
    _finished(rows, "service_plan")["by"] = supervisor


def _by_another(scene: Scene, rows: list[Stored]) -> None:
    _finished(rows, "service_plan")["by"] = scene.world.people["supervisor"]


def _own_confirmation(scene: Scene, rows: list[Stored]) -> None:
    the(rows, "fired", "compliance_stop")["header"]["actor"] = scene.world.people["compliance"]


def _other_than_proposed(scene: Scene, rows: list[Stored]) -> None:
    the(rows, "fired", "compliance_stop")["effects"]["data"]["reason"] = "export_control"


def _guard(scene: Scene, rows: list[Stored]) -> None:
    _finished(rows, "nda")["result"]["status"] = "refused"


def _other_effect(scene: Scene, rows: list[Stored]) -> None:
    the(rows, "fired", "take")["effects"]["owner"] = scene.world.people["other_officer"]


def _edition(scene: Scene, rows: list[Stored]) -> None:
    the(rows, "fired", "take")["header"]["edition"] = "0" * 64


def _by_itself(scene: Scene, rows: list[Stored]) -> None:
    the(rows, "fired", "take")["header"] |= {"actor": "system", "role": "system"}


def _not_held(scene: Scene, rows: list[Stored]) -> None:
    the(rows, "released")["header"]["actor"] = scene.world.people["provider_lead"]


def _unknown_kind(scene: Scene, rows: list[Stored]) -> None:
    the(rows, "claimed")["header"]["kind"] = "pardoned"


def _same_key(scene: Scene, rows: list[Stored]) -> None:
    the(rows, "fired", "pass_triage")["header"]["key"] = the(rows, "fired", "take")["header"]["key"]


ILLEGAL: dict[str, tuple[Change, tuple[str, str], str]] = {
    "a state that it does not lead to": (_elsewhere, ("fired", "take"), "leads to triage, not to scoping"),
    "a transition that is not there": (_unknown_transition, ("fired", "sign"), "has no transition “sign”"),
    "a state that it did not stand in": (_from_elsewhere, ("fired", "pass_triage"), "stood at triage"),
    "a role that may not": (_wrong_role, ("fired", "approve_plan"), "is for supervisor, not for officer"),
    "a role not held": (_role_not_held, ("fired", "approve_plan"), "did not hold the role supervisor"),
    "a role held elsewhere": (_foreign_programme, ("fired", "take"), "did not hold the role officer"),
    "a deputy of nobody": (_deputy_of_nobody, ("fired", "approve_plan"), "as a deputy"),
    "another provider": (_foreign_provider, ("claimed", ""), "did not have the referral"),
    "one pair of eyes": (_four_eyes, ("fired", "approve_plan"), "another person must do this"),
    "another person's work": (_by_another, ("completed", "service_plan"), "somebody else finished a task"),
    "one's own proposal": (_own_confirmation, ("fired", "compliance_stop"), "also confirmed it"),
    "another form than proposed": (_other_than_proposed, ("fired", "compliance_stop"), "than what was proposed"),
    "a guard passed over": (_guard, ("fired", "approve_plan"), "nda_is_signed_or_waived"),
    "an effect of nothing": (_other_effect, ("fired", "take"), "its effect on owner"),
    "another edition": (_edition, ("fired", "take"), "another edition"),
    "nobody's action": (_by_itself, ("fired", "take"), "no clock was due"),
    "a task not held": (_not_held, ("released", ""), "the table of tasks refuses it"),
    "a kind that there is not": (_unknown_kind, ("pardoned", ""), "nothing is called “pardoned”"),
}


@pytest.mark.parametrize("name", ILLEGAL)
def test_what_was_never_allowed_is_found_in_a_whole_chain(name: str, scene: Scene, db: Connection) -> None:
    change, where, words = ILLEGAL[name]
    rebuild(db, scene.log, lambda rows: change(scene, rows))
    told = not_allowed(verify_case(db, scene.log))
    assert (seq_of(db, scene, *where), True) in [(seq, words in sentence) for seq, sentence in told], told


def test_one_request_is_answered_by_one_event(scene: Scene, db: Connection) -> None:
    rebuild(db, scene.log, lambda rows: _same_key(scene, rows))
    assert [one.seq for one in verify_case(db, scene.log) if one.kind == "twice"] == [
        seq_of(db, scene, "fired", "pass_triage")
    ]
    assert [one.kind for one in check_rest(db)] == ["request"]


def test_nobody_with_a_declared_interest_acts(scene: Scene, db: Connection) -> None:
    other = sql(db, "SELECT id FROM cases WHERE number <> :number", number=scene.number).scalar_one()

    def act(rows: list[Stored]) -> None:
        the(rows, "fired", "take")["header"]["actor"] = scene.world.people["other_officer"]
        the(rows, "fired", "take")["effects"]["owner"] = scene.world.people["other_officer"]

    rebuild(db, other, act)
    assert [sentence for _, sentence in not_allowed(verify_case(db, other)) if "declared an interest" in sentence]


def test_nobody_acts_for_somebody_with_a_declared_interest(scene: Scene, db: Connection) -> None:
    other = sql(db, "SELECT id FROM cases WHERE number <> :number", number=scene.number).scalar_one()
    declared = scene.world.people["other_officer"]
    rebuild(db, other, lambda rows: the(rows, "fired", "take")["header"].update({"acting_for": declared}))
    assert any("for somebody who had declared" in sentence for _, sentence in not_allowed(verify_case(db, other)))


def test_nobody_of_the_provider_acts_for_the_office_in_its_referral(scene: Scene, db: Connection) -> None:
    officer = scene.world.people["officer"]

    def belong(rows: list[Stored]) -> None:
        the(rows, "granted")["effects"] |= {"person": officer}
        the(rows, "granted")["header"]["at"] = the(rows, "granted")["effects"]["starts_at"] = (
            "2020-01-01T00:00:00.000000Z"
        )

    rebuild(db, scene.world.organisations["lab"], belong)
    assert any("belonged to the provider" in sentence for _, sentence in not_allowed(verify_case(db, scene.log)))


def test_a_role_granted_later_excuses_nothing(scene: Scene, db: Connection) -> None:
    rebuild(db, scene.log, lambda rows: _role_not_held(scene, rows))
    sql(db, "SET LOCAL session_replication_role = origin")
    officer, programme = scene.world.people["officer"], scene.world.programmes["BJ"]
    start = sql(db, "SELECT min(at) FROM events").scalar_one()
    grant_role(db, officer, "supervisor", programme=programme, starts_at=start)
    assert any("did not hold the role" in sentence for _, sentence in not_allowed(verify_case(db, scene.log)))


def test_a_role_that_had_ended_allows_nothing(scene: Scene, db: Connection) -> None:
    programme, person = scene.world.programmes["BJ"], scene.world.people["supervisor"]

    def end(rows: list[Stored]) -> None:
        granted = next(row for row in rows if row["effects"].get("person") == person)
        granted["effects"]["ends_at"] = granted["effects"]["starts_at"].replace("20", "19", 1)

    rebuild(db, programme, end)
    assert any(
        "did not hold the role supervisor" in sentence for _, sentence in not_allowed(verify_case(db, scene.log))
    )
    assert {(one.table, one.column) for one in verify_case(db, programme)} == {("memberships", "ends_at")}


def test_a_role_that_ends_later_still_allowed_what_was_done(scene: Scene, db: Connection) -> None:
    sql(db, "SET LOCAL session_replication_role = origin")
    membership = sql(
        db,
        "SELECT id FROM memberships WHERE person_id = CAST(:person AS uuid)",
        person=scene.world.people["supervisor"],
    ).scalar_one()
    end_role(db, membership)
    assert verify_case(db, scene.log) == []
    assert verify_case(db, scene.world.programmes["BJ"]) == []
