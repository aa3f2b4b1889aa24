"""A file of a case tells of roles that came of groups: what two persons give never comes of one, and nobody hides behind one."""

from __future__ import annotations

from typing import Any

import pytest

from casework.engine.roles import ORGANISATION_ROLES, PERSONAL_ROLES
from casework.permissions.actors import takes_two
from casework_verify.replay.roles import Roles


def told(seq: int, kind: str, actor: str, **effects: Any) -> dict[str, Any]:
    header = {
        "log": "l",
        "seq": seq,
        "at": f"2026-05-0{seq}T00:00:00Z",
        "kind": kind,
        "actor": actor,
        "effects": "",
        "body": "",
    }
    given = {"person": "p", "deputy_for": None, "starts_at": "2026-05-01T00:00:00Z", "ends_at": None}
    return {"header": header, "effects": given | effects, "body": {}, "hash": ""}


def faults(*rows: dict[str, Any]) -> list[str]:
    return [fault.code for fault in Roles(rows).faults() if fault.code != "role_unsealed"]


@pytest.mark.parametrize("role", [role for role in PERSONAL_ROLES if role not in ORGANISATION_ROLES])
def test_a_group_alone_gives_no_role_that_two_persons_give(role: str) -> None:
    by_group = told(3, "granted", "system", membership="m", role=role, group="a")
    assert faults(by_group) == (["role_without_second"] if takes_two(role) else [])
    asked = told(3, "role_asked", "system", request="r", role=role, group="a")
    agreed = told(4, "granted", "somebody", membership="m", role=role, request="r")
    assert faults(asked, agreed) == []


def test_nobody_gives_themselves_a_role_in_the_name_of_a_group() -> None:
    assert faults(told(3, "granted", "p", membership="m", role="observer", group="a")) == ["role_by_oneself"]
