"""Who asks for an erasure, who agrees to it, and what stands in its way."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from casework.errors import InvalidForm, NotAllowed, NotFound, Refused, WrongState
from casework.operations.audit.findings import answer_finding, close_finding, raise_finding
from casework.operations.core.perform import home_of
from casework.operations.people import registry
from casework.operations.privacy.erasure import carry_out
from casework.operations.verification.service import verify_all
from casework.records.case_loader import load
from casework.records.database import transaction
from tests.operations.privacy.erasure_scene import CANARIES, NAME, Scene
from tests.support.way_to_referral import to_referral
from tests.support.world import new_request


@pytest.mark.parametrize("who", ["supervisor", "officer", "compliance", "auditor"])
def test_nobody_but_an_administrator_asks(scene: Scene, who: str) -> None:
    with transaction(scene.engine) as db, pytest.raises((NotAllowed, NotFound)):
        scene.ask(db, who)


@pytest.mark.parametrize("who", ["administrator", "supervisor", "officer", "auditor"])
def test_nobody_but_compliance_or_a_manager_agrees(scene: Scene, who: str) -> None:
    with transaction(scene.engine) as db:
        erasure = scene.ask(db)
        with pytest.raises((NotAllowed, NotFound)):
            scene.decide(db, erasure, who)


def test_who_asks_does_not_agree_in_another_role(scene: Scene) -> None:
    with transaction(scene.engine) as db:
        registry.grant_role(db, scene.world.people["administrator"], "manager", programme=scene.world.programmes["BJ"])
        erasure = scene.ask(db)
        with pytest.raises(NotAllowed):
            scene.decide(db, erasure, "administrator")


def test_without_agreement_nothing_is_erased(scene: Scene) -> None:
    with transaction(scene.engine) as db:
        erasure = scene.ask(db)
        scene.decide(db, erasure, agree=False)
    carry_out(scene.engine, erasure)
    assert set(scene.found()) == set(CANARIES)
    with transaction(scene.engine) as db, pytest.raises(WrongState):
        scene.decide(db, erasure)


def test_an_open_account_is_closed_first(scene: Scene) -> None:
    with transaction(scene.engine) as db, pytest.raises(Refused, match="The account is open"):
        scene.ask(db, person=scene.world.people["provider"], words=[])


def test_whoever_has_open_cases_is_kept_until_they_are_handed_over(scene: Scene) -> None:
    with transaction(scene.engine) as db:
        db.execute(
            text("UPDATE cases SET owner_id = CAST(:id AS uuid) WHERE number = :n"),
            {"id": scene.person, "n": scene.number},
        )
        with pytest.raises(Refused, match="1 open cases"):
            scene.ask(db)


def test_an_open_finding_of_the_audit_keeps_what_it_is_about(scene: Scene) -> None:
    with transaction(scene.engine) as db:
        finding = str(
            raise_finding(
                db,
                scene.world.actor(db, "auditor"),
                scene.number,
                event=1,
                words=f"Why did {NAME}?",
                request=new_request(),
            ).answer["id"]
        )
    with pytest.raises(Refused, match="findings of the audit"), transaction(scene.engine) as db:
        scene.ask(db)
    with transaction(scene.engine) as db:
        answer_finding(db, scene.world.actor(db, "officer"), finding, words="So.", request=new_request())
        close_finding(db, scene.world.actor(db, "auditor"), finding, words="Good.", request=new_request())
    scene.erase()
    assert scene.found() == {}
    assert list(verify_all(scene.engine)) == []


def test_financing_records_are_kept_for_the_years_that_the_settings_say(scene: Scene) -> None:
    world = scene.world
    with transaction(scene.engine) as db:
        number, _ = to_referral(world, db, more_plan={"pledge": "bank"})
        world.write(db, "officer", load(db, home_of(db, number), "case"), words=f"{NAME} signs for the loan.")
    with pytest.raises(Refused, match="1 records of financing"), transaction(scene.engine) as db:
        scene.ask(db)
    with transaction(scene.engine) as db:
        db.execute(
            text("UPDATE cases SET closed_at = casework_now() - interval '6 years' WHERE number = :n"), {"n": number}
        )
    with pytest.raises(Refused, match="1 records of financing"), transaction(scene.engine) as db:
        scene.ask(db)
    with transaction(scene.engine) as db:
        scene.ask(db, years=5)


def test_what_must_be_kept_by_now_refuses_it_when_it_is_carried_out(scene: Scene) -> None:
    with transaction(scene.engine) as db:
        erasure = scene.ask(db)
        scene.decide(db, erasure)
        db.execute(text("UPDATE people SET active = true WHERE id = CAST(:id AS uuid)"), {"id": scene.person})
    carry_out(scene.engine, erasure)
    assert scene.kinds(erasure)[-1] == "erasure_refused"
    assert set(scene.found()) == set(CANARIES)


@pytest.mark.parametrize("word", ["Li", "王", 'a"b', "-----"])
def test_a_word_that_names_everybody_is_refused(scene: Scene, word: str) -> None:
    with transaction(scene.engine) as db, pytest.raises(InvalidForm):
        scene.ask(db, words=[word])
