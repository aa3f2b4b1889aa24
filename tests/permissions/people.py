"""People made by hand, each with the roles that a test says."""

from __future__ import annotations

from typing import Any

from casework.engine.roles import ORGANISATION_ROLES, Role
from casework.permissions.actors import Actor, Membership
from tests.engine.pieces import NOW

PROGRAMME, LAB, BANK = "programme", "lab", "bank"


def member(role: Role, of: str | None = None, deputy_for: str | None = None) -> Membership:
    """A role in the programme, or in the laboratory."""
    inside = role in ORGANISATION_ROLES
    return Membership(role, None if inside else of or PROGRAMME, of or LAB if inside else None, deputy_for, NOW, None)


def somebody(*roles: Role | Membership, person: str = "x", **said: Any) -> Actor:
    memberships = tuple(role if isinstance(role, Membership) else member(role) for role in roles)
    return Actor(person, "Somebody", memberships, **said)
