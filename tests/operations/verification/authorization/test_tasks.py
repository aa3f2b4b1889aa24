"""Nobody does with a task what the table of tasks refuses."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection

from tests.operations.verification.forger import Forgery, Scene, Stored, insist_told, the


def _not_held(scene: Scene, rows: list[Stored]) -> None:
    the(rows, "released")["header"]["actor"] = scene.world.people["provider_lead"]


ILLEGAL: dict[str, Forgery] = {
    "a task not held": (_not_held, ("released", ""), "the table of tasks refuses it"),
}  # fmt: skip


@pytest.mark.parametrize("name", ILLEGAL)
def test_what_could_not_be_done_with_a_task_is_found(name: str, scene: Scene, attack: Connection) -> None:
    insist_told(attack, scene, ILLEGAL[name])
