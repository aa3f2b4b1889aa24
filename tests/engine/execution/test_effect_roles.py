"""Who may do what is written for a role, and where a task lies: in a case, and in a sealed mediation."""

from __future__ import annotations

from itertools import chain

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.engine.execution.effect_roles import accepted, queue_within
from casework.engine.roles import INTAKE, ORGANISATION_ROLES, Role
from tests.engine.pieces import case

CASE, MEDIATION = case(), case(kind="mediation")
OF_PROGRAMMES = [role for role in Role if role not in ORGANISATION_ROLES]


@pytest.mark.parametrize("role", OF_PROGRAMMES)
def test_in_a_case_what_is_written_for_a_role_of_the_programme_is_for_that_role(role: Role) -> None:
    assert accepted(CASE, (role,)) == {role}


@pytest.mark.parametrize("role", OF_PROGRAMMES)
def test_in_a_mediation_the_dispute_officer_does_what_officers_and_supervisors_do(role: Role) -> None:
    sealed = role in (Role.OFFICER, Role.SUPERVISOR)
    assert accepted(MEDIATION, (role,)) == {Role.DISPUTE_OFFICER if sealed else role}


def test_a_lead_and_a_verifier_do_what_a_member_does_and_not_the_other_way_round() -> None:
    for log in (CASE, MEDIATION):
        assert accepted(log, (Role.PROVIDER,)) == {Role.PROVIDER, Role.PROVIDER_LEAD, Role.VERIFIER}
        assert accepted(log, (Role.PROVIDER_LEAD,)) == {Role.PROVIDER_LEAD}
        assert accepted(log, (Role.VERIFIER,)) == {Role.VERIFIER}


@given(st.lists(st.sampled_from(Role)))
def test_several_roles_let_in_whom_each_of_them_does(roles: list[Role]) -> None:
    for log in (CASE, MEDIATION):
        assert accepted(log, roles) == frozenset(chain.from_iterable(accepted(log, (role,)) for role in roles))


@pytest.mark.parametrize("queue", [INTAKE, *Role])
def test_in_a_mediation_nobody_else_of_the_programme_works(queue: str) -> None:
    sealed = queue in (INTAKE, Role.OFFICER, Role.SUPERVISOR)
    assert queue_within(CASE, queue) == str(queue)
    assert queue_within(MEDIATION, queue) == (str(Role.DISPUTE_OFFICER) if sealed else str(queue))
    assert type(queue_within(MEDIATION, queue)) is str
