"""An owner of an organisation who is erased: what was said of the screening stays whole, and nobody waits for another one."""

from __future__ import annotations

from typing import Any

from casework.operations.cases.queries import find_case
from casework.operations.catalogue.organisation_queries import show_organisation
from casework.operations.catalogue.organisations import keep_row
from casework.operations.catalogue.screenings import owners_to_screen
from casework.operations.core.external_facts import outside
from casework.operations.core.perform import home_of
from casework.operations.verification.service import verify_case
from casework.records.database import transaction
from tests.operations.catalogue.test_screenings import screen
from tests.operations.core.test_screened_parties import answer
from tests.operations.privacy.erasure_scene import NAME, Scene
from tests.support.way_to_referral import to_interest
from tests.support.world import new_request


def test_an_erased_owner_keeps_no_case_waiting_and_no_history_apart(scene: Scene) -> None:
    world = scene.world
    party = world.organisations["need_owner"]
    with transaction(scene.engine) as db:
        officer = world.actor(db, "officer")
        entered: list[str] = []
        for name in (NAME, "Kiln Holding"):
            fields = {"name": name, "share": "40", "kind": "person" if name == NAME else "organisation"}
            done = keep_row(db, officer, party, "owners", None, fields=fields, source="x", request=new_request())
            entered.append(str(done.answer["id"]))
        number = to_interest(world, db)
        answer(world, db, number, owners=[{"owner": owner, "result": "clear"} for owner in entered])
    scene.erase()
    with transaction(scene.engine) as db:
        assert [verify_case(db, log) for log in (party, home_of(db, number))] == [[], []]
        compliance = world.actor(db, "compliance")
        assert NAME not in {owner.name for owner in show_organisation(db, compliance, party).owners}
        assert [owner.id for owner in owners_to_screen(db, compliance, party)] == [entered[1]]
        screen(db, world, party, owners={entered[1]: "clear"})
        facts: Any = outside(db, find_case(db, compliance, number)[0], ("owners", "screenings"))
        assert facts["owners"]["need_owner"]["owners"] == [entered[1]]
        assert facts["screenings"]["need_owner"]["owners_free"] is True
        assert verify_case(db, party) == []
