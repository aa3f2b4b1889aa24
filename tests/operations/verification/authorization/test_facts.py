"""What the rules of an edition say of the facts: no guard is passed over, and no effect is made up."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Connection

from casework.engine.definition.publisher import publish
from casework.engine.execution.withheld import as_told
from casework.engine.roles import Role
from casework.operations.verification.authorization.facts import guards_against
from tests.operations.verification.forger import Forgery, Scene, Stored, finished, insist_told, the
from tests.workflows.case_facts import facts
from tests.workflows.test_border_guards import deal, parties
from tests.workflows.test_kept_back import EDITIONS, worlds
from workflows.agreement import Agreement


def _guard(scene: Scene, rows: list[Stored]) -> None:
    finished(rows, "nda")["result"]["status"] = "refused"


def _other_effect(scene: Scene, rows: list[Stored]) -> None:
    the(rows, "fired", "take")["effects"]["owner"] = scene.world.people["other_officer"]


ILLEGAL: dict[str, Forgery] = {
    "a guard passed over": (_guard, ("fired", "approve_plan"), "nda_is_signed_or_waived"),
    "an effect of nothing": (_other_effect, ("fired", "take"), "its effect on owner"),
}  # fmt: skip


def test_a_foreign_signatory_that_was_signed_for_at_home_is_found() -> None:
    """What was proposed names it, and the event keeps what its record said."""
    here = deal(taker_signatory="of-SG")
    asked = next(rule for rule in publish(Agreement).transitions if rule.name == "sign_local").guards
    border = [name for name in asked if name == "agreement_stays_inside_the_border"]
    kept = {**parties("CN", "CN"), "organisations": {"of-SG": {"organisation": "of-SG", "country": "SG"}}}
    [against] = guards_against(border, facts(here=here, outside=kept))
    assert "Technology crosses the border" in against
    # An event that keeps nothing of it is found as well, and one by which nobody else signs is not blamed.
    [against] = guards_against(border, facts(here=here, outside=parties("CN", "CN")))
    assert "does not keep the facts" in against
    assert list(guards_against(border, facts(here=deal(), outside=parties("CN", "CN")))) == []


def test_a_signatory_on_a_list_that_signed_all_the_same_is_found() -> None:
    here = deal(taker_signatory="of-SG")
    clear = {"id": "s", "result": "clear", "checked_on": "2026-03-20", "valid_until": "2026-06-18", "owners_free": True}
    kept: dict[str, Any] = {
        **parties("CN", "CN"),
        "organisations": {},
        "screenings": dict.fromkeys(("need_owner", "technology_owner"), clear),
    }
    data = {"executed_on": "2026-04-01", "taker_signatory": "of-SG"}
    asked = ["whoever_signs_is_screened"]

    def against(**more: Any) -> list[str]:
        return list(guards_against(asked, facts(here=here, data=data, outside={**kept, **more})))

    assert against(named_screenings={"of-SG": clear}) == []
    [listed] = against(named_screenings={"of-SG": {**clear, "result": "hit"}})
    assert "Whoever signs must be screened" in listed
    [untold] = against()
    assert "does not keep the facts" in untold


@pytest.mark.parametrize(
    ("role", "willing", "blamed"),
    [(Role.PROVIDER, False, False), (Role.PROVIDER, True, True), (Role.OFFICER, False, True)],
)
def test_nobody_is_judged_by_what_was_kept_back_from_them(role: Role, willing: bool, blamed: bool) -> None:
    editions = {edition.fingerprint: edition for edition in EDITIONS.values()}
    world, _ = worlds(EDITIONS["pledge"], "pledge", willing=willing)
    more = as_told(replace(world, data={"amount": {"amount": "6.00", "currency": "CNY"}}), editions, role)
    assert bool(list(guards_against(["approval_fits_its_application"], more))) is blamed


@pytest.mark.parametrize("name", ILLEGAL)
def test_what_the_rules_do_not_give_is_found(name: str, scene: Scene, attack: Connection) -> None:
    insist_told(attack, scene, ILLEGAL[name])
