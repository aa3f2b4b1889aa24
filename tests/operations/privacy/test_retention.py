"""What must be kept for now of somebody who is to be erased, and until when."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, text

from casework import reasons
from casework.errors import Refused
from casework.operations.audit.findings import answer_finding, close_finding, raise_finding
from casework.operations.core.perform import home_of
from casework.operations.privacy.personal_data import Naming
from casework.operations.privacy.retention import find_duties
from casework.operations.verification.service import verify_all
from casework.records.case_loader import load
from casework.records.database import transaction
from tests.operations.privacy.erasure_scene import NAME, Scene
from tests.support.way_to_referral import to_referral
from tests.support.world import World, new_request

#: Words that stand nowhere.
NOWHERE = Naming(("Ottoline Bramble",))


def test_nothing_is_kept_of_somebody_without_an_account_who_is_named_nowhere(world: World, db: Connection) -> None:
    world.new_case(db)
    assert find_duties(db, None, NOWHERE) == []


@pytest.mark.parametrize(("who", "cases"), [("officer", 1), ("other_officer", 1), ("supervisor", 0)])
def test_an_open_account_and_the_open_cases_of_an_owner_and_of_a_team_stand_against_it(
    world: World, db: Connection, who: str, cases: int
) -> None:
    number = world.new_case(db)
    world.fire(db, "officer", number, "take")
    world.hand_over(db, "officer", number, "officer", "other_officer")
    open_cases = [reasons.privacy.OPEN_CASES(programme="Beijing pilot", count=cases)] if cases else []
    assert find_duties(db, world.people[who], NOWHERE) == [reasons.privacy.ACCOUNT_OPEN, *open_cases]
    db.execute(text("UPDATE cases SET closed_at = casework_now() WHERE number = :n"), {"n": number})
    assert find_duties(db, world.people[who], NOWHERE) == [reasons.privacy.ACCOUNT_OPEN]


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
