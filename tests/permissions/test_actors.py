"""What somebody is at a moment: which roles hold, which do not go together, and whether it is known who asks."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import product

import pytest

from casework.engine.roles import PERSONAL_ROLES, Role
from casework.permissions.actors import (
    APART,
    DECIDES,
    Proof,
    apart_from,
    focused,
    in_force,
    takes_two,
    with_proof,
)
from tests.engine.pieces import DAY, NOW
from tests.permissions.people import PROGRAMME, member, somebody


@pytest.mark.parametrize(
    ("days", "ends", "holds"),
    [
        (-1, None, False),
        (0, None, True),
        (9, 10, True),
        (10, 10, False),
        (11, 10, False),
        (99, None, True),
        (0, 0, False),
    ],
)
def test_a_role_holds_from_its_first_moment_and_at_its_last_no_more(days: int, ends: int | None, holds: bool) -> None:
    role = replace(member(Role.OFFICER), ends_at=None if ends is None else NOW + ends * DAY)
    assert role.holds(NOW + days * DAY) is holds


@pytest.mark.parametrize(("one", "other"), list(product(PERSONAL_ROLES, PERSONAL_ROLES)))
def test_roles_that_do_not_go_together_do_so_both_ways(one: Role, other: Role) -> None:
    assert (one in apart_from(other)) is (other in apart_from(one))
    assert (one in apart_from(other)) is any({one, other} == {held, role} for held, others in APART for role in others)


@pytest.mark.parametrize("role", PERSONAL_ROLES)
def test_who_reads_or_decides_in_a_programme_is_named_by_two(role: Role) -> None:
    by_two = ("administrator", "auditor", "compliance", "dispute_officer", "manager", "officer", "supervisor")
    assert takes_two(role) is (role in by_two)


@pytest.mark.parametrize(("beside", "decides"), list(product((Role.DISPUTE_OFFICER, Role.MANAGER), sorted(DECIDES))))
def test_beside_the_dispute_officers_role_nobody_decides_in_the_same_programme(beside: Role, decides: Role) -> None:
    held, elsewhere, own = member(decides), member(decides, "other"), member(beside)
    for one in (held, replace(held, deputy_for="y")):
        kept = in_force([one, own, elsewhere])
        assert kept == ((own, elsewhere) if beside == Role.DISPUTE_OFFICER else (one, own, elsewhere))


@pytest.mark.parametrize("beside", PERSONAL_ROLES)
def test_whoever_decides_in_a_programme_is_no_auditor_of_it(beside: Role) -> None:
    audits, elsewhere = member(Role.AUDITOR), member(Role.AUDITOR, "other")
    for one in (member(beside), replace(member(beside), deputy_for="y")):
        assert (audits in in_force([one, audits, elsewhere])) is (beside not in apart_from(Role.AUDITOR))
        assert elsewhere in in_force([one, audits, elsewhere])


HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("proved", "proof"),
    [(timedelta(), Proof.FRESH), (HOUR, Proof.FRESH), (HOUR + timedelta.resolution, Proof.OLD), (2 * HOUR, Proof.OLD)],
)
def test_a_proof_counts_for_so_long_and_to_the_last_moment(proved: timedelta, proof: Proof) -> None:
    # A token's scopes say nothing of a session.
    for scopes in (frozenset({"read"}), frozenset({"read", "decide"})):
        assert with_proof(somebody(proved=proved, scopes=scopes), HOUR).proof is proof


@pytest.mark.parametrize(
    ("scopes", "service", "proof"),
    [
        ({"read", "write"}, False, Proof.NONE),
        ({"read", "decide"}, False, Proof.FRESH),
        ({"read", "write"}, True, Proof.FRESH),
    ],
)
def test_a_token_decides_where_it_was_made_for_that(scopes: set[str], service: bool, proof: Proof) -> None:
    assert with_proof(somebody(scopes=frozenset(scopes), service=service), HOUR).proof is proof


def test_what_is_in_ones_own_name_is_no_deputys() -> None:
    actor = somebody(member(Role.OFFICER, deputy_for="y"), Role.SUPERVISOR, member(Role.COMPLIANCE, "other"))
    assert actor.roles() == {Role.OFFICER, Role.SUPERVISOR, Role.COMPLIANCE}
    assert actor.roles(PROGRAMME) == {Role.OFFICER, Role.SUPERVISOR}
    assert actor.in_programme(PROGRAMME, [Role.OFFICER])
    assert not actor.in_programme(PROGRAMME, [Role.COMPLIANCE])
    assert actor.own_role(PROGRAMME, [Role.OFFICER]) is None
    assert actor.own_role(PROGRAMME, [Role.OFFICER, Role.COMPLIANCE, Role.SUPERVISOR]) is Role.SUPERVISOR


def test_a_programme_in_focus_hides_the_others_and_no_organisation() -> None:
    lead, here, there = member(Role.PROVIDER_LEAD), member(Role.OFFICER), member(Role.OFFICER, "other")
    actor = somebody(lead, here, there)
    assert focused(actor, None) == actor
    assert focused(actor, PROGRAMME) == replace(actor, memberships=(lead, here), focus=PROGRAMME)
