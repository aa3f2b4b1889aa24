"""A referral as a FHIR Task: it follows the referral, says nothing that is secret, and each state has its codes."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection

from casework.definitions import load_library
from casework.operations.referrals import fhir
from tests.operations.referrals.test_acknowledgements import Scene
from tests.support.world import World


@pytest.fixture
def scene(db: Connection, world: World) -> Scene:
    return Scene(db, world)


def test_the_fhir_task_follows_the_referral(scene: Scene) -> None:
    assert scene.status() == ("requested", "2.0")
    scene.receive("provider")
    assert scene.status("officer") == ("received", "2.0")
    scene.world.accept(scene.db, scene.number, scene.referral)
    assert scene.status() == ("accepted", "3.0")
    scene.fire("provider", "ask_info", items="The drawings.")
    assert scene.status() == ("on-hold", "3.0")


def test_the_fhir_task_says_nothing_that_is_secret(scene: Scene) -> None:
    task = fhir.fhir_task(scene.db, scene.world.actor(scene.db, "provider"), scene.referral)
    assert "180 degrees" not in str(task)
    assert "Officer" not in str(task)


#: The whole of the referral's machine: from each state what can fire, where it leads, and how the state is told to others.
STATUS = {
    "draft", "requested", "received", "accepted", "rejected", "ready", "cancelled", "in-progress", "on-hold", "failed",
    "completed", "entered-in-error",
}  # fmt: skip


TABLE: dict[str, tuple[str, str | None, dict[str, str]]] = {
    "draft": ("draft", None, {"send": "sent", "cancel": "cancelled", "release": "cancelled"}),
    "sent": ("requested", "2.0", {
        "ask_info": "info_asked", "accept": "accepted", "decline": "declined", "lapse": "no_answer",
        "declare_conflict": "conflict", "suspend": "suspended", "cancel": "cancelled", "release": "cancelled",
    }),
    "info_asked": ("on-hold", "2.0", {"supply_info": "=previous", "info_overdue": "=same", "cancel": "cancelled", "release": "cancelled"}),
    "conflict": ("on-hold", "2.0", {
        "waive_conflict": "=previous", "name_other_person": "=previous", "uphold_conflict": "cancelled", "cancel": "cancelled",
        "release": "cancelled",
    }),
    "accepted": ("accepted", "3.0", {
        "ask_info": "info_asked", "declare_conflict": "conflict", "start": "in_progress", "ask_extension": "=same",
        "not_started": "cancelled",
        "suspend": "suspended", "cancel": "cancelled", "release": "cancelled",
    }),
    "in_progress": ("in-progress", "5.1.1", {
        "ask_info": "info_asked", "declare_conflict": "conflict", "deliver_part": "=same", "ask_extension": "=same",
        "change_person": "=same", "suspend": "suspended", "deliver": "delivered", "give_up": "failed", "cancel": "cancelled",
        "release": "cancelled",
    }),
    "suspended": ("on-hold", "5.1.1", {"continue": "=previous", "give_up": "failed", "cancel": "cancelled", "release": "cancelled"}),
    "delivered": ("in-progress", "5.1.4", {"return": "rework", "approve": "completed", "reject": "failed"}),
    "rework": ("in-progress", "5.1.1", {
        "ask_info": "info_asked", "declare_conflict": "conflict", "ask_extension": "=same", "change_person": "=same",
        "suspend": "suspended", "redeliver": "delivered", "give_up": "failed", "cancel": "cancelled", "release": "cancelled",
    }),
    "completed": ("completed", "7.0", {}),
    "declined": ("rejected", "4.0", {}),
    "no_answer": ("failed", "4.0", {}),
    "cancelled": ("cancelled", "6.0", {}),
    "failed": ("failed", "6.0", {}),
}  # fmt: skip


def test_the_state_table_is_whole() -> None:
    edition = load_library().latest("referral")
    assert edition is not None
    moves = {state: {rule.name: rule.target for rule, _ in edition.leaving((state,))} for state in edition.states}
    assert moves == {state: row[2] for state, row in TABLE.items()}


def _said(state: str) -> tuple[str, str | None]:
    """What the definition says of a state to other systems."""
    edition = load_library().latest("referral")
    assert edition is not None
    status, *business = edition.states[state].fhir
    return status, next(iter(business), None)


@pytest.mark.parametrize("state", TABLE)
def test_every_state_has_its_fhir_codes(state: str) -> None:
    status, business = _said(state)
    assert (status, business) == TABLE[state][:2]
    assert status in STATUS
    assert business is None or business in fhir.BUSINESS_STATUS


def test_no_code_is_kept_for_a_state_that_is_not_there() -> None:
    edition = load_library().latest("referral")
    assert edition is not None
    assert {path for path, state in edition.states.items() if state.fhir} == set(TABLE)
