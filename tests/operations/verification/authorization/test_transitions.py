"""A transition goes where its edition leads, by its own roles, with another pair of eyes where it wants one."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection

from tests.operations.verification.forger import Forgery, Scene, Stored, finished, insist_told, the


def _elsewhere(scene: Scene, rows: list[Stored]) -> None:
    the(rows, "fired", "take")["header"]["to"] = ["scoping"]


def _unknown_transition(scene: Scene, rows: list[Stored]) -> None:
    the(rows, "fired", "take")["effects"]["transition"] = "sign"


def _wrong_role(scene: Scene, rows: list[Stored]) -> None:
    the(rows, "fired", "approve_plan")["header"] |= {"role": "officer", "actor": scene.world.people["officer"]}


def _four_eyes(scene: Scene, rows: list[Stored]) -> None:
    supervisor = scene.world.people["supervisor"]
    the(rows, "completed", "service_plan")["header"] |= {"actor": supervisor, "role": "supervisor"}
    finished(rows, "service_plan")["by"] = supervisor


def _own_confirmation(scene: Scene, rows: list[Stored]) -> None:
    the(rows, "fired", "compliance_stop")["header"]["actor"] = scene.world.people["compliance"]


def _other_than_proposed(scene: Scene, rows: list[Stored]) -> None:
    the(rows, "fired", "compliance_stop")["effects"]["data"]["reason"] = "export_control"


def _by_itself(scene: Scene, rows: list[Stored]) -> None:
    the(rows, "fired", "take")["header"] |= {"actor": "system", "role": "system"}


ILLEGAL: dict[str, Forgery] = {
    "a state that it does not lead to": (_elsewhere, ("fired", "take"), "leads to triage, not to scoping"),
    "a transition that is not there": (_unknown_transition, ("fired", "sign"), "has no transition “sign”"),
    "a role that may not": (_wrong_role, ("fired", "approve_plan"), "is for supervisor, not for officer"),
    "one pair of eyes": (_four_eyes, ("fired", "approve_plan"), "another person must do this"),
    "one's own proposal": (_own_confirmation, ("fired", "compliance_stop"), "also confirmed it"),
    "another form than proposed": (_other_than_proposed, ("fired", "compliance_stop"), "than what was proposed"),
    "nobody's action": (_by_itself, ("fired", "take"), "no clock was due"),
}  # fmt: skip


@pytest.mark.parametrize("name", ILLEGAL)
def test_what_no_transition_leads_to_is_found(name: str, scene: Scene, attack: Connection) -> None:
    insist_told(attack, scene, ILLEGAL[name])
