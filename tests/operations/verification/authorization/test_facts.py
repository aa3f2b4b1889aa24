"""What the rules of an edition say of the facts: no guard is passed over, and no effect is made up."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection

from tests.operations.verification.forger import Forgery, Scene, Stored, finished, insist_told, the


def _guard(scene: Scene, rows: list[Stored]) -> None:
    finished(rows, "nda")["result"]["status"] = "refused"


def _other_effect(scene: Scene, rows: list[Stored]) -> None:
    the(rows, "fired", "take")["effects"]["owner"] = scene.world.people["other_officer"]


ILLEGAL: dict[str, Forgery] = {
    "a guard passed over": (_guard, ("fired", "approve_plan"), "nda_is_signed_or_waived"),
    "an effect of nothing": (_other_effect, ("fired", "take"), "its effect on owner"),
}  # fmt: skip


@pytest.mark.parametrize("name", ILLEGAL)
def test_what_the_rules_do_not_give_is_found(name: str, scene: Scene, attack: Connection) -> None:
    insist_told(attack, scene, ILLEGAL[name])
