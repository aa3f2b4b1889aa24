"""A chain that was made whole again: the verifier finds what was never allowed, whatever it is."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection

from casework.operations.verification.authorization.judge import KNOWN
from casework.operations.verification.database import check_rest
from casework.operations.verification.service import verify_case
from tests.operations.history.test_eligible_actors import KINDS
from tests.operations.verification.forger import Forgery, Scene, Stored, finished, insist_told, rebuild, seq_of, the


def test_rebuilding_without_a_change_is_not_found_here(scene: Scene, attack: Connection) -> None:
    """What no chain can tell; a head that was kept elsewhere does."""
    rebuild(attack, scene.log, lambda rows: None)
    assert verify_case(attack, scene.log) == []


def _from_elsewhere(scene: Scene, rows: list[Stored]) -> None:
    the(rows, "fired", "pass_triage")["header"]["from"] = ["structuring"]


def _by_another(scene: Scene, rows: list[Stored]) -> None:
    finished(rows, "service_plan")["by"] = scene.world.people["supervisor"]


def _edition(scene: Scene, rows: list[Stored]) -> None:
    the(rows, "fired", "take")["header"]["edition"] = "0" * 64


def _unknown_kind(scene: Scene, rows: list[Stored]) -> None:
    the(rows, "claimed")["header"]["kind"] = "pardoned"


def _same_key(scene: Scene, rows: list[Stored]) -> None:
    the(rows, "fired", "pass_triage")["header"]["key"] = the(rows, "fired", "take")["header"]["key"]


ILLEGAL: dict[str, Forgery] = {
    "a state that it did not stand in": (_from_elsewhere, ("fired", "pass_triage"), "stood at triage"),
    "another person's work": (_by_another, ("completed", "service_plan"), "somebody else finished a task"),
    "another edition": (_edition, ("fired", "take"), "another edition"),
    "a kind that there is not": (_unknown_kind, ("pardoned", ""), "nothing is called “pardoned”"),
}  # fmt: skip


@pytest.mark.parametrize("name", ILLEGAL)
def test_what_was_never_allowed_is_found_in_a_whole_chain(name: str, scene: Scene, attack: Connection) -> None:
    insist_told(attack, scene, ILLEGAL[name])


def test_one_request_is_answered_by_one_event(scene: Scene, attack: Connection) -> None:
    rebuild(attack, scene.log, lambda rows: _same_key(scene, rows))
    assert [one.seq for one in verify_case(attack, scene.log) if one.kind == "twice"] == [
        seq_of(attack, scene, "fired", "pass_triage")
    ]
    assert [one.kind for one in check_rest(attack)] == ["request"]


def test_each_kind_is_judged() -> None:
    assert KNOWN == KINDS
