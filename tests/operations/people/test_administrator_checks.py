"""Who administers: in the own programme, and nobody else."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from casework.engine.roles import Role
from casework.errors import NotAllowed, NotFound
from casework.operations.people.administrator_checks import insist_administers, insist_administrator, is_administrator
from casework.permissions.actors import Actor, Membership

START = datetime(2026, 3, 2, tzinfo=UTC)


def of(role: Role, programme: str = "here") -> Actor:
    return Actor("person", "Somebody", (Membership(role, programme, None, None, START, None),))


def test_an_administrator_administers_the_own_programme_alone() -> None:
    administrator = of(Role.ADMINISTRATOR)
    insist_administrator(administrator)
    insist_administers(administrator, "here")
    with pytest.raises(NotFound):
        insist_administers(administrator, "elsewhere")


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.ADMINISTRATOR}))
def test_nobody_else_does(role: Role) -> None:
    assert not is_administrator(of(role))
    with pytest.raises(NotAllowed):
        insist_administrator(of(role))
    with pytest.raises(NotAllowed):
        insist_administers(of(role), "here")


def test_another_role_in_a_programme_does_not_make_one_of_it() -> None:
    both = Actor("person", "Somebody", of(Role.ADMINISTRATOR).memberships + of(Role.OFFICER, "elsewhere").memberships)
    with pytest.raises(NotFound):
        insist_administers(both, "elsewhere")
